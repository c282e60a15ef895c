// Any bytes as the head of a request. What passes must be framed the same way by Beast, or two parsers could disagree.
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "http/head.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace beast = boost::beast::http;
  std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    http::head_without_end(text);
    return 0;
  }
  text = text.substr(0, end + 4);
  const auto head = http::parse_head(text);
  if (!head) return 0;
  beast::request_parser<beast::empty_body> parser;
  parser.header_limit(2 * http::max_head_bytes);
  parser.skip(true);
  boost::system::error_code error;
  parser.put(boost::asio::buffer(text), error);
  if (error) return 0;  // Stricter than us is fine.
  CHECK(parser.is_header_done());
  CHECK(parser.get().method_string() == head->method);
  for (const auto& [name, value] : head->fields) {
    if (name == "transfer-encoding") CHECK(parser.chunked());
    if (name == "content-length") CHECK(parser.content_length().has_value());
  }
  return 0;
}
