#include "actions/change.h"

#include "auth/roles.h"

namespace actions {

using base::Code;
using base::Result;
using domain::Booking;
using store::Transaction;

base::Done staff_only(const Caller& caller) {
  if (auth::reach(caller.principal.role, auth::Action::answer_requests) == auth::Reach::none)
    return base::refuse(Code::forbidden, "Only the school's staff may do this.");
  return base::done();
}

Result<Booking> visible_booking(Transaction& tx, const Caller& caller, base::BookingId id) {
  auto booking = store::find_booking(tx, caller.school(), id);
  // What a guest keeps is theirs by its token alone.
  if (!booking || !booking->learner) return auth::not_found();
  TRY(auth::may(caller.principal, auth::Action::read_bookings,
                {base::PersonId{booking->learner.value}, base::PersonId{booking->instructor.value}}));
  return std::move(*booking);
}

Result<Booking> expected_booking(Transaction& tx, const Caller& caller, base::BookingId id, std::int64_t version) {
  auto booking = TRY(visible_booking(tx, caller, id));
  if (booking.version != version)
    return base::refuse(Code::stale_version, "Somebody changed this booking meanwhile. Look at it again, then decide.");
  return booking;
}

void lock_calendars(Transaction& tx, base::SchoolId school, const Booking& booking) {
  CHECK(store::lock_for_bookings(tx, school, store::Kind::instructor, booking.instructor.value).has_value());
  if (booking.learner)
    CHECK(store::lock_for_bookings(tx, school, store::Kind::learner, booking.learner.value).has_value());
  if (booking.vehicle)
    CHECK(store::lock_for_bookings(tx, school, store::Kind::vehicle, booking.vehicle.value).has_value());
}

bool undoable(const Caller& caller, std::string_view type, base::PersonId actor, base::Instant at) {
  constexpr std::array<std::string_view, 4> types{"booking_cancelled", "booking_delivered", "booking_missed",
                                                  "booking_moved"};
  return actor == caller.actor() && caller.now - at <= domain::undo_window &&
         std::find(types.begin(), types.end(), type) != types.end();
}

BookingView view(const Caller& caller, Booking booking, const store::SchoolRules& rules) {
  const auto* lesson = rules.lesson(booking.type);
  CHECK(lesson != nullptr);
  auto can = domain::can(booking, caller.audience(), lesson->rules.notice_move, caller.now);
  return {std::move(booking), std::move(can)};
}

Result<BookingView> save_next(const Context& context, Transaction& tx, const Caller& caller, Booking next,
                              const store::Change& change) {
  ++next.version;
  TRY(store::save(tx, caller.author(), next, change));
  auto shown = view(caller, std::move(next), *context.cache.rules_for_decision(tx, caller.school()));
  if (undoable(caller, change.type, caller.actor(), caller.now)) shown.can.emplace_back("undo");
  return shown;
}

Result<BookingView> decide_booking(const Context& context, const Caller& caller,
                                   const std::function<Result<BookingView>(Transaction&)>& body) {
  if (context.cache.wants_rules(caller.school()))
    context.database.read(caller.school(), [&](Transaction& tx) { return context.cache.rules(tx, caller.school()); });
  return context.database.transact<BookingView>(caller.school(), body);
}

Result<BookingView> decide_time(const Context& context, const Caller& caller,
                                const std::function<Result<BookingView>(Transaction&, Elsewhere&)>& body) {
  Elsewhere elsewhere;
  const auto decide = [&] {
    return decide_booking(context, caller, [&](Transaction& tx) { return body(tx, elsewhere); });
  };
  auto decided = decide();
  if (decided || !elsewhere.wanted) return decided;
  elsewhere = {.asked = true, .unknown = !context.ask_elsewhere(caller, *elsewhere.wanted)};
  return decide();
}

void note_elsewhere(const Elsewhere& elsewhere, store::Change& change) {
  if (elsewhere.unknown) change.more["calendar_unchecked"] = true;
}

Result<BookingView> change_booking(const Context& context, const Caller& caller, base::BookingId id,
                                   std::optional<std::int64_t> version, const std::string& event,
                                   const std::string& reason, const Decision& decision) {
  store::SealedText text;
  if (!reason.empty()) {
    const auto about = TRY(context.database.read(
        caller.school(), [&](Transaction& tx) -> Result<Booking> { return visible_booking(tx, caller, id); }));
    text = store::seal_text(context.keys, caller.school(), {about.learner.value}, reason);
  }
  return decide_booking(context, caller, [&](Transaction& tx) -> Result<BookingView> {
    const auto booking = TRY(version ? expected_booking(tx, caller, id, *version) : visible_booking(tx, caller, id));
    lock_calendars(tx, caller.school(), booking);
    auto next = TRY(decision(booking));
    store::Change change{event};
    if (text.id) change.more["reason"] = base::to_text(text.id);
    if (next.status == domain::Status::cancelled && domain::late(booking, caller.now)) change.more["late"] = true;
    store::insert_text(tx, caller.school(), text, caller.now);
    return save_next(context, tx, caller, std::move(next), change);
  });
}

}  // namespace actions
