#include "store/postgres.h"

#include <endian.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace store {

namespace {

// Of pg_type: what the parameters and the results here are.
constexpr Oid oid_bool = 16, oid_bytes = 17, oid_int8 = 20, oid_int2 = 21, oid_int4 = 23, oid_text = 25;

std::string said(const PGconn* connection) {
  std::string message = PQerrorMessage(connection);
  while (!message.empty() && message.back() == '\n') message.pop_back();
  return message;
}

/// Which parameters the statement uses: true where $n stands somewhere, up to the highest.
std::vector<bool> used_by(std::string_view sql) {
  std::vector<bool> used;
  for (std::size_t at = sql.find('$'); at != std::string_view::npos; at = sql.find('$', at + 1)) {
    std::size_t number = 0;
    for (auto digit = at + 1; digit < sql.size() && sql[digit] >= '0' && sql[digit] <= '9'; ++digit)
      number = number * 10 + static_cast<std::size_t>(sql[digit] - '0');
    if (number == 0) continue;
    if (used.size() < number) used.resize(number);
    used[number - 1] = true;
  }
  return used;
}

/// Parameters in the wire's binary form. Numbers have a place of their own here.
struct Wire {
  Wire(std::span<const Parameter> parameters, const std::vector<bool>& used) : numbers(parameters.size()) {
    for (std::size_t at = 0; at < std::min(parameters.size(), used.size()); ++at)
      used[at] ? std::visit([&](const auto& value) { add(value, at); }, parameters[at]) : put(oid_text, nullptr, 0);
    formats.assign(values.size(), 1);
  }
  void add(std::monostate, std::size_t) { put(0, nullptr, 0); }
  void add(std::int64_t value, std::size_t at) {
    numbers[at] = htobe64(static_cast<std::uint64_t>(value));
    put(oid_int8, reinterpret_cast<const char*>(&numbers[at]), sizeof(std::uint64_t));
  }
  void add(std::string_view value, std::size_t) { put(oid_text, value.data() ? value.data() : "", value.size()); }
  void add(std::span<const unsigned char> value, std::size_t) {
    put(oid_bytes, value.empty() ? "" : reinterpret_cast<const char*>(value.data()), value.size());
  }
  void put(Oid type, const char* data, std::size_t size) {
    types.push_back(type);
    values.push_back(data);
    lengths.push_back(static_cast<int>(size));
  }

  std::vector<std::uint64_t> numbers;
  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
};

class PostgresRows : public Rows {
 public:
  explicit PostgresRows(std::unique_ptr<PGresult, void (*)(PGresult*)> result) : result_(std::move(result)) {}
  bool next() override { return ++row_ < PQntuples(result_.get()); }
  bool null(int column) const override { return PQgetisnull(result_.get(), row_, column) != 0; }
  std::string_view view(int column) const override {
    return {PQgetvalue(result_.get(), row_, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
  }
  std::int64_t integer(int column) const override {
    if (null(column)) return 0;
    const auto bytes = view(column);
    switch (PQftype(result_.get(), column)) {
      case oid_int8:
        return static_cast<std::int64_t>(be64toh(load<std::uint64_t>(bytes)));
      case oid_int4:
        return static_cast<std::int32_t>(be32toh(load<std::uint32_t>(bytes)));
      case oid_int2:
        return static_cast<std::int16_t>(be16toh(load<std::uint16_t>(bytes)));
      case oid_bool:
        return bytes[0] != 0;
      default:
        throw base::Bug("a column that is no number is read as one");
    }
  }

 private:
  template <class Number>
  static Number load(std::string_view bytes) {
    Number number;
    CHECK(bytes.size() == sizeof number);
    std::memcpy(&number, bytes.data(), sizeof number);
    return number;
  }
  std::unique_ptr<PGresult, void (*)(PGresult*)> result_;
  int row_ = -1;
};

/// What the address says itself wins. A server that is gone without a word is noticed within 20 s also by those who
/// only listen; the times are in seconds, and in milliseconds.
PGconn* start(const std::string& url) {
  const char* const names[] = {
      "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "dbname", nullptr};
  const char* const values[] = {"10", "5", "2", "10000", url.c_str(), nullptr};
  return PQconnectStartParams(names, values, 1);
}

[[noreturn]] void raise(const PGresult* result) {
  const auto field = [&](int code) {
    const char* text = PQresultErrorField(result, code);
    return std::string(text ? text : "");
  };
  const auto state = field(PG_DIAG_SQLSTATE);
  const auto message = fmt::format("PostgreSQL {}: {}", state, field(PG_DIAG_MESSAGE_PRIMARY));
  const auto constraint = field(PG_DIAG_CONSTRAINT_NAME);
  if (constraint == "events_stream_version") throw SerializationError("Somebody else changed it first.");
  if (state.starts_with("23")) throw ConstraintError(0, constraint);
  if (state == "40001" || state == "40P01") throw SerializationError(message);
  // 57P: the server goes down; 08: the link does; 55P03, 57014, 25P03: it waited for a lock, worked, or waited for us,
  // for too long.
  if (state.empty() || state.starts_with("08") || state.starts_with("57P") || state == "57014" || state == "55P03" ||
      state == "25P03")
    throw ConnectionLost(message);
  throw SqlError(0, message);
}

}  // namespace

PostgresConnection::PostgresConnection(const std::string& url, Deadline deadline)
    : connection_(start(url)), deadline_(deadline) {
  const auto fail = [&](const std::string& why) {
    PQfinish(connection_);
    throw ConnectionLost("PostgreSQL cannot be reached: " + why);
  };
  if (!connection_) throw ConnectionLost("PostgreSQL cannot be reached: out of memory");
  try {
    auto next = PQstatus(connection_) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
      wait(next == PGRES_POLLING_READING ? POLLIN : POLLOUT);
      next = PQconnectPoll(connection_);
    }
    if (next != PGRES_POLLING_OK) throw ConnectionLost(said(connection_));
  } catch (const ConnectionLost& lost) {
    fail(lost.what());
  }
  PQsetnonblocking(connection_, 1);
  // Else libpq prints it. What ends a connection is said again to whoever uses it next.
  PQsetNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);
}

PostgresConnection::~PostgresConnection() {
  PQfinish(connection_);
}

bool PostgresConnection::usable() const {
  return !lost_ && PQstatus(connection_) == CONNECTION_OK && PQtransactionStatus(connection_) == PQTRANS_IDLE;
}

void PostgresConnection::wait(short events) {
  pollfd socket{PQsocket(connection_), events, 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    const int ready = left.count() <= 0 ? 0 : ::poll(&socket, 1, static_cast<int>(left.count()));
    if (ready > 0) return;
    if (ready == 0) throw ConnectionLost("PostgreSQL did not answer in time.");
    if (errno != EINTR) throw ConnectionLost(std::strerror(errno));
  }
}

void PostgresConnection::flush() {
  for (int unsent = PQflush(connection_); unsent != 0; unsent = PQflush(connection_)) {
    if (unsent < 0) throw ConnectionLost(said(connection_));
    wait(POLLIN | POLLOUT);
    if (!PQconsumeInput(connection_)) throw ConnectionLost(said(connection_));
  }
}

void PostgresConnection::wait_for_notice(int other, std::chrono::milliseconds longest) {
  pollfd sockets[2]{{PQsocket(connection_), POLLIN, 0}, {other, POLLIN, 0}};
  ::poll(sockets, 2, static_cast<int>(longest.count()));
  if (!PQconsumeInput(connection_)) throw ConnectionLost(said(connection_));
  while (auto* notice = PQnotifies(connection_)) PQfreemem(notice);
}

PostgresConnection::Result PostgresConnection::next_result() {
  while (PQisBusy(connection_)) {
    wait(POLLIN);
    if (!PQconsumeInput(connection_)) throw ConnectionLost(said(connection_));
  }
  return {PQgetResult(connection_), PQclear};
}

/// The last good result of all that were asked for; throws the first bad one.
PostgresConnection::Result PostgresConnection::receive() {
  Result last(nullptr, PQclear), failed(nullptr, PQclear);
  const bool pipeline = PQpipelineStatus(connection_) != PQ_PIPELINE_OFF;
  for (;;) {
    auto result = next_result();
    if (!result && pipeline && PQstatus(connection_) == CONNECTION_OK) continue;  // Between two statements.
    if (!result) break;
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_PIPELINE_SYNC) break;
    if (status == PGRES_PIPELINE_ABORTED) continue;  // What came behind the one that failed.
    const bool good = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY;
    if (good && PQntuples(result.get()) > 0 && std::string_view(PQfname(result.get(), 0)) == "transaction_number")
      number_ = PQgetvalue(result.get(), 0, 0);
    if (good || !failed) (good ? last : failed) = std::move(result);
  }
  if (PQstatus(connection_) != CONNECTION_OK) throw ConnectionLost(said(connection_));
  if (pipeline && !PQexitPipelineMode(connection_)) throw ConnectionLost(said(connection_));
  if (failed) raise(failed.get());
  return last;
}

void PostgresConnection::send(std::string_view sql, std::span<const Parameter> parameters) {
  const Wire wire(parameters, used_by(sql));
  const std::string text(sql);
  if (!PQsendQueryParams(connection_, text.c_str(), static_cast<int>(wire.values.size()), wire.types.data(),
                         wire.values.data(), wire.lengths.data(), wire.formats.data(), 1))
    throw ConnectionLost(said(connection_));
}

PostgresConnection::Statement::Statement(std::string_view sql_, std::span<const Parameter> parameters) : sql(sql_) {
  for (const auto& parameter : parameters)
    values.push_back(std::visit(
        []<class Given>(const Given& given) -> Value {
          if constexpr (std::is_same_v<Given, std::string_view>)
            return std::string(given);
          else if constexpr (std::is_same_v<Given, std::span<const unsigned char>>)
            return Bytes(given.begin(), given.end());
          else
            return given;
        },
        parameter));
}

void PostgresConnection::send(const Statement& statement) {
  std::vector<Parameter> parameters;
  parameters.reserve(statement.values.size());
  for (const auto& value : statement.values)
    parameters.push_back(std::visit([](const auto& kept) -> Parameter { return kept; }, value));
  send(statement.sql, parameters);
}

PostgresConnection::Result PostgresConnection::ask(std::string_view sql, std::span<const Parameter> parameters) {
  if (!ahead_.empty()) {
    ahead_.emplace_back(sql, parameters);
    return fly();
  }
  send(sql, parameters);
  flush();
  return receive();
}

/// All that waits: one way there and back for all of them. The result is the last one's.
PostgresConnection::Result PostgresConnection::fly() {
  if (!PQenterPipelineMode(connection_)) throw ConnectionLost(said(connection_));
  for (const auto& statement : std::exchange(ahead_, {})) send(statement);
  if (!PQpipelineSync(connection_)) throw ConnectionLost(said(connection_));
  flush();
  return receive();
}

void PostgresConnection::run_later(std::string_view sql, std::span<const Parameter> parameters) {
  constexpr std::size_t most_waiting = 100;
  ahead_.emplace_back(sql, parameters);
  if (ahead_.size() >= most_waiting) fly();
}

void PostgresConnection::enter(base::SchoolId school) {
  ahead_.emplace_back(fmt::format("select set_config('app.school', '{}', true)", school.value));
}

/// What the server does for us, or keeps for us, ends with our patience, also where the link is cut and it cannot know.
std::string PostgresConnection::limits() const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
  return fmt::format(
      "set_config('statement_timeout', '{0}', true), set_config('lock_timeout', '{0}', true),"
      " set_config('idle_in_transaction_session_timeout', '{0}', true)",
      std::max(left.count(), std::int64_t{1}));
}

void PostgresConnection::begin_reading(base::SchoolId school) {
  number_.clear();
  ahead_ = {Statement("begin isolation level repeatable read read only"), Statement("select " + limits())};
  if (school) enter(school);
}

void PostgresConnection::begin_writing(base::SchoolId school) {
  number_.clear();
  ahead_ = {Statement("begin"), Statement("select pg_current_xact_id()::text as transaction_number, " + limits())};
  if (school) enter(school);
}

void PostgresConnection::commit(std::string_view last, std::span<const Parameter> parameters) {
  const bool open = PQtransactionStatus(connection_) != PQTRANS_IDLE;
  const auto only_opens = [](const Statement& each) {
    return each.sql.starts_with("begin") || each.sql.starts_with("select");
  };
  if (!open && last.empty() && std::ranges::all_of(ahead_, only_opens)) return ahead_.clear();  // Nothing was said.
  if (!last.empty()) ahead_.emplace_back(last, parameters);
  ahead_.emplace_back("commit");
  fly();
}

void PostgresConnection::roll_back() {
  ahead_.clear();
  if (PQtransactionStatus(connection_) == PQTRANS_IDLE) return;
  try {
    execute("rollback");
  } catch (const SqlError&) {
    lost_ = true;  // It is closed when it is given back: the server then ends the transaction itself.
  }
}

namespace {
std::int64_t rows_changed(PGresult* result) {
  const std::string_view count = PQcmdTuples(result);
  std::int64_t rows = 0;
  std::from_chars(count.data(), count.data() + count.size(), rows);
  return rows;
}
}  // namespace

std::int64_t PostgresConnection::run(std::string_view sql, std::span<const Parameter> parameters) {
  const auto result = ask(sql, parameters);
  CHECK(PQresultStatus(result.get()) != PGRES_TUPLES_OK);  // A statement that answers rows belongs to query().
  return rows_changed(result.get());
}

std::unique_ptr<Rows> PostgresConnection::query(std::string_view sql, std::span<const Parameter> parameters) {
  return std::make_unique<PostgresRows>(ask(sql, parameters));
}

std::string PostgresConnection::execute(const std::string& script) {
  if (!PQsendQuery(connection_, script.c_str())) throw ConnectionLost(said(connection_));
  flush();
  const auto result = receive();
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

void PostgresConnection::start_copy(const std::string& sql) {
  if (!PQsendQuery(connection_, sql.c_str())) throw ConnectionLost(said(connection_));
  flush();
  const auto started = next_result();
  const auto status = PQresultStatus(started.get());
  if (status != PGRES_COPY_IN && status != PGRES_COPY_OUT) raise(started.get());
}

std::int64_t PostgresConnection::copy_in(const std::string& sql, const std::function<void(const Piece&)>& give) {
  constexpr std::size_t enough = 65'536;
  std::string waiting;
  const auto leave = [&] {
    // All of it is sent before the next one, so that no more than this waits here.
    if (PQputCopyData(connection_, waiting.data(), static_cast<int>(waiting.size())) != 1)
      throw ConnectionLost(said(connection_));
    waiting.clear();
    flush();
  };
  start_copy(sql);
  give([&](std::string_view piece) {
    waiting += piece;
    if (waiting.size() >= enough) leave();
  });
  if (!waiting.empty()) leave();
  if (PQputCopyEnd(connection_, nullptr) != 1) throw ConnectionLost(said(connection_));
  flush();
  return rows_changed(receive().get());
}

std::int64_t PostgresConnection::copy_out(const std::string& sql, const Piece& take) {
  start_copy(sql);
  for (;;) {
    char* line = nullptr;
    const int size = PQgetCopyData(connection_, &line, 1);
    if (size == -1) break;
    if (size == -2) throw ConnectionLost(said(connection_));
    if (size == 0) {
      wait(POLLIN);
      if (!PQconsumeInput(connection_)) throw ConnectionLost(said(connection_));
      continue;
    }
    const std::unique_ptr<char, void (*)(void*)> owned(line, PQfreemem);
    take({line, static_cast<std::size_t>(size)});
  }
  return rows_changed(receive().get());
}

}  // namespace store
