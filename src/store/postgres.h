/// PostgreSQL 14 or newer, by libpq: connections whose every wait ends at a deadline, and the pool that lends them.
/// Statements are unnamed and parameterised and nothing outlives a transaction, so that PgBouncer may stand between
/// (transaction mode).
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

#include "store/database.h"

struct pg_conn;
struct pg_result;

namespace store {

/// The connection is gone, or did not answer in time; what was not committed is not there.
struct ConnectionLost : SqlError {
  explicit ConnectionLost(const std::string& message) : SqlError(0, message) {}
};

using Deadline = std::chrono::steady_clock::time_point;

class PostgresConnection : public Connection {
 public:
  /// Throws ConnectionLost where the server does not answer before the deadline.
  PostgresConnection(const std::string& url, Deadline deadline);
  ~PostgresConnection() override;
  PostgresConnection(const PostgresConnection&) = delete;

  Engine engine() const override { return Engine::postgresql; }
  std::int64_t run(std::string_view sql, std::span<const Parameter> parameters) override;
  std::unique_ptr<Rows> query(std::string_view sql, std::span<const Parameter> parameters) override;
  void run_later(std::string_view sql, std::span<const Parameter> parameters) override;
  void enter(base::SchoolId school) override;

  /// Begins a transaction of this school; leaves with its first statement, in one flight.
  void begin_reading(base::SchoolId school);
  /// The same; what the server does for it ends with the deadline.
  void begin_writing(base::SchoolId school);
  /// The number of the transaction that is being written, for was-it-committed; "" before its first statement.
  const std::string& number() const { return number_; }
  /// Commits, in one flight after a last statement where there is one.
  void commit(std::string_view last = {}, std::span<const Parameter> parameters = {});
  /// Ends what is open. Where that fails the connection cannot be used again, and the server ends it.
  void roll_back();

  /// Any number of statements without parameters; returns the first value of the last one, "" where it has none.
  std::string execute(const std::string& script);
  using Piece = std::function<void(std::string_view)>;
  /// COPY … FROM STDIN: the rows are what `give` hands on. Returns how many there were.
  std::int64_t copy_in(const std::string& sql, const std::function<void(const Piece&)>& give);
  /// COPY … TO STDOUT: `take` gets it line by line. Returns how many there were.
  std::int64_t copy_out(const std::string& sql, const Piece& take);
  /// Returns when NOTIFY says something that it listens to, when `other` can be read, or after `longest`.
  void wait_for_notice(int other, std::chrono::milliseconds longest);
  /// Until when the statements that follow may take.
  void set_deadline(Deadline deadline) { deadline_ = deadline; }
  /// Whether another transaction may begin on it.
  bool usable() const;

 private:
  using Result = std::unique_ptr<pg_result, void (*)(pg_result*)>;
  struct Statement {
    explicit Statement(std::string_view sql_, std::span<const Parameter> parameters = {});
    std::string sql;
    using Value = std::variant<std::monostate, std::int64_t, std::string, Bytes>;
    std::vector<Value> values;
  };
  std::string limits() const;
  void send(const Statement& statement);
  void send(std::string_view sql, std::span<const Parameter> parameters);
  Result ask(std::string_view sql, std::span<const Parameter> parameters);
  Result fly();
  Result receive();
  Result next_result();
  void start_copy(const std::string& sql);
  void flush();
  void wait(short events);

  pg_conn* connection_;
  Deadline deadline_;
  std::vector<Statement> ahead_;  ///< What leaves in front of the next statement.
  std::string number_;
  bool lost_ = false;
};

struct PostgresOptions {
  std::string url;                     ///< postgresql://user:password@host/name?…, as libpq reads it.
  std::string replica{};               ///< Likewise, one that follows it; "": none.
  int connections = 16;                ///< To each at most so many at once; whoever needs another one waits.
  std::chrono::milliseconds patience;  ///< Of one transaction, with all its waits and repetitions.
  std::uint32_t retries = 10;          ///< After 40001, 40P01 and lost connections.
};

std::unique_ptr<Backend> make_postgres(const PostgresOptions& options);

/// Brings the database to the newest schema, one migration a transaction, one process at a time; the user of the URL
/// owns the tables, and `application_role` gets what it needs to serve. Returns how many ran.
int migrate_postgres(const std::string& url, const std::string& application_role = "");

}  // namespace store
