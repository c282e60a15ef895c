#include "store/schedules.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace store {

namespace {

using boost::json::object;

std::string text(const boost::json::value& value) {
  return std::string(std::string_view(value.as_string()));
}
template <class Kind>
base::Id<Kind> needed_id(const object& state, std::string_view name) {
  return {base::id_from_text(text(state.at(name))).value()};
}
std::chrono::minutes minutes_in(const object& state, std::string_view name) {
  return std::chrono::minutes{state.at(name).as_int64()};
}
template <class Kind>
std::string stream_of(std::string_view name, base::Id<Kind> id) {
  return fmt::format("{}/{}", name, base::to_text(id));
}
/// "vehicle_added" at version 1, "vehicle_changed" later.
std::string type_of(std::string_view name, std::int64_t version) {
  return fmt::format("{}_{}", name, version == 1 ? "added" : "changed");
}

object state_of(const OfferedLesson& lesson) {
  const auto& rules = lesson.rules;
  return {{"id", base::to_text(rules.id)},
          {"name", lesson.name},
          {"length", rules.length.count()},
          {"step", rules.step.count()},
          {"buffer_before", rules.buffer_before.count()},
          {"buffer_after", rules.buffer_after.count()},
          {"notice_book", rules.notice_book.count()},
          {"notice_move", rules.notice_move.count()},
          {"notice_cancel", rules.notice_cancel.count()},
          {"horizon_days", rules.horizon.count()},
          {"price_minor", lesson.price.amount_minor},
          {"transmission", store::to_string(rules.transmission)},
          {"needs_vehicle", rules.needs_vehicle},
          {"active", rules.active}};
}

void write_lesson(Transaction& tx, base::SchoolId school, std::int64_t version, const object& state) {
  tx.run(
      "insert into lesson_types (school_id, id, name, length, step, buffer_before, buffer_after, notice_book,"
      " notice_move, notice_cancel, horizon_days, price_minor, transmission, needs_vehicle, active, version)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
      " on conflict (school_id, id) do update set name = excluded.name, length = excluded.length, step = excluded.step,"
      " buffer_before = excluded.buffer_before, buffer_after = excluded.buffer_after,"
      " notice_book = excluded.notice_book, notice_move = excluded.notice_move,"
      " notice_cancel = excluded.notice_cancel, horizon_days = excluded.horizon_days,"
      " price_minor = excluded.price_minor, transmission = excluded.transmission,"
      " needs_vehicle = excluded.needs_vehicle, active = excluded.active, version = excluded.version",
      school, needed_id<base::LessonTypeKind>(state, "id"), text(state.at("name")), minutes_in(state, "length"),
      minutes_in(state, "step"), minutes_in(state, "buffer_before"), minutes_in(state, "buffer_after"),
      minutes_in(state, "notice_book"), minutes_in(state, "notice_move"), minutes_in(state, "notice_cancel"),
      state.at("horizon_days").as_int64(), state.at("price_minor").as_int64(), text(state.at("transmission")),
      state.at("needs_vehicle").as_bool(), state.at("active").as_bool(), version);
}

object state_of(const VehicleRow& vehicle) {
  boost::json::array drivers;
  for (const auto driver : vehicle.rules.drivers) drivers.emplace_back(base::to_text(driver));
  return {{"id", base::to_text(vehicle.rules.id)},
          {"name", vehicle.name},
          {"transmission", store::to_string(vehicle.rules.transmission)},
          {"turnaround", vehicle.rules.turnaround.count()},
          {"drivers", std::move(drivers)},
          {"active", vehicle.rules.active}};
}

void write_vehicle(Transaction& tx, base::SchoolId school, std::int64_t version, const object& state) {
  tx.run(
      "insert into vehicles (school_id, id, name, transmission, turnaround, drivers, active, version)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (school_id, id) do update set name = excluded.name,"
      " transmission = excluded.transmission, turnaround = excluded.turnaround, drivers = excluded.drivers,"
      " active = excluded.active, version = excluded.version",
      school, needed_id<base::VehicleKind>(state, "id"), text(state.at("name")), text(state.at("transmission")),
      minutes_in(state, "turnaround"), boost::json::serialize(state.at("drivers")), state.at("active").as_bool(),
      version);
}

object state_of(const ClosureRow& closure) {
  return {{"id", base::to_text(closure.days.id)},
          {"name", closure.name},
          {"from", base::to_text(closure.days.from)},
          {"to", base::to_text(closure.days.to)}};
}

void write_closure(Transaction& tx, base::SchoolId school, std::int64_t version, const object& state) {
  tx.run(
      "insert into closures (school_id, id, name, from_date, to_date, version) values ($1, $2, $3, $4, $5, $6)"
      " on conflict (school_id, id) do update set name = excluded.name, from_date = excluded.from_date,"
      " to_date = excluded.to_date, version = excluded.version",
      school, needed_id<base::ClosureKind>(state, "id"), text(state.at("name")), text(state.at("from")),
      text(state.at("to")), version);
}

object state_of(const HoursRow& hours) {
  const auto [weekly, overrides] = to_columns(hours.hours);
  return {{"instructor_id", base::to_text(hours.instructor)},
          {"weekly", boost::json::parse(weekly)},
          {"overrides", boost::json::parse(overrides)}};
}

void write_hours(Transaction& tx, base::SchoolId school, std::int64_t version, const object& state) {
  tx.run(
      "insert into hours (school_id, instructor_id, weekly, overrides, version) values ($1, $2, $3, $4, $5)"
      " on conflict (school_id, instructor_id) do update set weekly = excluded.weekly,"
      " overrides = excluded.overrides, version = excluded.version",
      school, needed_id<base::InstructorKind>(state, "instructor_id"), boost::json::serialize(state.at("weekly")),
      boost::json::serialize(state.at("overrides")), version);
}

object state_of(const TimeOffRow& time_off) {
  return {{"id", base::to_text(time_off.id)},
          {"instructor_id", base::to_text(time_off.instructor)},
          {"start", base::to_seconds(time_off.span.start())},
          {"end", base::to_seconds(time_off.span.end())},
          {"title_id", time_off.title ? base::to_text(time_off.title) : ""}};
}

/// Events from before there were titles have none.
base::TextId title_in(const object& state) {
  const auto* id = state.if_contains("title_id");
  return id && !id->as_string().empty() ? needed_id<base::TextKind>(state, "title_id") : base::TextId{};
}

void write_time_off(Transaction& tx, base::SchoolId school, std::int64_t version, const object& state) {
  tx.run(
      "insert into time_off (school_id, id, instructor_id, starts_at, ends_at, version, title_id)"
      " values ($1, $2, $3, $4, $5, $6, $7) on conflict (school_id, id) do update set starts_at = excluded.starts_at,"
      " ends_at = excluded.ends_at, version = excluded.version, title_id = excluded.title_id",
      school, needed_id<base::TimeOffKind>(state, "id"), needed_id<base::InstructorKind>(state, "instructor_id"),
      state.at("start").as_int64(), state.at("end").as_int64(), version, title_in(state));
}

object state_of(const std::vector<domain::Constraint>& constraints) {
  boost::json::array items;
  for (const auto& constraint : constraints)
    items.push_back({{"rule", base::to_string(constraint.rule)},
                     {"instructor_id", constraint.instructor ? base::to_text(*constraint.instructor) : ""},
                     {"enabled", constraint.enabled},
                     {"value", constraint.value},
                     {"break_minutes", constraint.break_length.count()},
                     {"message", constraint.message}});
  return {{"items", std::move(items)}};
}

void write_constraints(Transaction& tx, base::SchoolId school, std::int64_t, const object& state) {
  tx.run("delete from constraints where school_id = $1", school);
  for (const auto& value : state.at("items").as_array()) {
    const auto& item = value.as_object();
    const bool whole_school = item.at("instructor_id").as_string().empty();
    const std::int64_t instructor = whole_school ? 0 : needed_id<base::InstructorKind>(item, "instructor_id").value;
    tx.run(
        "insert into constraints (school_id, rule, instructor_id, enabled, value, break_minutes, message)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        school, text(item.at("rule")), instructor, item.at("enabled").as_bool(), item.at("value").as_int64(),
        minutes_in(item, "break_minutes"), text(item.at("message")));
  }
}

/// One kind of object: its stream, the name in its event types, its table with the column of its id.
struct Kept {
  std::string_view stream, name, table, id_column;
  void (*write)(Transaction&, base::SchoolId, std::int64_t version, const object& state);
};
constexpr Kept lessons{"lesson-type", "lesson_type", "lesson_types", "id", write_lesson};
constexpr Kept vehicles{"vehicle", "vehicle", "vehicles", "id", write_vehicle};
constexpr Kept closures{"closure", "closure", "closures", "id", write_closure};
constexpr Kept working_hours{"hours", "hours", "hours", "instructor_id", write_hours};
constexpr Kept times_off{"time-off", "time_off", "time_off", "id", write_time_off};
constexpr Kept rules{"constraints", "constraints", "constraints", "school_id", write_constraints};

template <class Kind>
void put(Transaction& tx, const Author& author, const Kept& kept, base::Id<Kind> id, std::int64_t version,
         const object& state) {
  append(tx, author, stream_of(kept.stream, id), version, type_of(kept.name, version), state);
  kept.write(tx, author.school, version, state);
}

void delete_row(Transaction& tx, base::SchoolId school, const Kept& kept, std::int64_t id) {
  tx.run(fmt::format("delete from {} where school_id = $1 and {} = $2", kept.table, kept.id_column), school, id);
}

template <class Kind>
void remove(Transaction& tx, const Author& author, const Kept& kept, base::Id<Kind> id, std::int64_t version,
            const object& state) {
  append(tx, author, stream_of(kept.stream, id), version + 1, fmt::format("{}_removed", kept.name), state);
  delete_row(tx, author.school, kept, id.value);
}

}  // namespace

bool replay_schedule(Transaction& tx, base::SchoolId school, const Event& event) {
  const auto slash = event.stream.find('/');
  for (const auto& kept : {lessons, vehicles, closures, working_hours, times_off, rules}) {
    if (std::string_view(event.stream).substr(0, slash) != kept.stream) continue;
    if (event.type.ends_with("_removed"))
      delete_row(tx, school, kept, base::id_from_text(std::string_view(event.stream).substr(slash + 1)).value());
    else
      kept.write(tx, school, event.version, event.data);
    return true;
  }
  return false;
}

void put_lesson(Transaction& tx, const Author& author, const OfferedLesson& lesson) {
  put(tx, author, lessons, lesson.rules.id, lesson.version, state_of(lesson));
}
void remove_lesson(Transaction& tx, const Author& author, const OfferedLesson& lesson) {
  remove(tx, author, lessons, lesson.rules.id, lesson.version, state_of(lesson));
}

namespace {
VehicleRow vehicle_from(const Row& row) {
  VehicleRow vehicle{.rules = {.id = row.id<base::VehicleId>(0),
                               .active = row.flag(1),
                               .transmission = transmission_from(row.view(2)),
                               .turnaround = row.minutes(3)},
                     .name = row.text(5),
                     .version = row.integer(6)};
  const auto drivers = boost::json::parse(row.view(4));  // A loop does not keep a temporary alive.
  for (const auto& driver : drivers.as_array())
    vehicle.rules.drivers.push_back({base::id_from_text(driver.as_string()).value()});
  return vehicle;
}
}  // namespace

std::optional<VehicleRow> find_vehicle(Transaction& tx, base::SchoolId school, base::VehicleId id) {
  for (const Row row : tx.query("select id, active, transmission, turnaround, drivers, name, version from vehicles"
                                " where school_id = $1 and id = $2",
                                school, id))
    return vehicle_from(row);
  return std::nullopt;
}

std::vector<VehicleRow> list_vehicles(Transaction& tx, base::SchoolId school) {
  std::vector<VehicleRow> all;
  for (const Row row : tx.query("select id, active, transmission, turnaround, drivers, name, version from vehicles"
                                " where school_id = $1 order by id",
                                school))
    all.push_back(vehicle_from(row));
  return all;
}

void put_vehicle(Transaction& tx, const Author& author, const VehicleRow& vehicle) {
  put(tx, author, vehicles, vehicle.rules.id, vehicle.version, state_of(vehicle));
}
void remove_vehicle(Transaction& tx, const Author& author, const VehicleRow& vehicle) {
  remove(tx, author, vehicles, vehicle.rules.id, vehicle.version, state_of(vehicle));
}

namespace {
ClosureRow closure_from(const Row& row) {
  return {{row.id<base::ClosureId>(0), base::date_from_text(row.view(1)).value(),
           base::date_from_text(row.view(2)).value()},
          row.text(3),
          row.integer(4)};
}
}  // namespace

std::optional<ClosureRow> find_closure(Transaction& tx, base::SchoolId school, base::ClosureId id) {
  for (const Row row : tx.query(
           "select id, from_date, to_date, name, version from closures where school_id = $1 and id = $2", school, id))
    return closure_from(row);
  return std::nullopt;
}

std::vector<ClosureRow> list_closures(Transaction& tx, base::SchoolId school) {
  std::vector<ClosureRow> all;
  for (const Row row : tx.query("select id, from_date, to_date, name, version from closures where school_id = $1"
                                " order by from_date, id",
                                school))
    all.push_back(closure_from(row));
  return all;
}

void put_closure(Transaction& tx, const Author& author, const ClosureRow& closure) {
  put(tx, author, closures, closure.days.id, closure.version, state_of(closure));
}
void remove_closure(Transaction& tx, const Author& author, const ClosureRow& closure) {
  remove(tx, author, closures, closure.days.id, closure.version, state_of(closure));
}

std::int64_t constraints_version(Transaction& tx, base::SchoolId school) {
  return tx
      .number("select max(version) from events where school_id = $1 and stream = $2", school,
              stream_of(rules.stream, school))
      .value_or(0);
}

void put_constraints(Transaction& tx, const Author& author, std::int64_t version,
                     const std::vector<domain::Constraint>& constraints) {
  put(tx, author, rules, author.school, version, state_of(constraints));
}

HoursRow find_hours(Transaction& tx, base::SchoolId school, base::InstructorId instructor) {
  for (const Row row : tx.query("select weekly, overrides, version from hours where school_id = $1"
                                " and instructor_id = $2",
                                school, instructor))
    return {instructor, hours_from(row.view(0), row.view(1)), row.integer(2)};
  return {instructor, {}, 0};
}

std::vector<HoursRow> list_hours(Transaction& tx, base::SchoolId school, base::InstructorId only) {
  std::vector<HoursRow> all;
  for (const Row row : tx.query("select people.id, coalesce(weekly, '[]'), coalesce(overrides, '[]'),"
                                " coalesce(hours.version, 0) from people"
                                " left join hours on hours.school_id = people.school_id and instructor_id = people.id"
                                " where people.school_id = $1 and role = 'instructor'"
                                " and (cast($2 as bigint) is null or people.id = $2) order by people.id",
                                school, only))
    all.push_back({row.id<base::InstructorId>(0), hours_from(row.view(1), row.view(2)), row.integer(3)});
  return all;
}

void put_hours(Transaction& tx, const Author& author, const HoursRow& hours) {
  put(tx, author, working_hours, hours.instructor, hours.version, state_of(hours));
}
void remove_hours(Transaction& tx, const Author& author, const HoursRow& hours) {
  remove(tx, author, working_hours, hours.instructor, hours.version, state_of(hours));
}

namespace {
TimeOffRow time_off_from(const Row& row) {
  return {row.id<base::TimeOffId>(0), row.id<base::InstructorId>(1),
          *domain::Interval::between(row.instant(2), row.instant(3)), row.integer(4), row.id<base::TextId>(5)};
}
}  // namespace

std::optional<TimeOffRow> find_time_off(Transaction& tx, base::SchoolId school, base::TimeOffId id) {
  for (const Row row : tx.query("select id, instructor_id, starts_at, ends_at, version, title_id from time_off"
                                " where school_id = $1 and id = $2",
                                school, id))
    return time_off_from(row);
  return std::nullopt;
}

std::vector<TimeOffRow> list_time_off(Transaction& tx, base::SchoolId school, base::InstructorId instructor) {
  std::vector<TimeOffRow> all;
  for (const Row row : tx.query("select id, instructor_id, starts_at, ends_at, version, title_id from time_off"
                                " where school_id = $1 and instructor_id = $2 order by starts_at, id",
                                school, instructor))
    all.push_back(time_off_from(row));
  return all;
}

std::vector<TitledTimeOff> time_off_between(Transaction& tx, base::SchoolId school, base::InstructorId only,
                                            base::Instant from, base::Instant to) {
  std::vector<TitledTimeOff> all;
  // From the people, because the index is by instructor and by end: what is long over is not read.
  for (const Row row :
       tx.query("select time_off.id, instructor_id, starts_at, ends_at, time_off.version, title_id,"
                " texts.person_id, texts.sealed from people"
                " join time_off on time_off.school_id = people.school_id and instructor_id = people.id"
                " left join texts on texts.school_id = people.school_id and texts.id = title_id"
                " where people.school_id = $1 and role = 'instructor'"
                " and (cast($2 as bigint) is null or people.id = $2) and ends_at > $3 and starts_at < $4"
                " order by starts_at, time_off.id",
                school, only, from, to)) {
    TitledTimeOff each{time_off_from(row), {}};
    if (!row.null(7)) each.title = {each.row.title, row.id<base::PersonId>(6), row.bytes(7)};
    all.push_back(std::move(each));
  }
  return all;
}

void put_time_off(Transaction& tx, const Author& author, const TimeOffRow& time_off) {
  put(tx, author, times_off, time_off.id, time_off.version, state_of(time_off));
}
void remove_time_off(Transaction& tx, const Author& author, const TimeOffRow& time_off) {
  remove(tx, author, times_off, time_off.id, time_off.version, state_of(time_off));
}

std::vector<Planned> planned_bookings(Transaction& tx, base::SchoolId school, base::InstructorId instructor,
                                      const Span& span) {
  std::vector<Planned> planned;
  for (const Row row : tx.query("select id, instructor_id, starts_at, ends_at, learner_id from bookings"
                                " where school_id = $1 and blocks = 1 and status in ('requested', 'booked')"
                                " and (cast($2 as bigint) is null or instructor_id = $2)"
                                " and starts_at < $4 and starts_at > $3 - 86400 and ends_at > $3 and ends_at > $5"
                                " order by starts_at, id",
                                school, instructor, span.from, span.to, span.now))
    planned.push_back({row.id<base::BookingId>(0), row.id<base::InstructorId>(1),
                       *domain::Interval::between(row.instant(2), row.instant(3)), row.id<base::LearnerId>(4)});
  return planned;
}

namespace {
/// Up to counted_at_most: nobody needs to know it better, and the reading ends.
std::int64_t bookings_where(Transaction& tx, std::string_view column, base::SchoolId school, std::int64_t id) {
  constexpr auto sql =
      "select count(*) from (select 1 from bookings where school_id = $1 and {} = $2 limit {}) counted";
  return *tx.number(fmt::format(sql, column, counted_at_most), school, id);
}
}  // namespace

std::int64_t bookings_with(Transaction& tx, base::SchoolId school, base::LessonTypeId id) {
  return bookings_where(tx, "lesson_type_id", school, id.value);
}
std::int64_t bookings_with(Transaction& tx, base::SchoolId school, base::VehicleId id) {
  return bookings_where(tx, "vehicle_id", school, id.value);
}
std::int64_t bookings_with(Transaction& tx, base::SchoolId school, base::PersonId id) {
  const auto as_instructor = bookings_where(tx, "instructor_id", school, id.value);
  return std::min(as_instructor + bookings_where(tx, "learner_id", school, id.value), counted_at_most);
}

bool is_instructor(Transaction& tx, base::SchoolId school, base::InstructorId id) {
  return tx.number("select 1 from people where school_id = $1 and id = $2 and role = 'instructor'", school, id)
      .has_value();
}

std::vector<base::PersonId> learners_of(Transaction& tx, base::SchoolId school, base::PersonId instructor) {
  std::vector<base::PersonId> ids;
  // From one learner to the next in the index, however many lessons there are of each.
  for (const Row row :
       tx.query("with recursive own (id) as (select min(learner_id) from bookings where school_id = $1"
                " and instructor_id = $2 union all select (select min(learner_id) from bookings where school_id = $1"
                " and instructor_id = $2 and learner_id > own.id) from own where own.id is not null)"
                " select id from own where id is not null order by id",
                school, instructor))
    ids.push_back(row.id<base::PersonId>(0));
  return ids;
}

bool teaches(Transaction& tx, base::SchoolId school, base::PersonId instructor, base::PersonId learner) {
  return tx
      .number("select 1 from bookings where school_id = $1 and learner_id = $3 and instructor_id = $2 limit 1", school,
              instructor, learner)
      .has_value();
}

}  // namespace store
