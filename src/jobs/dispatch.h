/// Which jobs follow from an event: a pure table. Store and worker do what it says.
#pragma once

#include "domain/news.h"
#include "store/jobs.h"

namespace jobs {

/// A job that is to be there at `due_at`, or not to be there any more.
struct Wanted {
  store::JobKey key;
  std::optional<base::Instant> due_at;
};

/// What follows from an event of any stream, in a school that reminds its learners so long before a lesson. Notices
/// wait for the undo window. Guardians of a lesson's learner hear what the learner hears. A quiet event tells nobody,
/// but its lesson is reminded of.
std::vector<Wanted> jobs_after(const store::Event& event, const domain::Leads& leads,
                               std::span<const base::PersonId> guardians = {});

}  // namespace jobs
