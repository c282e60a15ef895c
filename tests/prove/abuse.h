/// What no decent client does, beside clients that are.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace prove {

struct Abuse {
  std::int64_t asked = 0;        ///< By decent clients.
  double alone = 0, beside = 0;  ///< Milliseconds of 99 in 100 of their answers, before the abuse and beside it.
  double slowest_drop = 0;       ///< Seconds until the last of those who send a byte a second was let go.
  double megabytes = 0;          ///< Resident memory at its highest, above what it was before.
  std::map<int, std::int64_t> statuses;  ///< Answers to abuse; 0: let go without one.
  std::vector<std::string> faults;
};

/// 300 clients that send their head a byte a second, 500 that say nothing, and those who send two lengths, bodies of 64
/// MB, gzip that unpacks to 60 MB, bytes that are no UTF-8, other people's tokens and noise, for `length`. Faults:
/// answers of 5xx, an abuse that is answered as if it were right, decent clients that wait over 100 ms (or three times
/// as long as before, on a busy machine), dribblers kept over twelve seconds (ten, and up to two until they hear of
/// it), and memory that grows by over 32 MB, eight for each of four abusers, once all are connected.
Abuse abuse(const std::string& program, const std::string& path, std::chrono::seconds length);

}  // namespace prove
