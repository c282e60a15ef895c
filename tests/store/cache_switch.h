/// What the environment switches, and every test must give the same answers all the same: memory is off with
/// TEST_CACHE=off.
#pragma once

#include <cstdlib>
#include <string_view>

#include "cache/calendar_cache.h"

namespace testing_support {

inline cache::CacheOptions cache_options() {
  const char* wish = std::getenv("TEST_CACHE");
  return {.enabled = !wish || std::string_view(wish) != "off"};
}

/// With TEST_REDIS_URL (tools/with-redis) what is not in memory is looked for there. Schools of tests all have the same
/// ids and versions; with a key of its own each finds only what it has put there.
struct LevelTwo {
  LevelTwo() {
    const char* url = std::getenv("TEST_REDIS_URL");
    if (!url) return;
    redis = std::make_unique<net::Redis>(net::RedisOptions{.address = base::redis_address(url).value()});
    calendars = std::make_unique<cache::SharedCalendars>(*redis, base::Key::random());
  }
  std::unique_ptr<net::Redis> redis;
  std::unique_ptr<cache::SharedCalendars> calendars;
};

}  // namespace testing_support
