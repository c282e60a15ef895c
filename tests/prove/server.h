/// The real server as a process of its own, asked over HTTP, killed and stopped.
#pragma once

#include <signal.h>

#include "prove/contention.h"

namespace prove {

using Settings = std::vector<std::string>;  ///< "NAME=value" of the environment.

/// A process of the program, on a port of its own.
class Server {
 public:
  /// `roadbook demo` on the file at `path`.
  Server(const std::string& program, const std::string& path, const Settings& settings = {});
  /// Any command; of the environment it has `settings` alone. Port 0: any that is free.
  Server(const std::string& program, const std::vector<std::string>& arguments, Settings settings,
         std::uint16_t port_ = 0);
  ~Server() { end(SIGKILL); }
  Server(const Server&) = delete;

  /// Seconds from the start until it said that it is ready.
  double ready();
  /// The exit status, or -signal.
  int end(int signal);
  pid_t process() const { return process_; }

  const std::uint16_t port;

 private:
  const std::chrono::steady_clock::time_point begun_;
  pid_t process_;
};

/// Besides the demo's own: the plan's people and cars; and no limits.
void add_to_demo(const std::string& address, const Plan& plan);
/// A plan for loads over HTTP, where every attempt can have a time of its own for years.
Plan http_plan();

/// The access token of one of the demo's people.
std::string sign_in(std::uint16_t port, const std::string& email = "admin@demo.test");

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
