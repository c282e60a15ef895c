#include "auth/supabase.h"

#include "auth/tokens.h"

namespace auth {

namespace {

using base::Result;
using boost::json::object;

std::optional<IssuerKeys> keys_of(const base::Secret& secret) {
  return secret.empty() ? std::nullopt : std::optional(IssuerKeys::from_secret(secret));
}

}  // namespace

Supabase::Supabase(base::SupabaseSettings settings, net::HttpOptions http)
    : settings_(std::move(settings)),
      issuer_(settings_.url + "/auth/v1"),
      http_(std::move(http)),
      secret_(keys_of(settings_.jwt_secret)),
      keys_(keys_kept) {}

Result<std::optional<object>> Supabase::claims_of(std::string_view token) {
  if (secret_) return secret_->claims_of(token);
  const auto keys = TRY(keys_.get([this] { return fetch_keys(http_, issuer_ + "/.well-known/jwks.json"); },
                                  [&](const IssuerKeys& known) { return known.has_key_of(token); }));
  return keys->claims_of(token);
}

Result<Vouched> Supabase::read(std::string_view token, base::Instant now) {
  const auto refused = [] { return base::refuse(base::Code::unauthenticated, "This is no sign-in at Supabase."); };
  const auto claims = TRY(claims_of(token));
  if (!claims || text_at(*claims, "iss") != issuer_ || text_at(*claims, "aud") != "authenticated") return refused();
  const auto issued = instant_at(*claims, "iat"), expires = instant_at(*claims, "exp");
  const auto begins = claims->contains("nbf") ? instant_at(*claims, "nbf") : issued;
  if (!issued || !expires || !begins || now >= *expires || now < *issued - clock_leeway || now < *begins - clock_leeway)
    return refused();
  // The keys of the service and of strangers are tokens of the same issuer; so are people who have not said who they
  // are.
  const auto subject = text_at(*claims, "sub");
  if (subject.empty() || subject.size() > 255 || is_true(*claims, "is_anonymous")) return refused();
  Vouched vouched{.provider = "supabase", .issuer = issuer_, .subject = std::string(subject), .email = {}};
  if (const auto email = text_at(*claims, "email"); email.size() <= 254) vouched.email = email;
  // From a hook of the project's owner (docs/operations.md). That of user_metadata is what people write themselves.
  vouched.email_verified = is_true(*claims, "email_verified");
  return vouched;
}

}  // namespace auth
