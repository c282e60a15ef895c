/// A small school in a fresh database, for tests that act on bookings: Europe/London, Monday 2 March 2026 is day one.
#pragma once

#include <map>

#include "actions/bookings.h"
#include "actions/find_times.h"
#include "store/cache_switch.h"
#include "store/schedules.h"
#include "store/temporary.h"

namespace testing_support {

using namespace std::chrono_literals;

struct SchoolOptions {
  int instructors = 2, learners = 3, vehicles = 2;
  bool approval = false;
  bool cache = cache_options().enabled;
  std::string database, keys;  ///< Where they are; "": fresh ones.
  bool replica = false;        ///< Lists may come from it.
  std::string hours = R"([{"weekday":1,"start":540,"end":1080},{"weekday":2,"start":540,"end":1080},)"
                      R"({"weekday":3,"start":540,"end":1080},{"weekday":4,"start":540,"end":1080},)"
                      R"({"weekday":5,"start":540,"end":1080}])";
};

/// Everybody's ids are small numbers: instructors 1001…, learners 2001…, vehicles 3001…, the office 4001, the admin
/// 4002.
class TestSchool {
 public:
  explicit TestSchool(const SchoolOptions& options = {})
      : database_at(options.database.empty() ? migrated(folder) : options.database),
        database({.path = database_at, .replica = options.replica ? replica_of(database_at) : ""}),
        keys(options.keys.empty() ? fresh_keys(folder) : options.keys, {{"test", base::Secret(std::string(32, 'k'))}}),
        cache({.enabled = options.cache}, level_two.calendars.get()) {
    database.on_commit([this](const auto& touched) { cache.committed(touched); });
    std::vector<base::PersonId> people;
    for (int i = 1; i <= options.learners; ++i) people.push_back({2000 + i});
    keys.make_keys(school, people, {});
    const auto filled = database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
      fill(tx, options);
      return 0;
    });
    CHECK(filled.has_value());
  }

  actions::Context context() { return {database, cache, keys}; }
  actions::Caller caller(std::int64_t person, auth::Role role) const {
    return {.principal = {school, {person}, role}, .now = now, .correlation_id = "test"};
  }
  base::Result<std::vector<actions::Happening>> history(const actions::Caller& caller, base::BookingId id) {
    store::People people(keys);
    return actions::booking_history(context(), people, caller, id);
  }
  actions::Caller learner(int number = 1) const { return caller(2000 + number, auth::Role::learner); }
  actions::Caller instructor(int number = 1) const { return caller(1000 + number, auth::Role::instructor); }
  actions::Caller office() const { return caller(4001, auth::Role::office); }

  /// A lesson with instructor 1 at this wall time of London, "2026-03-02T10:00".
  actions::BookingInput at(const std::string& wall) const {
    return {.type = type, .start = time(wall), .instructor = {1001}};
  }
  base::Instant time(const std::string& wall) const {
    const auto date = base::date_from_text(wall.substr(0, 10)).value();
    return zone.at(date, std::chrono::minutes{std::stoi(wall.substr(11, 2)) * 60 + std::stoi(wall.substr(14, 2))});
  }
  store::RequestKey key(const std::string& text = "", const actions::Caller* who = nullptr) {
    const auto fresh = text.empty() ? "key-" + std::to_string(++keys_made) : text;
    return {school, who ? who->principal.person : base::PersonId{2001}, "POST bookings", fresh, {1, 2, 3}};
  }
  base::Result<actions::BookingView> book(const actions::Caller& who, const actions::BookingInput& input) {
    return actions::make_booking(context(), who, input, key("", &who));
  }
  /// A sealed text, by its id in an event.
  std::string text(const boost::json::value& id) {
    return database.read({1}, [&](store::Transaction& tx) {
      return store::read_text(tx, keys, school, {base::id_from_text(id.as_string()).value()}).value_or("");
    });
  }
  std::int64_t number(const std::string& sql) {
    return database.read({1}, [&](store::Transaction& tx) { return tx.number(sql).value_or(0); });
  }
  /// As the owner of the database, whom neither walls between schools nor missing rights stop.
  void execute_as_owner(const std::string& sql) {
    if (database.engine() == store::Engine::sqlite) return execute(sql);
    store::PostgresConnection(as_owner(database_at), std::chrono::steady_clock::now() + std::chrono::minutes{1})
        .execute(sql);
  }
  void execute(const std::string& sql) {
    const auto done = database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
      tx.run(sql);
      store::bump_rules(tx, school);
      store::lock_all_instructors(tx, school);
      return 0;
    });
    CHECK(done.has_value());
  }

  TemporaryFolder folder;
  const std::string database_at;
  store::Database database;
  store::KeyStore keys;
  const LevelTwo level_two;
  cache::CalendarCache cache;
  const base::SchoolId school{1};
  const base::LessonTypeId type{5001}, motorway{5002};
  const domain::Zone zone = domain::Zone::load("Europe/London").value();
  base::Instant now = time("2026-03-01T12:00");
  std::atomic<int> keys_made{0};

 private:
  void fill(store::Transaction& tx, const SchoolOptions& options) {
    tx.run(
        "insert into schools (school_id, slug, name, zone, currency, approval, version, created_at)"
        " values ($1, 'test', 'Test School', 'Europe/London', 'GBP', $2, 1, 0)",
        school, options.approval);
    const auto person = [&](std::int64_t id, std::string_view role) {
      tx.run("insert into people (school_id, id, role, version, created_at) values ($1, $2, $3, 1, 0)", school, id,
             role);
    };
    for (int i = 1; i <= options.learners; ++i) {
      person(2000 + i, "learner");
      store::make_calendar(tx, school, store::Kind::learner, 2000 + i);
    }
    const store::Author author{.school = school, .correlation_id = "seed", .now = {}, .quiet = true};
    std::vector<base::InstructorId> drivers;
    for (int i = 1; i <= options.instructors; ++i) {
      person(1000 + i, "instructor");
      store::make_calendar(tx, school, store::Kind::instructor, 1000 + i);
      store::put_hours(tx, author, {{1000 + i}, store::hours_from(options.hours, "[]"), 1});
      drivers.push_back({1000 + i});
    }
    person(4001, "office");
    person(4002, "admin");
    for (int i = 1; i <= options.vehicles; ++i) {
      store::put_vehicle(tx, author, {{.id = {3000 + i}, .drivers = drivers}, "Car", 1});
      store::make_calendar(tx, school, store::Kind::vehicle, 3000 + i);
    }
    for (const auto& [id, length] : std::map<std::int64_t, int>{{type.value, 60}, {motorway.value, 90}})
      store::put_lesson(tx, author,
                        {.rules = {.id = {id},
                                   .length = domain::Minutes{length},
                                   .step = 15min,
                                   .notice_book = 2h,
                                   .notice_move = 24h,
                                   .notice_cancel = 48h,
                                   .transmission = domain::Transmission::manual},
                         .name = "Lesson",
                         .price = {4200, "GBP"},
                         .version = 1});
  }
};

}  // namespace testing_support
