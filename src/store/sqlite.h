/// SQLite: one open file with its prepared statements.
#pragma once

#include <map>

#include "store/sql.h"

struct sqlite3;
struct sqlite3_stmt;

namespace store {

class SqliteConnection : public Connection {
 public:
  enum class Mode { read_write, read_only, key_store };
  /// WAL, synchronous=FULL, foreign keys on; the file is made where it is missing (read_write). The key store has a
  /// rollback journal and overwrites what it deletes, so that a destroyed key is in no file any more.
  SqliteConnection(const std::string& path, Mode mode);
  ~SqliteConnection() override;
  SqliteConnection(const SqliteConnection&) = delete;

  Engine engine() const override { return Engine::sqlite; }
  std::int64_t run(std::string_view sql, std::span<const Parameter> parameters) override;
  std::unique_ptr<Rows> query(std::string_view sql, std::span<const Parameter> parameters) override;

  void execute(const std::string& script);  ///< Any number of statements without parameters.
  /// One of begin, savepoint, release, commit and the like, prepared once.
  void control(std::string_view statement) { run(statement, {}); }
  bool in_transaction() const;
  /// Ends the transaction, if any: after an I/O error the engine has ended it itself. False where it could not.
  bool roll_back();

 private:
  explicit SqliteConnection(sqlite3* database) : database_(database) {}
  enum class Bound { until_reset, as_a_copy };  ///< Whether text and bytes outlive the statement's run.
  sqlite3_stmt* prepared(std::string_view sql, std::span<const Parameter> parameters, Bound bound);
  sqlite3_stmt* prepare(std::string_view sql);  ///< Cached by text.

  sqlite3* database_;
  std::map<std::string, sqlite3_stmt*, std::less<>> statements_;
};

}  // namespace store
