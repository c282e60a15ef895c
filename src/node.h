/// A running process of Roadbook, put together in order from what the other folders offer.
#pragma once

#include "base/config.h"
#include "store/database.h"
#include "store/keys.h"

namespace node {

enum class School { own, demo };

/// What this process does. On a file of SQLite there is one process, which does everything; nodes of PostgreSQL may
/// share the work in any way, and each may do it twice over.
struct Duties {
  bool requests = true;      ///< Answers HTTP. Who does not still answers for its own health.
  bool mail = true;          ///< Runs the jobs.
  bool housekeeping = true;  ///< Ends what has lapsed, clears out, verifies by night.
};

/// Until SIGTERM or SIGINT.
int run(const base::Config& config, School school, const Duties& duties);

/// Also makes the tables of the key store. PostgreSQL is migrated by the owner of its tables, if another is named, who
/// then lets the one of DATABASE_URL serve. Returns how many migrations were run.
int migrate_all(const base::Config& config);

/// What comes before a database is opened. Many nodes share a database of PostgreSQL: none of them changes its schema
/// because it happens to start.
int prepare(const base::Config& config, School school);

/// Throws where the schema is not one that this program can work with: the newest that it knows or, on PostgreSQL, a
/// newer one that only adds to it, so that old nodes go on while new ones take their places.
void require_schema(store::Database& database, store::KeyStore& keys);

}  // namespace node
