/// What every action gets: the long-lived parts of the program, and who asks.
#pragma once

#include "auth/principal.h"
#include "cache/calendar_cache.h"
#include "store/bookings.h"
#include "store/texts.h"

namespace actions {

/// Who asks, when, in which request. `now` is read once, at the edge.
struct Caller {
  auth::Principal principal;
  base::Instant now;
  std::string correlation_id;
  bool quiet = false;                                  ///< Seeds: nobody is told.
  store::Freshness freshness = store::Freshness::now;  ///< Of the lists that they look at.
  /// Who really asks, where that is somebody else than `principal`, in whose name they act; none: nobody else.
  base::PersonId acting{};

  base::SchoolId school() const { return principal.school; }
  domain::Audience audience() const { return principal.staff() ? domain::Audience::staff : domain::Audience::learner; }
  /// Who answers for what is done.
  base::PersonId actor() const { return acting ? acting : principal.person; }
  store::Author author() const {
    return {principal.school, actor(), correlation_id, now, quiet, acting ? principal.person : base::PersonId{}};
  }
};

/// Calendars elsewhere that were read too long ago, as a time of an instructor's is decided about.
struct Elsewhere {
  bool asked = false;    ///< What they answered is known here by now,
  bool unknown = false;  ///< unless nobody could tell.
  struct Question {
    base::InstructorId instructor;
    domain::Interval lesson;
  };
  std::optional<Question> wanted{};  ///< They have to be asked first, outside of the transaction.
};

struct Context {
  store::Database& database;
  cache::CalendarCache& cache;
  store::KeyStore& keys;
  /// Asks them, for a second at most; false: nobody could tell (actions/outside.h). Empty: there are none.
  std::function<bool(const Caller&, const Elsewhere::Question&)> ask_elsewhere{};
};

/// Instructors and learners are people; the id is the same.
template <class Kind>
base::PersonId person_of(base::Id<Kind> id) {
  return {id.value};
}

}  // namespace actions
