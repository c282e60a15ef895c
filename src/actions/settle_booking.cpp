// The changes that move nothing: a hold's end, the answer to a request, a cancellation, an outcome.
#include "actions/change.h"

namespace actions {

using base::Result;
using domain::Booking;

Result<BookingView> extend_hold(const Context& context, const Caller& caller, base::BookingId id) {
  return change_booking(context, caller, id, std::nullopt, "booking_hold_extended", "",
                        [&](const Booking& held) { return domain::extended(held, caller.now); });
}

base::Done release_hold(const Context& context, const Caller& caller, base::BookingId id) {
  TRY(change_booking(context, caller, id, std::nullopt, "booking_released", "",
                     [&](const Booking& held) { return domain::released(held, caller.now); }));
  return base::done();
}

Result<BookingView> cancel_booking(const Context& context, const Caller& caller, base::BookingId id,
                                   std::int64_t version, const std::string& reason) {
  return change_booking(context, caller, id, version, "booking_cancelled", reason, [&](const Booking& booking) {
    return domain::cancelled(booking, caller.audience(), caller.now);
  });
}

Result<BookingView> approve_booking(const Context& context, const Caller& caller, base::BookingId id,
                                    std::int64_t version) {
  TRY(staff_only(caller));
  return change_booking(context, caller, id, version, "booking_approved", "",
                        [&](const Booking& requested) { return domain::approved(requested, caller.now); });
}

Result<BookingView> refuse_booking(const Context& context, const Caller& caller, base::BookingId id,
                                   std::int64_t version, const std::string& reason) {
  TRY(staff_only(caller));
  return change_booking(context, caller, id, version, "booking_refused", reason,
                        [&](const Booking& requested) { return domain::refused(requested, caller.now); });
}

Result<BookingView> record_outcome(const Context& context, const Caller& caller, base::BookingId id,
                                   std::int64_t version, domain::Status outcome) {
  TRY(staff_only(caller));
  const auto* event = outcome == domain::Status::delivered ? "booking_delivered" : "booking_missed";
  return change_booking(context, caller, id, version, event, "",
                        [&](const Booking& booking) { return domain::with_outcome(booking, outcome, caller.now); });
}

int expire_lapsed(const Context& context, base::SchoolId school, base::Instant now, const std::string& correlation_id) {
  constexpr int at_once = 50;
  const auto done = context.database.transact<int>(school, [&](store::Transaction& tx) -> Result<int> {
    const auto lapsed = store::lapsed_bookings(tx, school, now, at_once);
    for (const auto& booking : lapsed) {
      lock_calendars(tx, school, booking);
      auto over = domain::expired(booking, now);
      CHECK(over.has_value());
      ++over->version;
      TRY(store::save(tx, {school, {}, correlation_id, now}, *over, {"booking_expired"}));
    }
    if (lapsed.empty()) return base::refuse(base::Code::not_found, "Nothing has lapsed.");  // Nothing to commit.
    return static_cast<int>(lapsed.size());
  });
  return done.value_or(0);
}

}  // namespace actions
