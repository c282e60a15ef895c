/// What changes of one existing booking have in common.
#pragma once

#include "actions/bookings.h"

namespace actions {

/// The booking, if the caller may know of it: a learner's own, an instructor's own, any for the office. Else not_found.
base::Result<domain::Booking> visible_booking(store::Transaction& tx, const Caller& caller, base::BookingId id);

/// Visible and at the version that the caller has seen (stale_version).
base::Result<domain::Booking> expected_booking(store::Transaction& tx, const Caller& caller, base::BookingId id,
                                               std::int64_t version);

/// Locks the calendars of the booking: instructor, learner, vehicle.
void lock_calendars(store::Transaction& tx, base::SchoolId school, const domain::Booking& booking);

/// Saves `next` as the version after its own, and shows it to the caller.
base::Result<BookingView> save_next(const Context& context, store::Transaction& tx, const Caller& caller,
                                    domain::Booking next, const store::Change& change);

BookingView view(const Caller& caller, domain::Booking booking, const store::SchoolRules& rules);

/// Whether this event can be taken back by this caller now.
bool undoable(const Caller& caller, std::string_view type, base::PersonId actor, base::Instant at);

/// One transaction of the writer that decides about a booking. A reader brings the rules into memory before it, where
/// they are missing: the writer may use what is there, but what it loads it cannot keep.
base::Result<BookingView> decide_booking(const Context& context, const Caller& caller,
                                         const std::function<base::Result<BookingView>(store::Transaction&)>& body);

/// The same about a time: where `elsewhere` says so after the first try, calendars elsewhere are asked, and it is
/// decided anew. `body` says how they were asked in the event (note_elsewhere).
base::Result<BookingView> decide_time(
    const Context& context, const Caller& caller,
    const std::function<base::Result<BookingView>(store::Transaction&, Elsewhere&)>& body);
void note_elsewhere(const Elsewhere& elsewhere, store::Change& change);

using Decision = std::function<base::Result<domain::Booking>(const domain::Booking&)>;
/// A change that moves nothing: finds the booking, locks its calendars, decides, saves. Without `version`, any will do.
base::Result<BookingView> change_booking(const Context& context, const Caller& caller, base::BookingId id,
                                         std::optional<std::int64_t> version, const std::string& event,
                                         const std::string& reason, const Decision& decision);

/// forbidden for learners.
base::Done staff_only(const Caller& caller);

}  // namespace actions
