/// What a file that somebody uploaded is, by its own bytes from the first to the last: a name and a declared type are
/// what the sender says.
#pragma once

#include <optional>
#include <string_view>

namespace domain {

enum class DocumentType { pdf, jpeg, png };

/// "application/pdf", "image/jpeg", "image/png".
std::string_view media_of(DocumentType type);
std::string_view extension_of(DocumentType type);
std::optional<DocumentType> document_type_from(std::string_view media);

/// Nothing for what is none of them, is cut off, or goes on behind its end, where another file could hide. A picture's
/// segments (ITU-T T.81 annex B) or chunks (PNG, section 5.3) are followed to the last; of a PDF (ISO 32000-1, 7.5)
/// beginning and trailer are looked at.
std::optional<DocumentType> document_type(std::string_view bytes);

}  // namespace domain
