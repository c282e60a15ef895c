/// One client's connection: reads requests one after the other, answers them in order.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "http/server.h"
#include "http/site.h"
#include "http/wire.h"

namespace http {

class Connection;

/// An io thread with the connections that it reads and answers; all of it belongs to that thread.
struct Loop {
  std::unordered_set<Connection*> connections;  ///< Outlives `io`, which ends them.
  std::chrono::steady_clock::time_point stop_at = std::chrono::steady_clock::time_point::max();
  boost::asio::io_context io{1};
  boost::asio::steady_timer sweep_timer{io};
  std::thread thread;
};

/// What the connections of one server share, whichever thread they are on.
struct Shared {
  Shared(ServerOptions options_, Site& site_)
      : options(std::move(options_)),
        site(site_),
        loops(static_cast<std::size_t>(options.io_threads)),
        workers(static_cast<std::size_t>(options.workers)),
        reporters(static_cast<std::size_t>((options.workers + 3) / 4)) {}

  /// Reports have workers of their own: nobody who books waits behind them.
  boost::asio::thread_pool& workers_for(Load load) { return load == Load::report ? reporters : workers; }
  std::size_t most(Load load) const {
    const std::size_t parts = load == Load::booking ? 1 : load == Load::list ? 2 : 16;
    return std::max<std::size_t>(1, options.max_queued / parts);
  }
  std::size_t queued_in_all() const { return queued[0] + queued[1] + queued[2]; }

  const ServerOptions options;
  Site& site;
  /// Open connections, in all and by address.
  struct Counts {
    std::mutex mutex;
    std::size_t all = 0;
    std::unordered_map<std::string, std::size_t> by_address;
  } counts;
  std::atomic<bool> stopping = false;
  std::array<std::atomic<std::size_t>, 3> queued{};  ///< By Load.
  std::vector<Loop> loops;
  boost::asio::thread_pool workers, reporters;
};

class Connection {
 public:
  using Clock = std::chrono::steady_clock;
  using Socket = boost::asio::ip::tcp::socket;

  /// Counts from now on; it belongs to `loop` from run() on.
  Connection(Shared& shared, Loop& loop, Socket socket, std::string address);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  boost::asio::awaitable<void> run();
  Clock::time_point deadline() const { return deadline_; }
  /// Between requests: nothing is lost when it is closed now.
  bool idle() const { return idle_; }
  void close();

 private:
  boost::asio::awaitable<bool> read_some();
  boost::asio::awaitable<std::size_t> read_head();
  boost::asio::awaitable<bool> read_body(const Head& head, std::size_t head_bytes, Request& request);
  boost::asio::awaitable<bool> serve_one();
  boost::asio::awaitable<Response> answer(std::shared_ptr<struct Exchange> exchange);
  boost::asio::awaitable<bool> refuse(base::Error error, Request request);
  boost::asio::awaitable<bool> write(Response response, std::string method, KeepAlive keep_alive);
  boost::asio::awaitable<void> send_stream(std::shared_ptr<LiveStream> stream);
  boost::asio::awaitable<void> linger();

  Shared& shared_;
  Loop& loop_;
  Socket socket_;
  const std::string address_;
  std::string input_;  ///< Bytes read and not yet understood; the next request may be among them.
  Clock::time_point deadline_;
  Clock::time_point began_;  ///< First byte of the request in hand.
  bool idle_ = true;
  std::weak_ptr<boost::asio::steady_timer> stream_wait_;  ///< While a stream has nothing to say.
};

}  // namespace http
