/// Who saw whose data, who signed in or could not, what was refused: what is no event (docs/decisions/0016). Rows are
/// only ever added, each with the next link of the school's hash chain, until they are old enough to be forgotten.
#pragma once

#include <boost/json/object.hpp>

#include "store/database.h"

namespace store {

/// Something that was done and changed nothing that events tell of.
struct Deed {
  base::Instant at;
  std::string action;  ///< "seen", "signed_in", "refused", …: docs/events.md.
  base::PersonId actor{};
  std::vector<base::PersonId> whose{};  ///< The people whose data it was.
  std::string what{};                   ///< The path that was asked for.
  std::string network{};                ///< Of the client, cut to /24 or /48.
  std::string address_hash{};           ///< Keyed hash of the client's address.
  std::string correlation_id{};
};
/// Adds them in this order. Whoever else adds to the school's chain waits for the end of this transaction.
void record(Transaction& tx, base::SchoolId school, std::span<const Deed> deeds);

struct AuditFilter {
  base::PersonId who{}, whose{};  ///< 0: anybody.
  std::string action{};           ///< Of a deed, or the type of an event; "": any.
  base::Instant from{}, to = base::from_seconds(std::int64_t{1} << 40);
  std::int64_t before = std::numeric_limits<std::int64_t>::max();  ///< Ids below this one.
  int limit = 50;
};
struct DeedRow {
  std::int64_t id;
  Deed deed;
};
/// An event with the state of its stream before it, empty where it was the first.
struct ChangeRow {
  std::int64_t id;
  base::Instant at;
  std::string type, stream;
  base::PersonId actor;
  std::string correlation_id;
  boost::json::object data, before;
};
/// What was found, newest first, and how far was looked: every row from this id on; 0: there is nothing more. A search
/// for what is rare ends before it takes long, with less than was asked for.
template <class Item>
struct Found {
  std::vector<Item> items;
  std::int64_t reached = 0;
};
Found<DeedRow> find_deeds(Transaction& tx, base::SchoolId school, const AuditFilter& filter);
Found<ChangeRow> find_changes(Transaction& tx, base::SchoolId school, const AuditFilter& filter);

/// Whose data this person saw in this time: one query, by an index. In order of the first time.
struct SeenPerson {
  base::PersonId person;
  base::Instant first, last;
  std::int64_t times;
};
std::vector<SeenPerson> seen_by(Transaction& tx, base::SchoolId school, base::PersonId who, base::Instant from,
                                base::Instant to);

/// Forgets what was done before `before`, from the beginning of the chain on and at most `limit` rows, of which none is
/// younger than four weeks; returns how many went.
std::int64_t forget_deeds(Transaction& tx, base::SchoolId school, base::Instant before, int limit);

/// What is wrong with the school's chain; "" where it is whole.
std::string audit_fault(Transaction& tx, base::SchoolId school);

}  // namespace store
