#include "http/limits.h"

#include <algorithm>
#include <cmath>

#include "base/config.h"

namespace http {

Verdict Limiter::take(const std::string& key, const Limit& limit, Clock::time_point now) {
  if (limit.requests == 0) return {};
  using Seconds = std::chrono::duration<double>;
  const double capacity = limit.requests;
  const double per_second = capacity / Seconds(limit.window).count();
  const std::lock_guard lock(mutex_);
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= max_buckets) make_room(now);
    found = buckets_.emplace(key, Bucket{capacity, now, now}).first;
  }
  auto& bucket = found->second;
  bucket.tokens = std::min(capacity, bucket.tokens + Seconds(now - bucket.at).count() * per_second);
  bucket.at = now;
  const bool allowed = bucket.tokens >= 1;
  if (allowed) bucket.tokens -= 1;
  if (allowed && shares_) ++taken_.try_emplace(key, Taken{key, limit}).first->second.requests;
  const double seconds_to_full = (capacity - bucket.tokens) / per_second;
  bucket.full_at = now + std::chrono::duration_cast<Clock::duration>(Seconds(seconds_to_full));
  const double wait = allowed ? seconds_to_full : (1 - bucket.tokens) / per_second;
  return {allowed, limit.requests, static_cast<int>(std::max(bucket.tokens, 0.0)),
          std::chrono::seconds{static_cast<std::int64_t>(std::ceil(wait))}};
}

std::vector<Limiter::Taken> Limiter::taken() {
  const std::lock_guard lock(mutex_);
  shares_ = true;
  std::vector<Taken> all;
  for (auto& [key, taken] : taken_) all.push_back(std::move(taken));
  taken_.clear();
  return all;
}

void Limiter::learn(const std::string& key, double tokens) {
  const std::lock_guard lock(mutex_);
  const auto bucket = buckets_.find(key);
  if (bucket == buckets_.end()) return;
  const auto since = taken_.find(key);
  const int unheard = since == taken_.end() ? 0 : since->second.requests;
  bucket->second.tokens = std::min(bucket->second.tokens, tokens - unheard);
}

void Limiter::make_room(Clock::time_point now) {
  std::erase_if(buckets_, [&](const auto& entry) { return entry.second.full_at <= now; });
  if (buckets_.size() < max_buckets) return;
  // Rare and only under attack; many at once, so that the scan above is paid once for all of them.
  buckets_.erase(buckets_.begin(), std::next(buckets_.begin(), max_buckets / 100));
}

std::string address_key(const std::string& address) {
  const auto bytes = base::address_from_text(address);
  if (!bytes || address.find(':') == std::string::npos) return address;
  return std::string(bytes->begin(), bytes->begin() + 8);
}

}  // namespace http
