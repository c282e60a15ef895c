#include "actions/world.h"

#include "actions/change.h"
#include "actions/guardians.h"

namespace actions {

using base::Result;
using store::Transaction;

tl::unexpected<base::Error> missing(const char* what) {
  return base::refuse(base::Code::not_found, fmt::format("There is no such {}.", what));
}

tl::unexpected<base::Error> nobody_teaches_so() {
  return base::refuse(base::Code::invalid_input,
                      "No instructor who could give this lesson teaches in that language there.");
}

domain::Question World::question(const Caller& caller) const {
  const auto& type = lesson->rules;
  return {.school = &rules->school,
          .type = &type,
          .learner = learner.get(),
          .vehicles = fleet,
          .now = caller.now,
          .notice = moving ? type.notice_move : type.notice_book,
          .length = moving ? std::optional(std::chrono::duration_cast<domain::Minutes>(moving->lesson.length()))
                           : std::nullopt,
          .moving = moving ? moving->id : base::BookingId{},
          .audience = caller.audience(),
          .consent_missing_until = consent_missing_until,
          .vehicle_maps = fleet_maps};
}

domain::Question World::question(const domain::Instructor& instructor, const Caller& caller) const {
  auto asked = question(caller);
  asked.instructor = &instructor;
  return asked;
}

domain::Question World::question(const domain::MappedInstructor& instructor, const Caller& caller) const {
  auto mapped = question(static_cast<const domain::Instructor&>(instructor), caller);
  mapped.maps = &instructor;
  return mapped;
}

namespace {

Result<base::LearnerId> learner_asked(const Caller& caller, base::LearnerId asked) {
  if (caller.principal.staff()) return asked;
  const base::LearnerId me{caller.principal.person.value};
  if (asked && asked != me) return missing("learner");
  return me;
}

base::Done add_moving(Transaction& tx, const Caller& caller, base::BookingId id, World& world) {
  world.moving = TRY(visible_booking(tx, caller, id));
  world.lesson = world.rules->lesson(world.moving->type);
  const bool learner = caller.audience() == domain::Audience::learner;
  if (learner && caller.now + world.lesson->rules.notice_move > world.moving->lesson.start())
    return base::refuse(base::Code::too_late, "It is too late to move this lesson. Please call the school.");
  return base::done();
}

}  // namespace

Result<World> load_world(const Context& context, Transaction& tx, const Caller& caller, const TimesQuery& query) {
  TRY(auth::unless_never(caller.principal, auth::Action::make_bookings));
  World world{.rules = context.cache.rules(tx, caller.school())};
  if (!world.rules) return missing("school");
  const auto& zone = world.rules->school.zone;
  auto earliest = std::min(caller.now, zone.at(query.from, domain::Minutes{0}));
  world.lesson = world.rules->lesson(query.type);
  if (query.moving) TRY(add_moving(tx, caller, query.moving, world));
  if (!world.lesson || (!world.lesson->rules.active && !world.moving)) return missing("lesson type");
  world.from = week_start(zone, earliest);

  const auto learner = world.moving ? world.moving->learner : TRY(learner_asked(caller, query.learner));
  if (learner) {
    world.learner = context.cache.learner(tx, caller.school(), learner, world.from, caller.now);
    if (!world.learner) return missing("learner");
    world.consent_missing_until = consent_missing_until(context, tx, *world.rules, learner);
  }
  if (query.vehicle && !world.rules->vehicle(query.vehicle)) return missing("vehicle");
  std::vector<const domain::Vehicle*> wanted;
  for (const auto& vehicle : world.rules->vehicles)
    if (!query.vehicle || vehicle.id == query.vehicle) wanted.push_back(&vehicle);
  world.vehicles = context.cache.vehicles(tx, caller.school(), wanted, world.rules->version, world.from, caller.now);
  for (const auto& vehicle : world.vehicles) {
    world.fleet.push_back(vehicle.get());
    world.fleet_maps.push_back(&vehicle->occupied);
  }
  if (query.instructor)
    world.instructors = {query.instructor};
  else
    world.instructors = world.rules->instructors;
  std::erase_if(world.instructors, [&](auto id) { return world.rules->is_unfit(id, query.wanted); });
  return world;
}

std::shared_ptr<const domain::MappedInstructor> instructor_of(const Context& context, Transaction& tx,
                                                              const Caller& caller, const World& world,
                                                              base::InstructorId id) {
  return context.cache.instructor(tx, world.rules->school, id, world.from, caller.now);
}

std::vector<std::shared_ptr<const domain::MappedInstructor>> people_of(const Context& context, Transaction& tx,
                                                                       const Caller& caller, const World& world) {
  return context.cache.instructors(tx, world.rules->school, world.instructors, world.from, caller.now);
}

}  // namespace actions
