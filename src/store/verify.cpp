#include "store/verify.h"

#include "store/audit.h"
#include "store/bookings.h"
#include "store/postgres.h"
#include "store/schedules.h"
#include "store/sqlite.h"

namespace store {

namespace {

constexpr std::array<std::string_view, 7> kept_tables{"bookings", "lesson_types", "vehicles",   "closures",
                                                      "hours",    "time_off",     "constraints"};
/// What identifies a row, where it is not (school_id, id).
const std::map<std::string_view, std::string_view> keys{{"hours", "school_id, instructor_id"},
                                                        {"constraints", "school_id, rule, instructor_id"}};

/// How an engine names what was there and what is made here for a while.
struct Schemas {
  std::string_view kept, scratch;
};
Schemas schemas(const Transaction& tx) {
  return tx.engine() == Engine::sqlite ? Schemas{"main", "temp"} : Schemas{"public", "pg_temp"};
}
constexpr int faults_at_most = 5;

/// The unqualified names of the SQL in this folder mean the TEMP tables from here on: they come first in both engines.
void make_scratch_tables(Transaction& tx) {
  for (const auto table : kept_tables) {
    const auto key = keys.contains(table) ? keys.at(table) : "school_id, id";
    tx.run(fmt::format("create temp table {0} as select * from {1}.{0} limit 0", table, schemas(tx).kept));
    if (tx.engine() == Engine::sqlite)
      tx.run(fmt::format("create unique index temp.scratch_{0} on {0} ({1})", table, key));
    else
      tx.run(fmt::format("create unique index scratch_{0} on pg_temp.{0} ({1})", table, key));
  }
}

void compare(Transaction& tx, base::SchoolId school, std::string_view table, std::vector<std::string>& faults) {
  const auto differing = [&](std::string_view left, std::string_view right, std::string_view what) {
    for (const Row row : tx.query(fmt::format("select * from (select * from {0}.{2} where school_id = $1"
                                              " except select * from {1}.{2} where school_id = $1) differing limit {3}",
                                              left, right, table, faults_at_most),
                                  school))
      faults.push_back(fmt::format("{} {} of school {} {}", table, base::to_text(row.integer(1)),
                                   base::to_text(row.integer(0)), what));
  };
  const auto [kept, scratch] = schemas(tx);
  differing(kept, scratch, "is not what its events say");
  differing(scratch, kept, "is missing or not as its events say");
}

/// Where any two overlap, so do two that begin one after the other: one pass in their order finds them.
void find_overlaps(Transaction& tx, base::SchoolId school, std::vector<std::string>& faults) {
  struct Span {
    std::string_view owner, start, end;
  };
  constexpr std::array<Span, 3> spans{{{"instructor_id", "occupied_start", "occupied_end"},
                                       {"learner_id", "starts_at", "ends_at"},
                                       {"vehicle_id", "starts_at", "vehicle_end"}}};
  for (const auto& [owner, start, end] : spans)
    for (const Row row :
         tx.query(fmt::format("select before_id, id from (select id, {1} as begins, lag(id) over in_turn as before_id,"
                              " lag({2}) over in_turn as before_ends from {4}.bookings"
                              " where school_id = $1 and blocks = 1 and {0} is not null"
                              " window in_turn as (partition by {0} order by {1}, id)) neighbours"
                              " where before_ends > begins limit {3}",
                              owner, start, end, faults_at_most, schemas(tx).kept),
                  school))
      faults.push_back(fmt::format("bookings {} and {} have the same {} at the same time",
                                   base::to_text(row.integer(0)), base::to_text(row.integer(1)), owner));
  for (const Row row : tx.query(fmt::format("select id from {}.bookings where school_id = $1 and blocks <> case"
                                            " when status in ('held', 'requested', 'booked') then 1 else 0 end limit 5",
                                            schemas(tx).kept),
                                school))
    faults.push_back(fmt::format("booking {} does not block as its status says", base::to_text(row.integer(0))));
}

}  // namespace

std::span<const std::string_view> replayed_tables() {
  return kept_tables;
}

void apply(Transaction& tx, base::SchoolId school, const Event& event) {
  if (replay_schedule(tx, school, event) || !event.stream.starts_with("booking/")) return;
  put_row(tx, school, booking_after(event));
}

namespace {

/// Into the scratch tables; how many events. One that the tables do not take is a fault, and ends the replay.
std::int64_t replay(Transaction& tx, base::SchoolId school, std::vector<std::string>& faults) {
  std::int64_t events = 0;
  tx.run("savepoint replay");
  try {
    const auto broken = read_log(tx, school, [&](const Event& event) {
      ++events;
      apply(tx, school, event);
    });
    if (!broken.empty()) faults.push_back(fmt::format("school {}: {}", base::to_text(school), broken));
    tx.run("release savepoint replay");
  } catch (const std::exception& error) {
    faults.push_back(fmt::format("school {}: the log cannot be replayed: {}", base::to_text(school), error.what()));
    tx.run("rollback to savepoint replay");
  }
  return events;
}

}  // namespace

Verification verify(Transaction& tx) {
  Verification verification;
  auto& faults = verification.faults;
  make_scratch_tables(tx);
  if (tx.engine() == Engine::sqlite)
    for (const Row row : tx.query("pragma main.integrity_check(5)"))
      if (row.view(0) != "ok") faults.push_back("the file is damaged: " + row.text(0));
  for (const auto school : all_schools(tx)) {
    tx.enter(school);
    verification.events += replay(tx, school, faults);
    for (const auto table : kept_tables) compare(tx, school, table, faults);
    find_overlaps(tx, school, faults);
    if (const auto fault = audit_fault(tx, school); !fault.empty())
      faults.push_back(fmt::format("school {}: {}", base::to_text(school), fault));
  }
  return verification;
}

namespace {

constexpr std::chrono::hours longest_verify{6};
constexpr int ordered_at_once = 1'000;

}  // namespace

Verification verify(const std::string& path) {
  if (is_postgres(path)) {
    PostgresConnection connection(path, std::chrono::steady_clock::now() + longest_verify);
    Transaction tx(connection);
    connection.execute("begin");
    while (put_in_order(tx, ordered_at_once)) {
    }
    connection.execute("commit; begin isolation level repeatable read");
    return verify(tx);
  }
  SqliteConnection connection(path, SqliteConnection::Mode::read_only);
  Transaction tx(connection);
  connection.execute("pragma temp_store = file; begin");  // A copy of all bookings is too much for memory.
  return verify(tx);
}

std::int64_t rebuild(Database& database) {
  const auto replayed = database.transact<std::int64_t>(no_school, [&](Transaction& tx) -> base::Result<std::int64_t> {
    std::int64_t events = 0;
    while (put_in_order(tx, ordered_at_once)) {
    }
    for (const auto school : all_schools(tx)) {
      tx.enter(school);
      for (const auto table : kept_tables) tx.run(fmt::format("delete from {} where school_id = $1", table), school);
      const auto broken = read_log(tx, school, [&](const Event& event) {
        ++events;
        apply(tx, school, event);
      });
      if (!broken.empty()) throw std::runtime_error("The log is broken, nothing was rebuilt: " + broken);
    }
    return events;
  });
  return replayed.value();
}

}  // namespace store
