/// What the benchmarks hold the kernel against, compiled for this very machine (-march=native).
#pragma once

#include "domain/bit_rows.h"

namespace native {

/// The kernel itself.
void keep_free(std::uint64_t* row, const std::uint64_t* base, const std::uint64_t* map, domain::Reach reach,
               std::size_t words);
/// Each word once: as fast as memory or cache gives them.
std::uint64_t read(const std::uint64_t* words, std::size_t count);
/// `all` |= `row`.
void unite(std::uint64_t* all, const std::uint64_t* row, std::size_t words);

}  // namespace native
