#include "domain/bit_rows.h"

#include <algorithm>

#include "domain/bit_loops.h"

// Sanitizers are not ready when the loader picks one of the clones.
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define FOR_EACH_MACHINE [[gnu::target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")]]
#else
#define FOR_EACH_MACHINE
#endif

namespace domain {

namespace {

FOR_EACH_MACHINE void add_eight(std::uint64_t* planes, const std::uint64_t* rows, std::uint64_t* carry,
                                std::size_t words) {
  bit_loops::add_eight(planes, rows, carry, words);
}

}  // namespace

FOR_EACH_MACHINE void keep_free(std::uint64_t* row, const std::uint64_t* base, const std::uint64_t* map, Reach reach,
                                std::size_t words) {
  bit_loops::keep_free(row, base, map, reach, words);
}

FOR_EACH_MACHINE void intersect(std::uint64_t* row, const std::uint64_t* with, std::size_t words) {
  for (std::size_t i = 0; i < words; ++i) row[i] &= with[i];
}

FOR_EACH_MACHINE void unite(std::uint64_t* row, const std::uint64_t* with, std::size_t words) {
  for (std::size_t i = 0; i < words; ++i) row[i] |= with[i];
}

Tally::Level& Tally::level(std::size_t number) {
  while (levels_.size() <= number)
    levels_.push_back(
        {std::vector<std::uint64_t>(3 * words_), std::make_unique_for_overwrite<std::uint64_t[]>(8 * words_)});
  return levels_[number];
}

std::uint64_t* Tally::next() {
  auto& lowest = level(0);
  return lowest.rows.get() + lowest.filled * words_;
}

void Tally::added() {
  if (++levels_[0].filled == 8) flush(0);
}

void Tally::flush(std::size_t number) {
  (void)level(number + 1);  // Before anything points into them.
  auto& full = levels_[number];
  auto& above = levels_[number + 1];
  auto* const carry = above.rows.get() + above.filled * words_;
  add_eight(full.planes.data(), full.rows.get(), carry, words_);
  full.filled = 0;
  if (std::all_of(carry, carry + words_, [](auto word) { return word == 0; })) return;
  if (++above.filled == 8) flush(number + 1);
}

void Tally::finish() {
  for (std::size_t number = 0; number < levels_.size(); ++number) {
    const auto& [planes, rows, filled] = levels_[number];
    if (filled == 0) continue;
    std::fill(rows.get() + filled * words_, rows.get() + 8 * words_, 0);
    flush(number);
  }
}

}  // namespace domain
