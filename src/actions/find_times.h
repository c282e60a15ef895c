/// Listing what would book, and saying why something would not. The same question to the same domain function as in
/// decide.h, on cached calendars instead of locked ones.
#pragma once

#include "actions/decide.h"

namespace actions {

struct TimesQuery {
  base::LessonTypeId type;
  domain::Date from, to;            ///< Local dates of the school, `to` exclusive, at most 92 days.
  base::InstructorId instructor{};  ///< None: any.
  base::VehicleId vehicle{};
  base::LearnerId learner{};  ///< None: the caller, where that is a learner; else nobody in particular.
  base::BookingId moving{};   ///< The booking that would move; its notice counts, and its length.
  /// No more slots than these, the earliest, and no more days than are looked at for them; 0: days are counted alone.
  std::optional<std::size_t> first{};
  domain::WantedTeaching wanted{};  ///< Whoever does not teach so is left out.
};

struct Times {
  std::string time_zone;
  std::int64_t version;  ///< Of the rules.
  struct Slot {
    domain::Interval lesson;
    int instructors;  ///< For how many this slot alone would book.
  };
  std::vector<Slot> slots;                         ///< By start.
  std::vector<std::pair<domain::Date, int>> days;  ///< Every date looked at, with its number of distinct starts.
};

/// For people who are signed in, and for the public page (`principal` without a person).
base::Result<Times> find_times(const Context& context, const Caller& caller, const TimesQuery& query);

/// The same where it can be answered without the database and without keeping the thread, else nothing.
std::optional<base::Result<Times>> times_in_memory(const Context& context, const Caller& caller,
                                                   const TimesQuery& query);

/// Why this start would not book, empty if it would. Without an instructor: the refusals of the one who comes closest.
base::Result<std::vector<base::Refusal>> explain(const Context& context, const Caller& caller, const TimesQuery& query,
                                                 base::Instant start);

/// Instructors for whom the lesson would book, best first: least loaded that week, then least recently booked. At most
/// five; empty refusals mean there is at least one.
struct Candidates {
  std::vector<base::InstructorId> instructors;
  std::vector<base::Refusal> refusals;  ///< Of the one who comes closest, where there is nobody.
};
/// not_found where the wish names what is not there, invalid_input where nobody teaches as it wants.
base::Result<Candidates> rank_candidates(const Context& context, const Caller& caller, const Wish& wish,
                                         store::Freshness freshness);

/// Up to five other times that would book: same instructor that day, others at that time, then the nearest.
std::vector<base::Alternative> alternatives(const Context& context, const Caller& caller, const Wish& wish);

}  // namespace actions
