/// People: rows whose personal values are sealed under each person's own key, and the names of a school in memory.
///
/// Personal values are in `people.sealed` and nowhere else; events carry ids and names of changed fields only. Making a
/// key and sealing happen outside of transactions (the key store is another file), writing the row inside.
#pragma once

#include <map>
#include <set>

#include "domain/opening_hours.h"
#include "domain/teaching.h"
#include "store/events.h"
#include "store/keys.h"
#include "store/role.h"

namespace store {

/// What may be told to few. Empty once the person is erased.
struct Details {
  std::string name;
  std::string email;
  std::string phone;
  std::optional<domain::Date> birth_date{};  ///< Of learners, where it is known.
  bool operator==(const Details&) const = default;
};

struct Person {
  base::PersonId id;
  Role role;
  bool active;
  std::int64_t version;
  Details details;
  domain::Teaching teaching{};  ///< Of instructors.
};

/// A person's row as it is about to be written.
struct SealedPerson {
  base::PersonId id;
  base::Bytes sealed;
  base::Bytes email_hash;
};

/// Addresses that reach the same mailbox compare equal: letters of the alphabet in lower case.
std::string normalised_email(std::string_view email);

/// Opens and seals people, and remembers what it opened: bounded, by the version of the row. Thread-safe.
class People {
 public:
  explicit People(KeyStore& keys, std::size_t cache_limit = 100'000) : keys_(keys), cache_limit_(cache_limit) {}

  SealedPerson seal(base::SchoolId school, base::PersonId id, const Details& details);
  base::Bytes email_hash(base::SchoolId school, std::string_view email);

  std::optional<Person> find(Transaction& tx, base::SchoolId school, base::PersonId id);
  /// Everybody with one of these roles, sorted by name (case aside), then by id.
  std::vector<Person> list(Transaction& tx, base::SchoolId school, std::span<const Role> roles);
  /// Forgets what is in memory about this person.
  void forget(base::SchoolId school, base::PersonId id);
  /// What the database tells after each commit: whoever was erased is forgotten, with their key.
  void committed(const std::vector<Touched>& touched);

  KeyStore& keys() { return keys_; }

 private:
  struct Known {
    std::int64_t version;
    Details details;
  };
  std::optional<Details> known(KeyOwner owner, std::int64_t version);
  Details open(KeyOwner owner, std::int64_t version, base::ByteView sealed);

  KeyStore& keys_;
  const std::size_t cache_limit_;
  std::mutex mutex_;
  std::map<KeyOwner, Known> cache_;
};

/// Nothing where it is not known, or the person is erased.
std::optional<domain::Date> birth_date_of(Transaction& tx, KeyStore& keys, base::SchoolId school, base::PersonId id);

/// Who has this address; active or not.
std::optional<base::PersonId> person_with_email(Transaction& tx, base::SchoolId school, const base::Bytes& email_hash);

/// Writes the row and its event `person_added`, version 1. Refuses with invalid_input at "/email" where the school has
/// somebody with this address.
base::Done add_person(Transaction& tx, const Author& author, const SealedPerson& person, Role role, bool active,
                      const domain::Teaching& teaching = {});

/// The keyed hashes of everybody's address.
std::set<base::Bytes> addresses_taken(Transaction& tx, base::SchoolId school);

struct NewLearner {
  SealedPerson person;
  bool active;
};
/// Like add_person for many whose addresses were free a moment ago in this transaction, with their calendars. Throws
/// SerializationError where one is not any more.
void add_learners(Transaction& tx, const Author& author, std::span<const NewLearner> learners);

/// What changes about a person; `fields` are the names of what changed ("name", "active"), for the event.
struct PersonChange {
  SealedPerson person;
  Role role;
  bool active;
  std::int64_t version;  ///< The new one.
  std::vector<std::string> fields;
  std::optional<domain::Teaching> teaching{};  ///< None: as it is.
};
/// Writes row and event `person_changed`; refuses like add_person.
base::Done change_person(Transaction& tx, const Author& author, const PersonChange& change);
/// Removes a person whom nothing refers to; event `person_removed`. The key is destroyed after the commit, by the
/// caller.
void remove_person(Transaction& tx, const Author& author, base::PersonId id);

/// How many of the school's admins are active.
std::int64_t active_admins(Transaction& tx, base::SchoolId school);

}  // namespace store
