#include "store/keys.h"

#include <fcntl.h>
#include <unistd.h>

namespace store {

namespace {

constexpr auto schema = R"(
  create table if not exists person_keys (
    school_id bigint not null,
    id bigint not null,
    wrapped blob not null,
    created_at bigint not null,
    primary key (school_id, id)
  ) without rowid;
  create table if not exists keys_ahead (
    school_id bigint not null,
    id bigint not null,
    primary key (school_id, id)
  ) without rowid;
  create table if not exists school_keys (
    school_id bigint not null,
    id bigint not null default 0,
    wrapped blob not null,
    primary key (school_id, id)
  ) without rowid;
)";

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

KeyStore::KeyStore(const std::string& path, const std::vector<base::NamedKey>& masters, std::size_t cache_limit)
    : cache_limit_(cache_limit) {
  CHECK(!masters.empty());
  // Hashed, so that a key of any length gives 256 bits and the same secret elsewhere gives another key.
  for (const auto& master : masters)
    masters_.push_back({master.id, base::Key(base::hmac_sha256(base::bytes_of(master.bytes.reveal()),
                                                               base::bytes_of("roadbook key store")))});
  connection_ = std::make_unique<Connection>(private_file(path), Connection::Mode::key_store);
  connection_->execute(schema);
}

void KeyStore::write(const std::function<void(Transaction&)>& body) {
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

void KeyStore::insert_keys(Transaction& tx, base::SchoolId school, std::span<const base::PersonId> people,
                           base::Instant now) {
  for (const auto person : people)
    tx.run("insert into person_keys (school_id, id, wrapped, created_at) values ($1, $2, $3, $4)", school, person,
           wrap(base::Key::random(), person_context({school, person})), now);
}

void KeyStore::make_keys(base::SchoolId school, std::span<const base::PersonId> people, base::Instant now) {
  const std::lock_guard lock(mutex_);
  write([&](Transaction& tx) { insert_keys(tx, school, people, now); });
}

void KeyStore::make_keys_ahead(base::SchoolId school, std::span<const base::PersonId> people, base::Instant now) {
  const std::lock_guard lock(mutex_);
  write([&](Transaction& tx) {
    insert_keys(tx, school, people, now);
    for (const auto person : people) tx.run("insert into keys_ahead (school_id, id) values ($1, $2)", school, person);
  });
}

void KeyStore::settle_keys(base::SchoolId school, std::span<const base::PersonId> people) {
  const std::lock_guard lock(mutex_);
  write([&](Transaction& tx) {
    for (const auto person : people) tx.run("delete from keys_ahead where school_id = $1 and id = $2", school, person);
  });
}

void KeyStore::destroy(base::SchoolId school, std::span<const base::PersonId> people) {
  const std::lock_guard lock(mutex_);
  for (const auto person : people) keys_.erase({school, person});
  write([&](Transaction& tx) {
    for (const auto person : people)
      for (const auto* sql : {"delete from person_keys where school_id = $1 and id = $2",
                              "delete from keys_ahead where school_id = $1 and id = $2"})
        tx.run(sql, school, person);
  });
}

bool KeyStore::has_key(KeyOwner owner) {
  return key_of(owner).has_value();
}

std::optional<base::Key> KeyStore::key_of(KeyOwner owner) {
  const std::lock_guard lock(mutex_);
  if (const auto known = keys_.find(owner); known != keys_.end()) return known->second;
  Transaction tx(*connection_);
  std::optional<base::Key> key;
  for (const Row row :
       tx.query("select wrapped from person_keys where school_id = $1 and id = $2", owner.school, owner.person))
    key = unwrap(row.bytes(0), person_context(owner));
  if (!key) return std::nullopt;
  if (keys_.size() >= cache_limit_) keys_.erase(keys_.begin());
  keys_.emplace(owner, *key);
  return key;
}

base::Key KeyStore::hash_key_of(base::SchoolId school) {
  const std::lock_guard lock(mutex_);
  if (const auto known = hash_keys_.find(school); known != hash_keys_.end()) return known->second;
  std::optional<base::Key> key;
  write([&](Transaction& tx) {
    tx.run("insert into school_keys (school_id, wrapped) values ($1, $2) on conflict do nothing", school,
           wrap(base::Key::random(), school_context(school)));
    for (const Row row : tx.query("select wrapped from school_keys where school_id = $1", school))
      key = unwrap(row.bytes(0), school_context(school));
  });
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

std::int64_t KeyStore::rewrap_table(Transaction& tx, const std::string& table) {
  const bool of_people = table == "person_keys";
  std::vector<std::pair<KeyOwner, base::Bytes>> stale;
  for (const Row row : tx.query("select school_id, id, wrapped from " + table)) {
    const KeyOwner owner{row.id<base::SchoolId>(0), row.id<base::PersonId>(1)};
    auto wrapped = row.bytes(2);
    if (base::sealed_by(wrapped) != masters_.front().id) stale.emplace_back(owner, std::move(wrapped));
  }
  for (const auto& [owner, wrapped] : stale) {
    const auto context = of_people ? person_context(owner) : school_context(owner.school);
    tx.run("update " + table + " set wrapped = $1 where school_id = $2 and id = $3",
           wrap(unwrap(wrapped, context), context), owner.school, owner.person.value);
  }
  return static_cast<std::int64_t>(stale.size());
}

std::int64_t KeyStore::rewrap() {
  const std::lock_guard lock(mutex_);
  std::int64_t count = 0;
  write([&](Transaction& tx) { count = rewrap_table(tx, "person_keys") + rewrap_table(tx, "school_keys"); });
  return count;
}

std::vector<KeyStore::Entry> KeyStore::entries() {
  const std::lock_guard lock(mutex_);
  Transaction tx(*connection_);
  std::vector<Entry> entries;
  for (const Row row : tx.query("select k.school_id, k.id, k.created_at, a.id is not null from person_keys k"
                                " left join keys_ahead a on a.school_id = k.school_id and a.id = k.id"))
    entries.push_back({{row.id<base::SchoolId>(0), row.id<base::PersonId>(1)}, row.instant(2), row.flag(3)});
  return entries;
}

std::int64_t sweep_orphan_keys(Database& database, KeyStore& keys, base::Instant now) {
  const auto entries = keys.entries();
  std::map<base::SchoolId, std::vector<base::PersonId>> orphans, settled;
  std::size_t lost = 0, ahead_of_rows = 0;
  database.read([&](Transaction& tx) {
    for (const auto& [owner, created_at, ahead] : entries) {
      if (created_at >= now - base::days{1}) continue;
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
