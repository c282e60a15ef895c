#include "actions/decide.h"

#include "actions/guardians.h"
#include "actions/retention.h"
#include "actions/world.h"
#include "auth/roles.h"
#include "store/outside.h"

namespace actions {

namespace {

using base::Code;
using store::Kind;
using store::Transaction;

constexpr domain::Minutes longest_lesson{720};

/// The versions of those whom a lesson would be with; 0 where there is no learner.
struct Locked {
  std::int64_t instructor = 0, learner = 0;
};

/// Locks in the one order that all use: instructors by id, then the learner. Vehicles follow once one is chosen.
base::Result<Locked> lock_people(Transaction& tx, base::SchoolId school, const Wish& wish) {
  Locked locked;
  std::set<base::InstructorId> instructors{wish.instructor};
  if (wish.moving) instructors.insert(wish.moving->instructor);
  for (const auto instructor : instructors) {
    const auto version = store::lock_for_bookings(tx, school, Kind::instructor, instructor.value);
    if (!version) return missing("instructor");
    if (instructor == wish.instructor) locked.instructor = *version;
  }
  if (!wish.learner) return locked;
  const auto version = store::lock_for_bookings(tx, school, Kind::learner, wish.learner.value);
  if (!version) return missing("learner");
  locked.learner = *version;
  return locked;
}

/// From memory where it is there at the version that was locked, else loaded.
std::shared_ptr<const domain::Instructor> locked_instructor(const Context& context, Transaction& tx,
                                                            base::SchoolId school, base::InstructorId id,
                                                            std::int64_t version, const store::Span& span) {
  if (auto known = context.cache.locked_instructor(school, id, version, span)) return known;
  auto loaded = store::load_instructor(tx, school, id, span);
  CHECK(loaded.has_value());
  return std::make_shared<const domain::Instructor>(std::move(loaded->calendar));
}
std::shared_ptr<const domain::Learner> locked_learner(const Context& context, Transaction& tx, base::SchoolId school,
                                                      base::LearnerId id, std::int64_t version,
                                                      const store::Span& span) {
  if (!id) return nullptr;
  if (auto known = context.cache.locked_learner(school, id, version, span)) return known;
  auto loaded = store::load_learner(tx, school, id, span);
  CHECK(loaded.has_value());
  return std::make_shared<const domain::Learner>(std::move(loaded->calendar));
}

/// It was read before its calendars were locked; about what it has become since, nothing can be said here.
void require_unchanged(Transaction& tx, base::SchoolId school, const domain::Booking& booking) {
  const auto found = store::find_booking(tx, school, booking.id);
  if (!found || found->version != booking.version)
    throw store::SerializationError("The booking was changed meanwhile.");
}

void lock_vehicles(Transaction& tx, base::SchoolId school, const Wish& wish, base::VehicleId chosen) {
  std::set<base::VehicleId> vehicles{chosen};
  if (wish.moving) vehicles.insert(wish.moving->vehicle);
  for (const auto vehicle : vehicles)
    if (vehicle) CHECK(store::lock_for_bookings(tx, school, Kind::vehicle, vehicle.value).has_value());
}

void let_go(Transaction& tx, const Caller& caller, const Wish& wish, const store::Calendars& locked) {
  auto system = caller.author();
  system.person = {};
  for (auto& lapsed : store::lapsed_bookings(tx, caller.school(), locked, caller.now)) {
    if (wish.moving && lapsed.id == wish.moving->id) continue;  // Its own action says what becomes of it.
    auto over = domain::expired(lapsed, caller.now);
    CHECK(over.has_value());
    ++over->version;
    CHECK(store::save(tx, system, *over, {"booking_expired"}).has_value());
  }
}

/// The vehicles that the question is about: all of the school's, or the one asked for. Those that could be used come
/// with their calendars; who may not drive it or what is put away is refused without a look at its calendar.
struct Fleet {
  std::vector<std::shared_ptr<const domain::Vehicle>> usable;
  std::vector<const domain::Vehicle*> all;
};
base::Result<Fleet> fleet_around(const Context& context, Transaction& tx, const Caller& caller,
                                 const store::SchoolRules& rules, const Wish& wish) {
  if (wish.vehicle && !rules.vehicle(wish.vehicle)) return missing("vehicle");
  Fleet fleet;
  std::vector<const domain::Vehicle*> usable;
  for (const auto& vehicle : rules.vehicles) {
    if (wish.vehicle && vehicle.id != wish.vehicle) continue;
    fleet.all.push_back(&vehicle);
    if (vehicle.active && std::binary_search(vehicle.drivers.begin(), vehicle.drivers.end(), wish.instructor))
      usable.push_back(&vehicle);
  }
  const store::Span day{wish.start - domain::longest_block, wish.start + 2 * domain::longest_block, caller.now};
  fleet.usable = context.cache.vehicles_for_decision(tx, caller.school(), usable, rules.version, day);
  for (const auto*& vehicle : fleet.all) {
    const auto found = std::ranges::find(fleet.usable, vehicle->id, [](const auto& each) { return each->id; });
    if (found != fleet.usable.end()) vehicle = found->get();
  }
  return fleet;
}

base::Done refuse_unless_overruled(std::vector<base::Refusal> refusals, const Wish& wish) {
  std::erase_if(refusals, [&](const base::Refusal& refusal) {
    return std::find(wish.overruled.begin(), wish.overruled.end(), refusal.rule) != wish.overruled.end();
  });
  if (refusals.empty()) return base::done();
  base::Error error{refusals.front().rule, refusals.front().message};
  error.refusals = std::move(refusals);
  return base::refuse(std::move(error));
}

/// What would be booked otherwise is asked about, where the school wants that and the calendars were read too long ago.
base::Done known_elsewhere(const Context& context, Transaction& tx, const Caller& caller,
                           const store::SchoolRules& rules, const Wish& wish, const domain::Interval& lesson) {
  const bool asks = wish.elsewhere && !wish.elsewhere->asked && context.ask_elsewhere;
  if (!asks || rules.calendar_check == std::chrono::minutes{0}) return base::done();
  if (!store::is_read_before(tx, caller.school(), person_of(wish.instructor), caller.now - rules.calendar_check))
    return base::done();
  wish.elsewhere->wanted = {wish.instructor, lesson};
  return base::refuse(Code::unavailable, "Calendars elsewhere are asked first.");
}

base::Done check_shape(const Wish& wish, const domain::LessonType& type) {
  const auto length = wish.length.value_or(type.length);
  if (!domain::on_tick(length) || length.count() <= 0 || length > longest_lesson)
    return base::refuse(Code::invalid_input, "A lesson takes 5 minutes to 12 hours, in steps of 5 minutes.");
  if (!domain::on_tick(wish.start))
    return base::refuse({Code::off_grid,
                         "Lessons start on a multiple of five minutes.",
                         {{Code::off_grid, "Lessons start on a multiple of five minutes."}}});
  return base::done();
}

}  // namespace

base::Instant week_start(const domain::Zone& zone, base::Instant instant) {
  return zone.at(domain::monday_of(zone.day_of(instant)), domain::Minutes{0}) - domain::longest_block;
}

base::Instant week_end(const domain::Zone& zone, base::Instant instant) {
  const domain::Date next{std::chrono::sys_days{domain::monday_of(zone.day_of(instant))} + std::chrono::days{7}};
  return zone.at(next, domain::Minutes{0}) + domain::longest_block;
}

domain::Minutes notice_of(const domain::LessonType& type, Notice notice) {
  switch (notice) {
    case Notice::book:
      return type.notice_book;
    case Notice::move:
      return type.notice_move;
    case Notice::none:
      return domain::Minutes{0};
  }
  throw base::Bug("unknown Notice");
}

base::Result<std::vector<Code>> soft_rules(const Caller& caller, const std::vector<std::string>& names) {
  if (!names.empty() && auth::reach(caller.principal.role, auth::Action::overrule) == auth::Reach::none)
    return base::refuse(Code::forbidden, "Only the school's staff may set a rule aside.");
  std::vector<Code> codes;
  for (const auto& name : names) {
    const auto known = [&] {
      for (int i = 0; i <= static_cast<int>(Code::open_bookings); ++i)
        if (to_string(static_cast<Code>(i)) == name) return std::optional(static_cast<Code>(i));
      return std::optional<Code>();
    }();
    if (!known || domain::is_hard(*known)) {
      base::Error error{Code::invalid_input, "Only rules that are no hard ones can be set aside."};
      error.fields = {{"/override", fmt::format("“{}” is no rule that can be set aside.", name)}};
      return base::refuse(std::move(error));
    }
    codes.push_back(*known);
  }
  return codes;
}

base::Result<domain::Placement> decide(const Context& context, Transaction& tx, const Caller& caller,
                                       const store::SchoolRules& rules, const Wish& wish) {
  const auto school = caller.school();
  const auto* lesson = rules.lesson(wish.type);
  if (!lesson || (!lesson->rules.active && !wish.moving)) return missing("lesson type");
  TRY(check_shape(wish, lesson->rules));
  const auto locked = TRY(lock_people(tx, school, wish));
  if (wish.moving) require_unchanged(tx, school, *wish.moving);
  const auto& zone = rules.school.zone;
  const store::Span week{week_start(zone, wish.start), week_end(zone, wish.start), caller.now};
  const auto instructor = locked_instructor(context, tx, school, wish.instructor, locked.instructor, week);
  // All that a learner has ahead counts (open_bookings), also before the week that is asked about.
  const store::Span ahead{std::min(week.from, caller.now - domain::longest_block), base::Instant::max(), caller.now};
  const auto learner = locked_learner(context, tx, school, wish.learner, locked.learner, ahead);
  if (learner && !learner->active && !wish.moving) {
    TRY(unless_restricted(tx, school, wish.learner));
    return missing("learner");
  }
  const auto fleet = TRY(fleet_around(context, tx, caller, rules, wish));

  const domain::Question question{.school = &rules.school,
                                  .type = &lesson->rules,
                                  .instructor = instructor.get(),
                                  .learner = learner.get(),
                                  .vehicles = fleet.all,
                                  .now = caller.now,
                                  .notice = notice_of(lesson->rules, wish.notice),
                                  .length = wish.length,
                                  .moving = wish.moving ? wish.moving->id : base::BookingId{},
                                  .audience = caller.audience(),
                                  .consent_missing_until = consent_missing_until(context, tx, rules, wish.learner)};
  TRY(refuse_unless_overruled(domain::refusals(question, wish.start), wish));
  const auto time = domain::Interval::of(wish.start, wish.length.value_or(lesson->rules.length));
  TRY(known_elsewhere(context, tx, caller, rules, wish, time));
  const auto vehicle = domain::vehicle_for(question, wish.start);
  CHECK(vehicle.has_value());  // No vehicle is a hard rule, and no rule refused.
  lock_vehicles(tx, school, wish, *vehicle);
  // Behind every lock: whoever waited for one with such a booking in hand could be waited for.
  let_go(tx, caller, wish, {.instructor = wish.instructor, .learner = wish.learner, .vehicle = *vehicle});
  return domain::Placement{.school = &rules.school,
                           .type = &lesson->rules,
                           .instructor = wish.instructor,
                           .vehicle = *vehicle,
                           .turnaround = *vehicle ? rules.vehicle(*vehicle)->turnaround : domain::Minutes{0},
                           .lesson = time};
}

}  // namespace actions
