/// A small blocking HTTP client that can also send what no decent client would.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <charconv>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace api {

struct Answer {
  int status = 0;  ///< 0: the connection ended before an answer.
  std::string head;
  std::map<std::string, std::string> headers;  ///< Names in lower case; of repeated ones the last.
  std::string body;

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
  boost::json::object json() const { return boost::json::parse(body).as_object(); }
  std::string type() const { return std::string(json().at("type").as_string()); }
};

using Headers = std::vector<std::pair<std::string, std::string>>;

/// One connection to 127.0.0.1, kept open between requests. Every wait ends after `seconds`.
class Client {
 public:
  explicit Client(std::uint16_t port, int seconds = 20) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{seconds, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(socket_);
      throw std::runtime_error("cannot connect");
    }
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  enum class Body { expected, none };
  Answer receive(Body body = Body::expected) {
    Answer answer;
    std::size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
      if (!fill()) return answer;
    answer.head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    answer.status = static_cast<int>(number(answer.head.substr(9, 3)));
    parse_headers(answer);
    if (answer.status == 100) return receive(body);
    const auto length = answer.header("content-length");
    const auto size = body == Body::none || length.empty() ? 0 : number(length);
    while (buffer_.size() < size)
      if (!fill()) throw std::runtime_error("the body ended early");
    answer.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return answer;
  }

  Answer request(const std::string& method, const std::string& target, const Headers& headers = {},
                 const std::string& body = {}) {
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    if (!body.empty()) {
      text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
      if (text.find("Content-Type:") == std::string::npos) text += "Content-Type: application/json\r\n";
    }
    send(text + "\r\n" + body);
    return receive(method == "HEAD" ? Body::none : Body::expected);
  }
  Answer get(const std::string& target, const Headers& headers = {}) { return request("GET", target, headers); }

  /// Whatever comes next; empty at the end.
  std::string some() {
    if (buffer_.empty()) fill();
    return std::exchange(buffer_, "");
  }
  /// The other side has closed, with nothing more to say.
  bool at_end() { return buffer_.empty() && !fill(); }

 private:
  bool fill() {
    char bytes[16384];
    const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count > 0) buffer_.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
  }
  static std::size_t number(const std::string& text) {
    std::size_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }
  static void parse_headers(Answer& answer) {
    for (std::size_t at = answer.head.find("\r\n") + 2; at < answer.head.size();) {
      const auto end = answer.head.find("\r\n", at);
      const auto line = answer.head.substr(at, end - at);
      auto name = line.substr(0, line.find(':'));
      for (char& c : name)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      answer.headers[name] = line.substr(line.find(':') + 2);
      at = end + 2;
    }
  }

  int socket_;
  std::string buffer_;
};

}  // namespace api
