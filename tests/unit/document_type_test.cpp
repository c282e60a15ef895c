// What an uploaded file is, by its bytes.
#include "domain/document_type.h"

#include <gtest/gtest.h>

namespace document_type_test {

using namespace std::string_literals;
using domain::DocumentType;

const std::string pdf = "%PDF-1.7\n1 0 obj<<>>endobj\nstartxref\n9\n%%EOF\r\n";
/// One grey dot, written by libpng.
const std::string png =
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55"
    "\0\0\0\nIDAT\x78\x9c\x63\x60\0\0\0\x02\0\x01\x48\xaf\xa4\x71\0\0\0\0IEND\xae\x42\x60\x82"s;
/// Quantisation, frame, one scan with a stuffed zero and a restart in it, end.
const std::string jpeg =
    "\xFF\xD8\xFF\xE0\0\x04JF\xFF\xC0\0\x05"
    "abc\xFF\xDA\0\x04xy\x12\xFF\0\xFF\xD0\x34\xFF\xD9"s;

TEST(DocumentType, IsTakenFromTheBytes) {
  EXPECT_EQ(domain::document_type(pdf), DocumentType::pdf);
  EXPECT_EQ(domain::document_type(png), DocumentType::png);
  EXPECT_EQ(domain::document_type(jpeg), DocumentType::jpeg);
}

TEST(DocumentType, IsNothingForWhatIsCutOffOrGoesOn) {
  for (const auto& whole : {pdf, png, jpeg}) {
    for (const auto* more : {"x", "<html>", "PK\x03\x04", "%PDF-1.7"})
      EXPECT_FALSE(domain::document_type(whole + more)) << more;
    EXPECT_FALSE(domain::document_type("x" + whole));
    EXPECT_FALSE(domain::document_type(whole + jpeg)) << "a second picture";
    for (std::size_t length = 0; length + 3 < whole.size(); ++length)
      EXPECT_FALSE(domain::document_type(whole.substr(0, length))) << length;
  }
}

TEST(DocumentType, IsNothingForOtherFiles) {
  auto changed = png;
  changed[20] ^= 1;
  const std::vector<std::pair<const char*, std::string>> files = {
      {"empty", ""},
      {"a page", "<!doctype html><script>alert(1)</script>"},
      {"a picture with scripts", "<svg xmlns='http://www.w3.org/2000/svg'/>"},
      {"an archive", "PK\x05\x06" + std::string(18, '\0')},
      {"a GIF", "GIF89a;"},
      {"a PNG whose checksum is wrong", changed},
      {"a PNG whose chunk is longer than the file", png.substr(0, 8) + "\xFF\xFF\xFF\xFF" + png.substr(12)},
      {"a JPEG without a scan", "\xFF\xD8\xFF\xE0\0\x04JF\xFF\xD9"s},
      {"a JPEG with a segment of no length", "\xFF\xD8\xFF\xE0\0\0JF\xFF\xD9"s},
      {"a PDF without a table", "%PDF-1.4\n%%EOF\n"}};
  for (const auto& [name, file] : files) EXPECT_FALSE(domain::document_type(file)) << name;
}

}  // namespace document_type_test
