#include "observe/log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>

#include "base/json.h"

namespace observe {

namespace {

std::string_view name_of(base::LogLevel level) {
  switch (level) {
    case base::LogLevel::debug:
      return "debug";
    case base::LogLevel::info:
      return "info";
    case base::LogLevel::warn:
      return "warn";
    case base::LogLevel::error:
      return "error";
  }
  throw base::Bug("unknown LogLevel");
}

void append_now(std::string& out) {
  using namespace std::chrono;
  const auto now = floor<milliseconds>(system_clock::now());  // Milliseconds: base::now() has only seconds.
  const auto second = floor<seconds>(now);
  auto text = base::to_text(second);
  text.pop_back();
  fmt::format_to(std::back_inserter(out), "{}.{:03}Z", text, (now - second).count());
}

void append_value(std::string& out, const Field& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) return append_json_string(out, *text);
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
    fmt::format_to(std::back_inserter(out), "{}", *number);
  } else if (const auto* real = std::get_if<double>(&field.value)) {
    out += std::isfinite(*real) ? fmt::format("{:.3f}", *real) : "null";
  } else {
    out += std::get<bool>(field.value) ? "true" : "false";
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : base::valid_utf8(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

Log::Log(base::LogLevel level, Sink sink) : level_(level), sink_(std::move(sink)), thread_([this] { run(); }) {}

Log::~Log() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Log::write(base::LogLevel level, std::string_view message, std::string_view correlation_id, Fields fields) {
  if (!wants(level)) return;
  std::string line = "{\"ts\":\"";
  append_now(line);
  line += "\",\"level\":\"";
  line += name_of(level);
  line += "\",\"msg\":";
  append_json_string(line, message);
  if (!correlation_id.empty()) {
    line += ",\"correlation_id\":";
    append_json_string(line, correlation_id);
  }
  for (const auto& field : fields) {
    line += ',';
    append_json_string(line, field.name);
    line += ':';
    append_value(line, field);
  }
  line += "}\n";
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    if (level < base::LogLevel::warn && pending_.size() + line.size() > max_pending_bytes) {
      ++dropped_;
      return;
    }
    was_empty = pending_.empty();
    pending_ += line;
  }
  if (was_empty) wake_.notify_one();
}

void Log::flush() {
  std::unique_lock lock(mutex_);
  drained_.wait(lock, [&] { return pending_.empty() && !writing_; });
}

void Log::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || !pending_.empty(); });
    if (pending_.empty()) return;
    std::string lines;
    lines.swap(pending_);
    writing_ = true;
    lock.unlock();
    sink_(lines);
    lock.lock();
    writing_ = false;
    if (pending_.empty()) drained_.notify_all();
  }
}

Log::Sink to_descriptor(int descriptor) {
  return [descriptor](std::string_view lines) {
    while (!lines.empty()) {
      const auto written = ::write(descriptor, lines.data(), lines.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return;  // Nobody is left to tell.
      lines.remove_prefix(static_cast<std::size_t>(written));
    }
  };
}

}  // namespace observe
