#include "http/wire.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "http/problem.h"

namespace http {

namespace {

/// RFC 9110 §5.6.7. Made once a second and thread.
const std::string& http_date(base::Instant now) {
  thread_local base::Instant made_at{};
  thread_local std::string text;
  if (made_at != now || text.empty()) {
    made_at = now;
    text = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(static_cast<std::time_t>(base::to_seconds(now))));
  }
  return text;
}

void append(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value)
    if (c != '\r' && c != '\n') out += c;  // A value can never begin a header of its own.
  out += "\r\n";
}

}  // namespace

std::string serialized_head(const Response& response, KeepAlive keep_alive, base::Instant now) {
  std::string out;
  out.reserve(1024);
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  append(out, "Date", http_date(now));
  if (!response.content_type.empty()) append(out, "Content-Type", response.content_type);
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless && !response.stream) append(out, "Content-Length", std::to_string(response.content().size()));
  for (const auto& [name, value] : response.headers) append(out, name, value);
  append(out, "Connection", keep_alive == KeepAlive::yes ? "keep-alive" : "close");
  out += "\r\n";
  return out;
}

}  // namespace http
