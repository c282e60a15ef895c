/// The one thread that writes to SQLite, and the rules that make it safe (docs/decisions/0004):
/// (a) an action is a function of its transaction, may run twice and touches nothing else;
/// (b) triggers abort, they never roll back;
/// (c) after every statement error the writer asks whether the transaction still stands; where it does not, the whole
///     batch runs again, each action in a transaction of its own;
/// (d) nobody is answered, no cache moves and no reader is woken before COMMIT said OK;
/// (e) what may take over 20 ms is a job in chunks (but for docs/decisions/0010); (f) an action that starts another one
/// is a bug that stops; (g) passwords, JSON bodies and rendering stay outside; (h) one process writes a file; (i) the
/// queue is bounded.
#pragma once

#include <condition_variable>
#include <deque>
#include <future>
#include <thread>

#include "store/database.h"
#include "store/sqlite.h"

namespace store {

class Writer {
 public:
  using Action = std::function<bool(Transaction&)>;

  Writer(std::unique_ptr<SqliteConnection> connection, std::size_t queue_limit);
  ~Writer();

  /// Returns when the action's outcome is durable; throws what the action threw, or what made the commit fail.
  base::Done run(const Action& action);
  void on_commit(CommitListener listener);

  /// "" while the writer writes; else why it has stopped (a failed write or sync may have lost pages the engine
  /// believes are safe, so the process must start again and let recovery read what is really on disk).
  std::string broken();

  WriterFigures figures;

 private:
  struct Waiting {
    explicit Waiting(const Action& action_) : action(action_) {}
    const Action& action;  // Outlives the wait: its caller sleeps on `answered`.
    bool kept = false;     // The action returned true: its savepoint stays.
    bool turned_away = false;
    std::exception_ptr failure{};
    std::vector<Touched> touched{};
    std::promise<void> answered{};
  };
  using Batch = std::vector<std::shared_ptr<Waiting>>;

  void loop();
  std::shared_ptr<Waiting> next(bool wait);
  bool run_together(Batch& batch);
  bool run_in_savepoint(Waiting& waiting);
  void run_alone(Waiting& waiting);
  void run_action(Waiting& waiting);
  void commit(Batch& batch);
  void fail(Batch& batch, const std::exception_ptr& failure);
  void stop_writing();

  std::unique_ptr<SqliteConnection> connection_;
  const std::size_t queue_limit_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<std::shared_ptr<Waiting>> queue_;
  bool stopping_ = false;
  std::string broken_;  ///< Why nothing is written any more: an I/O error took the ground from under durability.
  CommitListener listener_;
  std::thread thread_;
};

}  // namespace store
