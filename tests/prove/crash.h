/// Processes that are killed under load, and how fast the next one is ready.
#pragma once

#include "prove/audit.h"
#include "prove/contention.h"

namespace prove {

struct Crashes {
  std::int64_t kills = 0, acknowledged = 0;
  double slowest_start = 0;  ///< Seconds from opening the killed process's file to the first booking made in it.
  std::vector<std::string> faults;
};

/// Again and again: a process of its own loads the database and tells of each answer through a pipe once it has it;
/// kill -9 at a random moment; audit. A fresh file every twenty kills. Call it while no other thread runs.
Crashes kill_under_load(const std::string& path, std::int64_t kills, const RunOptions& options);

/// Fills a fresh school with so many past bookings, kills a process that books in it, and opens it again.
Crashes restart_with(const std::string& path, std::int64_t bookings, const RunOptions& options);

/// One client books in a process that strace watches: every answer must come after a sync of its own. Nothing where
/// strace is missing or not permitted.
struct Syncing {
  std::int64_t answers = 0, syncs = 0, unsynced = 0;  ///< `unsynced`: answers without a sync since the one before.
};
std::optional<Syncing> count_syncs(const std::string& path, std::int64_t bookings);

}  // namespace prove
