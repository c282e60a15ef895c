#include "store/places.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace store {

namespace {

std::string purpose_of(base::PlaceId id) {
  return "place/" + base::to_text(id);
}

std::optional<Place> open_place(KeyStore& keys, base::SchoolId school, base::PlaceId id, base::PersonId person,
                                const base::Bytes& sealed) {
  const auto plain = sealed.empty() ? std::nullopt : keys.open({school, person}, purpose_of(id), sealed);
  if (!plain) return std::nullopt;
  const auto json = boost::json::parse(*plain).as_object();
  return Place{id, person, json.at("text").as_string().c_str(), json.at("postcode").as_string().c_str()};
}

}  // namespace

base::Bytes seal_place(KeyStore& keys, base::SchoolId school, const Place& place) {
  const boost::json::object plain{{"text", place.text}, {"postcode", place.postcode}};
  return keys.seal({school, place.person}, purpose_of(place.id), boost::json::serialize(plain));
}

void add_place(Transaction& tx, base::SchoolId school, const Place& place, const base::Bytes& sealed,
               base::Instant now) {
  tx.run("insert into places (school_id, id, person_id, sealed, created_at) values ($1, $2, $3, $4, $5)", school,
         place.id, place.person, sealed, now);
}

std::optional<Place> find_place(Transaction& tx, KeyStore& keys, base::SchoolId school, base::PlaceId id) {
  for (const Row row : tx.query("select person_id, sealed from places where school_id = $1 and id = $2", school, id))
    return open_place(keys, school, id, row.id<base::PersonId>(0), row.bytes(1));
  return std::nullopt;
}

std::vector<Place> places_of(Transaction& tx, KeyStore& keys, base::SchoolId school, base::PersonId person) {
  std::vector<Place> places;
  for (const Row row :
       tx.query("select id, sealed from places where school_id = $1 and person_id = $2 order by id", school, person))
    if (auto place = open_place(keys, school, row.id<base::PlaceId>(0), person, row.bytes(1)))
      places.push_back(std::move(*place));
  return places;
}

std::int64_t lessons_at(Transaction& tx, base::SchoolId school, base::PlaceId id) {
  return *tx.number(
      "select count(*) from places p join bookings b on b.school_id = p.school_id and b.learner_id = p.person_id"
      " where p.school_id = $1 and p.id = $2 and (b.pickup_id = p.id or b.dropoff_id = p.id)",
      school, id);
}

void remove_place(Transaction& tx, base::SchoolId school, base::PlaceId id) {
  tx.run("delete from places where school_id = $1 and id = $2", school, id);
}

}  // namespace store
