/// Two-way sync with calendars elsewhere: reads what takes time there, writes lessons, follows what people do to them
/// there. In threads of its own, so that mail waits for no calendar and no calendar for another one's provider.
///
/// What is next is decided by two machines that know no network (calendars/pull.h, push.h); here they are given
/// answers, and what they say is kept, each step in one transaction.
#pragma once

#include <condition_variable>
#include <thread>

#include "actions/conflicts.h"
#include "actions/outside.h"

namespace jobs {

/// How far ahead events of calendars elsewhere take time: lessons further ahead are booked by nobody.
inline constexpr std::chrono::days looks_ahead{400};
/// A provider that has not answered for so long is told of: within five minutes of the first failure.
inline constexpr std::chrono::seconds told_after{180};

struct SyncOffice {
  actions::Context context;
  store::People& people;
  const actions::Outside& outside;
  std::string public_url;
  std::function<void(const std::string& failure)> report;             ///< Called on the threads of the sync.
  std::function<void(std::string_view outcome)> count = [](auto) {};  ///< "ok", or what was the trouble of a call.
};

/// Reads the calendar that is due the longest at `now`; false where none is.
bool read_due_calendar(const SyncOffice& office, base::Instant now);
/// Writes the lessons of one instructor that are due; false where none are.
bool write_due_lessons(const SyncOffice& office, base::Instant now);

/// Rounds of both, and of making jobs of events, in so many threads until it is destroyed, which waits for calls under
/// way.
class Sync {
 public:
  explicit Sync(SyncOffice office, int threads = 4);
  ~Sync();
  Sync(const Sync&) = delete;

 private:
  void loop();
  const SyncOffice office_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace jobs
