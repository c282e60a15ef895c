#include "actions/account.h"

#include "actions/faults.h"
#include "auth/roles.h"
#include "store/jobs.h"

namespace actions {

namespace {

using store::Transaction;

/// An id that nobody has, always the same for the same address, so that whatever is written for somebody is written for
/// nobody as well.
base::PersonId nobody_with(const base::Bytes& email_hash) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8 | email_hash.at(i);
  return {static_cast<std::int64_t>(number >> 1)};
}

}  // namespace

base::Done ask_for_reset(const Identity& identity, const std::string& email, const std::optional<std::string>& slug,
                         const std::string& address, base::Instant now) {
  const auto school = TRY(school_asked(identity, slug));
  if (!school) return invalid("/school", "There is no school of this name here.");
  if (const auto wait = identity.mail_throttle.attempt(account_key(*school, email), auth::source_of(address), now))
    return base::refuse(too_many(*wait));
  const auto email_hash = identity.people.email_hash(*school, email);
  TRY(identity.context.database.transact<std::monostate>(*school, [&](Transaction& tx) {
    const auto person = store::person_with_email(tx, *school, email_hash);
    const store::JobKey job{store::JobKind::password_reset, {}, person.value_or(nobody_with(email_hash))};
    store::put_job(tx, *school, job, now, now);
    return base::done();
  }));
  return base::done();
}

base::Result<std::string> check_own_password(const Identity& identity, const Caller& caller,
                                             const std::string& password, const std::string& address,
                                             const char* pointer) {
  const auto school = caller.school();
  const auto id = caller.principal.person;
  const auto account = fmt::format("{}/person/{}", school.value, id.value), source = auth::source_of(address);
  if (const auto wait = identity.throttle.attempt(account, source, caller.now)) return base::refuse(too_many(*wait));
  const auto known =
      identity.context.database.read(school, [&](Transaction& tx) { return store::password_of(tx, school, id); });
  if (!TRY(identity.passwords.verify(password, known)).right) TRY(invalid(pointer, "This is not your password."));
  identity.throttle.succeeded(account, source, caller.now);
  return *known;
}

base::Done change_password(const Identity& identity, const Caller& caller, const PasswordChange& change,
                           const std::string& address) {
  const auto school = caller.school();
  const auto id = caller.principal.person;
  const auto known = TRY(check_own_password(identity, caller, change.current, address));
  const auto person =
      identity.context.database.read(school, [&](Transaction& tx) { return identity.people.find(tx, school, id); });
  TRY(auth::check_password(change.wanted, person ? person->details.email : ""));
  const auto hash = TRY(identity.passwords.hash(change.wanted));
  TRY(identity.context.database.transact<std::monostate>(school, [&](Transaction& tx) -> base::Done {
    // Somebody may have changed it meanwhile, with a link perhaps: then this one was proved with an old password.
    if (store::password_of(tx, school, id) != known) return invalid("/current_password", "This is not your password.");
    store::set_password(tx, school, id, hash, caller.now);
    store::drop_links(tx, school, id);
    store::end_sessions(tx, school, id, caller.now, caller.principal.sid);
    store::put_job(tx, school, {store::JobKind::password_changed, {}, id}, caller.now, caller.now);
    return base::done();
  }));
  return base::done();
}

std::vector<SessionView> my_sessions(const Identity& identity, const Caller& caller) {
  const auto sessions = identity.context.database.read(caller.school(), [&](Transaction& tx) {
    return store::list_sessions(tx, caller.school(), caller.principal.person, caller.now - auth::idle_lifetime,
                                caller.now);
  });
  std::vector<SessionView> views;
  for (const auto& session : sessions) views.push_back({session, session.id == caller.principal.sid});
  return views;
}

base::Done end_my_session(const Identity& identity, const Caller& caller, std::int64_t id) {
  TRY(identity.context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    const auto session = store::find_session(tx, caller.school(), id);
    const bool theirs = session && session->person == caller.principal.person;
    if (!theirs || !store::end_session(tx, caller.school(), id, caller.now)) return auth::not_found();
    return base::done();
  }));
  return base::done();
}

base::Done end_my_other_sessions(const Identity& identity, const Caller& caller) {
  TRY(identity.context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) {
    store::end_sessions(tx, caller.school(), caller.principal.person, caller.now, caller.principal.sid);
    return base::done();
  }));
  return base::done();
}

base::Done end_sessions_of(const Identity& identity, const Caller& caller, base::PersonId person) {
  TRY(auth::may(caller.principal, auth::Action::manage_users));
  TRY(identity.context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    if (!store::find_account(tx, caller.school(), person)) return auth::not_found();
    store::end_sessions(tx, caller.school(), person, caller.now);
    return base::done();
  }));
  return base::done();
}

}  // namespace actions
