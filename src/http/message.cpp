#include "http/message.h"

namespace http {

namespace {

std::optional<std::string_view> find(const Pairs& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs)
    if (key == name) return value;
  return std::nullopt;
}

}  // namespace

std::string_view Request::header(std::string_view lower_case_name) const {
  return find(headers, lower_case_name).value_or(std::string_view());
}

const std::string& Request::param(std::string_view name) const {
  for (const auto& [key, value] : params)
    if (key == name) return value;
  throw base::Bug("the route has no parameter " + std::string(name));
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  return find(query, name);
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
  auto rest = header("cookie");
  while (!rest.empty()) {
    const auto semicolon = rest.find(';');
    auto pair = rest.substr(0, semicolon);
    rest = semicolon == std::string_view::npos ? std::string_view() : rest.substr(semicolon + 1);
    pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
  }
  return std::nullopt;
}

std::string_view Response::header(std::string_view name) const {
  return find(headers, name).value_or(std::string_view());
}

void Response::set(std::string name, std::string value) {
  headers.emplace_back(std::move(name), std::move(value));
}

}  // namespace http
