/// Limits that several nodes hold together. Each decides by itself and at once; ten times a second it tells Redis what
/// it has let through and hears what all of them leave. So a burst may exceed a limit by what the other nodes let
/// through within a tenth of a second, and what was too much is missing afterwards: over a longer time the limit holds
/// exactly. While Redis is away, each node's own buckets hold.
#pragma once

#include <condition_variable>
#include <thread>

#include "base/crypto.h"
#include "http/limits.h"
#include "net/redis.h"

namespace http {

class SharedLimits {
 public:
  /// In Redis the names of buckets, which may be addresses of people, are keyed hashes.
  SharedLimits(Limiter& limiter, net::Redis& redis, const base::Key& key);

 private:
  void round();

  Limiter& limiter_;
  net::Redis& redis_;
  const base::Key key_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace http
