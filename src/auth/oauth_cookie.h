/// What a browser carries from the start of a sign-in at a provider to its end: sealed, in a cookie that no script
/// reads. The answer of the provider counts in the browser alone that asked.
#pragma once

#include <optional>

#include "auth/sessions.h"
#include "base/crypto.h"

namespace auth {

inline constexpr base::minutes oauth_lifetime{10};

struct OauthStart {
  std::string provider;
  std::string state, nonce;  ///< 256 random bits each.
  std::string verifier;      ///< Of PKCE.
  std::string next;          ///< Where to go when it is done: a path of ours.
  base::SchoolId school;
  base::PersonId person{};  ///< Who connects an identity, in which session; 0: somebody signs in.
  std::int64_t sid = 0;
  base::Instant expires_at;
};
/// With fresh random values.
OauthStart start_oauth(std::string provider, base::SchoolId school, std::string next, base::Instant now);

std::string sealed(const OauthStart& start, const base::Key& key);
/// Nothing where it is none of ours, or too old.
std::optional<OauthStart> opened(std::string_view text, const base::Key& key, base::Instant now);

std::string_view oauth_cookie_name(Transport transport);
std::string oauth_cookie(std::string_view value, Transport transport);
std::string cleared_oauth_cookie(Transport transport);

/// A path of our own, for a page: "/lessons?day=…". No "//elsewhere", no backslash, nothing that is not printable.
bool is_own_path(std::string_view path);

}  // namespace auth
