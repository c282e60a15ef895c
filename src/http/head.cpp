#include "http/head.h"

#include <algorithm>

namespace http {

namespace {

constexpr std::string_view crlf = "\r\n";

auto malformed(std::string detail) {
  return base::refuse(base::Code::malformed, std::move(detail));
}

bool is_token_character(char c) {
  const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return alphanumeric || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}

/// Visible characters, spaces, tabs and bytes above 0x7F (obs-text, which nobody interprets).
bool is_field_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

base::Done read_request_line(std::string_view line, Head& head) {
  const auto first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return malformed("The request line is not valid.");
  const auto method = line.substr(0, first), target = line.substr(first + 1, last - first - 1),
             version = line.substr(last + 1);
  if (target.size() > max_target_bytes) return base::refuse(base::Code::url_too_long, "The address is too long.");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return malformed("Only HTTP/1.1 and HTTP/1.0 are spoken here.");
  if (!is_token(method) || method.size() > 32) return malformed("The method is not valid.");
  const bool plain = std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7F && c != '#'; });
  const bool asterisk = target == "*" && method == "OPTIONS";
  if (!plain || (!target.starts_with('/') && !asterisk)) return malformed("The address is not valid.");
  const auto question = target.find('?');
  head.method = method;
  head.path = target.substr(0, question);
  head.query = question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
  head.http_1_0 = version == "HTTP/1.0";
  return base::done();
}

base::Done read_field(std::string_view line, Head& head) {
  if (line.starts_with(' ') || line.starts_with('\t')) return malformed("Folded header lines are not accepted.");
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return malformed("A header is not valid.");
  const auto value = trimmed(line.substr(colon + 1));
  if (!is_field_value(value)) return malformed("A header has characters that are not allowed.");
  if (head.fields.size() == max_head_fields)
    return base::refuse(base::Code::header_too_large, "There are more than 64 headers.");
  head.fields.emplace_back(lower(line.substr(0, colon)), std::string(value));
  return base::done();
}

base::Done check_framing(const Head& head) {
  int hosts = 0, lengths = 0, codings = 0;
  for (const auto& [name, value] : head.fields) {
    if (name == "host") ++hosts;
    if (name == "content-length") {
      ++lengths;
      const bool digits = std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
      if (value.empty() || value.size() > 15 || !digits) return malformed("Content-Length is not valid.");
    }
    if (name == "transfer-encoding") {
      ++codings;
      if (lower(value) != "chunked") return malformed("Only the transfer coding chunked is accepted.");
    }
  }
  if (hosts > 1 || (hosts == 0 && !head.http_1_0)) return malformed("There must be exactly one Host.");
  if (lengths > 1 || codings > 1 || lengths + codings > 1) return malformed("The length of the body is ambiguous.");
  if (codings > 0 && head.http_1_0) return malformed("HTTP/1.0 has no transfer codings.");
  return base::done();
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

base::Error head_without_end(std::string_view text) {
  const bool in_target = text.substr(0, max_target_bytes + 64).find(crlf) == std::string_view::npos;
  return in_target ? base::Error{base::Code::url_too_long, "The address is too long."}
                   : base::Error{base::Code::header_too_large, "The headers are larger than 16 KB."};
}

base::Result<Head> parse_head(std::string_view text) {
  Head head;
  bool first = true;
  for (auto rest = text;;) {
    const auto end = rest.find(crlf);
    if (end == std::string_view::npos) return malformed("The head has no end.");
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + crlf.size());
    if (line.empty() && !first) break;
    TRY(first ? read_request_line(line, head) : read_field(line, head));
    first = false;
  }
  if (text.size() > max_head_bytes) return base::refuse(head_without_end(text));
  TRY(check_framing(head));
  return head;
}

}  // namespace http
