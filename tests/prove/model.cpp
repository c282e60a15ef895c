#include "prove/model.h"

#include <algorithm>

namespace prove {

namespace {

using base::Code;

bool overlap(Seconds start, Seconds end, Seconds other_start, Seconds other_end) {
  return start < other_end && other_start < end;
}

Seconds midnight(Seconds at) {
  return at - (at % day + day) % day;
}

Seconds monday(Seconds at) {
  return at - ((at - first_monday) % week + week) % week;
}

void set(Rules& rules, Code code) {
  rules.set(static_cast<std::size_t>(code));
}

Verdict refused(Code code) {
  return {.code = code};
}

constexpr Verdict fine{.accepted = true};

}  // namespace

void State::apply(const Happening& happening) {
  if (!happening.of_booking()) return;
  const auto& now = happening.row;
  auto& story = stories_[now.id].last_two;
  if (!story.empty()) {
    const auto& before = story.back().row;
    for (const auto owner : {before.instructor, before.learner, before.vehicle}) calendars_[owner].erase(before.id);
    if (now.status == "expired") lapsed_.push_back(before);
  }
  if (now.blocks())
    for (const auto owner : {now.instructor, now.learner, now.vehicle}) calendars_[owner].insert(now.id);
  story.push_back(happening);
  if (story.size() > 2) story.erase(story.begin());
}

const Row* State::row(std::int64_t id) const {
  const auto found = stories_.find(id);
  return found == stories_.end() ? nullptr : &found->second.last_two.back().row;
}

/// What blocks in this calendar, for whoever asks now: not what has lapsed, not what would move away. By start.
std::vector<const Row*> State::taken(Owner owner, std::int64_t id, const Wanted& wanted) const {
  std::vector<const Row*> rows;
  if (const auto found = calendars_.find(id); found != calendars_.end())
    for (const auto booking : found->second)
      if (const auto* each = row(booking); each->id != wanted.moving && !each->lapsed(wanted.now)) rows.push_back(each);
  const auto whose = owner == &Row::instructor ? of_instructor : owner == &Row::learner ? of_learner : of_vehicle;
  if (lapsed_count_ & whose)
    for (const auto& each : lapsed_)
      if (each.*owner == id && !each.lapsed(wanted.now)) rows.push_back(&each);
  std::sort(rows.begin(), rows.end(), [](const Row* left, const Row* right) { return left->start < right->start; });
  return rows;
}

bool State::any_lapsed_before(Seconds now) const {
  return std::any_of(lapsed_.begin(), lapsed_.end(), [&](const Row& each) { return !each.lapsed(now); });
}

void State::check_time(const Wanted& wanted, Rules& refused_by) const {
  const auto end = wanted.start + wanted.length, today = midnight(wanted.start);
  const auto opens = today + plan_.opens, closes = today + plan_.closes;
  const bool sunday = today - monday(today) == 6 * day;
  const bool in_range = !sunday && wanted.start >= opens && wanted.start < closes;
  if (in_range && (wanted.start - opens) % wanted.kind->step != 0) set(refused_by, Code::off_grid);
  if (wanted.start < wanted.now + wanted.notice) set(refused_by, Code::too_soon);
  if (end > wanted.now + wanted.kind->horizon_days * day) set(refused_by, Code::beyond_horizon);
  if (!in_range || end > closes) set(refused_by, Code::outside_hours);
  if (overlap(wanted.start, end, plan_.closed_from, plan_.closed_to)) set(refused_by, Code::closure);
}

Seconds State::teaching_without_break(const Wanted& wanted) const {
  auto start = wanted.start, end = wanted.start + wanted.length, total = wanted.length;
  const auto others = taken(&Row::instructor, wanted.instructor, wanted);
  const auto pause = plan_.limits.break_length;
  for (auto each = others.rbegin(); each != others.rend(); ++each)
    if ((*each)->start < wanted.start && start - (*each)->end < pause) {
      total += (*each)->end - (*each)->start;
      start = (*each)->start;
      end = std::max(end, (*each)->end);
    } else if ((*each)->start < wanted.start) {
      break;
    }
  for (const auto* each : others) {
    if (each->start < wanted.start) continue;
    if (each->start - end >= pause) break;
    total += each->end - each->start;
    end = std::max(end, each->end);
  }
  return total;
}

void State::check_instructor(const Wanted& wanted, Rules& refused_by) const {
  const auto end = wanted.start + wanted.length;
  const auto occupied_start = wanted.start - wanted.kind->before, occupied_end = end + wanted.kind->after;
  const auto other = [&](Seconds start, Seconds until, Seconds wide_start, Seconds wide_until) {
    if (overlap(wanted.start, end, start, until))
      set(refused_by, Code::slot_taken);
    else if (overlap(occupied_start, occupied_end, wide_start, wide_until))
      set(refused_by, Code::buffer);
  };
  Seconds that_day = wanted.length;
  for (const auto* each : taken(&Row::instructor, wanted.instructor, wanted)) {
    other(each->start, each->end, each->occupied_start, each->occupied_end);
    if (midnight(each->start) == midnight(wanted.start)) that_day += each->end - each->start;
  }
  if (const auto found = blocks_.find(wanted.instructor); found != blocks_.end())
    for (const auto& block : found->second) {
      if (!block.time_off) other(block.start, block.end, block.start, block.end);
      if (block.time_off && overlap(wanted.start, end, block.start, block.end)) set(refused_by, Code::time_off);
    }
  const auto& limits = plan_.limits;
  if (limits.instructor_daily && that_day > limits.instructor_daily) set(refused_by, Code::instructor_daily_minutes);
  if (limits.break_after && teaching_without_break(wanted) > limits.break_after) set(refused_by, Code::break_needed);
}

void State::check_learner(const Wanted& wanted, Rules& refused_by) const {
  std::int64_t that_day = 0, that_week = 0, ahead = 0;
  for (const auto* each : taken(&Row::learner, wanted.learner, wanted)) {
    if (overlap(wanted.start, wanted.start + wanted.length, each->start, each->end))
      set(refused_by, Code::learner_busy);
    that_day += midnight(each->start) == midnight(wanted.start);
    that_week += monday(each->start) == monday(wanted.start);
    ahead += each->start > wanted.now;
  }
  const auto& limits = plan_.limits;
  if (limits.learner_daily && that_day >= limits.learner_daily) set(refused_by, Code::learner_daily_maximum);
  if (limits.learner_weekly && that_week >= limits.learner_weekly) set(refused_by, Code::learner_weekly_maximum);
  if (limits.open_bookings && ahead >= limits.open_bookings) set(refused_by, Code::open_bookings);
}

void State::check_vehicle(const Wanted& wanted, Rules& refused_by) const {
  if (!wanted.kind->needs_vehicle) return;
  int fitting = 0, drivable = 0, free = 0;
  for (const auto& car : plan_.cars) {
    if (wanted.vehicle && car.id != wanted.vehicle) continue;
    if (wanted.kind->transmission != "any" && wanted.kind->transmission != car.transmission) continue;
    ++fitting;
    if (std::find(car.drivers.begin(), car.drivers.end(), wanted.instructor) == car.drivers.end()) continue;
    ++drivable;
    const auto others = taken(&Row::vehicle, car.id, wanted);
    free += std::none_of(others.begin(), others.end(), [&](const Row* each) {
      return overlap(wanted.start, wanted.start + wanted.length + car.turnaround, each->start, each->vehicle_end);
    });
  }
  if (fitting == 0) set(refused_by, Code::wrong_transmission);
  if (fitting > 0 && drivable == 0) set(refused_by, Code::who_may_drive);
  if (drivable > 0 && free == 0) set(refused_by, Code::vehicle_busy);
}

/// Outside events that touch are one: what they leave between them is nothing.
void State::apply(const Block& block) {
  auto& all = blocks_[block.instructor];
  all.push_back(block);
  std::sort(all.begin(), all.end(), [](const Block& left, const Block& right) { return left.start < right.start; });
  for (std::size_t at = 0; at + 1 < all.size();) {
    auto next = std::find_if(all.begin() + static_cast<std::ptrdiff_t>(at) + 1, all.end(),
                             [&](const Block& each) { return each.time_off == all[at].time_off; });
    const bool joined = !all[at].time_off && next != all.end() && next->start <= all[at].end;
    if (joined) all[at].end = std::max(all[at].end, next->end), all.erase(next);
    if (!joined) ++at;
  }
}

Rules State::refusals(const Wanted& wanted) const {
  Rules refused_by;
  check_time(wanted, refused_by);
  check_instructor(wanted, refused_by);
  check_learner(wanted, refused_by);
  check_vehicle(wanted, refused_by);
  return refused_by;
}

Verdict State::time_verdict(const Wanted& wanted, const Rules& overruled) const {
  const auto left = refusals(wanted) & ~overruled;
  if (left.none()) return fine;
  std::size_t first = 0;
  while (!left.test(first)) ++first;
  return {.code = static_cast<Code>(first), .refusals = left};
}

Verdict State::place(const Attempt& attempt, std::int64_t instructor) const {
  const auto& kind = plan_.kind(attempt.kind);
  const Wanted wanted{&kind,       attempt.start, kind.length,     kind.notice_book,
                      attempt.now, instructor,    attempt.learner, attempt.vehicle};
  auto verdict = time_verdict(wanted, attempt.overruled);
  if (!verdict.accepted || attempt.verb != Verb::hold) return verdict;
  int holds = 0;
  for (const auto* each : taken(&Row::learner, attempt.learner, wanted)) holds += each->status == "held";
  return holds >= 2 ? refused(Code::too_many_holds) : verdict;
}

Verdict State::move(const Attempt& attempt, const Row& booking) const {
  const auto& kind = plan_.kind(booking.kind);
  const bool active = booking.status == "booked" || booking.status == "requested";
  const bool in_time = attempt.staff || attempt.now + kind.notice_move <= booking.start;
  if (!active) return refused(Code::wrong_status);
  if (!in_time || booking.lapsed(attempt.now)) return refused(Code::too_late);
  const bool same_time = attempt.start == booking.start && attempt.length == booking.end - booking.start &&
                         attempt.instructor == booking.instructor &&
                         (!attempt.vehicle || attempt.vehicle == booking.vehicle);
  if (same_time) return fine;
  return time_verdict({&kind, attempt.start, attempt.length, kind.notice_move, attempt.now, attempt.instructor,
                       booking.learner, attempt.vehicle, booking.id},
                      attempt.overruled);
}

Verdict State::undo(const Attempt& attempt) const {
  const auto& story = stories_.at(attempt.booking).last_two;
  const auto& last = story.back();
  const std::set<std::string> undoable{"booking_cancelled", "booking_delivered", "booking_missed", "booking_moved"};
  if (!undoable.contains(last.type) || last.actor != attempt.person || attempt.now - last.at > 10)
    return refused(Code::too_late);
  const auto& before = story.front().row;
  Rules overruled;
  set(overruled, Code::too_soon);
  set(overruled, Code::beyond_horizon);
  return time_verdict({&plan_.kind(before.kind), before.start, before.end - before.start, 0, attempt.now,
                       before.instructor, before.learner, before.vehicle, before.id},
                      overruled);
}

/// The changes that move nothing.
Verdict State::settle(const Attempt& attempt, const Row& booking) const {
  const auto now = attempt.now;
  const bool lapsed = booking.lapsed(now);
  switch (attempt.verb) {
    case Verb::confirm:
      if (booking.start != attempt.start) return refused(Code::invalid_input);  // Confirmed and moved meanwhile.
      [[fallthrough]];
    case Verb::extend:
    case Verb::release:
      if (booking.status == "expired" || lapsed) return refused(Code::hold_expired);
      if (booking.status != "held") return refused(Code::wrong_status);
      return attempt.verb == Verb::extend && booking.extended ? refused(Code::too_late) : fine;
    case Verb::approve:
    case Verb::refuse:
      return booking.status != "requested" || lapsed ? refused(Code::wrong_status) : fine;
    case Verb::cancel:
      if ((booking.status != "booked" && booking.status != "requested") || lapsed) return refused(Code::wrong_status);
      return !attempt.staff && booking.start <= now ? refused(Code::too_late) : fine;
    default:
      if (booking.status != "booked") return refused(Code::wrong_status);
      return now < booking.start ? refused(Code::too_late) : fine;
  }
}

Verdict State::change(const Attempt& attempt) const {
  const auto* booking = row(attempt.booking);
  if (!booking) return refused(Code::not_found);
  const bool by_version =
      attempt.verb != Verb::confirm && attempt.verb != Verb::extend && attempt.verb != Verb::release;
  if (by_version && booking->version != attempt.version) return refused(Code::stale_version);
  if (attempt.verb == Verb::move) return move(attempt, *booking);
  return attempt.verb == Verb::undo ? undo(attempt) : settle(attempt, *booking);
}

Verdict State::expected(const Attempt& attempt, std::int64_t instructor) const {
  return attempt.verb == Verb::make || attempt.verb == Verb::hold ? place(attempt, instructor) : change(attempt);
}

}  // namespace prove
