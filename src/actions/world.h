/// What a question about free times borrows: rules, people and vehicles, from the cache at one snapshot.
#pragma once

#include "actions/find_times.h"

namespace actions {

/// Held while the question is asked.
struct World {
  std::shared_ptr<const store::SchoolRules> rules;
  const store::OfferedLesson* lesson;
  std::shared_ptr<const domain::Learner> learner;
  std::vector<std::shared_ptr<const domain::MappedVehicle>> vehicles;
  std::vector<const domain::Vehicle*> fleet;
  std::vector<const domain::Bitmap*> fleet_maps;
  std::optional<domain::Booking> moving;
  std::vector<base::InstructorId> instructors;
  std::optional<domain::Date> consent_missing_until;
  base::Instant from;  ///< The calendars hold what blocks from here on.

  domain::Question question(const Caller& caller) const;  ///< About nobody yet.
  /// `instructor` may be changed from what the cache has.
  domain::Question question(const domain::Instructor& instructor, const Caller& caller) const;
  domain::Question question(const domain::MappedInstructor& instructor, const Caller& caller) const;
};

/// not_found, with what is missing, where the query names what this school does not have.
base::Result<World> load_world(const Context& context, store::Transaction& tx, const Caller& caller,
                               const TimesQuery& query);
/// Null where there is no such instructor.
std::shared_ptr<const domain::MappedInstructor> instructor_of(const Context& context, store::Transaction& tx,
                                                              const Caller& caller, const World& world,
                                                              base::InstructorId id);

/// Those of `world.instructors` in their order, null where there is no such instructor.
std::vector<std::shared_ptr<const domain::MappedInstructor>> people_of(const Context& context, store::Transaction& tx,
                                                                       const Caller& caller, const World& world);

/// invalid_input: nobody teaches as it was wanted.
tl::unexpected<base::Error> nobody_teaches_so();
/// not_found: "There is no such learner."
tl::unexpected<base::Error> missing(const char* what);

}  // namespace actions
