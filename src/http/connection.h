/// One client's connection: reads requests one after the other, answers them in order.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "http/server.h"
#include "http/site.h"
#include "http/wire.h"

namespace http {

class Connection;

/// What the connections of one server share. All of it belongs to the io thread but `workers` and `queued`.
struct Shared {
  Shared(ServerOptions options_, Site& site_)
      : options(std::move(options_)), site(site_), workers(static_cast<std::size_t>(options.workers)) {}

  const ServerOptions options;
  Site& site;
  std::unordered_set<Connection*> connections;
  std::unordered_map<std::string, std::size_t> per_address;
  bool stopping = false;
  std::atomic<std::size_t> queued = 0;
  boost::asio::io_context io{1};
  boost::asio::thread_pool workers;
};

class Connection {
 public:
  using Clock = std::chrono::steady_clock;
  using Socket = boost::asio::ip::tcp::socket;

  Connection(Shared& shared, Socket socket, std::string address);
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
  Socket socket_;
  const std::string address_;
  std::string input_;  ///< Bytes read and not yet understood; the next request may be among them.
  Clock::time_point deadline_;
  Clock::time_point began_;  ///< First byte of the request in hand.
  bool idle_ = true;
  std::weak_ptr<boost::asio::steady_timer> stream_wait_;  ///< While a stream has nothing to say.
};

}  // namespace http
