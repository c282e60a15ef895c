#include "auth/tokens.h"

#include <cjose/cjose.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/x509.h>

#include <boost/json/serialize.hpp>
#include <cstring>
#include <stdexcept>

#include "base/ids.h"
#include "base/json.h"

namespace auth {

namespace {

constexpr std::string_view audience = "roadbook";
constexpr std::string_view token_type = "at+jwt";
constexpr std::string_view algorithm = "ES256";
constexpr int coordinate_size = 32;  // Bytes of a scalar and of a coordinate on P-256.
using Coordinate = std::array<unsigned char, coordinate_size>;

using BigNumber = std::unique_ptr<BIGNUM, Freed<BN_clear_free>>;

/// The private scalar, from itself or from PKCS #8; null where it is neither.
BigNumber scalar_of(base::ByteView key) {
  if (key.size() == coordinate_size) return BigNumber(BN_bin2bn(key.data(), coordinate_size, nullptr));
  const auto* data = key.data();
  const std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>> parsed(
      d2i_AutoPrivateKey(nullptr, &data, static_cast<long>(key.size())));
  char group[32] = {};
  BIGNUM* scalar = nullptr;
  const bool right =
      parsed && data == key.data() + key.size() &&
      EVP_PKEY_get_utf8_string_param(parsed.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, nullptr) == 1 &&
      std::strcmp(group, SN_X9_62_prime256v1) == 0 &&
      EVP_PKEY_get_bn_param(parsed.get(), OSSL_PKEY_PARAM_PRIV_KEY, &scalar) == 1;
  return BigNumber(right ? scalar : nullptr);
}

struct KeyPair {
  Coordinate d{}, x{}, y{};
};

/// The pair that belongs to a scalar in [1, n); nothing otherwise.
std::optional<KeyPair> pair_of(const BigNumber& scalar) {
  const std::unique_ptr<EC_GROUP, Freed<EC_GROUP_free>> group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  if (!scalar || BN_is_zero(scalar.get()) || BN_cmp(scalar.get(), EC_GROUP_get0_order(group.get())) >= 0)
    return std::nullopt;
  const std::unique_ptr<EC_POINT, Freed<EC_POINT_free>> point(EC_POINT_new(group.get()));
  const BigNumber x(BN_new()), y(BN_new());
  KeyPair pair;
  const bool computed = EC_POINT_mul(group.get(), point.get(), scalar.get(), nullptr, nullptr, nullptr) == 1 &&
                        EC_POINT_get_affine_coordinates(group.get(), point.get(), x.get(), y.get(), nullptr) == 1 &&
                        BN_bn2binpad(scalar.get(), pair.d.data(), coordinate_size) == coordinate_size &&
                        BN_bn2binpad(x.get(), pair.x.data(), coordinate_size) == coordinate_size &&
                        BN_bn2binpad(y.get(), pair.y.data(), coordinate_size) == coordinate_size;
  if (!computed) return std::nullopt;
  return pair;
}

_cjose_jwk_int* import(const base::NamedKey& key) {
  auto pair = pair_of(scalar_of(base::bytes_of(key.bytes.reveal())));
  if (!pair)
    throw std::invalid_argument(
        fmt::format("JWT_KEYS: {} is neither a P-256 private scalar of 32 bytes nor such a key as PKCS #8.", key.id));
  const cjose_jwk_ec_keyspec spec{.crv = CJOSE_JWK_EC_P_256,
                                  .d = pair->d.data(),
                                  .dlen = pair->d.size(),
                                  .x = pair->x.data(),
                                  .xlen = pair->x.size(),
                                  .y = pair->y.data(),
                                  .ylen = pair->y.size()};
  cjose_err error{};
  auto* jwk = cjose_jwk_create_EC_spec(&spec, &error);
  OPENSSL_cleanse(pair->d.data(), pair->d.size());
  if (!jwk) throw std::invalid_argument(fmt::format("JWT_KEYS: {}: {}", key.id, error.message));
  return jwk;
}

[[noreturn]] void cannot_sign(const cjose_err& error) {
  throw std::runtime_error(fmt::format("A token cannot be signed: {}", error.message ? error.message : "?"));
}

}  // namespace

std::size_t AccessTokens::ByPrefix::operator()(const base::Digest& digest) const {
  std::size_t prefix = 0;
  std::memcpy(&prefix, digest.data(), sizeof prefix);
  return prefix;
}

AccessTokens::AccessTokens(const std::vector<base::NamedKey>& keys, std::string issuer, std::size_t cache_limit)
    : issuer_(std::move(issuer)), cache_limit_(cache_limit) {
  if (keys.empty()) throw std::invalid_argument("JWT_KEYS is empty.");
  signing_id_ = keys.front().id;
  for (const auto& key : keys) keys_.emplace(key.id, Jwk(import(key)));
}

AccessTokens::~AccessTokens() = default;

std::string AccessTokens::sign(const Principal& principal, base::Instant now) const {
  boost::json::object claims{
      {"iss", issuer_},
      {"aud", audience},
      {"sub", base::to_text(principal.person)},
      {"sid", base::to_text(principal.sid)},
      {"role", store::to_string(principal.role)},
      {"school", base::to_text(principal.school)},
      {"iat", base::to_seconds(now)},
      {"exp", base::to_seconds(now + access_lifetime)},
  };
  if (principal.must_enrol) claims["must_enrol"] = true;
  const auto payload = boost::json::serialize(claims);
  cjose_err error{};
  const std::unique_ptr<cjose_header_t, Freed<cjose_header_release>> header(cjose_header_new(&error));
  if (!header || !cjose_header_set(header.get(), CJOSE_HDR_ALG, algorithm.data(), &error) ||
      !cjose_header_set(header.get(), CJOSE_HDR_KID, signing_id_.c_str(), &error) ||
      !cjose_header_set(header.get(), "typ", token_type.data(), &error))
    cannot_sign(error);
  const std::unique_ptr<cjose_jws_t, Freed<cjose_jws_release>> jws(
      cjose_jws_sign(keys_.at(signing_id_).get(), header.get(), reinterpret_cast<const std::uint8_t*>(payload.data()),
                     payload.size(), &error));
  const char* text = nullptr;
  if (!jws || !cjose_jws_export(jws.get(), &text, &error)) cannot_sign(error);
  return text;
}

std::optional<AccessTokens::Claims> AccessTokens::read(std::string_view token) const {
  const auto parts = split_token(token);
  if (!parts) return std::nullopt;
  // Exactly these three members: no jku, jwk, x5u, x5c, crit, b64, zip, and no algorithm but the key's own.
  const auto header = object_in(parts->header);
  if (!header || header->size() != 3 || text_at(*header, "alg") != algorithm || text_at(*header, "typ") != token_type)
    return std::nullopt;
  const auto key = keys_.find(text_at(*header, "kid"));
  const auto signature = base::from_base64url(parts->signature);
  if (key == keys_.end() || !signature || signature->size() != 2 * coordinate_size) return std::nullopt;

  if (!signed_with(token, key->second.get())) return std::nullopt;

  const auto claims = object_in(parts->claims);
  if (!claims || text_at(*claims, "iss") != issuer_ || text_at(*claims, "aud") != audience) return std::nullopt;
  const auto person = base::id_from_text(text_at(*claims, "sub")), sid = base::id_from_text(text_at(*claims, "sid")),
             school = base::id_from_text(text_at(*claims, "school"));
  const auto role = store::role_from_text(text_at(*claims, "role"));
  const auto issued = instant_at(*claims, "iat"), expires = instant_at(*claims, "exp");
  if (!person || !sid || !school || !role || !issued || !expires) return std::nullopt;
  auto not_before = *issued;
  if (claims->contains("nbf")) {
    const auto given = instant_at(*claims, "nbf");
    if (!given) return std::nullopt;
    not_before = std::max(not_before, *given);
  }
  const auto* enrol = claims->if_contains("must_enrol");
  return Claims{.principal = {.school = {*school},
                              .person = {*person},
                              .role = *role,
                              .sid = *sid,
                              .must_enrol = enrol && *enrol != false},
                .not_before = not_before,
                .expires = *expires};
}

std::optional<AccessTokens::Claims> AccessTokens::known(const base::Digest& digest) {
  const std::lock_guard lock(mutex_);
  const auto found = cache_.find(digest);
  return found == cache_.end() ? std::nullopt : std::optional(found->second);
}

void AccessTokens::remember(const base::Digest& digest, const Claims& claims, base::Instant now) {
  const std::lock_guard lock(mutex_);
  if (cache_.size() >= cache_limit_)
    std::erase_if(cache_, [&](const auto& entry) { return entry.second.expires <= now; });
  if (cache_.size() >= cache_limit_) cache_.clear();  // As many live sessions as that: they verify anew.
  cache_.emplace(digest, claims);
}

base::Result<Principal> AccessTokens::verify(std::string_view token, base::Instant now) {
  const auto refused = [] { return base::refuse(base::Code::unauthenticated, "Please sign in."); };
  if (token.empty() || token.size() > longest_token) return refused();
  const auto digest = base::sha256(base::bytes_of(token));
  auto claims = known(digest);
  const bool fresh = !claims;
  if (fresh) claims = read(token);
  // The times are asked every time: a token in the cache grows old too.
  if (!claims || now >= claims->expires || now < claims->not_before - clock_leeway) return refused();
  if (fresh) remember(digest, *claims, now);
  return claims->principal;
}

}  // namespace auth
