/// The database as anybody with sqlite3 or psql sees it: no store, no domain.
#pragma once

#include <sqlite3.h>

#include <functional>

#include "prove/model.h"

struct pg_conn;

namespace prove {

inline double seconds_since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

/// Of a file of SQLite, or of a database of PostgreSQL as its owner, whom no wall between schools stops.
class Tables {
 public:
  explicit Tables(const std::string& address);
  ~Tables();
  Tables(const Tables&) = delete;

  using Values = std::vector<std::string>;  ///< Every column as text, bytes as they are, null as "".
  void each(const std::string& sql, const std::function<void(const Values&)>& visit);
  std::int64_t number(const std::string& sql);
  bool on_server() const { return server_ != nullptr; }
  Values column(const std::string& sql);  ///< The first column of every row.
  /// What is wrong with how the engine itself keeps the data.
  std::vector<std::string> damage();

 private:
  void each_of_file(const std::string& sql, const std::function<void(const Values&)>& visit);
  void each_of_server(const std::string& sql, const std::function<void(const Values&)>& visit);
  sqlite3* file_ = nullptr;
  pg_conn* server_ = nullptr;
};

/// The log in its order, and what is wrong with its numbering and its chain.
struct Log {
  std::vector<Happening> happenings;             ///< happenings[0] stands at position 1.
  std::map<std::int64_t, std::int64_t> reached;  ///< By transaction of PostgreSQL: how far it and those before it came.
  std::vector<std::string> faults;
  /// Behind it stands no event that was committed as Position::after() said this.
  std::int64_t position_of(std::int64_t after) const;
};
Log read_log(Tables& tables);

/// The rows of bookings.
std::map<std::int64_t, Row> read_rows(Tables& tables);

/// Between which positions of the log a client's question is answered, asked on a connection of its own.
class Position {
 public:
  /// `told`: of a file, up to where its commits have reached the cache; a file shows them a moment before that, and
  /// nobody has been answered yet.
  Position(const std::string& address, const std::atomic<std::int64_t>& told);
  ~Position();
  Position(const Position&) = delete;

  /// Every event up to here is committed, and every event that is not stands behind it.
  std::int64_t before();
  /// For Log::position_of(): of a file the position. On a server events that are committed may have none yet: the
  /// number that the next transaction is given.
  std::int64_t after();

 private:
  std::int64_t of_file();
  const std::atomic<std::int64_t>& told_;
  sqlite3* file_ = nullptr;
  sqlite3_stmt* query_ = nullptr;
  std::unique_ptr<Tables> server_;
};

std::int64_t number_in(const std::string& text);

}  // namespace prove
