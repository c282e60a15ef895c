/// What there is of guests, who book without an account: the times that they keep, and the links in their mails.
#pragma once

#include "domain/booking.h"
#include "store/database.h"

namespace store {

inline constexpr int guest_holds_at_most = 5;  ///< Of one source.
inline constexpr int guest_codes_at_most = 3;  ///< Of one hold.
inline constexpr int guest_tries_at_most = 5;  ///< Whichever of its codes is entered.
inline constexpr std::string_view guest_seal = "guest";

/// A guest's hold besides its booking. It is there as long as the booking is held.
struct GuestHold {
  base::BookingId booking;
  base::PersonId person{};  ///< Who the guest will be; none before a code was asked for.
  Bytes sealed{};           ///< Their name, e-mail and telephone as JSON, under that person's key, for `guest_seal`.
  Bytes email_hash{};
  Bytes code_hash{};  ///< Empty: no code was sent.
};

/// False: the source keeps `guest_holds_at_most` times already. Two that take the same place at once: a
/// SerializationError for the second.
bool add_guest_hold(Transaction& tx, base::SchoolId school, const domain::Booking& held, const Bytes& token_hash,
                    const Bytes& source_hash, base::Instant now);
/// Whoever asks again with the same Idempotency-Key shows this token from now on. False: the hold is over.
bool renew_guest_token(Transaction& tx, base::SchoolId school, base::BookingId booking, const Bytes& token_hash);
std::optional<GuestHold> find_guest_hold(Transaction& tx, base::SchoolId school, const Bytes& token_hash,
                                         base::Instant now);
std::optional<GuestHold> find_guest_hold(Transaction& tx, base::SchoolId school, base::BookingId booking);
/// Whose the hold will be, and one more code that is to be sent. False: too many were, or the hold is over.
bool ask_for_code(Transaction& tx, base::SchoolId school, const GuestHold& hold);
/// The code of this hold, for this person, is this one from now on. False: it is over, or somebody else's.
bool send_code(Transaction& tx, base::SchoolId school, const GuestHold& hold);
/// False: there were too many.
bool count_try(Transaction& tx, base::SchoolId school, base::BookingId booking);
void drop_guest_hold(Transaction& tx, base::SchoolId school, base::BookingId booking);
/// Part of saving a guest's hold: kept longer, or over.
void follow_hold(Transaction& tx, base::SchoolId school, const domain::Booking& hold);

struct GuestLink {
  base::BookingId booking;
  base::PersonId person;
};
/// One more link to this lesson. All that lead to it last until `expires_at`.
void add_guest_link(Transaction& tx, base::SchoolId school, const GuestLink& link, const Bytes& token_hash,
                    base::Instant expires_at);
std::optional<GuestLink> find_guest_link(Transaction& tx, base::SchoolId school, const Bytes& token_hash);
/// The lesson is over for its guest.
void drop_guest_links(Transaction& tx, base::SchoolId school, base::BookingId booking);
/// Those that have lasted long enough, at most `limit`; returns how many went.
std::int64_t forget_guest_links(Transaction& tx, base::SchoolId school, base::Instant now, int limit);

}  // namespace store
