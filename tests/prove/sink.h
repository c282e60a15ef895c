/// The SMTP relay of the tests (tests/sink.py) as a process of its own, and what it received.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

namespace prove {

/// A port of this machine that nobody listens at, for now.
std::uint16_t free_port();

/// One that no outgoing connection is given either, for whoever goes and comes back.
std::uint16_t steady_port();

class Sink {
 public:
  /// `arguments` follow the port and the file. Returns once it listens.
  explicit Sink(const std::string& file, const std::vector<std::string>& arguments = {});
  ~Sink();
  Sink(const Sink&) = delete;

  std::string url() const;
  std::vector<boost::json::object> mails() const;
  void stop();
  void start();

 private:
  const std::string file_;
  const std::vector<std::string> arguments_;
  const std::uint16_t port_;
  int process_ = 0;
};

}  // namespace prove
