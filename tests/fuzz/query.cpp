// Any bytes as a query string, a path segment, a list of codings or tags.
#include "http/query.h"
#include "http/conditions.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto query = http::parse_query(text);
  if (query) {
    for (std::size_t i = 0; i < query->size(); ++i)
      for (std::size_t j = 0; j < i; ++j) CHECK((*query)[i].first != (*query)[j].first);
  }
  const auto decoded = http::percent_decoded(text, http::Plus::literal);
  if (decoded) CHECK(decoded->size() <= text.size());
  http::none_match(text, "\"a\"");
  http::accepts_coding(text, "gzip");
  http::Request request;
  request.headers = {
      {"if-match", std::string(text)}, {"idempotency-key", std::string(text)}, {"cookie", std::string(text)}};
  const auto version = http::if_match(request);
  if (version) CHECK(http::etag(*version).size() <= text.size());
  if (const auto key = http::idempotency_key(request); key) CHECK(key->size() <= 255);
  request.cookie("roadbook_refresh");
  return 0;
}
