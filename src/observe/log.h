/// One JSON object a line: {"ts":…,"level":…,"msg":…,"correlation_id":…, fields}. Passed explicitly, never a global.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <variant>

#include "base/config.h"

namespace observe {

struct Field {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double, bool> value;

  Field(std::string_view n, std::string_view v) : name(n), value(v) {}
  Field(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
  Field(std::string_view n, const std::string& v) : name(n), value(std::string_view(v)) {}
  Field(std::string_view n, bool v) : name(n), value(v) {}
  Field(std::string_view n, double v) : name(n), value(v) {}
  Field(std::string_view n, std::integral auto v) : name(n), value(static_cast<std::int64_t>(v)) {}
};
using Fields = std::initializer_list<Field>;

/// Lines are written by a thread of their own, so that a slow disk or journal never holds up a request. When more than
/// `max_pending_bytes` wait, lines below `warn` are dropped and counted; warnings and errors are kept in any case.
/// Thread-safe. The destructor writes what waits.
class Log {
 public:
  static constexpr std::size_t max_pending_bytes = 8 << 20;
  using Sink = std::function<void(std::string_view lines)>;

  Log(base::LogLevel level, Sink sink);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  bool wants(base::LogLevel level) const { return level >= level_; }
  /// `correlation_id` may be empty. Never pass names, addresses, texts, tokens or request bodies.
  void write(base::LogLevel level, std::string_view message, std::string_view correlation_id = {}, Fields fields = {});
  void info(std::string_view message, Fields fields = {}) { write(base::LogLevel::info, message, {}, fields); }
  void warn(std::string_view message, Fields fields = {}) { write(base::LogLevel::warn, message, {}, fields); }
  void error(std::string_view message, Fields fields = {}) { write(base::LogLevel::error, message, {}, fields); }

  std::uint64_t dropped() const { return dropped_; }
  /// Returns when everything written so far has reached the sink.
  void flush();

 private:
  void run();

  const base::LogLevel level_;
  const Sink sink_;
  std::atomic<std::uint64_t> dropped_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable drained_;
  std::string pending_;
  bool writing_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

/// Writes to a file descriptor, whole lines in one call where the system takes them.
Log::Sink to_descriptor(int descriptor);

/// `text` between quotes, with everything escaped that could end the string or the line; invalid UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace observe
