#include "http/shared_limits.h"

#include <algorithm>
#include <charconv>

namespace http {

namespace {

constexpr std::chrono::milliseconds period{100};
constexpr std::size_t buckets_at_once = 1'000;

/// For each key its capacity, the milliseconds in which that comes back, and what was taken; answers what is left.
constexpr const char* account = R"(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local left = {}
for i, key in ipairs(KEYS) do
  local capacity, window, taken = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local known = redis.call('HMGET', key, 'tokens', 'at')
  local tokens, at = tonumber(known[1] or capacity), tonumber(known[2] or now)
  tokens = math.min(capacity, tokens + (now - at) * capacity / window) - taken
  redis.call('HSET', key, 'tokens', tostring(tokens), 'at', string.format('%d', now))
  redis.call('PEXPIRE', key, math.ceil((capacity - tokens) * window / capacity) + 1000)
  left[i] = tostring(tokens)
end
return left)";

}  // namespace

SharedLimits::SharedLimits(Limiter& limiter, net::Redis& redis, const base::Key& key)
    : limiter_(limiter), redis_(redis), key_(key), thread_([this](const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (!wake_.wait_for(lock, stop, period, [&] { return stop.stop_requested(); })) round();
      }) {}

void SharedLimits::round() {
  const auto all = limiter_.taken();
  for (std::size_t first = 0; first < all.size(); first += buckets_at_once) {
    const auto count = std::min(buckets_at_once, all.size() - first);
    net::RedisCommand command{"EVAL", account, std::to_string(count)};
    for (std::size_t i = first; i < first + count; ++i) {
      const auto digest = base::hmac_sha256(key_.bytes(), base::bytes_of(all[i].key));
      command.push_back("roadbook:limit:" + base::to_base64url(base::ByteView(digest).first(16)));
    }
    for (std::size_t i = first; i < first + count; ++i)
      for (const auto number : {std::int64_t{all[i].limit.requests}, std::int64_t{all[i].limit.window.count()},
                                std::int64_t{all[i].requests}})
        command.push_back(std::to_string(number));
    const auto reply = redis_.ask(std::move(command));
    if (!reply || reply->items.size() != count) continue;  // Redis counts; our own buckets hold meanwhile.
    for (std::size_t i = 0; i < count; ++i) {
      const auto& text = reply->items[i].text;
      double tokens = 0;
      if (std::from_chars(text.data(), text.data() + text.size(), tokens).ec == std::errc{})
        limiter_.learn(all[first + i].key, tokens);
    }
  }
}

}  // namespace http
