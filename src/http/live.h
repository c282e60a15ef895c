/// Live updates: every open page hears which calendars moved, a moment after the commit that moved them. Payloads name
/// a resource and its version, never a person's data; the page asks again for what it shows.
///
/// Server-sent events (WHATWG HTML §9.2): `event: moved` with {resource, version}, `event: resync` where the page must
/// ask for everything again: at the start of every stream, and where it fell behind.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "actions/context.h"

namespace http {

/// What one client is still to be sent. Written by the writer's thread, read by the io thread.
class LiveStream {
 public:
  LiveStream(auth::Principal principal, std::function<bool()> allowed);

  /// What is to be sent now, as text of the stream; empty where nothing is.
  std::string take();
  /// Whether whoever asked may still listen; asked before anything is sent.
  bool allowed() const { return allowed_(); }
  /// Called, on any thread, when there is something to take. Replaces the one before; nullptr: nobody waits.
  void on_ready(std::function<void()> wake);

 private:
  friend class Live;
  void put(const std::vector<store::Touched>& touched);
  bool concerns(const store::Touched& touched) const;

  const auth::Principal principal_;
  const std::function<bool()> allowed_;
  std::mutex mutex_;
  std::deque<std::string> waiting_;
  bool behind_ = true;  ///< The page knows nothing yet.
  std::function<void()> wake_;
};

struct LiveLimits {
  std::size_t streams = 2'000, of_a_person = 5;
};

/// Thread-safe.
class Live {
 public:
  explicit Live(LiveLimits limits = {}) : limits_(limits) {}

  /// `allowed` is asked again and again: a session that has ended, or a token that has expired, ends the stream.
  /// Refuses with `unavailable` where there are too many; the page polls then.
  base::Result<std::shared_ptr<LiveStream>> open(const auth::Principal& principal, std::function<bool()> allowed);
  /// What the database tells after each commit.
  void committed(const std::vector<store::Touched>& touched);

 private:
  const LiveLimits limits_;
  std::mutex mutex_;
  std::multimap<base::PersonId, std::weak_ptr<LiveStream>> streams_;
};

}  // namespace http
