#include "store/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "store/postgres.h"
#include "store/writer.h"

namespace embedded {
extern const std::vector<std::pair<std::string_view, std::string_view>> sqlite_migrations;
extern const std::vector<std::pair<std::string_view, std::string_view>> postgresql_migrations;
}  // namespace embedded

namespace store {

namespace {

int locked_file(const std::string& path) {
  const int file = ::open((path + ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0 || ::flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (file >= 0) ::close(file);
    throw std::runtime_error(path + " is in use by another process; only one may write to it.");
  }
  return file;
}

class Sqlite : public Backend {
 public:
  explicit Sqlite(const DatabaseOptions& options);
  ~Sqlite() override {
    // The writer closes last and folds the write-ahead log into the file; a reader could not.
    idle_.clear();
    writer_.reset();
  }
  Engine engine() const override { return Engine::sqlite; }
  void read(base::SchoolId, const std::function<void(Transaction&)>& body, Freshness) override;
  base::Done write(base::SchoolId, const std::function<bool(Transaction&)>& action) override {
    return writer_->run(action);
  }
  void on_commit(CommitListener listener) override { writer_->on_commit(std::move(listener)); }
  const WriterFigures& figures() const override { return writer_->figures; }
  std::string trouble() override { return writer_->broken(); }
  bool memory_is(Freshness) override { return true; }  // The writer tells of what moved before it answers anybody.

 private:
  std::unique_ptr<SqliteConnection> reader();
  void give_back(std::unique_ptr<SqliteConnection> reader);

  std::optional<FileLock> lock_;  ///< Keeps a second process out, until everything below is closed.
  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<std::unique_ptr<SqliteConnection>> idle_;  ///< Readers that wait for work.
  std::unique_ptr<Writer> writer_;
};

Sqlite::Sqlite(const DatabaseOptions& options) {
  using Mode = SqliteConnection::Mode;
  if (options.exclusive) lock_.emplace(options.path);
  writer_ = std::make_unique<Writer>(std::make_unique<SqliteConnection>(options.path, Mode::read_write), options.queue);
  for (int i = 0; i < options.readers; ++i)
    idle_.push_back(std::make_unique<SqliteConnection>(options.path, Mode::read_only));
}

std::unique_ptr<SqliteConnection> Sqlite::reader() {
  std::unique_lock lock(mutex_);
  free_.wait(lock, [&] { return !idle_.empty(); });
  auto reader = std::move(idle_.back());
  idle_.pop_back();
  return reader;
}

void Sqlite::give_back(std::unique_ptr<SqliteConnection> reader) {
  reader->roll_back();
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(reader));
  }
  free_.notify_one();
}

void Sqlite::read(base::SchoolId, const std::function<void(Transaction&)>& body, Freshness) {
  auto connection = reader();
  try {
    connection->control("begin");
    Transaction tx(*connection);
    body(tx);
  } catch (...) {  // Rethrown; the connection is for the next one to try.
    give_back(std::move(connection));
    throw;
  }
  give_back(std::move(connection));
}

}  // namespace

FileLock::FileLock(const std::string& path) : file_(locked_file(path)) {}
FileLock::~FileLock() {
  ::close(file_);
}

bool is_postgres(std::string_view address) {
  return address.starts_with("postgresql://") || address.starts_with("postgres://");
}

Database::Database(const DatabaseOptions& options)
    : backend_(is_postgres(options.path)
                   ? make_postgres({.url = options.path, .replica = options.replica, .patience = options.patience})
                   : std::unique_ptr<Backend>(std::make_unique<Sqlite>(options))) {}
Database::~Database() = default;

int newest_migration(Engine engine) {
  const auto& known = engine == Engine::sqlite ? embedded::sqlite_migrations : embedded::postgresql_migrations;
  return static_cast<int>(known.size());
}

int applied_migration(Transaction& tx) {
  if (tx.engine() == Engine::sqlite) return static_cast<int>(*tx.number("pragma user_version"));
  if (!tx.number("select 1 where to_regclass('migrations') is not null")) return 0;
  return static_cast<int>(*tx.number("select count(*) from migrations"));
}

int oldest_that_works(Transaction& tx) {
  const int applied = applied_migration(tx);
  if (tx.engine() == Engine::sqlite || applied == 0) return applied;
  return static_cast<int>(*tx.number("select max(number) from migrations where expands = 0"));
}

int migrate(const std::string& path, const std::string& application_role) {
  if (is_postgres(path)) return migrate_postgres(path, application_role);
  const FileLock lock(path);
  SqliteConnection connection(path, SqliteConnection::Mode::read_write);
  Transaction tx(connection);
  const int newest = newest_migration(Engine::sqlite);
  const int before = applied_migration(tx);
  if (before > newest)
    throw std::runtime_error(
        fmt::format("{} has schema {}, newer than the {} this program knows.", path, before, newest));
  if (before > 0 && before < newest) tx.run("vacuum into $1", fmt::format("{}.before-{:04}", path, before + 1));
  for (int number = before; number < newest; ++number) {
    connection.execute("begin exclusive");
    connection.execute(std::string(embedded::sqlite_migrations[static_cast<std::size_t>(number)].second));
    connection.execute(fmt::format("pragma user_version = {}; commit;", number + 1));
  }
  return newest - before;
}

}  // namespace store
