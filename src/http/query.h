/// Percent-decoding of paths and query strings.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace http {

/// Nothing where a "%" is not followed by two hexadecimal digits, or where the result is not valid UTF-8 or has control
/// characters.
enum class Plus { literal, space };
std::optional<std::string> percent_decoded(std::string_view text, Plus plus);

/// `a=1&b=2`. A name without "=" has an empty value. Refused with malformed: bad escapes, more than 64 parameters;
/// with invalid_input: a name that stands twice.
base::Result<Pairs> parse_query(std::string_view text);

}  // namespace http
