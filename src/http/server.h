/// Sockets, threads and time: io threads for everything that never waits, a bounded pool of workers for the rest.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "base/config.h"
#include "http/site.h"

namespace http {

struct ServerOptions {
  base::Endpoint listen{"127.0.0.1", 0};
  std::vector<base::Network> trusted_proxies = {};  ///< Exempt, like loopback, from max_connections_per_address.
  int io_threads = 2;                               ///< One for each core. A connection stays on its own.
  int workers = 8;                                  ///< And one more for each four, for reports.
  /// Requests on workers or waiting for one; more are answered 503. Of them lists may be half, reports a sixteenth.
  std::size_t max_queued = 1024;
  std::size_t max_connections = 4096;
  std::size_t max_connections_per_address = 100;
  std::size_t max_body_bytes = 1 << 20;
  std::chrono::milliseconds request_time{10'000};  ///< From its first byte to its last, and again for its answer.
  std::chrono::milliseconds database_time{4'500};  ///< Then a request that still waits for PostgreSQL is answered 503.
  std::chrono::milliseconds idle_time{60'000};
  std::chrono::milliseconds drain_time{10'000};
};

class Server {
 public:
  /// Listens at once; throws where that fails. Serves from start() on.
  Server(ServerOptions options, Site& site);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void start();
  std::uint16_t port() const;
  /// Takes no new connections, closes idle ones, finishes what is in flight; returns when that is done, after
  /// drain_time in any case. Safe to call twice, and from any thread but its own.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace http
