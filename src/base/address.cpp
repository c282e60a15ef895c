#include "base/address.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/config_values.h"

namespace base {

namespace {

constexpr std::string_view schemes[] = {"postgresql://", "postgres://"};

auto expected() {
  return refuse(Code::invalid_input, "Expected postgresql://user@host/database.");
}

Result<std::string> decoded(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) <= ' ') return expected();
    if (text[at] != '%') {
      plain += text[at];
      continue;
    }
    unsigned value = 0;
    const auto* digits = text.data() + at + 1;
    if (at + 2 >= text.size() || std::from_chars(digits, digits + 2, value, 16).ptr != digits + 2 || value == 0)
      return expected();
    plain += static_cast<char>(value);
    at += 2;
  }
  return plain;
}

/// Cuts off what is in front of the first of `ends`; that one stays.
std::string_view before(std::string_view& text, std::string_view ends) {
  const auto part = text.substr(0, text.find_first_of(ends));
  text.remove_prefix(part.size());
  return part;
}

std::vector<std::string> listed(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    parts.emplace_back(before(text, ","));
    if (text.empty()) return parts;
    text.remove_prefix(1);
  }
}

bool is_port(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65'535;
}

/// host[:port][,host[:port]…], each host perhaps [::1].
Done read_hosts(std::string_view& rest, PostgresAddress& address) {
  for (;;) {
    const bool bracketed = rest.starts_with('[');
    if (bracketed) rest.remove_prefix(1);
    address.hosts.push_back(TRY(decoded(before(rest, bracketed ? "]/?," : ":/?,"))));
    if (bracketed && !rest.starts_with(']')) return expected();
    if (bracketed) rest.remove_prefix(1);
    std::string_view port;
    if (rest.starts_with(':')) {
      rest.remove_prefix(1);
      port = before(rest, "/?,");
    }
    address.ports.emplace_back(port);
    if (!rest.starts_with(',')) return done();
    rest.remove_prefix(1);
  }
}

/// `?name=value&…` says some things again; the last one counts, as libpq has it.
Done read_parameters(std::string_view rest, PostgresAddress& address) {
  while (!rest.empty()) {
    rest.remove_prefix(1);
    auto parameter = before(rest, "&");
    const auto name = TRY(decoded(before(parameter, "=")));
    if (parameter.empty() || parameter.find('=', 1) != parameter.npos) return expected();
    const auto value = TRY(decoded(parameter.substr(1)));
    // They would lead elsewhere than the rest of the address says, or stand for another sslmode.
    for (const auto* hidden : {"service", "servicefile", "hostaddr", "ssl"})
      if (name == hidden)
        return refuse(Code::invalid_input, fmt::format("The parameter {} is not read here; leave it out.", hidden));
    if (name == "host") address.hosts = listed(value);
    if (name == "port") address.ports = listed(value);
    const std::map<std::string, std::string PostgresAddress::*> single = {{"user", &PostgresAddress::user},
                                                                          {"password", &PostgresAddress::password},
                                                                          {"dbname", &PostgresAddress::database},
                                                                          {"sslmode", &PostgresAddress::sslmode}};
    if (const auto found = single.find(name); found != single.end()) address.*found->second = value;
  }
  return done();
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with('/') || host.starts_with('@') ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos);
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// Each host with its port, in one spelling.
std::vector<std::string> places(const PostgresAddress& address) {
  std::vector<std::string> places;
  for (std::size_t i = 0; i < address.hosts.size(); ++i) {
    const auto& named = address.ports.empty() ? std::string() : address.ports[std::min(i, address.ports.size() - 1)];
    const auto& host = address.hosts[i];
    places.push_back((is_loopback(host) ? "here" : lower(host)) + ":" + (named.empty() ? "5432" : named));
  }
  std::ranges::sort(places);
  return places;
}

}  // namespace

bool PostgresAddress::local() const {
  return std::ranges::all_of(hosts, is_loopback);
}

bool PostgresAddress::same_database(const PostgresAddress& other) const {
  const auto ours = places(*this), theirs = places(other);
  const bool meet = std::ranges::find_first_of(ours, theirs) != ours.end();
  return database == other.database && meet;
}

bool is_postgres_address(std::string_view address) {
  return std::ranges::any_of(schemes, [&](auto scheme) { return address.starts_with(scheme); });
}

Result<PostgresAddress> postgres_address(const std::string& url) {
  const auto* scheme = std::ranges::find_if(schemes, [&](auto s) { return url.starts_with(s); });
  if (scheme == std::end(schemes)) return expected();
  std::string_view rest = url;
  rest.remove_prefix(scheme->size());
  auto user = before(rest, "@/");
  if (!rest.starts_with('@')) return expected();
  rest.remove_prefix(1);
  PostgresAddress address;
  address.user = TRY(decoded(before(user, ":")));
  address.password = TRY(decoded(user.substr(user.empty() ? 0 : 1)));
  TRY(read_hosts(rest, address));
  if (rest.starts_with('/')) {
    rest.remove_prefix(1);
    address.database = TRY(decoded(before(rest, "?")));
  }
  TRY(read_parameters(rest, address));
  const auto usable_port = [](const auto& port) { return port.empty() || is_port(port); };
  const bool named = std::ranges::none_of(address.hosts, &std::string::empty) && !address.user.empty();
  if (!named || address.database.empty() || !std::ranges::all_of(address.ports, usable_port)) return expected();
  return address;
}

Result<RedisAddress> redis_address(const std::string& url) {
  constexpr std::string_view scheme = "redis://";
  const auto expected_redis = [] {
    return refuse(Code::invalid_input, "Expected redis://:password@host:port/number.");
  };
  if (url.starts_with("rediss://"))
    return refuse(Code::invalid_input,
                  "Redis is spoken to without TLS here: let a proxy on this machine add it (stunnel, HAProxy;"
                  " docs/operations.md) and give its address as redis://:password@127.0.0.1:port.");
  if (!url.starts_with(scheme) || url.find_first_of("?#") != url.npos) return expected_redis();
  auto rest = std::string_view(url).substr(scheme.size());
  RedisAddress address;
  if (rest.find('@') != rest.npos) {
    auto user = before(rest, "@");
    rest.remove_prefix(1);
    const auto name = decoded(before(user, ":"));
    const auto password = decoded(user.substr(user.empty() ? 0 : 1));
    if (!name || !password || password->empty()) return expected_redis();
    address.user = *name;
    address.password = Secret(*password);
  }
  auto place = before(rest, "/");
  const auto number = [](std::string_view text, int min, int max) {
    return int_from_text(std::string(text), min, max);
  };
  if (const auto colon = place.rfind(':'); colon != place.npos && !place.ends_with(']')) {
    const auto port = number(place.substr(colon + 1), 1, 65'535);
    if (!port) return expected_redis();
    address.port = *port;
    place = place.substr(0, colon);
  }
  if (place.starts_with('[') && place.ends_with(']')) place = place.substr(1, place.size() - 2);
  address.host = place;
  const auto database = rest.size() > 1 ? number(rest.substr(1), 0, 1'000) : Result<int>(0);
  if (address.host.empty() || !database) return expected_redis();
  address.database = *database;
  return address;
}

std::string printable(const std::string& address) {
  if (!is_postgres_address(address)) return address;
  const auto read = postgres_address(address);
  if (!read) return "postgresql://…";
  std::vector<std::string> places;
  for (std::size_t i = 0; i < read->hosts.size(); ++i) {
    const auto port = i < read->ports.size() ? read->ports[i] : "";
    places.push_back(port.empty() ? read->hosts[i] : read->hosts[i] + ":" + port);
  }
  return fmt::format("postgresql://{}@{}/{}", read->user, fmt::join(places, ","), read->database);
}

}  // namespace base
