#include "auth/oauth_cookie.h"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "auth/jwt.h"
#include "base/json.h"

namespace auth {

namespace {

constexpr std::size_t random_size = 32, longest_path = 500;
constexpr const char* key_id = "o1";
constexpr std::string_view purpose = "roadbook_oauth";

std::string secret() {
  return base::to_base64url(base::random_bytes(random_size));
}

std::int64_t number_at(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_int64() ? value->as_int64() : 0;
}

std::string cookie(std::string_view value, base::seconds lifetime, Transport transport) {
  return fmt::format("{}={}; Path=/api/v1; Max-Age={}; HttpOnly; {}SameSite=Lax", oauth_cookie_name(transport), value,
                     lifetime.count(), transport == Transport::https ? "Secure; " : "");
}

}  // namespace

OauthStart start_oauth(std::string provider, base::SchoolId school, std::string next, base::Instant now) {
  return {.provider = std::move(provider),
          .state = secret(),
          .nonce = secret(),
          .verifier = secret(),
          .next = std::move(next),
          .school = school,
          .expires_at = now + oauth_lifetime};
}

std::string sealed(const OauthStart& start, const base::Key& key) {
  const auto text = boost::json::serialize(boost::json::object{{"provider", start.provider},
                                                               {"state", start.state},
                                                               {"nonce", start.nonce},
                                                               {"verifier", start.verifier},
                                                               {"next", start.next},
                                                               {"school", start.school.value},
                                                               {"person", start.person.value},
                                                               {"sid", start.sid},
                                                               {"expires_at", base::to_seconds(start.expires_at)}});
  return base::to_base64url(base::seal(key, key_id, base::bytes_of(text), purpose));
}

std::optional<OauthStart> opened(std::string_view text, const base::Key& key, base::Instant now) {
  const auto bytes = base::from_base64url(text);
  const auto plain = bytes ? base::open(key, *bytes, purpose) : std::nullopt;
  const auto object = plain ? base::parse_json_object(base::text_of(*plain)) : tl::unexpected(base::Error{});
  const auto expires_at = object ? instant_at(*object, "expires_at") : std::nullopt;
  if (!expires_at || now >= *expires_at) return std::nullopt;
  return OauthStart{.provider = std::string(text_at(*object, "provider")),
                    .state = std::string(text_at(*object, "state")),
                    .nonce = std::string(text_at(*object, "nonce")),
                    .verifier = std::string(text_at(*object, "verifier")),
                    .next = std::string(text_at(*object, "next")),
                    .school = {number_at(*object, "school")},
                    .person = {number_at(*object, "person")},
                    .sid = number_at(*object, "sid"),
                    .expires_at = *expires_at};
}

std::string_view oauth_cookie_name(Transport transport) {
  return transport == Transport::https ? "__Secure-roadbook_oauth" : "roadbook_oauth";
}
std::string oauth_cookie(std::string_view value, Transport transport) {
  return cookie(value, oauth_lifetime, transport);
}
std::string cleared_oauth_cookie(Transport transport) {
  return cookie("", base::seconds{0}, transport);
}

bool is_own_path(std::string_view path) {
  if (path.empty() || path.size() > longest_path || path[0] != '/') return false;
  if (path.size() > 1 && (path[1] == '/' || path[1] == '\\')) return false;
  if (path.starts_with("/api/")) return false;
  return std::ranges::all_of(path, [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; });
}

}  // namespace auth
