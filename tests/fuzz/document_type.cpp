// Any bytes as an uploaded file: whatever is taken for a document is none any more with something behind it.
#include "domain/document_type.h"

#include <cstdint>
#include <string>

#include "base/result.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (const auto type = domain::document_type(bytes)) {
    CHECK(domain::document_type_from(domain::media_of(*type)) == type);
    CHECK(!domain::document_type(bytes + "<script>"));
  }
  return 0;
}
