/// One policy for every call that leaves this machine: a time-out on each, a bounded number of tries with growing,
/// scattered pauses, and a circuit breaker per partner that stops asking one who does not answer.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

namespace net {

struct CallPolicy {
  std::chrono::milliseconds connect_time{5'000};
  std::chrono::milliseconds total_time{30'000};
  int tries = 8;                             ///< Then it is given up, for a person to look at.
  std::chrono::seconds first_pause{15};      ///< Doubles with each try …
  std::chrono::seconds longest_pause{3600};  ///< … up to this.
  int breaker_failures = 5;                  ///< In a row, before nobody is asked any more …
  std::chrono::seconds breaker_pause{30};    ///< … for this long; then one call tries again.
};

/// Before try number `attempts` + 1 (attempts ≥ 1): between half and all of the doubled pause, so that those who failed
/// together do not come back together. `random` is any 64 bits.
std::chrono::seconds pause_after(const CallPolicy& policy, int attempts, std::uint64_t random);

/// Closed: everybody may call. Open: nobody, until the pause is over; then one call at a time. Thread-safe.
class Breaker {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Breaker(const CallPolicy& policy) : policy_(policy) {}

  /// Whether a call may be made; who was told yes reports how it went.
  bool allows(Clock::time_point now = Clock::now());
  /// Any answer, even a refusal, shows that the partner is there.
  void answered();
  void failed(Clock::time_point now = Clock::now());
  bool open() const;

 private:
  const CallPolicy policy_;
  mutable std::mutex mutex_;
  int failures_ = 0;
  Clock::time_point reopens_{};
};

}  // namespace net
