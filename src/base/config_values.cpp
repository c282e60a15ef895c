#include "base/config_values.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <charconv>

#include "base/address.h"
#include "base/json.h"

namespace base {

namespace {

constexpr std::size_t min_key_bytes = 32;

auto expected(std::string what) {
  return refuse(Code::invalid_input, "Expected " + std::move(what) + ".");
}

bool on_this_machine(std::string_view host) {
  const auto name = host.substr(0, host.starts_with('[') ? host.find(']') + 1 : host.find(':'));
  return name == "localhost" || name == "[::1]" || (name.starts_with("127.") && address_from_text(std::string(name)));
}

/// Parts between commas, without the spaces around them; empty parts are dropped.
std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    const auto first = text.find_first_not_of(' ', at);
    if (first < comma) parts.push_back(text.substr(first, text.find_last_not_of(' ', comma - 1) - first + 1));
    at = comma + 1;
  }
  return parts;
}

Result<std::string> bytes_from_base64(const std::string& text) {
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  const int variant = text.find_first_of("-_") != std::string::npos ? sodium_base64_VARIANT_URLSAFE_NO_PADDING
                      : text.ends_with('=') || text.size() % 4 == 0 ? sodium_base64_VARIANT_ORIGINAL
                                                                    : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
  const int failed = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                                       text.size(), nullptr, &size, &end, variant);
  if (failed != 0 || end != text.data() + text.size()) return expected("base64");
  bytes.resize(size);
  return bytes;
}

}  // namespace

bool Network::contains(const std::array<std::uint8_t, 16>& other) const {
  for (int bit = 0; bit < prefix_bits; ++bit) {
    const auto mask = 0x80 >> (bit % 8);
    if ((address[bit / 8] & mask) != (other[bit / 8] & mask)) return false;
  }
  return true;
}

Result<std::array<std::uint8_t, 16>> address_from_text(const std::string& text) {
  std::array<std::uint8_t, 16> bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (inet_pton(AF_INET, text.c_str(), &bytes[12]) == 1) return bytes;
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  return expected("an IP address");
}

Result<int> int_from_text(const std::string& text, int min, int max) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size() && value >= min && value <= max) return value;
  return expected(fmt::format("a whole number from {} to {}", min, max));
}

Result<Endpoint> endpoint_from_text(const std::string& text) {
  const auto colon = text.rfind(':');
  const auto port =
      colon == std::string::npos ? tl::unexpected(Error{}) : int_from_text(text.substr(colon + 1), 0, 65535);
  if (!port || colon == 0) return expected("an address and a port such as 127.0.0.1:8080");
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (!address_from_text(host)) return expected("an IP address before the port, such as 127.0.0.1:8080 or [::1]:8080");
  return Endpoint{host, static_cast<std::uint16_t>(*port)};
}

Result<std::string> postgres_from_url(const std::string& url) {
  TRY(postgres_address(url));
  return url;
}

Result<std::string> database_from_url(const std::string& url) {
  constexpr std::string_view scheme = "sqlite://";
  if (is_postgres_address(url)) return postgres_from_url(url);
  if (!url.starts_with(scheme) || url.size() <= scheme.size() + 1 || url[scheme.size()] != '/')
    return expected("sqlite:///absolute/path or postgresql://user@host/database");
  if (url.find_first_of("?#") != std::string::npos) return expected("a path without ? and #");
  return url.substr(scheme.size());
}

Result<std::string> origin_from_text(std::string text) {
  if (text.ends_with('/')) text.pop_back();
  const auto scheme = text.find("://");
  const auto name = scheme == std::string::npos ? std::string() : text.substr(0, scheme);
  const auto host = scheme == std::string::npos ? std::string() : text.substr(scheme + 3);
  const bool plain = host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-:[]") == std::string::npos;
  if ((name != "http" && name != "https") || host.empty() || !plain)
    return expected("http:// or https:// and a host in lower case, without a path");
  return text;
}

Result<std::vector<std::string>> origins_from_text(const std::string& text) {
  std::vector<std::string> origins;
  for (const auto& part : parts_of(text)) origins.push_back(TRY(origin_from_text(part)));
  return origins;
}

Result<std::string> smtp_url_from_text(const std::string& text) {
  const auto scheme = text.find("://");
  const auto name = text.substr(0, scheme);
  const bool plain = text.find_first_of(" \t\r\n") == std::string::npos;
  if (scheme == std::string::npos || (name != "smtp" && name != "smtps") || scheme + 3 == text.size() || !plain)
    return expected("smtp:// or smtps://, user and password where needed, and a host");
  return text;
}

Result<std::string> mail_address_from_text(const std::string& text) {
  const auto at = text.find('@');
  if (at == 0 || at == std::string::npos || at + 1 == text.size() || text.find_first_of(" <>,;\r\n") != text.npos)
    return expected("an address such as lessons@school.example");
  return text;
}

Result<std::string> provider_url_from_text(const std::string& text) {
  const bool https = text.starts_with("https://");
  const auto rest = https ? text.substr(8) : text.starts_with("http://") ? text.substr(7) : "";
  const auto host = rest.substr(0, rest.find('/'));
  const bool plain = std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < '\x7f' && std::string_view("?#@\"<>\\").find(c) == std::string_view::npos;
  });
  if (host.empty() || !plain || (!https && !on_this_machine(host)))
    return expected("https:// with a host and perhaps a path, or http:// on this machine");
  return text;
}

Result<std::string> provider_name_from_text(const std::string& text) {
  if (text_problem(text, {.max = 40})) return expected("a name of at most 40 characters");
  return text;
}

Result<Secret> shared_secret_from_text(const std::string& text) {
  if (text.size() < min_key_bytes) return expected("a secret of at least 32 characters");
  return Secret(text);
}

Result<std::vector<Network>> networks_from_text(const std::string& text) {
  std::vector<Network> networks;
  for (const auto& part : parts_of(text)) {
    const auto slash = part.find('/');
    const auto address = TRY(address_from_text(part.substr(0, slash)));
    const bool v4 = part.find(':') == std::string::npos;
    const int widest = v4 ? 32 : 128;
    const int bits = slash == std::string::npos ? widest : TRY(int_from_text(part.substr(slash + 1), 0, widest));
    networks.push_back({address, v4 ? bits + 96 : bits});
  }
  return networks;
}

Result<AppEnv> app_env_from_text(const std::string& text) {
  if (text == "production") return AppEnv::production;
  if (text == "development" || text == "demo") return AppEnv::development;
  if (text == "test") return AppEnv::test;
  return expected("production, development or test");
}

Result<LogLevel> log_level_from_text(const std::string& text) {
  if (text == "debug") return LogLevel::debug;
  if (text == "info") return LogLevel::info;
  if (text == "warn") return LogLevel::warn;
  if (text == "error") return LogLevel::error;
  return expected("debug, info, warn or error");
}

Result<std::vector<NamedKey>> keys_from_text(const std::string& text) {
  std::vector<NamedKey> keys;
  for (const auto& part : parts_of(text)) {
    const auto colon = part.find(':');
    const auto id = part.substr(0, colon);
    const auto bytes = colon == std::string::npos ? tl::unexpected(Error{}) : bytes_from_base64(part.substr(colon + 1));
    const bool repeated = std::ranges::any_of(keys, [&](const NamedKey& key) { return key.id == id; });
    if (!bytes || id.empty() || id.size() > 64 || repeated || bytes->size() < min_key_bytes)
      return expected("id:base64[,id:base64], ids distinct, each key of at least 32 bytes");
    keys.push_back({id, Secret(*bytes)});
  }
  if (keys.empty()) return expected("at least one id:base64");
  return keys;
}

}  // namespace base
