/// Whether the database is what its log says: the rows are replayed from the events into scratch tables and compared.
#pragma once

#include "store/events.h"

namespace store {

/// Tables whose rows follow from the log. Each has school_id as its first column and an id as its second.
std::span<const std::string_view> replayed_tables();

/// Writes what one event says into the rows, with the functions that the actions use too.
void apply(Transaction& tx, base::SchoolId school, const Event& event);

struct Verification {
  std::int64_t events = 0;
  std::vector<std::string> faults;  ///< Empty: the file is sound. At most a few of each kind.
};

/// On a connection of its own and in TEMP tables, so that it runs beside a server. Checks the engine's own integrity,
/// the hash chains of log and audit, the numbering, that every row is what its events make of it, and that no two
/// blocking bookings share an instructor, a learner or a vehicle.
Verification verify(const std::string& path);
/// The same in a transaction of the caller's, whose connection is good for nothing else afterwards: names mean the TEMP
/// tables.
Verification verify(Transaction& tx);

/// Empties the tables that follow from the log and fills them again from it, in one transaction. Returns how many
/// events were replayed; throws where the log is broken, and nothing has changed.
std::int64_t rebuild(Database& database);

}  // namespace store
