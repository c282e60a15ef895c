#include "actions/change.h"
#include "actions/wording.h"
#include "auth/roles.h"
#include "store/jobs.h"

namespace actions {

using base::Result;
using store::Transaction;

Result<BookingView> get_booking(const Context& context, const Caller& caller, base::BookingId id) {
  return context.database.read(caller.school(), [&](Transaction& tx) -> Result<BookingView> {
    auto booking = TRY(visible_booking(tx, caller, id));
    auto shown = view(caller, std::move(booking), *context.cache.rules(tx, caller.school()));
    const auto events = store::events_of(tx, caller.school(), store::stream_of(id));
    CHECK(!events.empty());
    const auto& last = events.back();
    if (undoable(caller, last.type, last.actor, last.at)) shown.can.emplace_back("undo");
    if (shown.booking.note)
      shown.note = store::read_text(tx, context.keys, caller.school(), shown.booking.note).value_or("");
    if (caller.principal.staff()) shown.not_reached = store::not_reached(tx, caller.school())[id];
    return shown;
  });
}

Result<std::vector<BookingView>> list_bookings(const Context& context, const Caller& caller,
                                               store::BookingFilter filter) {
  const auto reach = auth::reach(caller.principal.role, auth::Action::read_bookings);
  TRY(auth::unless_never(caller.principal, auth::Action::read_bookings));
  const auto me = caller.principal.person.value;
  const bool own = reach == auth::Reach::own;
  const bool learner = own && !caller.principal.staff(), instructor = own && caller.principal.staff();
  // Asking for somebody else's is asking for nothing: there is no telling whether they exist.
  if (learner && filter.learner && filter.learner.value != me) return std::vector<BookingView>{};
  if (instructor && filter.instructor && filter.instructor.value != me) return std::vector<BookingView>{};
  if (learner) filter.learner = {me};
  if (instructor) filter.instructor = {me};
  return context.database.read(
      caller.school(),
      [&](Transaction& tx) -> Result<std::vector<BookingView>> {
        const auto rules = context.cache.rules(tx, caller.school());
        auto not_reached = store::NotReached{};
        if (caller.principal.staff()) not_reached = store::not_reached(tx, caller.school());
        std::vector<BookingView> views;
        for (auto& booking : store::list_bookings(tx, caller.school(), filter)) {
          views.push_back(view(caller, std::move(booking), *rules));
          const auto found = not_reached.find(views.back().booking.id);
          if (found != not_reached.end()) views.back().not_reached = found->second;
        }
        return views;
      },
      caller.freshness);
}

namespace {

Happening happening(Transaction& tx, store::People& people, Wording& words, const Caller& caller, store::Event event) {
  Happening told{std::move(event), {}, "", ""};
  told.reason = words.text(text_in(told.event, "reason"));
  const auto actor = told.event.actor ? people.find(tx, caller.school(), told.event.actor) : std::nullopt;
  if (!actor) return told;
  told.actor_role = actor->role;
  // Whoever acts in somebody's name is known to them.
  const bool known = caller.principal.staff() || actor->role == store::Role::instructor ||
                     actor->id == caller.principal.person || told.event.data.contains("acting_for");
  if (known) told.actor_name = actor->details.name;
  return told;
}

}  // namespace

Result<std::vector<Happening>> booking_history(const Context& context, store::People& people, const Caller& caller,
                                               base::BookingId id) {
  return context.database.read(
      caller.school(),
      [&](Transaction& tx) -> Result<std::vector<Happening>> {
        TRY(visible_booking(tx, caller, id));
        Wording words(context, people, tx, caller.school());
        std::vector<Happening> all;
        for (auto& event : store::events_of(tx, caller.school(), store::stream_of(id)))
          all.push_back(happening(tx, people, words, caller, std::move(event)));
        return all;
      },
      caller.freshness);
}

}  // namespace actions
