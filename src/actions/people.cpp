#include "actions/people.h"

#include "actions/erasure.h"
#include "actions/retention.h"
#include "store/jobs.h"
#include "store/personal.h"

namespace actions {

namespace {

using auth::Action;
using base::Result;
using store::Person;
using store::Role;
using store::Transaction;

constexpr Role instructors[] = {Role::instructor}, learners[] = {Role::learner}, users[] = {Role::admin, Role::office},
               guardians[] = {Role::guardian};

std::span<const Role> roles_in(Group group) {
  switch (group) {
    case Group::instructors:
      return instructors;
    case Group::learners:
      return learners;
    case Group::users:
      return users;
    case Group::guardians:
      return guardians;
  }
  throw base::Bug("unknown actions::Group");
}
Action manage(Group group) {
  switch (group) {
    case Group::instructors:
      return Action::manage_instructors;
    case Group::learners:
    case Group::guardians:
      return Action::manage_learners;
    case Group::users:
      return Action::manage_users;
  }
  throw base::Bug("unknown actions::Group");
}
std::optional<store::Kind> calendar_of(Role role) {
  if (role == Role::instructor) return store::Kind::instructor;
  if (role == Role::learner) return store::Kind::learner;
  return std::nullopt;
}

Result<Person> known_person(const Identity& identity, Transaction& tx, const Caller& caller, Group group,
                            base::PersonId id) {
  const auto person = identity.people.find(tx, caller.school(), id);
  const auto roles = roles_in(group);
  const bool one_of_them = person && std::find(roles.begin(), roles.end(), person->role) != roles.end();
  if (!one_of_them || store::is_erased(tx, caller.school(), id)) return auth::not_found();
  return *person;
}

Result<Role> role_for(Group group, const PersonInput& input, Role otherwise) {
  if (!input.role) return otherwise;
  const auto roles = roles_in(group);
  Faults faults;
  faults.unless(std::find(roles.begin(), roles.end(), *input.role) != roles.end(), "/role", "Must be admin or office.");
  TRY(faults.verdict());
  return *input.role;
}

std::string welcome_url(const Identity& identity, const auth::LinkToken& token) {
  return identity.public_url + "/welcome#" + token.text;  // Behind the #: in no log and no Referer.
}

/// The person that a repeated request made before, with a new link as long as there is no password.
Result<Made<NewPerson>> made_before(const Identity& identity, Transaction& tx, const Caller& caller, Group group,
                                    base::PersonId id, const auth::LinkToken& token) {
  NewPerson made{TRY(known_person(identity, tx, caller, group, id)), ""};
  if (!store::password_of(tx, caller.school(), id)) {
    store::add_link(tx, caller.school(), id, store::LinkPurpose::welcome, token.hash,
                    caller.now + auth::welcome_lifetime);
    made.welcome_url = welcome_url(identity, token);
  }
  return Made<NewPerson>{std::move(made), true};
}

/// Everything a new person of this role needs besides the row.
void equip(Transaction& tx, const Caller& caller, base::PersonId id, Role role) {
  if (const auto kind = calendar_of(role)) store::make_calendar(tx, caller.school(), *kind, id.value);
  if (role == Role::instructor) store::put_hours(tx, caller.author(), {{id.value}, {}, 1});
}

}  // namespace

bool is_email(std::string_view text) {
  const auto at = text.find('@');
  const bool shaped = at != std::string_view::npos && at > 0 && at <= 64 && at + 1 < text.size() &&
                      text.find('@', at + 1) == std::string_view::npos && text.size() <= 254;
  return shaped && text.find_first_of(" \t\r\n<>()[],;:\\\"") == std::string_view::npos && text.back() != '.' &&
         text[at + 1] != '.';
}

void check_details(Faults& faults, const store::Details& details) {
  faults.text(details.name, "/name");
  faults.text(details.phone, "/phone", 40, 0);
  faults.text(details.email, "/email", 254);
  faults.unless(is_email(details.email), "/email", "Must be an e-mail address such as ada@example.com.");
}

namespace {

void check_birth_date(Faults& faults, const Caller& caller, const PersonInput& input) {
  using namespace std::chrono;
  if (!input.birth_date || !*input.birth_date) return;
  const auto born = sys_days{**input.birth_date};
  faults.unless(born <= floor<days>(caller.now) && born >= sys_days{year{1900} / January / 1}, "/birth_date",
                "Must be a date of birth such as 2009-05-31.");
}

std::vector<std::string> checked_languages(Faults& faults, const std::vector<std::string>& given) {
  faults.unless(given.size() <= domain::languages_at_most, "/languages", "At most 20.");
  std::vector<std::string> languages;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto canonical = domain::canonical_language(given[i]);
    faults.unless(canonical.has_value(), fmt::format("/languages/{}", i), "Must be a language such as en or pt-BR.");
    languages.push_back(canonical.value_or(""));
  }
  return domain::each_language_once(std::move(languages));
}

std::vector<std::string> checked_areas(Faults& faults, const std::vector<std::string>& given) {
  faults.unless(given.size() <= domain::areas_at_most, "/areas", "At most 50.");
  std::vector<std::string> areas;
  for (std::size_t i = 0; i < given.size(); ++i) {
    areas.emplace_back(domain::without_spaces_around(given[i]));
    faults.text(areas.back(), fmt::format("/areas/{}", i), domain::area_length);
  }
  return domain::each_area_once(std::move(areas));
}

domain::Teaching checked_teaching(Faults& faults, const PersonInput& input, const domain::Teaching& before) {
  return {input.languages ? checked_languages(faults, *input.languages) : before.languages,
          input.areas ? checked_areas(faults, *input.areas) : before.areas};
}

}  // namespace

Result<Made<NewPerson>> create_person(const Identity& identity, const Caller& caller, Group group,
                                      const PersonInput& input, const store::RequestKey& key) {
  TRY(auth::may(caller.principal, manage(group)));
  Faults faults;
  check_details(faults, {input.name.value_or(""), input.email.value_or(""), input.phone.value_or("")});
  check_birth_date(faults, caller, input);
  faults.unless(group != Group::users || input.role.has_value(), "/role", "Required.");
  const auto teaching = checked_teaching(faults, input, {});
  TRY(faults.verdict());
  const auto role = TRY(role_for(group, input, roles_in(group).front()));
  const store::Details details{*input.name, *input.email, input.phone.value_or(""),
                               input.birth_date.value_or(std::nullopt)};

  // The key first, synced, then the row that needs it; it goes again where no row comes of it.
  const auto id = base::make<base::PersonId>();
  const auto token = auth::make_link_token(caller.school());
  auto& keys = identity.people.keys();
  keys.make_keys(caller.school(), std::span(&id, 1), caller.now);
  const auto sealed = identity.people.seal(caller.school(), id, details);
  const auto add = [&](Transaction& tx) -> Result<Made<NewPerson>> {
    if (const auto earlier = TRY(store::claim(tx, key, caller.now)))
      return made_before(identity, tx, caller, group, {earlier->resource}, token);
    const bool active = input.active.value_or(true);
    TRY(store::add_person(tx, caller.author(), sealed, role, active, teaching));
    equip(tx, caller, id, role);
    store::add_link(tx, caller.school(), id, store::LinkPurpose::welcome, token.hash,
                    caller.now + auth::welcome_lifetime);
    store::remember(tx, key, {201, id.value});
    return Made<NewPerson>{{{id, role, active, 1, details, teaching}, welcome_url(identity, token)}};
  };
  auto made = identity.context.database.transact<Made<NewPerson>>(caller.school(), add);
  if (!made || made->replayed) keys.destroy({caller.school(), id});
  return made;
}

Result<std::string> invite(const Identity& identity, const Caller& caller, Group group, base::PersonId id) {
  TRY(auth::may(caller.principal, manage(group)));
  const auto token = auth::make_link_token(caller.school());
  return identity.context.database.transact<std::string>(caller.school(), [&](Transaction& tx) -> Result<std::string> {
    const auto person = TRY(known_person(identity, tx, caller, group, id));
    if (!person.active || store::password_of(tx, caller.school(), id))
      return base::refuse(base::Code::wrong_status, "Only somebody who is active and has no password yet is invited.");
    store::add_link(tx, caller.school(), id, store::LinkPurpose::welcome, token.hash,
                    caller.now + auth::welcome_lifetime);
    store::put_job(tx, caller.school(), {store::JobKind::invitation, {}, id}, caller.now, caller.now);
    return welcome_url(identity, token);
  });
}

namespace {

std::vector<std::string> changed_fields(const Person& before, const Person& after) {
  std::vector<std::string> fields;
  if (before.details.name != after.details.name) fields.emplace_back("name");
  if (before.details.email != after.details.email) fields.emplace_back("email");
  if (before.details.phone != after.details.phone) fields.emplace_back("phone");
  if (before.details.birth_date != after.details.birth_date) fields.emplace_back("birth_date");
  if (before.active != after.active) fields.emplace_back("active");
  if (before.role != after.role) fields.emplace_back("role");
  if (before.teaching.languages != after.teaching.languages) fields.emplace_back("languages");
  if (before.teaching.areas != after.teaching.areas) fields.emplace_back("areas");
  return fields;
}

Result<Person> save(const Identity& identity, Transaction& tx, const Caller& caller, const Person& before,
                    const Person& after, const store::SealedPerson& sealed) {
  const auto kind = calendar_of(after.role);
  // Who is switched off is not bookable any more, nor who does not teach as is wanted: their calendar moves.
  if (kind && (before.active != after.active || before.teaching != after.teaching))
    store::lock(tx, caller.school(), *kind, after.id.value);
  const auto current = identity.people.find(tx, caller.school(), after.id);
  if (!current) return auth::not_found();
  TRY(expect(before.version, current->version));
  const bool resigns = before.role == Role::admin && before.active && (after.role != Role::admin || !after.active);
  if (resigns) store::lock_school(tx, caller.school());  // Of two admins who go at once, one stays.
  Faults faults;
  faults.unless(!resigns || store::active_admins(tx, caller.school()) > 1, after.active ? "/role" : "/active",
                "A school keeps at least one admin.");
  TRY(faults.verdict());
  TRY(store::change_person(
      tx, caller.author(),
      {sealed, after.role, after.active, after.version, changed_fields(before, after), after.teaching}));
  const bool out = before.role != after.role || !after.active;
  if (out) store::end_sessions(tx, caller.school(), after.id, caller.now);
  return after;
}

}  // namespace

Result<Person> update_person(const Identity& identity, const Caller& caller, Group group, base::PersonId id,
                             std::int64_t version, const PersonInput& input) {
  TRY(auth::may(caller.principal, manage(group)));
  auto& database = identity.context.database;
  const auto before = TRY(
      database.read(caller.school(), [&](Transaction& tx) { return known_person(identity, tx, caller, group, id); }));
  TRY(expect(version, before.version));
  auto after = before;
  after.version += 1;
  after.details.name = input.name.value_or(before.details.name);
  after.details.email = input.email.value_or(before.details.email);
  after.details.phone = input.phone.value_or(before.details.phone);
  if (input.birth_date) after.details.birth_date = *input.birth_date;
  after.active = input.active.value_or(before.active);
  after.role = TRY(role_for(group, input, before.role));
  Faults faults;
  check_details(faults, after.details);
  check_birth_date(faults, caller, input);
  after.teaching = checked_teaching(faults, input, before.teaching);
  TRY(faults.verdict());
  const auto sealed = identity.people.seal(caller.school(), id, after.details);
  const auto change = [&](Transaction& tx) { return save(identity, tx, caller, before, after, sealed); };
  return database.transact<Person>(caller.school(), change);
}

base::Done delete_person(const Identity& identity, const Caller& caller, Group group, base::PersonId id) {
  TRY(auth::may(caller.principal, manage(group)));
  const auto remove = [&](Transaction& tx) -> base::Done {
    const auto person = TRY(known_person(identity, tx, caller, group, id));
    TRY(unless_in_use(store::bookings_with(tx, caller.school(), id)));
    TRY(unless_held(tx, identity.people.keys(), caller.school(), id));
    if (person.role == Role::admin && person.active && store::active_admins(tx, caller.school()) <= 1)
      return base::refuse(base::Code::in_use, "A school keeps at least one admin.");
    if (person.role == Role::instructor) strip_instructor(tx, caller.author(), {id.value});
    if (const auto kind = calendar_of(person.role)) store::remove_calendar(tx, caller.school(), *kind, id.value);
    store::end_sessions(tx, caller.school(), id, caller.now);
    store::remove_person(tx, caller.author(), id);
    return base::done();
  };
  TRY(change_rules<std::monostate>(identity.context, caller, remove));
  identity.people.keys().erase({caller.school(), id}, caller.now);
  identity.people.forget(caller.school(), id);
  return base::done();
}

namespace {

void hide_contact(const Caller& caller, Person& person) {
  if (person.id == caller.principal.person || auth::may(caller.principal, Action::read_contact)) return;
  person.details.email.clear();
  person.details.phone.clear();
}

base::Done may_read(Transaction& tx, const Caller& caller, Group group, base::PersonId id) {
  if (group == Group::users) return auth::may(caller.principal, Action::manage_users);
  if (group == Group::guardians) return auth::may(caller.principal, Action::manage_learners);
  if (group == Group::instructors) return auth::may(caller.principal, Action::read_instructors);
  const bool theirs =
      caller.principal.role == Role::instructor && store::teaches(tx, caller.school(), caller.principal.person, id);
  return auth::may(caller.principal, Action::read_learners, {theirs ? caller.principal.person : id});
}

}  // namespace

Result<Person> get_person(const Identity& identity, const Caller& caller, Group group, base::PersonId id) {
  return identity.context.database.read(caller.school(), [&](Transaction& tx) -> Result<Person> {
    TRY(may_read(tx, caller, group, id));
    auto person = TRY(known_person(identity, tx, caller, group, id));
    if (group == Group::instructors) hide_contact(caller, person);
    return person;
  });
}

Result<Page<Person>> list_people(const Identity& identity, const Caller& caller, Group group, const PageQuery& page) {
  const auto& principal = caller.principal;
  if (group == Group::users) TRY(auth::may(principal, Action::manage_users));
  if (group == Group::guardians) TRY(auth::may(principal, Action::manage_learners));
  if (group == Group::instructors) TRY(auth::may(principal, Action::read_instructors));
  if (group == Group::learners && !principal.staff())
    return base::refuse(base::Code::forbidden, "Learners are listed for staff only.");
  return identity.context.database.read(
      caller.school(),
      [&](Transaction& tx) -> Result<Page<Person>> {
        auto people = identity.people.list(tx, caller.school(), roles_in(group));
        if (group == Group::learners && auth::reach(principal.role, Action::read_learners) == auth::Reach::own) {
          const auto own = store::learners_of(tx, caller.school(), principal.person);
          std::erase_if(people, [&](const Person& p) { return !std::binary_search(own.begin(), own.end(), p.id); });
        }
        if (group == Group::instructors)
          for (auto& person : people) hide_contact(caller, person);
        return page_of(std::move(people), page, [](const Person& person) { return person.id.value; });
      },
      caller.freshness);
}

}  // namespace actions
