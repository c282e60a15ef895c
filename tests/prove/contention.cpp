#include "prove/contention.h"

#include "prove/tables.h"

namespace prove {

using Watch = std::chrono::steady_clock;

Contention contend(const std::string& address, const RunOptions& options) {
  constexpr int parts = 3;
  const auto plan = contended_plan();
  Clock clock;
  Journal journal;
  Contention contention;
  auto school = make_school(address, plan, options.nodes);
  for (int part = 0; part < parts; ++part) {
    if (part > 0) {
      school.reset();
      school = std::make_unique<OpenSchool>(address, options.nodes);
    }
    const auto begun = Watch::now();
    journal.append(run_load(*school, plan, clock,
                            {.clients = options.clients,
                             .attempts = options.attempts / parts + (part == 0 ? options.attempts % parts : 0),
                             .seed = options.seed * parts + static_cast<std::uint64_t>(part)}));
    contention.seconds += seconds_since(begun);
    contention.repetitions += school->repetitions();
  }
  school.reset();
  if (store::is_postgres(address))
    contention.deadlocks =
        Tables(address).number("select deadlocks from pg_stat_database where datname = current_database()");
  contention.audit = audit_journal(address, plan, journal);
  return contention;
}

Rate book_at_full_rate(const std::string& address, const RunOptions& options) {
  const auto plan = roomy_plan(options.clients * 2);
  Rate rate;
  Journal journal;
  {
    const auto school = make_school(address, plan, options.nodes);
    const auto begun = Watch::now();
    journal = run_roomy(*school, plan, {.clients = options.clients, .attempts = options.attempts});
    rate.bookings_per_second = static_cast<double>(options.attempts) / seconds_since(begun);
  }
  rate.faults = journal.faults;
  std::map<std::int64_t, std::int64_t> acknowledged;
  for (const auto& attempt : journal.attempts)
    if (attempt.accepted) acknowledged[attempt.got] = attempt.got_version;
  const auto audit = audit_acknowledged(address, acknowledged, static_cast<std::int64_t>(acknowledged.size()), 0);
  rate.faults.insert(rate.faults.end(), audit.faults.begin(), audit.faults.end());
  return rate;
}

Audit book_with_jumping_clocks(const std::string& address, const RunOptions& options) {
  constexpr Seconds nights[] = {1'774'742'400, 1'792'886'400};  // 2026-03-29 and 2026-10-25, midnight in London.
  constexpr Seconds jumps[] = {hour, -hour, day, -day, -2 * hour, 3 * day, -3 * day};
  auto plan = contended_plan();
  plan.opens = 0;
  plan.closes = 6 * hour;
  const auto school = make_school(address, plan, options.nodes);
  std::map<std::int64_t, std::int64_t> acknowledged;
  std::int64_t answers = 0;
  std::mutex mutex;
  LoadOptions load{.clients = options.clients, .attempts = options.attempts / 14, .seed = options.seed};
  load.answered = [&](const Attempt& attempt) {
    const std::lock_guard lock(mutex);
    if (!attempt.accepted) return;
    ++answers;
    auto& version = acknowledged[attempt.got];
    version = std::max(version, attempt.got_version);
  };
  std::vector<std::string> faults;
  for (const auto night : nights) {
    Clock clock;
    clock.now = night - 2 * day;
    for (const auto jump : jumps) {
      ++load.seed;
      const auto journal = run_load(*school, plan, clock, load);
      faults.insert(faults.end(), journal.faults.begin(), journal.faults.end());
      clock.now += jump;
    }
  }
  auto audit = audit_acknowledged(address, acknowledged, answers, 0);
  audit.faults.insert(audit.faults.end(), faults.begin(), faults.end());
  audit.accepted = answers;
  return audit;
}

}  // namespace prove
