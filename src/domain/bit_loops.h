/// The loops of bit_rows.h, inlined into whatever is compiled for one kind of machine: there by `target_clones`, in
/// the benchmarks with `-march=native`.
#pragma once

#include <cstring>

#include "domain/bit_rows.h"

namespace domain::bit_loops {

static_assert(std::endian::native == std::endian::little, "A shift by eight ticks is a load one byte further on.");

[[gnu::always_inline]] inline std::uint64_t load(const char* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

/// `groups` times eight ticks from the same bit of a byte on, and eight more from another one where `odd`.
template <int groups, bool odd>
[[gnu::always_inline]] inline void keep_free(std::uint64_t* row, const std::uint64_t* base, const char* from, int shift,
                                             const char* rest, int rest_shift, std::size_t words) {
  for (std::size_t i = 0; i < words; ++i) {
    auto low = load(from + 8 * i), high = load(from + 8 * i + 8);
    for (int group = 1; group < groups; ++group) {
      low |= load(from + 8 * i + group);
      high |= load(from + 8 * i + 8 + group);
    }
    auto taken = (low >> shift) | (high << 1 << (63 - shift));
    if constexpr (odd) taken |= (load(rest + 8 * i) >> rest_shift) | (load(rest + 8 * i + 8) << 1 << (63 - rest_shift));
    row[i] = base[i] & ~taken;
  }
}

template <bool odd>
[[gnu::always_inline]] inline void keep_free(std::uint64_t* row, const std::uint64_t* base, const std::uint64_t* map,
                                             Reach reach, std::size_t words) {
  // Rounded down, also below zero.
  const auto byte_of = [&](int tick) { return reinterpret_cast<const char*>(map) + (tick >> 3); };
  const int last = reach.length - widened_ticks - reach.before;
  int first = -reach.before, groups = reach.length / widened_ticks;
  while (groups > 0) {
    const auto step = [&](auto count) {
      keep_free<count(), odd>(row, base, byte_of(first), first & 7, byte_of(last), last & 7, words);
      first += count() * widened_ticks, groups -= count(), base = row;
    };
    if (groups >= 4)
      step(std::integral_constant<int, 4>());
    else if (groups == 3)
      step(std::integral_constant<int, 3>());
    else if (groups == 2)
      step(std::integral_constant<int, 2>());
    else
      step(std::integral_constant<int, 1>());
  }
}

[[gnu::always_inline]] inline void keep_free(std::uint64_t* row, const std::uint64_t* base, const std::uint64_t* map,
                                             Reach reach, std::size_t words) {
  if (reach.length % widened_ticks == 0)
    keep_free<false>(row, base, map, reach, words);
  else
    keep_free<true>(row, base, map, reach, words);
}

/// A full adder a bit: `sum` becomes the lowest bit of the three, the other one is the carry.
[[gnu::always_inline]] inline std::uint64_t add(std::uint64_t& sum, std::uint64_t a, std::uint64_t b) {
  const auto both = sum ^ a;
  const auto carry = (sum & a) | (both & b);
  sum = both ^ b;
  return carry;
}

[[gnu::always_inline]] inline void add_eight(std::uint64_t* __restrict planes, const std::uint64_t* __restrict rows,
                                             std::uint64_t* __restrict carry, std::size_t words) {
  auto* const ones = planes;
  auto* const twos = planes + words;
  auto* const fours = planes + 2 * words;
  for (std::size_t i = 0; i < words; ++i) {
    const auto row = [&](std::size_t number) { return rows[number * words + i]; };
    auto one = ones[i], two = twos[i], four = fours[i];
    const auto a = add(one, row(0), row(1)), b = add(one, row(2), row(3));
    const auto c = add(one, row(4), row(5)), d = add(one, row(6), row(7));
    const auto e = add(two, a, b), f = add(two, c, d);
    carry[i] = add(four, e, f);
    ones[i] = one, twos[i] = two, fours[i] = four;
  }
}

}  // namespace domain::bit_loops
