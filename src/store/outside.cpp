#include "store/outside.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/algorithm/string/split.hpp>

#include "store/calendars.h"

namespace store {

namespace {

constexpr auto never_due = base::Instant::max();
constexpr std::string_view read_earlier =
    "update calendar_turns set due_at = $3 where school_id = $1 and calendar_id = $2"
    " and (due_at > $3 or taken_until > $4)";

template <class... Values>
std::vector<OutsideCalendar> outside_where(Transaction& tx, std::string_view condition, const Values&... values) {
  std::vector<OutsideCalendar> found;
  for (const Row row : tx.query(fmt::format("select id, connection_id, person_id, remote_hash, sealed, blocks, shows,"
                                            " sync_token, read_at, expanded_at, problem from outside_calendars where {}"
                                            " order by id",
                                            condition),
                                values...))
    found.push_back({.id = row.integer(0),
                     .connection = row.integer(1),
                     .person = row.id<base::PersonId>(2),
                     .remote_hash = row.bytes(3),
                     .sealed = row.bytes(4),
                     .blocks = row.flag(5),
                     .shows = row.flag(6),
                     .sync_token = row.text(7),
                     .read_at = row.null(8) ? std::nullopt : std::optional(row.instant(8)),
                     .expanded_at = row.instant(9),
                     .problem = row.text(10)});
  return found;
}

std::optional<domain::Interval> span_at(const Row& row, int start) {
  if (row.null(start)) return std::nullopt;
  return domain::Interval::between(row.instant(start), row.instant(start + 1)).value();
}
std::optional<base::Instant> start_of(const std::optional<domain::Interval>& span) {
  return span ? std::optional(span->start()) : std::nullopt;
}
std::optional<base::Instant> end_of(const std::optional<domain::Interval>& span) {
  return span ? std::optional(span->end()) : std::nullopt;
}

template <class... Values>
std::vector<ShownLesson> shown_where(Transaction& tx, std::string_view condition, const Values&... values) {
  std::vector<ShownLesson> found;
  for (const Row row : tx.query(fmt::format("select booking_id, calendar_id, person_id, event_id, generation, etag,"
                                            " starts_at, ends_at, print, human from shown_lessons where {}",
                                            condition),
                                values...))
    found.push_back({.booking = row.id<base::BookingId>(0),
                     .calendar = row.integer(1),
                     .person = row.id<base::PersonId>(2),
                     .event_id = row.text(3),
                     .generation = static_cast<int>(row.integer(4)),
                     .etag = row.text(5),
                     .as = span_at(row, 6),
                     .print = row.text(8),
                     .doubted = row.integer(9) != 0});
  return found;
}

std::vector<base::Code> rules_from(const std::string& text) {
  std::vector<std::string> names;
  if (!text.empty()) boost::split(names, text, [](char c) { return c == ','; });
  std::vector<base::Code> rules;
  rules.reserve(names.size());
  for (const auto& name : names) rules.push_back(rule_from(name));
  return rules;
}

template <class... Values>
std::vector<Conflict> conflicts_where(Transaction& tx, std::string_view condition, const Values&... values) {
  std::vector<Conflict> found;
  for (const Row row : tx.query(fmt::format("select id, booking_id, calendar_id, person_id, booking_version, starts_at,"
                                            " ends_at, rules, created_at, decided_at from conflicts where {}",
                                            condition),
                                values...))
    found.push_back({.id = row.integer(0),
                     .booking = row.id<base::BookingId>(1),
                     .calendar = row.integer(2),
                     .person = row.id<base::PersonId>(3),
                     .booking_version = row.integer(4),
                     .moved_to = span_at(row, 5),
                     .rules = rules_from(row.text(7)),
                     .created_at = row.instant(8),
                     .decided_at = row.null(9) ? std::nullopt : std::optional(row.instant(9))});
  return found;
}

void insert_busy(Transaction& tx, base::SchoolId school, const OutsideCalendar& calendar,
                 std::span<const domain::Interval> times) {
  std::vector<std::tuple<base::SchoolId, base::PersonId, std::int64_t, base::Instant, base::Instant, std::int64_t>>
      rows;
  rows.reserve(times.size());
  for (const auto& time : times)
    rows.emplace_back(school, calendar.person, base::make_id(), time.start(), time.end(), calendar.id);
  tx.insert_later("insert into busy (school_id, instructor_id, id, starts_at, ends_at, calendar_id)", rows);
}

template <class T>
std::optional<T> only(std::vector<T> found) {
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

}  // namespace

std::vector<OutsideCalendar> calendars_of(Transaction& tx, base::SchoolId school, std::int64_t connection) {
  return outside_where(tx, "school_id = $1 and connection_id = $2", school, connection);
}

std::vector<OutsideCalendar> calendars_of(Transaction& tx, base::SchoolId school, base::PersonId person) {
  if (!person) return outside_where(tx, "school_id = $1", school);
  return outside_where(tx, "school_id = $1 and person_id = $2", school, person);
}

std::optional<OutsideCalendar> find_outside(Transaction& tx, base::SchoolId school, std::int64_t id) {
  return only(outside_where(tx, "school_id = $1 and id = $2", school, id));
}

void add_outside(Transaction& tx, base::SchoolId school, const OutsideCalendar& calendar) {
  tx.run(
      "insert into outside_calendars (school_id, id, connection_id, person_id, remote_hash, sealed, blocks, shows)"
      " values ($1, $2, $3, $4, $5, $6, 0, 0)",
      school, calendar.id, calendar.connection, calendar.person, calendar.remote_hash, calendar.sealed);
  use_outside(tx, school, calendar);
}

void use_outside(Transaction& tx, base::SchoolId school, const OutsideCalendar& calendar) {
  if (calendar.shows)
    tx.run("update outside_calendars set shows = 0 where school_id = $1 and person_id = $2 and shows = 1 and id <> $3",
           school, calendar.person, calendar.id);
  tx.run("update outside_calendars set blocks = $3, shows = $4 where school_id = $1 and id = $2", school, calendar.id,
         calendar.blocks, calendar.shows);
}

bool is_read_before(Transaction& tx, base::SchoolId school, base::PersonId person, base::Instant since) {
  return tx
      .number(
          "select 1 from outside_calendars where school_id = $1 and person_id = $2 and blocks = 1"
          " and coalesce(read_at, 0) < $3 limit 1",
          school, person, since)
      .has_value();
}

void remove_outside(Transaction& tx, base::SchoolId school, const OutsideCalendar& calendar) {
  set_busy(tx, school, calendar, {});
  for (const auto* table : {"calendar_turns", "outside_events", "shown_lessons", "conflicts"})
    tx.run(fmt::format("delete from {} where school_id = $1 and calendar_id = $2", table), school, calendar.id);
  tx.run("delete from outside_calendars where school_id = $1 and id = $2", school, calendar.id);
}

void note_read(Transaction& tx, base::SchoolId school, const OutsideCalendar& calendar) {
  tx.run(
      "update outside_calendars set sync_token = $3, read_at = $4, expanded_at = $5, problem = $6 where school_id = $1"
      " and id = $2",
      school, calendar.id, calendar.sync_token, calendar.read_at, calendar.expanded_at, calendar.problem);
}

OutsideChannel channel_of(Transaction& tx, base::SchoolId school, std::int64_t calendar) {
  for (const Row row : tx.query("select channel_id, channel_token_hash, channel_resource, channel_until"
                                " from outside_calendars where school_id = $1 and id = $2",
                                school, calendar))
    return {row.text(0), row.bytes(1), row.text(2), row.instant(3)};
  return {};
}

void set_channel(Transaction& tx, base::SchoolId school, std::int64_t calendar, const OutsideChannel& channel) {
  const auto id = channel.id.empty() ? std::nullopt : std::optional(channel.id);
  tx.run(
      "update outside_calendars set channel_id = $3, channel_token_hash = $4, channel_resource = $5, channel_until = $6"
      " where school_id = $1 and id = $2",
      school, calendar, id, channel.token_hash, channel.resource, channel.until);
}

std::optional<std::int64_t> calendar_of_channel(Transaction& tx, base::SchoolId school, std::string_view id,
                                                const Bytes& token_hash) {
  return tx.number(
      "select id from outside_calendars where school_id = $1 and channel_id = $2 and channel_token_hash = $3", school,
      id, token_hash);
}

void put_turn(Transaction& tx, base::SchoolId school, std::int64_t calendar, base::Instant due_at) {
  tx.run(
      "insert into calendar_turns (school_id, calendar_id, due_at) values ($1, $2, $3)"
      " on conflict (school_id, calendar_id) do update set due_at = excluded.due_at, failures = 0",
      school, calendar, due_at);
}

bool turn_is_due(Transaction& tx, base::Instant now) {
  return tx.number("select 1 from calendar_turns where due_at <= $1 and taken_until <= $1 order by due_at limit 1", now)
      .has_value();
}

std::optional<Turn> claim_turn(Transaction& tx, base::Instant now, std::int64_t claim) {
  const std::string skip = tx.engine() == Engine::postgresql ? " for update skip locked" : "";
  std::optional<Turn> turn;
  for (const Row row : tx.query("select school_id, calendar_id, due_at, failures from calendar_turns where due_at <= $1"
                                " and taken_until <= $1 order by due_at limit 1" +
                                    skip,
                                now))
    turn = Turn{row.id<base::SchoolId>(0), row.integer(1), row.instant(2), static_cast<int>(row.integer(3)), claim};
  if (turn)
    tx.run("update calendar_turns set claim = $3, taken_until = $4 where school_id = $1 and calendar_id = $2",
           turn->school, turn->calendar, claim, now + turn_lasts);
  return turn;
}

bool finish_turn(Transaction& tx, const Turn& turn, std::optional<base::Instant> due_at, int failures) {
  const auto next = due_at.value_or(never_due);
  return tx.run(
             "update calendar_turns set due_at = case when due_at = $4 then $5 else due_at end, failures = $6,"
             " taken_until = 0, claim = 0 where school_id = $1 and calendar_id = $2 and claim = $3",
             turn.school, turn.calendar, turn.claim, turn.due_at, next, failures) == 1;
}

void hurry_turn(Transaction& tx, base::SchoolId school, std::int64_t calendar, base::Instant at, base::Instant now) {
  tx.run(std::string(read_earlier), school, calendar, at, now);
}

void notify_turn(Transaction& tx, base::SchoolId school, std::int64_t calendar, base::Instant at, base::Instant now) {
  tx.run(fmt::format("{} and failures = 0 and due_at < $5", read_earlier), school, calendar, at, now, never_due);
}

void release_turns(Transaction& tx) {
  tx.run("update calendar_turns set taken_until = 0 where taken_until > 0");
}

OutsideEvents events_of_calendar(Transaction& tx, base::SchoolId school, std::int64_t calendar) {
  OutsideEvents events;
  for (const Row row : tx.query("select event_id, state from outside_events where school_id = $1 and calendar_id = $2",
                                school, calendar))
    events.emplace(row.text(0), row.text(1));
  return events;
}

void change_events(Transaction& tx, base::SchoolId school, std::int64_t calendar, const OutsideEvents& before,
                   const OutsideEvents& after) {
  for (const auto& [id, state] : before)
    if (!after.contains(id))
      tx.run_later("delete from outside_events where school_id = $1 and calendar_id = $2 and event_id = $3", school,
                   calendar, id);
  std::vector<std::tuple<base::SchoolId, std::int64_t, std::string_view, std::string_view>> added;
  for (const auto& [id, state] : after) {
    const auto known = before.find(id);
    if (known == before.end())
      added.emplace_back(school, calendar, id, state);
    else if (known->second != state)
      tx.run_later("update outside_events set state = $4 where school_id = $1 and calendar_id = $2 and event_id = $3",
                   school, calendar, id, state);
  }
  tx.insert_later("insert into outside_events (school_id, calendar_id, event_id, state)", added);
}

void set_busy(Transaction& tx, base::SchoolId school, const OutsideCalendar& calendar,
              std::span<const domain::Interval> times) {
  std::map<domain::Interval, std::int64_t> gone;
  for (const Row row : tx.query("select starts_at, ends_at, id from busy where school_id = $1 and calendar_id = $2",
                                school, calendar.id))
    gone.emplace(*span_at(row, 0), row.integer(2));
  std::vector<domain::Interval> fresh;
  for (const auto& time : times)
    if (gone.erase(time) == 0) fresh.push_back(time);
  if (gone.empty() && fresh.empty()) return;
  lock(tx, school, Kind::instructor, calendar.person.value);
  for (const auto& [time, id] : gone)
    tx.run_later("delete from busy where school_id = $1 and instructor_id = $2 and id = $3", school, calendar.person,
                 id);
  insert_busy(tx, school, calendar, fresh);
}

void add_busy(Transaction& tx, base::SchoolId school, const OutsideCalendar& calendar,
              std::span<const domain::Interval> times) {
  lock(tx, school, Kind::instructor, calendar.person.value);
  insert_busy(tx, school, calendar, times);
}

std::vector<BusyTime> busy_times(Transaction& tx, base::SchoolId school, base::PersonId instructor, base::Instant from,
                                 base::Instant to, int limit) {
  const std::string whose = instructor ? " and instructor_id = $2" : "";
  std::vector<BusyTime> found;
  for (const Row row :
       tx.query("select starts_at, ends_at, instructor_id from busy where school_id = $1" + whose +
                    " and starts_at < $4 and ends_at > $3 and ends_at < $6 order by starts_at, id limit $5",
                school, instructor, from, to, limit, to + domain::longest_block))
    found.push_back({row.id<base::PersonId>(2), *span_at(row, 0)});
  return found;
}

std::vector<ShownLesson> shown_lessons(Transaction& tx, base::SchoolId school, base::BookingId booking) {
  return shown_where(tx, "school_id = $1 and booking_id = $2 order by calendar_id", school, booking);
}

std::vector<ShownLesson> shown_of_learner(Transaction& tx, base::SchoolId school, base::PersonId learner) {
  return shown_where(
      tx, "school_id = $1 and booking_id in (select id from bookings where school_id = $1 and learner_id = $2)", school,
      learner);
}

std::map<std::string, ShownLesson> shown_in(Transaction& tx, base::SchoolId school, std::int64_t calendar) {
  std::map<std::string, ShownLesson> all;
  for (auto& shown : shown_where(tx, "school_id = $1 and calendar_id = $2", school, calendar))
    all.emplace(shown.event_id, std::move(shown));
  return all;
}

bool is_shown(Transaction& tx, base::SchoolId school, std::string_view event_id) {
  return tx.number("select 1 from shown_lessons where school_id = $1 and event_id = $2", school, event_id).has_value();
}

void put_shown(Transaction& tx, base::SchoolId school, const ShownLesson& shown) {
  tx.run(
      "insert into shown_lessons (school_id, booking_id, calendar_id, person_id, event_id, generation, etag, starts_at,"
      " ends_at, print, human) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
      " on conflict (school_id, booking_id, calendar_id) do update set event_id = excluded.event_id,"
      " generation = excluded.generation, etag = excluded.etag, starts_at = excluded.starts_at,"
      " ends_at = excluded.ends_at, print = excluded.print, human = excluded.human",
      school, shown.booking, shown.calendar, shown.person, shown.event_id, shown.generation, shown.etag,
      start_of(shown.as), end_of(shown.as), shown.print, shown.doubted ? 1 : 0);
}

void drop_shown(Transaction& tx, base::SchoolId school, const ShownLesson& shown) {
  tx.run("delete from shown_lessons where school_id = $1 and booking_id = $2 and calendar_id = $3", school,
         shown.booking, shown.calendar);
}

void doubt_shown(Transaction& tx, base::SchoolId school, const ShownLesson& shown) {
  tx.run("update shown_lessons set human = 1 where school_id = $1 and booking_id = $2 and calendar_id = $3", school,
         shown.booking, shown.calendar);
}

void put_conflict(Transaction& tx, base::SchoolId school, const Conflict& conflict) {
  std::vector<std::string_view> rules;
  for (const auto rule : conflict.rules) rules.push_back(to_string(rule));
  tx.run(
      "insert into conflicts (school_id, id, booking_id, calendar_id, person_id, booking_version, starts_at, ends_at,"
      " rules, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
      " on conflict (school_id, booking_id, calendar_id) do update set id = excluded.id,"
      " booking_version = excluded.booking_version, starts_at = excluded.starts_at, ends_at = excluded.ends_at,"
      " rules = excluded.rules, created_at = excluded.created_at, decided_at = null",
      school, conflict.id, conflict.booking, conflict.calendar, conflict.person, conflict.booking_version,
      start_of(conflict.moved_to), end_of(conflict.moved_to), fmt::format("{}", fmt::join(rules, ",")),
      conflict.created_at);
}

std::optional<Conflict> find_conflict(Transaction& tx, base::SchoolId school, std::int64_t id) {
  return only(conflicts_where(tx, "school_id = $1 and id = $2", school, id));
}

std::optional<Conflict> find_conflict(Transaction& tx, base::SchoolId school, base::BookingId booking,
                                      std::int64_t calendar) {
  return only(
      conflicts_where(tx, "school_id = $1 and booking_id = $2 and calendar_id = $3", school, booking, calendar));
}

std::vector<Conflict> list_conflicts(Transaction& tx, base::SchoolId school, base::PersonId person, int limit) {
  if (person)
    return conflicts_where(tx, "school_id = $1 and person_id = $2 order by id limit $3", school, person, limit);
  return conflicts_where(tx, "school_id = $1 order by id limit $2", school, limit);
}

bool decide_conflict(Transaction& tx, base::SchoolId school, std::int64_t id, base::Instant at) {
  return tx.run("update conflicts set decided_at = $3 where school_id = $1 and id = $2 and decided_at is null", school,
                id, at) == 1;
}

void drop_conflict(Transaction& tx, base::SchoolId school, std::int64_t id) {
  tx.run("delete from conflicts where school_id = $1 and id = $2", school, id);
}

}  // namespace store
