#include "prove/sink.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <fstream>
#include <random>
#include <thread>

#include "api/client.h"
#include "base/result.h"

namespace prove {

namespace {

/// The port that was given, 0 where it is taken.
std::uint16_t bound_port(std::uint16_t wanted) {
  const int file = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(wanted);
  socklen_t size = sizeof address;
  const bool bound = ::bind(file, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(file, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(file);
  return bound ? ntohs(address.sin_port) : std::uint16_t{0};
}

}  // namespace

std::uint16_t free_port() {
  const auto port = bound_port(0);
  CHECK(port != 0);
  return port;
}

std::uint16_t steady_port() {
  std::random_device random;
  for (;;)  // Linux gives connections those from 32,768 on.
    if (const auto port = bound_port(static_cast<std::uint16_t>(20'000 + random() % 12'000))) return port;
}

Sink::Sink(const std::string& file, const std::vector<std::string>& arguments)
    : file_(file), arguments_(arguments), port_(free_port()) {
  start();
}

Sink::~Sink() {
  stop();
}

void Sink::start() {
  const auto program = std::string(ROADBOOK_SOURCE) + "/tests/sink.py", port = std::to_string(port_);
  std::vector<const char*> values{program.c_str(), port.c_str(), file_.c_str()};
  for (const auto& argument : arguments_) values.push_back(argument.c_str());
  values.push_back(nullptr);
  process_ = ::fork();
  CHECK(process_ >= 0);
  if (process_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::execv(program.c_str(), const_cast<char**>(values.data()));
    ::_exit(127);
  }
  for (int i = 0; i < 500; ++i) try {
      api::Client client(port_, 5);
      return;
    } catch (const std::runtime_error&) {  // Nobody listens yet.
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
  throw std::runtime_error("the SMTP sink does not start");
}

void Sink::stop() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = 0;
}

std::string Sink::url() const {
  return fmt::format("smtp://127.0.0.1:{}", port_);
}

std::vector<boost::json::object> Sink::mails() const {
  std::vector<boost::json::object> mails;
  std::ifstream lines(file_);
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) mails.push_back(boost::json::parse(line).as_object());
  return mails;
}

}  // namespace prove
