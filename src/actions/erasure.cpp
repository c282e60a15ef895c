#include "actions/erasure.h"

#include <array>
#include <set>

#include "actions/change.h"
#include "actions/data_requests.h"
#include "actions/presence.h"
#include "actions/retention.h"
#include "store/personal.h"
#include "store/schedules.h"

namespace actions {

namespace {

using base::Code;
using domain::Booking;
using domain::Status;
using store::Author;
using store::Role;
using store::Transaction;

/// What becomes of lessons to come.
enum class Ahead { refuse, cancel, leave };
/// What holds refuse: a restriction is the person's own wish, and an erasure is another one (art. 18(2) GDPR). After a
/// restore somebody is erased already, whatever was said since.
constexpr std::array claims{store::HoldKind::claim};
using Refusing = std::span<const store::HoldKind>;

constexpr int most_ahead = 10'000;

std::vector<Booking> ahead_of(Transaction& tx, const Author& author, base::LearnerId learner) {
  store::BookingFilter filter{.from = author.now + base::seconds{1}, .to = {}, .learner = learner, .limit = most_ahead};
  auto found = store::list_bookings(tx, author.school, filter);
  filter.status = Status::held;
  for (auto& held : store::list_bookings(tx, author.school, filter)) found.push_back(std::move(held));
  std::erase_if(found, [](const Booking& booking) { return !domain::blocks(booking.status); });
  return found;
}

base::Done in_use(std::int64_t count, std::string detail) {
  return base::refuse(base::Error{.code = Code::in_use, .detail = std::move(detail), .count = count});
}

/// In the order of all locks; then the bookings as they stay until the commit.
std::vector<Booking> locked(Transaction& tx, const Author& author, base::LearnerId learner) {
  std::set<std::int64_t> instructors, vehicles;
  for (const auto& booking : ahead_of(tx, author, learner)) {
    instructors.insert(booking.instructor.value);
    if (booking.vehicle) vehicles.insert(booking.vehicle.value);
  }
  for (const auto id : instructors) store::lock(tx, author.school, store::Kind::instructor, id);
  store::lock(tx, author.school, store::Kind::learner, learner.value);
  for (const auto id : vehicles) store::lock(tx, author.school, store::Kind::vehicle, id);
  auto bookings = ahead_of(tx, author, learner);
  for (const auto& booking : bookings)
    if (!instructors.contains(booking.instructor.value) ||
        (booking.vehicle && !vehicles.contains(booking.vehicle.value)))
      throw store::SerializationError("A lesson was moved to somebody else meanwhile.");
  return bookings;
}

base::Done end(Transaction& tx, const Author& author, const Booking& booking) {
  store::Change change{booking.status == Status::held ? "booking_released" : "booking_cancelled"};
  auto next = domain::expired(booking, author.now);
  if (next) {
    change.type = "booking_expired";
  } else {
    const bool held = booking.status == Status::held;
    next = TRY(held ? domain::released(booking, author.now)
                    : domain::cancelled(booking, domain::Audience::learner, author.now));
    if (!held && domain::late(booking, author.now)) change.more["late"] = true;
  }
  ++next->version;
  return store::save(tx, author, *next, change);
}

base::Done end_lessons(Transaction& tx, const Author& author, base::LearnerId learner, Ahead ahead) {
  const auto bookings = locked(tx, author, learner);
  const auto lessons = std::ranges::count_if(bookings, [](const Booking& b) { return b.status != Status::held; });
  if (lessons > 0 && ahead == Ahead::refuse)
    return in_use(lessons,
                  "There are lessons to come. Say that they are to be cancelled, or wait until they are over.");
  for (const auto& booking : bookings) TRY(end(tx, author, booking));
  return base::done();
}

base::Done leave_schedule(Transaction& tx, const Author& author, base::InstructorId instructor, Ahead ahead) {
  store::lock_all_instructors(tx, author.school);
  store::bump_rules(tx, author.school);
  const auto lessons = tx.number(
      "select count(*) from bookings where school_id = $1 and instructor_id = $2 and blocks = 1 and occupied_end > $3",
      author.school, instructor, author.now);
  if (*lessons > 0 && ahead != Ahead::leave)
    return in_use(*lessons, "There are lessons to come. Give them to somebody else or cancel them first.");
  strip_instructor(tx, author, instructor);
  return base::done();
}

base::Done resign(Transaction& tx, const Author& author) {
  store::lock_school(tx, author.school);  // Of two admins who go at once, one stays.
  if (store::active_admins(tx, author.school) <= 1) return in_use(0, "A school keeps at least one admin.");
  return base::done();
}

base::Done erase(Transaction& tx, const Author& author, base::PersonId id, Ahead ahead) {
  const auto account = store::find_account(tx, author.school, id);
  if (!account || store::is_erased(tx, author.school, id)) return auth::not_found();
  if (account->role == Role::learner) TRY(end_lessons(tx, author, {id.value}, ahead));
  if (account->role == Role::instructor) TRY(leave_schedule(tx, author, {id.value}, ahead));
  if (account->role == Role::admin && account->active && ahead != Ahead::leave) TRY(resign(tx, author));
  store::end_sessions(tx, author.school, id, author.now);
  end_data_requests(tx, author, id);
  store::erase_person(tx, author, id);
  return base::done();
}

/// The row first: a key that goes before its row would leave somebody whom nobody can read and nobody has erased.
base::Done erase(const Context& context, const Author& author, base::PersonId id, Ahead ahead,
                 Refusing holds = store::all_holds) {
  const auto unless_kept = [&](Transaction& tx) -> base::Done {
    TRY(unless_held(tx, context.keys, author.school, id, holds));
    return erase(tx, author, id, ahead);
  };
  TRY(context.database.transact<std::monostate>(author.school, unless_kept));
  context.keys.erase({author.school, id}, author.now);
  return base::done();
}

}  // namespace

auth::Action managing(Role role) {
  if (!store::is_staff(role)) return auth::Action::manage_learners;
  return role == Role::instructor ? auth::Action::manage_instructors : auth::Action::manage_users;
}

base::Done erase_me(const Identity& identity, const Caller& caller, const ErasureInput& input,
                    const std::string& address) {
  TRY(prove_presence(identity, caller, input.current_password, address));
  return erase(identity.context, caller.author(), caller.principal.person,
               input.cancel_lessons ? Ahead::cancel : Ahead::refuse, claims);
}

base::Done erase_person(const Identity& identity, const Caller& caller, base::PersonId id, bool cancel_lessons) {
  TRY(auth::may(caller.principal, auth::Action::manage_learners));
  const auto account = identity.context.database.read(
      caller.school(), [&](Transaction& tx) { return store::find_account(tx, caller.school(), id); });
  if (!account) return auth::not_found();
  TRY(auth::may(caller.principal, managing(account->role)));
  return erase(identity.context, caller.author(), id, cancel_lessons ? Ahead::cancel : Ahead::refuse);
}

base::Done erase_idle_learner(const Context& context, const Author& author, base::PersonId id) {
  return erase(context, author, id, Ahead::refuse);
}

int replay_erasures(const Context& context, base::Instant now) {
  const auto listed = context.keys.erased();
  const std::set<store::KeyOwner> known(listed.begin(), listed.end());
  std::vector<store::KeyOwner> alive, unlisted;
  context.database.read(store::no_school, [&](Transaction& tx) {
    alive.clear(), unlisted.clear();
    for (const auto school : store::all_schools(tx)) {
      tx.enter(school);
      for (const auto& owner : listed)
        if (owner.school == school && store::find_account(tx, school, owner.person) &&
            !store::is_erased(tx, school, owner.person))
          alive.push_back(owner);
      for (const auto person : store::erased_people(tx, school))
        if (!known.contains({school, person})) unlisted.push_back({school, person});
    }
  });
  for (const auto& owner : alive) {
    const auto school = owner.school;
    const auto person = owner.person;
    const Author author{.school = school, .person = {}, .correlation_id = "erasures", .now = now};
    const auto learner = context.database.read(
        school, [&](Transaction& tx) { return store::find_account(tx, school, person)->role == Role::learner; });
    const auto done = erase(context, author, person, learner ? Ahead::cancel : Ahead::leave, Refusing{});
    if (!done && done.error().code != Code::not_found) throw std::runtime_error(done.error().detail);
  }
  for (const auto& owner : unlisted) context.keys.erase(owner, now);
  return static_cast<int>(alive.size() + unlisted.size());
}

void strip_instructor(Transaction& tx, const Author& author, base::InstructorId id) {
  if (const auto hours = store::find_hours(tx, author.school, id); hours.version > 0)
    store::remove_hours(tx, author, hours);
  for (const auto& time_off : store::list_time_off(tx, author.school, id)) store::remove_time_off(tx, author, time_off);
  for (auto& vehicle : store::list_vehicles(tx, author.school))
    if (std::erase(vehicle.rules.drivers, id) > 0) {
      ++vehicle.version;
      store::put_vehicle(tx, author, vehicle);
    }
  auto constraints = store::load_rules(tx, author.school).school.constraints;
  if (std::erase_if(constraints, [&](const auto& constraint) { return constraint.instructor == id; }) > 0)
    store::put_constraints(tx, author, store::constraints_version(tx, author.school) + 1, constraints);
}

}  // namespace actions
