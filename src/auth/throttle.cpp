#include "auth/throttle.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace auth {

Throttle::Level Throttle::level_at(const Levels& levels, const std::string& key, const Bucket& bucket,
                                   base::Instant now) {
  const auto found = levels.find(key);
  if (found == levels.end()) return {double(bucket.burst), now};
  const auto passed = std::max(base::seconds{0}, now - found->second.at);  // A clock set back gives nothing.
  return {std::min(double(bucket.burst), found->second.tokens + double(passed.count()) / double(bucket.refill.count())),
          now};
}

void Throttle::store(Levels& levels, const std::string& key, const Bucket& bucket, Level level) {
  if (levels.size() >= options_.entries && !levels.contains(key)) {
    std::erase_if(levels, [&](const auto& entry) {
      return level_at(levels, entry.first, bucket, level.at).tokens >= bucket.burst;
    });
    if (levels.size() >= options_.entries) levels.erase(levels.begin());
  }
  levels.insert_or_assign(key, level);
}

std::optional<base::seconds> Throttle::attempt(const std::string& account, const std::string& source,
                                               base::Instant now) {
  const std::lock_guard lock(mutex_);
  const auto pair = account + "\n" + source;
  const bool known = known_.contains(pair);
  auto of_source = level_at(sources_, source, options_.source, now);
  auto of_pair = level_at(pairs_, pair, options_.pair, now);
  auto of_account = level_at(accounts_, account, options_.account, now);
  const auto wait = [](const Level& level, const Bucket& bucket) {
    return level.tokens >= 1 ? 0.0 : (1 - level.tokens) * double(bucket.refill.count());
  };
  const double longest = std::max({wait(of_source, options_.source), wait(of_pair, options_.pair),
                                   known ? 0.0 : wait(of_account, options_.account)});
  if (longest > 0) return base::seconds{static_cast<std::int64_t>(std::ceil(longest))};
  of_source.tokens -= 1;
  of_pair.tokens -= 1;
  store(sources_, source, options_.source, of_source);
  store(pairs_, pair, options_.pair, of_pair);
  if (!known) {
    of_account.tokens -= 1;
    store(accounts_, account, options_.account, of_account);
  }
  return std::nullopt;
}

void Throttle::succeeded(const std::string& account, const std::string& source, base::Instant now) {
  const std::lock_guard lock(mutex_);
  const auto pair = account + "\n" + source;
  auto of_source = level_at(sources_, source, options_.source, now);
  of_source.tokens = std::min(double(options_.source.burst), of_source.tokens + 1);
  store(sources_, source, options_.source, of_source);
  pairs_.erase(pair);
  if (!known_.contains(pair)) {
    auto of_account = level_at(accounts_, account, options_.account, now);
    of_account.tokens = std::min(double(options_.account.burst), of_account.tokens + 1);
    store(accounts_, account, options_.account, of_account);
    if (known_.size() >= options_.entries)
      known_.erase(std::min_element(known_.begin(), known_.end(),
                                    [](const auto& a, const auto& b) { return a.second < b.second; }));
  }
  known_.insert_or_assign(pair, now);
}

std::string source_of(const std::string& address) {
  std::array<unsigned char, 16> bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return address;
  constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const bool ipv4 = std::equal(mapped.begin(), mapped.end(), bytes.begin());
  if (!ipv4) std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  char text[INET6_ADDRSTRLEN];
  if (ipv4) return ::inet_ntop(AF_INET, bytes.data() + 12, text, sizeof text);
  return ::inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
}

}  // namespace auth
