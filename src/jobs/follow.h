/// What this process remembers of the database hears of every commit. SQLite's one writer tells them itself. Where
/// several nodes write to one PostgreSQL, every node follows the signals of all of them, a moment after each commit,
/// and gives what waits its place in the order (store::put_in_order) together with the jobs that follow from it.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "actions/context.h"

namespace store {
class PostgresConnection;
}

namespace jobs {

/// Called by whoever commits, before they are answered, and by the follower's thread.
struct Told {
  /// Versions that have moved: at once for commits of this node, and again with their signal.
  std::function<void(const std::vector<store::Touched>&)> moved;
  /// The same once each, in one order that all nodes share, with positions.
  std::function<void(const std::vector<store::Touched>&)> ordered;
  std::function<void()> lost;  ///< Signals may be gone that nobody has heard of: forget everything.
  std::function<void(const std::string& failure)> report;
  std::function<void()> numbered{};  ///< This node has given places in the order: others want to be woken.
};

/// Tells from the moment of its making on, once it is started. On PostgreSQL it has a thread of its own, which is woken
/// by NOTIFY on `listen_address` (past PgBouncer, which passes none on), by commits of this node, by wake(), and four
/// times a second anyway.
class Follower {
 public:
  Follower(actions::Context context, std::string listen_address);
  ~Follower();
  Follower(const Follower&) = delete;

  void start(Told told);
  /// Another node says that there is something to read.
  void wake();

 private:
  void loop(const std::stop_token& stop);
  void wait();
  void round();

  actions::Context context_;
  const std::string listen_address_;
  const int bell_;  ///< An eventfd.
  std::int64_t position_;
  std::chrono::steady_clock::time_point heard_, listen_next_{};
  std::unique_ptr<store::PostgresConnection> listening_;
  Told told_;
  std::jthread thread_;
};

}  // namespace jobs
