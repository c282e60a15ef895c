#include <fmt/format.h>
#include <sqlite3.h>

#include "store/database.h"

namespace store {

namespace {

[[noreturn]] void raise(sqlite3* database, int code) {
  const std::string message = sqlite3_errmsg(database);
  if ((code & 0xff) == SQLITE_CONSTRAINT) throw ConstraintError(code, message);
  throw SqlError(code, fmt::format("SQLite {}: {}", code, message));
}

void check(sqlite3* database, int code) {
  if (code != SQLITE_OK) raise(database, sqlite3_extended_errcode(database));
}

}  // namespace

bool Row::null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::int64_t Row::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}
std::string_view Row::view(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return text ? std::string_view(text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
              : std::string_view();
}
std::string Row::text(int column) const {
  return std::string(view(column));
}
Bytes Row::bytes(int column) const {
  const auto* data = static_cast<const unsigned char*>(sqlite3_column_blob(statement_, column));
  return data ? Bytes(data, data + sqlite3_column_bytes(statement_, column)) : Bytes();
}

Cursor::~Cursor() {
  sqlite3_reset(statement_);  // An error of the last step was thrown already.
  sqlite3_clear_bindings(statement_);
}

void Cursor::advance() {
  const int code = sqlite3_step(statement_);
  has_row_ = code == SQLITE_ROW;
  if (code == SQLITE_ROW || code == SQLITE_DONE) return;
  auto* database = sqlite3_db_handle(statement_);
  const int extended = sqlite3_extended_errcode(database);
  const std::string message = sqlite3_errmsg(database);
  sqlite3_reset(statement_);
  throw SqlError(extended, fmt::format("SQLite {}: {}", extended, message));
}

sqlite3_stmt* Transaction::prepare(std::string_view sql) {
  return connection_.prepare(sql);
}

std::int64_t Transaction::step_to_end(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  auto* database = connection_.handle();
  CHECK(code != SQLITE_ROW);  // A statement that answers rows belongs to query().
  const int extended = code == SQLITE_DONE ? SQLITE_OK : sqlite3_extended_errcode(database);
  const std::string message = code == SQLITE_DONE ? "" : sqlite3_errmsg(database);
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  if ((extended & 0xff) == SQLITE_CONSTRAINT) throw ConstraintError(extended, message);
  if (extended != SQLITE_OK) throw SqlError(extended, fmt::format("SQLite {}: {}", extended, message));
  return connection_.changes();
}

namespace {
/// Parameters that the statement does not use are skipped.
bool used(sqlite3_stmt* statement, int parameter) {
  return parameter <= sqlite3_bind_parameter_count(statement);
}
void check_bound(sqlite3_stmt* statement, int code) {
  check(sqlite3_db_handle(statement), code);
}
}  // namespace

void Transaction::bind_integer(sqlite3_stmt* statement, int parameter, std::int64_t value) {
  if (used(statement, parameter)) check_bound(statement, sqlite3_bind_int64(statement, parameter, value));
}
void Transaction::bind_text(sqlite3_stmt* statement, int parameter, std::string_view value) {
  if (used(statement, parameter))
    check_bound(statement, sqlite3_bind_text64(statement, parameter, value.data() ? value.data() : "", value.size(),
                                               SQLITE_TRANSIENT, SQLITE_UTF8));
}
void Transaction::bind_bytes(sqlite3_stmt* statement, int parameter, std::span<const unsigned char> value) {
  if (used(statement, parameter))
    check_bound(statement, sqlite3_bind_blob64(statement, parameter, value.data(), value.size(), SQLITE_TRANSIENT));
}
void Transaction::bind_null(sqlite3_stmt* statement, int parameter) {
  if (used(statement, parameter)) check_bound(statement, sqlite3_bind_null(statement, parameter));
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
Connection::Connection(const std::string& path, Mode mode)
    : Connection(
          open(path, mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) {
  sqlite3_extended_result_codes(database_, 1);
  sqlite3_busy_timeout(database_, 5'000);
  if (mode == Mode::read_write) execute("pragma journal_mode = wal; pragma synchronous = full;");
  if (mode == Mode::key_store)
    execute("pragma journal_mode = delete; pragma synchronous = extra; pragma secure_delete = on;");
  execute(
      "pragma foreign_keys = on; pragma temp_store = memory; pragma trusted_schema = off; pragma cache_size = -16000;");
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(database_);
}

void Connection::execute(const std::string& script) {
  check(database_, sqlite3_exec(database_, script.c_str(), nullptr, nullptr, nullptr));
}

void Connection::control(std::string_view statement) {
  Transaction(*this).run(statement);
}

bool Connection::in_transaction() const {
  return sqlite3_get_autocommit(database_) == 0;
}
bool Connection::roll_back() {
  return !in_transaction() || sqlite3_exec(database_, "rollback", nullptr, nullptr, nullptr) == SQLITE_OK;
}
std::int64_t Connection::changes() const {
  return sqlite3_changes64(database_);
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

sqlite3_stmt* Connection::prepare(std::string_view sql) {
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
