// Before a booking: whether an instructor is free in calendars that were read too long ago.
#include "actions/outside.h"
#include "calendars/google.h"

namespace actions {

namespace {

using domain::Interval;
using store::OutsideCalendar;
using store::Transaction;

/// What is not known well enough, by connection, and lessons of the school's own that stand there at that time.
struct Unsure {
  std::map<std::int64_t, std::vector<OutsideCalendar>> calendars;
  std::vector<Interval> own;
};

Unsure unsure_of(const Context& context, const Caller& caller, const Elsewhere::Question& question) {
  const auto school = caller.school();
  return context.database.read(school, [&](Transaction& tx) {
    Unsure unsure;
    const auto since = caller.now - context.cache.rules(tx, school)->calendar_check;
    for (auto& calendar : store::calendars_of(tx, school, person_of(question.instructor))) {
      for (const auto& [id, shown] : store::shown_in(tx, school, calendar.id))
        if (shown.as && shown.as->overlaps(question.lesson)) unsure.own.push_back(*shown.as);
      if (calendar.blocks && (!calendar.read_at || *calendar.read_at < since))
        unsure.calendars[calendar.connection].push_back(std::move(calendar));
    }
    return unsure;
  });
}

/// The parts of the lesson's time that are busy there and not because of lessons of ours, on the tick.
std::vector<Interval> taken(const std::vector<Interval>& busy, const std::vector<Interval>& own,
                            const Interval& lesson) {
  std::vector<Interval> parts;
  for (auto from = lesson.start(); from < lesson.end(); from += domain::tick) {
    const auto part = Interval::of(from, domain::tick);
    const auto covers = [&](const Interval& each) { return each.overlaps(part); };
    if (std::ranges::none_of(busy, covers) || std::ranges::any_of(own, covers)) continue;
    if (!parts.empty() && parts.back().end() == from)
      parts.back() = Interval::between(parts.back().start(), part.end()).value();
    else
      parts.push_back(part);
  }
  return parts;
}

/// The calendar as it is there is read anew as soon as a worker can, and whatever was taken down for it replaced.
void keep(const Context& context, const Caller& caller, const std::vector<OutsideCalendar>& calendars,
          const std::vector<Interval>& times) {
  const auto school = caller.school();
  const auto done = context.database.transact<std::monostate>(school, [&](Transaction& tx) -> base::Done {
    for (const auto& each : calendars) {
      auto calendar = store::find_outside(tx, school, each.id);
      if (!calendar) continue;
      if (!times.empty() && each.id == calendars.front().id) store::add_busy(tx, school, *calendar, times);
      calendar->expanded_at = {};
      store::note_read(tx, school, *calendar);
      store::hurry_turn(tx, school, calendar->id, caller.now, caller.now);
    }
    return base::done();
  });
  if (!done) throw std::runtime_error(done.error().detail);
}

}  // namespace

bool OutsideGoogle::is_turn_of(base::SchoolId school, base::InstructorId instructor, base::Instant now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(asked_, [&](const auto& entry) { return entry.second + asked_every <= now; });
  return asked_.try_emplace({school, instructor}, now).second;
}

bool OutsideGoogle::ask(const Context& context, const Caller& caller, const Elsewhere::Question& question) {
  const store::KeyOwner owner{caller.school(), person_of(question.instructor)};
  if (!is_turn_of(owner.school, question.instructor, caller.now)) return false;
  const auto [unsure, own] = unsure_of(context, caller, question);
  const auto until = std::chrono::steady_clock::now() + answers_within;
  bool known = true;
  for (const auto& [connection, calendars] : unsure) {
    std::vector<std::string> ids;
    for (const auto& calendar : calendars)
      if (const auto remote = opened_remote(context.keys, owner, calendar.sealed)) ids.push_back(remote->id);
    const auto token = tokens_.held_token(owner, connection, caller.now);
    calendars::Answer<std::vector<Interval>> busy =
        tl::unexpected(calendars::Failure{.why = calendars::Trouble::later, .detail = "nobody was asked"});
    if (token)
      busy = calendars::Google(http_, breaker_of(connection), settings_.google_api, until)
                 .busy(*token, ids, question.lesson);
    if (!busy) known = false;
    keep(context, caller, calendars, busy ? taken(*busy, own, question.lesson) : std::vector<Interval>{});
  }
  return known;
}

}  // namespace actions
