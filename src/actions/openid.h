/// Signing in by somebody else's word: Google, any OpenID provider, Supabase (docs/decisions/0018).
#pragma once

#include "actions/second_step.h"
#include "auth/providers.h"
#include "store/identities.h"

namespace actions {

/// Why there is no sign-in, as a page learns it (to_string).
enum class Unmet {
  again,       ///< Not started in this browser, too long ago, or done before.
  school,      ///< There are several: which?
  denied,      ///< The person said no at the provider.
  provider,    ///< The provider's answer is not what it must be.
  away,        ///< The provider does not answer.
  unknown,     ///< Nobody here has this identity or this address.
  unverified,  ///< The provider does not vouch for the address.
  staff,       ///< The address is that of somebody who works here, and must connect the identity first.
  other,       ///< The account is connected with another identity of this provider.
  taken,       ///< The identity is connected with another account.
  ended,       ///< The session that wanted to connect it is over.
  limited,     ///< Too many tries.
  scopes,      ///< The person has not granted all that it takes.
};
std::string_view to_string(Unmet unmet);
template <class T>
using Outcome = tl::expected<T, Unmet>;

/// A browser that is sent to a provider: the address, and the cookie's value.
struct Departure {
  std::string url, cookie;
};
struct SignInStart {
  std::string provider;
  std::optional<std::string> school{};  ///< The slug.
  std::string next;                     ///< A path of ours.
};
/// What every step needs.
struct Providing {
  const Identity& identity;
  const auth::Providers& providers;
  std::string address;  ///< The client's.
  base::Instant now;
  std::function<void(const std::string&)> report;  ///< Hears why a provider was not believed; for operators.
};
Outcome<Departure> start_sign_in(const Providing& providing, const SignInStart& start);

/// To connect an identity with the caller's account; takes their password, as everything that lets somebody in does.
/// invalid_input at "/password" or "/provider"; rate_limited; unavailable.
struct ConnectionStart {
  std::string provider, password;
};
base::Result<Departure> start_connection(const Providing& providing, const Caller& caller,
                                         const ConnectionStart& start);

/// What came back with the browser.
struct Arrival {
  std::string provider;
  std::optional<std::string> cookie{};
  std::optional<std::string> state{}, code{}, issuer{}, error{};
  std::string browser{};
};
struct Arrived {
  std::string next;         ///< Where the browser goes.
  base::SchoolId school{};  ///< 0: not known.
  base::PersonId person{};  ///< Who connected the identity just now; 0: nobody did.
  std::optional<SignInView> signed_in{};
  std::optional<std::string> challenge{};  ///< Of the second step; "": a passkey is asked for.
};
struct Failed {
  Unmet unmet;
  std::string next;         ///< "": not known.
  bool connecting = false;  ///< It was to be connected.
  bool spent = false;       ///< The cookie has done its work.
  base::SchoolId school{};
};
tl::expected<Arrived, Failed> finish(const Providing& providing, const Arrival& arrival);

/// What the code flow is gone through for. An answer to one purpose is none to another.
struct Purpose {
  std::string id;    ///< OauthStart::provider.
  std::string path;  ///< Of PUBLIC_URL: where the provider sends browsers back to.
  std::string scope;
  net::HttpFields extra{};
};
base::Result<Departure> depart(const Providing& providing, auth::OpenIdProvider& provider, const Purpose& purpose,
                               const auth::OauthStart& start);
/// The browser is the one that was sent away, it comes for the first time, and the provider stands by what it brings.
struct Returned {
  auth::OauthStart start;
  auth::Exchanged exchanged;
};
tl::expected<Returned, Failed> returned(const Providing& providing, auth::OpenIdProvider& provider,
                                        const Purpose& purpose, const Arrival& arrival);
/// Whether the session that began it goes on.
bool goes_on(store::Transaction& tx, const auth::OauthStart& start, base::Instant now);

struct Admitted {
  base::Result<SignInView> view;  ///< second_factor_asked where the provider's word is not enough.
  Entrant entrant;
  bool connected;  ///< Just now.
};
/// A session for whoever has an access token of Supabase. invalid_input at "/school".
base::Result<Outcome<Admitted>> sign_in_with_supabase(const Providing& providing, const std::string& access_token,
                                                      const std::optional<std::string>& school,
                                                      const std::string& browser);
struct SupabaseConnection {
  std::string access_token, password;
};
/// Connects it with the caller's account. invalid_input at "/password" or "/access_token"; wrong_status where something
/// else is connected.
base::Done connect_supabase(const Providing& providing, const Caller& caller, const SupabaseConnection& connection);

std::vector<store::Identity> my_identities(const Identity& identity, const Caller& caller);
/// Ends the caller's other sessions. wrong_status where there would be no way in any more.
base::Done disconnect(const Identity& identity, const Caller& caller, std::int64_t id);

}  // namespace actions
