/// A link to PostgreSQL that can be cut, silenced and slowed down. One thread for all its connections.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <deque>
#include <list>
#include <random>
#include <string>
#include <thread>

#include "base/result.h"

namespace testing_support {

class Link {
 public:
  enum class Mode {
    open,
    silent,       ///< What is sent goes nowhere.
    torn,         ///< Every connection is closed.
    commit_lost,  ///< The server gets the next COMMIT, and nobody its answer.
  };

  /// `server` is postgresql://user@127.0.0.1:port/name, or redis://….
  explicit Link(const std::string& server) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const auto colon = server.rfind(':'), slash = server.rfind('/');
    server_port_ = std::stoi(server.substr(colon + 1, slash - colon - 1));
    auto place = here(0);
    CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&place), sizeof place) == 0 && ::listen(listener_, 64) == 0);
    socklen_t size = sizeof place;
    CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&place), &size) == 0);
    address = server.substr(0, colon + 1) + std::to_string(ntohs(place.sin_port)) + server.substr(slash);
    if (server.starts_with("postgresql:")) address += "?sslmode=disable";  // It reads along.
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  ~Link() {
    thread_.request_stop();
    thread_.join();
    close_all();
    ::close(listener_);
  }

  std::string address;  ///< The server's, by way of this link.
  std::atomic<Mode> mode{Mode::open};
  std::atomic<int> delay_ms{0}, jitter_ms{0};  ///< Each piece takes that long, and up to so much longer.
  std::atomic<int> tears_per_thousand{0};      ///< So often a piece ends its connection instead.
  std::atomic<int> torn{0};                    ///< Connections that were.

 private:
  using Clock = std::chrono::steady_clock;
  struct Way {
    int from, to;
    bool to_server;
    std::deque<std::pair<Clock::time_point, std::string>> held{};
  };
  struct Pair {
    Way there, back;
  };

  static sockaddr_in here(int port) {
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(static_cast<std::uint16_t>(port));
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return place;
  }
  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::vector<pollfd> sockets{{listener_, POLLIN, 0}};
      bool holds = false;
      for (const auto& pair : pairs_)
        for (const auto* way : {&pair.there, &pair.back}) {
          sockets.push_back({way->from, POLLIN, 0});
          holds = holds || !way->held.empty();
        }
      ::poll(sockets.data(), sockets.size(), holds ? 1 : 5);
      if (mode == Mode::torn) close_all();
      if (mode == Mode::silent) {
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
        continue;
      }
      if (sockets[0].revents & POLLIN) accept_one();
      for (auto pair = pairs_.begin(); pair != pairs_.end();)
        pair = pass(pair->there) && pass(pair->back) ? std::next(pair) : close(pair);
    }
  }
  void accept_one() {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto place = here(server_port_);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0) {  // It is down.
      ::close(client), ::close(server);
      return;
    }
    pairs_.push_back({{client, server, true}, {server, client, false}});
  }
  /// False: the connection ends.
  bool pass(Way& way) {
    char bytes[65'536];
    const auto count = ::recv(way.from, bytes, sizeof bytes, MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN)) return false;
    if (count > 0) {
      if (random(1'000) < tears_per_thousand) {
        ++torn;
        return false;
      }
      way.held.emplace_back(Clock::now() + std::chrono::milliseconds{delay_ms + random(jitter_ms + 1)},
                            std::string(bytes, static_cast<std::size_t>(count)));
    }
    while (!way.held.empty() && way.held.front().first <= Clock::now()) {
      const auto piece = std::move(way.held.front().second);
      way.held.pop_front();
      if (::send(way.to, piece.data(), piece.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(piece.size())) return false;
      if (!way.to_server || mode != Mode::commit_lost || piece.find("commit") == std::string::npos) continue;
      mode = Mode::open;
      return false;
    }
    return true;
  }
  int random(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  std::list<Pair>::iterator close(std::list<Pair>::iterator pair) {
    ::close(pair->there.from), ::close(pair->there.to);
    return pairs_.erase(pair);
  }
  void close_all() {
    while (!pairs_.empty()) close(pairs_.begin());
  }

  int server_port_ = 0, listener_;
  std::list<Pair> pairs_;
  std::minstd_rand random_{1};
  std::jthread thread_;
};

}  // namespace testing_support
