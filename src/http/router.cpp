#include "http/router.h"

#include <algorithm>
#include <set>

#include "http/query.h"

namespace http {

namespace {

/// The parts of "/a/b/" are "a", "b" and "".
template <class Text>
std::vector<Text> split(std::string_view path) {
  std::vector<Text> segments;
  path.remove_prefix(1);
  for (;;) {
    const auto slash = path.find('/');
    segments.emplace_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

bool captures(std::string_view segment) {
  return segment.starts_with('{');
}

std::string_view suffix(std::string_view segment) {
  return segment.substr(segment.find('}') + 1);
}

/// Literal before suffixed before plain capture.
int generality(std::string_view segment) {
  return !captures(segment) ? 0 : suffix(segment).empty() ? 2 : 1;
}

bool fits(std::string_view pattern, std::string_view segment) {
  if (!captures(pattern)) return pattern == segment;
  const auto end = suffix(pattern);
  return segment.size() > end.size() && segment.ends_with(end);
}

bool fits(const Router::Entry& entry, const std::vector<std::string_view>& segments) {
  return std::ranges::equal(entry.segments, segments, [](const auto& p, const auto& s) { return fits(p, s); });
}

bool more_specific(const Router::Entry& a, const Router::Entry& b) {
  return std::ranges::lexicographical_compare(a.segments, b.segments, {}, generality, generality);
}

Load load_of(const Route& route) {
  constexpr std::string_view reports[] = {"/audit", "/export", "/imports", "/previews", "/privacy/"};
  if (std::ranges::any_of(reports, [&](auto part) { return route.pattern.find(part) != std::string::npos; }))
    return Load::report;
  return route.method == "GET" ? Load::list : Load::booking;
}

/// Nothing where an escape is wrong.
std::optional<Pairs> captured(const Router::Entry& entry, const std::vector<std::string_view>& segments) {
  Pairs params;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string_view pattern = entry.segments[i];
    if (!captures(pattern)) continue;
    const auto value = segments[i].substr(0, segments[i].size() - suffix(pattern).size());
    auto decoded = percent_decoded(value, Plus::literal);
    if (!decoded) return std::nullopt;
    params.emplace_back(std::string(pattern.substr(1, pattern.find('}') - 1)), std::move(*decoded));
  }
  return params;
}

}  // namespace

Router::Router(std::vector<Route> routes, observe::Metrics& metrics) {
  for (auto& route : routes) {
    CHECK(route.pattern.starts_with('/') && route.handler);
    auto segments = split<std::string>(route.pattern);
    auto histograms = metrics.route(route.method, route.pattern);
    const auto load = load_of(route);
    entries_.push_back({std::move(route), std::move(segments), std::move(histograms), load});
  }
  std::ranges::stable_sort(entries_, more_specific);
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
  Match match;
  if (!path.starts_with('/')) return match;
  const auto segments = split<std::string_view>(path);
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  std::set<std::string_view> allowed;
  for (const auto& entry : entries_) {
    if (!fits(entry, segments)) continue;
    if (entry.route.method == wanted) {
      auto params = captured(entry, segments);
      if (params) return {&entry, std::move(*params), {}};
      continue;
    }
    allowed.insert(entry.route.method);
    if (entry.route.method == "GET") allowed.insert("HEAD");
  }
  if (!allowed.empty()) allowed.insert("OPTIONS");
  for (const auto name : allowed) match.allow += (match.allow.empty() ? "" : ", ") + std::string(name);
  return match;
}

base::Done check_query(const Route& route, const Pairs& query) {
  if (std::ranges::find(route.query, any_parameter) != route.query.end()) return base::done();
  std::vector<base::FieldError> unknown;
  for (const auto& [name, value] : query)
    if (std::ranges::find(route.query, name) == route.query.end())
      unknown.push_back({name, "There is no such parameter here."});
  if (unknown.empty()) return base::done();
  return base::refuse(base::Error{.code = base::Code::invalid_input,
                                  .detail = "A query parameter is not known here.",
                                  .fields = std::move(unknown)});
}

}  // namespace http
