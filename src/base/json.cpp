#include "base/json.h"

#include <fmt/format.h>

#include <boost/json/basic_parser_impl.hpp>

namespace base {

namespace {

/// Builds the value as boost::json::parser does, and remembers the keys of each open object, because the stock parser
/// keeps the last of two equal keys without a word.
struct DuplicateAwareHandler {
  static constexpr std::size_t max_object_size = 10'000;
  static constexpr std::size_t max_array_size = 100'000;
  static constexpr std::size_t max_key_size = 1'000;
  static constexpr std::size_t max_string_size = 2 << 20;

  using error_code = boost::json::error_code;
  using string_view = boost::json::string_view;

  boost::json::value_stack stack;
  std::vector<std::vector<std::string>> open_objects;
  std::string key;
  std::optional<std::string> duplicate;

  bool on_document_begin(error_code&) {
    stack.reset();
    return true;
  }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) {
    open_objects.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t count, error_code&) {
    auto& keys = open_objects.back();
    std::ranges::sort(keys);
    if (const auto twice = std::ranges::adjacent_find(keys); twice != keys.end()) duplicate = *twice;
    open_objects.pop_back();
    stack.push_object(count);
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t count, error_code&) {
    stack.push_array(count);
    return true;
  }
  bool on_key_part(string_view part, std::size_t, error_code&) {
    key.append(part);
    stack.push_chars(part);
    return true;
  }
  bool on_key(string_view part, std::size_t, error_code&) {
    open_objects.back().push_back(key.append(part));
    key.clear();
    stack.push_key(part);
    return true;
  }
  bool on_string_part(string_view part, std::size_t, error_code&) {
    stack.push_chars(part);
    return true;
  }
  bool on_string(string_view part, std::size_t, error_code&) {
    stack.push_string(part);
    return true;
  }
  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t value, string_view, error_code&) {
    stack.push_int64(value);
    return true;
  }
  bool on_uint64(std::uint64_t value, string_view, error_code&) {
    stack.push_uint64(value);
    return true;
  }
  bool on_double(double value, string_view, error_code&) {
    stack.push_double(value);
    return true;
  }
  bool on_bool(bool value, error_code&) {
    stack.push_bool(value);
    return true;
  }
  bool on_null(error_code&) {
    stack.push_null();
    return true;
  }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }
};

/// Bytes of the UTF-8 sequence that starts with `lead`, or 0.
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

/// The code point at `at`, which moves past it; nothing where it is not valid UTF-8 (RFC 3629).
std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const auto length = sequence_length(lead);
  if (length == 0 || at + length > text.size()) return std::nullopt;
  constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  char32_t point = length == 1 ? lead : lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[at + i]);
    if ((byte & 0xC0) != 0x80) return std::nullopt;
    point = (point << 6) | (byte & 0x3F);
  }
  if (point < smallest[length] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return std::nullopt;
  at += length;
  return point;
}

bool is_control(char32_t point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0);
}

}  // namespace

Result<boost::json::object> parse_json_object(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = json_max_depth;
  boost::json::basic_parser<DuplicateAwareHandler> parser(options);
  boost::json::error_code error;
  const auto used = parser.write_some(false, text.data(), text.size(), error);
  if (!error && used != text.size()) error = boost::json::error::extra_data;
  if (error) return refuse(Code::malformed, fmt::format("This is not JSON: {} near byte {}.", error.message(), used));
  auto& handler = parser.handler();
  if (handler.duplicate)
    return refuse(Error{.code = Code::invalid_input,
                        .detail = "A field stands twice.",
                        .fields = {{"/" + json_pointer_part(*handler.duplicate), "This field stands twice."}}});
  auto value = handler.stack.release();
  if (!value.is_object()) return refuse(Code::invalid_input, "Expected a JSON object.");
  return std::move(value.get_object());
}

std::optional<std::string> text_problem(std::string_view text, const TextLimits& limits) {
  std::size_t length = 0;
  for (std::size_t at = 0; at < text.size(); ++length) {
    const auto point = next_code_point(text, at);
    if (!point) return "Must be valid UTF-8.";
    const bool allowed_break = limits.lines == TextLimits::Lines::many && (*point == '\n' || *point == '\t');
    if (is_control(*point) && !allowed_break) return "Must not contain control characters.";
  }
  if (length < limits.min && limits.min == 1) return "Must not be empty.";
  if (length < limits.min) return fmt::format("Must have at least {} characters.", limits.min);
  if (length > limits.max) return fmt::format("Must have at most {} characters.", limits.max);
  return std::nullopt;
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto before = at;
    if (next_code_point(text, at)) {
      valid += text.substr(before, at - before);
    } else {
      valid += "\xEF\xBF\xBD";
      ++at;
    }
  }
  return valid;
}

Result<minutes> time_of_day_from_text(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() == 5 && text[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4)) {
    const int hour = (text[0] - '0') * 10 + (text[1] - '0'), minute = (text[3] - '0') * 10 + (text[4] - '0');
    if (minute < 60 && hour * 60 + minute <= 24 * 60) return minutes{hour * 60 + minute};
  }
  return refuse(Code::invalid_input, "Expected a time of day such as 09:30.");
}

std::string time_of_day_to_text(minutes time) {
  return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60);
}

}  // namespace base
