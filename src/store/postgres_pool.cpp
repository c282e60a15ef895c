// The pool of connections, and what is done with a transaction that was lost or undone.
#include <fmt/format.h>

#include <map>
#include <thread>

#include "base/crypto.h"
#include "store/events.h"
#include "store/grants.h"
#include "store/postgres.h"

namespace embedded {
extern const std::vector<std::pair<std::string_view, std::string_view>> postgresql_migrations;
}

namespace store {

namespace {

using Moment = std::chrono::steady_clock::time_point;
/// A node that has not heard of other nodes' commits for longer asks for versions (design of the caches).
constexpr std::chrono::seconds longest_unheard{1};
/// A replica that does not answer for so long is left alone for a while.
constexpr std::chrono::seconds longest_replica{1}, replica_rests{5};

/// What /readyz waits for.
constexpr std::chrono::seconds longest_question{2};

thread_local bool in_transaction = false;

/// Connections to one server.
class Pool {
 public:
  /// `undone` counts the transactions that had to be repeated.
  Pool(std::string url, int connections, std::uint32_t retries, std::atomic<std::int64_t>& undone)
      : url_(std::move(url)), connections_(connections), retries_(retries), undone_(undone) {}

  /// Runs `step` on a connection, again on another one where that is lost or its transaction undone, until the
  /// deadline.
  void attempt(Deadline deadline, const std::function<void(PostgresConnection&)>& step);

 private:
  using Lent = std::unique_ptr<PostgresConnection>;
  Lent borrow(Deadline deadline);
  void give_back(Lent connection);
  void forget_idle();

  const std::string url_;
  const int connections_;
  const std::uint32_t retries_;
  std::atomic<std::int64_t>& undone_;
  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<Lent> idle_;
  int lent_ = 0;
};

class Postgres : public Backend {
 public:
  explicit Postgres(const PostgresOptions& options)
      : options_(options),
        primary_(options.url, options.connections, options.retries, figures_.rerun_alone),
        replica_(options.replica, options.connections, 0, figures_.rerun_alone) {}
  Engine engine() const override { return Engine::postgresql; }
  void read(base::SchoolId school, const std::function<void(Transaction&)>& body, Freshness freshness) override;
  base::Done write(base::SchoolId school, const std::function<bool(Transaction&)>& action) override;
  void on_commit(CommitListener listener) override {
    const std::lock_guard lock(mutex_);
    listener_ = std::move(listener);
  }
  const WriterFigures& figures() const override { return figures_; }
  std::string trouble() override;
  void followed(const Followed& reached) override;
  bool memory_is(Freshness freshness) override { return freshness != Freshness::checked && !unheard(); }

 private:
  bool unheard();
  void try_once(PostgresConnection& connection, base::SchoolId school, Deadline deadline,
                const std::function<bool(Transaction&)>& action);
  Deadline deadline_from_now() const {
    return std::min(std::chrono::steady_clock::now() + options_.patience, base::RequestDeadline::of_this_thread());
  }
  bool was_committed(const std::string& transaction, Deadline deadline);
  void committed(base::SchoolId school, const std::vector<Touched>& touched);
  std::optional<std::string> replica_must_have(base::SchoolId school);
  bool read_replica(base::SchoolId school, const std::function<void(Transaction&)>& body);

  const PostgresOptions options_;
  WriterFigures figures_;
  Pool primary_, replica_;
  std::mutex mutex_;  ///< Of what follows.
  CommitListener listener_;
  Followed followed_;
  std::map<base::SchoolId, Moment> written_;  ///< When this node last committed, where that is not followed yet.
  Moment replica_rests_until_{};
};

Pool::Lent Pool::borrow(Deadline deadline) {
  {
    std::unique_lock lock(mutex_);
    const bool room = free_.wait_until(lock, deadline, [&] { return lent_ < connections_; });
    if (!room) throw ConnectionLost("Every connection to the database is busy.");
    ++lent_;
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      connection->set_deadline(deadline);
      return connection;
    }
  }
  try {
    return std::make_unique<PostgresConnection>(url_, deadline);
  } catch (...) {
    give_back(nullptr);
    throw;
  }
}

void Pool::give_back(Lent connection) {
  {
    const std::lock_guard lock(mutex_);
    --lent_;
    if (connection && connection->usable()) idle_.push_back(std::move(connection));
  }
  free_.notify_one();
}

void Pool::forget_idle() {
  std::vector<Lent> cut;  // Closed after the lock is gone.
  const std::lock_guard lock(mutex_);
  cut.swap(idle_);
}

void pause(std::uint32_t attempt) {
  const auto random = base::random_bytes(1)[0];
  const auto longest = std::min(1u << std::min(attempt, 8u), 100u);  // Milliseconds.
  std::this_thread::sleep_for(std::chrono::microseconds{longest * 1'000u * (random + 1u) / 256u});
}

void Pool::attempt(Deadline deadline, const std::function<void(PostgresConnection&)>& step) {
  for (std::uint32_t tries = 1;; ++tries) {
    Lent connection;
    try {
      connection = borrow(deadline);
      step(*connection);
      return give_back(std::move(connection));
    } catch (const ConnectionLost&) {
      if (connection) {
        give_back(nullptr);
        forget_idle();  // They may have been cut with it.
      }
      if (tries > retries_ || std::chrono::steady_clock::now() > deadline) throw;
    } catch (const SerializationError&) {
      give_back(std::move(connection));
      if (tries > retries_ || std::chrono::steady_clock::now() > deadline) throw;
      ++undone_;
    } catch (...) {
      give_back(std::move(connection));
      throw;
    }
    pause(tries);
  }
}

void read_snapshot(PostgresConnection& connection, base::SchoolId school, bool in_doubt,
                   const std::function<void(Transaction&)>& body) {
  connection.begin_reading(school);
  try {
    Transaction tx(connection);
    tx.in_doubt = in_doubt;
    body(tx);
  } catch (...) {  // Rethrown.
    connection.roll_back();
    throw;
  }
  connection.commit();
}

void Postgres::read(base::SchoolId school, const std::function<void(Transaction&)>& body, Freshness freshness) {
  if (freshness == Freshness::recent && read_replica(school, body)) return;
  const auto deadline = deadline_from_now();
  primary_.attempt(deadline, [&](PostgresConnection& connection) {
    read_snapshot(connection, school, !memory_is(freshness), body);
  });
}

/// Other nodes may have moved what is kept here.
bool Postgres::unheard() {
  const std::lock_guard lock(mutex_);
  return std::chrono::steady_clock::now() - followed_.seen > longest_unheard;
}

/// The place of the write-ahead log up to which a replica must have come; nothing where none will do.
std::optional<std::string> Postgres::replica_must_have(base::SchoolId school) {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  if (options_.replica.empty() || now < replica_rests_until_) return std::nullopt;
  if (base::RequestDeadline::of_this_thread() < now + longest_replica) return std::nullopt;
  if (now - followed_.seen > longest_unheard || written_.contains(school)) return std::nullopt;
  return followed_.log_position;
}

/// False where the replica is away or behind: somebody else must answer. A first statement of its own says how far it
/// is, as the snapshot must not be older than that.
bool Postgres::read_replica(base::SchoolId school, const std::function<void(Transaction&)>& body) {
  const auto reached = replica_must_have(school);
  if (!reached) return false;
  try {
    bool there = false;
    replica_.attempt(std::chrono::steady_clock::now() + longest_replica, [&](PostgresConnection& connection) {
      there = connection.execute("select pg_last_wal_replay_lsn() >= '" + *reached + "'") == "t";
      if (there) read_snapshot(connection, school, false, body);
    });
    ++(there ? figures_.replica_reads : figures_.replica_behind);
    return there;
  } catch (const ConnectionLost&) {
    ++figures_.replica_lost;
    const std::lock_guard lock(mutex_);
    replica_rests_until_ = std::chrono::steady_clock::now() + replica_rests;
  } catch (const SerializationError&) {  // What came from the primary made the replica stop the statement.
    ++figures_.replica_behind;
  }
  return false;
}

void Postgres::followed(const Followed& reached) {
  const std::lock_guard lock(mutex_);
  followed_ = reached;
  std::erase_if(written_, [&](const auto& each) { return each.second < reached.seen; });
}

void Postgres::try_once(PostgresConnection& connection, base::SchoolId school, Deadline deadline,
                        const std::function<bool(Transaction&)>& action) {
  connection.begin_writing(school);
  bool kept = false;
  std::vector<Touched> touched;
  try {
    Transaction tx(connection);
    kept = action(tx);
    touched = std::move(tx.touched);
  } catch (...) {  // Rethrown.
    connection.roll_back();
    throw;
  }
  if (!kept) return connection.roll_back();
  try {
    if (touched.empty()) {
      connection.commit();
    } else {
      const auto signal = signal_text(touched);
      const std::array<Parameter, 2> parameters{touched.front().school, std::string_view(signal)};
      connection.commit(signal_sql, parameters);
    }
  } catch (const ConnectionLost&) {
    if (!was_committed(connection.number(), deadline)) throw;  // Undone: it may run again.
  } catch (...) {                                              // Rethrown: what was to be committed is not there.
    connection.roll_back();
    throw;
  }
  committed(school, touched);
}

/// What became of a transaction whose COMMIT was not answered.
bool Postgres::was_committed(const std::string& transaction, Deadline deadline) {
  for (std::uint32_t tries = 1;; ++tries) {
    std::string status;
    primary_.attempt(deadline, [&](PostgresConnection& connection) {
      status = connection.execute("select pg_xact_status('" + transaction + "')");
    });
    if (status != "in progress") return status == "committed";
    pause(tries);
  }
}

base::Done Postgres::write(base::SchoolId school, const std::function<bool(Transaction&)>& action) {
  CHECK(!in_transaction);  // An action that starts another one would wait for itself.
  in_transaction = true;
  const std::unique_ptr<bool, void (*)(bool*)> leave(&in_transaction, [](bool* inside) { *inside = false; });
  const auto deadline = deadline_from_now();
  ++figures_.actions;
  try {
    primary_.attempt(deadline, [&](PostgresConnection& connection) { try_once(connection, school, deadline, action); });
  } catch (const ConnectionLost&) {
    return base::refuse(base::Code::unavailable, "Bookings cannot be written at the moment.");
  }
  return base::done();
}

void Postgres::committed(base::SchoolId school, const std::vector<Touched>& touched) {
  ++figures_.commits;
  CommitListener listener;
  {
    const std::lock_guard lock(mutex_);
    listener = listener_;
    if (!options_.replica.empty()) written_[school] = std::chrono::steady_clock::now();
  }
  if (listener && !touched.empty()) listener(touched);
}

std::string Postgres::trouble() {
  const base::RequestDeadline soon(std::chrono::steady_clock::now() + longest_question);
  try {
    read(
        no_school, [](Transaction& tx) { (void)tx.number("select 1"); }, Freshness::now);
    return "";
  } catch (const SqlError& error) {
    return error.what();
  }
}

}  // namespace

std::unique_ptr<Backend> make_postgres(const PostgresOptions& options) {
  return std::make_unique<Postgres>(options);
}

int migrate_postgres(const std::string& url, const std::string& application_role) {
  PostgresConnection connection(url, std::chrono::steady_clock::now() + std::chrono::minutes{10});
  Transaction tx(connection);
  const auto& migrations = embedded::postgresql_migrations;
  for (int ran = 0;; ++ran) {
    // One process at a time, by a lock that ends with the transaction: PgBouncer may stand between.
    connection.execute(
        "begin; set local client_min_messages = warning; select pg_advisory_xact_lock(7239001);"
        " create table if not exists migrations (number bigint primary key, expands integer not null)");
    const auto applied = static_cast<std::size_t>(tx.number("select count(*) from migrations").value_or(0));
    if (applied > migrations.size())
      throw std::runtime_error(
          fmt::format("The database has schema {}, newer than the {} this program knows.", applied, migrations.size()));
    if (applied == migrations.size()) {
      grant_least(connection, application_role,
                  {{"events", "update, delete"},
                   {"event_order", "update, delete"},
                   {"audit", "update, delete"},
                   {"migrations", "insert, update, delete"}});
      connection.execute("commit");
      return ran;
    }
    const auto& script = migrations[applied].second;
    connection.execute(fmt::format("{}; insert into migrations values ({}, {}); commit", script, applied + 1,
                                   script.starts_with("-- Expands") ? 1 : 0));
  }
}

}  // namespace store
