#include "actions/preview.h"

#include "actions/school.h"
#include "actions/working_time.h"
#include "actions/world.h"

namespace actions {

namespace {

using base::Code;
using base::Result;
using domain::Date;
using store::Transaction;

constexpr int longest_preview_days = 31;
constexpr int usual_preview_days = 14;
constexpr std::size_t shown_at_most = 200;
constexpr std::size_t bookings_at_most = 500;      // Listed.
constexpr std::size_t lessons_looked_at = 20'000;  // Some 0.1 s of work.

std::chrono::days between(Date from, Date to) {
  return std::chrono::sys_days{to} - std::chrono::sys_days{from};
}

/// The query with everything said: type and dates.
Result<TimesQuery> complete(const store::SchoolRules& rules, const Caller& caller, const PreviewQuery& query) {
  TimesQuery times{.type = query.type};
  const auto& lessons = rules.lessons;
  const auto wanted = [&](const auto& each) {
    return each.rules.active && (!query.type || each.rules.id == query.type);
  };
  const auto lesson = std::find_if(lessons.begin(), lessons.end(), wanted);
  if (lesson != lessons.end()) times.type = lesson->rules.id;
  times.from = query.from.value_or(rules.school.zone.day_of(caller.now));
  times.to = query.to.value_or(domain::add_days(times.from, usual_preview_days));
  const auto days = between(times.from, times.to).count();
  Faults faults;
  faults.unless(lesson != lessons.end(), "/lesson_type_id", "There is no such lesson type that is active.");
  faults.unless(days >= 1 && days <= longest_preview_days, "/to", "Must be 1 to 31 days after “from”.");
  TRY(faults.verdict());
  return times;
}

store::Span span_of(const World& world, const TimesQuery& times, base::Instant now) {
  const auto& zone = world.rules->school.zone;
  return {zone.at(times.from, domain::Minutes{0}), zone.at(times.to, domain::Minutes{0}), now};
}

Result<std::vector<store::Planned>> lessons_in(Transaction& tx, const Caller& caller, base::InstructorId instructor,
                                               const store::Span& span) {
  auto planned = store::planned_bookings(tx, caller.school(), instructor, span);
  Faults faults;
  faults.unless(planned.size() <= lessons_looked_at, "/to",
                "More than 20,000 lessons are booked in this window. Ask for fewer days.");
  TRY(faults.verdict());
  return planned;
}

std::vector<int> free_by_day(const domain::Question& question, const TimesQuery& times) {
  std::vector<int> days(static_cast<std::size_t>(between(times.from, times.to).count()));
  for (const auto& slot : domain::free_slots(question, times.from, times.to)) {
    const auto day = between(times.from, question.school->zone.day_of(slot.lesson.start()));
    ++days.at(static_cast<std::size_t>(day.count()));
  }
  return days;
}

Preview::Instructor compared(const domain::Question& before, const domain::Question& after, const TimesQuery& times) {
  const auto now = free_by_day(before, times), then = free_by_day(after, times);
  Preview::Instructor counts{before.instructor->id, {}};
  for (std::size_t i = 0; i < now.size(); ++i)
    counts.days.push_back({domain::add_days(times.from, static_cast<int>(i)), now[i], then[i]});
  return counts;
}

void add(Preview& preview, const store::Planned& planned, Code rule) {
  if (++preview.bookings_total <= bookings_at_most)
    preview.bookings.push_back({planned.id, planned.instructor, planned.learner, planned.lesson, rule});
}

Preview blank(const TimesQuery& times, std::size_t instructors) {
  return {.type = times.type,
          .from = times.from,
          .to = times.to,
          .instructors = {},
          .instructors_total = instructors,
          .bookings = {},
          .bookings_total = 0};
}

World with_constraints(const World& world, const std::vector<domain::Constraint>& items) {
  auto changed = world;
  auto rules = *world.rules;
  rules.school.constraints = items;
  changed.rules = std::make_shared<const store::SchoolRules>(std::move(rules));
  changed.lesson = changed.rules->lesson(world.lesson->rules.id);
  return changed;
}

/// Each lesson is asked about as if it were to be booked where it stands.
void add_broken(const Context& context, Transaction& tx, const Caller& caller, const World& world,
                const std::vector<store::Planned>& lessons, Preview& preview) {
  for (const auto& planned : lessons) {
    const auto instructor = instructor_of(context, tx, caller, world, planned.instructor);
    const auto learner = context.cache.learner(tx, caller.school(), planned.learner, world.from, caller.now);
    CHECK(instructor && learner);
    auto question = world.question(*instructor, caller);
    question.learner = learner.get();
    question.vehicles = {};  // What cars are free is no limit that is set here.
    question.length = std::chrono::duration_cast<domain::Minutes>(planned.lesson.length());
    question.moving = planned.id;
    for (const auto& refusal : domain::refusals(question, planned.lesson.start()))
      if (is_settable(refusal.rule)) add(preview, planned, refusal.rule);
  }
}

/// The part of the proposal that is there, checked, with faults pointing into it.
Result<domain::Hours> checked(domain::Hours hours, std::string_view part) {
  auto fine = domain::check_hours(std::move(hours));
  if (!fine)
    for (auto& field : fine.error().fields) field.pointer.insert(0, part);
  return fine;
}

Result<domain::Hours> proposed(domain::Hours hours, const HoursProposal& proposal) {
  Faults faults;
  faults.unless(proposal.weekly || proposal.overrides, "/hours", "Give hours, overrides or both.");
  TRY(faults.verdict());
  if (proposal.weekly) hours.weekly = TRY(checked({*proposal.weekly, {}}, "/hours")).weekly;
  if (proposal.overrides) hours.overrides = TRY(checked({{}, *proposal.overrides}, "/overrides")).overrides;
  return hours;
}

Result<Preview> hours_compared(const Context& context, Transaction& tx, const Caller& caller,
                               base::InstructorId instructor, const PreviewQuery& query,
                               const HoursProposal& proposal) {
  if (!store::is_instructor(tx, caller.school(), instructor)) return auth::not_found();
  auto times = TRY(complete(*context.cache.rules(tx, caller.school()), caller, query));
  times.instructor = instructor;
  const auto world = TRY(load_world(context, tx, caller, times));
  const auto before = instructor_of(context, tx, caller, world, instructor);
  CHECK(before != nullptr);
  domain::Instructor after = *before;
  after.hours = TRY(proposed(before->hours, proposal));
  auto preview = blank(times, 1);
  preview.instructors = {compared(world.question(*before, caller), world.question(after, caller), times)};
  for (const auto& planned : TRY(lessons_in(tx, caller, instructor, span_of(world, times, caller.now))))
    if (!within_hours(after.hours, world.rules->school.zone, planned.lesson))
      add(preview, planned, Code::outside_hours);
  return preview;
}

}  // namespace

Result<Preview> preview_constraints(const Context& context, const Caller& caller, const PreviewQuery& query,
                                    const std::vector<domain::Constraint>& items) {
  TRY(auth::may(caller.principal, auth::Action::change_constraints));
  return context.database.read(caller.school(), [&](Transaction& tx) -> Result<Preview> {
    TRY(check_constraints(tx, caller, items));
    const auto times = TRY(complete(*context.cache.rules(tx, caller.school()), caller, query));
    const auto world = TRY(load_world(context, tx, caller, times));
    const auto changed = with_constraints(world, items);
    auto preview = blank(times, world.instructors.size());
    auto shown = world;
    shown.instructors.resize(std::min(shown_at_most, world.instructors.size()));
    for (const auto& instructor : people_of(context, tx, caller, shown)) {
      CHECK(instructor != nullptr);
      preview.instructors.push_back(
          compared(world.question(*instructor, caller), changed.question(*instructor, caller), times));
    }
    const auto lessons = TRY(lessons_in(tx, caller, {}, span_of(world, times, caller.now)));
    add_broken(context, tx, caller, changed, lessons, preview);
    return preview;
  });
}

Result<Preview> preview_hours(const Context& context, const Caller& caller, base::InstructorId instructor,
                              const PreviewQuery& query, const HoursProposal& proposal) {
  TRY(auth::may(caller.principal, auth::Action::change_hours, {base::PersonId{instructor.value}}));
  return context.database.read(caller.school(), [&](Transaction& tx) {
    return hours_compared(context, tx, caller, instructor, query, proposal);
  });
}

}  // namespace actions
