#include "jobs/nightly.h"

namespace jobs {

base::Instant next_night(base::Instant now, std::chrono::seconds at) {
  const base::Instant tonight = std::chrono::floor<std::chrono::days>(now) + at;
  return tonight > now ? tonight : tonight + std::chrono::days{1};
}

Nightly::Nightly(std::chrono::seconds at, std::function<void()> work, std::function<void(const std::string&)> report)
    : at_(at), work_(std::move(work)), report_(std::move(report)), thread_([this] { loop(); }) {}

Nightly::~Nightly() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Nightly::loop() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_until(lock, next_night(base::now(), at_), [this] { return stopping_; })) {
    lock.unlock();
    try {
      work_();
    } catch (const std::exception& error) {
      report_(error.what());
    }
    lock.lock();
  }
}

}  // namespace jobs
