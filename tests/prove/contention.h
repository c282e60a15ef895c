/// Runs that the tests make small and bin/prove makes large.
#pragma once

#include "prove/audit.h"
#include "prove/load.h"

namespace prove {

struct RunOptions {
  int clients = 64;
  std::int64_t attempts = 20'000;
  std::uint64_t seed = 1;
  int nodes = 1;  ///< Of PostgreSQL; a file has one.
};

struct Contention {
  Audit audit;
  double seconds = 0;            ///< Of the load alone.
  std::int64_t repetitions = 0;  ///< Transactions that were undone and run again,
  std::int64_t deadlocks = 0;    ///< so many of them by PostgreSQL, since each waited for the other.
};

/// The contended load on a fresh database at `address`, closed and opened again twice; then the audit.
Contention contend(const std::string& address, const RunOptions& options);

/// Direct bookings where every attempt has a free time; accepted ones a second, after the audit has seen them all.
struct Rate {
  double bookings_per_second = 0;
  std::vector<std::string> faults;
};
Rate book_at_full_rate(const std::string& address, const RunOptions& options);

/// Bookings while the clocks of the clients jump an hour and a day to and fro, over the night in March and the one in
/// October in which the zone's clocks change; then the audit of the tables.
Audit book_with_jumping_clocks(const std::string& address, const RunOptions& options);

}  // namespace prove
