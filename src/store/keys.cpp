#include "store/keys.h"

#include <fcntl.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>

#include "store/grants.h"

namespace store {

namespace {

/// {0} holds bytes, {1} says that a table is its primary key.
constexpr std::string_view schema = R"(
  create table if not exists person_keys (
    school_id bigint not null,
    id bigint not null,
    wrapped {0} not null,
    created_at bigint not null,
    primary key (school_id, id)
  ) {1};
  create table if not exists keys_ahead (
    school_id bigint not null,
    id bigint not null,
    primary key (school_id, id)
  ) {1};
  create table if not exists erased_keys (
    school_id bigint not null,
    id bigint not null,
    erased_at bigint not null,
    primary key (school_id, id)
  ) {1};
  create table if not exists school_keys (
    school_id bigint not null,
    id bigint not null default 0,
    wrapped {0} not null,
    primary key (school_id, id)
  ) {1};
)";

/// Look-ups are many and each is one row; a listing that needs many keys at once still ends within a request.
constexpr std::chrono::milliseconds patience{3'000};
constexpr int connections = 8;
/// Keys that rewrap() takes up in one transaction.
constexpr int rewrapped_at_once = 500;

std::string person_context(KeyOwner owner) {
  return fmt::format("person-key/{}/{}", owner.school.value, owner.person.value);
}
std::string school_context(base::SchoolId school) {
  return fmt::format("school-key/{}/0", school.value);
}
/// What a sealed value is and whose: it opens in no other place.
std::string value_context(KeyOwner owner, std::string_view purpose) {
  return fmt::format("{}/{}/{}", owner.school.value, owner.person.value, purpose);
}

/// The file with keys in it is nobody's business but its owner's, from its first moment on.
const std::string& private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0) throw std::runtime_error(path + " cannot be opened for writing.");
  ::close(file);
  return path;
}

}  // namespace

KeyStore::KeyStore(const std::string& address, const std::vector<base::NamedKey>& masters, std::size_t cache_limit)
    : cache_limit_(cache_limit) {
  CHECK(!masters.empty());
  // Hashed, so that a key of any length gives 256 bits and the same secret elsewhere gives another key.
  for (const auto& master : masters)
    masters_.push_back({master.id, base::Key(base::hmac_sha256(base::bytes_of(master.bytes.reveal()),
                                                               base::bytes_of("roadbook key store")))});
  if (is_postgres(address)) {
    server_ = make_postgres({.url = address, .connections = connections, .patience = patience});
    return;
  }
  connection_ = std::make_unique<SqliteConnection>(private_file(address), SqliteConnection::Mode::key_store);
  connection_->execute(fmt::format(schema, "blob", "without rowid"));
}

namespace {

/// What the server's silence is called here.
void ask(const std::function<base::Done()>& step) {
  try {
    if (const auto done = step(); !done) throw KeysUnavailable("PostgreSQL does not answer.");
  } catch (const ConnectionLost& lost) {
    throw KeysUnavailable(lost.what());
  } catch (const SerializationError& error) {
    throw KeysUnavailable(error.what());
  }
}

/// A key that is lost in a crash takes its person along, whatever the server's setting for everything else.
void wait_for_the_disk(Transaction& tx) {
  for (const Row row : tx.query("select set_config('synchronous_commit', 'on', true)"
                                " where current_setting('synchronous_commit') = 'off'"))
    (void)row;
}

}  // namespace

void KeyStore::read(const std::function<void(Transaction&)>& body) {
  if (server_)
    return ask([&] {
      server_->read(no_school, body);
      return base::done();
    });
  const std::lock_guard lock(connection_mutex_);
  Transaction tx(*connection_);
  body(tx);
}

void KeyStore::write(const std::function<void(Transaction&)>& body) {
  if (server_)
    return ask([&] {
      return server_->write(no_school, [&](Transaction& tx) {
        wait_for_the_disk(tx);
        body(tx);
        return true;
      });
    });
  const std::lock_guard lock(connection_mutex_);
  connection_->execute("begin immediate");
  try {
    Transaction tx(*connection_);
    body(tx);
    connection_->execute("commit");
  } catch (const std::exception&) {
    if (connection_->in_transaction()) connection_->execute("rollback");
    throw;
  }
}

base::Bytes KeyStore::wrap(const base::Key& key, std::string_view context) const {
  return base::seal(masters_.front().key, masters_.front().id, key.bytes(), context);
}

base::Key KeyStore::unwrap(base::ByteView wrapped, std::string_view context) const {
  const auto id = base::sealed_by(wrapped);
  for (const auto& master : masters_) {
    if (!id || master.id != *id) continue;
    if (const auto plain = base::open(master.key, wrapped, context); plain && plain->size() == 32)
      return base::Key(*plain);
  }
  throw SealError(fmt::format("The key {} does not open with ENCRYPTION_KEYS.", context));
}

namespace {

/// One statement for all of them where each would be a journey to the server.
std::string listed(std::span<const base::PersonId> people) {
  boost::json::array ids;
  for (const auto person : people) ids.emplace_back(person.value);
  return boost::json::serialize(ids);
}

const char* of_list(Engine engine) {
  return engine == Engine::sqlite
             ? " in (select value from json_each($2))"
             : " in (select cast(value as bigint) from json_array_elements_text(cast($2 as json)))";
}

/// Runs `sql`, "… school_id = $1 and id", for all of them.
void for_people(Transaction& tx, const std::string& sql, base::SchoolId school,
                std::span<const base::PersonId> people) {
  tx.run(sql + of_list(tx.engine()), school, listed(people));
}

}  // namespace

void KeyStore::insert_keys(Transaction& tx, base::SchoolId school, std::span<const base::PersonId> people,
                           base::Instant now) {
  boost::json::array rows;
  for (const auto person : people) {
    const auto wrapped = wrap(base::Key::random(), person_context({school, person}));
    if (tx.engine() == Engine::sqlite)
      tx.run("insert into person_keys (school_id, id, wrapped, created_at) values ($1, $2, $3, $4)", school, person,
             wrapped, now);
    else
      rows.push_back({{"id", person.value}, {"wrapped", fmt::format("{:02x}", fmt::join(wrapped, ""))}});
  }
  if (tx.engine() == Engine::postgresql)
    tx.run(
        "insert into person_keys (school_id, id, wrapped, created_at) select $1, id, decode(wrapped, 'hex'), $3"
        " from json_to_recordset(cast($2 as json)) as made (id bigint, wrapped text)",
        school, boost::json::serialize(rows), now);
}

void KeyStore::make_keys(base::SchoolId school, std::span<const base::PersonId> people, base::Instant now) {
  write([&](Transaction& tx) { insert_keys(tx, school, people, now); });
}

void KeyStore::make_keys_ahead(base::SchoolId school, std::span<const base::PersonId> people, base::Instant now) {
  write([&](Transaction& tx) {
    insert_keys(tx, school, people, now);
    for_people(tx,
               "insert into keys_ahead (school_id, id) select school_id, id from person_keys where school_id = $1"
               " and id",
               school, people);
  });
}

void KeyStore::settle_keys(base::SchoolId school, std::span<const base::PersonId> people) {
  write([&](Transaction& tx) { for_people(tx, "delete from keys_ahead where school_id = $1 and id", school, people); });
}

void KeyStore::destroy(base::SchoolId school, std::span<const base::PersonId> people) {
  write([&](Transaction& tx) {
    for_people(tx, "delete from person_keys where school_id = $1 and id", school, people);
    for_people(tx, "delete from keys_ahead where school_id = $1 and id", school, people);
  });
  for (const auto person : people) forget({school, person});
}

void KeyStore::erase(KeyOwner owner, base::Instant now) {
  write([&](Transaction& tx) {
    tx.run("insert into erased_keys (school_id, id, erased_at) values ($1, $2, $3) on conflict do nothing",
           owner.school, owner.person, now);
    for (const auto* sql : {"delete from person_keys where school_id = $1 and id = $2",
                            "delete from keys_ahead where school_id = $1 and id = $2"})
      tx.run(sql, owner.school, owner.person);
  });
  forget(owner);
}

std::vector<KeyOwner> KeyStore::erased() {
  std::vector<KeyOwner> all;
  read([&](Transaction& tx) {
    all.clear();
    for (const Row row : tx.query("select school_id, id from erased_keys order by school_id, id"))
      all.push_back({row.id<base::SchoolId>(0), row.id<base::PersonId>(1)});
  });
  return all;
}

void KeyStore::forget(KeyOwner owner) {
  // After it is destroyed: a look-up beside it may have brought it back meanwhile.
  const std::lock_guard lock(mutex_);
  ++destructions_;
  keys_.erase(owner);
}

bool KeyStore::has_key(KeyOwner owner) {
  return key_of(owner).has_value();
}

std::optional<base::Key> KeyStore::known(KeyOwner owner) {
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(owner);
  return found == keys_.end() ? std::nullopt : std::optional(found->second);
}

std::map<base::PersonId, base::Key> KeyStore::look_up(base::SchoolId school, std::span<const base::PersonId> people) {
  std::int64_t destructions = 0;
  {
    const std::lock_guard lock(mutex_);
    destructions = destructions_;
  }
  std::map<base::PersonId, base::Key> found;
  const auto sql = std::string("select id, wrapped from person_keys where school_id = $1 and id");
  read([&](Transaction& tx) {
    found.clear();
    for (const Row row : tx.query(sql + of_list(tx.engine()), school, listed(people))) {
      const auto person = row.id<base::PersonId>(0);
      found.emplace(person, unwrap(row.bytes(1), person_context({school, person})));
    }
  });
  // That there is none is not remembered: another node may be making it.
  const std::lock_guard lock(mutex_);
  if (destructions != destructions_) return found;
  for (const auto& [person, key] : found) {
    if (keys_.size() >= cache_limit_) keys_.erase(keys_.begin());
    keys_.emplace(KeyOwner{school, person}, key);
  }
  return found;
}

void KeyStore::fetch(base::SchoolId school, std::span<const base::PersonId> people) {
  std::vector<base::PersonId> missing;
  std::ranges::copy_if(people, std::back_inserter(missing), [&](auto person) { return !known({school, person}); });
  if (!missing.empty()) look_up(school, missing);
}

std::optional<base::Key> KeyStore::key_of(KeyOwner owner) {
  if (auto key = known(owner)) return key;
  const auto found = look_up(owner.school, std::span(&owner.person, 1));
  return found.empty() ? std::nullopt : std::optional(found.begin()->second);
}

base::Key KeyStore::hash_key_of(base::SchoolId school) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = hash_keys_.find(school); known != hash_keys_.end()) return known->second;
  }
  std::optional<base::Key> key;
  const auto look = [&](Transaction& tx) {
    key.reset();
    for (const Row row : tx.query("select wrapped from school_keys where school_id = $1", school))
      key = unwrap(row.bytes(0), school_context(school));
  };
  read(look);
  if (!key)
    write([&](Transaction& tx) {
      tx.run("insert into school_keys (school_id, wrapped) values ($1, $2) on conflict do nothing", school,
             wrap(base::Key::random(), school_context(school)));
      look(tx);  // Another node's, where that was faster.
    });
  const std::lock_guard lock(mutex_);
  hash_keys_.emplace(school, *key);
  return *key;
}

base::Bytes KeyStore::seal(KeyOwner owner, std::string_view purpose, std::string_view plain) {
  const auto key = key_of(owner);
  if (!key) throw SealError(fmt::format("{} is missing.", person_context(owner)));
  return base::seal(*key, "", base::bytes_of(plain), value_context(owner, purpose));
}

std::optional<std::string> KeyStore::open(KeyOwner owner, std::string_view purpose, base::ByteView sealed) {
  const auto key = key_of(owner);
  if (!key) return std::nullopt;
  const auto plain = base::open(*key, sealed, value_context(owner, purpose));
  if (!plain) throw SealError(fmt::format("A value of {} does not open.", person_context(owner)));
  return std::string(base::text_of(*plain));
}

base::Digest KeyStore::keyed_hash(base::SchoolId school, std::string_view purpose, std::string_view text) {
  const auto data = fmt::format("{}\n{}", purpose, text);  // No purpose holds a line feed.
  return base::hmac_sha256(hash_key_of(school).bytes(), base::bytes_of(data));
}

std::int64_t KeyStore::rewrap_table(const std::string& table) {
  const bool of_people = table == "person_keys";
  std::int64_t count = 0;
  KeyOwner last;
  for (bool more = true; more;) {
    std::vector<std::pair<KeyOwner, base::Bytes>> stale;
    KeyOwner reached = last;
    write([&](Transaction& tx) {
      stale.clear();
      reached = last;
      for (const Row row : tx.query("select school_id, id, wrapped from " + table +
                                        " where (school_id, id) > ($1, $2) order by school_id, id limit $3",
                                    last.school.value, last.person.value, rewrapped_at_once)) {
        reached = {row.id<base::SchoolId>(0), row.id<base::PersonId>(1)};
        auto wrapped = row.bytes(2);
        if (base::sealed_by(wrapped) != masters_.front().id) stale.emplace_back(reached, std::move(wrapped));
      }
      for (const auto& [owner, wrapped] : stale) {
        const auto context = of_people ? person_context(owner) : school_context(owner.school);
        tx.run("update " + table + " set wrapped = $1 where school_id = $2 and id = $3",
               wrap(unwrap(wrapped, context), context), owner.school, owner.person.value);
      }
    });
    more = reached != last;
    last = reached;
    count += static_cast<std::int64_t>(stale.size());
  }
  return count;
}

std::int64_t KeyStore::rewrap() {
  return rewrap_table("person_keys") + rewrap_table("school_keys");
}

std::vector<KeyStore::Entry> KeyStore::entries() {
  std::vector<Entry> entries;
  read([&](Transaction& tx) {
    entries.clear();
    for (const Row row : tx.query("select k.school_id, k.id, k.created_at, a.id is not null from person_keys k"
                                  " left join keys_ahead a on a.school_id = k.school_id and a.id = k.id"))
      entries.push_back({{row.id<base::SchoolId>(0), row.id<base::PersonId>(1)}, row.instant(2), row.flag(3)});
  });
  return entries;
}

std::string KeyStore::trouble() {
  const base::RequestDeadline soon(std::chrono::steady_clock::now() + patience / 2);
  try {
    read([](Transaction& tx) { (void)tx.number("select 1 from school_keys limit 1"); });
    return "";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

namespace {

bool has_tables(Transaction& tx) {
  return tx
      .number(
          "select 1 where to_regclass('person_keys') is not null and to_regclass('keys_ahead') is not null"
          " and to_regclass('school_keys') is not null and to_regclass('erased_keys') is not null")
      .has_value();
}

}  // namespace

void KeyStore::require_tables() {
  bool there = true;
  if (server_) read([&](Transaction& tx) { there = has_tables(tx); });
  if (!there) throw std::runtime_error("The key store has no tables yet: run `roadbook migrate`.");
}

void migrate_keys(const std::string& address, const std::string& application_role) {
  if (!is_postgres(address)) return;
  PostgresConnection connection(address, std::chrono::steady_clock::now() + std::chrono::minutes{1});
  Transaction tx(connection);
  // The lock of migrate_postgres: both grant rights on one schema where both are in one database.
  connection.execute("begin; select pg_advisory_xact_lock(7239001)");
  if (!has_tables(tx)) connection.execute(fmt::format(schema, "bytea", ""));
  // Where they are another one's, and where nobody of that name is on this server, there is nothing to give.
  const bool giving = tx.number(
                            "select 1 from pg_tables where schemaname = current_schema() and tablename = 'person_keys'"
                            " and tableowner = current_user and exists (select 1 from pg_roles where rolname = $1)",
                            application_role)
                          .has_value();
  if (giving) grant_least(connection, application_role, {});
  connection.execute("commit");
}

std::int64_t sweep_orphan_keys(Database& database, KeyStore& keys, base::Instant now) {
  const auto entries = keys.entries();
  std::map<base::SchoolId, std::vector<base::PersonId>> orphans, settled;
  std::size_t lost = 0, ahead_of_rows = 0;
  database.read(no_school, [&](Transaction& tx) {
    base::SchoolId entered;
    for (const auto& [owner, created_at, ahead] : entries) {
      if (created_at >= now - base::days{1}) continue;
      if (std::exchange(entered, owner.school) != owner.school) tx.enter(owner.school);
      const bool needed =
          tx.number("select 1 from people where school_id = $1 and id = $2", owner.school, owner.person).has_value();
      if (!needed) orphans[owner.school].push_back(owner.person);
      if (!needed) ++(ahead ? ahead_of_rows : lost);
      if (needed && ahead) settled[owner.school].push_back(owner.person);
    }
  });
  if (lost > 20 && lost * 10 > entries.size() - ahead_of_rows)
    throw std::runtime_error(
        fmt::format("{} of {} keys have no person: is this the key store of this database?", lost, entries.size()));
  std::int64_t destroyed = 0;
  for (const auto& [school, people] : settled) keys.settle_keys(school, people);
  for (const auto& [school, people] : orphans) {
    keys.destroy(school, people);
    destroyed += static_cast<std::int64_t>(people.size());
  }
  return destroyed;
}

}  // namespace store
