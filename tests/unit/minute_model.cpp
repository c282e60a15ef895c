#include "minute_model.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace minute_model {

using base::Code;
using domain::Date;
using domain::Instant;
using domain::Interval;
using domain::Minutes;
using std::chrono::local_days;
using std::chrono::sys_days;

namespace {

constexpr int days_around = 2;  ///< That the clock is read before and after the dates asked about.

cctz::time_zone zone_of(const domain::Question& question) {
  cctz::time_zone zone;
  EXPECT_TRUE(cctz::load_time_zone(question.school->zone.name(), &zone));
  return zone;
}

/// Days since 1970 of the local date.
std::int64_t local_day(const cctz::time_zone& zone, Instant instant) {
  return cctz::civil_day(zone.lookup(instant).cs) - cctz::civil_day(1970, 1, 1);
}

std::int64_t day_number(Date date) {
  return sys_days{date}.time_since_epoch().count();
}

std::int64_t week_number(std::int64_t day) {
  return (day + 3) / 7;  // 1970-01-01 is a Thursday.
}

}  // namespace

struct Clock {
  cctz::time_zone zone;
  Instant first;
  std::vector<std::int64_t> shows;     ///< Minutes of local time since 1970.
  std::vector<std::int64_t> furthest;  ///< The furthest that was shown so far.

  Clock(const cctz::time_zone& here, Date from, Date to)
      : zone(here), first(sys_days{from} - std::chrono::days{days_around}) {
    for (auto at = first; at < sys_days{to} + std::chrono::days{days_around}; at += Minutes{1}) {
      shows.push_back((zone.lookup(at).cs - cctz::civil_second(1970, 1, 1)) / 60);
      furthest.push_back(furthest.empty() ? shows.back() : std::max(shows.back(), furthest.back()));
    }
  }
  /// The first minute at which the clock shows this or more.
  int reaches(std::int64_t local_minute) const {
    return int(std::lower_bound(furthest.begin(), furthest.end(), local_minute) - furthest.begin());
  }
};

Model::Model(const domain::Question& question, Date from, Date to)
    : question_(question), from_(from), to_(to), length_(int(question.length.value_or(question.type->length).count())) {
  static std::map<std::tuple<std::string, Date, Date>, std::shared_ptr<const Clock>> clocks;
  auto& clock = clocks[{question.school->zone.name(), from, to}];
  if (!clock) clock = std::make_shared<Clock>(zone_of(question), from, to);
  clock_ = clock;
  if (question.instructor->active) read_hours();

  for (auto* owners : {&time_off_, &bare_, &wide_, &learner_}) owners->resize(clock_->shows.size());
  for (const auto& span : question.instructor->time_off) paint(time_off_, span, 1);
  std::uint32_t owner = 1;
  for (const auto& taken : question.instructor->taken) {
    if (taken.booking == question.moving) continue;
    paint(bare_, taken.lesson, owner);
    paint(wide_, taken.span, owner);
    lessons_.push_back({local_day(clock_->zone, taken.lesson.start()), taken.lesson.length() / Minutes{1}});
    owner <<= 1;
  }
  for (const auto& busy : question.instructor->busy) {
    paint(bare_, busy, owner);
    paint(wide_, busy, owner);
    owner <<= 1;
  }
  EXPECT_NE(owner, 0u) << "more than 31 others";
  for (const auto* vehicle : question.vehicles) {
    vehicles_.emplace_back(clock_->shows.size());
    for (const auto& taken : vehicle->taken)
      if (taken.booking != question.moving) paint(vehicles_.back(), taken.span, 1);
  }
  if (!question.learner) return;
  for (const auto& own : question.learner->taken) {
    if (own.booking == question.moving) continue;
    paint(learner_, own.lesson, 1);
    learners_.push_back({local_day(clock_->zone, own.lesson.start()), own.lesson.length() / Minutes{1}});
  }
}

void Model::read_hours() {
  const auto& hours = question_.instructor->hours;
  for (auto day = local_days{from_}; day < local_days{to_}; day += std::chrono::days{1}) {
    std::vector<domain::WallRange> ranges;
    for (const auto& [weekday, range] : hours.weekly)
      if (weekday == std::chrono::weekday{day}.iso_encoding()) ranges.push_back(range);
    for (const auto& [date, instead] : hours.overrides)
      if (local_days{date} == day) ranges = instead;
    const auto midnight = day.time_since_epoch().count() * 24 * 60;
    for (const auto& range : ranges)
      ranges_.push_back(
          {clock_->reaches(midnight + range.start.count()), clock_->reaches(midnight + range.end.count())});
  }
}

int Model::minute(Instant instant) const {
  return int((instant - clock_->first) / Minutes{1});
}

std::int64_t Model::day_of(int at) const {
  return clock_->shows[at] / (24 * 60);
}

void Model::paint(Owners& owners, const Interval& span, std::uint32_t owner) const {
  const int begin = std::max(0, minute(span.start())), end = std::min(int(owners.size()), minute(span.end()));
  for (int at = begin; at < end; ++at) owners[at] |= owner;
}

std::uint32_t Model::owners_in(const Owners& owners, int begin, int end) const {
  std::uint32_t found = 0;
  const auto* all = owners.data();  // Past the checks of operator[]: this is where the model spends its time.
  for (int at = begin; at < end; ++at) found |= all[at];
  return found;
}

std::vector<Instant> Model::ticks() const {
  std::vector<Instant> ticks;
  for (int at = 0; at < int(clock_->shows.size()); at += 5) {
    if (const auto day = day_of(at); day >= day_number(from_) && day < day_number(to_))
      ticks.push_back(clock_->first + Minutes{at});
  }
  return ticks;
}

bool Model::second_pass(int start) const {
  return clock_->shows[start] <= clock_->furthest[start - 1];
}

bool Model::off_grid(int start) const {
  if (start % 5 != 0 || second_pass(start)) return true;
  for (const auto& range : ranges_)
    if (range.begin <= start && start < range.end) return (start - range.begin) % question_.type->step.count() != 0;
  return false;
}

bool Model::outside_hours(int start) const {
  for (const auto& range : ranges_)
    if (range.begin <= start && start + length_ <= range.end) return false;
  return true;
}

bool Model::closed(int start) const {
  for (const auto& [id, from, to] : question_.school->closures)
    for (int at = start; at < start + length_; ++at)
      if (day_of(at) >= day_number(from) && day_of(at) < day_number(to)) return true;
  return false;
}

bool Model::under_age(int start) const {
  return question_.consent_missing_until && day_of(start) < day_number(*question_.consent_missing_until);
}

bool Model::vehicle_fits(const domain::Vehicle& vehicle) const {
  const auto wanted = question_.type->transmission;
  return vehicle.active && (wanted == domain::Transmission::any || vehicle.transmission == wanted);
}

bool may_drive(const domain::Vehicle& vehicle, base::InstructorId instructor) {
  return std::count(vehicle.drivers.begin(), vehicle.drivers.end(), instructor) > 0;
}

bool Model::vehicle_free(std::size_t vehicle, int start) const {
  const auto end = start + length_ + int(question_.vehicles[vehicle]->turnaround.count());
  return owners_in(vehicles_[vehicle], start, end) == 0;
}

std::optional<Code> Model::vehicle_problem(int start) const {
  if (!question_.type->needs_vehicle) return {};
  bool fitting = false, drivable = false, free = false;
  for (std::size_t i = 0; i < question_.vehicles.size(); ++i) {
    if (!vehicle_fits(*question_.vehicles[i])) continue;
    fitting = true;
    if (!may_drive(*question_.vehicles[i], question_.instructor->id)) continue;
    drivable = true;
    if (vehicle_free(i, start)) free = true;
  }
  if (!fitting) return Code::wrong_transmission;
  if (!drivable) return Code::who_may_drive;
  return free ? std::nullopt : std::optional(Code::vehicle_busy);
}

base::VehicleId Model::vehicle(Instant start) const {
  base::VehicleId lowest;
  if (!question_.type->needs_vehicle) return lowest;
  for (std::size_t i = 0; i < question_.vehicles.size(); ++i) {
    const auto& vehicle = *question_.vehicles[i];
    const bool usable = vehicle_fits(vehicle) && may_drive(vehicle, question_.instructor->id);
    if (usable && vehicle_free(i, minute(start)) && (lowest.value == 0 || vehicle.id < lowest)) lowest = vehicle.id;
  }
  return lowest;
}

/// Lessons in the same stretch of `days` (1, or 7 for the week).
std::int64_t Model::lessons_of_learner(int start, int days) const {
  return std::count_if(learners_.begin(), learners_.end(), [&](const Lesson& own) {
    return days == 1 ? own.day == day_of(start) : week_number(own.day) == week_number(day_of(start));
  });
}

std::int64_t Model::minutes_of_day(int start) const {
  std::int64_t minutes = length_;
  for (const auto& lesson : lessons_)
    if (lesson.day == day_of(start)) minutes += lesson.minutes;
  return minutes;
}

/// Walks away from the lesson in both directions until nobody was taught for as long as a break.
std::int64_t Model::minutes_in_a_row(int start, std::int64_t break_length) const {
  std::uint32_t met = owners_in(bare_, start, start + length_);
  std::int64_t rest = 0;
  const auto goes_on = [&, all = bare_.data(), size = int(bare_.size()), ours = (1u << lessons_.size()) - 1](int at) {
    if (at < 0 || at >= size) return false;
    const auto teaching = all[at] & ours;
    met |= teaching;
    rest = teaching ? 0 : rest + 1;
    return rest < break_length;
  };
  for (int at = start - 1; goes_on(at);) --at;
  rest = 0;
  for (int at = start + length_; goes_on(at);) ++at;
  std::int64_t minutes = length_;
  for (std::size_t i = 0; i < lessons_.size(); ++i)
    if (met & (1u << i)) minutes += lessons_[i].minutes;
  return minutes;
}

std::optional<domain::Constraint> Model::limit(Code rule) const {
  std::optional<domain::Constraint> schools, own;
  for (const auto& constraint : question_.school->constraints) {
    if (constraint.rule != rule) continue;
    if (!constraint.instructor) schools = constraint;
    if (constraint.instructor == question_.instructor->id) own = constraint;
  }
  const auto chosen = own ? own : schools;
  return chosen && chosen->enabled ? chosen : std::nullopt;
}

std::vector<Code> Model::refusals(Instant start) const {
  std::vector<Code> refused;
  const auto refuse_if = [&](Code code, bool refuses) {
    if (refuses) refused.push_back(code);
  };
  const auto& type = *question_.type;
  const int first = minute(start), end = first + length_;
  const int wide_first = first - int(type.buffer_before.count()), wide_end = end + int(type.buffer_after.count());
  refuse_if(Code::off_grid, off_grid(first));
  refuse_if(Code::too_soon, start < question_.now + question_.notice);
  refuse_if(Code::beyond_horizon, start + Minutes{length_} > question_.now + type.horizon);
  refuse_if(Code::outside_hours, outside_hours(first));
  refuse_if(Code::closure, closed(first));
  refuse_if(Code::time_off, owners_in(time_off_, first, end) != 0);
  const auto vehicle = vehicle_problem(first);
  refuse_if(Code::guardian_consent, under_age(first));
  refuse_if(Code::wrong_transmission, vehicle == Code::wrong_transmission);
  refuse_if(Code::who_may_drive, vehicle == Code::who_may_drive);
  const auto overlapping = owners_in(bare_, first, end);
  refuse_if(Code::slot_taken, overlapping != 0);
  refuse_if(Code::learner_busy, owners_in(learner_, first, end) != 0);
  refuse_if(Code::vehicle_busy, vehicle == Code::vehicle_busy);
  refuse_if(Code::buffer, (owners_in(wide_, wide_first, wide_end) & ~overlapping) != 0);
  if (question_.learner) {
    const auto daily = limit(Code::learner_daily_maximum), weekly = limit(Code::learner_weekly_maximum);
    refuse_if(Code::learner_daily_maximum, daily && lessons_of_learner(first, 1) + 1 > daily->value);
    refuse_if(Code::learner_weekly_maximum, weekly && lessons_of_learner(first, 7) + 1 > weekly->value);
  }
  const auto daily_minutes = limit(Code::instructor_daily_minutes), before_break = limit(Code::break_needed);
  refuse_if(Code::instructor_daily_minutes, daily_minutes && minutes_of_day(first) > daily_minutes->value);
  refuse_if(Code::break_needed,
            before_break && minutes_in_a_row(first, before_break->break_length.count()) > before_break->value);
  if (const auto open = limit(Code::open_bookings); open && question_.learner) {
    const auto& taken = question_.learner->taken;
    const auto ahead = std::count_if(taken.begin(), taken.end(), [&](const auto& own) {
      return own.booking != question_.moving && own.lesson.start() > question_.now;
    });
    refuse_if(Code::open_bookings, ahead + 1 > open->value);
  }
  return refused;
}

}  // namespace minute_model
