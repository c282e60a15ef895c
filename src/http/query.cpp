#include "http/query.h"

#include "base/json.h"

namespace http {

namespace {

constexpr std::size_t max_parameters = 64;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text, Plus plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+' && plus == Plus::space) {
      decoded += ' ';
    } else if (text[at] != '%') {
      decoded += text[at];
    } else {
      const int high = at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
      const int low = at + 2 < text.size() ? hex_digit(text[at + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      at += 2;
    }
  }
  if (base::text_problem(decoded, {.min = 0, .max = text.size()})) return std::nullopt;
  return decoded;
}

base::Result<Pairs> parse_query(std::string_view text) {
  Pairs query;
  std::vector<base::FieldError> repeated;
  while (!text.empty()) {
    const auto ampersand = text.find('&');
    const auto pair = text.substr(0, ampersand);
    text = ampersand == std::string_view::npos ? std::string_view() : text.substr(ampersand + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto name = percent_decoded(pair.substr(0, equals), Plus::space);
    auto value =
        percent_decoded(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), Plus::space);
    if (!name || !value || query.size() == max_parameters)
      return base::refuse(base::Code::malformed, "The query string is not valid.");
    for (const auto& earlier : query)
      if (earlier.first == *name) repeated.push_back({*name, "Stands twice."});
    query.emplace_back(std::move(*name), std::move(*value));
  }
  if (!repeated.empty())
    return base::refuse(base::Error{
        .code = base::Code::invalid_input, .detail = "A query parameter stands twice.", .fields = std::move(repeated)});
  return query;
}

}  // namespace http
