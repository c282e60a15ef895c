#include "actions/housekeeping.h"

#include "store/sign_in.h"

namespace actions {

namespace {
constexpr int rows_at_once = 500;

/// Runs a deletion; where it finds nothing, there is nothing to commit.
std::int64_t forget(const Context& context, const std::function<std::int64_t(store::Transaction&)>& deletion) {
  const auto done = context.database.transact<std::int64_t>([&](store::Transaction& tx) -> base::Result<std::int64_t> {
    const auto count = deletion(tx);
    if (count == 0) return base::refuse(base::Code::not_found, "Nothing is that old.");
    return count;
  });
  return done.value_or(0);
}
}  // namespace

Housekept keep_house(const Context& context, base::Instant now) {
  Housekept done{.expired = expire_lapsed(context, now, "housekeeping-" + base::to_text(base::make_id()))};
  done.forgotten = forget(context, [&](store::Transaction& tx) {
    return store::forget_requests(tx, now - requests_remembered, rows_at_once);
  });
  return done;
}

Cleared clear_out(const Context& context, base::Instant now) {
  Cleared cleared;
  cleared.sessions = forget(context, [&](store::Transaction& tx) {
    return store::forget_sessions(tx, now - sessions_remembered, rows_at_once);
  });
  cleared.orphan_keys = store::sweep_orphan_keys(context.database, context.keys, now);
  return cleared;
}

Housekeeper::Housekeeper(Context context, Report report)
    : context_(context), report_(std::move(report)), thread_([this] { loop(); }) {}

Housekeeper::~Housekeeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Housekeeper::round() {
  const auto now = base::now();
  const auto done = keep_house(context_, now);
  if (done.expired > 0 || done.forgotten > 0) report_(done, "");
  if (now < clear_next_) return;
  clear_out(context_, now);
  clear_next_ = now + clearing_period;
}

void Housekeeper::loop() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, housekeeping_period, [this] { return stopping_; })) {
    lock.unlock();
    try {
      round();
    } catch (const std::exception& error) {
      report_({}, error.what());
    }
    lock.lock();
  }
}

}  // namespace actions
