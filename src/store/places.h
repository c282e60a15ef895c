/// Places, where a lesson starts and ends: sealed under the key of the person whose they are, referred to by id
/// everywhere else.
#pragma once

#include "store/people.h"

namespace store {

struct Place {
  base::PlaceId id;
  base::PersonId person;
  std::string text;
  std::string postcode;
};

/// Seals on the caller's thread, outside of transactions.
base::Bytes seal_place(KeyStore& keys, base::SchoolId school, const Place& place);
void add_place(Transaction& tx, base::SchoolId school, const Place& place, const base::Bytes& sealed,
               base::Instant now);
/// Erased ones are not there.
std::optional<Place> find_place(Transaction& tx, KeyStore& keys, base::SchoolId school, base::PlaceId id);
/// Oldest first.
std::vector<Place> places_of(Transaction& tx, KeyStore& keys, base::SchoolId school, base::PersonId person);
/// How many lessons start or end there.
std::int64_t lessons_at(Transaction& tx, base::SchoolId school, base::PlaceId id);
void remove_place(Transaction& tx, base::SchoolId school, base::PlaceId id);

}  // namespace store
