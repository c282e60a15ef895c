/// Other times to offer to somebody whose time was refused.
#pragma once

#include "domain/availability.h"

namespace domain {

inline constexpr std::size_t alternatives_at_most = 5;

/// The free slots of one instructor around the time wanted.
struct FreeTimes {
  base::InstructorId instructor;
  std::vector<Slot> slots;
};

struct Wanted {
  Instant start;
  base::InstructorId instructor;  ///< None: any would have done.
};

/// At most five, each start of an instructor once: first up to two of the same instructor on the same local day, then
/// up to two of others at the very time, then whatever is nearest in time, ties by instructor. The time wanted itself
/// with the instructor wanted is offered too where it is among `free` (a hold that lapsed).
std::vector<base::Alternative> rank_alternatives(const Wanted& wanted, std::span<const FreeTimes> free,
                                                 const Zone& zone);

}  // namespace domain
