/// How one calendar elsewhere is followed: a machine that is told what happened and says what to do. Pure: time and
/// chance are given to it, so that months with all their faults run in a test.
///
/// After events.list with sync tokens: a full listing once, then what changed; all pages before anything is kept; a
/// token that is too old (410) means one full listing again. Notifications only hurry; polling alone is enough.
#pragma once

#include <random>
#include <variant>

#include "calendars/foreign.h"

namespace calendars {

/// How a call went wrong, for whoever decides what comes next.
enum class Trouble {
  later,    ///< Limits, time-outs, 5xx, answers that cannot be read: the same again, later.
  expired,  ///< The sync token is too old.
  consent,  ///< The grant is gone, or too small: nothing helps but the person.
  missing,  ///< The calendar is not there any more, or no longer to be seen.
  refused,  ///< The access token: a fresh one may help, once.
  fixed,    ///< This may not be done to this event (a guest's, a reader's): never, however often it is tried.
};

struct Page {
  std::vector<ForeignEvent> events;
  std::string next_page;   ///< "": this was the last one,
  std::string sync_token;  ///< and brought this.
};

// What to do.
struct Ask {                     ///< For a page of events.list.
  std::string sync_token, page;  ///< "": from the beginning.
  bool operator==(const Ask&) const = default;
};
struct Keep {  ///< In one transaction.
  std::vector<ForeignEvent> events;
  bool whole;  ///< They are all there is.
  std::string sync_token;
};
/// The owner and the school. Where consent is gone nothing is asked until they act; what is missing is looked for
/// again, ever more rarely: what one answer says another may take back.
struct Tell {
  Trouble why;
};
using Effect = std::variant<std::monostate, Ask, Keep, Tell>;

struct PullPolicy {
  std::chrono::seconds poll{300};        ///< CALENDAR_POLL_SECONDS, spread by a quarter each way.
  std::chrono::milliseconds base{1000};  ///< CALENDAR_RETRY_BASE_MS: doubles with each failure, half of it by chance,
  std::chrono::milliseconds cap{64000};  ///< CALENDAR_RETRY_CAP_MS: up to this.
};

/// Until the next try after so many failures in a row besides this one; `chance` in [0, 1). Between looks for a
/// calendar that is not there a minute, and by and by an hour.
std::chrono::milliseconds wait_after(const PullPolicy& policy, Trouble why, int failures, double chance);

class Pull {
 public:
  using Time = std::chrono::sys_time<std::chrono::milliseconds>;

  /// `sync_token` as it was kept last ("": never), after so many failures in a row. Due at once.
  Pull(PullPolicy policy, std::string sync_token, std::uint64_t seed, Time now, int failures = 0);

  /// When due() wants to be called; nothing while an answer is awaited or a person has to act.
  std::optional<Time> due_at() const { return due_; }
  Effect due(Time now);
  /// The calendar has changed, says a channel. Bursts are one pull, and one more if it came while one ran.
  void notified(Time now);
  /// The page that was asked for. What it leads to is done before anything else is told.
  Effect answered(Page page, Time now);
  /// What Keep said is durable. If it failed instead: failed(), and the pages are read again.
  void kept(Time now);
  Effect failed(Trouble why, std::optional<std::chrono::seconds> retry_after, Time now);
  /// The person has connected anew, or chosen the calendar again.
  void resumed(Time now);

  int failures() const { return failures_; }                    ///< In a row.
  bool troubled() const { return failures_ >= 3 || stopped_; }  ///< To be shown.

 private:
  Effect first_page();
  double chance() { return std::uniform_real_distribution()(random_); }

  const PullPolicy policy_;
  std::mt19937_64 random_;
  std::string kept_token_;            ///< As it is in the database; "" too while everything is read anew.
  std::string new_token_;             ///< Of what is being kept.
  std::vector<ForeignEvent> events_;  ///< Of the pages so far.
  int pages_ = 0;
  std::optional<Time> due_;
  int failures_ = 0;
  bool again_ = false;  ///< Something changed while a listing ran.
  bool stopped_ = false;
};

}  // namespace calendars
