#include "prove/power.h"

namespace prove {

Cut lose_power(const std::string& path, std::int64_t after, Survives what, Syncs syncs, const RunOptions& options) {
  const auto plan = contended_plan();
  PowerVfs disk(options.seed);
  make_school(path, plan).reset();
  disk.ignore_syncs(syncs == Syncs::ignored);
  Cut cut;
  std::map<std::int64_t, std::int64_t> versions;
  std::mutex mutex;
  LoadOptions load{.clients = options.clients, .attempts = options.attempts, .seed = options.seed};
  load.answered = [&](const Attempt& attempt) {
    const std::lock_guard lock(mutex);
    if (!attempt.accepted) return;
    ++cut.acknowledged;
    versions[attempt.got] = std::max(versions[attempt.got], attempt.got_version);
  };
  load.failed = [](const std::exception&) { return false; };
  {
    OpenSchool school(path);
    disk.lose_power_after(after);
    Clock clock;
    run_load(school, plan, clock, load);
    cut.during_load = disk.powerless();
  }
  disk.ignore_syncs(false);
  disk.restore(what);
  cut.faults = audit_acknowledged(path, versions, cut.acknowledged, options.clients).faults;
  return cut;
}

}  // namespace prove
