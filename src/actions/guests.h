/// Guests: somebody without an account keeps a time, proves an address with a code, and has a lesson; afterwards they
/// see, move and cancel that one lesson with the link in their mail (docs/decisions/0021).
///
/// `token` is what a guest shows: of a hold until it is booked, then of the link. What a token does not open is
/// answered like one that never was.
#pragma once

#include "actions/bookings.h"
#include "actions/find_times.h"
#include "actions/identity.h"
#include "store/guests.h"

namespace actions {

/// How a guest's request comes: `address` is the client's.
struct GuestCall {
  std::string address;
  base::Instant now;
  std::string correlation_id;
};

struct GuestHoldView {
  domain::Booking booking;
  std::string token;
  bool replayed = false;  ///< `token` is a new one all the same: the one from before is good no longer.
};
/// Keeps a time for five minutes; five at once for one source (too_many_holds). forbidden where the school wants no
/// guests, not_found for a school that is none. `key.school` and `key.person` are set here: one source's keys are not
/// another's.
base::Result<GuestHoldView> hold_for_guest(const Identity& identity, const GuestCall& call, std::string_view slug,
                                           const BookingInput& input, store::RequestKey key);
/// hold_expired for a token that keeps nothing.
base::Result<domain::Booking> extend_guest_hold(const Identity& identity, const GuestCall& call,
                                                std::string_view token);
base::Done release_guest_hold(const Identity& identity, const GuestCall& call, std::string_view token);

/// Mails a code to this address, whoever has it and whether or not there is an account with it: the answer is the same.
/// rate_limited after too many mails, too many codes of one hold.
base::Done ask_for_guest_code(const Identity& identity, const GuestCall& call, std::string_view token,
                              const store::Details& details);
/// Books the time for whoever has this address, who is made where there is nobody. invalid_input at "/code"; refusals
/// of the rules of that learner with alternatives, of whoever teaches as `wanted`; account_exists where they have a way
/// to sign in.
base::Result<BookingView> book_as_guest(const Identity& identity, const GuestCall& call, std::string_view token,
                                        const std::string& code, store::RequestKey key,
                                        const domain::WantedTeaching& wanted = {});

/// What a guest typed; nothing where their key is gone.
std::optional<store::Details> guest_details(store::KeyStore& keys, base::SchoolId school, const store::GuestHold& hold);
/// Keyed: who reads the database cannot try out what there is.
base::Bytes guest_code_hash(store::KeyStore& keys, base::SchoolId school, base::BookingId hold,
                            const std::string& code);

/// How long a link outlives its lesson.
inline constexpr std::chrono::hours guest_link_lasts{24};
/// Whether a link leads there: not to what was cancelled or is done.
bool leads_to(const domain::Booking& booking, base::Instant now);

/// Who comes by a link, as the learner whose lesson it is, and which one. not_found where it leads nowhere.
struct ByLink {
  Caller caller;
  base::BookingId booking;
};
base::Result<ByLink> by_guest_link(const Identity& identity, const GuestCall& call, std::string_view token);

/// A lesson and nothing else: neither who takes it nor where they are picked up.
struct GuestLesson {
  BookingView view;
  std::string lesson_type, instructor, school;
};
base::Result<GuestLesson> guest_lesson(const Identity& identity, const ByLink& link);
/// As guests are shown it.
GuestLesson shown_to_guest(const Identity& identity, base::SchoolId school, BookingView view);

}  // namespace actions
