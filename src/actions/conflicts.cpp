#include "actions/conflicts.h"

#include "actions/change.h"
#include "actions/wording.h"
#include "auth/roles.h"
#include "store/jobs.h"

namespace actions {

namespace {

using base::Code;
using base::Result;
using domain::Booking;
using store::Conflict;
using store::Transaction;

constexpr int conflicts_at_most = 200;

/// The instructor, as whoever did it; by no session.
Caller by_calendar(base::SchoolId school, const HumanChange& change, base::Instant now) {
  return {.principal = {.school = school, .person = change.instructor, .role = store::Role::instructor, .sid = 0},
          .now = now,
          .correlation_id = "calendar-" + base::to_text(change.calendar)};
}

std::vector<Code> rules_of(const base::Error& error) {
  std::vector<Code> rules;
  for (const auto& refusal : error.refusals) rules.push_back(refusal.rule);
  return rules;
}

bool is_open(const Conflict& conflict, const std::optional<Booking>& booking) {
  return !conflict.decided_at && booking && booking->status == domain::Status::booked &&
         booking->version == conflict.booking_version;
}

}  // namespace

base::Done follow_human(const Context& context, base::SchoolId school, const HumanChange& change, base::Instant now) {
  const auto booking =
      context.database.read(school, [&](Transaction& tx) { return store::find_booking(tx, school, change.booking); });
  if (!booking || booking->status != domain::Status::booked || booking->instructor.value != change.instructor.value)
    return base::done();
  if (change.moved_to == booking->lesson) return base::done();  // It has been followed meanwhile.
  std::vector<Code> rules;
  if (change.moved_to && change.moved_to->length() == booking->lesson.length()) {
    const MoveInput to{.start = change.moved_to->start()};
    const auto moved = move_booking(context, by_calendar(school, change, now), booking->id, booking->version, to);
    if (moved) return base::done();
    if (moved.error().code == Code::unavailable || moved.error().code == Code::stale_version)
      return base::refuse(Code::unavailable, "Later.");
    rules = rules_of(moved.error());
  }
  return context.database.transact<std::monostate>(school, [&](Transaction& tx) -> base::Done {
    store::put_conflict(tx, school,
                        {.id = base::make_id(),
                         .booking = booking->id,
                         .calendar = change.calendar,
                         .person = change.instructor,
                         .booking_version = booking->version,
                         .moved_to = change.moved_to,
                         .rules = rules,
                         .created_at = now});
    return base::done();
  });
}

Result<std::vector<ConflictView>> list_conflicts(const Context& context, store::People& people, const Caller& caller) {
  TRY(auth::unless_never(caller.principal, auth::Action::settle_conflicts));
  const bool all = auth::reach(caller.principal.role, auth::Action::settle_conflicts) == auth::Reach::any;
  const auto school = caller.school();
  return context.database.read(school, [&](Transaction& tx) -> Result<std::vector<ConflictView>> {
    std::vector<ConflictView> views;
    Wording words(context, people, tx, school);
    const auto whose = all ? base::PersonId{} : caller.principal.person;
    for (auto& conflict : store::list_conflicts(tx, school, whose, conflicts_at_most)) {
      const auto booking = store::find_booking(tx, school, conflict.booking);
      if (!is_open(conflict, booking)) continue;
      const auto lesson = words.lesson(*booking);
      views.push_back({std::move(conflict), *booking, lesson.learner, lesson.type});
    }
    return views;
  });
}

base::Done settle_conflict(const Context& context, const Caller& caller, std::int64_t id,
                           const Settlement& settlement) {
  const auto school = caller.school();
  TRY(auth::unless_never(caller.principal, auth::Action::settle_conflicts));
  const auto known =
      context.database.read(school, [&](Transaction& tx) { return store::find_conflict(tx, school, id); });
  if (!known || known->decided_at) return auth::not_found();
  const auto& conflict = *known;
  TRY(auth::may(caller.principal, auth::Action::settle_conflicts, {conflict.person}));
  if (settlement.how == Settling::move) {
    auto move = settlement.move;
    if (!move.start && !conflict.moved_to)
      return base::refuse(Code::wrong_status, "It was deleted there, not moved. Say where it is to go.");
    if (!move.start) {
      move.start = conflict.moved_to->start();
      move.end = conflict.moved_to->end();
    }
    TRY(move_booking(context, caller, conflict.booking, conflict.booking_version, move));
  }
  if (settlement.how == Settling::cancel)
    TRY(cancel_booking(context, caller, conflict.booking, conflict.booking_version, settlement.reason));
  return context.database.transact<std::monostate>(school, [&](Transaction& tx) -> base::Done {
    // It goes once the calendar shows it: whatever else is done there until then is asked about in its turn.
    const bool decided = store::decide_conflict(tx, school, id, caller.now);
    if (!decided && settlement.how == Settling::put_back) return auth::not_found();
    store::put_job(tx, school, {store::JobKind::calendar, conflict.booking, conflict.person}, caller.now, caller.now);
    return base::done();
  });
}

}  // namespace actions
