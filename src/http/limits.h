/// Token buckets in memory: how often one address or one person may ask.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace http {

/// `requests` in a burst, and as many again in each `window`. 0 requests: no limit.
struct Limit {
  int requests;
  std::chrono::milliseconds window;
};

struct Verdict {
  bool allowed = true;
  int limit = 0;  ///< 0: no limit was asked.
  int remaining = 0;
  std::chrono::seconds reset{};  ///< Until the bucket is full again; where refused, until the next request may come.
};

/// Thread-safe. Holds at most `max_buckets`; when they are all in use, full ones go first and then any,
/// so that an attacker with many addresses costs bounded memory.
class Limiter {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t max_buckets = 100'000;

  Verdict take(const std::string& key, const Limit& limit, Clock::time_point now);

  /// What was let through here since this was last asked, for other nodes to know. Kept from the first call on.
  struct Taken {
    std::string key;
    Limit limit;
    int requests = 0;
  };
  std::vector<Taken> taken();
  /// All nodes together leave so much; below 0 where they let too much through at once.
  void learn(const std::string& key, double tokens);

 private:
  struct Bucket {
    double tokens;
    Clock::time_point at;
    Clock::time_point full_at;
  };
  void make_room(Clock::time_point now);

  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
  bool shares_ = false;
  std::unordered_map<std::string, Taken> taken_;
};

/// An IPv6 client owns a whole /64, so that is what is counted; IPv4 addresses count one by one.
std::string address_key(const std::string& address);

}  // namespace http
