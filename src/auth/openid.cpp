#include "auth/openid.h"

#include <algorithm>
#include <iterator>
#include <sstream>

#include "auth/tokens.h"
#include "base/crypto.h"
#include "base/json.h"

namespace auth {

namespace {

using base::Result;
using boost::json::object;

constexpr std::size_t longest_subject = 255;  // OpenID Connect Core 1.0, section 2.
constexpr std::size_t longest_email = 254;
constexpr long ok = 200, bad_request = 400;
/// Of an access token whose provider does not say how long it lives (RFC 6749, section 5.1), and at most.
constexpr base::seconds unsaid_lifetime{300}, longest_lifetime{86'400};

tl::unexpected<base::Error> wrong(std::string why) {
  return base::refuse(base::Code::unauthenticated, std::move(why));
}

bool lists(const object& object_, std::string_view name, std::string_view wanted) {
  const auto* value = object_.if_contains(name);
  const auto* list = value ? value->if_array() : nullptr;
  return list && std::ranges::any_of(*list, [&](const auto& each) {
           return each.is_string() && std::string_view(each.as_string()) == wanted;
         });
}

/// Is it for us, and if for others too, given to us? Several audiences need an authorized party.
bool for_client(const object& claims, const std::string& client_id) {
  const auto* audience = claims.if_contains("aud");
  const bool named = text_at(claims, "aud") == client_id || lists(claims, "aud", client_id);
  const bool several = audience && audience->is_array() && audience->as_array().size() > 1;
  if (!named || (several && !claims.contains("azp"))) return false;
  return !claims.contains("azp") || text_at(claims, "azp") == client_id;
}

/// The left half of the hash (OpenID Connect Core 1.0, section 3.1.3.6); of all algorithms here SHA-256.
bool hash_fits(const object& claims, const std::string& access_token) {
  if (!claims.contains("at_hash")) return true;
  const auto digest = base::sha256(base::bytes_of(access_token));
  const auto half = base::to_base64url(base::ByteView(digest).first(digest.size() / 2));
  return base::equal(base::bytes_of(half), base::bytes_of(text_at(claims, "at_hash")));
}

void take_email(const object& claims, Vouched& vouched) {
  const auto email = text_at(claims, "email");
  if (email.size() > longest_email) return;
  vouched.email = email;
  vouched.email_verified = is_true(claims, "email_verified");  // A text "true" is none.
}

constexpr std::string_view google_issuer = "https://accounts.google.com";

/// The code of an error (RFC 6749, section 5.2), or "".
std::string error_in(const net::HttpAnswer& answer) {
  const auto object = base::parse_json_object(answer.body);
  const auto code = object ? text_at(*object, "error") : std::string_view();
  const bool plain = code.size() <= 60 && std::ranges::all_of(code, [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
                     });
  return std::string(plain ? code : "");
}

Result<object> object_of(const net::HttpAnswer& answer) {
  auto object = base::parse_json_object(answer.body);
  if (answer.status != ok || !object) {
    const auto code = error_in(answer);
    return wrong(
        fmt::format("Its answer is no JSON with 200, but {}{}{}.", answer.status, code.empty() ? "" : ", ", code));
  }
  return object;
}

/// `asked`: the scopes of an answer that names none.
Grant grant_of(const object& tokens, std::string_view asked, base::Instant now) {
  const auto* said = tokens.if_contains("expires_in");
  const base::seconds lives{said && said->is_int64() ? said->get_int64() : unsaid_lifetime.count()};
  std::istringstream words(std::string(tokens.contains("scope") ? text_at(tokens, "scope") : asked));
  return {.access_token = base::Secret(std::string(text_at(tokens, "access_token"))),
          .expires_at = now + std::clamp(lives, base::seconds{0}, longest_lifetime),
          .refresh_token = base::Secret(std::string(text_at(tokens, "refresh_token"))),
          .scopes = {std::istream_iterator<std::string>(words), {}}};
}

}  // namespace

bool Grant::covers(std::string_view scope) const {
  return std::ranges::find(scopes, scope) != scopes.end();
}

Result<Vouched> vouched_by(const object& claims, const Expected& expected, base::Instant now) {
  // Google leaves out the scheme at times (its OpenID Connect page).
  const auto issuer = text_at(claims, "iss");
  if (issuer != expected.issuer && (expected.issuer != google_issuer || issuer != google_issuer.substr(8)))
    return wrong("The ID token is of another issuer.");
  if (!for_client(claims, expected.client_id)) return wrong("The ID token is for somebody else.");
  const auto issued = instant_at(claims, "iat"), expires = instant_at(claims, "exp");
  if (!issued || !expires || now >= *expires) return wrong("The ID token has expired.");
  const auto begins = instant_at(claims, "nbf");
  const bool bad_beginning = claims.contains("nbf") && (!begins || now < *begins - clock_leeway);
  if (now < *issued - clock_leeway || bad_beginning) return wrong("The ID token is of a time to come.");
  if (expected.nonce.empty() || !base::equal(base::bytes_of(text_at(claims, "nonce")), base::bytes_of(expected.nonce)))
    return wrong("The ID token is not of this sign-in.");
  if (!hash_fits(claims, expected.access_token)) return wrong("The ID token belongs to another access token.");
  const auto subject = text_at(claims, "sub");
  if (subject.empty() || subject.size() > longest_subject) return wrong("The ID token names nobody.");
  Vouched vouched{.provider = {}, .issuer = expected.issuer, .subject = std::string(subject), .email = {}};
  take_email(claims, vouched);
  return vouched;
}

Result<IssuerKeys> fetch_keys(net::HttpClient& http, const std::string& url) {
  const auto answer = TRY(http.get(url));
  auto keys = answer.status == ok ? IssuerKeys::from_jwks(answer.body) : std::nullopt;
  if (!keys) return wrong("Its keys are no JWK Set.");
  return std::move(*keys);
}

OpenIdProvider::OpenIdProvider(std::string id, base::OpenIdSettings settings, net::HttpOptions http)
    : id_(std::move(id)),
      settings_(std::move(settings)),
      http_(std::move(http)),
      endpoints_({.lifetime = std::chrono::hours{1}, .pause = std::chrono::minutes{1}}),
      keys_(keys_kept) {}

Result<OpenIdProvider::Endpoints> OpenIdProvider::discover() {
  auto base = settings_.issuer;
  if (base.ends_with('/')) base.pop_back();
  const auto answer = TRY(http_.get(base + "/.well-known/openid-configuration"));
  const auto document = TRY(object_of(answer));
  if (text_at(document, "issuer") != settings_.issuer) return wrong("Its description names another issuer.");
  Endpoints endpoints{
      .authorization = std::string(text_at(document, "authorization_endpoint")),
      .token = std::string(text_at(document, "token_endpoint")),
      .jwks = std::string(text_at(document, "jwks_uri")),
      .user_info = std::string(text_at(document, "userinfo_endpoint")),
      .names_issuer = is_true(document, "authorization_response_iss_parameter_supported"),
      .secret_in_body = document.contains("token_endpoint_auth_methods_supported") &&
                        !lists(document, "token_endpoint_auth_methods_supported", "client_secret_basic")};
  // The browser goes there: a place that scripts could be run from is none.
  const bool web = endpoints.authorization.starts_with("https://") || endpoints.authorization.starts_with("http://");
  if (!web || endpoints.token.empty() || endpoints.jwks.empty()) return wrong("Its description lacks an address.");
  return endpoints;
}

Result<Kept<OpenIdProvider::Endpoints>::Value> OpenIdProvider::endpoints() {
  return endpoints_.get([this]() -> Result<Endpoints> {
    if (settings_.auth_url.empty()) return discover();
    return Endpoints{.authorization = settings_.auth_url, .token = settings_.token_url, .jwks = settings_.jwks_url};
  });
}

Result<std::string> OpenIdProvider::authorization_url(const AuthorizationRequest& request) {
  const auto endpoints = TRY(this->endpoints());
  net::HttpClient::Fields fields{{"response_type", "code"},
                                 {"client_id", settings_.client_id},
                                 {"redirect_uri", request.redirect_uri},
                                 {"scope", request.scope},
                                 {"state", request.state},
                                 {"nonce", request.nonce},
                                 {"code_challenge", base::to_base64url(base::sha256(base::bytes_of(request.verifier)))},
                                 {"code_challenge_method", "S256"}};
  fields.insert(fields.end(), request.extra.begin(), request.extra.end());
  const bool has_query = endpoints->authorization.find('?') != std::string::npos;
  return endpoints->authorization + (has_query ? "&" : "?") + net::form_of(fields);
}

base::Done OpenIdProvider::check_issuer(const std::optional<std::string_view>& issuer) {
  const auto endpoints = TRY(this->endpoints());
  if (issuer ? *issuer == settings_.issuer : !endpoints->names_issuer) return base::done();
  return wrong("The answer is of another issuer, or does not say of which.");
}

Result<net::HttpAnswer> OpenIdProvider::ask_for_tokens(const Endpoints& endpoints, net::HttpFields fields) {
  net::HttpCredentials credentials;
  if (endpoints.secret_in_body) {
    fields.emplace_back("client_id", settings_.client_id);
    fields.emplace_back("client_secret", settings_.client_secret.reveal());
  } else {
    credentials = {settings_.client_id, settings_.client_secret};
  }
  return http_.post_form(endpoints.token, fields, credentials);
}

Result<object> OpenIdProvider::claims_of(const Endpoints& endpoints, std::string_view token) {
  const auto keys = TRY(keys_.get([&] { return fetch_keys(http_, endpoints.jwks); },
                                  [&](const IssuerKeys& known) { return known.has_key_of(token); }));
  auto claims = keys->claims_of(token);
  if (!claims) return wrong("The ID token is not signed by a key of its issuer.");
  return std::move(*claims);
}

/// Providers that give out an access token may keep the address for those who show it (section 5.4 of the Core).
base::Done OpenIdProvider::add_user_info(const Endpoints& endpoints, const std::string& access_token,
                                         Vouched& vouched) {
  const auto answer = TRY(http_.get(endpoints.user_info, base::Secret(access_token)));
  const auto claims = TRY(object_of(answer));
  if (text_at(claims, "sub") != vouched.subject) return wrong("The user info is somebody else's.");
  take_email(claims, vouched);
  return base::done();
}

Result<Exchanged> OpenIdProvider::exchange(const CodeExchange& exchange, base::Instant now) {
  const auto endpoints = TRY(this->endpoints());
  const auto answer = TRY(ask_for_tokens(*endpoints, {{"grant_type", "authorization_code"},
                                                      {"code", exchange.code},
                                                      {"redirect_uri", exchange.redirect_uri},
                                                      {"code_verifier", exchange.verifier}}));
  const auto tokens = TRY(object_of(answer));
  const auto claims = TRY(claims_of(*endpoints, text_at(tokens, "id_token")));
  auto grant = grant_of(tokens, exchange.scope, now);
  const auto& access_token = grant.access_token.reveal();
  auto vouched = TRY(vouched_by(claims,
                                {.issuer = settings_.issuer,
                                 .client_id = settings_.client_id,
                                 .nonce = exchange.nonce,
                                 .access_token = access_token},
                                now));
  vouched.provider = id_;
  const bool more = !claims.contains("email") && !endpoints->user_info.empty() && !access_token.empty();
  if (more) TRY(add_user_info(*endpoints, access_token, vouched));
  return Exchanged{std::move(vouched), std::move(grant)};
}

Result<Grant> OpenIdProvider::refresh(const base::Secret& refresh_token, base::Instant now) {
  const auto endpoints = TRY(this->endpoints());
  const auto answer =
      TRY(ask_for_tokens(*endpoints, {{"grant_type", "refresh_token"}, {"refresh_token", refresh_token.reveal()}}));
  if (answer.status == bad_request && error_in(answer) == "invalid_grant")
    return base::refuse(base::Code::forbidden, "What was granted has been taken back, or was not used for too long.");
  const auto tokens = TRY(object_of(answer));
  auto grant = grant_of(tokens, "", now);
  if (grant.access_token.empty()) return wrong("Its answer has no access token.");
  return grant;
}

base::Done OpenIdProvider::revoke(const base::Secret& token) {
  CHECK(!settings_.revoke_url.empty());
  // Google takes the token alone: whoever has it may end it.
  const auto answer = TRY(http_.post_form(settings_.revoke_url, {{"token", token.reveal()}}));
  const bool ended = answer.status == ok || (answer.status == bad_request && error_in(answer) == "invalid_token");
  if (ended) return base::done();
  return wrong(fmt::format("It does not end the grant, but answers {} {}.", answer.status, error_in(answer)));
}

}  // namespace auth
