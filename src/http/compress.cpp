#include "http/compress.h"

#include <zlib.h>

#include "base/result.h"

namespace http {

std::string gzip(std::string_view text) {
  constexpr int gzip_header = 16, window_bits = 15;
  // Level 1: a month of slots shrinks to a tenth at any level, and higher ones only cost time.
  z_stream stream{};
  CHECK(deflateInit2(&stream, 1, Z_DEFLATED, window_bits + gzip_header, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int ended = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  CHECK(ended == Z_STREAM_END);
  return out;
}

}  // namespace http
