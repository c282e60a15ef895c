/// The one way in which a time is decided: lock, load, ask the domain, let go of what has lapsed. Holding, booking,
/// moving and undoing all come through here, inside their transaction.
#pragma once

#include "actions/context.h"
#include "domain/teaching.h"

namespace actions {

enum class Notice { book, move, none };

/// What somebody wants of the calendars.
struct Wish {
  base::LessonTypeId type;
  base::Instant start;
  std::optional<domain::Minutes> length{};  ///< Staff may give another than the type's.
  base::InstructorId instructor;
  base::LearnerId learner;    ///< None: a guest, of whom nothing is known yet.
  base::VehicleId vehicle{};  ///< None: any that is free and fits.
  Notice notice = Notice::book;
  const domain::Booking* moving{};      ///< Makes room for itself; its calendars are locked too.
  std::vector<base::Code> overruled{};  ///< Soft rules that staff set aside.
  Elsewhere* elsewhere{};               ///< None: no calendar elsewhere is asked.
  domain::WantedTeaching wanted{};      ///< Whoever does not teach so is nobody's choice.
};

/// Refuses with the first rule that refused and all of them in `refusals`; with not_found for people, vehicles or types
/// that are not of this school or no longer active; with unavailable where `elsewhere` says what has to be asked first.
/// The calendars' versions have moved when this returns.
base::Result<domain::Placement> decide(const Context& context, store::Transaction& tx, const Caller& caller,
                                       const store::SchoolRules& rules, const Wish& wish);

/// From when on calendars must be loaded to decide about `instant`: the Monday of its week, less the longest block.
base::Instant week_start(const domain::Zone& zone, base::Instant instant);
/// And until when.
base::Instant week_end(const domain::Zone& zone, base::Instant instant);

/// The rule names of a request, as codes; invalid_input for names of no soft rule, forbidden for learners.
base::Result<std::vector<base::Code>> soft_rules(const Caller& caller, const std::vector<std::string>& names);

domain::Minutes notice_of(const domain::LessonType& type, Notice notice);

}  // namespace actions
