#include "actions/acting.h"

#include "actions/guardians.h"
#include "store/personal.h"

namespace actions {

namespace {

using auth::Action;
using base::Code;
using base::Result;
using store::Impersonation;
using store::Person;
using store::Role;
using store::Transaction;

constexpr base::TextLimits reason_limits{.min = 1, .max = 500};

bool may_act(const Identity& identity, Transaction& tx, const Caller& caller, const Person& person) {
  const auto& principal = caller.principal;
  if (principal.role == Role::guardian) {
    const auto zone = identity.context.cache.rules(tx, caller.school())->school.zone;
    return person.role == Role::learner && is_minor(person, zone, caller.now) &&
           store::find_guardianship(tx, caller.school(), principal.person, person.id);
  }
  const auto running = store::running_impersonation(tx, caller.school(), principal.person, caller.now);
  return running && running->person == person.id;
}

/// Whoever has lessons: admins and the office are never acted for, guardians have theirs through their children.
bool has_lessons(const Person& person) {
  return person.role == Role::learner || person.role == Role::instructor;
}

std::string name_of(const Identity& identity, Transaction& tx, base::SchoolId school, base::PersonId id) {
  const auto person = identity.people.find(tx, school, id);
  return person ? person->details.name : "";
}

}  // namespace

Result<Caller> in_name_of(const Identity& identity, const Caller& caller, base::PersonId id) {
  const auto& principal = caller.principal;
  const bool ever = auth::unless_never(principal, Action::have_children).has_value() ||
                    auth::unless_never(principal, Action::impersonate).has_value();
  if (!ever || principal.api_key != 0)
    return base::refuse(Code::forbidden, "Only guardians, and admins for a while, act in somebody's name.");
  return identity.context.database.read(caller.school(), [&](Transaction& tx) -> Result<Caller> {
    const auto person = identity.people.find(tx, caller.school(), id);
    if (!person || !person->active || !may_act(identity, tx, caller, *person)) return auth::not_found();
    auto acting = caller;
    acting.acting = principal.person;
    acting.principal = {.school = caller.school(), .person = id, .role = person->role, .sid = principal.sid};
    return acting;
  });
}

Result<ImpersonationView> impersonate(const Identity& identity, const Caller& caller, base::PersonId id,
                                      const std::string& reason) {
  TRY(auth::may(caller.principal, Action::impersonate));
  Faults faults;
  faults.text(reason, "/reason", reason_limits.max);
  TRY(faults.verdict());
  auto& database = identity.context.database;
  const auto person = TRY(database.read(caller.school(), [&](Transaction& tx) -> Result<Person> {
    const auto found = identity.people.find(tx, caller.school(), id);
    const bool fine = found && found->active && has_lessons(*found) && !store::is_erased(tx, caller.school(), id);
    if (fine) return *found;
    return base::refuse(invalid("/person_id", "Only in the name of a learner or an instructor who is active.").error());
  }));
  const auto text = store::seal_text(identity.context.keys, caller.school(), id, reason);
  const Impersonation started{base::make_id(), caller.principal.person,           id, text.id,
                              caller.now,      caller.now + longest_impersonation};
  TRY(database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    if (const auto before = store::running_impersonation(tx, caller.school(), started.admin, caller.now))
      store::end_impersonation(tx, caller.author(), *before);
    store::insert_text(tx, caller.school(), text, caller.now);
    store::start_impersonation(tx, caller.author(), started);
    return base::done();
  }));
  return ImpersonationView{started, person};
}

Result<std::optional<ImpersonationView>> current_impersonation(const Identity& identity, const Caller& caller) {
  TRY(auth::may(caller.principal, Action::impersonate));
  using Answer = std::optional<ImpersonationView>;
  return identity.context.database.read(caller.school(), [&](Transaction& tx) -> Result<Answer> {
    const auto running = store::running_impersonation(tx, caller.school(), caller.principal.person, caller.now);
    const auto person = running ? identity.people.find(tx, caller.school(), running->person) : std::nullopt;
    return person ? Answer(ImpersonationView{*running, *person}) : Answer();
  });
}

base::Done stop_impersonation(const Identity& identity, const Caller& caller, std::int64_t id) {
  TRY(auth::may(caller.principal, Action::impersonate));
  return identity.context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    const auto running = store::running_impersonation(tx, caller.school(), caller.principal.person, caller.now);
    if (!running || running->id != id) return auth::not_found();
    store::end_impersonation(tx, caller.author(), *running);
    return base::done();
  });
}

Result<std::vector<Representative>> representatives(const Identity& identity, const Caller& caller) {
  const auto school = caller.school();
  const auto me = caller.principal.person;
  return identity.context.database.read(
      school,
      [&](Transaction& tx) -> Result<std::vector<Representative>> {
        std::vector<Representative> all;
        const auto person = identity.people.find(tx, school, me);
        const auto zone = identity.context.cache.rules(tx, school)->school.zone;
        if (person && is_minor(*person, zone, caller.now))
          for (const auto& link : store::guardians_of(tx, school, me))
            all.push_back({Role::guardian, name_of(identity, tx, school, link.guardian), link.since});
        for (const auto& each : store::impersonations_of(tx, school, me))
          all.push_back({Role::admin, name_of(identity, tx, school, each.admin), each.started_at,
                         each.ended_at.value_or(each.expires_at),
                         store::read_text(tx, identity.context.keys, school, each.reason).value_or("")});
        return all;
      },
      caller.freshness);
}

}  // namespace actions
