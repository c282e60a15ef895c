/// Work for the quiet hours, in a thread of its own, so that nothing waits for it.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/clock.h"

namespace jobs {

/// The next moment after `now` at which the UTC clock says `at` (since midnight).
base::Instant next_night(base::Instant now, std::chrono::seconds at);

/// Does its work every night until it is destroyed, which waits for work under way. What `work` throws goes to `report`
/// and the next night tries again; both are called on its thread.
class Nightly {
 public:
  Nightly(std::chrono::seconds at, std::function<void()> work, std::function<void(const std::string&)> report);
  ~Nightly();
  Nightly(const Nightly&) = delete;

 private:
  void loop();
  const std::chrono::seconds at_;
  const std::function<void()> work_;
  const std::function<void(const std::string&)> report_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace jobs
