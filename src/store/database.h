/// The thin layer over the database engine: connection, statement, transaction, error. SQL is written once, with $1, $2
/// … as parameters, in the dialect that SQLite and PostgreSQL share; what differs stands in store/dialect.
///
/// Values are 64-bit integers (ids, instants as seconds since 1970, minutes, booleans as 0 and 1), text and bytes.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace store {

/// The engine failed: disk, corruption, a broken statement. Answered as 500 or 503, never as "not found".
struct SqlError : std::runtime_error {
  SqlError(int code_, const std::string& message) : std::runtime_error(message), code(code_) {}
  int code;  ///< The engine's extended result code.
};

/// A constraint said no; `name` is the text of the trigger or the engine's message.
struct ConstraintError : SqlError {
  ConstraintError(int code_, std::string name_) : SqlError(code_, name_), name(std::move(name_)) {}
  std::string name;
};

using Bytes = std::vector<unsigned char>;

/// One row of a result; valid until the cursor moves on. Columns count from 0.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  bool null(int column) const;
  std::int64_t integer(int column) const;  ///< 0 for null.
  bool flag(int column) const { return integer(column) != 0; }
  std::string text(int column) const;  ///< "" for null.
  std::string_view view(int column) const;
  Bytes bytes(int column) const;
  base::Instant instant(int column) const { return base::from_seconds(integer(column)); }
  std::chrono::minutes minutes(int column) const { return std::chrono::minutes{integer(column)}; }
  /// The id in this column, 0 ("none") for null.
  template <class Kind>
  Kind id(int column) const {
    return Kind{integer(column)};
  }

 private:
  sqlite3_stmt* statement_;
};

/// A running query, read with a range-for: `for (const Row row : tx.query("select …", id)) …`.
class Cursor {
 public:
  explicit Cursor(sqlite3_stmt* statement) : statement_(statement) { advance(); }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  ~Cursor();  ///< Resets the statement, so that no snapshot outlives the loop.

  struct Sentinel {};
  struct Iterator {
    Cursor* cursor;
    Row operator*() const { return Row(cursor->statement_); }
    Iterator& operator++() {
      cursor->advance();
      return *this;
    }
    bool operator!=(Sentinel) const { return cursor->has_row_; }
  };
  Iterator begin() { return {this}; }
  Sentinel end() { return {}; }

 private:
  void advance();
  sqlite3_stmt* statement_;
  bool has_row_ = false;
};

/// A calendar whose version a transaction moved.
struct Touched {
  std::string kind;  ///< "instructor", "learner", "vehicle", or "rules" (id = school): types, constraints, closures.
  std::int64_t school;
  std::int64_t id;
  std::int64_t version;
  std::int64_t position = 0;  ///< Of the last event of the transaction that moved it; 0: it wrote none.
};

class Connection;

/// One transaction. Reader transactions see one snapshot; on the writer each action is a savepoint of a batch.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}
  Transaction(const Transaction&) = delete;

  /// Runs a statement that returns no rows; returns how many rows it changed.
  template <class... Values>
  std::int64_t run(std::string_view sql, const Values&... values) {
    auto* statement = prepare(sql);
    bind_all(statement, values...);
    return step_to_end(statement);
  }
  template <class... Values>
  Cursor query(std::string_view sql, const Values&... values) {
    auto* statement = prepare(sql);
    bind_all(statement, values...);
    return Cursor(statement);
  }
  /// The first column of the first row, where it is there and not null.
  template <class... Values>
  std::optional<std::int64_t> number(std::string_view sql, const Values&... values) {
    for (const Row row : query(sql, values...))
      if (!row.null(0)) return row.integer(0);
    return std::nullopt;
  }

  /// Told to the cache after the commit, never before it.
  std::vector<Touched> touched;
  std::int64_t position = 0;  ///< Of the last event that it appended.

 private:
  sqlite3_stmt* prepare(std::string_view sql);
  std::int64_t step_to_end(sqlite3_stmt* statement);

  template <class... Values>
  void bind_all([[maybe_unused]] sqlite3_stmt* statement, const Values&... values) {
    [[maybe_unused]] int parameter = 0;
    (bind(statement, ++parameter, values), ...);
  }
  static void bind_integer(sqlite3_stmt* statement, int parameter, std::int64_t value);
  static void bind_text(sqlite3_stmt* statement, int parameter, std::string_view value);
  static void bind_bytes(sqlite3_stmt* statement, int parameter, std::span<const unsigned char> value);
  static void bind_null(sqlite3_stmt* statement, int parameter);

  template <std::integral Number>
  static void bind(sqlite3_stmt* s, int p, Number value) {
    bind_integer(s, p, static_cast<std::int64_t>(value));
  }
  static void bind(sqlite3_stmt* s, int p, std::string_view value) { bind_text(s, p, value); }
  static void bind(sqlite3_stmt* s, int p, const char* value) { bind_text(s, p, value); }
  static void bind(sqlite3_stmt* s, int p, const std::string& value) { bind_text(s, p, value); }
  static void bind(sqlite3_stmt* s, int p, const Bytes& value) { bind_bytes(s, p, value); }
  static void bind(sqlite3_stmt* s, int p, base::Instant value) { bind_integer(s, p, base::to_seconds(value)); }
  static void bind(sqlite3_stmt* s, int p, std::chrono::minutes value) { bind_integer(s, p, value.count()); }
  static void bind(sqlite3_stmt* s, int p, std::nullopt_t) { bind_null(s, p); }
  /// Id 0 is "none" and stored as null.
  template <class Kind>
  static void bind(sqlite3_stmt* s, int p, base::Id<Kind> id) {
    id ? bind_integer(s, p, id.value) : bind_null(s, p);
  }
  template <class Value>
  static void bind(sqlite3_stmt* s, int p, const std::optional<Value>& value) {
    value ? bind(s, p, *value) : bind_null(s, p);
  }

  Connection& connection_;
};

/// One open file with its prepared statements. Used by one thread at a time.
class Connection {
 public:
  enum class Mode { read_write, read_only, key_store };
  /// WAL, synchronous=FULL, foreign keys on; the file is made where it is missing (read_write). The key store has a
  /// rollback journal and overwrites what it deletes, so that a destroyed key is in no file any more.
  Connection(const std::string& path, Mode mode);
  ~Connection();
  Connection(const Connection&) = delete;

  void execute(const std::string& script);  ///< Any number of statements without parameters.
  /// One of begin, savepoint, release, commit and the like, prepared once.
  void control(std::string_view statement);
  bool in_transaction() const;
  /// Ends the transaction, if any: after an I/O error the engine has ended it itself. False where it could not.
  bool roll_back();
  sqlite3_stmt* prepare(std::string_view sql);  ///< Cached by text.
  sqlite3* handle() const { return database_; }
  std::int64_t changes() const;

 private:
  explicit Connection(sqlite3* database) : database_(database) {}

  sqlite3* database_;
  std::map<std::string, sqlite3_stmt*, std::less<>> statements_;
};

/// The one thread that writes, and what waits for it (store/writer.cpp, with its rules).
class Writer;

struct DatabaseOptions {
  std::string path;
  int readers = 2;           ///< Connections for reading; more readers than cores only add memory.
  std::size_t queue = 1024;  ///< Actions that may wait for the writer; more are refused with `unavailable`.
  bool exclusive = true;     ///< Refuse to start where another process writes the same file.
};

/// What the writer did since the start; read by /metrics and by tests.
struct WriterFigures {
  std::atomic<std::int64_t> actions{0}, commits{0}, refused_full{0}, rerun_alone{0};
};

class Database {
 public:
  explicit Database(const DatabaseOptions& options);
  ~Database();  ///< Finishes what is queued.
  Database(const Database&) = delete;

  /// Runs `body` in one read-only snapshot, which begins after every commit that has been answered.
  template <class Body>
  auto read(Body&& body) -> decltype(body(std::declval<Transaction&>())) {
    Lease lease(*this);
    return body(*lease.transaction);
  }

  /// Runs `body` on the writer, alone in a savepoint, and returns when it is durable. Commits only if it returns a
  /// value; a refusal or an exception leaves nothing behind. `body` may run twice and may touch nothing but its
  /// transaction. Refuses with `unavailable` where the queue is full or `deadline` passes before its turn. From inside
  /// itself: a Bug.
  template <class T>
  base::Result<T> transact(const std::function<base::Result<T>(Transaction&)>& body) {
    std::optional<base::Result<T>> result;
    const auto outcome = submit([&](Transaction& tx) {
      result.emplace(body(tx));
      return result->has_value();
    });
    if (!outcome) return base::refuse(outcome.error());
    return std::move(*result);
  }

  /// Called on the writer's thread after each commit and before anybody is answered, with all that moved.
  void on_commit(std::function<void(const std::vector<Touched>&)> listener);
  const WriterFigures& figures() const;
  /// "" while bookings can be written, else why not; for /readyz.
  std::string trouble();

 private:
  /// A reader connection with an open snapshot, given back at the end.
  class Lease {
   public:
    explicit Lease(Database& database);
    ~Lease();
    std::optional<Transaction> transaction;

   private:
    void give_back();
    Database& database_;
    std::unique_ptr<Connection> connection_;
  };
  /// The action's bool says whether its savepoint stays.
  base::Done submit(const std::function<bool(Transaction&)>& action);

  struct Readers;
  std::unique_ptr<Readers> readers_;
  std::unique_ptr<Writer> writer_;
};

/// Brings the file at `path` to the newest schema: forward only, each migration in one transaction. Returns how many
/// ran. Where the file has tables already and something is to be done, a copy is made beside it first
/// (path.before-NNNN).
int migrate(const std::string& path);
/// The newest migration this binary knows, and the one the file has.
int newest_migration();
int applied_migration(Transaction& tx);

}  // namespace store
