#include "http/conditions.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/crypto.h"
#include "http/head.h"

namespace http {

namespace {

std::string_view take_until(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto part = trimmed(rest.substr(0, end));
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

}  // namespace

std::string etag(std::int64_t version) {
  return fmt::format("\"{}\"", version);
}

std::string content_tag(std::string_view body) {
  const auto hash = base::sha256(base::bytes_of(body));
  return "\"" + base::to_base64url(base::ByteView(hash).first(12)) + "\"";
}

base::Result<std::int64_t> if_match(const Request& request) {
  const auto text = request.header("if-match");
  if (text.empty())
    return base::refuse(base::Code::precondition_required, "Send If-Match with the ETag of the version you saw.");
  std::int64_t version = -1;
  if (text.size() > 2 && text.front() == '"' && text.back() == '"') {
    const auto* end = text.data() + text.size() - 1;
    const auto parsed = std::from_chars(text.data() + 1, end, version);
    if (parsed.ec != std::errc{} || parsed.ptr != end) version = -1;
  }
  if (version < 0)
    return base::refuse(base::Error{.code = base::Code::invalid_input,
                                    .detail = "If-Match must be one ETag as it was answered, such as \"7\".",
                                    .fields = {{"If-Match", "Must be one ETag such as \"7\"."}}});
  return version;
}

bool none_match(std::string_view if_none_match, std::string_view tag) {
  const auto opaque = [](std::string_view text) { return text.starts_with("W/") ? text.substr(2) : text; };
  while (!if_none_match.empty()) {
    const auto candidate = take_until(if_none_match, ',');
    if (candidate == "*" || (!candidate.empty() && opaque(candidate) == opaque(tag))) return true;
  }
  return false;
}

base::Result<std::string> idempotency_key(const Request& request) {
  const auto text = request.header("idempotency-key");
  if (text.empty())
    return base::refuse(base::Code::precondition_required, "Send an Idempotency-Key, a new one for each new intent.");
  const bool visible = std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
  if (!visible || text.size() > 255)
    return base::refuse(base::Error{.code = base::Code::invalid_input,
                                    .detail = "The Idempotency-Key is not valid.",
                                    .fields = {{"Idempotency-Key", "Must be 1 to 255 visible ASCII characters."}}});
  return std::string(text);
}

bool accepts_coding(std::string_view accept_encoding, std::string_view coding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    auto item = take_until(accept_encoding, ',');
    const auto name = take_until(item, ';');
    const auto weight = take_until(item, ';');
    const bool refused = weight.starts_with("q=0") && weight.find_first_not_of("0.", 2) == std::string_view::npos;
    if (name == coding) return !refused;
    if (name == "*") any = !refused;
  }
  return any;
}

}  // namespace http
