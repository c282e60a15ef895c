#include "auth/jwt.h"

#include <cjose/cjose.h>

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "base/crypto.h"
#include "base/json.h"

namespace auth {

namespace {

constexpr std::size_t most_keys = 50, smallest_modulus = 256, es256_signature = 64;

/// For one purpose only, where the set says for which (RFC 7517, sections 4.2 and 4.3).
bool verifies_signatures(const boost::json::object& key) {
  if (key.contains("use") && text_at(key, "use") != "sig") return false;
  const auto* operations = key.if_contains("key_ops");
  if (!operations) return true;
  return operations->is_array() && std::ranges::find(operations->as_array(), "verify") != operations->as_array().end();
}

/// What the key is good for; empty: for nothing here.
std::set<std::string, std::less<>> algorithms_of(const boost::json::object& key) {
  std::set<std::string, std::less<>> fitting;
  if (text_at(key, "kty") == "RSA") {
    const auto modulus = base::from_base64url(text_at(key, "n"));
    if (modulus && modulus->size() >= smallest_modulus) fitting = {"PS256", "RS256"};
  } else if (text_at(key, "kty") == "EC" && text_at(key, "crv") == "P-256") {
    fitting = {"ES256"};
  }
  if (key.contains("alg"))
    std::erase_if(fitting, [own = text_at(key, "alg")](const auto& algorithm) { return algorithm != own; });
  return fitting;
}

/// Its public half alone, whatever else stands there.
Jwk import_public(const boost::json::object& key) {
  boost::json::object half;
  for (const auto* name : {"kty", "n", "e", "crv", "x", "y"})
    if (const auto* value = key.if_contains(name)) half[name] = *value;
  const auto text = boost::json::serialize(half);
  cjose_err error{};
  return Jwk(cjose_jwk_import(text.data(), text.size(), &error));
}

}  // namespace

void JwkRelease::operator()(_cjose_jwk_int* key) const {
  cjose_jwk_release(key);
}

std::optional<TokenParts> split_token(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  return TokenParts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1)};
}

std::optional<boost::json::object> object_in(std::string_view part) {
  const auto bytes = base::from_base64url(part);
  if (!bytes) return std::nullopt;
  auto object = base::parse_json_object(base::text_of(*bytes));
  return object ? std::optional(std::move(*object)) : std::nullopt;
}

std::string_view text_at(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* text = value ? value->if_string() : nullptr;
  return text ? std::string_view(*text) : std::string_view();
}

bool is_true(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_bool() && value->as_bool();
}

std::optional<base::Instant> instant_at(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* number = value ? value->if_int64() : nullptr;
  // Bounded, so that no sum overflows.
  if (!number || *number < 0 || *number > std::int64_t{1} << 40) return std::nullopt;
  return base::from_seconds(*number);
}

bool signed_with(std::string_view token, const _cjose_jwk_int* key) {
  cjose_err error{};
  const std::unique_ptr<cjose_jws_t, Freed<cjose_jws_release>> jws(
      cjose_jws_import(token.data(), token.size(), &error));
  return jws && cjose_jws_verify(jws.get(), key, &error);
}

std::optional<IssuerKeys> IssuerKeys::from_jwks(std::string_view json) {
  const auto set = base::parse_json_object(json);
  const auto* list = set ? set->if_contains("keys") : nullptr;
  if (!list || !list->is_array()) return std::nullopt;
  IssuerKeys keys;
  for (const auto& each : list->as_array()) {
    const auto* key = each.if_object();
    if (!key || keys.keys_.size() == most_keys || !verifies_signatures(*key)) continue;
    auto algorithms = algorithms_of(*key);
    auto jwk = algorithms.empty() ? Jwk() : import_public(*key);
    if (jwk) keys.keys_.push_back({std::string(text_at(*key, "kid")), std::move(algorithms), std::move(jwk)});
  }
  return keys;
}

IssuerKeys IssuerKeys::from_secret(const base::Secret& secret) {
  const auto bytes = base::bytes_of(secret.reveal());
  cjose_err error{};
  IssuerKeys keys;
  keys.keys_.push_back({"", {"HS256"}, Jwk(cjose_jwk_create_oct_spec(bytes.data(), bytes.size(), &error))});
  if (!keys.keys_.front().jwk) throw std::bad_alloc();
  return keys;
}

const IssuerKeys::Key* IssuerKeys::key_for(const boost::json::object& header) const {
  const auto algorithm = text_at(header, "alg"), id = text_at(header, "kid");
  if (id.empty() && header.contains("kid")) return nullptr;
  const Key* found = nullptr;
  for (const auto& key : keys_) {
    // A key without an id, and a token without one, may be meant for each other where there is no other choice.
    if (!key.algorithms.contains(algorithm) || (!key.id.empty() && !id.empty() && key.id != id)) continue;
    if (!key.id.empty() && key.id == id) return &key;
    if (found) return nullptr;
    found = &key;
  }
  return found;
}

std::optional<boost::json::object> IssuerKeys::claims_of(std::string_view token) const {
  if (token.size() > longest_foreign_token) return std::nullopt;
  const auto parts = split_token(token);
  const auto header = parts ? object_in(parts->header) : std::nullopt;
  // What must be understood and is not (RFC 7515, section 4.1.11). Keys that the header brings along (jwk, jku, x5c,
  // x5u) are not looked at.
  if (!header || header->contains("crit")) return std::nullopt;
  // A token of another kind of the same issuer says so (RFC 8725, section 3.11).
  if (header->contains("typ") && text_at(*header, "typ") != "JWT" && text_at(*header, "typ") != "jwt")
    return std::nullopt;
  const auto* key = key_for(*header);
  if (!key) return std::nullopt;
  if (key->algorithms.contains("ES256")) {
    const auto signature = base::from_base64url(parts->signature);
    if (!signature || signature->size() != es256_signature) return std::nullopt;
  }
  return signed_with(token, key->jwk.get()) ? object_in(parts->claims) : std::nullopt;
}

bool IssuerKeys::has_key_of(std::string_view token) const {
  const auto parts = token.size() > longest_foreign_token ? std::nullopt : split_token(token);
  const auto header = parts ? object_in(parts->header) : std::nullopt;
  return !header || key_for(*header);
}

}  // namespace auth
