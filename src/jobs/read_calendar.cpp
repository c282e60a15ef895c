// Reads calendars elsewhere: what of them takes an instructor's time, and what was done to lessons there.
#include "base/crypto.h"
#include "jobs/sync_parts.h"

namespace jobs {

namespace {

using base::Instant;
using calendars::Ask;
using calendars::Failure;
using calendars::ForeignCalendar;
using calendars::ForeignEvent;
using calendars::Keep;
using calendars::Pull;
using calendars::Tell;
using calendars::Trouble;
using store::KeyOwner;
using store::OutsideCalendar;
using store::OutsideEvents;
using store::Transaction;
using store::Turn;

constexpr std::chrono::days behind{1};            ///< Past times take nobody's time.
constexpr std::chrono::hours expanded_every{24};  ///< Series, as the days go on.
constexpr std::chrono::hours channel_lasts{7 * 24};
constexpr std::string_view not_there = "missing";

struct Reading {
  Turn turn;
  OutsideCalendar calendar;
  store::CalendarConnection connection;
  actions::Remote remote;

  KeyOwner owner() const { return {turn.school, calendar.person}; }
};

std::optional<Turn> claimed(const SyncOffice& office, Instant now) {
  auto& database = office.context.database;
  if (!database.read(store::no_school, [&](Transaction& tx) { return store::turn_is_due(tx, now); }))
    return std::nullopt;
  std::optional<Turn> turn;
  committed(office.context, store::no_school, [&](Transaction& tx) {
    turn = store::claim_turn(tx, now, base::make_id());
    return true;
  });
  return turn;
}

std::optional<Reading> found(const SyncOffice& office, const Turn& turn) {
  return office.context.database.read(turn.school, [&](Transaction& tx) -> std::optional<Reading> {
    auto calendar = store::find_outside(tx, turn.school, turn.calendar);
    auto connection = calendar ? store::find_connection(tx, turn.school, calendar->connection) : std::nullopt;
    if (!connection) return std::nullopt;
    auto remote = actions::opened_remote(office.context.keys, {turn.school, calendar->person}, calendar->sealed);
    if (!remote) return std::nullopt;
    return Reading{turn, std::move(*calendar), std::move(*connection), std::move(*remote)};
  });
}

Instant rounded_up(Pull::Time time) {
  return std::chrono::ceil<base::seconds>(time);
}

/// What is known of the calendar, with what is new.
struct Picture {
  OutsideEvents before, after;
  std::vector<domain::Interval> busy;
  std::vector<store::ShownLesson> changed;  ///< By somebody there.
  bool unreadable = false;
  bool expanded = false;
};

/// Whether the lesson stands there as it was written.
bool as_written(const store::ShownLesson& shown, const ForeignEvent& event) {
  return !event.gone && event.time == shown.as;
}

/// Lessons of the school's own take no time twice; a copy that somebody made of one is their event.
std::vector<ForeignEvent> with_ours_known(Transaction& tx, base::SchoolId school, std::vector<ForeignEvent> events) {
  for (auto& event : events)
    if (!event.booking.empty() && !store::is_shown(tx, school, event.id)) event.booking.clear();
  return events;
}

/// A lesson that was moved ahead is not, whenever it was written last.
bool is_over(Transaction& tx, base::SchoolId school, const store::ShownLesson& shown, Instant now) {
  if (!shown.as || shown.as->end() > now) return false;
  const auto booking = store::find_booking(tx, school, shown.booking);
  return !booking || booking->lesson.end() <= now;
}

std::vector<store::ShownLesson> changed_there(Transaction& tx, const Reading& reading, const Keep& kept, Instant now) {
  std::map<std::string_view, const ForeignEvent*> read;
  for (const auto& event : kept.events) read[event.id] = &event;
  std::vector<store::ShownLesson> changed;
  if (kept.events.empty() && !kept.whole) return changed;
  std::set<base::BookingId> asked;  // Wherever such a lesson is by now, it may be somewhere else than was asked about.
  for (const auto& conflict :
       store::list_conflicts(tx, reading.turn.school, reading.calendar.person, std::numeric_limits<int>::max()))
    if (conflict.calendar == reading.calendar.id) asked.insert(conflict.booking);
  for (auto& [id, shown] : store::shown_in(tx, reading.turn.school, reading.calendar.id)) {
    const auto event = read.find(id);
    const bool silent = event == read.end() && !kept.whole;
    const bool asks = asked.contains(shown.booking);
    const bool unheard = !shown.as && !asks;  // Nobody has heard yet that it was written.
    const bool right = event != read.end() && as_written(shown, *event->second) && !asks;
    if (silent || unheard || right || is_over(tx, reading.turn.school, shown, now)) continue;
    changed.push_back(std::move(shown));
  }
  return changed;
}

Picture picture_of(const SyncOffice& office, const Reading& reading, Keep kept, Instant now) {
  const auto& [turn, calendar, connection, remote] = reading;
  Picture picture;
  picture.expanded = !kept.events.empty() || kept.whole || calendar.expanded_at + expanded_every <= now;
  office.context.database.read(turn.school, [&](Transaction& tx) {
    picture.before = picture.after = {};
    picture.changed = changed_there(tx, reading, kept, now);
    if (!picture.expanded) return;
    picture.before = store::events_of_calendar(tx, reading.turn.school, reading.calendar.id);
    kept.events = with_ours_known(tx, reading.turn.school, std::move(kept.events));
  });
  if (!picture.expanded) return picture;
  ForeignCalendar foreign;
  if (!kept.whole)
    for (const auto& [id, state] : picture.before) foreign.apply(calendars::from_state(id, state));
  for (auto& event : kept.events) foreign.apply(std::move(event));
  for (const auto& [id, event] : foreign.events()) picture.after.emplace(id, calendars::to_state(event));
  if (!calendar.blocks) return picture;
  auto busy = foreign.busy(now - behind, now + looks_ahead, connection.tentative);
  picture.busy = std::move(busy.times);
  picture.unreadable = !busy.unreadable.empty();
  return picture;
}

/// In one transaction with the token that says how far it was read. False: somebody else reads it by now.
bool keep(const SyncOffice& office, const Reading& reading, const Picture& picture, const std::string& sync_token,
          Instant next, Instant now) {
  const auto school = reading.turn.school;
  return committed(office.context, school, [&](Transaction& tx) {
    auto calendar = store::find_outside(tx, school, reading.calendar.id);
    if (!calendar || calendar->sync_token != reading.calendar.sync_token) return false;
    if (!store::finish_turn(tx, reading.turn, next, 0)) return false;
    if (picture.expanded) {
      store::change_events(tx, school, calendar->id, picture.before, picture.after);
      store::set_busy(tx, school, *calendar, picture.busy);
      calendar->expanded_at = now;
      calendar->problem = picture.unreadable ? "unreadable" : "";
    } else if (calendar->problem == not_there) {
      calendar->problem.clear();
    }
    calendar->sync_token = sync_token;
    calendar->read_at = now;
    store::note_read(tx, school, *calendar);
    for (const auto& shown : picture.changed) {
      store::doubt_shown(tx, school, shown);
      store::put_job(tx, school, {store::JobKind::calendar, shown.booking, shown.person}, now, now);
    }
    return true;
  });
}

/// The calendar is not there, or nobody can be let in.
void tell(const SyncOffice& office, const Reading& reading, Trouble why, const Pull& pull) {
  committed(office.context, reading.turn.school, [&](Transaction& tx) {
    const auto next = pull.due_at();
    if (!store::finish_turn(tx, reading.turn, next ? std::optional(rounded_up(*next)) : std::nullopt, pull.failures()))
      return false;
    auto calendar = reading.calendar;
    if (why == Trouble::missing) calendar.problem = not_there;
    store::note_read(tx, reading.turn.school, calendar);
    return true;
  });
}

/// A channel that lasts long enough, or a new one before the old one ends; without one polling is enough.
void watch(const SyncOffice& office, const Reading& reading, Instant now) {
  const auto& settings = office.outside.settings;
  const auto school = reading.turn.school;
  // Google calls nobody without a certificate; a stand-in on this machine does.
  if (!settings.webhook_url.starts_with("https://") && !settings.google_api.starts_with("http://")) return;
  const auto old = office.context.database.read(
      school, [&](Transaction& tx) { return store::channel_of(tx, school, reading.calendar.id); });
  if (!old.id.empty() && old.until > now + settings.renew_before) return;
  const auto secret = base::random_bytes(32);
  const base::Secret token(base::to_base64url(secret));
  const calendars::ChannelRequest request{
      .id = base::to_text(school) + "-" + base::to_base64url(base::random_bytes(24)),
      .token = token,
      .address = settings.webhook_url,
      .lasts = channel_lasts};
  const auto digest = base::sha256(base::bytes_of(token.reveal()));
  store::OutsideChannel fresh{request.id, {digest.begin(), digest.end()}, "", {}};
  const auto set = [&](const store::OutsideChannel& channel) {
    return committed(office.context, school, [&](Transaction& tx) {
      store::set_channel(tx, school, reading.calendar.id, channel);
      return true;
    });
  };
  set(fresh);  // Its first message may come before the answer.
  const auto opened = actions::asked(
      office.outside, reading.owner(), reading.connection.id, now,
      [&](auto& provider, const auto& good) { return provider.watch(good, reading.remote.id, request); });
  if (!opened) {
    set(old);
    office.report(
        fmt::format("calendar {}: no channel: {}", base::to_text(reading.calendar.id), opened.error().detail));
    return;
  }
  fresh.resource = opened->resource;
  fresh.until = opened->expires_at;
  set(fresh);
  if (!old.id.empty())
    (void)actions::asked(office.outside, reading.owner(), reading.connection.id, now,
                         [&](auto& provider, const auto& good) {
                           return provider.stop(good, {old.id, old.resource, old.until});
                         });
}

/// From the first page to what is kept. The machine says what is next.
void read(const SyncOffice& office, const Reading& reading, Instant now) {
  const auto& settings = office.outside.settings;
  const Pull::Time time{now};
  Pull pull({settings.poll, settings.retry_base, settings.retry_cap}, reading.calendar.sync_token, any_number(), time,
            reading.turn.failures);
  const Failure* failure = nullptr;
  Failure last{};
  auto effect = pull.due(time);
  while (const auto* ask = std::get_if<Ask>(&effect)) {
    auto page = actions::asked(
        office.outside, reading.owner(), reading.connection.id, now,
        [&](auto& provider, const auto& token) { return provider.events(token, reading.remote.id, *ask); });
    if (!page) last = page.error(), failure = last.why == Trouble::expired ? nullptr : &last;
    effect = page ? pull.answered(std::move(*page), time) : pull.failed(last.why, last.retry_after, time);
  }
  note_outcome(office, reading.turn.school, reading.connection, failure, now);
  if (const auto* told = std::get_if<Tell>(&effect)) return tell(office, reading, told->why, pull);
  if (auto* kept = std::get_if<Keep>(&effect)) {
    const auto token = kept->sync_token;
    const auto picture = picture_of(office, reading, std::move(*kept), now);
    pull.kept(time);
    if (keep(office, reading, picture, token, rounded_up(*pull.due_at()), now)) watch(office, reading, now);
    return;
  }
  committed(office.context, reading.turn.school, [&](Transaction& tx) {
    return store::finish_turn(tx, reading.turn, rounded_up(*pull.due_at()), pull.failures());
  });
}

}  // namespace

bool read_due_calendar(const SyncOffice& office, Instant now) {
  const auto turn = claimed(office, now);
  if (!turn) return false;
  const auto reading = found(office, *turn);
  if (reading && office.outside.tokens) {
    read(office, *reading, now);
    return true;
  }
  committed(office.context, turn->school,
            [&](Transaction& tx) { return store::finish_turn(tx, *turn, std::nullopt, 0); });
  return true;
}

}  // namespace jobs
