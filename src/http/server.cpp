#include "http/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "http/connection.h"

namespace http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct Server::Impl {
  using Clock = Connection::Clock;
  static constexpr std::chrono::milliseconds sweep_every{100};
  static constexpr std::chrono::milliseconds pause_when_out_of_files{100};

  Impl(ServerOptions options, Site& site) : shared(std::move(options), site), acceptor(shared.loops.front().io) {
    const tcp::endpoint endpoint(asio::ip::make_address(shared.options.listen.host), shared.options.listen.port);
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    error_code error;
    acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(1024, error);
    if (error)
      throw std::runtime_error(
          fmt::format("cannot listen on {} port {}: {}. Another place is chosen with "
                      "LISTEN=address:port.",
                      shared.options.listen.host, shared.options.listen.port, error.message()));
    port = acceptor.local_endpoint().port();
  }

  bool admits(const asio::ip::address& address, const std::string& key);
  asio::awaitable<void> accept();
  asio::awaitable<void> sweep(Loop& loop);
  void begin_to_stop(Loop& loop);

  Shared shared;
  tcp::acceptor acceptor;  ///< On the first thread; connections go to all of them in turn.
  std::uint16_t port = 0;
};

namespace {

asio::awaitable<void> run(std::shared_ptr<Connection> connection) {
  co_await connection->run();
}

}  // namespace

bool Server::Impl::admits(const asio::ip::address& address, const std::string& key) {
  const auto& options = shared.options;
  const auto bytes = base::address_from_text(key);
  const bool exempt =
      address.is_loopback() ||
      (bytes && std::ranges::any_of(options.trusted_proxies, [&](const auto& n) { return n.contains(*bytes); }));
  auto& [mutex, all, by_address] = shared.counts;
  const std::lock_guard lock(mutex);
  if (all >= options.max_connections) return false;
  const auto count = by_address.find(key);
  return exempt || count == by_address.end() || count->second < options.max_connections_per_address;
}

asio::awaitable<void> Server::Impl::accept() {
  for (std::size_t turn = 0; acceptor.is_open(); ++turn) {
    auto& loop = shared.loops[turn % shared.loops.size()];
    error_code error;
    auto socket = co_await acceptor.async_accept(loop.io, asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) {  // Most often: no file descriptors left. Others will close theirs.
      asio::steady_timer pause(acceptor.get_executor(), pause_when_out_of_files);
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
      continue;
    }
    const auto endpoint = socket.remote_endpoint(error);
    if (error) continue;
    auto address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
      address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    auto key = address.to_string();
    if (!admits(address, key)) continue;  // Closed without a word: a word would cost what the limit saves.
    auto connection = std::make_shared<Connection>(shared, loop, std::move(socket), std::move(key));
    asio::co_spawn(loop.io, run(std::move(connection)), asio::detached);
  }
}

/// One timer for all connections of a thread instead of one for each read: deadlines are late by at most `sweep_every`.
asio::awaitable<void> Server::Impl::sweep(Loop& loop) {
  while (!shared.stopping || !loop.connections.empty()) {
    loop.sweep_timer.expires_after(sweep_every);
    error_code error;
    co_await loop.sweep_timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    const auto now = Clock::now();
    for (auto* connection : loop.connections)
      if (connection->deadline() <= now || (shared.stopping && connection->idle())) connection->close();
    if (now >= loop.stop_at) loop.io.stop();
  }
}

void Server::Impl::begin_to_stop(Loop& loop) {
  shared.stopping = true;
  loop.stop_at = Clock::now() + shared.options.drain_time;
  error_code ignored;  // Closing what is closed already.
  if (&loop == &shared.loops.front()) acceptor.close(ignored);
  loop.sweep_timer.cancel();
}

Server::Server(ServerOptions options, Site& site) : impl_(std::make_unique<Impl>(std::move(options), site)) {}

Server::~Server() {
  stop();
}

void Server::start() {
  asio::co_spawn(impl_->acceptor.get_executor(), impl_->accept(), asio::detached);
  for (auto& loop : impl_->shared.loops) {
    asio::co_spawn(loop.io, impl_->sweep(loop), asio::detached);
    loop.thread = std::thread([&io = loop.io] { io.run(); });
  }
}

std::uint16_t Server::port() const {
  return impl_->port;
}

void Server::stop() {
  auto& loops = impl_->shared.loops;
  if (!loops.front().thread.joinable()) return;
  for (auto& loop : loops) asio::post(loop.io, [this, &loop] { impl_->begin_to_stop(loop); });
  for (auto& loop : loops) loop.thread.join();
  for (auto* workers : {&impl_->shared.workers, &impl_->shared.reporters}) {
    workers->stop();
    workers->join();
  }
}

}  // namespace http
