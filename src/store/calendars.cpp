#include "store/calendars.h"

#include <fmt/ranges.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "domain/booking.h"
#include "store/policies.h"

namespace store {

namespace {

using domain::Interval;
using domain::Minutes;

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::instructor:
      return "instructor";
    case Kind::learner:
      return "learner";
    case Kind::vehicle:
      return "vehicle";
  }
  throw base::Bug("unknown kind of calendar");
}

/// A statement about one or several calendars: `column` is one of the ids in $2, which text() writes.
class Ids {
 public:
  Ids(const Transaction& tx, const std::vector<std::int64_t>& ids)
      : engine_(tx.engine()), one_(ids.size() == 1), joined_(fmt::format("{}", fmt::join(ids, ","))) {}
  std::string have(std::string_view column) const {
    if (one_) return fmt::format("{} = cast($2 as bigint)", column);
    return engine_ == Engine::sqlite ? fmt::format("{} in (select value from json_each($2))", column)
                                     : fmt::format("{} = any($2::bigint[])", column);
  }
  std::string text() const {
    if (one_) return joined_;
    return engine_ == Engine::sqlite ? "[" + joined_ + "]" : "{" + joined_ + "}";
  }

 private:
  const Engine engine_;
  const bool one_;
  const std::string joined_;
};

/// A row of (id, starts_at, ends_at, span start, span end, expires_at); those of a calendar come sorted by span.
template <class Calendar>
void take(const Row& row, Loaded<Calendar>& into) {
  into.calendar.taken.push_back({row.id<base::BookingId>(0), *Interval::between(row.instant(1), row.instant(2)),
                                 *Interval::between(row.instant(3), row.instant(4))});
  if (!row.null(5)) into.valid_until = std::min(into.valid_until, row.instant(5));
}

Interval span_of(const Row& row) {
  return *Interval::between(row.instant(0), row.instant(1));
}

/// Outside events may overlap one another; the domain wants them joined.
void add_joined(std::vector<Interval>& all, const Interval& busy) {
  if (!all.empty() && busy.start() <= all.back().end())
    all.back() = *Interval::between(all.back().start(), std::max(all.back().end(), busy.end()));
  else
    all.push_back(busy);
}

std::vector<domain::Closure> closures_of(Transaction& tx, base::SchoolId school) {
  std::vector<domain::Closure> closures;
  for (const Row row :
       tx.query("select id, from_date, to_date from closures where school_id = $1 order by from_date, id", school))
    closures.push_back({row.id<base::ClosureId>(0), base::date_from_text(row.view(1)).value(),
                        base::date_from_text(row.view(2)).value()});
  return closures;
}

std::vector<domain::Constraint> constraints_of(Transaction& tx, base::SchoolId school) {
  std::vector<domain::Constraint> constraints;
  for (const Row row : tx.query("select rule, enabled, value, break_minutes, instructor_id, message from constraints"
                                " where school_id = $1 order by rule, instructor_id",
                                school)) {
    const auto instructor = row.id<base::InstructorId>(4);
    constraints.push_back({rule_from(row.view(0)), row.flag(1), row.integer(2), row.minutes(3),
                           instructor ? std::optional(instructor) : std::nullopt, row.text(5)});
  }
  return constraints;
}

std::vector<OfferedLesson> lessons_of(Transaction& tx, base::SchoolId school, const std::string& currency) {
  std::vector<OfferedLesson> lessons;
  for (const Row row : tx.query("select id, length, step, buffer_before, buffer_after, notice_book, notice_move,"
                                " notice_cancel, horizon_days, transmission, needs_vehicle, active, name, price_minor,"
                                " version from lesson_types where school_id = $1 order by id",
                                school))
    lessons.push_back({.rules = {.id = row.id<base::LessonTypeId>(0),
                                 .length = row.minutes(1),
                                 .step = row.minutes(2),
                                 .buffer_before = row.minutes(3),
                                 .buffer_after = row.minutes(4),
                                 .notice_book = row.minutes(5),
                                 .notice_move = row.minutes(6),
                                 .notice_cancel = row.minutes(7),
                                 .horizon = std::chrono::days{row.integer(8)},
                                 .transmission = transmission_from(row.view(9)),
                                 .needs_vehicle = row.flag(10),
                                 .active = row.flag(11)},
                       .name = row.text(12),
                       .price = {row.integer(13), currency},
                       .version = row.integer(14)});
  return lessons;
}

std::vector<domain::Vehicle> vehicles_of(Transaction& tx, base::SchoolId school) {
  std::vector<domain::Vehicle> vehicles;
  for (const Row row : tx.query("select id, active, transmission, turnaround, drivers from vehicles"
                                " where school_id = $1 order by id",
                                school)) {
    domain::Vehicle vehicle{.id = row.id<base::VehicleId>(0),
                            .active = row.flag(1),
                            .transmission = transmission_from(row.view(2)),
                            .turnaround = row.minutes(3)};
    const auto drivers = boost::json::parse(row.view(4));  // Named: the loop would outlive a temporary.
    for (const auto& driver : drivers.as_array())
      vehicle.drivers.push_back({base::id_from_text(driver.as_string()).value()});
    std::sort(vehicle.drivers.begin(), vehicle.drivers.end());
    vehicles.push_back(std::move(vehicle));
  }
  return vehicles;
}

void add_instructors(Transaction& tx, base::SchoolId school, SchoolRules& rules) {
  for (const Row row : tx.query("select id, languages, areas from people where school_id = $1 and role = 'instructor'"
                                " and active = 1 order by id",
                                school)) {
    rules.instructors.push_back(row.id<base::InstructorId>(0));
    rules.teaching.push_back(teaching_from(row.view(1), row.view(2)));
  }
}

std::vector<std::string> texts_in(std::string_view list) {
  std::vector<std::string> texts;
  if (list == "[]") return texts;
  const auto parsed = boost::json::parse(list);  // Named: a loop would outlive a temporary.
  for (const auto& text : parsed.as_array()) texts.emplace_back(text.as_string());
  return texts;
}

}  // namespace

std::string_view to_string(domain::Transmission transmission) {
  switch (transmission) {
    case domain::Transmission::manual:
      return "manual";
    case domain::Transmission::automatic:
      return "automatic";
    case domain::Transmission::any:
      return "any";
  }
  throw base::Bug("unknown domain::Transmission");
}

domain::Transmission transmission_from(std::string_view text) {
  if (text == "manual") return domain::Transmission::manual;
  if (text == "automatic") return domain::Transmission::automatic;
  CHECK(text == "any");
  return domain::Transmission::any;
}

base::Code rule_from(std::string_view name) {
  for (int i = 0; i < base::code_count; ++i)
    if (to_string(static_cast<base::Code>(i)) == name) return static_cast<base::Code>(i);
  throw base::Bug("unknown rule in the constraints: " + std::string(name));
}

std::optional<std::int64_t> lock(Transaction& tx, base::SchoolId school, Kind kind, std::int64_t id) {
  const auto name = name_of(kind);
  const auto version = tx.number(
      "update calendars set version = version + 1 where school_id = $1 and kind = $2"
      " and id = $3 returning version",
      school, name, id);
  if (version) tx.touched.push_back({std::string(name), school.value, id, *version});
  return version;
}

std::optional<std::int64_t> lock_for_bookings(Transaction& tx, base::SchoolId school, Kind kind, std::int64_t id) {
  const auto version = lock(tx, school, kind, id);
  if (!version) return version;
  if (!tx.saved_bookings) tx.saved_bookings = std::make_shared<std::vector<domain::Booking>>();
  tx.touched.back().bookings = tx.saved_bookings;
  return version;
}

void lock_all_instructors(Transaction& tx, base::SchoolId school) {
  // PostgreSQL would lock the rows in any order, and two who do so wait for each other.
  const std::string_view sql =
      tx.engine() == Engine::sqlite
          ? "update calendars set version = version + 1 where school_id = $1 and kind = 'instructor'"
            " returning id, version"
          : "with locked as materialized (select id from calendars where school_id = $1 and kind = 'instructor'"
            " order by id for update) update calendars c set version = version + 1 from locked"
            " where c.school_id = $1 and c.kind = 'instructor' and c.id = locked.id returning c.id, c.version";
  for (const Row row : tx.query(sql, school))
    tx.touched.push_back({"instructor", school.value, row.integer(0), row.integer(1)});
}

std::optional<std::int64_t> calendar_version(Transaction& tx, base::SchoolId school, std::string_view kind,
                                             std::int64_t id) {
  return tx.number("select version from calendars where school_id = $1 and kind = $2 and id = $3", school, kind, id);
}

std::map<std::int64_t, std::int64_t> calendar_versions(Transaction& tx, base::SchoolId school, std::string_view kind) {
  std::map<std::int64_t, std::int64_t> versions;
  for (const Row row : tx.query("select id, version from calendars where school_id = $1 and kind = $2", school, kind))
    versions.emplace(row.integer(0), row.integer(1));
  return versions;
}

std::map<std::int64_t, std::int64_t> calendar_versions(Transaction& tx, base::SchoolId school, std::string_view kind,
                                                       const std::vector<std::int64_t>& ids) {
  std::map<std::int64_t, std::int64_t> versions;
  const Ids wanted(tx, ids);
  for (const Row row :
       tx.query("select version, id from calendars where school_id = $1 and kind = $3 and " + wanted.have("id"), school,
                wanted.text(), kind))
    versions.emplace(row.integer(1), row.integer(0));
  return versions;
}

void lock_school(Transaction& tx, base::SchoolId school) {
  CHECK(tx.run("update schools set rules_version = rules_version where school_id = $1", school) == 1);
}

void make_calendar(Transaction& tx, base::SchoolId school, Kind kind, std::int64_t id) {
  make_calendars(tx, school, kind, std::array{id});
}

void make_calendars(Transaction& tx, base::SchoolId school, Kind kind, std::span<const std::int64_t> ids) {
  constexpr std::int64_t first_version = 1;
  std::vector<std::tuple<base::SchoolId, std::string_view, std::int64_t, std::int64_t>> rows;
  for (const auto id : ids) rows.emplace_back(school, name_of(kind), id, first_version);
  tx.insert_later("insert into calendars (school_id, kind, id, version)", rows);
}

void remove_calendar(Transaction& tx, base::SchoolId school, Kind kind, std::int64_t id) {
  tx.run("delete from calendars where school_id = $1 and kind = $2 and id = $3", school, name_of(kind), id);
}

void bump_rules(Transaction& tx, base::SchoolId school) {
  const auto version = tx.number(
      "update schools set rules_version = rules_version + 1 where school_id = $1 returning rules_version", school);
  CHECK(version.has_value());
  tx.touched.push_back({"rules", school.value, school.value, *version});
}

const OfferedLesson* SchoolRules::lesson(base::LessonTypeId id) const {
  const auto found = std::find_if(lessons.begin(), lessons.end(), [&](const auto& l) { return l.rules.id == id; });
  return found == lessons.end() ? nullptr : &*found;
}

const domain::Vehicle* SchoolRules::vehicle(base::VehicleId id) const {
  const auto found = std::find_if(vehicles.begin(), vehicles.end(), [&](const auto& v) { return v.id == id; });
  return found == vehicles.end() ? nullptr : &*found;
}

bool SchoolRules::is_unfit(base::InstructorId id, const domain::WantedTeaching& wanted) const {
  if (!wanted.anything()) return false;
  const auto found = std::lower_bound(instructors.begin(), instructors.end(), id);
  if (found == instructors.end() || *found != id) return false;
  return !domain::fits(teaching.at(static_cast<std::size_t>(found - instructors.begin())), wanted);
}

std::int64_t rules_version(Transaction& tx, base::SchoolId school) {
  return tx.number("select rules_version from schools where school_id = $1", school).value_or(0);
}

SchoolRules load_rules(Transaction& tx, base::SchoolId school) {
  std::optional<SchoolRules> rules;
  for (const Row row : tx.query("select slug, name, currency, approval, rules_version, zone, guardian_consent_required,"
                                " calendar_check_minutes from schools"
                                " where school_id = $1",
                                school))
    rules.emplace(SchoolRules{.school = {.id = school, .zone = domain::Zone::load(row.text(5)).value()},
                              .slug = row.text(0),
                              .name = row.text(1),
                              .currency = row.text(2),
                              .approval = row.flag(3),
                              .guardian_consent = row.flag(6),
                              .version = row.integer(4),
                              .calendar_check = std::chrono::minutes{row.integer(7)}});
  CHECK(rules.has_value());
  rules->terms_version = current_terms(tx, school);
  rules->school.closures = closures_of(tx, school);
  rules->school.constraints = constraints_of(tx, school);
  rules->lessons = lessons_of(tx, school, rules->currency);
  rules->vehicles = vehicles_of(tx, school);
  add_instructors(tx, school, *rules);
  return std::move(*rules);
}

std::optional<Loaded<domain::Instructor>> load_instructor(Transaction& tx, base::SchoolId school, base::InstructorId id,
                                                          const Span& span) {
  auto loaded = load_instructors(tx, school, {id.value}, span);
  return loaded.empty() ? std::nullopt : std::optional(std::move(loaded.begin()->second));
}

std::map<std::int64_t, Loaded<domain::Instructor>> load_instructors(Transaction& tx, base::SchoolId school,
                                                                    const std::vector<std::int64_t>& ids,
                                                                    const Span& span) {
  std::map<std::int64_t, Loaded<domain::Instructor>> loaded;
  const Ids wanted(tx, ids);
  const auto list = wanted.text();
  for (const Row row : tx.query("select c.version, p.active, h.weekly, h.overrides, c.id from calendars c"
                                " join people p on p.school_id = c.school_id and p.id = c.id"
                                " left join hours h on h.school_id = c.school_id and h.instructor_id = c.id"
                                " where c.school_id = $1 and c.kind = 'instructor' and " +
                                    wanted.have("c.id"),
                                school, list))
    loaded.emplace(
        row.integer(4),
        Loaded<domain::Instructor>{{.id = row.id<base::InstructorId>(4),
                                    .version = row.integer(0),
                                    .active = row.flag(1),
                                    .hours = row.null(2) ? domain::Hours{} : hours_from(row.view(2), row.view(3))}});
  for (const Row row : tx.query("select id, starts_at, ends_at, occupied_start, occupied_end, expires_at,"
                                " instructor_id from bookings where blocks = 1 and school_id = $1 and " +
                                    wanted.have("instructor_id") +
                                    " and occupied_start < $4 and occupied_start > $3 - 86400 and occupied_end > $3"
                                    " and (expires_at is null or expires_at > $5) order by occupied_start",
                                school, list, span.from, span.to, span.now))
    take(row, loaded.at(row.integer(6)));
  const std::string rest = " where school_id = $1 and " + wanted.have("instructor_id") +
                           " and ends_at > $3 and starts_at < $4 order by starts_at, ends_at";
  for (const Row row :
       tx.query("select starts_at, ends_at, instructor_id from time_off" + rest, school, list, span.from, span.to))
    loaded.at(row.integer(2)).calendar.time_off.push_back(span_of(row));
  for (const Row row :
       tx.query("select starts_at, ends_at, instructor_id from busy" + rest, school, list, span.from, span.to))
    add_joined(loaded.at(row.integer(2)).calendar.busy, span_of(row));
  return loaded;
}

std::optional<Loaded<domain::Learner>> load_learner(Transaction& tx, base::SchoolId school, base::LearnerId id,
                                                    const Span& span) {
  std::optional<Loaded<domain::Learner>> loaded;
  // Whose data is restricted is as little bookable as who is switched off (store/retention.h).
  for (const Row row : tx.query("select c.version, case when exists (select 1 from legal_holds h"
                                " where h.school_id = $1 and h.person_id = $2 and h.kind = 'restriction') then 0"
                                " else p.active end from calendars c join people p on p.school_id = c.school_id"
                                " and p.id = c.id where c.school_id = $1 and c.kind = 'learner' and c.id = $2",
                                school, id))
    loaded = {{.id = id, .version = row.integer(0), .active = row.flag(1)}};
  if (!loaded) return std::nullopt;
  for (const Row row : tx.query("select id, starts_at, ends_at, starts_at, ends_at, expires_at from bookings"
                                " where blocks = 1 and school_id = $1 and learner_id = $2 and starts_at > $3 - 86400"
                                " and starts_at < $4 and ends_at > $3 and (expires_at is null or expires_at > $5)"
                                " order by starts_at",
                                school, id, span.from, span.to, span.now))
    take(row, *loaded);
  return loaded;
}

std::map<std::int64_t, Loaded<domain::Vehicle>> load_vehicles(Transaction& tx, base::SchoolId school,
                                                              const std::vector<const domain::Vehicle*>& vehicles,
                                                              const Span& span) {
  std::map<std::int64_t, Loaded<domain::Vehicle>> loaded;
  std::vector<std::int64_t> ids;
  ids.reserve(vehicles.size());
  for (const auto* vehicle : vehicles) {
    loaded.emplace(vehicle->id.value, Loaded<domain::Vehicle>{*vehicle});
    ids.push_back(vehicle->id.value);
  }
  if (ids.empty()) return loaded;
  for (const auto& [id, version] : calendar_versions(tx, school, "vehicle", ids))
    loaded.at(id).calendar.version = version;
  const Ids wanted(tx, ids);
  const auto list = wanted.text();
  for (const Row row : tx.query("select id, starts_at, ends_at, starts_at, vehicle_end, expires_at, vehicle_id"
                                " from bookings where blocks = 1 and school_id = $1 and " +
                                    wanted.have("vehicle_id") +
                                    " and starts_at > $3 - 86400 and starts_at < $4 and vehicle_end > $3"
                                    " and (expires_at is null or expires_at > $5) order by starts_at",
                                school, list, span.from, span.to, span.now))
    take(row, loaded.at(row.integer(6)));
  return loaded;
}

std::pair<std::string, std::string> to_columns(const domain::Hours& hours) {
  const auto range = [](const domain::WallRange& r) {
    return boost::json::object{{"start", r.start.count()}, {"end", r.end.count()}};
  };
  boost::json::array weekly, overrides;
  for (const auto& entry : hours.weekly) {
    auto item = range(entry.range);
    item["weekday"] = entry.weekday;
    weekly.push_back(std::move(item));
  }
  for (const auto& entry : hours.overrides) {
    boost::json::array ranges;
    for (const auto& r : entry.ranges) ranges.push_back(range(r));
    overrides.push_back({{"date", base::to_text(entry.date)}, {"ranges", std::move(ranges)}});
  }
  return {boost::json::serialize(weekly), boost::json::serialize(overrides)};
}

domain::Hours hours_from(std::string_view weekly, std::string_view overrides) {
  const auto range = [](const boost::json::object& r) {
    return domain::WallRange{Minutes{r.at("start").as_int64()}, Minutes{r.at("end").as_int64()}};
  };
  domain::Hours hours;
  const auto week = boost::json::parse(weekly);  // Named, both: a loop would outlive a temporary.
  const auto dates = boost::json::parse(overrides);
  for (const auto& item : week.as_array())
    hours.weekly.push_back({item.at("weekday").to_number<unsigned>(), range(item.as_object())});
  for (const auto& item : dates.as_array()) {
    domain::Hours::Override entry{.date = base::date_from_text(item.at("date").as_string()).value()};
    for (const auto& r : item.at("ranges").as_array()) entry.ranges.push_back(range(r.as_object()));
    hours.overrides.push_back(std::move(entry));
  }
  return hours;
}

std::pair<std::string, std::string> to_columns(const domain::Teaching& teaching) {
  const auto column = [](const std::vector<std::string>& texts) {
    return boost::json::serialize(boost::json::array(texts.begin(), texts.end()));
  };
  return {column(teaching.languages), column(teaching.areas)};
}

domain::Teaching teaching_from(std::string_view languages, std::string_view areas) {
  return {texts_in(languages), texts_in(areas)};
}

}  // namespace store
