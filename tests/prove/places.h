/// Where the proofs keep their schools: files of SQLite, or databases on a PostgreSQL that nobody else needs
/// (tools/with-postgres).
#pragma once

#include <string>

namespace prove {

/// The address of the owner that tools/with-postgres gives, "" where there is none.
std::string postgres_server();
/// The address of a database on it that is not there yet, for the role that serves.
std::string fresh_postgres();
/// The same database for the owner of its tables.
std::string as_owner(const std::string& address);
/// Where the key store of this database is: beside it.
std::string keys_of(const std::string& address);

/// Makes the database with the newest schema and, on PostgreSQL, an empty key store.
void make_database(const std::string& address);
/// It and its key store are gone. A file stays.
void drop_database(const std::string& address);

/// kill -9 of the whole server, postmaster first, and started again. Seconds until it answers.
double crash_postgres();

}  // namespace prove
