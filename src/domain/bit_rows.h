/// Rows of bits, one a tick, 64 ticks (5 h 20 min) a word: what lists the free times of thousands of calendars does,
/// compiled for AVX-512, for AVX2 and for any other machine, chosen as the program starts (docs/decisions/0033).
///
/// Rows and maps of one length line up word by word. A *map* says what is in the way, widened: its bit t is set where
/// any of the ticks [t, t + 8) is taken. Whether anything lies in n >= 8 ticks is then told by n / 8 of its bits, eight
/// apart, and one for the rest, and eight ticks further on is one byte further on.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace domain {

inline constexpr int widened_ticks = 8;
inline constexpr std::int64_t ticks_a_word = 64;

/// A start is refused where anything is taken in [start - before, start - before + length), in ticks. `length` is at
/// least `widened_ticks`, or it cannot be asked of maps.
struct Reach {
  int before;
  int length;
};

/// `row` is `base` without what is refused; the two may be the same. `map` points at the word that lines up with their
/// first; the words around it as far as the reach goes, and one more on either side, are read too.
void keep_free(std::uint64_t* row, const std::uint64_t* base, const std::uint64_t* map, Reach reach, std::size_t words);

/// `row` has what both had; what either had.
void intersect(std::uint64_t* row, const std::uint64_t* with, std::size_t words);
void unite(std::uint64_t* row, const std::uint64_t* with, std::size_t words);

template <class Call>
void each_bit(std::uint64_t word, Call call) {
  for (; word != 0; word &= word - 1) call(std::countr_zero(word));
}

/// How many rows have each bit, without counting bit by bit: a plane for each binary digit, eight rows added at a time,
/// and what is carried collected until there are eight of those.
class Tally {
 public:
  explicit Tally(std::size_t words) : words_(words) {}
  /// The next row, to be filled, then added(). Its content is whatever was there.
  std::uint64_t* next();
  void added();
  /// After the last row: all of them count.
  void finish();
  /// By ascending bit, each bit that any row has, as call(bit, rows).
  template <class Call>
  void each(Call call) const {
    std::vector<std::uint64_t> planes(3 * levels_.size());
    for (std::size_t word = 0; word < words_; ++word) {
      std::uint64_t any = 0;
      for (std::size_t plane = 0; plane < planes.size(); ++plane)
        any |= planes[plane] = levels_[plane / 3].planes[plane % 3 * words_ + word];
      each_bit(any, [&](int bit) {
        int rows = 0;
        for (std::size_t plane = 0; plane < planes.size(); ++plane) rows |= int(planes[plane] >> bit & 1) << plane;
        call(std::int64_t(word) * ticks_a_word + bit, rows);
      });
    }
  }

 private:
  /// Counts to seven in `planes`; what is carried, worth eight, is one of eight `rows` of the next level.
  struct Level {
    std::vector<std::uint64_t> planes;
    std::unique_ptr<std::uint64_t[]> rows;
    std::size_t filled = 0;
  };
  Level& level(std::size_t number);
  void flush(std::size_t number);

  const std::size_t words_;
  std::vector<Level> levels_;
};

}  // namespace domain
