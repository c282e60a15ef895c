#include "actions/change.h"

namespace actions {

using base::Result;
using store::Transaction;

Result<BookingView> get_booking(const Context& context, const Caller& caller, base::BookingId id) {
  return context.database.read([&](Transaction& tx) -> Result<BookingView> {
    auto booking = TRY(visible_booking(tx, caller, id));
    auto shown = view(caller, std::move(booking), *context.cache.rules(tx, caller.school()));
    const auto events = store::events_of(tx, caller.school(), store::stream_of(id));
    CHECK(!events.empty());
    const auto& last = events.back();
    if (undoable(caller, last.type, last.actor, last.at)) shown.can.push_back("undo");
    return shown;
  });
}

Result<std::vector<BookingView>> list_bookings(const Context& context, const Caller& caller,
                                               store::BookingFilter filter) {
  const auto me = caller.principal.person.value;
  const bool learner = caller.principal.role == auth::Role::learner;
  const bool instructor = caller.principal.role == auth::Role::instructor;
  // Asking for somebody else's is asking for nothing: there is no telling whether they exist.
  if (learner && filter.learner && filter.learner.value != me) return std::vector<BookingView>{};
  if (instructor && filter.instructor && filter.instructor.value != me) return std::vector<BookingView>{};
  if (learner) filter.learner = {me};
  if (instructor) filter.instructor = {me};
  return context.database.read([&](Transaction& tx) -> Result<std::vector<BookingView>> {
    const auto rules = context.cache.rules(tx, caller.school());
    std::vector<BookingView> views;
    for (auto& booking : store::list_bookings(tx, caller.school(), filter))
      views.push_back(view(caller, std::move(booking), *rules));
    return views;
  });
}

Result<std::vector<store::Event>> booking_history(const Context& context, const Caller& caller, base::BookingId id) {
  return context.database.read([&](Transaction& tx) -> Result<std::vector<store::Event>> {
    TRY(visible_booking(tx, caller, id));
    return store::events_of(tx, caller.school(), store::stream_of(id));
  });
}

}  // namespace actions
