/// The load: clients that book, hold, confirm, move, cancel and undo at random, and write down what they were answered.
#pragma once

#include <functional>
#include <memory>

#include "actions/bookings.h"
#include "prove/attempt.h"
#include "store/cache_switch.h"

namespace prove {

/// The long-lived parts around one database file, as the server has them. Opening it again is a restart.
struct OpenSchool {
  explicit OpenSchool(const std::string& path_)
      : path(path_), database({.path = path}), keys(path + ".keys", {{"proof", base::Secret(std::string(32, 'k'))}}) {
    database.on_commit([this](const auto& touched) { cache.committed(touched); });
  }
  actions::Context context() { return {database, cache, keys}; }

  const std::string path;
  store::Database database;
  store::KeyStore keys;
  cache::CalendarCache cache{testing_support::cache_options()};
};

/// A fresh file with the plan's school, opened.
std::unique_ptr<OpenSchool> make_school(const std::string& path, const Plan& plan);

/// Time passes with the attempts of all clients: `step` seconds each, so that holds and requests lapse within a run.
struct Clock {
  std::atomic<Seconds> now{first_monday - 12 * hour};
  Seconds step = 2;
};

struct LoadOptions {
  int clients = 64;
  std::int64_t attempts = 20'000;
  std::uint64_t seed = 1;
  bool blocks = true;  ///< Outside busy time and time off come in meanwhile.
  /// Called by the client's thread once it has its answer; for tests that lose the process afterwards.
  std::function<void(const Attempt&)> answered{};
  /// What a client does about an exception; by default it is a fault of the journal. False: the client stops.
  std::function<bool(const std::exception&)> failed{};
};

/// Any mix of everything that can be done with bookings. Returns when all attempts are answered.
Journal run_load(OpenSchool& school, const Plan& plan, Clock& clock, const LoadOptions& options);

/// Every attempt a free time of its own, booked directly, from `first` on (attempts of earlier calls); for rates. Each
/// client has instructors of its own.
Journal run_roomy(OpenSchool& school, const Plan& plan, const LoadOptions& options, std::int64_t first = 0);

/// Sends each of `keys` requests `sends` times at once under one Idempotency-Key, with and without an instructor;
/// returns what was wrong.
std::vector<std::string> send_repeatedly(OpenSchool& school, const Plan& plan, int keys, int sends);

}  // namespace prove
