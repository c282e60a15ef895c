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

  Impl(ServerOptions options, Site& site)
      : shared(std::move(options), site), acceptor(shared.io), sweep_timer(shared.io) {
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

  bool admits(const asio::ip::address& address, const std::string& key) const;
  asio::awaitable<void> accept();
  asio::awaitable<void> sweep();
  void begin_to_stop();

  Shared shared;
  tcp::acceptor acceptor;
  asio::steady_timer sweep_timer;
  std::uint16_t port = 0;
  Clock::time_point stop_at = Clock::time_point::max();
  std::thread io_thread;
};

namespace {

asio::awaitable<void> run(std::shared_ptr<Connection> connection) {
  co_await connection->run();
}

}  // namespace

bool Server::Impl::admits(const asio::ip::address& address, const std::string& key) const {
  const auto& options = shared.options;
  if (shared.connections.size() >= options.max_connections) return false;
  const auto bytes = base::address_from_text(key);
  const bool exempt =
      address.is_loopback() ||
      (bytes && std::ranges::any_of(options.trusted_proxies, [&](const auto& n) { return n.contains(*bytes); }));
  const auto count = shared.per_address.find(key);
  return exempt || count == shared.per_address.end() || count->second < options.max_connections_per_address;
}

asio::awaitable<void> Server::Impl::accept() {
  while (acceptor.is_open()) {
    error_code error;
    auto socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) {  // Most often: no file descriptors left. Others will close theirs.
      asio::steady_timer pause(shared.io, pause_when_out_of_files);
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
    auto connection = std::make_shared<Connection>(shared, std::move(socket), std::move(key));
    asio::co_spawn(shared.io, run(std::move(connection)), asio::detached);
  }
}

/// One timer for all connections instead of one for each read: deadlines are late by at most `sweep_every`.
asio::awaitable<void> Server::Impl::sweep() {
  while (!shared.stopping || !shared.connections.empty()) {
    sweep_timer.expires_after(sweep_every);
    error_code error;
    co_await sweep_timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    const auto now = Clock::now();
    for (auto* connection : shared.connections)
      if (connection->deadline() <= now || (shared.stopping && connection->idle())) connection->close();
    if (now >= stop_at) shared.io.stop();
  }
}

void Server::Impl::begin_to_stop() {
  shared.stopping = true;
  stop_at = Clock::now() + shared.options.drain_time;
  error_code ignored;  // Closing what is closed already.
  acceptor.close(ignored);
  sweep_timer.cancel();
}

Server::Server(ServerOptions options, Site& site) : impl_(std::make_unique<Impl>(std::move(options), site)) {}

Server::~Server() {
  stop();
}

void Server::start() {
  asio::co_spawn(impl_->shared.io, impl_->accept(), asio::detached);
  asio::co_spawn(impl_->shared.io, impl_->sweep(), asio::detached);
  impl_->io_thread = std::thread([this] { impl_->shared.io.run(); });
}

std::uint16_t Server::port() const {
  return impl_->port;
}

void Server::stop() {
  if (!impl_->io_thread.joinable()) return;
  asio::post(impl_->shared.io, [this] { impl_->begin_to_stop(); });
  impl_->io_thread.join();
  for (auto* workers : {&impl_->shared.workers, &impl_->shared.reporters}) {
    workers->stop();
    workers->join();
  }
}

}  // namespace http
