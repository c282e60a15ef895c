/// What the office sees of the work that follows from bookings, and the dead jobs it may try again.
#pragma once

#include "actions/faults.h"
#include "store/jobs.h"

namespace actions {

/// Dead ones, or those that wait.
base::Result<Page<store::Job>> list_jobs(const Context& context, const Caller& caller, bool dead,
                                         const PageQuery& page);
/// A dead job is due again at once.
base::Done retry_job(const Context& context, const Caller& caller, std::int64_t id);

}  // namespace actions
