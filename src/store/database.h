/// The database, whichever engine it has: reading in a snapshot, writing in a transaction, migrations.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>

#include "store/sql.h"

namespace store {

struct DatabaseOptions {
  std::string path;          ///< A file of SQLite, or the postgresql:// address of a database.
  std::string replica{};     ///< The address of one that follows it (PostgreSQL), for Freshness::recent; "": none.
  int readers = 2;           ///< Connections for reading; more readers than cores only add memory (SQLite).
  std::size_t queue = 1024;  ///< Actions that may wait for the writer; more are refused with `unavailable` (SQLite).
  bool exclusive = true;     ///< Refuse to start where another process writes the same file (SQLite).
  std::chrono::milliseconds patience{4'500};  ///< Of a transaction, with waits and repetitions (PostgreSQL).
};

/// How old what is read may be. Whoever decides, or needs a version that somebody will send back, reads what is now.
enum class Freshness {
  recent,   ///< A replica may answer that has everything this node has committed for the school and has heard of.
  now,      ///< Everything that was committed.
  checked,  ///< Likewise, and caches ask for their versions, as whoever asks may have written on another node.
};

/// What was written since the start, and who read; for /metrics and tests. `rerun_alone` are repetitions after a
/// deadlock, a lost race or a neighbour's failure.
struct WriterFigures {
  std::atomic<std::int64_t> actions{0}, commits{0}, refused_full{0}, rerun_alone{0};
  std::atomic<std::int64_t> replica_reads{0}, replica_behind{0}, replica_lost{0};
};

/// How far somebody has followed what is committed.
struct Followed {
  std::chrono::steady_clock::time_point seen{};  ///< Every commit before has reached the listeners,
  std::string log_position{};                    ///< and stands before this place of the server's write-ahead log.
};

using CommitListener = std::function<void(const std::vector<Touched>&)>;

/// What an engine does for Database, which documents it.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual Engine engine() const = 0;
  virtual void read(base::SchoolId school, const std::function<void(Transaction&)>& body,
                    Freshness freshness = Freshness::now) = 0;
  /// The action's bool says whether what it wrote stays.
  virtual base::Done write(base::SchoolId school, const std::function<bool(Transaction&)>& action) = 0;
  virtual void on_commit(CommitListener listener) = 0;
  virtual const WriterFigures& figures() const = 0;
  virtual std::string trouble() = 0;
  virtual void followed(const Followed&) {}
  /// Whether what this node keeps in memory, and was told to drop, is as fresh as that.
  virtual bool memory_is(Freshness freshness) = 0;
};

class Database {
 public:
  explicit Database(const DatabaseOptions& options);
  ~Database();  ///< Finishes what is queued.
  Database(const Database&) = delete;

  Engine engine() const { return backend_->engine(); }
  /// Runs `body`, perhaps twice, in one read-only snapshot, which begins after every commit that has been answered
  /// unless `freshness` allows less. It sees what is this school's, on PostgreSQL by row-level security.
  template <class Body>
  auto read(base::SchoolId school, Body&& body, Freshness freshness = Freshness::now)
      -> decltype(body(std::declval<Transaction&>())) {
    using Result = decltype(body(std::declval<Transaction&>()));
    if constexpr (std::is_void_v<Result>) {
      backend_->read(
          school, [&](Transaction& tx) { body(tx); }, freshness);
    } else {
      std::optional<Result> result;
      backend_->read(
          school, [&](Transaction& tx) { result.emplace(body(tx)); }, freshness);
      return std::move(*result);
    }
  }

  /// Likewise on this thread and without the database, for as long as `body` asks it for nothing: nothing where it
  /// does, and where what is kept in memory may be older than `freshness` allows. Takes no connection and never waits.
  template <class Body>
  auto read_memory(Freshness freshness, Body&& body) -> std::optional<decltype(body(std::declval<Transaction&>()))> {
    if (!backend_->memory_is(freshness)) return std::nullopt;
    NoConnection nowhere(engine());
    Transaction tx(nowhere);
    tx.memory_only = true;
    try {
      return body(tx);
    } catch (const NotInMemory&) {
      return std::nullopt;
    }
  }

  /// Runs `body` in a transaction and returns when it is durable. Commits only if it returns a value; a refusal or an
  /// exception leaves nothing behind. `body` may run twice and may touch nothing but its transaction. Refuses with
  /// `unavailable` where too many wait. From inside itself: a Bug.
  template <class T>
  base::Result<T> transact(base::SchoolId school, const std::function<base::Result<T>(Transaction&)>& body) {
    std::optional<base::Result<T>> result;
    const auto outcome = backend_->write(school, [&](Transaction& tx) {
      result.emplace(body(tx));
      return result->has_value();
    });
    if (!outcome) return base::refuse(outcome.error());
    return std::move(*result);
  }

  /// Called after each commit and before anybody is answered, with all that moved.
  void on_commit(CommitListener listener) { backend_->on_commit(std::move(listener)); }
  const WriterFigures& figures() const { return backend_->figures(); }
  /// Told by whoever follows the signals (store/events.h). SQLite's own writer tells the listeners itself.
  void followed(const Followed& reached) { backend_->followed(reached); }
  /// "" while bookings can be written, else why not; for /readyz.
  std::string trouble() { return backend_->trouble(); }

 private:
  std::unique_ptr<Backend> backend_;
};

bool is_postgres(std::string_view address);

/// Keeps every other process from writing to a file of SQLite while it lives. Throws where one does already.
class FileLock {
 public:
  explicit FileLock(const std::string& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;

 private:
  const int file_;
};

/// Brings the file at `path` to the newest schema: forward only, each migration in one transaction. Returns how many
/// ran. Where the file has tables already and something is to be done, a copy is made beside it first
/// (path.before-NNNN). With the address of PostgreSQL: migrate_postgres().
int migrate(const std::string& path, const std::string& application_role = "");
/// The newest migration this binary knows, and the one the database has.
int newest_migration(Engine engine);
int applied_migration(Transaction& tx);
/// The migration that a program must at least know to work with the database: those after it only add what old programs
/// need not know (their files begin with "-- Expands"), so that nodes of two versions work side by side.
int oldest_that_works(Transaction& tx);

}  // namespace store
