/// JSON Web Tokens of any issuer (RFC 7519): their parts, and the keys by which those of others are verified. A key is
/// good for the algorithms of its kind and for nothing else (RFC 8725, section 3.1).
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"

struct _cjose_jwk_int;  // NOLINT(bugprone-reserved-identifier): cjose's own name

namespace auth {

/// Deletes what a C library gave, with its own function.
template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};

struct JwkRelease {
  void operator()(_cjose_jwk_int* key) const;
};
using Jwk = std::unique_ptr<_cjose_jwk_int, JwkRelease>;

struct TokenParts {
  std::string_view header, claims, signature;
};
/// Three parts, or nothing.
std::optional<TokenParts> split_token(std::string_view token);
/// One of the three parts as JSON. Members that stand twice are refused by the parser.
std::optional<boost::json::object> object_in(std::string_view part);
/// "" where it is absent or no text.
std::string_view text_at(const boost::json::object& object, std::string_view name);
bool is_true(const boost::json::object& object, std::string_view name);
std::optional<base::Instant> instant_at(const boost::json::object& object, std::string_view name);
/// Whether `key` signed it.
bool signed_with(std::string_view token, const _cjose_jwk_int* key);

inline constexpr std::size_t longest_foreign_token = 16'384;

/// The keys of an issuer that is not us.
class IssuerKeys {
 public:
  /// A JWK Set (RFC 7517): RSA from 2,048 bits for RS256 and PS256, P-256 for ES256; keys of other kinds, or for other
  /// ends, are left out. Nothing where it is no JWK Set.
  static std::optional<IssuerKeys> from_jwks(std::string_view json);
  /// HS256, by a secret that both sides know.
  static IssuerKeys from_secret(const base::Secret& secret);

  /// The claims of a token that one of the keys signed; nothing for any other. What they say is the caller's business.
  std::optional<boost::json::object> claims_of(std::string_view token) const;
  /// Whether the key that the token names is one of these: if not, there may be new ones.
  bool has_key_of(std::string_view token) const;

 private:
  struct Key {
    std::string id;  ///< "": it has none.
    std::set<std::string, std::less<>> algorithms;
    Jwk jwk;
  };
  /// Of these keys, the one to verify a token with this header; null: none, or more than one could be meant.
  const Key* key_for(const boost::json::object& header) const;
  std::vector<Key> keys_;
};

}  // namespace auth
