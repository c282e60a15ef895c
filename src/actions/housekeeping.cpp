#include "actions/housekeeping.h"

namespace actions {

namespace {
constexpr int keys_at_once = 500;
}

Housekept keep_house(const Context& context, base::Instant now) {
  Housekept done{.expired = expire_lapsed(context, now, "housekeeping-" + base::to_text(base::make_id()))};
  const auto forgotten =
      context.database.transact<std::int64_t>([&](store::Transaction& tx) -> base::Result<std::int64_t> {
        const auto count = store::forget_requests(tx, now - requests_remembered, keys_at_once);
        if (count == 0) return base::refuse(base::Code::not_found, "No key is that old.");  // Nothing to commit.
        return count;
      });
  done.forgotten = forgotten.value_or(0);
  return done;
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

void Housekeeper::loop() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, housekeeping_period, [this] { return stopping_; })) {
    lock.unlock();
    try {
      const auto done = keep_house(context_, base::now());
      if (done.expired > 0 || done.forgotten > 0) report_(done, "");
    } catch (const std::exception& error) {
      report_({}, error.what());
    }
    lock.lock();
  }
}

}  // namespace actions
