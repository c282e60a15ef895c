#include "actions/find_times.h"

#include "actions/retention.h"
#include "actions/world.h"
#include "domain/alternatives.h"

namespace actions {

namespace {

using base::Code;
using base::Result;
using domain::Date;
using domain::Question;
using store::Transaction;

constexpr int longest_listing_days = 92;
/// What takes a fraction of a millisecond.
constexpr int instructor_days_in_memory = 10'000;
constexpr int first_days = 7;
constexpr int alternatives_days = 14;
constexpr std::size_t instructors_at_most = 50;  // Looked through for alternatives and candidates.
constexpr std::size_t candidates_at_most = 5;

Date next(Date date, int days = 1) {
  return Date{std::chrono::sys_days{date} + std::chrono::days{days}};
}

base::Done bookable(Transaction& tx, const Caller& caller, const World& world) {
  if (!world.learner || world.learner->active || world.moving) return base::done();
  return unless_restricted(tx, caller.school(), world.learner->id);
}

/// Adds the distinct starts of these dates over all of the instructors, and how many each date has.
void add_days(Times& times, const Question& question, std::span<const domain::MappedInstructor* const> people,
              Date from, Date to) {
  const auto length = question.length.value_or(question.type->length);
  const auto starts = domain::free_starts(question, people, from, to);
  for (const auto& [start, instructors] : starts)
    times.slots.push_back({domain::Interval::of(start, length), instructors});
  const auto days = std::chrono::sys_days{to} - std::chrono::sys_days{from};
  auto date = from;
  auto before = starts.begin();
  for (const auto midnight : question.school->zone.midnights(next(from), static_cast<int>(days.count()))) {
    const auto end = std::find_if(before, starts.end(), [&](const auto& free) { return free.start >= midnight; });
    times.days.emplace_back(date, static_cast<int>(end - before));
    before = end;
    date = next(date);
  }
}

/// Where the first ones are enough, a week is looked at, then two, then four.
Result<Times> list(const Context& context, Transaction& tx, const Caller& caller, const TimesQuery& query) {
  const auto world = TRY(load_world(context, tx, caller, query));
  TRY(bookable(tx, caller, world));
  const bool until_found = query.first.value_or(0) > 0;
  const auto asked = std::chrono::sys_days{query.to} - std::chrono::sys_days{query.from};
  int days = until_found ? first_days : static_cast<int>(asked.count());
  const auto unless_long = [&] {
    if (tx.memory_only && static_cast<int>(world.instructors.size()) * days > instructor_days_in_memory)
      throw store::NotInMemory();
  };
  unless_long();
  const auto calendars = people_of(context, tx, caller, world);
  std::vector<const domain::MappedInstructor*> people;
  people.reserve(calendars.size());
  for (const auto& instructor : calendars) {
    if (!instructor) return missing("instructor");
    people.push_back(instructor.get());
  }
  const auto question = world.question(caller);
  Times times{.time_zone = world.rules->school.zone.name(), .version = world.rules->version};
  for (auto from = query.from; from < query.to && (!until_found || times.slots.size() < *query.first); days *= 2) {
    unless_long();
    const auto to = std::min(next(from, days), query.to);
    add_days(times, question, people, from, to);
    from = to;
  }
  if (query.first && times.slots.size() > *query.first)
    times.slots.erase(times.slots.begin() + static_cast<std::ptrdiff_t>(*query.first), times.slots.end());
  return times;
}

/// The refusals of each instructor for one start, as far as the cached calendars know.
struct Verdict {
  base::InstructorId instructor;
  std::vector<base::Refusal> refusals;
  std::chrono::seconds load;    ///< Lessons of that week.
  base::Instant last_booked{};  ///< Start of the last lesson in the calendar before the one wanted.
};

Verdict judge(const Question& question, base::Instant start) {
  Verdict verdict{question.instructor->id, domain::refusals(question, start), {}};
  const auto& zone = question.school->zone;
  const auto from = week_start(zone, start) + domain::longest_block, to = week_end(zone, start) - domain::longest_block;
  for (const auto& taken : question.instructor->taken) {
    if (taken.lesson.start() >= from && taken.lesson.start() < to) verdict.load += taken.lesson.length();
    if (taken.lesson.start() < start) verdict.last_booked = std::max(verdict.last_booked, taken.lesson.start());
  }
  return verdict;
}

/// The dates of `query` do not matter: it is about `start`.
Result<std::vector<Verdict>> judge_all(const Context& context, const Caller& caller, TimesQuery query,
                                       base::Instant start, store::Freshness freshness = store::Freshness::now) {
  const auto judge_with = [&](Transaction& tx) -> Result<std::vector<Verdict>> {
    if (const auto rules = context.cache.rules(tx, caller.school())) {
      query.from = rules->school.zone.day_of(start);
      query.to = next(query.from);
    }
    const auto world = TRY(load_world(context, tx, caller, query));
    std::vector<Verdict> verdicts;
    for (const auto& instructor : people_of(context, tx, caller, world)) {
      if (!instructor) return missing("instructor");
      verdicts.push_back(judge(world.question(*instructor, caller), start));
    }
    if (verdicts.empty()) return query.wanted.anything() ? nobody_teaches_so() : missing("instructor");
    return verdicts;
  };
  return context.database.read(caller.school(), judge_with, freshness);
}

const Verdict& closest(const std::vector<Verdict>& verdicts) {
  return *std::min_element(verdicts.begin(), verdicts.end(), [](const Verdict& left, const Verdict& right) {
    return left.refusals.size() < right.refusals.size();
  });
}

TimesQuery query_of(const Wish& wish, const domain::Zone& zone) {
  const auto day = zone.day_of(wish.start);
  return {.type = wish.type,
          .from = day,
          .to = next(day),
          .instructor = wish.instructor,
          .vehicle = wish.vehicle,
          .learner = wish.learner,
          .moving = wish.moving ? wish.moving->id : base::BookingId{},
          .wanted = wish.wanted};
}

/// Days by distance from the one wanted, none before today: 0, +1, -1, +2, …
std::vector<Date> days_around(Date wanted, Date today) {
  std::vector<Date> days;
  const auto middle = std::max(wanted, today);
  for (int distance = 0; distance < alternatives_days; ++distance) {
    days.push_back(next(middle, distance));
    if (distance > 0 && next(middle, -distance) >= today) days.push_back(next(middle, -distance));
  }
  return days;
}

std::vector<base::Alternative> nearest(const Context& context, Transaction& tx, const Caller& caller, const Wish& wish,
                                       const World& world) {
  const auto& zone = world.rules->school.zone;
  std::vector<domain::FreeTimes> free;
  auto people = people_of(context, tx, caller, world);
  std::erase(people, nullptr);
  // The horizon may end before the day wanted: then the last days inside it are the nearest.
  const auto last = zone.day_of(caller.now + world.lesson->rules.horizon);
  std::size_t found = 0;
  for (const auto day : days_around(std::min(zone.day_of(wish.start), last), zone.day_of(caller.now))) {
    if (found >= domain::alternatives_at_most) break;
    for (const auto& instructor : people) {
      auto slots = domain::free_slots(world.question(*instructor, caller), day, next(day));
      std::erase_if(slots, [&](const domain::Slot& slot) {  // Where it stands already is no other time.
        return world.moving && slot.lesson == world.moving->lesson && instructor->id == world.moving->instructor;
      });
      found += slots.size();
      free.push_back({instructor->id, std::move(slots)});
    }
  }
  return domain::rank_alternatives({wish.start, wish.instructor}, free, zone);
}

base::Done check_dates(const TimesQuery& query) {
  const auto days = std::chrono::sys_days{query.to} - std::chrono::sys_days{query.from};
  if (days.count() >= 1 && days.count() <= longest_listing_days) return base::done();
  base::Error error{Code::invalid_input, "Ask for 1 to 92 days: “to” is the first date that is not listed."};
  error.fields = {{"to", "Must be 1 to 92 days after “from”."}};
  return base::refuse(std::move(error));
}

}  // namespace

Result<Times> find_times(const Context& context, const Caller& caller, const TimesQuery& query) {
  TRY(check_dates(query));
  return context.database.read(
      caller.school(), [&](Transaction& tx) { return list(context, tx, caller, query); }, caller.freshness);
}

std::optional<Result<Times>> times_in_memory(const Context& context, const Caller& caller, const TimesQuery& query) {
  if (!check_dates(query)) return std::nullopt;
  return context.database.read_memory(caller.freshness,
                                      [&](Transaction& tx) { return list(context, tx, caller, query); });
}

Result<std::vector<base::Refusal>> explain(const Context& context, const Caller& caller, const TimesQuery& query,
                                           base::Instant start) {
  const auto verdicts = TRY(judge_all(context, caller, query, start));
  const auto learner = caller.principal.staff() ? query.learner : base::LearnerId{caller.principal.person.value};
  if (learner && !query.moving)
    TRY(context.database.read(caller.school(),
                              [&](Transaction& tx) { return unless_restricted(tx, caller.school(), learner); }));
  return closest(verdicts).refusals;
}

Result<Candidates> rank_candidates(const Context& context, const Caller& caller, const Wish& wish,
                                   store::Freshness freshness) {
  const auto rules =
      context.database.read(caller.school(), [&](Transaction& tx) { return context.cache.rules(tx, caller.school()); });
  auto verdicts = TRY(judge_all(context, caller, query_of(wish, rules->school.zone), wish.start, freshness));
  for (auto& verdict : verdicts)
    std::erase_if(verdict.refusals, [&](const base::Refusal& refusal) {
      return std::find(wish.overruled.begin(), wish.overruled.end(), refusal.rule) != wish.overruled.end();
    });
  Candidates candidates{{}, closest(verdicts).refusals};
  std::erase_if(verdicts, [](const Verdict& verdict) { return !verdict.refusals.empty(); });
  std::sort(verdicts.begin(), verdicts.end(), [](const Verdict& left, const Verdict& right) {
    return std::tie(left.load, left.last_booked, left.instructor) <
           std::tie(right.load, right.last_booked, right.instructor);
  });
  for (const auto& verdict : verdicts)
    if (candidates.instructors.size() < candidates_at_most) candidates.instructors.push_back(verdict.instructor);
  return candidates;
}

std::vector<base::Alternative> alternatives(const Context& context, const Caller& caller, const Wish& wish) {
  return context.database.read(caller.school(), [&](Transaction& tx) -> std::vector<base::Alternative> {
    const auto rules = context.cache.rules(tx, caller.school());
    auto query = query_of(wish, rules->school.zone);
    query.instructor = {};  // Everybody is looked at, the one wanted first.
    auto world = load_world(context, tx, caller, query);
    if (!world) return {};
    auto& people = world->instructors;
    std::stable_partition(people.begin(), people.end(), [&](auto id) { return id == wish.instructor; });
    if (people.size() > instructors_at_most) people.resize(instructors_at_most);
    return nearest(context, tx, caller, wish, *world);
  });
}

}  // namespace actions
