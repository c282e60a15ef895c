#include "native.h"

#include "domain/bit_loops.h"

namespace native {

void keep_free(std::uint64_t* row, const std::uint64_t* base, const std::uint64_t* map, domain::Reach reach,
               std::size_t words) {
  domain::bit_loops::keep_free(row, base, map, reach, words);
}

std::uint64_t read(const std::uint64_t* words, std::size_t count) {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < count; ++i) all |= words[i];
  return all;
}

void unite(std::uint64_t* all, const std::uint64_t* row, std::size_t words) {
  for (std::size_t i = 0; i < words; ++i) all[i] |= row[i];
}

}  // namespace native
