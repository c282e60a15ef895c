#include "actions/people.h"

namespace actions {

namespace {

using auth::Action;
using base::Result;
using store::Place;
using store::Transaction;

/// The learner it is about: the caller, or whoever staff name.
Result<base::LearnerId> whose_places(const Caller& caller, base::LearnerId named) {
  if (!caller.principal.staff()) {
    const base::LearnerId me{caller.principal.person.value};
    if (named && named != me) return auth::not_found();
    return me;
  }
  Faults faults;
  faults.unless(bool(named), "learner_id", "Required for staff.");
  TRY(faults.verdict());
  return named;
}

base::Done may_touch(Transaction& tx, const Caller& caller, Action action, base::PersonId learner) {
  const bool theirs = caller.principal.role == store::Role::instructor &&
                      store::teaches(tx, caller.school(), caller.principal.person, learner);
  return auth::may(caller.principal, action, {theirs ? caller.principal.person : learner});
}

}  // namespace

Result<Made<Place>> create_place(const Context& context, const Caller& caller, base::LearnerId named,
                                 const std::string& text, const std::string& postcode, const store::RequestKey& key) {
  const auto learner = TRY(whose_places(caller, named));
  TRY(auth::may(caller.principal, Action::change_places, {person_of(learner)}));
  Faults faults;
  faults.text(text, "/text");
  faults.text(postcode, "/postcode", 20, 0);
  TRY(faults.verdict());
  const Place place{base::make<base::PlaceId>(), person_of(learner), text, postcode};
  if (!context.keys.has_key({caller.school(), place.person})) return auth::not_found();
  const auto sealed = store::seal_place(context.keys, caller.school(), place);
  return context.database.transact<Made<Place>>(caller.school(), [&](Transaction& tx) -> Result<Made<Place>> {
    if (const auto earlier = TRY(store::claim(tx, key, caller.now))) {
      const auto before = store::find_place(tx, context.keys, caller.school(), {earlier->resource});
      if (!before) return auth::not_found();
      return Made<Place>{*before, true};
    }
    const auto account = store::find_account(tx, caller.school(), place.person);
    if (!account || account->role != store::Role::learner) return auth::not_found();
    store::add_place(tx, caller.school(), place, sealed, caller.now);
    store::remember(tx, key, {201, place.id.value});
    return Made<Place>{place};
  });
}

Result<Page<Place>> list_places(const Context& context, const Caller& caller, base::LearnerId named,
                                const PageQuery& page) {
  const auto learner = TRY(whose_places(caller, named));
  return context.database.read(
      caller.school(),
      [&](Transaction& tx) -> Result<Page<Place>> {
        TRY(may_touch(tx, caller, Action::read_places, person_of(learner)));
        return page_of(store::places_of(tx, context.keys, caller.school(), person_of(learner)), page,
                       [](const Place& place) { return place.id.value; });
      },
      caller.freshness);
}

base::Done delete_place(const Context& context, const Caller& caller, base::PlaceId id) {
  return context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    const auto place = store::find_place(tx, context.keys, caller.school(), id);
    if (!place && auth::reach(caller.principal.role, Action::change_places) != auth::Reach::none)
      return auth::not_found();
    TRY(auth::may(caller.principal, Action::change_places, {place ? place->person : base::PersonId{}}));
    TRY(unless_in_use(store::lessons_at(tx, caller.school(), id)));
    store::remove_place(tx, caller.school(), id);
    return base::done();
  });
}

}  // namespace actions
