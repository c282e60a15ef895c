/// A value that must not reach a log, an answer or a core of text: it prints as "***".
#pragma once

#include <fmt/format.h>

#include <ostream>
#include <string>
#include <utility>

namespace base {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string value_;
};

inline std::ostream& operator<<(std::ostream& out, const Secret&) {
  return out << "***";
}

/// A key of ENCRYPTION_KEYS or JWT_KEYS: the first of a list seals or signs, the others still open or verify.
struct NamedKey {
  std::string id;
  Secret bytes;
  bool operator==(const NamedKey&) const = default;
};

}  // namespace base

template <>
struct fmt::formatter<base::Secret> : fmt::formatter<std::string_view> {
  auto format(const base::Secret&, fmt::format_context& context) const {
    return fmt::formatter<std::string_view>::format("***", context);
  }
};
