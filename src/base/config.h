/// What the operator may set, read once in main: environment, then a file, then flags, the later one winning.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/secret.h"

namespace base {

enum class AppEnv { production, development, test };
enum class LogLevel { debug, info, warn, error };

struct Endpoint {
  std::string host;
  std::uint16_t port;
  bool operator==(const Endpoint&) const = default;
};

/// An address range; IPv4 is kept as ::ffff:a.b.c.d, so that one comparison serves both families.
struct Network {
  std::array<std::uint8_t, 16> address;
  int prefix_bits;
  bool contains(const std::array<std::uint8_t, 16>& other) const;
  bool operator==(const Network&) const = default;
};
Result<std::array<std::uint8_t, 16>> address_from_text(const std::string& text);

struct RateLimits {
  int requests = 100;  ///< Anonymous API requests of one address a window; 0 is off.
  std::chrono::milliseconds window = std::chrono::minutes{15};
  int person = 600;  ///< Requests a minute of a signed-in learner; 0 is off.
  int staff = 1200;  ///< Likewise of staff.
};

/// A provider of OpenID Connect. Without a client id there is none; without addresses they are discovered at the
/// issuer.
struct OpenIdSettings {
  std::string name;  ///< For people: "Google".
  std::string issuer;
  std::string client_id;
  Secret client_secret;
  std::string auth_url, token_url, jwks_url;
  std::string revoke_url{};  ///< "": there is none.
};

/// How calendars elsewhere are asked. Whether they are at all, GOOGLE_CLIENT_ID decides.
struct CalendarSettings {
  std::string google_api;   ///< Without a slash at the end.
  std::string webhook_url;  ///< Where Google tells of changes.
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds read_timeout{15'000};  ///< For the whole of an answer.
  std::chrono::seconds poll{300};                  ///< Between two readings of a calendar whose channel says nothing.
  std::chrono::milliseconds retry_base{1'000};     ///< Before the second try; doubles with each failure …
  std::chrono::milliseconds retry_cap{64'000};     ///< … up to this.
  int breaker_failures = 5;                        ///< Of one account in a row, before it is asked no more for a while.
  std::chrono::milliseconds webhook_debounce{1'000};  ///< What is told within this time is read once.
  std::chrono::seconds renew_before{86'400};          ///< How long before its end a channel gets a successor.
};

/// A project of Supabase whose sign-ins count here. Without a URL there is none; without a secret its public keys are
/// fetched.
struct SupabaseSettings {
  std::string url;  ///< Without a slash at the end.
  Secret jwt_secret;
};

struct Config {
  AppEnv app_env = AppEnv::production;
  std::string database;         ///< From DATABASE_URL: the path of a file, or the address of PostgreSQL.
  std::string database_direct;  ///< From DATABASE_DIRECT_URL: its owner's address, past PgBouncer; "" where not given.
  std::string database_read;    ///< From DATABASE_READ_URL: a replica's; "" where not given.
  std::string key_database;     ///< From KEYS_URL, as `database`.
  std::optional<RedisAddress> redis;  ///< None: every node helps itself.
  Endpoint listen;
  std::string public_url;  ///< Without a slash at the end.
  std::vector<Network> trusted_proxies;
  std::vector<std::string> cors_origins;
  int workers = 64;
  LogLevel log_level = LogLevel::info;
  RateLimits rate_limits;
  std::vector<NamedKey> encryption_keys;
  std::vector<NamedKey> jwt_keys;
  std::string smtp_url;   ///< Empty: nobody gets mail.
  std::string mail_from;  ///< The address that mail comes from.
  OpenIdSettings google, oidc;
  CalendarSettings calendars;
  SupabaseSettings supabase;
  std::filesystem::path web_dist;  ///< Empty: looked for beside the binary.
  std::filesystem::path state;     ///< The user's folder for what programs remember; "" where there is none.

  bool production() const { return app_env == AppEnv::production; }
  bool secure() const { return public_url.starts_with("https://"); }
  /// Beside the file of SQLite. With PostgreSQL in the user's state folder, and "" (none) in production.
  std::filesystem::path secrets_file() const;
};

/// Where settings come from. `flags` are "listen" → "127.0.0.1:0", without the dashes; "config" names the file.
struct ConfigSources {
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> flags;
};

/// What keys nobody gave mean: `serve` reads them from secrets_file(), or writes that file once outside production and
/// refuses in it; `setup` always may write it; `inspect` (verify, migrate) needs none.
enum class Purpose { serve, setup, inspect };

/// Refuses with every mistake at once; Error.fields names the key of each.
Result<Config> read_config(const ConfigSources& sources, Purpose purpose);

/// The table of keys with defaults, for `roadbook --help`.
std::string config_help();

std::map<std::string, std::string> environment_of_process();
/// $XDG_STATE_HOME/roadbook or ~/.local/state/roadbook; "" where neither is known.
std::filesystem::path state_folder(const std::map<std::string, std::string>& environment);

}  // namespace base
