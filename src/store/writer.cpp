#include "store/writer.h"

#include <sqlite3.h>

namespace store {

namespace {

constexpr std::size_t batch_limit = 64;
constexpr std::chrono::milliseconds batch_time{5};

thread_local const Writer* current_writer = nullptr;

bool is_io_error(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const SqlError& error) {
    return (error.code & 0xff) == SQLITE_IOERR;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, std::size_t queue_limit)
    : connection_(std::move(connection)), queue_limit_(queue_limit), thread_([this] { loop(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
}

void Writer::on_commit(std::function<void(const std::vector<Touched>&)> listener) {
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
    if (!broken_.empty()) return base::refuse(base::Code::unavailable, "Bookings cannot be written at the moment.");
    if (queue_.size() >= queue_limit_) {
      ++figures.refused_full;
      return base::refuse(base::Code::unavailable, "Too much is going on at the moment. Try again in a second.");
    }
    queue_.push_back(waiting);
  }
  work_.notify_one();
  waiting->answered.get_future().wait();
  if (waiting->failure) std::rethrow_exception(waiting->failure);
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
    if (!run_together(batch))
      for (auto& waiting : batch) run_alone(*waiting), ++figures.rerun_alone;
    for (auto& waiting : batch) {
      if (waiting->failure && is_io_error(waiting->failure)) {
        const std::lock_guard lock(mutex_);
        broken_ = "The database file could not be written. Look at the disk, then start the server again.";
      }
      waiting->answered.set_value();
    }
  }
}

/// Runs the batch, and what joins it meanwhile, in one transaction. False: the engine ended it under us, nothing was
/// kept.
bool Writer::run_together(Batch& batch) {
  const auto started = std::chrono::steady_clock::now();
  try {
    connection_->execute("begin immediate");
  } catch (...) {  // Told to the one who waits.
    batch.front()->failure = std::current_exception();
    return true;
  }
  for (std::size_t at = 0; at < batch.size(); ++at) {
    if (!run_in_savepoint(*batch[at])) return false;
    const bool full = batch.size() >= batch_limit || std::chrono::steady_clock::now() - started > batch_time;
    if (!full && at + 1 == batch.size())
      if (auto more = next(false)) batch.push_back(std::move(more));
  }
  commit(batch);
  return true;
}

bool Writer::run_in_savepoint(Waiting& waiting) {
  connection_->execute("savepoint action");
  run_action(waiting);
  if (!connection_->in_transaction()) return false;
  connection_->execute(waiting.kept ? "release action" : "rollback to action; release action");
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
  } catch (...) {  // Rethrown to the caller in run().
    waiting.failure = std::current_exception();
  }
}

void Writer::run_alone(Waiting& waiting) {
  try {
    connection_->execute("begin immediate");
    run_action(waiting);
    Batch alone{std::shared_ptr<Waiting>(std::shared_ptr<void>(), &waiting)};  // Borrowed.
    if (connection_->in_transaction()) return commit(alone);
    waiting.kept = false;
  } catch (...) {  // Rethrown to the caller in run().
    waiting.kept = false;
    waiting.failure = std::current_exception();
    abandon();
  }
}

/// Makes durable what was kept, then moves the caches; where the commit fails, everybody who kept something hears why.
void Writer::commit(Batch& batch) {
  std::vector<Touched> touched;
  for (const auto& waiting : batch)
    if (waiting->kept) touched.insert(touched.end(), waiting->touched.begin(), waiting->touched.end());
  const bool anything = std::any_of(batch.begin(), batch.end(), [](const auto& waiting) { return waiting->kept; });
  try {
    connection_->execute(anything ? "commit" : "rollback");
    figures.commits += anything;
  } catch (...) {  // Rethrown to the callers in run().
    for (const auto& waiting : batch)
      if (waiting->kept) waiting->failure = std::current_exception();
    return abandon();
  }
  std::function<void(const std::vector<Touched>&)> listener;
  {
    const std::lock_guard lock(mutex_);
    listener = listener_;
  }
  if (listener && !touched.empty()) listener(touched);
}

void Writer::abandon() {
  if (connection_->in_transaction()) connection_->execute("rollback");
}

}  // namespace store
