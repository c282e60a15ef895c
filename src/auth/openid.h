/// The authorization-code flow of OAuth 2.0 (RFC 6749, with PKCE, RFC 7636) at one provider, and what OpenID Connect
/// Core 1.0 adds to it: an ID token that says who signed in.
#pragma once

#include "auth/jwt.h"
#include "auth/kept.h"
#include "base/config.h"
#include "net/http_client.h"

namespace auth {

/// What a provider vouches for about somebody. Who it is, is issuer and subject; the address is news, not identity.
struct Vouched {
  std::string provider;  ///< "google", "oidc", "supabase".
  std::string issuer, subject;
  std::string email;
  bool email_verified = false;
};

/// What an ID token must say.
struct Expected {
  std::string issuer, client_id, nonce;
  std::string access_token;  ///< That came with it.
};
/// OpenID Connect Core 1.0, section 3.1.3.7, for claims whose signature was verified. unauthenticated, with the reason
/// for operators.
base::Result<Vouched> vouched_by(const boost::json::object& claims, const Expected& expected, base::Instant now);

struct AuthorizationRequest {
  std::string redirect_uri, scope, state, nonce;
  std::string verifier;             ///< Of PKCE; only its hash is sent.
  net::HttpClient::Fields extra{};  ///< More parameters for this provider.
};
/// For `extra`: how Google is asked for a refresh token, and to keep in force what was granted before.
inline const net::HttpFields offline_access{
    {"access_type", "offline"}, {"include_granted_scopes", "true"}, {"prompt", "consent"}};

struct CodeExchange {
  std::string code, redirect_uri, nonce, verifier;
  std::string scope{};  ///< As it was asked for: an answer without any means all of it (RFC 6749, section 5.1).
};

/// What may be done in somebody's name, and until when.
struct Grant {
  base::Secret access_token;
  base::Instant expires_at;
  base::Secret refresh_token{};       ///< Empty: none was given; one that is kept stays good (RFC 6749, section 6).
  std::vector<std::string> scopes{};  ///< As granted, which may be less than was asked for; empty: as before.
  bool covers(std::string_view scope) const;
};
struct Exchanged {
  Vouched who;
  Grant grant;
};

class OpenIdProvider {
 public:
  OpenIdProvider(std::string id, base::OpenIdSettings settings, net::HttpOptions http);
  const std::string& id() const { return id_; }
  const std::string& name() const { return settings_.name; }

  // All of these may ask the provider: unavailable where it does not answer, unauthenticated (with the reason, for
  // operators) where an answer is not what it must be.

  /// Where to send a browser.
  base::Result<std::string> authorization_url(const AuthorizationRequest& request);
  /// Against mix-up (RFC 9207): `issuer` is what came with the answer.
  base::Done check_issuer(const std::optional<std::string_view>& issuer);
  base::Result<Exchanged> exchange(const CodeExchange& exchange, base::Instant now);
  /// forbidden: the grant is gone (invalid_grant), and nothing helps but the person's consent.
  base::Result<Grant> refresh(const base::Secret& refresh_token, base::Instant now);
  /// Ends the whole grant that an access or a refresh token is of (RFC 7009); what has ended already is fine. Only
  /// where there is a `revoke_url`.
  base::Done revoke(const base::Secret& token);

 private:
  struct Endpoints {
    std::string authorization, token, jwks, user_info;
    bool names_issuer = false;    ///< In its answers, always (RFC 9207, section 3).
    bool secret_in_body = false;  ///< It does not take Basic.
  };
  base::Result<Endpoints> discover();
  base::Result<Kept<Endpoints>::Value> endpoints();
  base::Result<net::HttpAnswer> ask_for_tokens(const Endpoints& endpoints, net::HttpFields fields);
  base::Result<boost::json::object> claims_of(const Endpoints& endpoints, std::string_view token);
  base::Done add_user_info(const Endpoints& endpoints, const std::string& access_token, Vouched& vouched);

  const std::string id_;
  const base::OpenIdSettings settings_;
  net::HttpClient http_;
  Kept<Endpoints> endpoints_;
  Kept<IssuerKeys> keys_;
};

/// The public keys at this address; for Kept.
base::Result<IssuerKeys> fetch_keys(net::HttpClient& http, const std::string& url);
/// Of public keys: an unknown one has them fetched again, once a minute.
inline const Kept<IssuerKeys>::Options keys_kept{.lifetime = std::chrono::hours{1}, .pause = std::chrono::minutes{1}};

}  // namespace auth
