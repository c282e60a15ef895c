// Moves, and what takes them back: both decide about a time anew, with the booking itself out of the way.
#include "actions/change.h"
#include "actions/find_times.h"

namespace actions {

namespace {

using base::Code;
using base::Result;
using domain::Booking;
using domain::Minutes;
using store::Transaction;

base::Done may_move(const Caller& caller, const store::SchoolRules& rules, const Booking& booking,
                    const MoveInput& input) {
  const auto actions =
      domain::can(booking, caller.audience(), rules.lesson(booking.type)->rules.notice_move, caller.now);
  if (std::find(actions.begin(), actions.end(), "move") == actions.end()) {
    const bool active = booking.status == domain::Status::booked || booking.status == domain::Status::requested;
    return active ? base::refuse(Code::too_late, "It is too late to move this lesson. Please call the school.")
                  : base::refuse(Code::wrong_status, "Only lessons that are booked or requested can be moved.");
  }
  if (input.end && !caller.principal.staff())
    return base::refuse(Code::forbidden, "Only the school's staff may change how long a lesson takes.");
  if (caller.principal.role == auth::Role::instructor && input.instructor &&
      input.instructor.value != caller.principal.person.value)
    return base::refuse(Code::forbidden, "Ask the office to hand a lesson over to another instructor.");
  return base::done();
}

/// The same vehicle stays with the same instructor unless another is asked for; with another instructor it is chosen
/// anew.
Result<Wish> wish_of(const Caller& caller, const Booking& booking, const MoveInput& input) {
  const auto start = input.start.value_or(booking.lesson.start());
  auto length = std::chrono::duration_cast<Minutes>(booking.lesson.length());
  if (input.end) {
    const auto span = TRY(domain::Interval::between(start, *input.end));
    if (span.length() % Minutes{1} != std::chrono::seconds{0})
      return base::refuse(Code::invalid_input, "A lesson takes a multiple of five minutes.");
    length = std::chrono::duration_cast<Minutes>(span.length());
  }
  return Wish{.type = booking.type,
              .start = start,
              .length = length,
              .instructor = input.instructor ? input.instructor : booking.instructor,
              .learner = booking.learner,
              .vehicle = input.vehicle,
              .notice = Notice::move,
              .moving = &booking,
              .overruled = TRY(soft_rules(caller, input.overruled))};
}

bool changes_time(const Booking& booking, const MoveInput& input) {
  return (input.start && *input.start != booking.lesson.start()) || (input.end && *input.end != booking.lesson.end()) ||
         (input.instructor && input.instructor != booking.instructor) ||
         (input.vehicle && input.vehicle != booking.vehicle);
}

base::Done set_details(Transaction& tx, const Caller& caller, const MoveInput& input, const store::SealedText& note,
                       Booking& booking) {
  for (const auto& place : {input.pickup, input.dropoff})
    if (place && *place && !store::owns_place(tx, caller.school(), {booking.learner.value}, *place))
      return base::refuse(Code::not_found, "There is no such place.");
  if (input.pickup) booking.pickup = *input.pickup;
  if (input.dropoff) booking.dropoff = *input.dropoff;
  if (input.note) booking.note = note.id;
  store::insert_text(tx, caller.school(), note, caller.now);
  return base::done();
}

struct MoveTexts {
  store::SealedText note, reason;
};

Result<BookingView> move_in(const Context& context, Transaction& tx, const Caller& caller, const Booking& booking,
                            const MoveInput& input, const MoveTexts& texts, Elsewhere& elsewhere) {
  const auto rules = context.cache.rules_for_decision(tx, caller.school());
  TRY(may_move(caller, *rules, booking, input));
  auto next = booking;
  store::Change change{"booking_changed"};
  if (changes_time(booking, input)) {
    auto wish = TRY(wish_of(caller, booking, input));
    wish.elsewhere = &elsewhere;
    if (!wish.overruled.empty() && input.reason.empty())
      return base::refuse(Code::invalid_input, "A rule is set aside for a reason: write it down.");
    const auto place = TRY(decide(context, tx, caller, *rules, wish));
    next = domain::moved(std::move(next), place);
    if (next.status == domain::Status::requested) next = domain::as_request(std::move(next), caller.now);
    change.type = "booking_moved";
    boost::json::array names;
    for (const auto rule : wish.overruled) names.emplace_back(to_string(rule));
    if (!names.empty()) change.more["override"] = std::move(names);
    note_elsewhere(elsewhere, change);
  } else {
    lock_calendars(tx, caller.school(), booking);
  }
  TRY(set_details(tx, caller, input, texts.note, next));
  if (texts.reason.id) change.more["reason"] = base::to_text(texts.reason.id);
  store::insert_text(tx, caller.school(), texts.reason, caller.now);
  return save_next(context, tx, caller, std::move(next), change);
}

/// Back to the state before the last event: the same time, decided anew without notice.
Result<Booking> restored(const Context& context, Transaction& tx, const Caller& caller, const Booking& booking,
                         const store::Event& before) {
  auto next = store::booking_after(before);
  next.version = booking.version;
  const auto rules = context.cache.rules_for_decision(tx, caller.school());
  TRY(decide(context, tx, caller, *rules,
             {.type = next.type,
              .start = next.lesson.start(),
              .length = std::chrono::duration_cast<Minutes>(next.lesson.length()),
              .instructor = next.instructor,
              .learner = next.learner,
              .vehicle = next.vehicle,
              .notice = Notice::none,
              .moving = &booking,
              .overruled = {Code::too_soon, Code::beyond_horizon}}));
  return next;
}

}  // namespace

Result<BookingView> move_booking(const Context& context, const Caller& caller, base::BookingId id, std::int64_t version,
                                 const MoveInput& input) {
  const auto seen = TRY(context.database.read(
      caller.school(), [&](Transaction& tx) -> Result<Booking> { return visible_booking(tx, caller, id); }));
  const auto seal = [&](const std::string& text) {
    return store::seal_text(context.keys, caller.school(), {seen.learner.value}, text);
  };
  const MoveTexts texts{seal(input.note.value_or("")), seal(input.reason)};
  auto result = decide_time(context, caller, [&](Transaction& tx, Elsewhere& elsewhere) -> Result<BookingView> {
    return move_in(context, tx, caller, TRY(expected_booking(tx, caller, id, version)), input, texts, elsewhere);
  });
  if (!result && !result.error().refusals.empty())
    if (const auto wish = wish_of(caller, seen, input))
      result.error().alternatives = alternatives(context, caller, *wish);
  return result;
}

Result<BookingView> undo_change(const Context& context, const Caller& caller, base::BookingId id,
                                std::int64_t version) {
  return decide_booking(context, caller, [&](Transaction& tx) -> Result<BookingView> {
    const auto booking = TRY(expected_booking(tx, caller, id, version));
    const auto events = store::events_of(tx, caller.school(), store::stream_of(id));
    const auto& last = events.back();
    if (!undoable(caller, last.type, last.actor, last.at))
      return base::refuse(Code::too_late,
                          "Only the last change, by the one who made it, can be taken back within ten seconds.");
    CHECK(events.size() >= 2);
    auto next = TRY(restored(context, tx, caller, booking, events[events.size() - 2]));
    return save_next(context, tx, caller, std::move(next), {"booking_restored", {{"undone", base::to_text(last.id)}}});
  });
}

}  // namespace actions
