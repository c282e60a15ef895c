#include "store/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "store/writer.h"

namespace embedded {
extern const std::vector<std::pair<std::string_view, std::string_view>> sqlite_migrations;
}

namespace store {

/// Reader connections that wait for work, the lock that keeps a second process out.
struct Database::Readers {
  std::mutex mutex;
  std::condition_variable free;
  std::vector<std::unique_ptr<Connection>> idle;
  int lock = -1;
  ~Readers() {
    if (lock >= 0) ::close(lock);
  }
};

namespace {

int lock_file(const std::string& path) {
  const int file = ::open((path + ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0 || ::flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (file >= 0) ::close(file);
    throw std::runtime_error(path + " is in use by another process; only one may write to it.");
  }
  return file;
}

}  // namespace

Database::Database(const DatabaseOptions& options) : readers_(std::make_unique<Readers>()) {
  if (options.exclusive) readers_->lock = lock_file(options.path);
  writer_ =
      std::make_unique<Writer>(std::make_unique<Connection>(options.path, Connection::Mode::read_write), options.queue);
  for (int i = 0; i < options.readers; ++i)
    readers_->idle.push_back(std::make_unique<Connection>(options.path, Connection::Mode::read_only));
}

Database::~Database() {
  // The writer closes last and folds the write-ahead log into the file; a reader could not.
  readers_->idle.clear();
  writer_.reset();
}

base::Done Database::submit(const std::function<bool(Transaction&)>& action) {
  return writer_->run(action);
}

void Database::on_commit(std::function<void(const std::vector<Touched>&)> listener) {
  writer_->on_commit(std::move(listener));
}

const WriterFigures& Database::figures() const {
  return writer_->figures;
}

std::string Database::trouble() {
  return writer_->broken();
}

Database::Lease::Lease(Database& database) : database_(database) {
  std::unique_lock lock(database.readers_->mutex);
  database.readers_->free.wait(lock, [&] { return !database.readers_->idle.empty(); });
  connection_ = std::move(database.readers_->idle.back());
  database.readers_->idle.pop_back();
  lock.unlock();
  try {
    connection_->control("begin");
  } catch (...) {  // Rethrown; the connection is for the next one to try.
    give_back();
    throw;
  }
  transaction.emplace(*connection_);
}

Database::Lease::~Lease() {
  connection_->roll_back();
  give_back();
}

void Database::Lease::give_back() {
  {
    const std::lock_guard lock(database_.readers_->mutex);
    database_.readers_->idle.push_back(std::move(connection_));
  }
  database_.readers_->free.notify_one();
}

int newest_migration() {
  return static_cast<int>(embedded::sqlite_migrations.size());
}

int applied_migration(Transaction& tx) {
  return static_cast<int>(*tx.number("pragma user_version"));
}

int migrate(const std::string& path) {
  const int lock = lock_file(path);
  const std::unique_ptr<const int, void (*)(const int*)> unlock(&lock, [](const int* file) { ::close(*file); });
  Connection connection(path, Connection::Mode::read_write);
  Transaction tx(connection);
  const int before = applied_migration(tx);
  if (before > newest_migration())
    throw std::runtime_error(
        fmt::format("{} has schema {}, newer than the {} this program knows.", path, before, newest_migration()));
  if (before > 0 && before < newest_migration())
    tx.run("vacuum into $1", fmt::format("{}.before-{:04}", path, before + 1));
  for (int number = before; number < newest_migration(); ++number) {
    connection.execute("begin exclusive");
    connection.execute(std::string(embedded::sqlite_migrations[static_cast<std::size_t>(number)].second));
    connection.execute(fmt::format("pragma user_version = {}; commit;", number + 1));
  }
  return newest_migration() - before;
}

}  // namespace store
