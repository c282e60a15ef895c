#include "store/documents.h"

namespace store {

namespace {

constexpr std::string_view document_columns =
    "select id, person_id, kind, media, size, valid_until, uploaded_by, uploaded_at from documents"
    " where school_id = $1 and person_id = $2";

std::string purpose_of(DocumentId id) {
  return "document/" + base::to_text(id);
}

Document document_from(const Row& row) {
  return {.id = row.id<DocumentId>(0),
          .person = row.id<base::PersonId>(1),
          .kind = row.text(2),
          .type = domain::document_type_from(row.view(3)).value(),
          .size = row.integer(4),
          .valid_until = row.null(5) ? std::nullopt : std::optional(row.text(5)),
          .uploaded_by = row.id<base::PersonId>(6),
          .uploaded_at = row.instant(7)};
}

}  // namespace

base::Bytes seal_document(KeyStore& keys, base::SchoolId school, const Document& document, std::string_view content) {
  return keys.seal({school, document.person}, purpose_of(document.id), content);
}

std::optional<std::string> open_document(KeyStore& keys, base::SchoolId school, const Document& document,
                                         const base::Bytes& sealed) {
  if (sealed.empty()) return std::nullopt;
  return keys.open({school, document.person}, purpose_of(document.id), sealed);
}

void add_document(Transaction& tx, base::SchoolId school, const Document& document, const base::Bytes& sealed) {
  tx.run(
      "insert into documents (school_id, id, person_id, kind, media, size, sealed, valid_until, uploaded_by,"
      " uploaded_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      school, document.id, document.person, document.kind, domain::media_of(document.type), document.size, sealed,
      document.valid_until, document.uploaded_by, document.uploaded_at);
}

std::vector<Document> documents_of(Transaction& tx, base::SchoolId school, base::PersonId person) {
  std::vector<Document> documents;
  for (const Row row : tx.query(std::string(document_columns) + " order by id", school, person))
    documents.push_back(document_from(row));
  return documents;
}

std::optional<Document> find_document(Transaction& tx, base::SchoolId school, base::PersonId person, DocumentId id) {
  for (const Row row : tx.query(std::string(document_columns) + " and id = $3", school, person, id))
    return document_from(row);
  return std::nullopt;
}

base::Bytes sealed_document(Transaction& tx, base::SchoolId school, DocumentId id) {
  for (const Row row : tx.query("select sealed from documents where school_id = $1 and id = $2", school, id))
    return row.bytes(0);
  return {};
}

bool remove_document(Transaction& tx, base::SchoolId school, base::PersonId person, DocumentId id) {
  return tx.run("delete from documents where school_id = $1 and person_id = $2 and id = $3", school, person, id) > 0;
}

}  // namespace store
