/// The load: clients that book, hold, confirm, move, cancel and undo at random, and write down what they were answered.
#pragma once

#include <functional>
#include <memory>

#include "actions/bookings.h"
#include "jobs/follow.h"
#include "prove/attempt.h"
#include "store/cache_switch.h"

namespace prove {

/// Whether a node hears of others and numbers what is committed, as all of them do but in benchmarks of one.
enum class Follows { node, nobody };

/// The long-lived parts of one process, as the server has them.
class Node {
 public:
  Node(const std::string& address, store::KeyStore& keys, Follows follows);
  actions::Context context() { return {database, cache, keys}; }
  /// What went wrong beside the clients' requests, once each.
  std::vector<std::string> troubles();

  store::Database database;
  cache::CalendarCache cache{testing_support::cache_options()};
  store::KeyStore& keys;
  std::atomic<std::int64_t> told{0};  ///< Of a file: the position up to which the cache has heard of commits.

 private:
  std::mutex mutex_;
  std::vector<std::string> troubles_;
  void moved(const std::vector<store::Touched>& touched);
  jobs::Follower follower_;
};

/// A school as its nodes have it: of a file there is one. Opening it again is a restart.
struct OpenSchool {
  explicit OpenSchool(const std::string& address_, int count = 1, Follows follows = Follows::node);
  Node& node(int client) { return *nodes[static_cast<std::size_t>(client) % nodes.size()]; }
  actions::Context context(int client = 0) { return node(client).context(); }
  /// How often transactions were undone and run again: deadlocks and lost races.
  std::int64_t repetitions() const;

  const std::string address;
  store::KeyStore keys;
  const std::vector<std::unique_ptr<Node>> nodes;
  store::Database& database;  ///< Of the first one.
};

/// A fresh database with the plan's school, opened.
std::unique_ptr<OpenSchool> make_school(const std::string& address, const Plan& plan, int nodes = 1,
                                        Follows follows = Follows::node);

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
