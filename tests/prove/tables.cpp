#include "prove/tables.h"

#include <libpq-fe.h>
#include <openssl/sha.h>

#include <boost/json/parse.hpp>
#include <charconv>

#include "prove/places.h"
#include "store/database.h"

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

constexpr Oid oid_of_bytes = 17;  // In pg_type.

std::string bytes_in(const char* text) {
  std::size_t size = 0;
  const std::unique_ptr<unsigned char, void (*)(void*)> bytes(
      PQunescapeBytea(reinterpret_cast<const unsigned char*>(text), &size), PQfreemem);
  return {reinterpret_cast<const char*>(bytes.get()), size};
}

}  // namespace

std::int64_t number_in(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Tables::Tables(const std::string& address) {
  if (store::is_postgres(address)) {
    server_ = PQconnectdb(as_owner(address).c_str());
    if (PQstatus(server_) == CONNECTION_OK) return;
    const std::string why = PQerrorMessage(server_);
    PQfinish(server_);
    throw std::runtime_error(why);
  }
  // Not read-only: after a crash the first to open the file recovers it.
  CHECK(sqlite3_open_v2(address.c_str(), &file_, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
  sqlite3_busy_timeout(file_, 5'000);
}

Tables::~Tables() {
  sqlite3_close(file_);
  PQfinish(server_);
}

void Tables::each(const std::string& sql, const std::function<void(const Values&)>& visit) {
  file_ ? each_of_file(sql, visit) : each_of_server(sql, visit);
}

void Tables::each_of_file(const std::string& sql, const std::function<void(const Values&)>& visit) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(file_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(file_));
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
  if (code != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(file_));
}

void Tables::each_of_server(const std::string& sql, const std::function<void(const Values&)>& visit) {
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(server_, sql.c_str()), PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) throw std::runtime_error(PQerrorMessage(server_));
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    Values values;
    for (int column = 0; column < PQnfields(result.get()); ++column) {
      const auto* text = PQgetvalue(result.get(), row, column);
      values.push_back(PQftype(result.get(), column) == oid_of_bytes ? bytes_in(text) : text);
    }
    visit(values);
  }
}

std::int64_t Tables::number(const std::string& sql) {
  std::int64_t value = 0;
  each(sql, [&](const Values& values) { value = number_in(values.at(0)); });
  return value;
}

Tables::Values Tables::column(const std::string& sql) {
  Values all;
  each(sql, [&](const Values& values) { all.push_back(values.at(0)); });
  return all;
}

std::vector<std::string> Tables::damage() {
  std::vector<std::string> faults;
  if (file_) {
    for (const auto& line : column("pragma integrity_check"))
      if (line != "ok") faults.push_back("the file is damaged: " + line);
    for (const auto& table : column("pragma foreign_key_check")) faults.push_back("a foreign key dangles in " + table);
    return faults;
  }
  try {
    each("set client_min_messages = warning; create extension if not exists amcheck", [](const Values&) {});
    each(
        "select bt_index_check(i.indexrelid, true) from pg_index i join pg_class c on c.oid = i.indexrelid"
        " join pg_am m on m.oid = c.relam where m.amname = 'btree' and c.relnamespace = 'public'::regnamespace",
        [](const Values&) {});
  } catch (const std::runtime_error& error) {
    faults.push_back(std::string("an index is damaged: ") + error.what());
  }
  return faults;
}

Log read_log(Tables& tables) {
  Log log;
  std::string chain;
  tables.each(
      "select o.position, o.chain_hash, e.stream, e.version, e.type, e.data, e.actor, e.at from event_order o"
      " join events e on e.school_id = o.school_id and e.id = o.event_id order by o.position",
      [&](const Tables::Values& v) {
        const auto position = static_cast<std::int64_t>(log.happenings.size()) + 1;
        if (number_in(v[0]) != position) log.faults.push_back("a position of the log is missing before " + v[0]);
        chain += fmt::format("{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}", v[0], v[2], v[3], v[4], v[5],
                             v[6].empty() ? "0" : v[6], v[7]);
        unsigned char hash[SHA256_DIGEST_LENGTH];
        SHA256(reinterpret_cast<const unsigned char*>(chain.data()), chain.size(), hash);
        chain.assign(reinterpret_cast<const char*>(hash), sizeof hash);
        if (chain != v[1]) log.faults.push_back("the hash chain breaks at position " + v[0]);
        Happening happening{v[2], v[4], number_in(v[6]), number_in(v[7]), {}};
        if (v[2].starts_with("booking/")) happening.row = row_in(boost::json::parse(v[5]).as_object(), number_in(v[3]));
        log.happenings.push_back(std::move(happening));
      });
  if (tables.on_server())
    tables.each(
        "select e.xmin, o.position from event_order o join events e on e.school_id = o.school_id"
        " and e.id = o.event_id order by e.xmin::text::bigint, o.position",
        [&](const Tables::Values& v) {
          const auto far = log.reached.empty() ? 0 : log.reached.rbegin()->second;
          log.reached[number_in(v[0])] = std::max(far, number_in(v[1]));
        });
  const auto count = static_cast<std::int64_t>(log.happenings.size());
  if (tables.number("select count(*) from events") != count)
    log.faults.emplace_back("events without a place in the order");
  if (tables.number("select count(*) from event_order") != count) log.faults.emplace_back("places without an event");
  if (tables.number("select coalesce(max(position), 0) from event_cursor") != count)
    log.faults.emplace_back("the cursor does not stand at the end of the log");
  return log;
}

std::int64_t Log::position_of(std::int64_t after) const {
  if (reached.empty()) return after;
  const auto next = reached.lower_bound(after);
  return next == reached.begin() ? 0 : std::prev(next)->second;
}

std::map<std::int64_t, Row> read_rows(Tables& tables) {
  std::map<std::int64_t, Row> rows;
  tables.each(
      "select id, version, status, lesson_type_id, instructor_id, learner_id, vehicle_id, starts_at, ends_at,"
      " occupied_start, occupied_end, vehicle_end, expires_at, extended from bookings",
      [&](const Tables::Values& v) {
        const auto at = [&](std::size_t column) { return number_in(v[column]); };
        rows[at(0)] = {at(0), at(1), v[2],  at(3),  at(4),  at(5),  at(6),
                       at(7), at(8), at(9), at(10), at(11), at(12), v[13] == "1"};
      });
  return rows;
}

Position::Position(const std::string& address, const std::atomic<std::int64_t>& told) : told_(told) {
  if (store::is_postgres(address)) {
    server_ = std::make_unique<Tables>(address);
    return;
  }
  const bool open =
      sqlite3_open_v2(address.c_str(), &file_, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr) == SQLITE_OK &&
      sqlite3_busy_timeout(file_, 5'000) == SQLITE_OK &&
      sqlite3_prepare_v2(file_, "select position from event_cursor where school_id = 1", -1, &query_, nullptr) ==
          SQLITE_OK;
  if (open) return;
  sqlite3_close(file_);
  throw std::runtime_error("the file cannot be opened to see where its log stands");
}

Position::~Position() {
  sqlite3_finalize(query_);
  sqlite3_close(file_);
}

std::int64_t Position::of_file() {
  const std::int64_t position = sqlite3_step(query_) == SQLITE_ROW ? sqlite3_column_int64(query_, 0) : 0;
  sqlite3_reset(query_);
  return position;
}

std::int64_t Position::before() {
  return server_ ? server_->number("select coalesce(max(position), 0) from event_cursor where school_id = 1")
                 : told_.load();
}

std::int64_t Position::after() {
  return server_ ? server_->number("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint") : of_file();
}

}  // namespace prove
