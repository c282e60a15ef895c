#include <fmt/format.h>
#include <sqlite3.h>

#include "store/sqlite.h"

namespace store {

namespace {

[[noreturn]] void raise(int code, const std::string& message) {
  if ((code & 0xff) == SQLITE_CONSTRAINT) throw ConstraintError(code, message);
  throw SqlError(code, fmt::format("SQLite {}: {}", code, message));
}

void check(sqlite3* database, int code) {
  if (code != SQLITE_OK) raise(sqlite3_extended_errcode(database), sqlite3_errmsg(database));
}

}  // namespace

std::string with_values(std::string_view insert, std::size_t rows, std::size_t columns) {
  std::string sql(insert);
  for (std::size_t i = 0; i < rows * columns; ++i) {
    const bool first = i % columns == 0;
    sql += fmt::format("{}${}", i == 0 ? " values (" : first ? "), (" : ", ", i + 1);
  }
  return sql + ")";
}

Bytes Row::bytes(int column) const {
  const auto data = view(column);
  return {data.begin(), data.end()};
}

namespace {

/// `how` long text and bytes live: SQLITE_STATIC until the statement is reset, SQLITE_TRANSIENT for this call.
void bind(sqlite3_stmt* statement, int at, const Parameter& parameter, sqlite3_destructor_type how) {
  const auto code = std::visit(
      [&]<class Value>(const Value& value) {
        if constexpr (std::is_same_v<Value, std::monostate>)
          return sqlite3_bind_null(statement, at);
        else if constexpr (std::is_same_v<Value, std::int64_t>)
          return sqlite3_bind_int64(statement, at, value);
        else if constexpr (std::is_same_v<Value, std::string_view>)
          return sqlite3_bind_text64(statement, at, value.data() ? value.data() : "", value.size(), how, SQLITE_UTF8);
        else
          return sqlite3_bind_blob64(statement, at, value.data(), value.size(), how);
      },
      parameter);
  check(sqlite3_db_handle(statement), code);
}

void reset(sqlite3_stmt* statement) {
  sqlite3_reset(statement);  // An error of the last step was thrown already.
  sqlite3_clear_bindings(statement);
}

/// Steps; throws what went wrong, with the statement reset.
bool step(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  if (code == SQLITE_ROW || code == SQLITE_DONE) return code == SQLITE_ROW;
  auto* database = sqlite3_db_handle(statement);
  const int extended = sqlite3_extended_errcode(database);
  const std::string message = sqlite3_errmsg(database);
  reset(statement);
  raise(extended, message);
}

class SqliteRows : public Rows {
 public:
  explicit SqliteRows(sqlite3_stmt* statement) : statement_(statement) {}
  SqliteRows(const SqliteRows&) = delete;
  ~SqliteRows() override { reset(statement_); }

  bool next() override { return step(statement_); }
  bool null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::string_view view(int column) const override {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return data ? std::string_view(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
                : std::string_view();
  }

 private:
  sqlite3_stmt* statement_;
};

}  // namespace

sqlite3_stmt* SqliteConnection::prepared(std::string_view sql, std::span<const Parameter> parameters, Bound bound) {
  const auto how = bound == Bound::until_reset ? SQLITE_STATIC : SQLITE_TRANSIENT;
  auto* statement = prepare(sql);
  const auto used = static_cast<std::size_t>(sqlite3_bind_parameter_count(statement));
  for (std::size_t at = 0; at < std::min(used, parameters.size()); ++at)
    bind(statement, static_cast<int>(at) + 1, parameters[at], how);
  return statement;
}

std::int64_t SqliteConnection::run(std::string_view sql, std::span<const Parameter> parameters) {
  auto* statement = prepared(sql, parameters, Bound::until_reset);
  const bool answers = step(statement);
  reset(statement);
  CHECK(!answers);  // A statement that answers rows belongs to query().
  return sqlite3_changes64(database_);
}

std::unique_ptr<Rows> SqliteConnection::query(std::string_view sql, std::span<const Parameter> parameters) {
  return std::make_unique<SqliteRows>(prepared(sql, parameters, Bound::as_a_copy));
}

namespace {
sqlite3* open(const std::string& path, int flags) {
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &database, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code == SQLITE_OK) return database;
  const std::string message = database ? sqlite3_errmsg(database) : "out of memory";
  sqlite3_close_v2(database);
  throw SqlError(code, fmt::format("{} cannot be opened: {}", path, message));
}
}  // namespace

// Delegates, so that the destructor closes what was opened when a later step throws.
SqliteConnection::SqliteConnection(const std::string& path, Mode mode)
    : SqliteConnection(
          open(path, mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) {
  sqlite3_extended_result_codes(database_, 1);
  sqlite3_busy_timeout(database_, 5'000);
  if (mode == Mode::read_write)
    execute("pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 4000;");
  if (mode == Mode::key_store)
    execute("pragma journal_mode = delete; pragma synchronous = extra; pragma secure_delete = on;");
  execute(
      "pragma foreign_keys = on; pragma temp_store = memory; pragma trusted_schema = off; pragma cache_size = -16000;");
}

SqliteConnection::~SqliteConnection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(database_);
}

void SqliteConnection::execute(const std::string& script) {
  check(database_, sqlite3_exec(database_, script.c_str(), nullptr, nullptr, nullptr));
}

bool SqliteConnection::in_transaction() const {
  return sqlite3_get_autocommit(database_) == 0;
}
bool SqliteConnection::roll_back() {
  return !in_transaction() || sqlite3_exec(database_, "rollback", nullptr, nullptr, nullptr) == SQLITE_OK;
}
namespace {
/// "$3" is a name to SQLite, numbered by first appearance; "?3" is the third parameter, wherever it stands.
std::string numbered(std::string_view sql) {
  std::string text(sql);
  for (std::size_t at = 0; at + 1 < text.size(); ++at)
    if (text[at] == '$' && text[at + 1] >= '1' && text[at + 1] <= '9') text[at] = '?';
  return text;
}
}  // namespace

sqlite3_stmt* SqliteConnection::prepare(std::string_view sql) {
  if (const auto known = statements_.find(sql); known != statements_.end()) {
    // A statement still running would be reset under its cursor's feet: two cursors over one text do not nest.
    CHECK(!sqlite3_stmt_busy(known->second));
    return known->second;
  }
  sqlite3_stmt* statement = nullptr;
  const auto text = numbered(sql);
  check(database_, sqlite3_prepare_v3(database_, text.data(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr));
  return statements_.emplace(std::string(sql), statement).first->second;
}

}  // namespace store
