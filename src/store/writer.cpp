#include "store/writer.h"

#include <sqlite3.h>

namespace store {

namespace {

constexpr std::size_t batch_limit = 128;
constexpr std::chrono::milliseconds batch_time{10};

thread_local const Writer* current_writer = nullptr;

/// The file below us can no longer be trusted: a write, a sync or a read failed, or what was read makes no sense.
bool is_io_error(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const SqlError& error) {
    const int code = error.code & 0xff;
    return code == SQLITE_IOERR || code == SQLITE_CANTOPEN || code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
  } catch (const std::exception&) {
    return false;
  }
}

constexpr auto cannot_write = "Bookings cannot be written at the moment.";

}  // namespace

Writer::Writer(std::unique_ptr<SqliteConnection> connection, std::size_t queue_limit)
    : connection_(std::move(connection)), queue_limit_(queue_limit), thread_([this] { loop(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
}

void Writer::on_commit(CommitListener listener) {
  const std::lock_guard lock(mutex_);
  listener_ = std::move(listener);
}

std::string Writer::broken() {
  const std::lock_guard lock(mutex_);
  return broken_;
}

base::Done Writer::run(const Action& action) {
  CHECK(current_writer != this);  // Rule (f).
  const auto waiting = std::make_shared<Waiting>(action);
  {
    const std::lock_guard lock(mutex_);
    if (!broken_.empty()) return base::refuse(base::Code::unavailable, cannot_write);
    if (queue_.size() >= queue_limit_) {
      ++figures.refused_full;
      return base::refuse(base::Code::unavailable, "Too much is going on at the moment. Try again in a second.");
    }
    queue_.push_back(waiting);
  }
  work_.notify_one();
  waiting->answered.get_future().wait();
  if (waiting->failure) std::rethrow_exception(waiting->failure);
  if (waiting->turned_away) return base::refuse(base::Code::unavailable, cannot_write);
  return base::done();
}

std::shared_ptr<Writer::Waiting> Writer::next(bool wait) {
  std::unique_lock lock(mutex_);
  if (wait) work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  if (queue_.empty()) return nullptr;
  auto first = std::move(queue_.front());
  queue_.pop_front();
  return first;
}

void Writer::loop() {
  current_writer = this;
  while (auto first = next(true)) {
    Batch batch{std::move(first)};
    if (!broken().empty())  // Queued before the disk failed.
      batch.front()->turned_away = true;
    else if (!run_together(batch))
      for (auto& waiting : batch) run_alone(*waiting);
    for (auto& waiting : batch) {
      if (waiting->failure && is_io_error(waiting->failure)) stop_writing();
      waiting->answered.set_value();
    }
  }
}

void Writer::stop_writing() {
  const std::lock_guard lock(mutex_);
  broken_ = "The database file could not be written. Look at the disk, then start the server again.";
}

/// Runs the batch, and what joins it meanwhile, in one transaction. False: the engine ended it under us, nothing was
/// kept.
bool Writer::run_together(Batch& batch) {
  const auto started = std::chrono::steady_clock::now();
  try {
    connection_->control("begin immediate");
    for (std::size_t at = 0; at < batch.size(); ++at) {
      if (!run_in_savepoint(*batch[at])) return false;
      const bool full = batch.size() >= batch_limit || std::chrono::steady_clock::now() - started > batch_time;
      if (!full && at + 1 == batch.size())
        if (auto more = next(false)) batch.push_back(std::move(more));
    }
    commit(batch);
  } catch (...) {  // Told to everybody in the batch: a refusal too may rest on a neighbour that is not to be.
    fail(batch, std::current_exception());
  }
  return true;
}

void Writer::fail(Batch& batch, const std::exception_ptr& failure) {
  for (const auto& waiting : batch) waiting->kept = false, waiting->failure = failure;
  if (!connection_->roll_back()) stop_writing();
}

bool Writer::run_in_savepoint(Waiting& waiting) {
  connection_->control("savepoint action");
  run_action(waiting);
  if (!connection_->in_transaction()) {
    // On a disk that fails nothing is tried again.
    if (waiting.failure && is_io_error(waiting.failure)) std::rethrow_exception(waiting.failure);
    return false;
  }
  if (!waiting.kept) connection_->control("rollback to action");
  connection_->control("release action");
  return true;
}

void Writer::run_action(Waiting& waiting) {
  Transaction transaction(*connection_);
  waiting.kept = false;
  waiting.failure = nullptr;
  ++figures.actions;
  try {
    waiting.kept = waiting.action(transaction);
    waiting.touched = std::move(transaction.touched);
    for (auto& touched : waiting.touched) touched.position = transaction.position;
  } catch (...) {  // Rethrown to the caller in run().
    waiting.failure = std::current_exception();
  }
}

void Writer::run_alone(Waiting& waiting) {
  ++figures.rerun_alone;
  Batch alone{std::shared_ptr<Waiting>(std::shared_ptr<void>(), &waiting)};  // Borrowed.
  try {
    connection_->control("begin immediate");
    run_action(waiting);
    if (connection_->in_transaction()) return commit(alone);
    if (!waiting.failure) throw base::Bug("an action ended the transaction that it ran in");
    waiting.kept = false;
  } catch (...) {  // Rethrown to the caller in run().
    fail(alone, std::current_exception());
  }
}

/// Makes durable what was kept, then moves the caches. Throws where the engine could not.
void Writer::commit(Batch& batch) {
  std::vector<Touched> touched;
  for (const auto& waiting : batch)
    if (waiting->kept) touched.insert(touched.end(), waiting->touched.begin(), waiting->touched.end());
  const bool anything = std::any_of(batch.begin(), batch.end(), [](const auto& waiting) { return waiting->kept; });
  connection_->control(anything ? "commit" : "rollback");
  figures.commits += anything;
  CommitListener listener;
  {
    const std::lock_guard lock(mutex_);
    listener = listener_;
  }
  if (listener && !touched.empty()) listener(touched);
}

}  // namespace store
