#include "actions/housekeeping.h"

#include "actions/erasure.h"
#include "actions/retention.h"
#include "store/acting.h"
#include "store/audit.h"
#include "store/data_requests.h"
#include "store/exports.h"
#include "store/factors.h"
#include "store/guests.h"
#include "store/identities.h"
#include "store/proofs.h"
#include "store/schedules.h"
#include "store/sign_in.h"

namespace actions {

namespace {
constexpr int rows_at_once = 500, signals_at_once = 10'000;
constexpr std::chrono::days longest_month{31};

/// Runs a deletion until it finds less than it may take at once; where it finds nothing, there is nothing to commit.
std::int64_t forget(const Context& context, base::SchoolId school, int at_once,
                    const std::function<std::int64_t(store::Transaction&, int at_once)>& deletion) {
  for (std::int64_t all = 0;;) {
    const auto done =
        context.database.transact<std::int64_t>(school, [&](store::Transaction& tx) -> base::Result<std::int64_t> {
          const auto count = deletion(tx, at_once);
          if (count == 0) return base::refuse(base::Code::not_found, "Nothing is that old.");
          return count;
        });
    all += done.value_or(0);
    if (done.value_or(0) < at_once) return all;
  }
}

std::vector<base::SchoolId> schools(const Context& context) {
  return context.database.read(store::no_school, [](store::Transaction& tx) { return store::all_schools(tx); });
}
}  // namespace

Housekept keep_house(const Context& context, base::Instant now) {
  const auto lapsed = context.database.read(store::no_school, [&](store::Transaction& tx) {
    std::vector<base::SchoolId> some;
    for (const auto school : store::all_schools(tx)) {
      tx.enter(school);
      if (!store::lapsed_bookings(tx, school, now, 1).empty()) some.push_back(school);
    }
    return some;
  });
  Housekept done;
  const auto id = "housekeeping-" + base::to_text(base::make_id());
  for (const auto school : lapsed) done.expired += expire_lapsed(context, school, now, id);
  return done;
}

Cleared clear_out(const Context& context, base::Instant now) {
  Cleared cleared;
  for (const auto school : schools(context)) {
    cleared.requests += forget(context, school, rows_at_once, [&](store::Transaction& tx, int at_once) {
      return store::forget_requests(tx, school, now - requests_remembered, at_once);
    });
    cleared.sessions += forget(context, school, rows_at_once, [&](store::Transaction& tx, int at_once) {
      return store::forget_sessions(tx, school, now - sessions_remembered, at_once);
    });
    cleared.proofs += forget(context, school, rows_at_once, [&](store::Transaction& tx, int at_once) {
      return store::forget_proofs(tx, school, now, at_once);
    });
    cleared.guest_links += forget(context, school, rows_at_once, [&](store::Transaction& tx, int at_once) {
      return store::forget_guest_links(tx, school, now, at_once);
    });
    cleared.states += forget(context, school, rows_at_once, [&](store::Transaction& tx, int at_once) {
      return store::forget_states(tx, school, now, at_once);
    });
    cleared.challenges += forget(context, school, rows_at_once, [&](store::Transaction& tx, int at_once) {
      return store::forget_challenges(tx, school, now, at_once);
    });
    cleared.exports += forget(context, school, rows_at_once, [&](store::Transaction& tx, int at_once) {
      return store::forget_exports(tx, school, now, at_once);
    });
    cleared.too_old += forget_too_old(context, school, now);
    const auto kept = context.database.read(
        school, [&](store::Transaction& tx) { return store::find_school(tx, school).audit_months; });
    cleared.deeds += forget(context, school, rows_at_once, [&](store::Transaction& tx, int at_once) {
      return store::forget_deeds(tx, school, now - kept * longest_month, at_once);
    });
    cleared.data_requests += forget(context, school, rows_at_once, [&](store::Transaction& tx, int at_once) {
      return store::forget_data_requests(tx, school, now - kept * longest_month, at_once);
    });
    cleared.impersonations += forget(context, school, rows_at_once, [&](store::Transaction& tx, int at_once) {
      return store::forget_impersonations(tx, school, now - kept * longest_month, at_once);
    });
  }
  cleared.signals = forget(context, store::no_school, signals_at_once, [&](store::Transaction& tx, int at_once) {
    return store::forget_signals(tx, now - store::signals_kept, at_once);
  });
  cleared.erasures = replay_erasures(context, now);
  cleared.orphan_keys = store::sweep_orphan_keys(context.database, context.keys, now);
  return cleared;
}

Housekeeper::Housekeeper(Context context, Report report)
    : context_(context), report_(std::move(report)), thread_([this] { loop(); }) {}

Housekeeper::~Housekeeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Housekeeper::round() {
  const auto now = base::now();
  const auto done = keep_house(context_, now);
  if (done.expired > 0) report_(done, "");
  if (now < clear_next_) return;
  clear_out(context_, now);
  clear_next_ = now + clearing_period;
}

void Housekeeper::loop() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, housekeeping_period, [this] { return stopping_; })) {
    lock.unlock();
    try {
      round();
    } catch (const std::exception& error) {
      report_({}, error.what());
    }
    lock.lock();
  }
}

}  // namespace actions
