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

namespace store {

/// A value that should open does not: the wrong master key, a damaged file, a row that was copied. Never "erased".
struct SealError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Whose key.
struct KeyOwner {
  base::SchoolId school;
  base::PersonId person;
  auto operator<=>(const KeyOwner&) const = default;
};

class KeyStore {
 public:
  /// `masters` are ENCRYPTION_KEYS: the first wraps, the others still unwrap. The file is made where it is missing,
  /// readable by its owner only. At most `cache_limit` unwrapped keys are kept in memory.
  KeyStore(const std::string& path, const std::vector<base::NamedKey>& masters, std::size_t cache_limit = 50'000);
  KeyStore(const KeyStore&) = delete;

  /// Returns when the new keys are on disk. A person has one key for life (ConstraintError otherwise).
  void make_keys(base::SchoolId school, std::span<const base::PersonId> people, base::Instant now);
  /// Likewise for many who are added together or not at all, in one step. Until settle_keys() their missing rows are no
  /// sign of the wrong database (sweep_orphan_keys).
  void make_keys_ahead(base::SchoolId school, std::span<const base::PersonId> people, base::Instant now);
  /// Their rows are there.
  void settle_keys(base::SchoolId school, std::span<const base::PersonId> people);
  /// The keys are gone from memory and overwritten in the file when this returns. Without a key: nothing happens.
  void destroy(base::SchoolId school, std::span<const base::PersonId> people);
  void destroy(KeyOwner owner) { destroy(owner.school, std::span(&owner.person, 1)); }
  bool has_key(KeyOwner owner);

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

 private:
  struct Master {
    std::string id;
    base::Key key;
  };
  /// Runs `body` in a transaction of this file; only with the mutex held.
  void write(const std::function<void(Transaction&)>& body);
  void insert_keys(Transaction& tx, base::SchoolId school, std::span<const base::PersonId> people, base::Instant now);
  base::Bytes wrap(const base::Key& key, std::string_view context) const;
  base::Key unwrap(base::ByteView wrapped, std::string_view context) const;
  std::optional<base::Key> key_of(KeyOwner owner);
  base::Key hash_key_of(base::SchoolId school);
  std::int64_t rewrap_table(Transaction& tx, const std::string& table);

  const std::size_t cache_limit_;
  std::vector<Master> masters_;
  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
  std::map<KeyOwner, base::Key> keys_;
  std::map<base::SchoolId, base::Key> hash_keys_;
};

/// Destroys keys older than a day that no row of `people` needs; returns how many. Where more than a tenth of the keys
/// (and more than twenty) have no row and were not made ahead, the two files do not belong together: throws and
/// destroys nothing.
std::int64_t sweep_orphan_keys(Database& database, KeyStore& keys, base::Instant now);

}  // namespace store
