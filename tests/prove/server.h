/// The real server as a process of its own, asked over HTTP, killed and stopped.
#pragma once

#include "prove/contention.h"

namespace prove {

struct Stops {
  std::int64_t stops = 0, acknowledged = 0;
  double slowest_ready = 0;  ///< Seconds from starting the process to its first 200 at /readyz.
  double slowest_stop = 0;   ///< Seconds from the signal to the end of the process.
  std::vector<std::string> faults;
};

/// Books over HTTP with many clients at once, sends SIGKILL or SIGTERM at a random moment, starts again; then the
/// audit. SIGTERM must end in exit 0 within ten seconds.
Stops stop_server(const std::string& program, const std::string& path, std::int64_t stops, int signal,
                  const RunOptions& options);

/// Durable bookings a second over HTTP, each at a free time, by number of clients.
struct HttpRate {
  int clients;
  double bookings_per_second;
};
std::vector<HttpRate> book_over_http(const std::string& program, const std::string& path,
                                     const std::vector<int>& clients, std::vector<std::string>& faults);

}  // namespace prove
