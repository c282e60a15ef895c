/// The strict gate in front of Beast's parser: what two parsers could read differently never passes (RFC 9112 §11.2).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace http {

inline constexpr std::size_t max_head_bytes = 16 << 10;
inline constexpr std::size_t max_head_fields = 64;
inline constexpr std::size_t max_target_bytes = 4 << 10;

struct Head {
  std::string method;
  std::string path;   ///< Starts with "/", or is "*" for OPTIONS.
  std::string query;  ///< Without the "?", as sent.
  Pairs fields;       ///< Names in lower case, values without the white space around them.
  bool http_1_0 = false;
};

/// Reads everything up to and with the empty line. Refused: over the limits above (header_too_large, url_too_long);
/// lines that do not end in CR LF; folded lines; control characters; white space before a colon; Content-Length twice,
/// not in digits or beside Transfer-Encoding; any transfer coding but `chunked` alone; HTTP/1.1 without exactly one
/// Host; targets that are neither a path nor `*` (all malformed); a method that is no token.
base::Result<Head> parse_head(std::string_view text);

/// Without the spaces and tabs around it (OWS, RFC 9110 §5.6.3).
std::string_view trimmed(std::string_view text);

/// What a head that already exceeds max_head_bytes without an end is refused for.
base::Error head_without_end(std::string_view text);

}  // namespace http
