// Free times out of bitmaps, for one instructor or for thousands, in three stages: a row of starts that hours,
// calendars, notice and closures leave; days that the maxima close; what is decided start by start.
#include <algorithm>
#include <unordered_map>

#include "domain/availability.h"
#include "domain/calendars.h"

namespace domain {

namespace {

using Row = std::vector<std::uint64_t>;

int ticks_in(std::chrono::seconds length) {
  return int(length / tick);
}

/// What is in the way, without the booking that would move away.
Bitmap occupied_map(std::span<const Taken> taken, std::span<const Interval> busy, base::BookingId moving,
                    std::int64_t first_word) {
  Bitmap map(first_word);
  for (const auto& each : taken)
    if (each.booking != moving || !moving) map.take(each.span);
  for (const auto& each : busy) map.take(each);
  return map;
}

bool has(std::span<const Taken> taken, base::BookingId booking) {
  return booking && std::ranges::find(taken, booking, &Taken::booking) != taken.end();
}

/// One question for many instructors: what is the same for all of them is found once.
class Rows {
 public:
  Rows(const Question& question, Date from, Date to) : question_(question), zone_(question.school->zone) {
    const auto& type = *question.type;
    const auto length = question.length.value_or(type.length);
    exact_ = on_tick(length) && on_tick(type.step) && on_tick(type.buffer_before) && on_tick(type.buffer_after);
    length_ = ticks_in(length), step_ = ticks_in(type.step);
    reach_ = {ticks_in(type.buffer_before), ticks_in(type.buffer_before + length + type.buffer_after)};
    constexpr int most = 6 * int(ticks_a_word);  // Well within what maps have around a window.
    exact_ = exact_ && length_ >= widened_ticks && reach_.length <= most;
    const auto begin = zone_.at(from, Minutes{0}), end = zone_.at(to, Minutes{0});
    exact_ = exact_ && begin < end && on_tick(begin) && on_tick(end);
    if (!exact_) return;
    first_ = word_of(tick_of(begin)), last_ = word_of(tick_of(end) - 1) + 1;
    allow(tick_of(begin), tick_of(end), length);
  }

  std::size_t words() const { return std::size_t(last_ - first_); }
  Instant start_at(std::size_t word, std::int64_t bit) const {
    return start_of((first_ + std::int64_t(word)) * ticks_a_word + bit);
  }

  /// Whether the maps of this instructor say what is asked.
  bool can_tell(const MappedInstructor& instructor) const {
    return exact_ && instructor.open->exact() && instructor.open->covers(first_, last_) &&
           instructor.occupied.covers(first_, last_) && !has_limits_of_their_own(instructor.id);
  }

  /// The starts at which the instructor would give the lesson.
  void find(const MappedInstructor& instructor, std::span<std::uint64_t> row) {
    if (!instructor.active) {
      std::ranges::fill(row, 0);
      return;
    }
    const auto* base = open(*instructor.open);
    const auto keep = [&](const Bitmap& occupied) {
      keep_free(row.data(), base, occupied.at(first_), reach_, row.size());
    };
    if (has(instructor.taken, question_.moving))
      keep(occupied_map(instructor.taken, instructor.busy, question_.moving, instructor.occupied.first_word()));
    else
      keep(instructor.occupied);
    const auto length = length_ * tick;
    for (const auto& off : instructor.time_off) close(row, off.start() - length, off.end());
    close_full_days(instructor, row);
    if (question_.type->needs_vehicle) keep_with_vehicle(instructor.id, row);
    keep_with_break(instructor, row);
  }

  /// Those of the vehicles that the instructor may drive and that suit, by id.
  struct Car {
    const Vehicle* vehicle;
    Row free;
  };
  const std::vector<Car>& cars() {
    if (cars_) return *cars_;
    cars_.emplace();
    for (std::size_t i = 0; i < question_.vehicles.size(); ++i) {
      const auto& vehicle = *question_.vehicles[i];
      if (fits(vehicle, *question_.type)) cars_->push_back({&vehicle, free_times_of(i)});
    }
    return *cars_;
  }

 private:
  /// Refuses the starts after `after` and before `before`, as they are refused by what is in the way between.
  void close(std::span<std::uint64_t> row, Instant after, Instant before) const {
    fill(row, first_, tick_of(after) + 1, tick_from(before), false);
  }

  /// What is the same for everybody: the dates, notice and horizon, closures, the learner's lessons and maxima.
  void allow(Tick begin, Tick end, std::chrono::seconds length) {
    const auto& type = *question_.type;
    allowed_.assign(words(), 0);
    if (const auto* most = limit(base::Code::open_bookings))
      if (lessons_ahead(*question_.learner, question_.now, question_.moving) >= most->value) return;
    auto earliest = question_.now + question_.notice;
    if (const auto& of_age = question_.consent_missing_until)
      earliest = std::max(earliest, zone_.at(*of_age, Minutes{0}));
    const auto latest = question_.now + type.horizon - length;
    fill(allowed_, first_, std::max(begin, tick_from(earliest)), std::min(end, tick_of(latest) + 1), true);
    for (const auto& closure : question_.school->closures)
      if (const auto closed = closed_span(closure, zone_)) close(allowed_, closed->start() - length, closed->end());
    const auto window = Interval::of(start_of(begin), (end - begin) * tick);
    for (const auto& pass : zone_.second_passes(window.start(), window.end()))
      fill(allowed_, first_, tick_from(pass.start()), tick_from(pass.end()), false);
    if (!question_.learner) return;
    for (const auto& own : question_.learner->taken)
      if (own.booking != question_.moving) close(allowed_, own.lesson.start() - length, own.lesson.end());
    close_days_of_learner();
  }

  /// The limit of a rule about the learner, as it is for most instructors.
  const Constraint* limit(base::Code rule) const {
    if (!question_.learner) return nullptr;
    const auto& all = question_.school->constraints;
    const auto found = std::ranges::find_if(all, [&](const auto& c) { return c.rule == rule && !c.instructor; });
    return found != all.end() && found->enabled ? &*found : nullptr;
  }

  /// The school may set what a learner may do otherwise for one instructor; those are looked at by the sweep.
  bool has_limits_of_their_own(base::InstructorId id) const {
    using enum base::Code;
    return question_.learner && std::ranges::any_of(question_.school->constraints, [&](const auto& each) {
             return each.instructor == id && (each.rule == learner_daily_maximum ||
                                              each.rule == learner_weekly_maximum || each.rule == open_bookings);
           });
  }

  void close_days_of_learner() {
    const auto* daily = limit(base::Code::learner_daily_maximum);
    const auto* weekly = limit(base::Code::learner_weekly_maximum);
    if (!daily && !weekly) return;
    const auto& taken = question_.learner->taken;
    for (const auto& day : days()) {
      const bool full =
          (daily && load(taken, day, question_.moving).lessons >= daily->value) ||
          (weekly && load(taken, week_around(zone_, day.start()), question_.moving).lessons >= weekly->value);
      if (full) fill(allowed_, first_, tick_from(day.start()), tick_from(day.end()), false);
    }
  }

  /// The local days that the rows touch.
  const std::vector<Interval>& days() {
    if (!days_.empty()) return days_;
    const auto date = zone_.day_of(start_of(first_ * ticks_a_word));
    const auto last = zone_.day_of(start_of(last_ * ticks_a_word));
    const auto count = (std::chrono::sys_days{last} - std::chrono::sys_days{date}).count() + 1;
    const auto midnights = zone_.midnights(date, int(count) + 1);
    for (std::size_t i = 1; i < midnights.size(); ++i)
      if (midnights[i - 1] < midnights[i])
        days_.push_back(Interval::of(midnights[i - 1], midnights[i] - midnights[i - 1]));
    return days_;
  }

  void close_full_days(const Instructor& instructor, std::span<std::uint64_t> row) {
    const auto* most = limit_of(*question_.school, instructor.id, base::Code::instructor_daily_minutes);
    if (!most) return;
    const auto& all = days();
    std::vector<std::chrono::seconds> taught(all.size());
    for (const auto& [booking, lesson, span] : instructor.taken) {
      if (booking == question_.moving) continue;
      const auto day = std::ranges::upper_bound(all, lesson.start(), {}, &Interval::start);
      if (day != all.begin() && lesson.start() < std::prev(day)->end())
        taught[std::size_t(std::prev(day) - all.begin())] += lesson.length();
    }
    for (std::size_t i = 0; i < all.size(); ++i)
      if (std::chrono::duration_cast<Minutes>(taught[i]) + length_ * tick > Minutes{most->value})
        fill(row, first_, tick_from(all[i].start()), tick_from(all[i].end()), false);
  }

  void keep_with_break(const Instructor& instructor, std::span<std::uint64_t> row) const {
    const auto* most = limit_of(*question_.school, instructor.id, base::Code::break_needed);
    if (!most) return;
    for (std::size_t word = 0; word < row.size(); ++word)
      each_bit(row[word], [&](int bit) {
        const auto lesson = Interval::of(start_at(word, bit), length_ * tick);
        if (without_break(instructor.taken, lesson, most->break_length, question_.moving) > Minutes{most->value})
          row[word] &= ~(std::uint64_t{1} << bit);
      });
  }

  /// When a vehicle is free long enough.
  Row free_times_of(std::size_t i) const {
    const auto& vehicle = *question_.vehicles[i];
    const Reach reach{0, length_ + ticks_in(vehicle.turnaround)};
    Row row(words(), ~std::uint64_t{0});
    const auto keep = [&](const Bitmap& map) { keep_free(row.data(), row.data(), map.at(first_), reach, row.size()); };
    const bool mapped = i < question_.vehicle_maps.size() && question_.vehicle_maps[i]->covers(first_, last_);
    if (mapped && !has(vehicle.taken, question_.moving))
      keep(*question_.vehicle_maps[i]);
    else
      keep(occupied_map(vehicle.taken, {}, question_.moving, first_ - Bitmap::margin));
    return row;
  }

  void keep_with_vehicle(base::InstructorId id, std::span<std::uint64_t> row) {
    if (fleets_.empty()) sort_out_fleets();
    const auto known = driven_.find(id.value);
    if (known == driven_.end()) {
      std::ranges::fill(row, 0);
      return;
    }
    if (known->second.size() == 1) return intersect(row.data(), fleets_[known->second.front()].free.data(), row.size());
    Row any(row.size());
    for (const auto fleet : known->second) unite(any.data(), fleets_[fleet].free.data(), row.size());
    intersect(row.data(), any.data(), row.size());
  }

  /// Vehicles that the same people drive are one fleet, which is free while any of it is.
  void sort_out_fleets() {
    for (const auto& [vehicle, free] : cars()) {
      auto same = std::ranges::find_if(
          fleets_, [&, of = vehicle](const auto& fleet) { return fleet.vehicle->drivers == of->drivers; });
      if (same == fleets_.end()) {
        for (const auto driver : vehicle->drivers) driven_[driver.value].push_back(fleets_.size());
        fleets_.push_back({vehicle, free});
        continue;
      }
      unite(same->free.data(), free.data(), free.size());
    }
  }

  /// The starts that these hours leave of those allowed, found once for all who have them.
  const std::uint64_t* open(const OpenMaps& hours) {
    auto& found = open_[&hours];
    if (found) return found;
    constexpr std::size_t at_once = 16;
    if (open_.size() % at_once == 1)
      blocks_.push_back(std::make_unique_for_overwrite<std::uint64_t[]>(at_once * words()));
    auto* const row = blocks_.back().get() + (open_.size() - 1) % at_once * words();
    hours.starts({row, words()}, first_, step_, length_);
    intersect(row, allowed_.data(), words());
    return found = row;
  }

  const Question& question_;
  const Zone& zone_;
  bool exact_;
  int length_, step_;
  Reach reach_;
  std::int64_t first_{0}, last_{0};
  Row allowed_;
  std::vector<Interval> days_;
  std::unordered_map<const OpenMaps*, const std::uint64_t*> open_;
  std::vector<std::unique_ptr<std::uint64_t[]>> blocks_;  ///< Those rows.
  std::optional<std::vector<Car>> cars_;
  std::vector<Car> fleets_;  ///< Each under one of its vehicles.
  std::unordered_map<std::int64_t, std::vector<std::size_t>> driven_;
};

}  // namespace

void apply(std::vector<Taken>& taken, std::span<const CalendarChange> changes) {
  const auto start_of_span = [](const Taken& each) { return each.span.start(); };
  for (const auto& [booking, now] : changes) {
    std::erase_if(taken, [&, id = booking](const Taken& each) { return each.booking == id; });
    if (now) taken.insert(std::ranges::upper_bound(taken, now->span.start(), {}, start_of_span), *now);
  }
}

namespace {

void apply_with_map(std::vector<Taken>& taken, std::span<const Interval> busy, Bitmap& map,
                    std::span<const CalendarChange> changes) {
  std::vector<Interval> released;
  for (const auto& change : changes)
    if (const auto was = std::ranges::find(taken, change.booking, &Taken::booking); was != taken.end()) {
      map.release(was->span);
      released.push_back(was->span);
    }
  apply(taken, changes);
  const auto take_again = [&](const Interval& span) {
    const auto around = (widened_ticks + 1) * tick;
    const auto near = [&](const Interval& gone) {
      return span.start() < gone.end() + around && gone.start() - around < span.end();
    };
    if (std::ranges::any_of(released, near)) map.take(span);
  };
  if (!released.empty()) {
    for (const auto& each : taken) take_again(each.span);
    for (const auto& each : busy) take_again(each);
  }
  for (const auto& change : changes)
    if (change.now) map.take(change.now->span);
}

}  // namespace

MappedInstructor::MappedInstructor(Instructor instructor, std::shared_ptr<const OpenMaps> its_open,
                                   std::int64_t first_word)
    : Instructor(std::move(instructor)),
      open(std::move(its_open)),
      occupied(occupied_map(taken, busy, {}, first_word)) {}

MappedInstructor::MappedInstructor(const MappedInstructor& before, std::span<const CalendarChange> changes)
    : Instructor(before), open(before.open), occupied(before.occupied) {
  ++version;
  apply_with_map(taken, busy, occupied, changes);
}

MappedVehicle::MappedVehicle(const MappedVehicle& before, std::span<const CalendarChange> changes)
    : Vehicle(before), occupied(before.occupied) {
  ++version;
  apply_with_map(taken, {}, occupied, changes);
}

MappedVehicle::MappedVehicle(Vehicle vehicle, std::int64_t first_word)
    : Vehicle(std::move(vehicle)), occupied(occupied_map(taken, {}, {}, first_word)) {}

std::vector<Slot> free_slots(const Question& question, Date from, Date to) {
  CHECK(question.school && question.type && question.instructor);
  CHECK(question.type->step > Minutes{0});
  if (!question.maps) return swept_slots(question, from, to);
  CHECK(question.maps == question.instructor);  // Nobody has changed the calendar since.
  Rows rows(question, from, to);
  if (!rows.can_tell(*question.maps)) return swept_slots(question, from, to);
  Row row(rows.words());
  rows.find(*question.maps, row);
  const auto length = question.length.value_or(question.type->length);
  std::vector<Slot> slots;
  for (std::size_t word = 0; word < row.size(); ++word)
    each_bit(row[word], [&](int bit) {
      slots.push_back({Interval::of(rows.start_at(word, bit), length), {}});
      if (!question.type->needs_vehicle) return;
      const auto car = std::ranges::find_if(rows.cars(), [&](const auto& each) {
        return may_drive(*each.vehicle, question.instructor->id) && (each.free[word] >> bit & 1);
      });
      CHECK(car != rows.cars().end());
      slots.back().vehicle = car->vehicle->id;
    });
  return slots;
}

std::vector<FreeStart> free_starts(Question question, std::span<const MappedInstructor* const> instructors, Date from,
                                   Date to) {
  CHECK(question.school && question.type);
  CHECK(question.type->step > Minutes{0});
  Rows rows(question, from, to);
  std::vector<FreeStart> starts;
  if (instructors.size() == 1 && rows.can_tell(*instructors.front())) {
    Row row(rows.words());
    rows.find(*instructors.front(), row);
    for (std::size_t word = 0; word < row.size(); ++word)
      each_bit(row[word], [&](int bit) { starts.push_back({rows.start_at(word, bit), 1}); });
    return starts;
  }
  Tally tally(rows.words());
  std::map<Instant, int> swept;
  for (const auto* instructor : instructors) {
    if (rows.can_tell(*instructor)) {
      rows.find(*instructor, {tally.next(), rows.words()});
      tally.added();
      continue;
    }
    question.instructor = instructor;
    for (const auto& slot : swept_slots(question, from, to)) ++swept[slot.lesson.start()];
  }
  tally.finish();
  tally.each([&](std::int64_t bit, int count) { starts.push_back({rows.start_at(0, bit), count}); });
  if (swept.empty()) return starts;
  for (const auto& [start, count] : starts) swept[start] += count;
  starts.clear();
  for (const auto& [start, count] : swept) starts.push_back({start, count});
  return starts;
}

}  // namespace domain
