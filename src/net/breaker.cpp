#include "net/breaker.h"

#include <algorithm>

namespace net {

std::chrono::seconds pause_after(const CallPolicy& policy, int attempts, std::uint64_t random) {
  const int doublings = std::clamp(attempts - 1, 0, 20);
  const auto whole = std::min<std::int64_t>(policy.first_pause.count() << doublings, policy.longest_pause.count());
  const auto half = whole / 2;
  return std::chrono::seconds{half + static_cast<std::int64_t>(random % static_cast<std::uint64_t>(whole - half + 1))};
}

bool Breaker::allows(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (failures_ < policy_.breaker_failures) return true;
  if (now < reopens_) return false;
  reopens_ = now + policy_.breaker_pause;  // One tries; the others wait for what comes of it.
  return true;
}

void Breaker::answered() {
  const std::lock_guard lock(mutex_);
  failures_ = 0;
}

void Breaker::failed(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (++failures_ >= policy_.breaker_failures) reopens_ = now + policy_.breaker_pause;
}

bool Breaker::open() const {
  const std::lock_guard lock(mutex_);
  return failures_ >= policy_.breaker_failures;
}

}  // namespace net
