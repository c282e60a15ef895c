/// Turns events into jobs and jobs into mail, in a thread of its own. Nothing waits for it; what it does not finish it
/// finds again after a restart.
#pragma once

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
  net::CallPolicy policy = {};
};

/// Makes jobs of events that have none yet, at most `limit`, in one transaction. Returns how many events.
int dispatch(const actions::Context& context, int limit = 200);

/// Runs jobs that are due at `now`, at most `limit`, each in its own transaction. Returns how many it ran.
int run_due(const Office& office, base::Instant now, int limit = 50);

struct WorkerFigures {
  std::atomic<std::int64_t> dispatched{0}, sent{0}, failed{0}, dead{0};
};

/// Rounds of both until it is destroyed.
class Worker {
 public:
  using Report = std::function<void(const std::string& failure)>;  ///< Called on its thread; the round comes again.
  Worker(Office office, Report report);
  ~Worker();
  Worker(const Worker&) = delete;

 private:
  void loop();
  const Office office_;
  const Report report_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace jobs
