/// Free words about a person (a note, a reason), sealed under that person's key. Events and rows carry only their ids.
#pragma once

#include "store/keys.h"

namespace store {

/// Sealed before the transaction begins, so that no key is fetched on the writer.
struct SealedText {
  base::TextId id;  ///< None: there was nothing to say.
  base::PersonId about;
  base::Bytes sealed;
};

/// Empty text, or about somebody who is erased: nothing is kept.
SealedText seal_text(KeyStore& keys, base::SchoolId school, base::PersonId about, std::string_view text);
void insert_text(Transaction& tx, base::SchoolId school, const SealedText& text, base::Instant now);
/// Nothing where nothing was sealed or the person was erased.
std::optional<std::string> open_text(KeyStore& keys, base::SchoolId school, const SealedText& text);
/// Nothing where the id is none, there is no such text, or the person was erased.
std::optional<std::string> read_text(Transaction& tx, KeyStore& keys, base::SchoolId school, base::TextId id);

/// Nothing where there is none.
void remove_text(Transaction& tx, base::SchoolId school, base::TextId id);

/// Whether the place is this person's.
bool owns_place(Transaction& tx, base::SchoolId school, base::PersonId person, base::PlaceId place);

}  // namespace store
