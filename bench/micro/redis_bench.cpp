// Availability of a school with 100 instructors (W2) on PostgreSQL, through the action that the route calls: all in
// memory, all in Redis (as on a node that has just started), in neither, and with one calendar missing that somebody
// has just booked. Then bookings with any instructor while Redis answers, while it is a black hole, and without.
//
// Counters: p50_us, p99_us. The label is the answer with its hash, the same in every row.
#include <benchmark/benchmark.h>

#include "store/link.h"
#include "store/redis_server.h"
#include "store/school.h"
#include "workload.h"

namespace {

using namespace std::chrono_literals;
using testing_support::Link;
using Watch = std::chrono::steady_clock;

/// W2 in a database, with Redis beside it.
struct RedisPlace {
  RedisPlace() {
    write([&](store::Transaction& tx) {
      tx.run(
          "update lesson_types set length = 60, step = 15, buffer_before = 10, buffer_after = 10, notice_book = 120,"
          " horizon_days = 365, needs_vehicle = 0, transmission = 'any'");
      store::bump_rules(tx, school.school);
    });
    for (const auto& instructor : work.instructors) {
      const base::InstructorId id{1000 + instructor.id.value};
      write([&](store::Transaction& tx) {
        store::lock(tx, school.school, store::Kind::instructor, id.value);
        store::put_hours(tx, {.school = school.school, .correlation_id = "seed", .now = {}, .quiet = true},
                         {id, instructor.hours, 2});
        std::int64_t busy = 0;
        for (const auto& span : instructor.busy)
          tx.run_later(
              "insert into busy (school_id, instructor_id, id, starts_at, ends_at) values ($1, $2, $3, $4, $5)",
              school.school, id, ++busy, span.start(), span.end());
      });
    }
    school.execute_as_owner("vacuum analyze");
    school.now = work.question(work.instructors.front()).now;
    while (!redis.present()) std::this_thread::sleep_for(1ms);
  }
  void write(const std::function<void(store::Transaction&)>& body) {
    const auto done = school.database.transact<int>(school.school, [&](store::Transaction& tx) -> base::Result<int> {
      body(tx);
      return 0;
    });
    CHECK(done.has_value());
  }
  actions::Context context(cache::CalendarCache& cache) { return {school.database, cache, school.keys}; }
  workload::Answer ask(cache::CalendarCache& cache) {
    const auto times = actions::find_times(context(cache), school.office(),
                                           {.type = school.type, .from = workload::first_day, .to = work.to})
                           .value();
    workload::Answer answer{.distinct = times.slots.size(), .hash = 0xcbf29ce484222325u};
    for (const auto& slot : times.slots) {
      answer.sum += static_cast<std::size_t>(slot.instructors);
      const auto minute = base::to_seconds(slot.lesson.start()) / 60;
      answer.hash = (answer.hash ^ static_cast<std::uint64_t>(minute)) * 0x100000001b3u;
    }
    return answer;
  }
  /// As a booking would.
  void move_one(cache::CalendarCache& cache) {
    std::int64_t version = 0;
    (void)school.database.transact<int>(school.school, [&](store::Transaction& tx) -> base::Result<int> {
      version = store::lock(tx, school.school, store::Kind::instructor, 1050).value();
      return 0;
    });
    cache.committed({{"instructor", 1, 1050, version}});
  }

  const workload::Workload work = workload::make(workload::w2);
  testing_support::RedisServer server;
  testing_support::TestSchool school{{.instructors = 100, .learners = 400, .vehicles = 0, .hours = "[]"}};
  net::Redis redis{{.address = base::redis_address(server.url).value()}};
  cache::SharedCalendars shared{redis, base::Key::random()};
};

RedisPlace* place(benchmark::State& state) {
  if (testing_support::postgres_url().empty()) {
    state.SkipWithError("needs PostgreSQL: tools/with-postgres");
    return nullptr;
  }
  static RedisPlace made;
  return &made;
}

void report(benchmark::State& state, std::vector<double>& seconds) {
  std::ranges::sort(seconds);
  state.counters["p50_us"] = seconds.at(seconds.size() / 2) * 1e6;
  state.counters["p99_us"] = seconds.at(seconds.size() * 99 / 100) * 1e6;
}

enum class From { memory, redis, neither };

void availability(benchmark::State& state, From from, bool one_missing) {
  auto* const there = place(state);
  if (!there) return;
  auto* const level_two = from == From::redis ? &there->shared : nullptr;
  cache::CalendarCache kept({}, level_two);
  there->ask(kept);
  std::vector<double> seconds;
  workload::Answer answer;
  for (auto _ : state) {
    cache::CalendarCache fresh({}, level_two);
    if (one_missing) there->move_one(kept);
    auto& cache = one_missing || from == From::memory ? kept : fresh;
    const auto begun = Watch::now();
    answer = there->ask(cache);
    seconds.push_back(std::chrono::duration<double>(Watch::now() - begun).count());
    state.SetIterationTime(seconds.back());
  }
  report(state, seconds);
  state.SetLabel(fmt::format("{} starts, hash {:x}", answer.distinct, answer.hash));
  if (answer != workload::w2_answer) state.SkipWithError("this is not the known answer");
}

/// The least that a cold build could cost which loads all calendars at once: their rows, read and thrown away.
void rows_at_once(benchmark::State& state) {
  auto* const there = place(state);
  if (!there) return;
  std::vector<double> seconds;
  std::int64_t rows = 0;
  for (auto _ : state) {
    const auto begun = Watch::now();
    rows = 0;
    there->school.database.read(there->school.school, [&](store::Transaction& tx) {
      for (const auto* sql :
           {"select c.id, c.version, p.active, h.weekly, h.overrides from calendars c join people p on"
            " p.school_id = c.school_id and p.id = c.id left join hours h on h.school_id = c.school_id and"
            " h.instructor_id = c.id where c.school_id = $1 and c.kind = 'instructor'",
            "select instructor_id, id, starts_at, ends_at, occupied_start, occupied_end, expires_at from bookings"
            " where blocks = 1 and school_id = $1",
            "select instructor_id, starts_at, ends_at from time_off where school_id = $1",
            "select instructor_id, starts_at, ends_at from busy where school_id = $1"})
        for (const store::Row row : tx.query(sql, there->school.school)) rows += row.integer(1) != 0;
    });
    seconds.push_back(std::chrono::duration<double>(Watch::now() - begun).count());
    state.SetIterationTime(seconds.back());
  }
  report(state, seconds);
  state.SetLabel(fmt::format("{} rows", rows));
}

enum class Helper { answers, black_hole, none };

/// Each at another time with whoever is free, by a node whose memory hears of its own commits.
void book(benchmark::State& state, Helper helper) {
  auto* const there = place(state);
  if (!there) return;
  Link link(there->server.url);
  const auto& url = helper == Helper::black_hole ? link.address : there->server.url;
  net::Redis redis({.address = base::redis_address(url).value()});
  while (!redis.present()) std::this_thread::sleep_for(1ms);
  cache::SharedCalendars shared(redis, base::Key::random());
  cache::CalendarCache cache({}, helper == Helper::none ? nullptr : &shared);
  const auto before = there->ask(cache);
  there->school.database.on_commit([&](const auto& touched) { cache.committed(touched); });
  if (helper == Helper::black_hole) link.mode = Link::Mode::silent;
  auto times = actions::find_times(there->context(cache), there->school.office(),
                                   {.type = there->school.type, .from = workload::first_day, .to = there->work.to})
                   .value();
  std::erase_if(times.slots, [](const auto& slot) { return slot.instructors < 4; });
  std::vector<double> seconds;
  std::vector<base::BookingId> made;
  int at = 0;
  for (auto _ : state) {
    const auto learner = there->school.learner(1 + at);
    const actions::BookingInput input{.type = there->school.type,
                                      .start = times.slots.at(static_cast<std::size_t>(at++) * 4 + 20).lesson.start(),
                                      .instructor = {}};
    const auto begun = Watch::now();
    const auto booked = actions::make_booking(there->context(cache), learner, input, there->school.key("", &learner));
    seconds.push_back(std::chrono::duration<double>(Watch::now() - begun).count());
    state.SetIterationTime(seconds.back());
    if (booked) made.push_back(booked->booking.id);
  }
  there->school.database.on_commit({});
  cache::CalendarCache none({.enabled = false});
  for (const auto id : made)
    CHECK(actions::cancel_booking(there->context(none), there->school.office(), id, 1, "").has_value());
  report(state, seconds);
  state.SetLabel(fmt::format("{} booked, Redis left {} unanswered", made.size(), redis.figures.unanswered.load()));
  CHECK(there->ask(none) == before);
}

BENCHMARK_CAPTURE(availability, memory, From::memory, false)->Iterations(200)->UseManualTime();
BENCHMARK_CAPTURE(availability, redis, From::redis, false)->Iterations(200)->UseManualTime();
BENCHMARK(rows_at_once)->Iterations(200)->UseManualTime();
BENCHMARK_CAPTURE(availability, neither, From::neither, false)->Iterations(100)->UseManualTime();
BENCHMARK_CAPTURE(availability, one_missing, From::memory, true)->Iterations(200)->UseManualTime();
BENCHMARK_CAPTURE(book, redis, Helper::answers)->Iterations(300)->UseManualTime();
BENCHMARK_CAPTURE(book, black_hole, Helper::black_hole)->Iterations(300)->UseManualTime();
BENCHMARK_CAPTURE(book, without, Helper::none)->Iterations(300)->UseManualTime();

}  // namespace
