/// The key store: one key per person, in a database of its own, wrapped by the master key. Destroying a person's key is
/// what erases the person: every value sealed with it, in the main database and in its backups, is noise from then on.
///
/// No transaction spans both databases. A key is written and synced first, then the row that needs it; an erasure
/// commits in the main database first, then destroys the key. A crash in between leaves a key without a row, which
/// sweep_orphan_keys() removes after a day, or an erasure that is done again.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/ids.h"
#include "base/secret.h"
#include "store/database.h"
#include "store/sqlite.h"

namespace store {

/// A value that should open does not: the wrong master key, a damaged file, a row that was copied. Never "erased".
struct SealError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The key store cannot be asked just now, so that nothing is known: neither open nor erased. No SqlError, lest a
/// transaction of the main database takes it for its own trouble and tries again.
struct KeysUnavailable : std::runtime_error {
  explicit KeysUnavailable(const std::string& why) : std::runtime_error("The key store cannot be asked: " + why) {}
};

/// Whose key.
struct KeyOwner {
  base::SchoolId school;
  base::PersonId person;
  auto operator<=>(const KeyOwner&) const = default;
};

class KeyStore {
 public:
  /// `masters` are ENCRYPTION_KEYS: the first wraps, the others still unwrap. A file is made where it is missing,
  /// readable by its owner only; PostgreSQL is asked at the first use, where migrate_keys() has been. At most
  /// `cache_limit` unwrapped keys are kept in memory.
  KeyStore(const std::string& address, const std::vector<base::NamedKey>& masters, std::size_t cache_limit = 50'000);
  KeyStore(const KeyStore&) = delete;

  /// Every function below may throw KeysUnavailable; what is in memory is answered without asking anybody.

  /// Returns when the new keys are on disk. A person has one key for life (ConstraintError otherwise).
  void make_keys(base::SchoolId school, std::span<const base::PersonId> people, base::Instant now);
  /// Likewise for many who are added together or not at all, in one step. Until settle_keys() their missing rows are no
  /// sign of the wrong database (sweep_orphan_keys).
  void make_keys_ahead(base::SchoolId school, std::span<const base::PersonId> people, base::Instant now);
  /// Their rows are there.
  void settle_keys(base::SchoolId school, std::span<const base::PersonId> people);
  /// The keys are gone from memory, and overwritten in the file or deleted on the server, when this returns. Without a
  /// key: nothing happens.
  void destroy(base::SchoolId school, std::span<const base::PersonId> people);
  void destroy(KeyOwner owner) { destroy(owner.school, std::span(&owner.person, 1)); }
  /// Likewise, and it is written down here, so that a main database from before it hears of it (actions/erasure.h).
  void erase(KeyOwner owner, base::Instant now);
  /// Whose keys were destroyed with erase().
  std::vector<KeyOwner> erased();
  /// Another node has destroyed it.
  void forget(KeyOwner owner);
  bool has_key(KeyOwner owner);
  /// Brings their keys into memory in one step, where many are about to be used.
  void fetch(base::SchoolId school, std::span<const base::PersonId> people);

  /// `purpose` says what the value is ("person", "place/…"): sealed for one purpose, it opens for no other. Without a
  /// key: SealError.
  base::Bytes seal(KeyOwner owner, std::string_view purpose, std::string_view plain);
  /// Nothing when the person's key is destroyed.
  std::optional<std::string> open(KeyOwner owner, std::string_view purpose, base::ByteView sealed);

  /// Equal for equal text within a school and telling nothing without the school's hash key: for look-up of e-mail
  /// addresses. The hash key is made at its first use and survives a change of the master key.
  base::Digest keyed_hash(base::SchoolId school, std::string_view purpose, std::string_view text);

  /// Wraps everything with the first master key again; returns how many keys were wrapped by another one.
  std::int64_t rewrap();

  struct Entry {
    KeyOwner owner;
    base::Instant created_at;
    bool ahead;  ///< Made ahead and not settled.
  };
  std::vector<Entry> entries();

  /// "" while keys can be had, else why not; for /readyz.
  std::string trouble();
  /// Throws where nobody has made the tables.
  void require_tables();

 private:
  struct Master {
    std::string id;
    base::Key key;
  };
  /// Both run `body` in a transaction, on PostgreSQL perhaps twice, and without the mutex: who waits for the server
  /// holds up nobody whose key is in memory.
  void read(const std::function<void(Transaction&)>& body);
  void write(const std::function<void(Transaction&)>& body);
  void insert_keys(Transaction& tx, base::SchoolId school, std::span<const base::PersonId> people, base::Instant now);
  base::Bytes wrap(const base::Key& key, std::string_view context) const;
  base::Key unwrap(base::ByteView wrapped, std::string_view context) const;
  std::optional<base::Key> known(KeyOwner owner);
  std::map<base::PersonId, base::Key> look_up(base::SchoolId school, std::span<const base::PersonId> people);
  std::optional<base::Key> key_of(KeyOwner owner);
  base::Key hash_key_of(base::SchoolId school);
  std::int64_t rewrap_table(const std::string& table);

  const std::size_t cache_limit_;
  std::vector<Master> masters_;
  std::mutex connection_mutex_;
  std::unique_ptr<SqliteConnection> connection_;  ///< Of a file,
  std::unique_ptr<Backend> server_;               ///< or PostgreSQL.

  std::mutex mutex_;               ///< Of what follows.
  std::int64_t destructions_ = 0;  ///< What was read before one of them may be gone: it is not remembered.
  std::map<KeyOwner, base::Key> keys_;
  std::map<base::SchoolId, base::Key> hash_keys_;
};

/// Makes the tables of a key store on PostgreSQL where they are missing; the user of the address owns them. Where there
/// is an `application_role` besides, it gets what it needs to serve. A file needs none of it.
void migrate_keys(const std::string& address, const std::string& application_role = "");

/// Destroys keys older than a day that no row of `people` needs; returns how many. Where more than a tenth of the keys
/// (and more than twenty) have no row and were not made ahead, the two files do not belong together: throws and
/// destroys nothing.
std::int64_t sweep_orphan_keys(Database& database, KeyStore& keys, base::Instant now);

}  // namespace store
