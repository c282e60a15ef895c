#include "http/letter_box.h"

#include <fmt/format.h>

namespace http {

namespace {
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return out;
}
}  // namespace

void LetterBox::add(Letter letter) {
  const std::lock_guard lock(mutex_);
  letters_.push_front(std::move(letter));
  if (letters_.size() > kept) letters_.pop_back();
}

std::string LetterBox::page() const {
  std::string out =
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\""
      " content=\"width=device-width, initial-scale=1\"><title>Mail of the demo</title></head><body><main>"
      "<h1>Mail of the demo</h1><p>Mail leaves ten seconds after a change, so that it can be taken back.</p>";
  const std::lock_guard lock(mutex_);
  if (letters_.empty()) out += "<p>Nothing yet: book, move or cancel a lesson.</p>";
  for (const auto& [to, subject, text] : letters_)
    out += fmt::format("<article><h2>{}</h2><p>To {}</p><pre>{}</pre></article>", escaped(subject), escaped(to),
                       escaped(text));
  return out + "</main></body></html>\n";
}

}  // namespace http
