#include "actions/openid.h"

#include "actions/account.h"
#include "actions/faults.h"
#include "auth/roles.h"
#include "store/jobs.h"

namespace actions {

namespace {

using base::Code;
using base::Result;
using store::Transaction;

base::Bytes hash_of(const Identity& identity, base::SchoolId school, const auth::Vouched& vouched) {
  // Issuers hold no line feed, so that no two pairs are the same text.
  const auto digest = identity.people.keys().keyed_hash(school, "identity", vouched.issuer + "\n" + vouched.subject);
  return {digest.begin(), digest.end()};
}

store::Identity new_identity(const Identity& identity, base::SchoolId school, base::PersonId person,
                             const auth::Vouched& vouched, base::Instant now) {
  return {.id = base::make_id(),
          .person = person,
          .provider = vouched.provider,
          .subject_hash = hash_of(identity, school, vouched),
          .created_at = now};
}

Purpose signing_in(const std::string& provider) {
  Purpose purpose{.id = provider, .path = fmt::format("/api/v1/auth/{}/callback", provider), .scope = "openid email"};
  // Browsers of families are signed in with several accounts there. Other providers need not know the word.
  if (provider == "google") purpose.extra.emplace_back("prompt", "select_account");
  return purpose;
}

/// Why the provider's word did not come, or was not believed.
Unmet unmet_by(const Providing& providing, const std::string& provider, const base::Error& error) {
  if (error.code == Code::unavailable) return Unmet::away;
  providing.report(provider + ": " + error.detail);
  return Unmet::provider;
}

/// Whose account it is hears of it: somebody else may have been at it.
void tell(Transaction& tx, base::SchoolId school, base::PersonId person, base::Instant now) {
  store::put_job(tx, school, {store::JobKind::identities_changed, {}, person}, now, now);
}

/// Connects it, where that is possible still.
Outcome<std::monostate> connect(Transaction& tx, base::SchoolId school, const store::Identity& wanted) {
  if (store::add_identity(tx, school, wanted)) {
    tell(tx, school, wanted.person, wanted.created_at);
    return std::monostate{};
  }
  const auto owner = store::person_with_identity(tx, school, wanted.subject_hash);
  if (owner == wanted.person) return std::monostate{};
  return tl::unexpected(owner ? Unmet::taken : Unmet::other);
}

struct Entry {
  Entrant entrant;
  Admission admission;
  bool connected;
};

/// Whom the provider's word lets in: whoever connected this identity, or a learner whose address it vouches for.
Outcome<Entry> let_in(const Identity& identity, Transaction& tx, base::SchoolId school, const auth::Vouched& vouched,
                      const base::Bytes& email_hash, store::Identity wanted, const std::string& browser) {
  const auto enter = [&](base::PersonId person, bool connected) -> Outcome<Entry> {
    const auto account = store::find_account(tx, school, person);
    if (!account || !account->active) return tl::unexpected(Unmet::unknown);
    const Entrant entrant{school, person, account->role};
    return Entry{entrant, admit(identity, tx, entrant, wanted.created_at, browser), connected};
  };
  if (const auto known = store::person_with_identity(tx, school, wanted.subject_hash)) return enter(*known, false);
  if (vouched.email.empty()) return tl::unexpected(Unmet::unknown);
  if (!vouched.email_verified) return tl::unexpected(Unmet::unverified);
  const auto person = store::person_with_email(tx, school, email_hash);
  const auto account = person ? store::find_account(tx, school, *person) : std::nullopt;
  if (!account || !account->active) return tl::unexpected(Unmet::unknown);
  if (store::is_staff(account->role)) return tl::unexpected(Unmet::staff);
  wanted.person = *person;
  if (const auto done = connect(tx, school, wanted); !done) return tl::unexpected(done.error());
  return enter(*person, true);
}

Result<Outcome<Admitted>> sign_in_as(const Providing& providing, base::SchoolId school, const auth::Vouched& vouched,
                                     const std::string& browser) {
  const auto& identity = providing.identity;
  const auto email_hash = identity.people.email_hash(school, vouched.email);
  const auto wanted = new_identity(identity, school, {}, vouched, providing.now);
  auto entry =
      TRY(identity.context.database.transact<Outcome<Entry>>(school, [&](Transaction& tx) -> Result<Outcome<Entry>> {
        return let_in(identity, tx, school, vouched, email_hash, wanted, browser);
      }));
  if (!entry) return Outcome<Admitted>(tl::unexpected(entry.error()));
  auto& [entrant, admission, connected] = *entry;
  return Outcome<Admitted>(
      Admitted{admitted(identity, std::move(admission), entrant, providing.now), entrant, connected});
}

/// For the person who started it, while the session goes on in which they did.
Outcome<std::monostate> connect_to(const Providing& providing, const auth::OauthStart& start,
                                   const auth::Vouched& vouched) {
  const auto wanted = new_identity(providing.identity, start.school, start.person, vouched, providing.now);
  const auto done = providing.identity.context.database.transact<Outcome<std::monostate>>(
      start.school, [&](Transaction& tx) -> Result<Outcome<std::monostate>> {
        if (!goes_on(tx, start, providing.now)) return Outcome<std::monostate>(tl::unexpected(Unmet::ended));
        return connect(tx, start.school, wanted);
      });
  return done ? *done : Outcome<std::monostate>(tl::unexpected(Unmet::away));
}

/// Of two who come with the same answer, one is first; also on other nodes, and after a restart.
bool spend(const Identity& identity, const auth::OauthStart& start) {
  const auto digest = base::sha256(base::bytes_of(start.state));
  const auto spent = identity.context.database.transact<bool>(start.school, [&](Transaction& tx) -> Result<bool> {
    return store::spend_state(tx, start.school, {digest.begin(), digest.end()}, start.expires_at);
  });
  return spent.value_or(false);
}

/// The provider's word, in exchange for what the browser brought.
Outcome<auth::Exchanged> word_of(const Providing& providing, auth::OpenIdProvider& provider, const Purpose& purpose,
                                 const auth::OauthStart& start, const Arrival& arrival) {
  const auto unmet = [&](const base::Error& error) { return tl::unexpected(unmet_by(providing, purpose.id, error)); };
  const std::optional<std::string_view> issuer = arrival.issuer;
  if (const auto right = provider.check_issuer(issuer); !right) return unmet(right.error());
  if (arrival.error == "access_denied") return tl::unexpected(Unmet::denied);
  if (arrival.error || !arrival.code) {
    providing.report(purpose.id + ": it answers with an error");
    return tl::unexpected(Unmet::provider);
  }
  auto exchanged = provider.exchange({.code = *arrival.code,
                                      .redirect_uri = providing.identity.public_url + purpose.path,
                                      .nonce = start.nonce,
                                      .verifier = start.verifier,
                                      .scope = purpose.scope},
                                     providing.now);
  if (!exchanged) return unmet(exchanged.error());
  return std::move(*exchanged);
}

/// Nothing can be guessed at here: what is limited is how much one source may ask of the provider and of us. `what` is
/// tried once, so that it is the source that counts.
std::optional<base::seconds> throttled(const Providing& providing, const std::string& what) {
  return providing.identity.throttle.attempt(what, auth::source_of(providing.address), providing.now);
}
void not_throttled(const Providing& providing, const std::string& what) {
  providing.identity.throttle.succeeded(what, auth::source_of(providing.address), providing.now);
}

}  // namespace

std::string_view to_string(Unmet unmet) {
  constexpr std::string_view names[] = {"again", "school", "denied", "provider", "away",    "unknown", "unverified",
                                        "staff", "other",  "taken",  "ended",    "limited", "scopes"};
  return names[static_cast<std::size_t>(unmet)];
}

Result<Departure> depart(const Providing& providing, auth::OpenIdProvider& provider, const Purpose& purpose,
                         const auth::OauthStart& start) {
  return Departure{TRY(provider.authorization_url({.redirect_uri = providing.identity.public_url + purpose.path,
                                                   .scope = purpose.scope,
                                                   .state = start.state,
                                                   .nonce = start.nonce,
                                                   .verifier = start.verifier,
                                                   .extra = purpose.extra})),
                   auth::sealed(start, providing.providers.cookie_key())};
}

bool goes_on(Transaction& tx, const auth::OauthStart& start, base::Instant now) {
  const auto session = store::find_session(tx, start.school, start.sid);
  if (!session || session->person != start.person || session->ended_at || now >= session->expires_at) return false;
  const auto account = store::find_account(tx, start.school, start.person);
  return account && account->active;
}

Outcome<Departure> start_sign_in(const Providing& providing, const SignInStart& start) {
  auto* provider = providing.providers.open_id(start.provider);
  CHECK(provider && auth::is_own_path(start.next));
  const auto school = school_asked(providing.identity, start.school);
  if (!school || !*school) return tl::unexpected(Unmet::school);
  const auto fresh = auth::start_oauth(start.provider, **school, start.next, providing.now);
  auto departure = depart(providing, *provider, signing_in(start.provider), fresh);
  if (!departure) return tl::unexpected(unmet_by(providing, start.provider, departure.error()));
  return std::move(*departure);
}

Result<Departure> start_connection(const Providing& providing, const Caller& caller, const ConnectionStart& start) {
  auto* provider = providing.providers.open_id(start.provider);
  if (!provider) TRY(invalid("/provider", "There is no such way to sign in here."));
  TRY(check_own_password(providing.identity, caller, start.password, providing.address, "/password"));
  auto fresh = auth::start_oauth(start.provider, caller.school(), "/account", providing.now);
  fresh.person = caller.principal.person;
  fresh.sid = caller.principal.sid;
  auto departure = depart(providing, *provider, signing_in(start.provider), fresh);
  if (!departure && departure.error().code != Code::unavailable) {
    providing.report(start.provider + ": " + departure.error().detail);
    return base::refuse(Code::unavailable, "The other service does not answer as it should. Try again later.");
  }
  return departure;
}

tl::expected<Returned, Failed> returned(const Providing& providing, auth::OpenIdProvider& provider,
                                        const Purpose& purpose, const Arrival& arrival) {
  const auto start =
      arrival.cookie ? auth::opened(*arrival.cookie, providing.providers.cookie_key(), providing.now) : std::nullopt;
  const bool started_here = start && start->provider == purpose.id && arrival.state &&
                            base::equal(base::bytes_of(*arrival.state), base::bytes_of(start->state));
  if (!started_here) return tl::unexpected(Failed{.unmet = Unmet::again, .next = start ? start->next : ""});
  const auto failed = [&](Unmet unmet) {
    return tl::unexpected(Failed{unmet, start->next, bool(start->person), true, start->school});
  };
  if (throttled(providing, start->state)) return failed(Unmet::limited);
  if (!spend(providing.identity, *start)) return failed(Unmet::again);
  auto exchanged = word_of(providing, provider, purpose, *start, arrival);
  if (!exchanged) return failed(exchanged.error());
  return Returned{*start, std::move(*exchanged)};
}

tl::expected<Arrived, Failed> finish(const Providing& providing, const Arrival& arrival) {
  auto* provider = providing.providers.open_id(arrival.provider);
  CHECK(provider);
  const auto back = returned(providing, *provider, signing_in(arrival.provider), arrival);
  if (!back) return tl::unexpected(back.error());
  const auto& [start, exchanged] = *back;
  const bool connecting = bool(start.person);
  const auto failed = [&, &start = start](Unmet unmet) {
    return tl::unexpected(Failed{unmet, start.next, bool(start.person), true, start.school});
  };
  if (connecting) {
    if (const auto done = connect_to(providing, start, exchanged.who); !done) return failed(done.error());
    not_throttled(providing, start.state);
    return Arrived{.next = start.next, .school = start.school, .person = start.person};
  }
  auto admitted = sign_in_as(providing, start.school, exchanged.who, arrival.browser);
  if (!admitted) return failed(Unmet::unknown);
  if (!*admitted) return failed(admitted->error());
  not_throttled(providing, start.state);
  auto& [view, entrant, connected] = **admitted;
  Arrived arrived{.next = start.next, .school = start.school, .person = connected ? entrant.person : base::PersonId{}};
  if (view)
    arrived.signed_in = std::move(*view);
  else if (view.error().code == Code::second_factor_asked)
    arrived.challenge = view.error().challenge;
  else
    return failed(Unmet::unknown);
  return arrived;
}

Result<Outcome<Admitted>> sign_in_with_supabase(const Providing& providing, const std::string& access_token,
                                                const std::optional<std::string>& slug, const std::string& browser) {
  const auto school = TRY(school_asked(providing.identity, slug));
  if (!school) TRY(invalid("/school", "There is no school of this name here."));
  const auto what = base::to_base64url(base::sha256(base::bytes_of(access_token)));
  if (const auto wait = throttled(providing, what)) return base::refuse(too_many(*wait));
  const auto vouched = TRY(providing.providers.supabase()->read(access_token, providing.now));
  auto admitted = TRY(sign_in_as(providing, *school, vouched, browser));
  if (admitted) not_throttled(providing, what);
  return admitted;
}

base::Done connect_supabase(const Providing& providing, const Caller& caller, const SupabaseConnection& connection) {
  TRY(check_own_password(providing.identity, caller, connection.password, providing.address, "/password"));
  const auto vouched = providing.providers.supabase()->read(connection.access_token, providing.now);
  if (!vouched && vouched.error().code == Code::unauthenticated)
    return invalid("/access_token", vouched.error().detail);
  if (!vouched) return base::refuse(vouched.error());
  const auto wanted = new_identity(providing.identity, caller.school(), caller.principal.person, *vouched, caller.now);
  TRY(providing.identity.context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    const auto done = connect(tx, caller.school(), wanted);
    if (done) return base::done();
    return base::refuse(Code::wrong_status, done.error() == Unmet::taken
                                                ? "This identity is connected with another account."
                                                : "Your account is connected with another identity there.");
  }));
  return base::done();
}

std::vector<store::Identity> my_identities(const Identity& identity, const Caller& caller) {
  return identity.context.database.read(caller.school(), [&](Transaction& tx) {
    return store::identities_of(tx, caller.school(), caller.principal.person);
  });
}

base::Done disconnect(const Identity& identity, const Caller& caller, std::int64_t id) {
  const auto school = caller.school();
  const auto person = caller.principal.person;
  TRY(identity.context.database.transact<std::monostate>(school, [&](Transaction& tx) -> base::Done {
    const bool has_password = store::password_of(tx, school, person).has_value();
    if (!store::remove_identity(tx, school, person, id)) return auth::not_found();
    if (!has_password) return base::refuse(Code::wrong_status, "Set a password first, or you could not sign in again.");
    store::end_sessions(tx, school, person, caller.now, caller.principal.sid);
    tell(tx, school, person, caller.now);
    return base::done();
  }));
  return base::done();
}

}  // namespace actions
