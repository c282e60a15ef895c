/// What can be done with bookings, one verb per file. All are synchronous, run in one transaction each, make no network
/// call, and answer with the booking as it is afterwards. Calendar push, mail and live pages follow from the events.
///
/// Common refusals: not_found for what is not there or not theirs, stale_version where the booking has moved on from
/// the version expected. Refusals about a time carry every rule that refused and up to five alternatives that would
/// book.
#pragma once

#include "actions/decide.h"
#include "store/idempotency.h"
#include "store/people.h"

namespace actions {

struct BookingView {
  domain::Booking booking;
  std::vector<std::string_view> can{};  ///< What the caller could do with it now.
  bool replayed = false;                ///< The answer to a request that was answered before.
  std::string note{};                   ///< Only where one booking is asked for.
  /// For staff: whose last mail about it was given up; how it is may be news to them.
  std::vector<base::PersonId> not_reached{};
};

struct BookingInput {
  base::LessonTypeId type;
  base::Instant start;
  base::InstructorId instructor{};  ///< None: whoever is free, least loaded that week first.
  base::LearnerId learner{};        ///< None: the caller. Others only by staff.
  base::VehicleId vehicle{};
  base::PlaceId pickup{}, dropoff{};
  base::BookingId hold{};  ///< Confirms this hold; everything else must be as it was held.
  std::string note{};
  std::vector<std::string> overruled{};  ///< Names of soft rules; staff only, with a reason.
  std::string reason{};
  std::int64_t terms_version = 0;   ///< Of the terms that the learner accepts with it; 0: accepted before, or none.
  domain::WantedTeaching wanted{};  ///< With a hold: of the other times alone, where it is over.
};
base::Result<BookingView> make_booking(const Context& context, const Caller& caller, const BookingInput& input,
                                       const store::RequestKey& key);

/// What else is written with a hold, in its transaction.
using AlsoKept = std::function<base::Done(store::Transaction&, const domain::Booking&)>;
/// Keeps a time for five minutes. Two live holds a learner (too_many_holds).
base::Result<BookingView> hold_slot(const Context& context, const Caller& caller, const BookingInput& input,
                                    const store::RequestKey& key, const AlsoKept& also = {});
/// Once, by five minutes.
base::Result<BookingView> extend_hold(const Context& context, const Caller& caller, base::BookingId id);
base::Done release_hold(const Context& context, const Caller& caller, base::BookingId id);

struct MoveInput {
  std::optional<base::Instant> start{}, end{};  ///< Another length only by staff; the price stays.
  base::InstructorId instructor{};  ///< None: as it is. Another one only by staff, or by a learner who moves.
  base::VehicleId vehicle{};        ///< None: the lowest id that is free and fits.
  std::optional<base::PlaceId> pickup{}, dropoff{};
  std::optional<std::string> note{};
  std::vector<std::string> overruled{};
  std::string reason{};
};
/// It happens, or the old time stays.
base::Result<BookingView> move_booking(const Context& context, const Caller& caller, base::BookingId id,
                                       std::int64_t version, const MoveInput& input);

base::Result<BookingView> cancel_booking(const Context& context, const Caller& caller, base::BookingId id,
                                         std::int64_t version, const std::string& reason);
/// Staff answer a request.
base::Result<BookingView> approve_booking(const Context& context, const Caller& caller, base::BookingId id,
                                          std::int64_t version);
base::Result<BookingView> refuse_booking(const Context& context, const Caller& caller, base::BookingId id,
                                         std::int64_t version, const std::string& reason);
/// `outcome` is delivered or no_show.
base::Result<BookingView> record_outcome(const Context& context, const Caller& caller, base::BookingId id,
                                         std::int64_t version, domain::Status outcome);
/// Takes back a cancellation, an outcome or a move: within ten seconds, by whoever did it.
base::Result<BookingView> undo_change(const Context& context, const Caller& caller, base::BookingId id,
                                      std::int64_t version);

base::Result<BookingView> get_booking(const Context& context, const Caller& caller, base::BookingId id);
/// Learners see their own, instructors those they give, the office all.
base::Result<std::vector<BookingView>> list_bookings(const Context& context, const Caller& caller,
                                                     store::BookingFilter filter);

/// What happened to a booking, and in whose name.
struct Happening {
  store::Event event;
  std::optional<store::Role> actor_role;  ///< None: Roadbook itself, or somebody who is erased.
  std::string actor_name;                 ///< For learners: only of instructors and of themselves.
  std::string reason;                     ///< In the words of whoever did it; may be empty.
};
base::Result<std::vector<Happening>> booking_history(const Context& context, store::People& people,
                                                     const Caller& caller, base::BookingId id);

/// Ends holds and requests whose time is over; for the worker. Returns how many.
int expire_lapsed(const Context& context, base::SchoolId school, base::Instant now, const std::string& correlation_id);

}  // namespace actions
