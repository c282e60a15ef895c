/// What nobody asks for and must happen all the same. Each step is bounded and may run twice.
#pragma once

#include <condition_variable>
#include <thread>

#include "actions/bookings.h"

namespace actions {

/// Holds and requests whose time is over end within this time, even where nobody touches their calendars.
inline constexpr std::chrono::seconds housekeeping_period{2};
inline constexpr std::chrono::hours requests_remembered{24};

struct Housekept {
  int expired = 0;  ///< Holds and requests.
};
/// One round.
Housekept keep_house(const Context& context, base::Instant now);

/// What can wait: at the start and then once an hour.
inline constexpr std::chrono::hours clearing_period{1};
inline constexpr std::chrono::days sessions_remembered{1};
struct Cleared {
  std::int64_t requests = 0;        ///< Idempotency keys.
  std::int64_t sessions = 0;        ///< Rows of sessions that are over.
  std::int64_t proofs = 0;          ///< Addresses that nobody has proven in time.
  std::int64_t guest_links = 0;     ///< To lessons that are long over.
  std::int64_t states = 0;          ///< Sign-ins at providers that are too old to come back.
  std::int64_t challenges = 0;      ///< Used ones that are over.
  std::int64_t signals = 0;         ///< Those that nobody follows any more (PostgreSQL).
  std::int64_t deeds = 0;           ///< Rows of the audit that are older than the school keeps them.
  std::int64_t impersonations = 0;  ///< Likewise.
  std::int64_t data_requests = 0;   ///< Likewise, after they were answered.
  std::int64_t too_old = 0;         ///< Of what the school keeps for so long (actions/retention.h).
  std::int64_t exports = 0;         ///< That nobody has fetched in time.
  std::int64_t erasures = 0;        ///< Of whom one of the two stores did not know yet.
  std::int64_t orphan_keys = 0;     ///< Keys older than a day that nobody needs.
};
Cleared clear_out(const Context& context, base::Instant now);

/// Rounds in a thread of its own until it is destroyed. `report` hears of every failure (a round is tried again later)
/// and of every round that did something; it is called on that thread.
class Housekeeper {
 public:
  using Report = std::function<void(const Housekept&, const std::string& failure)>;
  Housekeeper(Context context, Report report);
  ~Housekeeper();
  Housekeeper(const Housekeeper&) = delete;

 private:
  void loop();
  void round();
  Context context_;
  Report report_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  base::Instant clear_next_{};
  std::thread thread_;
};

}  // namespace actions
