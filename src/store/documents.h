/// Documents of learners: a permit, a consent form. The file lies sealed under the key of the person it is about.
#pragma once

#include "domain/document_type.h"
#include "store/keys.h"

namespace store {

struct DocumentKind;
using DocumentId = base::Id<DocumentKind>;

struct Document {
  DocumentId id;
  base::PersonId person;
  std::string kind;  ///< "permit", "consent_form".
  domain::DocumentType type;
  std::int64_t size;                       ///< Bytes.
  std::optional<std::string> valid_until;  ///< "2027-03-31".
  base::PersonId uploaded_by;
  base::Instant uploaded_at;
};

/// Both on the caller's thread, outside of transactions.
base::Bytes seal_document(KeyStore& keys, base::SchoolId school, const Document& document, std::string_view content);
/// Nothing where the person is erased.
std::optional<std::string> open_document(KeyStore& keys, base::SchoolId school, const Document& document,
                                         const base::Bytes& sealed);

void add_document(Transaction& tx, base::SchoolId school, const Document& document, const base::Bytes& sealed);
/// Oldest first.
std::vector<Document> documents_of(Transaction& tx, base::SchoolId school, base::PersonId person);
std::optional<Document> find_document(Transaction& tx, base::SchoolId school, base::PersonId person, DocumentId id);
/// Empty where there is none.
base::Bytes sealed_document(Transaction& tx, base::SchoolId school, DocumentId id);
/// False where there is none.
bool remove_document(Transaction& tx, base::SchoolId school, base::PersonId person, DocumentId id);

}  // namespace store
