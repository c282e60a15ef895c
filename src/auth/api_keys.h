/// API keys: "rbk_" and a secret of 256 bits, kept as a hash. A program with one asks in the name of a person, within
/// what the person's role may do (roles.h) and the key's scopes name.
#pragma once

#include <map>
#include <mutex>
#include <span>

#include "auth/principal.h"
#include "base/crypto.h"
#include "base/result.h"
#include "store/api_keys.h"

namespace auth {

inline constexpr std::string_view api_key_prefix = "rbk_";

/// What a key is for; which requests each lets through is the table of http/api.cpp.
enum class Scope { school_read, school_write, people_read, people_write, bookings_read, bookings_write, audit_read };
constexpr std::uint32_t bit(Scope scope) {
  return std::uint32_t{1} << static_cast<int>(scope);
}
/// "bookings:read", …, in the order of the enumeration.
std::span<const std::string_view> scope_names();
/// The bits of a list of them with commas between; nullopt where one is none, or all are.
std::optional<std::uint32_t> scopes_from(std::string_view names);

struct NewApiKey {
  std::string token;  ///< Said once.
  base::Bytes hash;
};
NewApiKey make_api_key(base::SchoolId school);

/// Thread-safe.
class ApiKeys {
 public:
  explicit ApiKeys(store::Database& database) : database_(database) {}
  ApiKeys(const ApiKeys&) = delete;

  /// Whose key this is. Asks the database once a second for each key, so that one that has ended, and a person who was
  /// switched off, are refused within a second. Once an hour it notes the use, and in the audit that the key is used.
  base::Result<Principal> authenticate(std::string_view token, base::Instant now);
  /// Who is counted for it: whose it was when it was last asked about, without asking anybody.
  std::optional<Principal> known(std::string_view token);

 private:
  struct Known {
    Principal principal;
    std::chrono::steady_clock::time_point asked_at;
  };
  void note(const Principal& principal, const store::ApiKey& key, base::Instant now);

  store::Database& database_;
  std::mutex mutex_;
  std::map<base::Bytes, Known> known_;  ///< By the hash of the token; of good ones only.
};

}  // namespace auth
