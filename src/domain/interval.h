/// Spans of absolute time.
#pragma once

#include "base/clock.h"

namespace domain {

using base::Instant;
using Minutes = std::chrono::minutes;

/// Every booked or blocked start, end, length, step and buffer is a multiple of this.
inline constexpr Minutes tick{5};

/// No lesson, buffers included, and no other block is longer. Overlap queries look back this far and no further.
inline constexpr std::chrono::hours longest_block{24};

/// A half-open span of absolute time [start, end), never empty: 10:00-11:00 and 11:00-12:00 do not overlap.
/// Holding an Interval is the proof that start < end.
class Interval {
 public:
  /// Refuses an end that is not after the start (invalid_input).
  static base::Result<Interval> between(Instant start, Instant end) {
    if (end <= start) return base::refuse(base::Code::invalid_input, "The end must be after the start.");
    return Interval(start, end);
  }
  /// `length` > 0 (checked).
  static Interval of(Instant start, std::chrono::seconds length) {
    CHECK(length.count() > 0);
    return Interval(start, start + length);
  }

  Instant start() const { return start_; }
  Instant end() const { return end_; }
  std::chrono::seconds length() const { return end_ - start_; }
  bool overlaps(const Interval& other) const { return start_ < other.end_ && other.start_ < end_; }
  bool contains(const Interval& other) const { return start_ <= other.start_ && other.end_ <= end_; }
  /// This span with time added at both ends; neither may be negative (checked).
  Interval widened(Minutes before, Minutes after) const {
    CHECK(before.count() >= 0 && after.count() >= 0);
    return Interval(start_ - before, end_ + after);
  }
  auto operator<=>(const Interval&) const = default;

 private:
  Interval(Instant start, Instant end) : start_(start), end_(end) {}
  Instant start_;
  Instant end_;
};

/// Whether the instant lies on the five-minute tick (of UTC; every zone's offset since 1972 is a multiple of it).
inline bool on_tick(Instant instant) {
  return instant.time_since_epoch() % tick == std::chrono::seconds{0};
}
inline bool on_tick(Minutes length) {
  return length % tick == Minutes{0};
}

}  // namespace domain
