/// The rules once more, written from docs/rules.md for one purpose: to say, from the log alone, what must have been
/// answered. Slow, obvious, and sharing nothing with src/domain but the names of the rules.
#pragma once

#include <map>
#include <set>

#include "prove/attempt.h"

namespace prove {

/// A booking as an event left it.
struct Row {
  std::int64_t id = 0, version = 0;
  std::string status;
  std::int64_t kind = 0, instructor = 0, learner = 0, vehicle = 0;
  Seconds start = 0, end = 0, occupied_start = 0, occupied_end = 0, vehicle_end = 0;
  Seconds expires_at = 0;  ///< 0: never.
  bool extended = false;

  bool blocks() const { return status == "held" || status == "requested" || status == "booked"; }
  bool lapsed(Seconds now) const { return (status == "held" || status == "requested") && expires_at <= now; }
  bool operator==(const Row&) const = default;
};

/// What the log says about a change: who made it and when. Without a row it is not about a booking.
struct Happening {
  std::string stream, type;
  std::int64_t actor = 0;
  Seconds at = 0;
  Row row;
  bool of_booking() const { return row.id != 0; }
};

/// What somebody wants of the calendars.
struct Wanted {
  const LessonKind* kind;
  Seconds start, length, notice, now;
  std::int64_t instructor, learner, vehicle;  ///< Vehicle 0: any.
  std::int64_t moving = 0;
};

struct Verdict {
  bool accepted = false;
  base::Code code{};
  Rules refusals;
};

inline constexpr unsigned of_instructor = 1, of_learner = 2, of_vehicle = 4, all_calendars = 7;

/// All bookings after some part of the log.
class State {
 public:
  explicit State(const Plan& plan) : plan_(plan) {}
  void apply(const Happening& happening);
  void apply(const Block& block);

  /// Where a hold lapsed by the clock of one request, one with a clock behind it may still see it, in calendars that
  /// the first has not locked: then, and only then, it counts here too, in any of these calendars (of_instructor, …).
  void count_lapsed_holds(unsigned calendars) { lapsed_count_ = calendars; }
  /// Whether one lapsed of which this clock does not know.
  bool any_lapsed_before(Seconds now) const;

  /// What the attempt must be answered now. For "any instructor": what trying this one would have led to.
  Verdict expected(const Attempt& attempt, std::int64_t instructor) const;

 private:
  struct Story {
    std::vector<Happening> last_two;
  };
  using Calendar = std::set<std::int64_t>;  ///< Ids of blocking bookings.

  const Row* row(std::int64_t id) const;
  using Owner = std::int64_t Row::*;
  std::vector<const Row*> taken(Owner owner, std::int64_t id, const Wanted& wanted) const;
  Rules refusals(const Wanted& wanted) const;
  void check_time(const Wanted& wanted, Rules& refused) const;
  void check_instructor(const Wanted& wanted, Rules& refused) const;
  void check_learner(const Wanted& wanted, Rules& refused) const;
  void check_vehicle(const Wanted& wanted, Rules& refused) const;
  Seconds teaching_without_break(const Wanted& wanted) const;

  Verdict time_verdict(const Wanted& wanted, const Rules& overruled) const;
  Verdict place(const Attempt& attempt, std::int64_t instructor) const;
  Verdict change(const Attempt& attempt) const;
  Verdict settle(const Attempt& attempt, const Row& booking) const;
  Verdict move(const Attempt& attempt, const Row& booking) const;
  Verdict undo(const Attempt& attempt) const;

  const Plan& plan_;
  std::map<std::int64_t, Story> stories_;
  std::map<std::int64_t, Calendar> calendars_;  ///< By id of an instructor, a learner or a vehicle.
  std::map<std::int64_t, std::vector<Block>> blocks_;
  std::vector<Row> lapsed_;  ///< As they were before they expired.
  unsigned lapsed_count_ = 0;
};

}  // namespace prove
