/// What an operator should know before it hurts.
#pragma once

#include "store/calendars.h"

namespace store {

/// Future lessons whose wall time is no longer the one that was promised, because a zone's rules changed since they
/// were booked. One line each, ready to be read.
std::vector<std::string> changed_wall_times(Transaction& tx, base::SchoolId school, base::Instant now);

}  // namespace store
