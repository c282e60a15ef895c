/// Sessions: a short access token and a refresh token that changes with every use.
///
/// A refresh token is handed out once, stored as a hash, and replaced at each use. The one before the last stays good
/// for thirty seconds or until its successor was used, whatever comes first, and leads to that same successor: two tabs
/// that refresh at once and an answer that got lost both end well. Any older one was copied: its session ends.
#pragma once

#include <shared_mutex>

#include "auth/tokens.h"
#include "store/sign_in.h"

namespace auth {

inline constexpr base::days idle_lifetime{14};      ///< A session ends when it is not refreshed for so long …
inline constexpr base::days absolute_lifetime{90};  ///< … and so long after the sign-in in any case.
inline constexpr base::seconds refresh_grace{30};
inline constexpr base::days welcome_lifetime{7};
inline constexpr std::chrono::hours reset_lifetime{1};

/// What a browser gets. The refresh token travels in the cookie only.
struct SignedIn {
  Principal principal;
  std::string access_token;
  std::string refresh_token;
};

class Sessions {
 public:
  /// `keys` are JWT_KEYS. Reads which sessions ended lately, so that their access tokens are refused.
  Sessions(store::Database& database, const std::vector<base::NamedKey>& keys, std::string issuer, base::Instant now);
  Sessions(const Sessions&) = delete;

  /// Whose access token this is; unauthenticated for a bad one and for that of an ended session.
  base::Result<Principal> authenticate(std::string_view access_token, base::Instant now);

  /// What somebody has shown who signs in.
  enum class Proof { one_factor, two_factors };
  /// Adds a session within the caller's transaction, for an account that is active. `browser` is shown to the person.
  /// Where the school asks its staff for two factors, one begins a session that may only set up a second one.
  SignedIn start(store::Transaction& tx, base::SchoolId school, base::PersonId person, store::Role role,
                 base::Instant now, const std::string& browser = "", Proof proof = Proof::one_factor);
  /// A transaction of its own. unauthenticated for anything but a token that is good now.
  base::Result<SignedIn> refresh(std::string_view refresh_token, base::Instant now);
  /// Signs out; a token that is not good is signed out already.
  [[nodiscard]] base::Done end(std::string_view refresh_token, base::Instant now);

  /// What the database tells after each commit: access tokens of sessions that ended are refused from now on.
  void committed(const std::vector<store::Touched>& touched);

 private:
  struct Parsed {
    base::SchoolId school;
    std::int64_t sid;
    base::Bytes secret;
  };
  enum class Use { fresh, again, stolen };
  struct Refreshed {
    Use use;
    std::optional<SignedIn> signed_in;
  };
  std::string text_of(base::SchoolId school, std::int64_t sid, base::ByteView secret) const;
  std::optional<Parsed> parse(std::string_view token) const;
  base::Bytes successor_of(const Parsed& token) const;
  base::Result<Refreshed> use(store::Transaction& tx, const Parsed& token, base::Instant now);

  store::Database& database_;
  AccessTokens tokens_;
  std::vector<base::Key> refresh_keys_;  ///< One for each of JWT_KEYS, in their order.
  std::shared_mutex mutex_;
  std::unordered_map<std::int64_t, base::Instant> ended_;  ///< Until when a token of the session could be alive.
};

/// "roadbook_refresh=…; Path=/api/v1/auth; …"; over https with the __Secure- prefix and Secure.
enum class Transport { http, https };
std::string_view refresh_cookie_name(Transport transport);
std::string refresh_cookie(std::string_view refresh_token, Transport transport);
std::string cleared_refresh_cookie(Transport transport);

/// The secret of a link that needs no signing in: a first password (PUBLIC_URL/welcome#<token>), a new one
/// (PUBLIC_URL/reset#<token>), a calendar feed (PUBLIC_URL/feeds/<token>.ics). It names the school; the hash is what is
/// kept.
struct LinkToken {
  std::string text;
  base::Bytes hash;
};
LinkToken make_link_token(base::SchoolId school);
struct ParsedLink {
  base::SchoolId school;
  base::Bytes hash;
};
std::optional<ParsedLink> parse_link_token(std::string_view text);

}  // namespace auth
