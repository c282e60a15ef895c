#include "domain/constraints.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "domain/calendars.h"

namespace domain {

const OpenRange* Ask::range_at_start() const {
  const auto holds_start = [&](const OpenRange& range) {
    return range.span.start() <= lesson.start() && lesson.start() < range.span.end();
  };
  const auto found = std::find_if(open.begin(), open.end(), holds_start);
  return found == open.end() ? nullptr : &*found;
}

namespace {

using base::Code;
using Verdict = std::optional<Words>;

Ask ask(const Question& question, Instant start) {
  const auto lesson = lesson_at(question, start);
  const auto date = question.school->zone.day_of(start);
  const auto& hours = question.instructor->hours;
  return {question, lesson,
          question.instructor->active ? open_ranges(hours, question.school->zone, date, add_days(date, 1))
                                      : std::vector<OpenRange>{}};
}

// Words.

std::string number(std::int64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

/// "90 minutes", "5 hours", "3 days".
std::string in_words(Minutes length) {
  constexpr Minutes hour{60}, day{24 * 60};
  if (length >= 2 * day && length % day == Minutes{0}) return number(length / day, "day", "days");
  if (length >= hour && length % hour == Minutes{0}) return number(length / hour, "hour", "hours");
  return number(length.count(), "minute", "minutes");
}

std::string date_text(const Zone& zone, Instant instant) {
  return zone.wall_time(instant).substr(0, 10);
}

std::string time_text(const Zone& zone, Instant instant) {
  return zone.wall_time(instant).substr(11, 5);
}

std::string date_time_text(const Zone& zone, Instant instant) {
  return date_text(zone, instant) + " " + time_text(zone, instant);
}

/// "10:00-11:00", with dates where the span ends on another day.
std::string span_text(const Zone& zone, const Interval& span) {
  if (date_text(zone, span.start()) == date_text(zone, span.end()))
    return time_text(zone, span.start()) + "-" + time_text(zone, span.end());
  return date_time_text(zone, span.start()) + " to " + date_time_text(zone, span.end());
}

/// The school's own words for its learners, where it wrote any.
Words limited(const Constraint& limit, std::string learner, std::string staff) {
  return {limit.message.empty() ? std::move(learner) : limit.message, std::move(staff)};
}

// Rules that no other booking could change.

Verdict off_grid(const Ask& ask) {
  const auto start = ask.lesson.start();
  const auto step = in_words(ask.question.type->step);
  const auto learner = "Lessons start every " + step + "; this is not one of the starts.";
  if (!on_tick(start)) return Words{learner, "Lessons start at multiples of five minutes."};
  if (ask.zone().second_pass(start))
    return Words{learner, "The clocks go back and show " + time_text(ask.zone(), start) +
                              " twice; lessons start only the first time."};
  const auto* range = ask.range_at_start();
  if (!range || (start - range->grid) % ask.question.type->step == std::chrono::seconds{0}) return {};
  return Words{learner,
               "Lessons of this type start every " + step + " from " + time_text(ask.zone(), range->grid) + "."};
}

Verdict too_soon(const Ask& ask) {
  const auto& [question, lesson, open] = ask;
  const auto earliest = question.now + question.notice;
  if (lesson.start() >= earliest) return {};
  if (question.notice <= Minutes{0})
    return Words{"This time has passed.", "The start lies before now, " + date_time_text(ask.zone(), earliest) + "."};
  const auto words = "Lessons can be booked until " + in_words(question.notice) + " before they start";
  return Words{words + ".", words + ": now from " + date_time_text(ask.zone(), earliest) + " on."};
}

Verdict beyond_horizon(const Ask& ask) {
  const auto horizon = ask.question.type->horizon;
  const auto latest = ask.question.now + horizon;
  if (ask.lesson.end() <= latest) return {};
  const auto words = "Lessons can be booked up to " + number(horizon.count(), "day", "days") + " ahead";
  return Words{words + ".", words + ": now until " + date_time_text(ask.zone(), latest) + "."};
}

Verdict outside_hours(const Ask& ask) {
  const auto holds = [&](const OpenRange& range) { return range.span.contains(ask.lesson); };
  if (std::any_of(ask.open.begin(), ask.open.end(), holds)) return {};
  std::string staff;
  for (const auto& range : ask.open) staff += (staff.empty() ? " " : ", ") + span_text(ask.zone(), range.span);
  const auto day = date_text(ask.zone(), ask.lesson.start());
  if (!ask.question.instructor->active)
    staff = "This instructor is not active.";
  else if (ask.open.empty())
    staff = "This instructor has no hours on " + day + ".";
  else
    staff = "The lesson does not lie within this instructor's hours on " + day + ":" + staff + ".";
  return Words{"This time is outside the hours in which lessons are given.", staff};
}

Verdict closure(const Ask& ask) {
  for (const auto& each : ask.question.school->closures)
    if (const auto closed = closed_span(each, ask.zone()); closed && closed->overlaps(ask.lesson))
      return Words{"The school is closed on this day.", "The school is closed from " + base::to_text(each.from) +
                                                            " until the end of " +
                                                            base::to_text(add_days(each.to, -1)) + "."};
  return {};
}

Verdict time_off(const Ask& ask) {
  for (const auto& off : ask.question.instructor->time_off)
    if (off.overlaps(ask.lesson))
      return Words{"The instructor is not available at this time.",
                   "This instructor has time off: " + span_text(ask.zone(), off) + "."};
  return {};
}

Verdict guardian_consent(const Ask& ask) {
  const auto& until = ask.question.consent_missing_until;
  if (!until || ask.zone().day_of(ask.lesson.start()) >= *until) return {};
  return Words{"A parent or guardian has to agree to lessons first.", "The learner is not of age on " +
                                                                          date_text(ask.zone(), ask.lesson.start()) +
                                                                          ", and no guardian has agreed to lessons."};
}

std::string vehicles_wanted(const LessonType& type) {
  if (type.transmission == Transmission::manual) return "manual vehicle";
  return type.transmission == Transmission::automatic ? "automatic vehicle" : "vehicle";
}

/// How far down the list of vehicles a lesson gets.
struct VehicleCount {
  std::int64_t fitting{0}, drivable{0}, free{0};
};
VehicleCount count_vehicles(const Ask& ask) {
  VehicleCount count;
  for (const auto* vehicle : ask.question.vehicles) {
    if (!fits(*vehicle, *ask.question.type)) continue;
    ++count.fitting;
    if (!may_drive(*vehicle, ask.question.instructor->id)) continue;
    ++count.drivable;
    if (is_free(*vehicle, ask.lesson, ask.question.moving)) ++count.free;
  }
  return count;
}

Verdict wrong_transmission(const Ask& ask) {
  const auto& type = *ask.question.type;
  if (!type.needs_vehicle || count_vehicles(ask).fitting > 0) return {};
  const auto words = "There is no " + vehicles_wanted(type) + " for this lesson.";
  return Words{words, words};
}

Verdict who_may_drive(const Ask& ask) {
  const auto count = count_vehicles(ask);
  if (!ask.question.type->needs_vehicle || count.fitting == 0 || count.drivable > 0) return {};
  return Words{
      "This instructor has no vehicle for this lesson. Another instructor may have one.",
      "This instructor may not drive any of " + number(count.fitting, "fitting vehicle", "fitting vehicles") + "."};
}

// Rules about other bookings.

/// Another lesson or event of the instructor.
struct Other {
  Interval bare;
  Interval span;
  std::string_view what;
};

/// The first that suits, of lessons, then of events.
template <class Suits>
std::optional<Other> find_other(const Ask& ask, Suits suits) {
  for (const auto& taken : ask.question.instructor->taken) {
    const Other other{taken.lesson, taken.span, "Another lesson of this instructor runs "};
    if (taken.booking != ask.question.moving && suits(other)) return other;
  }
  for (const auto& busy : ask.question.instructor->busy) {
    const Other other{busy, busy, "An event in this instructor's own calendar runs "};
    if (suits(other)) return other;
  }
  return std::nullopt;
}

Verdict slot_taken(const Ask& ask) {
  const auto other = find_other(ask, [&](const Other& each) { return each.bare.overlaps(ask.lesson); });
  if (!other) return {};
  return Words{"This time is no longer free.", std::string(other->what) + span_text(ask.zone(), other->bare) + "."};
}

Verdict buffer(const Ask& ask) {
  const auto wanted = occupied(*ask.question.type, ask.lesson);
  const auto other =
      find_other(ask, [&](const Other& each) { return !each.bare.overlaps(ask.lesson) && each.span.overlaps(wanted); });
  if (!other) return {};
  auto staff = std::string(other->what) + span_text(ask.zone(), other->bare);
  if (other->span != other->bare) staff += "; with its buffers it blocks " + span_text(ask.zone(), other->span);
  if (wanted != ask.lesson) staff += "; this lesson would block " + span_text(ask.zone(), wanted);
  return Words{"This time leaves too little room before or after the lesson.", staff + "."};
}

Verdict learner_busy(const Ask& ask) {
  if (!ask.question.learner) return {};
  for (const auto& own : ask.question.learner->taken)
    if (own.booking != ask.question.moving && own.lesson.overlaps(ask.lesson)) {
      const auto times = span_text(ask.zone(), own.lesson);
      return Words{"You have another lesson at this time: " + times + ".",
                   "The learner has another lesson at this time: " + times + "."};
    }
  return {};
}

Verdict vehicle_busy(const Ask& ask) {
  const auto count = count_vehicles(ask);
  if (!ask.question.type->needs_vehicle || count.drivable == 0 || count.free > 0) return {};
  return Words{"No vehicle is free at this time.", "All vehicles that fit and that this instructor may drive (" +
                                                       std::to_string(count.drivable) +
                                                       ") are in use at this time, turnaround included."};
}

Verdict learner_daily_maximum(const Ask& ask) {
  const auto* limit = limit_of(ask.question, Code::learner_daily_maximum);
  if (!limit || !ask.question.learner) return {};
  const auto has =
      load(ask.question.learner->taken, day_around(ask.zone(), ask.lesson.start()), ask.question.moving).lessons;
  if (has < limit->value) return {};
  const auto most = number(limit->value, "lesson", "lessons");
  return limited(*limit, "At most " + most + " a day.",
                 "The learner has " + number(has, "lesson", "lessons") + " on " +
                     date_text(ask.zone(), ask.lesson.start()) + "; at most " + most + " a day.");
}

Verdict learner_weekly_maximum(const Ask& ask) {
  const auto* limit = limit_of(ask.question, Code::learner_weekly_maximum);
  if (!limit || !ask.question.learner) return {};
  const auto week = week_around(ask.zone(), ask.lesson.start());
  const auto has = load(ask.question.learner->taken, week, ask.question.moving).lessons;
  if (has < limit->value) return {};
  const auto most = number(limit->value, "lesson", "lessons");
  return limited(*limit, "At most " + most + " a week, Monday to Sunday.",
                 "The learner has " + number(has, "lesson", "lessons") + " in the week from Monday " +
                     date_text(ask.zone(), week.start()) + "; at most " + most + " a week.");
}

Verdict instructor_daily_minutes(const Ask& ask) {
  const auto* limit = limit_of(ask.question, Code::instructor_daily_minutes);
  if (!limit) return {};
  const auto day = day_around(ask.zone(), ask.lesson.start());
  const auto minutes = load(ask.question.instructor->taken, day, ask.question.moving).minutes +
                       std::chrono::duration_cast<Minutes>(ask.lesson.length());
  if (minutes <= Minutes{limit->value}) return {};
  return limited(*limit, "The instructor's day is full.",
                 "With this lesson the instructor would teach " + std::to_string(minutes.count()) + " minutes on " +
                     date_text(ask.zone(), ask.lesson.start()) + "; at most " + std::to_string(limit->value) +
                     " a day.");
}

Verdict break_needed(const Ask& ask) {
  const auto* limit = limit_of(ask.question, Code::break_needed);
  if (!limit) return {};
  const auto minutes =
      without_break(ask.question.instructor->taken, ask.lesson, limit->break_length, ask.question.moving);
  if (minutes <= Minutes{limit->value}) return {};
  return limited(*limit, "The instructor needs a break around this time.",
                 "With this lesson the instructor would teach " + std::to_string(minutes.count()) +
                     " minutes without a break of " + in_words(limit->break_length) + "; at most " +
                     std::to_string(limit->value) + ".");
}

Verdict open_bookings(const Ask& ask) {
  const auto* limit = limit_of(ask.question, Code::open_bookings);
  if (!limit || !ask.question.learner) return {};
  const auto ahead = lessons_ahead(*ask.question.learner, ask.question.now, ask.question.moving);
  if (ahead < limit->value) return {};
  const auto most = number(limit->value, "lesson", "lessons");
  return limited(*limit, "At most " + most + " can be booked ahead.",
                 "The learner has " + number(ahead, "lesson", "lessons") + " ahead; at most " + most + ".");
}

constexpr Rule all_rules[] = {
    {Code::off_grid, Strength::soft, off_grid},
    {Code::too_soon, Strength::soft, too_soon},
    {Code::beyond_horizon, Strength::soft, beyond_horizon},
    {Code::outside_hours, Strength::soft, outside_hours},
    {Code::closure, Strength::soft, closure},
    {Code::time_off, Strength::soft, time_off},
    {Code::guardian_consent, Strength::soft, guardian_consent},
    {Code::wrong_transmission, Strength::hard, wrong_transmission},
    {Code::who_may_drive, Strength::hard, who_may_drive},
    {Code::slot_taken, Strength::hard, slot_taken},
    {Code::learner_busy, Strength::hard, learner_busy},
    {Code::vehicle_busy, Strength::hard, vehicle_busy},
    {Code::buffer, Strength::hard, buffer},
    {Code::learner_daily_maximum, Strength::soft, learner_daily_maximum},
    {Code::learner_weekly_maximum, Strength::soft, learner_weekly_maximum},
    {Code::instructor_daily_minutes, Strength::soft, instructor_daily_minutes},
    {Code::break_needed, Strength::soft, break_needed},
    {Code::open_bookings, Strength::soft, open_bookings},
};

consteval bool in_order() {
  for (std::size_t i = 0; i < std::size(all_rules); ++i)
    if (all_rules[i].code != static_cast<Code>(i)) return false;
  return std::size(all_rules) == static_cast<std::size_t>(Code::open_bookings) + 1;
}
static_assert(in_order(), "rules are reported in the order of base::Code");

}  // namespace

std::span<const Rule> rules() {
  return all_rules;
}

bool is_hard(Code rule) {
  const auto found =
      std::find_if(std::begin(all_rules), std::end(all_rules), [&](const Rule& each) { return each.code == rule; });
  return found == std::end(all_rules) || found->strength == Strength::hard;
}

std::vector<base::Refusal> refusals(const Question& question, Instant start) {
  const auto asked = ask(question, start);
  std::vector<base::Refusal> refused;
  for (const auto& [code, strength, check] : all_rules)
    if (auto words = check(asked))
      refused.push_back({code, std::move(question.audience == Audience::learner ? words->learner : words->staff)});
  return refused;
}

}  // namespace domain
