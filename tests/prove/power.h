/// Power cuts and failing disks under load.
#pragma once

#include "prove/audit.h"
#include "prove/contention.h"
#include "prove/power_vfs.h"

namespace prove {

struct Cut {
  std::int64_t acknowledged = 0;
  bool during_load = false;  ///< The power went while clients were waiting, not after the last of them.
  std::vector<std::string> faults;
};

/// Loads a fresh school at `path`, loses power at the n-th write or sync, keeps what survives, opens and audits.
/// Without syncs: on a disk that ignores them, which must lose something now and then.
enum class Syncs { honoured, ignored };
Cut lose_power(const std::string& path, std::int64_t after, Survives what, Syncs syncs, const RunOptions& options);

}  // namespace prove
