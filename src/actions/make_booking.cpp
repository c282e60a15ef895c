// Booking and holding: the same path, but for the state in which the new row begins.
#include "actions/change.h"
#include "actions/find_times.h"
#include "actions/policies.h"
#include "actions/world.h"
#include "auth/roles.h"

namespace actions {

namespace {

using base::Code;
using base::Result;
using domain::Booking;
using store::Transaction;

constexpr int holds_at_most = 2;
enum class As { hold, booking };

/// The learner it is for: the caller, or whoever staff name.
Result<base::LearnerId> learner_of(const Caller& caller, base::LearnerId named) {
  const base::LearnerId me{caller.principal.person.value};
  if (!caller.principal.staff()) {
    if (named && named != me) return base::refuse(Code::not_found, "There is no such learner.");
    return me;
  }
  if (named) return named;
  base::Error error{Code::invalid_input, "Say which learner the lesson is for."};
  error.fields = {{"/learner_id", "Required for staff."}};
  return base::refuse(std::move(error));
}

/// An instructor books into their own calendar only; the office into all.
base::Done may_book_with(const Caller& caller, base::InstructorId instructor) {
  if (caller.principal.role != auth::Role::instructor || instructor.value == caller.principal.person.value)
    return base::done();
  return base::refuse(Code::forbidden, "Instructors book lessons of their own. Ask the office for another's.");
}

Result<Wish> wish_of(const Caller& caller, const BookingInput& input) {
  TRY(auth::unless_never(caller.principal, auth::Action::make_bookings));
  Wish wish{.type = input.type,
            .start = input.start,
            .instructor = input.instructor,
            .learner = TRY(learner_of(caller, input.learner)),
            .vehicle = input.vehicle,
            .overruled = TRY(soft_rules(caller, input.overruled)),
            .wanted = input.wanted};
  if (caller.principal.role == auth::Role::instructor && !wish.instructor)
    wish.instructor = {caller.principal.person.value};
  TRY(may_book_with(caller, wish.instructor));
  if (!wish.overruled.empty() && input.reason.empty()) {
    base::Error error{Code::invalid_input, "A rule is set aside for a reason: write it down."};
    error.fields = {{"/reason", "Required with an override."}};
    return base::refuse(std::move(error));
  }
  return wish;
}

base::Done check_places(Transaction& tx, const Caller& caller, base::LearnerId learner, const BookingInput& input) {
  for (const auto place : {input.pickup, input.dropoff})
    if (place && !store::owns_place(tx, caller.school(), {learner.value}, place))
      return base::refuse(Code::not_found, "There is no such place.");
  return base::done();
}

struct Texts {
  store::SealedText note, reason;
};

Texts seal_texts(const Context& context, const Caller& caller, base::LearnerId learner, const BookingInput& input) {
  // Nobody's key is asked for somebody who does not exist: the decision refuses them.
  if (input.note.empty() && input.reason.empty()) return {};
  if (!context.keys.has_key({caller.school(), {learner.value}})) return {};
  const auto seal = [&](const std::string& text) {
    return store::seal_text(context.keys, caller.school(), {learner.value}, text);
  };
  return {seal(input.note), seal(input.reason)};
}

store::Change change_of(const Wish& wish, const Texts& texts, std::string type) {
  store::Change change{std::move(type)};
  boost::json::array names;
  for (const auto rule : wish.overruled) names.emplace_back(to_string(rule));
  if (!names.empty()) change.more["override"] = std::move(names);
  if (texts.reason.id) change.more["reason"] = base::to_text(texts.reason.id);
  return change;
}

Result<BookingView> replay(Transaction& tx, const Caller& caller, const store::SchoolRules& rules,
                           const store::Outcome& outcome) {
  // A guest is known by the key of the request alone; their token is looked at where it is shown (actions/guests).
  auto booking = caller.principal.person ? TRY(visible_booking(tx, caller, {outcome.resource}))
                                         : *store::find_booking(tx, caller.school(), {outcome.resource});
  auto shown = view(caller, std::move(booking), rules);
  shown.replayed = true;
  return shown;
}

/// What every try of one request has in common.
struct Order {
  const BookingInput& input;
  As as;
  const store::RequestKey& key;
  const AlsoKept& also;
};

/// One try with one instructor, in the transaction that decides.
Result<BookingView> place(const Context& context, Transaction& tx, const Caller& caller, const Order& order,
                          const Wish& wish, const Texts& texts) {
  const auto& [input, as, key, also] = order;
  const auto earlier = TRY(store::claim(tx, key, caller.now));
  const auto rules = context.cache.rules_for_decision(tx, caller.school());
  if (earlier) return replay(tx, caller, *rules, *earlier);
  if (rules->is_unfit(wish.instructor, wish.wanted)) return nobody_teaches_so();
  const auto where = TRY(decide(context, tx, caller, *rules, wish));
  if (as == As::hold && wish.learner &&
      store::count_holds(tx, caller.school(), wish.learner, caller.now) >= holds_at_most)
    return base::refuse(Code::too_many_holds, "Two times are being kept already. Book or release one of them first.");
  TRY(check_places(tx, caller, wish.learner, input));
  if (as == As::booking) TRY(accept_terms(tx, caller, rules->terms_version, input.terms_version));

  auto booking = domain::draft(where, wish.learner, rules->lesson(wish.type)->price, caller.now, caller.actor());
  booking.pickup = input.pickup;
  booking.dropoff = input.dropoff;
  booking.note = texts.note.id;
  const bool request = rules->approval && !caller.principal.staff();
  if (as == As::hold) booking = domain::as_hold(std::move(booking), caller.now);
  if (as == As::booking && request) booking = domain::as_request(std::move(booking), caller.now);
  const auto* type = as == As::hold ? "booking_held" : request ? "booking_requested" : "booking_made";
  store::insert_text(tx, caller.school(), texts.note, caller.now);
  store::insert_text(tx, caller.school(), texts.reason, caller.now);
  auto change = change_of(wish, texts, type);
  if (!wish.learner) change.more["guest"] = true;
  note_elsewhere(*wish.elsewhere, change);
  TRY(store::save(tx, caller.author(), booking, change));
  if (also) TRY(also(tx, booking));
  store::remember(tx, key, {201, booking.id.value});
  return view(caller, std::move(booking), *rules);
}

/// With "any instructor" the answer to a repeated request is looked up first: the time that it wanted is taken by now,
/// by itself.
std::optional<Result<BookingView>> replay_earlier(const Context& context, const Caller& caller,
                                                  const store::RequestKey& key) {
  return context.database.read(caller.school(), [&](Transaction& tx) -> std::optional<Result<BookingView>> {
    const auto earlier = store::find_outcome(tx, key);
    if (!earlier) return base::refuse(earlier.error());
    if (!*earlier) return std::nullopt;
    return replay(tx, caller, *context.cache.rules(tx, caller.school()), **earlier);
  });
}

/// Whether another instructor may help: everything that refused is about this one's hours, calendar, day or car.
bool only_about_the_instructor(const base::Error& error) {
  constexpr std::array rules{Code::off_grid,    Code::outside_hours, Code::time_off, Code::who_may_drive,
                             Code::slot_taken,  Code::vehicle_busy,  Code::buffer,   Code::instructor_daily_minutes,
                             Code::break_needed};
  const auto is = [&](Code code) { return std::find(rules.begin(), rules.end(), code) != rules.end(); };
  return is(error.code) && std::all_of(error.refusals.begin(), error.refusals.end(),
                                       [&](const base::Refusal& refusal) { return is(refusal.rule); });
}

/// Tries up to five of those instructors who are free, each in a transaction of its own: a second instructor's lock is
/// never taken while the learner is locked already.
template <class Attempt>
Result<BookingView> try_candidates(const Context& context, const Caller& caller, Wish& wish, const Attempt& attempt,
                                   store::Freshness freshness) {
  const auto candidates = TRY(rank_candidates(context, caller, wish, freshness));
  if (candidates.instructors.empty()) {
    base::Error error{candidates.refusals.front().rule, candidates.refusals.front().message, candidates.refusals};
    return base::refuse(std::move(error));
  }
  Result<BookingView> result = base::refuse(Code::slot_taken, "");
  for (const auto instructor : candidates.instructors) {
    wish.instructor = instructor;
    result = attempt();
    const bool unfit_by_now = !result && result.error().code == Code::invalid_input && wish.wanted.anything();
    if (!unfit_by_now && (result || !only_about_the_instructor(result.error()))) break;
  }
  return result;
}

/// The instructor asked for, or any.
Result<BookingView> try_each(const Context& context, const Caller& caller, const Order& order, Wish wish) {
  const auto texts = seal_texts(context, caller, wish.learner, order.input);
  const auto& key = order.key;
  const auto attempt = [&]() {
    return decide_time(context, caller, [&](Transaction& tx, Elsewhere& elsewhere) {
      wish.elsewhere = &elsewhere;
      return place(context, tx, caller, order, wish, texts);
    });
  };
  if (wish.instructor) return attempt();
  if (auto earlier = replay_earlier(context, caller, key)) return *earlier;
  auto result = try_candidates(context, caller, wish, attempt, store::Freshness::now);
  const bool refused = !result && !result.error().refusals.empty();
  if (refused && context.database.engine() == store::Engine::postgresql) {
    // They are ranked from memory, which may be a moment behind what was cancelled on another node.
    wish.instructor = {};
    result = try_candidates(context, caller, wish, attempt, store::Freshness::checked);
  }
  // The same request, sent twice at once, may have taken the time from itself between the look-up and the ranking.
  if (!result)
    if (auto earlier = replay_earlier(context, caller, key)) return *earlier;
  return result;
}

Result<BookingView> make(const Context& context, const Caller& caller, const Order& order) {
  const auto wish = TRY(wish_of(caller, order.input));
  auto result = try_each(context, caller, order, wish);
  if (!result && !result.error().refusals.empty()) result.error().alternatives = alternatives(context, caller, wish);
  return result;
}

Result<store::SealedText> seal_note(const Context& context, const Caller& caller, const BookingInput& input) {
  if (input.note.empty()) return store::SealedText{};
  const auto held = TRY(context.database.read(
      caller.school(), [&](Transaction& tx) -> Result<Booking> { return visible_booking(tx, caller, input.hold); }));
  return store::seal_text(context.keys, caller.school(), {held.learner.value}, input.note);
}

/// The hold becomes the booking; what was asked for must be what was held.
Result<BookingView> confirm(const Context& context, const Caller& caller, const BookingInput& input,
                            const store::RequestKey& key) {
  const auto note = TRY(seal_note(context, caller, input));
  auto result = decide_booking(context, caller, [&](Transaction& tx) -> Result<BookingView> {
    const auto earlier = TRY(store::claim(tx, key, caller.now));
    const auto rules = context.cache.rules_for_decision(tx, caller.school());
    if (earlier) return replay(tx, caller, *rules, *earlier);
    const auto held = TRY(visible_booking(tx, caller, input.hold));
    const bool same = held.type == input.type && held.lesson.start() == input.start &&
                      (!input.instructor || held.instructor == input.instructor) &&
                      (!input.vehicle || held.vehicle == input.vehicle) &&
                      (!input.learner || held.learner == input.learner);
    if (!same) return base::refuse(Code::invalid_input, "This is not the time that was kept.");
    TRY(check_places(tx, caller, held.learner, input));
    lock_calendars(tx, caller.school(), held);
    TRY(accept_terms(tx, caller, rules->terms_version, input.terms_version));
    const bool request = rules->approval && !caller.principal.staff();
    auto next = TRY(domain::confirmed(held, request, caller.now));
    if (input.pickup) next.pickup = input.pickup;
    if (input.dropoff) next.dropoff = input.dropoff;
    if (note.id) next.note = note.id;
    store::insert_text(tx, caller.school(), note, caller.now);
    const auto shown =
        TRY(save_next(context, tx, caller, std::move(next), {request ? "booking_requested" : "booking_made"}));
    store::remember(tx, key, {201, shown.booking.id.value});
    return shown;
  });
  if (!result && result.error().code == Code::hold_expired)
    result.error().alternatives = alternatives(context, caller, TRY(wish_of(caller, input)));
  return result;
}

}  // namespace

Result<BookingView> make_booking(const Context& context, const Caller& caller, const BookingInput& input,
                                 const store::RequestKey& key) {
  return input.hold ? confirm(context, caller, input, key) : make(context, caller, {input, As::booking, key, {}});
}

Result<BookingView> hold_slot(const Context& context, const Caller& caller, const BookingInput& input,
                              const store::RequestKey& key, const AlsoKept& also) {
  return make(context, caller, {input, As::hold, key, also});
}

}  // namespace actions
