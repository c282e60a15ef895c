/// Lessons that somebody has moved or deleted in a calendar elsewhere: followed where the school's rules allow it, and
/// otherwise asked about (docs/calendars.md has the table).
#pragma once

#include "actions/bookings.h"
#include "store/outside.h"

namespace actions {

/// What an instructor did to a lesson in a calendar of theirs.
struct HumanChange {
  base::BookingId booking;
  base::PersonId instructor;
  std::int64_t calendar;
  std::optional<domain::Interval> moved_to{};  ///< None: it was deleted.
};
/// A move to where the lesson would book is a move, of which the learner hears as of any; all else is a conflict.
/// unavailable where the database does not answer.
base::Done follow_human(const Context& context, base::SchoolId school, const HumanChange& change, base::Instant now);

struct ConflictView {
  store::Conflict conflict;
  domain::Booking booking;
  std::string learner, lesson;  ///< Names.
};
/// An instructor's own, or all of the school's; the oldest first, those about which there is still something to decide.
base::Result<std::vector<ConflictView>> list_conflicts(const Context& context, store::People& people,
                                                       const Caller& caller);

enum class Settling {
  put_back,  ///< The calendar is to show the lesson as it is here.
  move,      ///< The lesson goes where it was moved to, or where `move` says.
  cancel     ///< With notice to the learner.
};
struct Settlement {
  Settling how;
  MoveInput move{};      ///< Without a start: where it was moved to.
  std::string reason{};  ///< Of a cancellation.
};
/// not_found; wrong_status where there is nothing to move to; stale_version where the lesson is another by now; and
/// what moves and cancellations are refused for.
base::Done settle_conflict(const Context& context, const Caller& caller, std::int64_t id, const Settlement& settlement);

}  // namespace actions
