/// Passwords: what is accepted, and Argon2id with the cost that OWASP asks for (19 MiB, 2 passes, 1 lane).
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace auth {

/// Characters, not bytes; docs/openapi.yaml says the same.
inline constexpr std::size_t shortest_password = 8;
inline constexpr std::size_t longest_password = 128;
/// What a password may look like that is compared with the one there is: once they could be longer.
inline constexpr base::TextLimits password_text{.max = 200, .lines = base::TextLimits::Lines::many};

/// Refuses with invalid_input at "/password" what is too short, too long, no text, one of the most common passwords
/// (case aside), or little more than the person's own `email`. Any other text is fine.
[[nodiscard]] base::Done check_password(std::string_view password, std::string_view email);

/// Hashes on the caller's thread, at most `at_once` callers at a time: hashing costs 19 MiB and a core for some 20 ms,
/// and a rush of sign-ins must leave both to bookings. Thread-safe.
class PasswordHasher {
 public:
  struct Options {
    int at_once = 2;
    int waiting = 64;  ///< More callers than this are refused with `unavailable`.
    unsigned long long passes = 2;
    std::size_t memory_bytes = 19 * 1024 * 1024;
  };
  PasswordHasher();
  explicit PasswordHasher(Options options);

  /// In the standard text form, "$argon2id$v=19$m=…".
  [[nodiscard]] base::Result<std::string> hash(std::string_view password);

  struct Verdict {
    bool right = false;
    bool outdated = false;  ///< Right, but hashed at another cost: hash it anew.
  };
  /// Without a hash (no such person, no password yet) it takes as long and is never right.
  [[nodiscard]] base::Result<Verdict> verify(std::string_view password, const std::optional<std::string>& hash);

 private:
  class Turn;
  std::string hash_now(std::string_view password) const;

  const Options options_;
  const std::string dummy_;  ///< The hash of nobody's password.
  std::mutex mutex_;
  std::condition_variable free_;
  int running_ = 0;
  int waiting_ = 0;
};

}  // namespace auth
