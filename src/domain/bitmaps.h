/// Calendars as maps of ticks (bit_rows.h), of a window around now: what is in the way of an instructor or a vehicle,
/// and where opening hours let a lesson start. Built once per version of a calendar.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>

#include "domain/bit_rows.h"
#include "domain/opening_hours.h"

namespace domain {

/// Five minutes of UTC, counted from 1970; a word of every map and row begins at a multiple of 64 of them.
using Tick = std::int64_t;
inline Tick tick_of(Instant instant) {  ///< The one that holds it.
  return std::chrono::floor<std::chrono::duration<Tick, std::ratio<300>>>(instant.time_since_epoch()).count();
}
inline Instant start_of(Tick tick_) {
  return Instant{tick_ * tick};
}
/// The first that does not begin before it.
inline Tick tick_from(Instant instant) {
  return tick_of(instant - std::chrono::seconds{1}) + 1;
}
inline std::int64_t word_of(Tick tick_) {
  return tick_ >> 6;
}

/// Sets or clears the ticks [from, to) of a row that begins at the word `first`, as far as it has them.
void fill(std::span<std::uint64_t> row, std::int64_t first, Tick from, Tick to, bool value);

class Bitmap {
 public:
  /// 92 days, which may be asked about at once, those that pass until the next window, and what a reach looks into.
  static constexpr std::size_t words = 472;
  /// What there must be around the words that are asked about: two longest blocks and a word.
  static constexpr std::int64_t margin = 12;

  /// The first word of the window that is used now; the next one comes within four days.
  static std::int64_t window(Instant now);

  explicit Bitmap(std::int64_t first_word) : first_(first_word), words_{} {}
  static Bitmap full(std::int64_t first_word);
  std::int64_t first_word() const { return first_; }
  /// Whether rows of these words [first, past) can be asked.
  bool covers(std::int64_t first, std::int64_t past) const {
    return first - margin >= first_ && past + margin <= first_ + std::int64_t(words);
  }
  /// The word that lines up with `word`, which it covers.
  const std::uint64_t* at(std::int64_t word) const { return words_.data() + (word - first_); }
  std::span<std::uint64_t> row() { return words_; }
  bool operator==(const Bitmap&) const = default;

  /// Something takes this time: rounded outwards to ticks, and widened.
  void take(const Interval& span) {
    fill(words_, first_, tick_of(span.start()) - (widened_ticks - 1), tick_from(span.end()), true);
  }
  /// Nothing takes this time any more; what else takes any of it, or of the widened_ticks around it, is taken again.
  void release(const Interval& span) {
    fill(words_, first_, tick_of(span.start()) - (widened_ticks - 1), tick_from(span.end()), false);
  }

 private:
  std::int64_t first_;
  std::array<std::uint64_t, words> words_;
};

/// The local days of a window, found once for all opening hours in one zone.
class Days {
 public:
  Days(const Zone& zone, std::int64_t first_word);
  bool of(const Zone& zone, std::int64_t first_word) const {
    return first_word == first_word_ && zone.name() == zone_.name();
  }

 private:
  friend class OpenMaps;
  struct Day {
    Date date;
    unsigned weekday;  ///< ISO.
    Tick midnight;
    bool plain;  ///< On ticks, and the clocks do not change.
  };
  const Zone zone_;
  const std::int64_t first_word_;
  std::vector<Day> days_;
};

/// Opening hours in a window, shared by all who have the same.
class OpenMaps {
 public:
  OpenMaps(const Hours& hours, std::shared_ptr<const Days> days);
  bool of(const Days& days) const { return &days == days_.get(); }
  bool of(const Hours& hours, const Days& days) const { return of(days) && hours_ == hours; }
  /// Equal where the hours are.
  static std::size_t hash_of(const Hours& hours);
  /// Whether all of it begins and ends on ticks, without which it cannot be asked here.
  bool exact() const { return exact_; }
  bool covers(std::int64_t first, std::int64_t past) const { return closed_.covers(first, past); }
  /// The starts on the grids of `step` at which a lesson of `length` stays within one range. Both in ticks, `length` at
  /// least widened_ticks; of the words [first, first + row.size()), which it covers.
  void starts(std::span<std::uint64_t> row, std::int64_t first, int step, int length) const;

 private:
  void add(Tick begin, Tick end);
  const Bitmap& grid(int step) const;

  const Hours hours_;
  const std::shared_ptr<const Days> days_;
  Bitmap closed_;
  std::vector<std::pair<Tick, Tick>> ranges_;
  std::vector<Tick> seams_;  ///< Where one range ends and the next begins.
  bool exact_{true};
  mutable std::mutex mutex_;
  mutable std::map<int, Bitmap> grids_;  ///< By step, made when first asked for.
};

}  // namespace domain
