/// Rows of bookings, and the events that make them.
#pragma once

#include "domain/booking.h"
#include "store/events.h"

namespace store {

/// What happened, in words of the log: "booking_held", "booking_made", "booking_moved", …
struct Change {
  std::string type;
  boost::json::object more{};  ///< What the state does not say: overrides, reason, what was undone, late.
};

/// Appends the event and writes the row; `booking.version` is the version it gets (1 for a new one). Refuses with
/// slot_taken, learner_busy or vehicle_busy where the database's own overlap check says no: the last word.
base::Done save(Transaction& tx, const Author& author, const domain::Booking& booking, const Change& change);

/// Whether a guest made it, by the events of its stream.
bool is_of_guest(const std::vector<Event>& events);

std::optional<domain::Booking> find_booking(Transaction& tx, base::SchoolId school, base::BookingId id);

/// Whose calendars; none of a kind is nobody.
struct Calendars {
  base::InstructorId instructor{};
  base::LearnerId learner{};
  base::VehicleId vehicle{};
};
/// Blocking bookings in any of these calendars whose hold or request is over at `now`.
std::vector<domain::Booking> lapsed_bookings(Transaction& tx, base::SchoolId school, const Calendars& calendars,
                                             base::Instant now);
/// Likewise over all schools, for the worker; at most `limit`, oldest first.
std::vector<domain::Booking> lapsed_bookings(Transaction& tx, base::SchoolId school, base::Instant now, int limit);

/// Live holds of this learner at `now`.
int count_holds(Transaction& tx, base::SchoolId school, base::LearnerId learner, base::Instant now);

struct BookingFilter {
  std::optional<base::Instant> from, to;  ///< By start: [from, to).
  base::InstructorId instructor{};
  base::LearnerId learner{};
  std::optional<domain::Status> status{};
  base::Instant after_start{};  ///< Keyset: rows after (after_start, after_id).
  base::BookingId after_id{};
  int limit = 50;
};
/// Ordered by start and id. Holds are listed only where their status is asked for; those of guests, who are nobody yet,
/// never.
std::vector<domain::Booking> list_bookings(Transaction& tx, base::SchoolId school, const BookingFilter& filter);

/// The state as events carry it, and back. Throws base::Bug for what no event of ours says.
boost::json::object to_json(const domain::Booking& booking);
/// The booking as this event left it.
domain::Booking booking_after(const Event& event);

/// Writes the row alone, as replay does (`save` does both).
void put_row(Transaction& tx, base::SchoolId school, const domain::Booking& booking);

inline std::string stream_of(base::BookingId id) {
  return "booking/" + base::to_text(id);
}

}  // namespace store
