/// The life of a booking: its states and the decisions that lead from one to the next. A decision is
/// (booking, command, now) → the booking as it would be, or a refusal; nothing is changed here.
///
///   held → requested | booked | released | expired      requested → booked | refused | expired
///   booked → cancelled | delivered | no_show            cancelled, delivered, no_show, a move → back, by undo
#pragma once

#include "domain/availability.h"

namespace domain {

enum class Status { held, requested, booked, released, expired, refused, cancelled, delivered, no_show };
std::string_view to_string(Status status);
base::Result<Status> status_from_text(std::string_view text);  ///< invalid_input.

/// Whether a booking of this status keeps others away.
constexpr bool blocks(Status status) {
  return status == Status::held || status == Status::requested || status == Status::booked;
}

/// An amount in the smallest unit of an ISO 4217 currency.
struct Money {
  std::int64_t amount_minor{0};
  std::string currency;
  bool operator==(const Money&) const = default;
};

inline constexpr Minutes hold_length{5};
inline constexpr std::chrono::hours request_length{24};
inline constexpr std::chrono::seconds undo_window{10};

struct Booking {
  base::BookingId id;
  std::int64_t version{1};
  Status status{Status::booked};
  base::LessonTypeId type;
  base::InstructorId instructor;
  base::LearnerId learner;  ///< 0 while a guest keeps the time, and where nothing came of it.
  base::VehicleId vehicle;  ///< 0 where the type needs none.
  Interval lesson;
  Interval occupied;      ///< The instructor's span, frozen when the time was decided.
  Instant vehicle_until;  ///< The vehicle's span ends here.
  std::string local_start;
  std::string zone;
  Money price;
  Instant cancel_free_until;
  base::PlaceId pickup{};
  base::PlaceId dropoff{};
  base::TextId note{};
  std::optional<Instant> expires_at{};  ///< Of a hold or a request.
  bool extended{false};
  Instant created_at;
  base::PersonId created_by;  ///< 0 with the learner.
  bool operator==(const Booking&) const = default;
};

/// Where and when a booking would take place, once availability has said yes.
struct Placement {
  const School* school{};
  const LessonType* type{};
  base::InstructorId instructor;
  base::VehicleId vehicle;
  Minutes turnaround{0};  ///< Of that vehicle.
  Interval lesson;
};

/// A new booking in this place, booked; hold() and request() turn it into what else it may be.
Booking draft(const Placement& place, base::LearnerId learner, Money price, Instant now, base::PersonId by);
/// The booking in another place; identity, price, notes and status stay.
Booking moved(Booking booking, const Placement& place);

Booking as_hold(Booking booking, Instant now);
/// Expires after request_length, at the latest when the lesson starts.
Booking as_request(Booking booking, Instant now);

/// hold_expired for a hold whose time is over, wrong_status for what is no hold.
base::Result<Booking> confirmed(Booking held, bool needs_approval, Instant now);
base::Result<Booking> extended(Booking held, Instant now);
base::Result<Booking> released(Booking held, Instant now);
base::Result<Booking> approved(Booking requested, Instant now);
base::Result<Booking> refused(Booking requested, Instant now);
/// Staff cancel until an outcome is recorded, learners until the lesson starts (too_late).
base::Result<Booking> cancelled(Booking booking, Audience by, Instant now);
/// delivered or no_show, once the lesson has started (too_late before: nobody can know yet; wrong_status otherwise).
base::Result<Booking> with_outcome(Booking booking, Status outcome, Instant now);
/// For the worker and for whoever needs the time: nullopt while a hold or request still stands.
std::optional<Booking> expired(Booking booking, Instant now);

/// A cancellation after this instant is late.
inline bool late(const Booking& booking, Instant now) {
  return now > booking.cancel_free_until;
}

/// What this audience could do with the booking now: move, cancel, approve, refuse, outcome.
std::vector<std::string_view> can(const Booking& booking, Audience audience, Minutes notice_move, Instant now);

}  // namespace domain
