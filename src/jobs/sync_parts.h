/// What reading and writing calendars elsewhere share.
#pragma once

#include "jobs/sync.h"
#include "store/jobs.h"
#include "store/schedules.h"

namespace jobs {

/// Writes where nothing can be refused but by `body`, whose false leaves nothing behind.
inline bool committed(const actions::Context& context, base::SchoolId school,
                      const std::function<bool(store::Transaction&)>& body) {
  const auto done = context.database.transact<std::monostate>(school, [&](store::Transaction& tx) -> base::Done {
    if (body(tx)) return base::done();
    return base::refuse(base::Code::wrong_status, "It is somebody else's by now.");
  });
  if (!done && done.error().code != base::Code::wrong_status) throw std::runtime_error(done.error().detail);
  return done.has_value();
}

inline std::uint64_t any_number() {
  const auto bytes = base::random_bytes(8);
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

/// What came of a call, as the owner and the office see it: nobody is told of a failure that passes in a few minutes.
void note_outcome(const SyncOffice& office, base::SchoolId school, const store::CalendarConnection& connection,
                  const calendars::Failure* failure, base::Instant now);

}  // namespace jobs
