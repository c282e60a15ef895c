#include "store/guests.h"

#include <set>

namespace store {

namespace {

template <class... Values>
std::optional<GuestHold> hold_where(Transaction& tx, std::string_view condition, const Values&... values) {
  for (const Row row : tx.query("select booking_id, person_id, sealed, email_hash, code_hash from guest_holds where " +
                                    std::string(condition),
                                values...))
    return GuestHold{.booking = row.id<base::BookingId>(0),
                     .person = row.id<base::PersonId>(1),
                     .sealed = row.bytes(2),
                     .email_hash = row.bytes(3),
                     .code_hash = row.bytes(4)};
  return std::nullopt;
}

}  // namespace

bool add_guest_hold(Transaction& tx, base::SchoolId school, const domain::Booking& held, const Bytes& token_hash,
                    const Bytes& source_hash, base::Instant now) {
  std::set<std::int64_t> taken;
  // What has lapsed without anybody having written it down keeps no place.
  tx.run("delete from guest_holds where school_id = $1 and source_hash = $2 and expires_at <= $3", school, source_hash,
         now);
  for (const Row row :
       tx.query("select place from guest_holds where school_id = $1 and source_hash = $2", school, source_hash))
    taken.insert(row.integer(0));
  std::int64_t place = 1;
  while (taken.contains(place)) ++place;
  if (place > guest_holds_at_most) return false;
  const auto added = tx.run(
      "insert into guest_holds (school_id, booking_id, token_hash, source_hash, place, expires_at)"
      " values ($1, $2, $3, $4, $5, $6) on conflict (school_id, source_hash, place) do nothing",
      school, held.id, token_hash, source_hash, place, *held.expires_at);
  if (added == 0) throw SerializationError("The source has taken this place meanwhile.");
  return true;
}

bool renew_guest_token(Transaction& tx, base::SchoolId school, base::BookingId booking, const Bytes& token_hash) {
  return tx.run("update guest_holds set token_hash = $3 where school_id = $1 and booking_id = $2", school, booking,
                token_hash) == 1;
}

std::optional<GuestHold> find_guest_hold(Transaction& tx, base::SchoolId school, const Bytes& token_hash,
                                         base::Instant now) {
  return hold_where(tx, "school_id = $1 and token_hash = $2 and expires_at > $3", school, token_hash, now);
}

std::optional<GuestHold> find_guest_hold(Transaction& tx, base::SchoolId school, base::BookingId booking) {
  return hold_where(tx, "school_id = $1 and booking_id = $2", school, booking);
}

bool ask_for_code(Transaction& tx, base::SchoolId school, const GuestHold& hold) {
  return tx.run(
             "update guest_holds set person_id = $3, sealed = $4, email_hash = $5, code_hash = null, codes = codes + 1"
             " where school_id = $1 and booking_id = $2 and codes < $6",
             school, hold.booking, hold.person, hold.sealed, hold.email_hash, guest_codes_at_most) == 1;
}

bool send_code(Transaction& tx, base::SchoolId school, const GuestHold& hold) {
  return tx.run(
             "update guest_holds set code_hash = $5 where school_id = $1 and booking_id = $2 and person_id = $3"
             " and email_hash = $4",
             school, hold.booking, hold.person, hold.email_hash, hold.code_hash) == 1;
}

bool count_try(Transaction& tx, base::SchoolId school, base::BookingId booking) {
  return tx.run("update guest_holds set tries = tries + 1 where school_id = $1 and booking_id = $2 and tries < $3",
                school, booking, guest_tries_at_most) == 1;
}

void drop_guest_hold(Transaction& tx, base::SchoolId school, base::BookingId booking) {
  tx.run("delete from guest_holds where school_id = $1 and booking_id = $2", school, booking);
}

void follow_hold(Transaction& tx, base::SchoolId school, const domain::Booking& hold) {
  if (hold.status != domain::Status::held) return drop_guest_hold(tx, school, hold.id);
  tx.run("update guest_holds set expires_at = $3 where school_id = $1 and booking_id = $2", school, hold.id,
         *hold.expires_at);
}

void add_guest_link(Transaction& tx, base::SchoolId school, const GuestLink& link, const Bytes& token_hash,
                    base::Instant expires_at) {
  tx.run("update guest_links set expires_at = $3 where school_id = $1 and booking_id = $2", school, link.booking,
         expires_at);
  tx.run(
      "insert into guest_links (school_id, token_hash, booking_id, person_id, expires_at) values ($1, $2, $3, $4, $5)",
      school, token_hash, link.booking, link.person, expires_at);
}

std::optional<GuestLink> find_guest_link(Transaction& tx, base::SchoolId school, const Bytes& token_hash) {
  for (const Row row :
       tx.query("select booking_id, person_id from guest_links where school_id = $1 and token_hash = $2", school,
                token_hash))
    return GuestLink{row.id<base::BookingId>(0), row.id<base::PersonId>(1)};
  return std::nullopt;
}

void drop_guest_links(Transaction& tx, base::SchoolId school, base::BookingId booking) {
  tx.run("delete from guest_links where school_id = $1 and booking_id = $2", school, booking);
}

std::int64_t forget_guest_links(Transaction& tx, base::SchoolId school, base::Instant now, int limit) {
  return tx.run(
      "delete from guest_links where school_id = $1 and token_hash in (select token_hash from guest_links"
      " where school_id = $1 and expires_at <= $2 limit $3)",
      school, now, limit);
}

}  // namespace store
