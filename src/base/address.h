/// Where a database is, as DATABASE_URL and its kin say it: read without libpq, whose messages repeat passwords.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace base {

/// What we need to know of postgresql://user:password@host:port/database?parameter=value; libpq reads the text itself.
struct PostgresAddress {
  std::string user;
  std::string password;
  std::vector<std::string> hosts;  ///< Names, addresses, or folders of Unix sockets.
  std::vector<std::string> ports;
  std::string database;
  std::string sslmode;

  /// Whether all of it stays on this machine.
  bool local() const;
  /// The server's certificate is held against an authority.
  bool verified() const { return sslmode == "verify-full" || sslmode == "verify-ca"; }
  /// As far as one can tell without asking; ports that are not named are PostgreSQL's own.
  bool same_database(const PostgresAddress& other) const;
};

bool is_postgres_address(std::string_view address);

/// Refuses what libpq would not understand, or would complete from elsewhere: user, host and database must be named.
/// No refusal repeats any of it.
Result<PostgresAddress> postgres_address(const std::string& url);

/// What redis://user:password@host:port/database says; all but the host may be left out.
struct RedisAddress {
  std::string user;
  Secret password;
  std::string host;
  int port = 6379;
  int database = 0;
};
/// Refuses rediss:// too, and says how TLS is had.
Result<RedisAddress> redis_address(const std::string& url);

/// The address for people's eyes: of PostgreSQL without password and parameters, a path as it is.
std::string printable(const std::string& address);

}  // namespace base
