/// Versions and keys that a request carries in its headers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace http {

/// `"7"`, the form in which a version travels.
std::string etag(std::int64_t version);

/// For what is its own version: a hash of the content.
std::string content_tag(std::string_view body);

/// The version that If-Match expects: 428 without it, 422 unless it is one strong tag with a number.
base::Result<std::int64_t> if_match(const Request& request);

/// Whether If-None-Match lists `tag` (weak comparison) or is `*`.
bool none_match(std::string_view if_none_match, std::string_view tag);

/// 428 without it; 422 unless it has 1 to 255 visible ASCII characters.
base::Result<std::string> idempotency_key(const Request& request);

/// Whether Accept-Encoding accepts `coding`; a weight of 0 refuses it.
bool accepts_coding(std::string_view accept_encoding, std::string_view coding);

}  // namespace http
