/// A school outgrows its file: everything that is in it and in its key store, carried to PostgreSQL.
#pragma once

#include "store/verify.h"

namespace store {

struct Move {
  std::string from, from_keys;  ///< Files of SQLite,
  std::string to, to_keys;      ///< and the addresses of owners of databases with the newest schema. `to_keys` may be
                                ///< `from_keys`: the key store stays what it is.
};

struct MovedTable {
  std::string name;
  std::int64_t rows;
  std::string hash;  ///< Of all rows in the order of their keys, the same on both sides.
};

struct Moved {
  std::vector<MovedTable> tables;
  std::int64_t events;  ///< Replayed on both sides.
};

/// All of it or nothing: the target gets its rows in one transaction, which is committed once they have been read back,
/// hash to what the source holds and verify() finds no fault in them; the source is only read. Throws, saying why,
/// where another process has the file, where its schema is not the newest or verify() finds faults in it, where a key
/// that its people need is not in the key store, and where there is anything in the target already. A key store of the
/// target may hold what an attempt left that was cut short, and nothing else.
Moved move_to_postgres(const Move& move);

}  // namespace store
