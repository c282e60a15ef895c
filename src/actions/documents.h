/// A learner's documents, uploaded by themselves or by the office. Whoever may see the learner sees them.
#pragma once

#include "actions/people.h"
#include "store/documents.h"

namespace actions {

inline constexpr std::size_t largest_document = 8 << 20;       ///< Bytes.
inline constexpr std::size_t most_documents = 20;              ///< Of one person,
inline constexpr std::int64_t most_document_bytes = 32 << 20;  ///< and what they come to.

struct DocumentInput {
  std::string kind;
  std::optional<std::string> valid_until{};
  std::string media;  ///< As it was declared.
  std::string content;
};
/// unsupported_media_type where the bytes are not what was declared; invalid_input where there are too many already.
base::Result<Made<store::Document>> add_document(const Identity& identity, const Caller& caller, base::PersonId learner,
                                                 const DocumentInput& input, const store::RequestKey& key);
base::Result<std::vector<store::Document>> list_documents(const Identity& identity, const Caller& caller,
                                                          base::PersonId learner);
struct DocumentFile {
  store::Document document;
  std::string content;
};
base::Result<DocumentFile> get_document(const Identity& identity, const Caller& caller, base::PersonId learner,
                                        store::DocumentId id);
/// By the office; by a learner what they uploaded themselves (forbidden otherwise).
base::Done remove_document(const Identity& identity, const Caller& caller, base::PersonId learner,
                           store::DocumentId id);

}  // namespace actions
