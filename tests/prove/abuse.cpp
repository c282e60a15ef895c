#include "prove/abuse.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "api/client.h"
#include "prove/server.h"

namespace prove {

namespace {

using Watch = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr int dribblers = 300, idlers = 500, abusers = 4, decent = 4;

double since(Watch::time_point begun) {
  return std::chrono::duration<double>(Watch::now() - begun).count();
}

double resident(pid_t process) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return static_cast<double>(std::stol(line.substr(6))) / 1024;
  throw std::runtime_error("the server is gone");
}

std::string bomb() {
  const std::string zeros(60 << 20, '0');
  std::string packed(1 << 20, '\0');
  z_stream stream{};
  CHECK(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(zeros.data()));
  stream.avail_in = static_cast<uInt>(zeros.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// Each asked once by each abuser and again; what a decent server may answer is any 4xx, or nothing.
std::vector<std::string> abuses() {
  const std::string post = "POST /api/v1/auth/login HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n";
  const auto sized = [&](const std::string& body, const std::string& more = "") {
    return post + more + fmt::format("Content-Length: {}\r\n\r\n", body.size()) + body;
  };
  const std::string hidden = "GET /api/v1/users HTTP/1.1\r\nHost: h\r\n\r\n";
  std::string noise(4'096, '\0');
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<char>(i * 131 % 251);
  return {post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
          post + fmt::format("Content-Length: 0\r\nContent-Length: {}\r\n\r\n", hidden.size()) + hidden,
          post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + hidden,
          post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + hidden,
          post + "Content-Length: +4\r\n\r\n{}  " + hidden,
          post + "Transfer-Encoding: chunked\r\n\r\n4000000\r\n" + std::string(1 << 22, 'x'),
          post + "Content-Length: 67108864\r\n\r\n" + std::string(1 << 22, 'x'),
          sized(bomb(), "Content-Encoding: gzip\r\n"),
          sized("{\"email\":\"\xff\xfe@h\",\"password\":\"\xc3\x28\"}"),
          sized(std::string(200'000, '[')),
          sized("{\"email\":\"" + std::string(900'000, 'a') + "\",\"password\":\"x\"}"),
          "GET /api/v1/me HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer eyJhbGciOiJub25lIn0.e30.\r\n\r\n",
          "GET /" + std::string(8'000, '%') + " HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET /..%2f..%2fetc/passwd HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET http://other.example/ HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n",
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
          noise};
}

class Street {
 public:
  Street(std::uint16_t port, Abuse& result) : port_(port), result_(result) {}

  /// 99 in 100 of the answers to decent clients within so many milliseconds.
  double ask(std::chrono::seconds length) {
    const auto until = Watch::now() + length;
    std::vector<std::future<std::vector<double>>> clients;
    clients.reserve(decent);
    for (int i = 0; i < decent; ++i)
      clients.push_back(std::async(std::launch::async, [this, until] { return decent_until(until); }));
    std::vector<double> all;
    for (auto& client : clients) {
      const auto waits = client.get();
      all.insert(all.end(), waits.begin(), waits.end());
    }
    result_.asked += static_cast<std::int64_t>(all.size());
    std::ranges::sort(all);
    return all[all.size() * 99 / 100];
  }

  void gather() {
    for (int i = 0; i < idlers; ++i) idle_.push_back(std::make_unique<api::Client>(port_, 1));
    begun_ = Watch::now();
    for (int i = 0; i < dribblers; ++i) {
      dribbling_.push_back(std::make_unique<api::Client>(port_, 1));
      dribbling_.back()->send("GET / HTTP/1.1\r\nHost: h\r\nA: ");
    }
  }

  void dribble() {
    while (!dribbling_.empty() && !over_) {
      std::this_thread::sleep_for(1s);
      // Who was let go hears of it at the second byte: the first one is answered with a reset.
      std::erase_if(dribbling_, [](const auto& each) { return !each->send("a"); });
      if (dribbling_.empty()) result_.slowest_drop = since(begun_);
    }
    if (!dribbling_.empty()) note(fmt::format("{} dribblers were kept", dribbling_.size()));
  }

  void attack(std::size_t number) {
    static const auto all = abuses();
    for (auto at = number; !over_; ++at) try {
        api::Client client(port_, 2);
        client.send(all[at % all.size()]);
        const auto status = client.receive().status;
        if (status >= 500 || (status > 0 && status < 400)) note(fmt::format("abuse {}: {}", at % all.size(), status));
        const std::lock_guard lock(mutex_);
        ++result_.statuses[status];
      } catch (const std::runtime_error&) {  // Let go in the middle of the answer.
        const std::lock_guard lock(mutex_);
        ++result_.statuses[0];
      }
  }
  void close() { over_ = true; }

 private:
  void note(std::string fault) {
    const std::lock_guard lock(mutex_);
    if (result_.faults.size() < 8 && std::ranges::count(result_.faults, fault) == 0)
      result_.faults.push_back(std::move(fault));
  }
  std::vector<double> decent_until(Watch::time_point until) {
    api::Client client(port_);
    std::vector<double> waits;
    while (Watch::now() < until) {
      const auto begun = Watch::now();
      const auto status = client.get("/healthz").status;
      waits.push_back(1'000 * since(begun));
      if (status != 200) note(fmt::format("/healthz: {}", status));
      std::this_thread::sleep_for(5ms);
    }
    return waits;
  }

  const std::uint16_t port_;
  Abuse& result_;
  Watch::time_point begun_;
  std::vector<std::unique_ptr<api::Client>> dribbling_, idle_;
  std::mutex mutex_;
  std::atomic<bool> over_ = false;
};

}  // namespace

Abuse abuse(const std::string& program, const std::string& path, std::chrono::seconds length) {
  rlimit files{};  // Its own and, inherited, those of the server.
  CHECK(::getrlimit(RLIMIT_NOFILE, &files) == 0);
  files.rlim_cur = files.rlim_max;
  CHECK(::setrlimit(RLIMIT_NOFILE, &files) == 0);
  Abuse result;
  Server server(program, path);
  server.ready();
  Street street(server.port, result);
  result.alone = street.ask(std::max(length / 5, 1s));
  street.gather();
  const auto before = resident(server.process());
  {
    std::vector<std::jthread> crowd;
    crowd.reserve(abusers + 2);
    crowd.emplace_back([&] { street.dribble(); });
    for (std::size_t number = 0; number < abusers; ++number)
      crowd.emplace_back([&street, number] { street.attack(number * 4); });
    crowd.emplace_back([&](const std::stop_token& stop) {
      for (; !stop.stop_requested(); std::this_thread::sleep_for(20ms))
        result.megabytes = std::max(result.megabytes, resident(server.process()) - before);
    });
    result.beside = street.ask(length);
    street.close();
  }
  if (result.beside > std::max(100.0, 3 * result.alone)) result.faults.emplace_back("decent clients wait");
  if (result.slowest_drop > 13) result.faults.emplace_back("dribblers are kept");
  if (result.megabytes > 32) result.faults.emplace_back("memory grows");
  if (server.end(SIGTERM) != 0) result.faults.emplace_back("the server did not end well");
  return result;
}

}  // namespace prove
