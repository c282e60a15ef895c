/// The demo's mail, which goes nowhere but here: the newest letters, on a page for whoever tries the demo.
#pragma once

#include <deque>
#include <mutex>
#include <string>

namespace http {

struct Letter {
  std::string to, subject, text;
};

/// Thread-safe.
class LetterBox {
 public:
  void add(Letter letter);
  /// HTML, the newest first.
  std::string page() const;

 private:
  static constexpr std::size_t kept = 100;
  mutable std::mutex mutex_;
  std::deque<Letter> letters_;
};

}  // namespace http
