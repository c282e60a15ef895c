#include "actions/guardians.h"

#include "domain/age.h"
#include "store/personal.h"
#include "store/schedules.h"

namespace actions {

namespace {

using auth::Action;
using base::Code;
using base::Result;
using store::Guardianship;
using store::Person;
using store::Role;
using store::Transaction;

std::optional<domain::Date> comes_of_age(const Person& learner) {
  const auto& born = learner.details.birth_date;
  return born ? std::optional(domain::of_age_on(*born)) : std::nullopt;
}

Result<Person> find(const Identity& identity, Transaction& tx, const Caller& caller, base::PersonId id, Role role) {
  const auto person = identity.people.find(tx, caller.school(), id);
  if (!person || person->role != role || store::is_erased(tx, caller.school(), id)) return auth::not_found();
  return *person;
}

std::optional<store::GuardianConsent> consent_of(Transaction& tx, base::SchoolId school, base::PersonId guardian,
                                                 base::PersonId learner) {
  for (const auto& consent : store::consents_for(tx, school, learner))
    if (consent.guardian == guardian) return consent;
  return std::nullopt;
}

Result<GuardianView> view(const Identity& identity, Transaction& tx, const Caller& caller, const Person& learner,
                          const Guardianship& link) {
  const auto guardian = TRY(find(identity, tx, caller, link.guardian, Role::guardian));
  return GuardianView{link, guardian, comes_of_age(learner),
                      consent_of(tx, caller.school(), link.guardian, link.learner)};
}

domain::Zone zone_of(const Identity& identity, Transaction& tx, const Caller& caller) {
  return identity.context.cache.rules(tx, caller.school())->school.zone;
}

/// The child that a guardian names.
Result<Guardianship> child_of(const Identity& identity, Transaction& tx, const Caller& caller, base::PersonId id) {
  TRY(auth::may(caller.principal, Action::have_children));
  const auto link = store::find_guardianship(tx, caller.school(), caller.principal.person, id);
  if (!link) return auth::not_found();
  const auto learner = TRY(find(identity, tx, caller, id, Role::learner));
  if (!is_minor(learner, zone_of(identity, tx, caller), caller.now)) return auth::not_found();
  return *link;
}

/// What may be booked for the learner changes with it.
void move_calendar(Transaction& tx, const Caller& caller, base::PersonId learner) {
  CHECK(store::lock(tx, caller.school(), store::Kind::learner, learner.value).has_value());
}

}  // namespace

bool is_minor(const Person& learner, const domain::Zone& zone, base::Instant now) {
  const auto until = comes_of_age(learner);
  return !until || zone.day_of(now) < *until;
}

std::optional<domain::Date> consent_missing_until(const Context& context, Transaction& tx,
                                                  const store::SchoolRules& rules, base::LearnerId learner) {
  if (!rules.guardian_consent || !learner) return std::nullopt;
  const auto born = store::birth_date_of(tx, context.keys, rules.school.id, {learner.value});
  if (!born || !store::consents_for(tx, rules.school.id, {learner.value}).empty()) return std::nullopt;
  return domain::of_age_on(*born);
}

Result<std::vector<GuardianView>> list_guardians(const Identity& identity, const Caller& caller, base::PersonId id) {
  TRY(auth::may(caller.principal, Action::manage_learners));
  return identity.context.database.read(
      caller.school(),
      [&](Transaction& tx) -> Result<std::vector<GuardianView>> {
        const auto learner = TRY(find(identity, tx, caller, id, Role::learner));
        std::vector<GuardianView> views;
        for (const auto& link : store::guardians_of(tx, caller.school(), id))
          views.push_back(TRY(view(identity, tx, caller, learner, link)));
        return views;
      },
      caller.freshness);
}

Result<Made<GuardianView>> add_guardian(const Identity& identity, const Caller& caller, base::PersonId id,
                                        base::PersonId guardian, const store::RequestKey& key) {
  TRY(auth::may(caller.principal, Action::manage_learners));
  using Answer = Made<GuardianView>;
  return identity.context.database.transact<Answer>(caller.school(), [&](Transaction& tx) -> Result<Answer> {
    const bool again = TRY(store::claim(tx, key, caller.now)).has_value();
    const auto learner = TRY(find(identity, tx, caller, id, Role::learner));
    const auto known = find(identity, tx, caller, guardian, Role::guardian);
    if (!known) return base::refuse(invalid("/guardian_id", "There is no such guardian.").error());
    const auto before = store::find_guardianship(tx, caller.school(), guardian, id);
    if (again && before) {
      auto shown = TRY(view(identity, tx, caller, learner, *before));
      return Answer{std::move(shown), true};
    }
    if (before) return base::refuse(Code::wrong_status, "This is a guardian of the learner already.");
    if (!is_minor(learner, zone_of(identity, tx, caller), caller.now))
      return base::refuse(Code::wrong_status, "The learner is of age and has no guardian.");
    const Guardianship link{base::make_id(), guardian, id, caller.now};
    store::add_guardianship(tx, caller.author(), link);
    store::remember(tx, key, {201, link.id});
    auto shown = TRY(view(identity, tx, caller, learner, link));
    return Answer{std::move(shown)};
  });
}

base::Done end_guardian(const Identity& identity, const Caller& caller, base::PersonId learner,
                        base::PersonId guardian) {
  TRY(auth::may(caller.principal, Action::manage_learners));
  return identity.context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    const auto link = store::find_guardianship(tx, caller.school(), guardian, learner);
    if (!link) return auth::not_found();
    move_calendar(tx, caller, learner);
    if (const auto consent = consent_of(tx, caller.school(), guardian, learner))
      store::withdraw_consent(tx, caller.author(), *consent);
    store::end_guardianship(tx, caller.author(), *link);
    return base::done();
  });
}

Result<std::vector<ChildView>> list_children(const Identity& identity, const Caller& caller) {
  TRY(auth::may(caller.principal, Action::have_children));
  return identity.context.database.read(
      caller.school(),
      [&](Transaction& tx) -> Result<std::vector<ChildView>> {
        const auto rules = identity.context.cache.rules(tx, caller.school());
        std::vector<ChildView> views;
        for (const auto& link : store::children_of(tx, caller.school(), caller.principal.person)) {
          const auto learner = find(identity, tx, caller, link.learner, Role::learner);
          if (!learner || !learner->active || !is_minor(*learner, rules->school.zone, caller.now)) continue;
          const bool given = consent_of(tx, caller.school(), link.guardian, link.learner).has_value();
          const bool asked = rules->guardian_consent && learner->details.birth_date;
          views.push_back({link, *learner, comes_of_age(*learner),
                           given   ? ConsentState::given
                           : asked ? ConsentState::missing
                                   : ConsentState::not_asked});
        }
        return views;
      },
      caller.freshness);
}

base::Done give_consent(const Identity& identity, const Caller& caller, base::PersonId learner,
                        std::int64_t text_version) {
  return identity.context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    const auto link = TRY(child_of(identity, tx, caller, learner));
    move_calendar(tx, caller, learner);
    const auto school = store::find_school(tx, caller.school());
    if (text_version != school.guardian_consent_version || text_version == 0)
      return invalid("/text_version", "The text has changed meanwhile. Read it again.");
    const auto before = consent_of(tx, caller.school(), link.guardian, learner);
    if (before && before->text_version == text_version) return base::done();
    if (before) store::withdraw_consent(tx, caller.author(), *before);
    store::give_consent(tx, caller.author(), {base::make_id(), learner, link.guardian, text_version, caller.now});
    return base::done();
  });
}

base::Done withdraw_consent(const Identity& identity, const Caller& caller, base::PersonId learner) {
  return identity.context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    const auto link = TRY(child_of(identity, tx, caller, learner));
    move_calendar(tx, caller, learner);
    const auto consent = consent_of(tx, caller.school(), link.guardian, learner);
    if (!consent) return auth::not_found();
    store::withdraw_consent(tx, caller.author(), *consent);
    return base::done();
  });
}

}  // namespace actions
