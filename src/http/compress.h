#pragma once

#include <string>
#include <string_view>

namespace http {

inline constexpr std::size_t min_bytes_to_compress = 1024;

std::string gzip(std::string_view text);

}  // namespace http
