#include "domain/document_type.h"

#include <algorithm>
#include <cstdint>

#include "base/result.h"

namespace domain {

namespace {

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

/// Big-endian; `at` and the three behind it are there.
std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | byte_at(bytes, at + i);
  return number;
}

/// PNG, annex D.
std::uint32_t crc_of(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
  }
  return ~crc;
}

bool is_png(std::string_view bytes) {
  constexpr std::string_view signature = "\x89PNG\r\n\x1a\n";
  constexpr std::size_t around = 12;  // Length, type and checksum of a chunk.
  if (!bytes.starts_with(signature)) return false;
  bytes.remove_prefix(signature.size());
  for (bool first = true; bytes.size() >= around; first = false) {
    const std::size_t length = number_at(bytes, 0);
    if (length > bytes.size() - around) return false;
    const auto type = bytes.substr(4, 4);
    if (first != (type == "IHDR")) return false;
    if (number_at(bytes, 8 + length) != crc_of(bytes.substr(4, 4 + length))) return false;
    if (type == "IEND") return length == 0 && bytes.size() == around;
    bytes.remove_prefix(around + length);
  }
  return false;
}

/// The place of the next marker that is none of those within coded data: stuffed zeros, restarts, fill bytes.
std::size_t next_marker(std::string_view bytes, std::size_t at) {
  for (; at + 1 < bytes.size(); ++at) {
    const auto code = byte_at(bytes, at + 1);
    if (byte_at(bytes, at) == 0xFF && code != 0x00 && code != 0xFF && (code < 0xD0 || code > 0xD7)) return at;
  }
  return std::string_view::npos;
}

bool is_jpeg(std::string_view bytes) {
  constexpr std::uint8_t end_of_image = 0xD9, start_of_scan = 0xDA;
  if (!bytes.starts_with("\xFF\xD8\xFF")) return false;
  bool scanned = false;
  for (std::size_t at = 2; at + 1 < bytes.size();) {
    if (byte_at(bytes, at) != 0xFF) return false;
    const auto code = byte_at(bytes, at + 1);
    if (code == end_of_image) return scanned && at + 2 == bytes.size();
    if (code < 0xC0 || (code >= 0xD0 && code <= 0xD8) || code == 0xFF || at + 4 > bytes.size()) return false;
    const std::size_t length = number_at(bytes, at) & 0xFFFF;  // Of the segment with these two bytes.
    if (length < 2 || length > bytes.size() - at - 2) return false;
    at += 2 + length;
    if (code == start_of_scan) {
      scanned = true;
      at = next_marker(bytes, at);
      if (at == std::string_view::npos) return false;
    }
  }
  return false;
}

bool is_pdf(std::string_view bytes) {
  constexpr std::string_view end = "%%EOF", table = "startxref";
  constexpr std::size_t trailer_within = 1024;
  if (!bytes.starts_with("%PDF-1.") && !bytes.starts_with("%PDF-2.")) return false;
  const auto last = bytes.find_last_not_of(" \t\r\n");
  bytes = bytes.substr(0, last + 1);
  return bytes.ends_with(end) &&
         bytes.substr(bytes.size() - std::min(bytes.size(), trailer_within)).find(table) != std::string_view::npos;
}

}  // namespace

std::string_view media_of(DocumentType type) {
  switch (type) {
    case DocumentType::pdf:
      return "application/pdf";
    case DocumentType::jpeg:
      return "image/jpeg";
    case DocumentType::png:
      return "image/png";
  }
  throw base::Bug("unknown domain::DocumentType");
}

std::string_view extension_of(DocumentType type) {
  const auto media = media_of(type);
  return media.substr(media.find('/') + 1);
}

std::optional<DocumentType> document_type_from(std::string_view media) {
  for (const auto type : {DocumentType::pdf, DocumentType::jpeg, DocumentType::png})
    if (media_of(type) == media) return type;
  return std::nullopt;
}

std::optional<DocumentType> document_type(std::string_view bytes) {
  if (is_pdf(bytes)) return DocumentType::pdf;
  if (is_jpeg(bytes)) return DocumentType::jpeg;
  if (is_png(bytes)) return DocumentType::png;
  return std::nullopt;
}

}  // namespace domain
