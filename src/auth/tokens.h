/// Access tokens: JWTs of ten minutes (RFC 9068's profile of RFC 7519), signed with ES256 by cjose. We are the only
/// issuer and the only reader, so everything that a header may say is known beforehand and nothing else is accepted
/// (RFC 8725).
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "auth/jwt.h"
#include "auth/principal.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/secret.h"

namespace auth {

inline constexpr base::minutes access_lifetime{10};
/// How far the clock of another node may be ahead. For `iat` and `nbf` only: an expired token is expired.
inline constexpr base::seconds clock_leeway{30};
inline constexpr std::size_t longest_token = 2'048;

class AccessTokens {
 public:
  /// `keys` are JWT_KEYS: the first signs, all verify. A key is the 32 bytes of a P-256 private scalar, or a private
  /// key on that curve as PKCS #8 in DER; anything else throws std::invalid_argument with the key's id. `issuer` is
  /// PUBLIC_URL.
  AccessTokens(const std::vector<base::NamedKey>& keys, std::string issuer, std::size_t cache_limit = 20'000);
  ~AccessTokens();
  AccessTokens(const AccessTokens&) = delete;

  std::string sign(const Principal& principal, base::Instant now) const;

  /// unauthenticated for anything but a token of ours that is good now; why is not told. Whether its session has ended
  /// is Sessions' business. Tokens that were verified before are known by their hash.
  base::Result<Principal> verify(std::string_view token, base::Instant now);

 private:
  struct Claims {
    Principal principal;
    base::Instant not_before;
    base::Instant expires;
  };
  struct ByPrefix {
    std::size_t operator()(const base::Digest& digest) const;
  };

  std::optional<Claims> read(std::string_view token) const;
  std::optional<Claims> known(const base::Digest& digest);
  void remember(const base::Digest& digest, const Claims& claims, base::Instant now);

  const std::string issuer_;
  const std::size_t cache_limit_;
  std::string signing_id_;
  std::map<std::string, Jwk, std::less<>> keys_;
  std::mutex mutex_;
  std::unordered_map<base::Digest, Claims, ByPrefix> cache_;
};

}  // namespace auth
