#include "prove/file.h"

#include <openssl/sha.h>

#include <boost/json/parse.hpp>
#include <charconv>

namespace prove {

namespace {

/// 13 characters of Crockford's base32.
std::int64_t id_in(const boost::json::object& data, std::string_view name) {
  const auto* value = data.if_contains(name);
  if (!value) return 0;
  std::int64_t id = 0;
  for (const char c : value->as_string())
    id = id * 32 + static_cast<std::int64_t>(std::string_view("0123456789abcdefghjkmnpqrstvwxyz").find(c));
  return id;
}

/// "2026-01-05T09:00:00Z".
Seconds instant_in(const boost::json::object& data, std::string_view name) {
  const auto* value = data.if_contains(name);
  if (!value) return 0;
  const std::string text(value->as_string());
  const auto part = [&](std::size_t from, std::size_t length) { return number_in(text.substr(from, length)); };
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(part(0, 4))),
                                         std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(part(8, 2)))};
  return std::chrono::sys_days(date).time_since_epoch().count() * day + part(11, 2) * hour + part(14, 2) * minute +
         part(17, 2);
}

Row row_in(const boost::json::object& data, std::int64_t version) {
  return {.id = id_in(data, "id"),
          .version = version,
          .status = std::string(data.at("status").as_string()),
          .kind = id_in(data, "lesson_type_id"),
          .instructor = id_in(data, "instructor_id"),
          .learner = id_in(data, "learner_id"),
          .vehicle = id_in(data, "vehicle_id"),
          .start = instant_in(data, "start"),
          .end = instant_in(data, "end"),
          .occupied_start = instant_in(data, "occupied_start"),
          .occupied_end = instant_in(data, "occupied_end"),
          .vehicle_end = instant_in(data, "vehicle_until"),
          .expires_at = instant_in(data, "expires_at"),
          .extended = data.contains("extended")};
}

}  // namespace

std::int64_t number_in(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

File::File(const std::string& path) {
  // Not read-only: after a crash the first to open the file recovers it.
  CHECK(sqlite3_open_v2(path.c_str(), &database_, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
  sqlite3_busy_timeout(database_, 5'000);
}

void File::each(const std::string& sql, const std::function<void(const Values&)>& visit) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(database_));
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owner(statement, sqlite3_finalize);
  int code = SQLITE_OK;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    Values values;
    for (int column = 0; column < sqlite3_column_count(statement); ++column) {
      const auto* text = static_cast<const char*>(sqlite3_column_blob(statement, column));
      values.emplace_back(text ? std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)))
                               : std::string());
    }
    visit(values);
  }
  if (code != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(database_));
}

std::int64_t File::number(const std::string& sql) {
  std::int64_t value = 0;
  each(sql, [&](const Values& values) { value = number_in(values.at(0)); });
  return value;
}

File::Values File::column(const std::string& sql) {
  Values all;
  each(sql, [&](const Values& values) { all.push_back(values.at(0)); });
  return all;
}

Log read_log(File& file) {
  Log log;
  std::string chain;
  file.each(
      "select o.position, o.chain_hash, e.stream, e.version, e.type, e.data, e.actor, e.at from event_order o"
      " join events e on e.school_id = o.school_id and e.id = o.event_id order by o.position",
      [&](const File::Values& v) {
        const auto position = static_cast<std::int64_t>(log.happenings.size()) + 1;
        if (number_in(v[0]) != position) log.faults.push_back("a position of the log is missing before " + v[0]);
        chain += fmt::format("{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}", v[0], v[2], v[3], v[4], v[5],
                             v[6].empty() ? "0" : v[6], v[7]);
        unsigned char hash[SHA256_DIGEST_LENGTH];
        SHA256(reinterpret_cast<const unsigned char*>(chain.data()), chain.size(), hash);
        chain.assign(reinterpret_cast<const char*>(hash), sizeof hash);
        if (chain != v[1]) log.faults.push_back("the hash chain breaks at position " + v[0]);
        Happening happening{v[4], number_in(v[6]), number_in(v[7]), {}};
        if (v[2].starts_with("booking/")) happening.row = row_in(boost::json::parse(v[5]).as_object(), number_in(v[3]));
        log.happenings.push_back(std::move(happening));
      });
  const auto count = static_cast<std::int64_t>(log.happenings.size());
  if (file.number("select count(*) from events") != count) log.faults.push_back("events without a place in the order");
  if (file.number("select count(*) from event_order") != count) log.faults.push_back("places without an event");
  if (file.number("select coalesce(max(position), 0) from event_cursor") != count)
    log.faults.push_back("the cursor does not stand at the end of the log");
  return log;
}

std::map<std::int64_t, Row> read_rows(File& file) {
  std::map<std::int64_t, Row> rows;
  file.each(
      "select id, version, status, lesson_type_id, instructor_id, learner_id, vehicle_id, starts_at, ends_at,"
      " occupied_start, occupied_end, vehicle_end, expires_at, extended from bookings",
      [&](const File::Values& v) {
        const auto at = [&](std::size_t column) { return number_in(v[column]); };
        rows[at(0)] = {at(0), at(1), v[2],  at(3),  at(4),  at(5),  at(6),
                       at(7), at(8), at(9), at(10), at(11), at(12), v[13] == "1"};
      });
  return rows;
}

}  // namespace prove
