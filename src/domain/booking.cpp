#include "domain/booking.h"

#include <array>

namespace domain {

namespace {

constexpr std::array<std::string_view, 9> names{"held",    "requested", "booked",    "released", "expired",
                                                "refused", "cancelled", "delivered", "no_show"};

tl::unexpected<base::Error> wrong_status(const Booking& booking, std::string_view what) {
  return base::refuse(base::Code::wrong_status, "This booking is " + std::string(to_string(booking.status)) +
                                                    " and cannot be " + std::string(what) + ".");
}

/// A hold or request whose time is over, though nobody has written it down yet.
bool lapsed(const Booking& booking, Instant now) {
  const bool waits = booking.status == Status::held || booking.status == Status::requested;
  return waits && *booking.expires_at <= now;
}

base::Result<Booking> live_hold(Booking held, Instant now, std::string_view what) {
  if (held.status == Status::expired || lapsed(held, now))
    return base::refuse(base::Code::hold_expired, "The time was kept for you, but not long enough. Choose it again.");
  if (held.status != Status::held) return wrong_status(held, what);
  return held;
}

base::Result<Booking> live_request(Booking requested, Instant now, std::string_view what) {
  if (requested.status != Status::requested || lapsed(requested, now)) return wrong_status(requested, what);
  return requested;
}

Booking ended(Booking booking, Status status) {
  booking.status = status;
  booking.expires_at.reset();
  return booking;
}

}  // namespace

std::string_view to_string(Status status) {
  return names.at(static_cast<std::size_t>(status));
}

base::Result<Status> status_from_text(std::string_view text) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == text) return static_cast<Status>(i);
  return base::refuse(base::Code::invalid_input, "This is not the status of a booking.");
}

Booking moved(Booking booking, const Placement& place) {
  const auto& [school, type, instructor, vehicle, turnaround, lesson] = place;
  booking.instructor = instructor;
  booking.vehicle = vehicle;
  booking.lesson = lesson;
  booking.occupied = occupied(*type, lesson);
  booking.vehicle_until = lesson.end() + turnaround;
  booking.local_start = school->zone.wall_time(lesson.start());
  booking.zone = school->zone.name();
  booking.cancel_free_until = lesson.start() - type->notice_cancel;
  return booking;
}

Booking draft(const Placement& place, base::LearnerId learner, Money price, Instant now, base::PersonId by) {
  Booking booking{.id = base::make<base::BookingId>(),
                  .type = place.type->id,
                  .learner = learner,
                  .lesson = place.lesson,
                  .occupied = place.lesson,
                  .price = std::move(price),
                  .created_at = now,
                  .created_by = by};
  return moved(std::move(booking), place);
}

Booking as_hold(Booking booking, Instant now) {
  booking.status = Status::held;
  booking.expires_at = now + hold_length;
  return booking;
}

Booking as_request(Booking booking, Instant now) {
  booking.status = Status::requested;
  booking.expires_at = std::max(now, std::min<Instant>(now + request_length, booking.lesson.start()));
  return booking;
}

base::Result<Booking> confirmed(Booking held, bool needs_approval, Instant now) {
  auto booking = TRY(live_hold(std::move(held), now, "confirmed"));
  return needs_approval ? as_request(std::move(booking), now) : ended(std::move(booking), Status::booked);
}

base::Result<Booking> extended(Booking held, Instant now) {
  auto booking = TRY(live_hold(std::move(held), now, "kept longer"));
  if (booking.extended) return base::refuse(base::Code::too_late, "A time is kept longer once only.");
  booking.extended = true;
  booking.expires_at = *booking.expires_at + hold_length;
  return booking;
}

base::Result<Booking> released(Booking held, Instant now) {
  return ended(TRY(live_hold(std::move(held), now, "released")), Status::released);
}

base::Result<Booking> approved(Booking requested, Instant now) {
  return ended(TRY(live_request(std::move(requested), now, "approved")), Status::booked);
}

base::Result<Booking> refused(Booking requested, Instant now) {
  return ended(TRY(live_request(std::move(requested), now, "refused")), Status::refused);
}

base::Result<Booking> cancelled(Booking booking, Audience by, Instant now) {
  const bool active = booking.status == Status::booked || booking.status == Status::requested;
  if (!active || lapsed(booking, now)) return wrong_status(booking, "cancelled");
  if (by == Audience::learner && booking.lesson.start() <= now)
    return base::refuse(base::Code::too_late, "The lesson has begun. Please call the school.");
  return ended(std::move(booking), Status::cancelled);
}

base::Result<Booking> with_outcome(Booking booking, Status outcome, Instant now) {
  CHECK(outcome == Status::delivered || outcome == Status::no_show);
  if (booking.status != Status::booked) return wrong_status(booking, to_string(outcome));
  if (now < booking.lesson.start())
    return base::refuse(base::Code::too_late, "The outcome is recorded once the lesson has started.");
  return ended(std::move(booking), outcome);
}

std::optional<Booking> expired(Booking booking, Instant now) {
  if (!lapsed(booking, now)) return std::nullopt;
  return ended(std::move(booking), Status::expired);
}

std::vector<std::string_view> can(const Booking& booking, Audience audience, Minutes notice_move, Instant now) {
  std::vector<std::string_view> actions;
  if (lapsed(booking, now)) return actions;
  const bool staff = audience == Audience::staff;
  const bool begun = booking.lesson.start() <= now;
  const bool active = booking.status == Status::booked || booking.status == Status::requested;
  if (active && (staff || now + notice_move <= booking.lesson.start())) actions.emplace_back("move");
  if (active && (staff || !begun)) actions.emplace_back("cancel");
  if (staff && booking.status == Status::requested) actions.insert(actions.end(), {"approve", "refuse"});
  if (staff && booking.status == Status::booked && begun) actions.emplace_back("outcome");
  return actions;
}

}  // namespace domain
