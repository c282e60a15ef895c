/// Slows down who guesses passwords, without locking out whose password is guessed at: in memory, bounded.
///
/// Each attempt takes a token from three buckets, and a success gives them back: that of the source address, that of
/// the pair of account and source, and that of the account itself. The last one does not count for a source from which
/// this account signed in before, so that an attack from many addresses does not keep people from their own devices;
/// and an attacker on one address is stopped by the pair long before the account's bucket is empty for others.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"

namespace auth {

class Throttle {
 public:
  /// A bucket starts with `burst` attempts and gets another one every `refill`.
  struct Bucket {
    int burst;
    base::seconds refill;
  };
  struct Options {
    Bucket source{50, base::seconds{20}};
    Bucket pair{8, base::seconds{60}};
    Bucket account{30, base::seconds{20}};
    std::size_t entries = 50'000;  ///< Of each kind; beyond that, whatever is full goes first.
  };
  Throttle() : Throttle(Options{}) {}
  explicit Throttle(const Options& options) : options_(options) {}

  /// Takes the attempt and returns nothing; or how long to wait until one more is allowed, and takes nothing.
  std::optional<base::seconds> attempt(const std::string& account, const std::string& source, base::Instant now);
  /// The password was right: the attempt does not count, and the source is known to the account from now on.
  void succeeded(const std::string& account, const std::string& source, base::Instant now);

 private:
  struct Level {
    double tokens;
    base::Instant at;
  };
  using Levels = std::map<std::string, Level, std::less<>>;
  static Level level_at(const Levels& levels, const std::string& key, const Bucket& bucket, base::Instant now);
  void store(Levels& levels, const std::string& key, const Bucket& bucket, Level level);

  const Options options_;
  std::mutex mutex_;
  Levels sources_, pairs_, accounts_;
  std::map<std::string, base::Instant, std::less<>> known_;
};

/// Of what brings mail into somebody's box, whoever asks: to one address five at once, then one every 15 minutes.
inline const Throttle::Options mail_limits{
    .source = {20, base::seconds{180}}, .pair = {3, base::seconds{600}}, .account = {5, base::seconds{900}}};

/// What counts as one source: an IPv4 address, or the first 64 bits of an IPv6 address, which one customer owns.
std::string source_of(const std::string& address);

}  // namespace auth
