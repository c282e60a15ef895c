/// Live updates: every open page hears which calendars moved, a moment after the commit that moved them. Payloads name
/// a resource and its version, never a person's data; the page asks again for what it shows.
///
/// Server-sent events (WHATWG HTML §9.2): `event: moved` with {resource, version}, `event: resync` where the page must
/// ask for everything again: at the start of a stream, and where it fell behind. `id` is the position in the school's
/// log; who comes back with `Last-Event-ID` is sent what moved since, or `resync` where that is not known any more.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "actions/context.h"

namespace http {

/// What one client is still to be sent. Written by the writer's thread, read by an io thread.
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
  void put(std::span<const store::Touched> touched);
  void resume(std::span<const store::Touched> missed);
  void fall_behind();
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
  std::size_t remembered = 10'000;  ///< Of what moved, for those who come back.
};

/// Thread-safe.
class Live {
 public:
  explicit Live(LiveLimits limits = {}) : limits_(limits) {}

  /// `allowed` is asked again and again: a session that has ended, or a token that has expired, ends the stream.
  /// Refuses with `unavailable` where there are too many; the page polls then.
  /// `seen`: the last position that the page heard of, on a stream before this one.
  base::Result<std::shared_ptr<LiveStream>> open(const auth::Principal& principal, std::function<bool()> allowed,
                                                 std::optional<std::int64_t> seen = std::nullopt);
  /// What the database tells after each commit.
  void committed(const std::vector<store::Touched>& touched);
  /// Every page is to ask again: nobody knows what was committed meanwhile.
  void forget();

 private:
  void remember(const store::Touched& touched);

  const LiveLimits limits_;
  std::mutex mutex_;
  std::multimap<base::PersonId, std::weak_ptr<LiveStream>> streams_;
  std::deque<store::Touched> recent_;
  std::map<std::int64_t, std::int64_t> known_from_;  ///< By school: `recent_` has all that moved after this position.
};

}  // namespace http
