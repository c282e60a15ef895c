/// Something that was fetched and is kept for a while: one fetch at a time, and few.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "base/result.h"

namespace auth {

template <class T>
class Kept {
 public:
  using Value = std::shared_ptr<const T>;
  struct Options {
    std::chrono::seconds lifetime;     ///< Then it is fetched again.
    std::chrono::seconds pause;        ///< Between fetches because of what `good` says.
    std::chrono::seconds patience{5};  ///< How long to wait for another's fetch.
    std::chrono::seconds pause_after_failure = std::chrono::seconds{1};
  };
  explicit Kept(const Options& options) : options_(options) {}

  /// What is kept, while it is young and `good`; else what `fetch` brings. What is not good is returned all the same
  /// where it was fetched a moment ago.
  base::Result<Value> get(
      const std::function<base::Result<T>()>& fetch,
      const std::function<bool(const T&)>& good = [](const T&) { return true; }) {
    const auto arrived = Clock::now();
    if (auto value = young(arrived); value && good(*value)) return value;
    const Turn turn(*this);
    if (!turn.mine) return away();
    const auto now = Clock::now();
    const auto value = young(now);
    const bool lately = tried_at_ && (*tried_at_ > arrived ||
                                      now < *tried_at_ + (value ? options_.pause : options_.pause_after_failure));
    if (lately && value) return value;
    if (lately) return away();
    tried_at_ = now;
    auto fetched = fetch();
    if (!fetched) return base::refuse(std::move(fetched).error());
    return keep(std::move(*fetched));
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// Who fetches. No std::timed_mutex: g++ 12's ThreadSanitizer does not see how it is locked.
  struct Turn {
    explicit Turn(Kept& kept_) : kept(kept_) {
      std::unique_lock lock(kept.mutex_);
      mine = kept.free_.wait_for(lock, kept.options_.patience, [this] { return !kept.fetching_; });
      if (mine) kept.fetching_ = true;
    }
    ~Turn() {
      if (!mine) return;
      const std::lock_guard lock(kept.mutex_);
      kept.fetching_ = false;
      kept.free_.notify_one();
    }
    Turn(const Turn&) = delete;
    Kept& kept;
    bool mine;
  };

  static auto away() {
    return base::refuse(base::Code::unavailable, "The other service does not answer at the moment. Try again soon.");
  }
  Value young(Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    return value_ && now < kept_at_ + options_.lifetime ? value_ : nullptr;
  }
  Value keep(T&& value) {
    const std::lock_guard lock(mutex_);
    kept_at_ = Clock::now();
    return value_ = std::make_shared<const T>(std::move(value));
  }

  const Options options_;
  std::optional<Clock::time_point> tried_at_;  ///< Of whoever fetches.
  std::condition_variable free_;
  std::mutex mutex_;  ///< Of what follows.
  bool fetching_ = false;
  Value value_;
  Clock::time_point kept_at_{};
};

}  // namespace auth
