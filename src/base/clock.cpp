#include "base/clock.h"

#include <fmt/format.h>

#include <algorithm>

namespace base {

namespace {

/// The number that `count` digits of `text` at `from` make, or -1.
int digits(std::string_view text, std::size_t from, std::size_t count) {
  if (from + count > text.size()) return -1;
  int value = 0;
  for (const char c : text.substr(from, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// Two digits; formatting libraries take ten times as long, and lists have thousands of these.
void put_digits(std::string& text, std::size_t at, int value) {
  text[at] = static_cast<char>('0' + value / 10);
  text[at + 1] = static_cast<char>('0' + value % 10);
}

const auto not_an_instant = [] {
  return refuse(Code::invalid_input, "Expected an instant such as 2026-03-29T09:00:00Z.");
};

}  // namespace

Instant now() {
  return std::chrono::floor<seconds>(std::chrono::system_clock::now());
}

std::string to_text(std::chrono::year_month_day date) {
  std::string text = "0000-00-00";
  put_digits(text, 0, int(date.year()) / 100), put_digits(text, 2, int(date.year()) % 100);
  put_digits(text, 5, int(unsigned(date.month()))), put_digits(text, 8, int(unsigned(date.day())));
  return text;
}

std::string to_text(Instant instant) {
  const auto day = std::chrono::floor<days>(instant);
  const auto second = static_cast<int>((instant - day).count());
  auto text = to_text(std::chrono::year_month_day{day}) + "T00:00:00Z";
  put_digits(text, 11, second / 3600), put_digits(text, 14, second / 60 % 60), put_digits(text, 17, second % 60);
  return text;
}

Result<std::chrono::year_month_day> date_from_text(std::string_view text) {
  const int year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const bool shaped = text.size() == 10 && text[4] == '-' && text[7] == '-' && year >= 1970 && year <= 2200;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{unsigned(month)},
                                         std::chrono::day{unsigned(day)}};
  if (!shaped || month < 0 || day < 0 || !date.ok())
    return refuse(Code::invalid_input, "Expected a date such as 2026-03-29.");
  return date;
}

Result<Instant> instant_from_text(std::string_view text) {
  const auto date = date_from_text(text.substr(0, 10));
  if (!date || text.size() < 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':') return not_an_instant();
  const int hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return not_an_instant();
  auto rest = text.substr(19);
  if (rest.front() == '.') {  // Fractions are allowed where they say nothing: ".000".
    const auto end = rest.find_first_not_of('0', 1);
    if (end == std::string_view::npos || end == 1) return not_an_instant();
    rest = rest.substr(end);
  }
  const Instant local = std::chrono::sys_days{*date} + hours{hour} + minutes{minute} + seconds{second};
  if (rest == "Z") return local;
  const int offset_hour = digits(rest, 1, 2), offset_minute = digits(rest, 4, 2);
  const bool signed_offset = rest.size() == 6 && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':';
  if (!signed_offset || offset_hour < 0 || offset_hour > 23 || offset_minute < 0 || offset_minute > 59)
    return not_an_instant();
  const auto offset = hours{offset_hour} + minutes{offset_minute};
  return rest[0] == '+' ? local - offset : local + offset;
}

namespace {
thread_local RequestDeadline::Moment request_deadline = RequestDeadline::Moment::max();
}

RequestDeadline::RequestDeadline(Moment end) : outer_(request_deadline) {
  request_deadline = std::min(end, outer_);
}

RequestDeadline::~RequestDeadline() {
  request_deadline = outer_;
}

RequestDeadline::Moment RequestDeadline::of_this_thread() {
  return request_deadline;
}

}  // namespace base
