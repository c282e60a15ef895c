/// Runs that the tests make small and bin/prove makes large.
#pragma once

#include "prove/audit.h"
#include "prove/load.h"

namespace prove {

struct RunOptions {
  int clients = 64;
  std::int64_t attempts = 20'000;
  std::uint64_t seed = 1;
};

struct Contention {
  Audit audit;
  double seconds = 0;  ///< Of the load alone.
};

/// The contended load on a fresh file at `path`, with the database closed and opened again twice; then the audit.
Contention contend(const std::string& path, const RunOptions& options);

/// Direct bookings where every attempt has a free time; accepted ones a second, after the audit has seen them all.
struct Rate {
  double bookings_per_second = 0;
  std::vector<std::string> faults;
};
Rate book_at_full_rate(const std::string& path, const RunOptions& options);

/// Bookings while the clocks of the clients jump an hour and a day to and fro, over the night in March and the one in
/// October in which the zone's clocks change; then the audit of the file.
Audit book_with_jumping_clocks(const std::string& path, const RunOptions& options);

}  // namespace prove
