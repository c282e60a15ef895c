/// Access tokens of calendar connections: sealed in the database, fresh when they are handed out, and renewed once per
/// expiry, whichever thread or node asks first (RFC 6749, section 6).
#pragma once

#include "auth/openid.h"
#include "store/connections.h"
#include "store/keys.h"

namespace auth {

class TokenManager {
 public:
  TokenManager(store::Database& database, store::KeyStore& keys, OpenIdProvider& provider)
      : database_(database), keys_(keys), provider_(provider) {}

  /// Seals what was granted for a connection of this person. A grant without a refresh token leaves the one that is
  /// there.
  store::SealedTokens sealed(store::KeyOwner owner, const Grant& grant);

  /// A token that lasts for another minute at least; not `refused`, which the provider has turned down.
  /// Waits for whoever is at it, up to 20 s. unauthenticated: only the person's consent helps; unavailable: later,
  /// in words for operators.
  base::Result<base::Secret> access_token(store::KeyOwner owner, std::int64_t connection, base::Instant now,
                                          const base::Secret& refused = {});

  /// The one that there is, if it is good still: nobody is asked and nothing is waited for.
  std::optional<base::Secret> held_token(store::KeyOwner owner, std::int64_t connection, base::Instant now);

  /// Ends what was granted, at the provider; also where it had ended there before.
  base::Done revoke(store::KeyOwner owner, std::int64_t connection);

 private:
  struct Opened {
    base::Secret refresh, access;
    base::Instant access_until;
  };
  std::optional<Opened> opened(store::KeyOwner owner, std::int64_t connection);
  base::Result<base::Secret> renew(store::KeyOwner owner, std::int64_t connection, const base::Secret& refresh,
                                   base::Instant now);

  store::Database& database_;
  store::KeyStore& keys_;
  OpenIdProvider& provider_;
};

}  // namespace auth
