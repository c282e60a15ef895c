/// The thin layer over the database engines: statement, row, transaction, error. SQL is written once, with $1, $2 … as
/// parameters, in the dialect that SQLite and PostgreSQL share; what differs stands in store/dialect.
///
/// Values are 64-bit integers (ids, instants as seconds since 1970, minutes, booleans as 0 and 1), text and bytes.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

namespace domain {
struct Booking;
}

namespace store {

/// The engine failed: disk, network, corruption, a broken statement. Answered as 500 or 503, never as "not found".
struct SqlError : std::runtime_error {
  SqlError(int code_, const std::string& message) : std::runtime_error(message), code(code_) {}
  int code;  ///< SQLite's extended result code; of PostgreSQL 0.
};

/// A constraint said no; `name` is the text of the trigger or the engine's message.
struct ConstraintError : SqlError {
  ConstraintError(int code_, std::string name_) : SqlError(code_, name_), name(std::move(name_)) {}
  std::string name;
};

/// Somebody else was first: a deadlock that was undone, or a row or a version that moved since it was read. The same
/// action again sees what the other one did, and is run again.
struct SerializationError : SqlError {
  explicit SerializationError(const std::string& message) : SqlError(0, message) {}
};

using Bytes = std::vector<unsigned char>;

/// What a statement is given: nothing, a number, text or bytes. Points to what the caller holds.
using Parameter = std::variant<std::monostate, std::int64_t, std::string_view, std::span<const unsigned char>>;

/// The answer of an engine to a query, row by row. Columns count from 0.
class Rows {
 public:
  virtual ~Rows() = default;
  virtual bool next() = 0;  ///< False after the last row.
  virtual bool null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;   ///< 0 for null.
  virtual std::string_view view(int column) const = 0;  ///< Text or bytes; empty for null. Good until next().
};

/// One row of a result; valid until the cursor moves on. Columns count from 0.
class Row {
 public:
  explicit Row(const Rows& rows) : rows_(&rows) {}
  bool null(int column) const { return rows_->null(column); }
  std::int64_t integer(int column) const { return rows_->integer(column); }
  bool flag(int column) const { return integer(column) != 0; }
  std::string_view view(int column) const { return rows_->view(column); }
  std::string text(int column) const { return std::string(view(column)); }
  Bytes bytes(int column) const;
  base::Instant instant(int column) const { return base::from_seconds(integer(column)); }
  std::chrono::minutes minutes(int column) const { return std::chrono::minutes{integer(column)}; }
  /// The id in this column, 0 ("none") for null.
  template <class Kind>
  Kind id(int column) const {
    return Kind{integer(column)};
  }

 private:
  const Rows* rows_;
};

/// A running query, read with a range-for: `for (const Row row : tx.query("select …", id)) …`.
class Cursor {
 public:
  explicit Cursor(std::unique_ptr<Rows> rows) : rows_(std::move(rows)), has_row_(rows_->next()) {}
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  struct Sentinel {};
  struct Iterator {
    Cursor* cursor;
    Row operator*() const { return Row(*cursor->rows_); }
    Iterator& operator++() {
      cursor->has_row_ = cursor->rows_->next();
      return *this;
    }
    bool operator!=(Sentinel) const { return cursor->has_row_; }
  };
  Iterator begin() { return {this}; }
  Sentinel end() { return {}; }

 private:
  std::unique_ptr<Rows> rows_;  ///< Its end closes the statement, so that no snapshot outlives the loop.
  bool has_row_;
};

enum class Engine { sqlite, postgresql };

/// For transactions that concern no school in particular: they see what has no owner (schools, order of events, jobs)
/// and enter each school that they come to.
inline constexpr base::SchoolId no_school{};

/// One connection to an engine. Used by one thread at a time.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual Engine engine() const = 0;
  /// Runs a statement that returns no rows; returns how many rows it changed. Parameters that the statement does not
  /// use are skipped.
  virtual std::int64_t run(std::string_view sql, std::span<const Parameter> parameters) = 0;
  virtual std::unique_ptr<Rows> query(std::string_view sql, std::span<const Parameter> parameters) = 0;
  /// The same for a statement about which nobody asks how many rows it changed: it may leave with the next one, and
  /// what it throws is then thrown there, at the latest by the commit.
  virtual void run_later(std::string_view sql, std::span<const Parameter> parameters) { run(sql, parameters); }
  /// From here on the transaction sees what is this school's and nothing of others. SQLite has no such walls.
  virtual void enter(base::SchoolId) {}
};

/// Something had to be read that is not in memory (Database::read_memory). No error: somebody else reads it.
struct NotInMemory {};

/// Where a transaction has nothing but what is in memory.
class NoConnection : public Connection {
 public:
  explicit NoConnection(Engine engine) : engine_(engine) {}
  Engine engine() const override { return engine_; }
  std::int64_t run(std::string_view, std::span<const Parameter>) override { throw NotInMemory(); }
  std::unique_ptr<Rows> query(std::string_view, std::span<const Parameter>) override { throw NotInMemory(); }

 private:
  const Engine engine_;
};

/// What a transaction moved that is remembered outside of the database: a calendar's version, or a session that ended.
struct Touched {
  std::string kind;  ///< "instructor", "learner", "vehicle", "rules" (id = school: types, constraints, closures) or
                     ///< "session" (it has ended; the version says when) or "erased" (a person).
  std::int64_t school;
  std::int64_t id;
  std::int64_t version;
  std::int64_t position = 0;  ///< SQLite: of the last event of the transaction that moved it, 0: it wrote none.
                              ///< PostgreSQL: of the signal (store/events.h), 0: it has none yet.
  /// Of a calendar that nothing but bookings moved: those that the transaction saved, as they are after it. Null: it
  /// was something else, or another node.
  std::shared_ptr<const std::vector<domain::Booking>> bookings{};
  bool operator==(const Touched&) const = default;
};

/// `insert` with " values ($1, $2), ($3, $4)" for so many rows of so many columns.
std::string with_values(std::string_view insert, std::size_t rows, std::size_t columns);

/// One transaction. Reader transactions see one snapshot; on SQLite's writer each action is a savepoint of a batch.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}
  Transaction(const Transaction&) = delete;

  Engine engine() const { return connection_.engine(); }
  void enter(base::SchoolId school) { connection_.enter(school); }
  /// Runs a statement that returns no rows; returns how many rows it changed.
  template <class... Values>
  std::int64_t run(std::string_view sql, const Values&... values) {
    const std::array<Parameter, sizeof...(values)> parameters{parameter(values)...};
    return connection_.run(sql, parameters);
  }
  template <class... Values>
  void run_later(std::string_view sql, const Values&... values) {
    const std::array<Parameter, sizeof...(values)> parameters{parameter(values)...};
    connection_.run_later(sql, parameters);
  }
  /// `insert`, "insert into t (a, b)", for all of these rows, later: many in one statement on PostgreSQL, where a
  /// statement costs more than a row.
  template <class... Values>
  void insert_later(std::string_view insert, const std::vector<std::tuple<Values...>>& rows) {
    const std::size_t at_once = engine() == Engine::sqlite ? 1 : 200;
    std::vector<Parameter> parameters;
    for (std::size_t done = 0; done < rows.size(); done += at_once) {
      const auto some = std::span(rows).subspan(done, std::min(at_once, rows.size() - done));
      parameters.clear();
      for (const auto& row : some)
        std::apply([&](const auto&... values) { (parameters.push_back(parameter(values)), ...); }, row);
      connection_.run_later(with_values(insert, some.size(), sizeof...(Values)), parameters);
    }
  }
  template <class... Values>
  Cursor query(std::string_view sql, const Values&... values) {
    const std::array<Parameter, sizeof...(values)> parameters{parameter(values)...};
    return Cursor(connection_.query(sql, parameters));
  }
  /// The first column of the first row, where it is there and not null.
  template <class... Values>
  std::optional<std::int64_t> number(std::string_view sql, const Values&... values) {
    for (const Row row : query(sql, values...))
      if (!row.null(0)) return row.integer(0);
    return std::nullopt;
  }

  /// What is kept in memory may be older than it should be: whoever uses it asks for its version first.
  bool in_doubt = false;
  /// There is no database behind it (NoConnection), and somebody waits on the thread that serves everybody.
  bool memory_only = false;
  /// Told to the cache after the commit, never before it.
  std::vector<Touched> touched;
  std::int64_t position = 0;  ///< Of the last event that it appended.
  /// What `touched` tells of calendars that were locked for bookings.
  std::shared_ptr<std::vector<domain::Booking>> saved_bookings;

 private:
  static Parameter parameter(std::integral auto value) { return static_cast<std::int64_t>(value); }
  static Parameter parameter(std::string_view value) { return value; }
  static Parameter parameter(const char* value) { return std::string_view(value); }
  static Parameter parameter(const std::string& value) { return std::string_view(value); }
  static Parameter parameter(const Bytes& value) { return std::span<const unsigned char>(value); }
  static Parameter parameter(base::Instant value) { return base::to_seconds(value); }
  static Parameter parameter(std::chrono::minutes value) { return std::int64_t{value.count()}; }
  static Parameter parameter(std::nullopt_t) { return {}; }
  /// Id 0 is "none" and stored as null.
  template <class Kind>
  static Parameter parameter(base::Id<Kind> id) {
    return id ? Parameter(id.value) : Parameter();
  }
  template <class Value>
  static Parameter parameter(const std::optional<Value>& value) {
    return value ? parameter(*value) : Parameter();
  }

  Connection& connection_;
};

}  // namespace store
