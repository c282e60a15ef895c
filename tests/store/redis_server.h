/// A Redis of a test's own, on a free port, that keeps nothing and may be killed.
#pragma once

#include <arpa/inet.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "net/redis.h"
#include "store/temporary.h"

namespace testing_support {

inline int free_port() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof place;
  CHECK(::bind(listener, reinterpret_cast<sockaddr*>(&place), size) == 0);
  CHECK(::getsockname(listener, reinterpret_cast<sockaddr*>(&place), &size) == 0);
  ::close(listener);
  return ntohs(place.sin_port);
}

/// Another program, until it is killed.
class Process {
 public:
  explicit Process(std::vector<std::string> words) {
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    CHECK(::posix_spawnp(&process_, arguments[0], nullptr, nullptr, arguments.data(), environ) == 0);
  }
  ~Process() { kill(); }
  Process(const Process&) = delete;
  void kill() {
    if (process_ == 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
  }

 private:
  pid_t process_ = 0;
};

class RedisServer {
 public:
  /// Later settings win over ours.
  explicit RedisServer(const std::vector<std::string>& settings = {}, int port = free_port())
      : url("redis://:secret@127.0.0.1:" + std::to_string(port) + "/0"), process_(words(settings, port)) {}
  void kill() { process_.kill(); }
  const std::string url;

 private:
  std::vector<std::string> words(const std::vector<std::string>& settings, int port) const {
    std::vector<std::string> all = {"redis-server",     "--port",    std::to_string(port),
                                    "--bind",           "127.0.0.1", "--dir",
                                    folder_.file(""),   "--save",    "",
                                    "--requirepass",    "secret",    "--logfile",
                                    folder_.file("log")};
    all.insert(all.end(), settings.begin(), settings.end());
    return all;
  }
  TemporaryFolder folder_;
  Process process_;
};

}  // namespace testing_support
