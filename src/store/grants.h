/// What the role that serves may do with the tables of somebody else: read and write rows, and nothing more.
#pragma once

#include <map>
#include <string>

#include "store/postgres.h"

namespace store {

/// Takes every right from `role` and gives it the least: rows of all tables, but less of those in `narrower` (table →
/// what is taken back, "update, delete"). Part of the caller's transaction, so that a server at work notices nothing.
/// Where `role` is the connection's own user, or "": nothing.
void grant_least(PostgresConnection& connection, const std::string& role,
                 const std::map<std::string, std::string>& narrower);

}  // namespace store
