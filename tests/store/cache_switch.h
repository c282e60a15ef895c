/// Off with TEST_CACHE=off in the environment: every test must give the same answers then.
#pragma once

#include <cstdlib>
#include <string_view>

#include "cache/calendar_cache.h"

namespace testing_support {

inline cache::CacheOptions cache_options() {
  const char* wish = std::getenv("TEST_CACHE");
  return {.enabled = !wish || std::string_view(wish) != "off"};
}

}  // namespace testing_support
