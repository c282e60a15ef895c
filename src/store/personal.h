/// What the tables of the database hold of people: one list, which erasing and exporting follow. A test holds it
/// against the schema, so that no table comes in without an answer.
#pragma once

#include "store/events.h"
#include "store/keys.h"

namespace store {

enum class AtErasure {
  removed,  ///< The person's rows go.
  cleared,  ///< The rows stay and what is sealed in them goes.
  kept,     ///< Ids only, which lead to nobody any more.
};
struct PersonalTable {
  std::string_view name;
  std::string_view whose;  ///< The column with the person's id.
  AtErasure at_erasure;
  std::string_view why;          ///< Where it is kept.
  std::string_view exported;     ///< The part of an export in which it is, or "".
  std::string_view not_because;  ///< Why it is in none.
};
std::span<const PersonalTable> personal_tables();
/// Tables in which nobody stands.
std::span<const std::string_view> tables_of_nobody();

/// Part of an export: a table of objects, all with the same members.
struct Part {
  std::string name;
  boost::json::array rows;
};
/// What the tables themselves say of this person, opened; lessons and their history are put into words elsewhere
/// (actions/export_person.h).
std::vector<Part> parts_of(Transaction& tx, KeyStore& keys, KeyOwner owner);

/// Takes everything out of the main database that is the person's, but for the row itself, which loses its values and
/// its address; event `person_erased`. The key is destroyed after the commit, by the caller (actions/erasure.h).
void erase_person(Transaction& tx, const Author& author, base::PersonId id);
bool is_erased(Transaction& tx, base::SchoolId school, base::PersonId id);
/// Everybody of the school who is.
std::vector<base::PersonId> erased_people(Transaction& tx, base::SchoolId school);

}  // namespace store
