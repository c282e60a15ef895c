/// Turns events into jobs and jobs into mail, in a thread of its own. Nothing waits for it; what it does not finish it
/// finds again after a restart.
#pragma once

#include <atomic>
#include <condition_variable>
#include <thread>

#include "actions/identity.h"
#include "jobs/dispatch.h"
#include "notify/letters.h"

namespace jobs {

/// How mail leaves: SMTP, or the demo's letter box. Called by one thread at a time.
using Deliver = std::function<net::SendingResult(const net::Mail&)>;

struct Office {
  actions::Context context;
  store::People& people;
  Deliver deliver;
  net::Mailbox from;  ///< The address that all mail comes from; its name is the school's.
  std::string public_url;
  std::function<void(const std::string& failure)> report;  ///< Called on the worker's thread.
  std::function<void()> interrupt = [] {};  ///< Called when the worker is to end: gives up a mail that is under way.
  net::CallPolicy policy = {};
};

/// Makes jobs of events that have none yet, at most `limit`, in one transaction. Returns how many events.
int dispatch(const actions::Context& context, int limit = 200);

/// Runs jobs that are due at `now`, about `limit` or until `enough`. Returns how many it took. Each mail is settled in
/// a transaction of its own. A job that throws is put off like one that failed, so that nobody waits behind it.
int run_due(
    const Office& office, base::Instant now, int limit = 50,
    const std::function<bool()>& enough = [] { return false; });

/// Rounds of both until it is destroyed.
class Worker {
 public:
  explicit Worker(Office office);
  ~Worker();
  Worker(const Worker&) = delete;
  /// Since it last looked for work, which it does four times a second and after some jobs.
  std::chrono::steady_clock::duration quiet_for() const { return std::chrono::steady_clock::now() - looked_.load(); }

 private:
  void loop();
  const Office office_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::chrono::steady_clock::time_point> looked_{std::chrono::steady_clock::now()};
  std::thread thread_;
};

}  // namespace jobs
