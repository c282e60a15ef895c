#include "store/texts.h"

namespace store {

namespace {
std::string purpose_of(base::TextId id) {
  return "text/" + base::to_text(id);
}
}  // namespace

SealedText seal_text(KeyStore& keys, base::SchoolId school, base::PersonId about, std::string_view text) {
  if (text.empty() || !keys.has_key({school, about})) return {};
  const auto id = base::make<base::TextId>();
  return {id, about, keys.seal({school, about}, purpose_of(id), text)};
}

void insert_text(Transaction& tx, base::SchoolId school, const SealedText& text, base::Instant now) {
  if (!text.id) return;
  tx.run("insert into texts (school_id, id, person_id, sealed, created_at) values ($1, $2, $3, $4, $5)", school,
         text.id, text.about, text.sealed, now);
}

std::optional<std::string> open_text(KeyStore& keys, base::SchoolId school, const SealedText& text) {
  if (!text.id) return std::nullopt;
  return keys.open({school, text.about}, purpose_of(text.id), text.sealed);
}

std::optional<std::string> read_text(Transaction& tx, KeyStore& keys, base::SchoolId school, base::TextId id) {
  if (!id) return std::nullopt;
  for (const Row row : tx.query("select person_id, sealed from texts where school_id = $1 and id = $2", school, id)) {
    if (row.null(1)) return std::nullopt;
    return keys.open({school, row.id<base::PersonId>(0)}, purpose_of(id), row.bytes(1));
  }
  return std::nullopt;
}

void remove_text(Transaction& tx, base::SchoolId school, base::TextId id) {
  if (!id) return;
  tx.run("delete from texts where school_id = $1 and id = $2", school, id);
}

bool owns_place(Transaction& tx, base::SchoolId school, base::PersonId person, base::PlaceId place) {
  return tx.number("select 1 from places where school_id = $1 and id = $2 and person_id = $3", school, place, person)
      .has_value();
}

}  // namespace store
