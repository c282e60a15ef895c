/// Identity of everything that has a row: 64 bits made by the application, shown as 13 characters.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace base {

/// An id that only fits its own kind: an InstructorId is never taken for a LearnerId. 0 is "none".
template <class Kind>
struct Id {
  std::int64_t value = 0;
  auto operator<=>(const Id&) const = default;
  explicit operator bool() const { return value != 0; }
};

using SchoolId = Id<struct SchoolKind>;
using PersonId = Id<struct PersonKind>;
using InstructorId = Id<struct InstructorKind>;  ///< The person's id; the kind says in which role.
using LearnerId = Id<struct LearnerKind>;        ///< Likewise.
using VehicleId = Id<struct VehicleKind>;
using LessonTypeId = Id<struct LessonTypeKind>;
using BookingId = Id<struct BookingKind>;
using PlaceId = Id<struct PlaceKind>;
using TextId = Id<struct TextKind>;
using ClosureId = Id<struct ClosureKind>;
using TimeOffId = Id<struct TimeOffKind>;
using EventId = Id<struct EventKind>;

/// 41 bits of milliseconds since 2024-01-01, then 22 bits that are drawn anew each millisecond and counted up within
/// it. Positive, increasing within a process; a collision between nodes shows as a broken key and the action runs
/// again.
std::int64_t make_id();
template <class SomeId>
SomeId make() {
  return SomeId{make_id()};
}
/// No id made at this time or later is smaller.
std::int64_t first_id_at(Instant at);

/// 13 characters of Crockford's base32 in lower case: digits and letters without i, l, o, u. Reading refuses anything
/// else with not_found, because an id that cannot exist and one that does not are the same to whoever asks.
std::string to_text(std::int64_t id);
Result<std::int64_t> id_from_text(std::string_view text);
template <class Kind>
std::string to_text(Id<Kind> id) {
  return to_text(id.value);
}

}  // namespace base

template <class Kind>
struct std::hash<base::Id<Kind>> {
  std::size_t operator()(base::Id<Kind> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
