#include "store/verify.h"

#include "store/bookings.h"
#include "store/schedules.h"

namespace store {

namespace {

constexpr std::array<std::string_view, 7> tables{"bookings", "lesson_types", "vehicles",   "closures",
                                                 "hours",    "time_off",     "constraints"};
constexpr int shown_at_most = 5;

/// The unqualified names of the SQL in this folder mean the TEMP tables from here on: they come first in both engines.
void make_scratch_tables(Connection& connection) {
  for (const auto table : tables) {
    connection.execute(fmt::format("create temp table {0} as select * from main.{0} limit 0", table));
    std::string key;
    Transaction tx(connection);
    for (const Row row :
         tx.query(fmt::format("select name from pragma_table_info('{}', 'main') where pk > 0 order by pk", table)))
      key += (key.empty() ? "" : ", ") + row.text(0);
    connection.execute(fmt::format("create unique index temp.scratch_{0} on {0} ({1})", table, key));
  }
}

void compare(Transaction& tx, std::string_view table, std::vector<std::string>& faults) {
  const auto differing = [&](std::string_view left, std::string_view right, std::string_view what) {
    for (const Row row :
         tx.query(fmt::format("select * from (select * from {0}.{2} except select * from {1}.{2}) limit {3}", left,
                              right, table, shown_at_most)))
      faults.push_back(fmt::format("{} {} of school {} {}", table, base::to_text(row.integer(1)),
                                   base::to_text(row.integer(0)), what));
  };
  differing("main", "temp", "is not what its events say");
  differing("temp", "main", "is missing or not as its events say");
}

void find_overlaps(Transaction& tx, std::vector<std::string>& faults) {
  struct Span {
    std::string_view owner, start, end;
  };
  constexpr std::array<Span, 3> spans{{{"instructor_id", "occupied_start", "occupied_end"},
                                       {"learner_id", "starts_at", "ends_at"},
                                       {"vehicle_id", "starts_at", "vehicle_end"}}};
  for (const auto& [owner, start, end] : spans)
    for (const Row row : tx.query(fmt::format(
             "select a.id, b.id from main.bookings a join main.bookings b on a.school_id = b.school_id and a.{0} = "
             "b.{0}"
             " and a.id < b.id and b.blocks = 1 and b.{1} < a.{2} and b.{1} > a.{1} - 86400 and b.{2} > a.{1}"
             " where a.blocks = 1 limit {3}",
             owner, start, end, shown_at_most)))
      faults.push_back(fmt::format("bookings {} and {} have the same {} at the same time",
                                   base::to_text(row.integer(0)), base::to_text(row.integer(1)), owner));
  for (const Row row :
       tx.query("select id from main.bookings where blocks <> (status in ('held', 'requested', 'booked'))"
                " limit 5"))
    faults.push_back(fmt::format("booking {} does not block as its status says", base::to_text(row.integer(0))));
}

std::vector<base::SchoolId> schools(Transaction& tx) {
  std::vector<base::SchoolId> ids;
  for (const Row row : tx.query("select school_id from schools order by school_id"))
    ids.push_back(row.id<base::SchoolId>(0));
  return ids;
}

}  // namespace

std::span<const std::string_view> replayed_tables() {
  return tables;
}

void apply(Transaction& tx, base::SchoolId school, const Event& event) {
  if (replay_schedule(tx, school, event) || !event.stream.starts_with("booking/")) return;
  put_row(tx, school, booking_after(event));
}

Verification verify(const std::string& path) {
  Connection connection(path, Connection::Mode::read_only);
  Verification verification;
  auto& faults = verification.faults;
  connection.execute("begin");
  make_scratch_tables(connection);
  Transaction tx(connection);
  for (const Row row : tx.query("pragma main.integrity_check(5)"))
    if (row.view(0) != "ok") faults.push_back("the file is damaged: " + row.text(0));
  for (const auto school : schools(tx)) try {
      const auto broken = read_log(tx, school, [&](const Event& event) {
        ++verification.events;
        apply(tx, school, event);
      });
      if (!broken.empty()) faults.push_back(fmt::format("school {}: {}", base::to_text(school), broken));
    } catch (const std::exception& error) {
      faults.push_back(fmt::format("school {}: the log cannot be replayed: {}", base::to_text(school), error.what()));
    }
  for (const auto table : tables) compare(tx, table, faults);
  find_overlaps(tx, faults);
  return verification;
}

std::int64_t rebuild(Database& database) {
  const auto replayed = database.transact<std::int64_t>([&](Transaction& tx) -> base::Result<std::int64_t> {
    std::int64_t events = 0;
    for (const auto table : tables) tx.run(fmt::format("delete from {}", table));
    for (const auto school : schools(tx)) {
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
