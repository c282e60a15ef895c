// Weeks of two-way sync, each from a seed: people book here, humans work in their calendars there, calls go wrong, and
// processes die between any two steps. At the end all is as docs/calendars.md says.
//
// 60 of them, 5 on PostgreSQL; SYNC_WEEKS=2000 for more, SYNC_SEED=… to begin with that one, SYNC_TRACE=yes to see what
// happens.
#include <sodium.h>

#include <random>

#include "api/sync_policy.h"

namespace sync_weeks_test {

using namespace memory_google;
using sync_policy::Policy;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::stoull(text) : otherwise;
}

/// What the program draws by lot (jitter, ids) is drawn again the same way while this lives: a week is its seed.
class Lots {
 public:
  explicit Lots(std::uint64_t seed) {
    random().seed(seed);
    static randombytes_implementation same{.implementation_name = [] { return "seeded"; },
                                           .random = [] { return static_cast<std::uint32_t>(drawn()); },
                                           .stir = nullptr,
                                           .uniform = nullptr,
                                           .buf = fill,
                                           .close = nullptr};
    randombytes_set_implementation(&same);
  }
  ~Lots() { randombytes_set_implementation(&randombytes_sysrandom_implementation); }
  Lots(const Lots&) = delete;

 private:
  static std::mt19937_64& random() {
    static std::mt19937_64 generator;
    return generator;
  }
  static std::uint64_t drawn() {
    static std::mutex mutex;  // The writer has a thread of its own.
    const std::lock_guard lock(mutex);
    return random()();
  }
  static void fill(void* to, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) static_cast<unsigned char*>(to)[i] = static_cast<unsigned char>(drawn());
  }
};

class Week {
 public:
  explicit Week(std::uint64_t seed) : lots_(seed), random_(seed), trouble_(std::array{0, 10, 25, 45}[seed % 4]) {
    auto& google = world_.google;
    google.fate = [this](const Call& call) { return fate_of(call); };
    google.meanwhile = [this](const Call&) { meanwhile(); };
    google.changed = [this](const std::string& calendar) { tell(calendar); };
    google.page_size = [this](std::size_t) { return static_cast<std::size_t>(pick(0, 4)); };
    if (world_.school.database.engine() == store::Engine::sqlite) make_switch();
  }

  void run() {
    for (int i = 0; i < 8; ++i) book();
    for (int step = 0; step < 70; ++step) {
      pass_time();
      deliver();
      for (int acts = pick(0, 3); acts > 0; --acts) act();
      for (int rounds = pick(0, 3); rounds > 0; --rounds) work_a_little();
    }
    calm();
    policy_.check(world_);
    for (int i = 1; i <= world_.instructors; ++i) world_.google.expire_tokens(SyncedSchool::address(i));
    calm();
    policy_.check(world_);
  }
  const Policy& policy() const { return policy_; }

 private:
  int pick(int from, int to) { return std::uniform_int_distribution(from, to)(random_); }
  bool chance(int percent) { return pick(1, 100) <= percent; }
  template <class T>
  const T& one_of(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(pick(0, static_cast<int>(all.size()) - 1))];
  }
  template <class... Values>
  void trace(fmt::format_string<Values...> text, Values&&... values) const {
    static const bool wanted = std::getenv("SYNC_TRACE") != nullptr;
    if (wanted)
      fmt::print(stderr, "{} {}\n", base::to_text(world_.now), fmt::format(text, std::forward<Values>(values)...));
  }

  // Time, calls and processes.

  void pass_time() {
    const int kind = pick(0, 9);
    world_.now += kind < 4   ? std::chrono::seconds{pick(1, 30)}
                  : kind < 7 ? std::chrono::seconds{pick(30, 1200)}
                             : std::chrono::seconds{pick(1200, 6 * 3600)};
  }
  Fate fate_of(const Call& call) {
    const auto fate = calm_ || !chance(trouble_) ? Fate::fine : drawn_fate();
    world_.google.retry_after = std::chrono::seconds{pick(1, 120)};
    trace("{}{} {} {}: {}", std::string(static_cast<std::size_t>(depth_), ' '), call.what, call.calendar, call.id,
          static_cast<int>(fate));
    return fate;
  }
  Fate drawn_fate() {
    static const std::vector fates{Fate::unavailable,    Fate::unavailable,   Fate::limited,
                                   Fate::dropped_before, Fate::dropped_after, Fate::dropped_after,
                                   Fate::crash_before,   Fate::crash_after,   Fate::crash_after};
    return chance(3) ? Fate::refused : chance(5) ? Fate::missing : one_of(fates);
  }
  /// While somebody waits for an answer others go on.
  void meanwhile() {
    if (calm_ || depth_ > 0 || !chance(12)) return;
    ++depth_;
    const int kind = pick(0, 9);
    if (kind < 3)
      somebody_there();
    else if (kind < 6)
      somebody_here();
    else if (kind < 8)
      work_once();  // In another thread, or on another node.
    else
      world_.now += std::chrono::seconds{chance(85) ? pick(1, 20) : 150};  // Leases end.
    --depth_;
  }
  /// False: the process is gone, and whatever it held is held on to until the lease ends.
  bool work_once() {
    const auto gone = [this, depth = depth_] {
      depth_ = depth;
      trace("gone");
      return false;
    };
    try {
      const int kind = pick(0, 3);
      if (kind == 0) jobs::dispatch(world_.school.context());
      if (kind == 1 || kind == 2) jobs::write_due_lessons(world_.office(), world_.now);
      if (kind == 3) jobs::read_due_calendar(world_.office(), world_.now);
      return true;
    } catch (const Crash&) {
      return gone();
    } catch (const store::SqlError&) {  // In the middle of a transaction.
      return gone();
    }
  }
  void work_a_little() {
    const bool doomed = chance(trouble_ / 4);
    if (doomed) set_switch("insert into crash_now values (1)");
    bool lives = true;
    for (int calls = pick(1, 6); lives && calls > 0; --calls) lives = work_once();
    if (doomed) set_switch("delete from crash_now");
    if (!lives && chance(50)) world_.restart();
  }
  /// Transactions in which a step ends fail while there is a row.
  void make_switch() {
    world_.school.execute("create table crash_now (armed integer)");
    for (const auto* when : {"delete on jobs when old.kind = 'calendar'", "update on calendar_turns when new.claim = 0",
                             "update on shown_lessons when 1 = 1", "insert on shown_lessons when 1 = 1"})
      world_.school.execute(
          fmt::format("create trigger crash_{} before {} and exists (select 1 from crash_now) begin"
                      " select raise(abort, 'the process is gone'); end",
                      ++switches_, when));
  }
  void set_switch(const std::string& sql) {
    if (switches_ > 0) world_.commit([&](store::Transaction& tx) { tx.run(sql); });
  }

  /// Google's messages are lost, late or doubled.
  void tell(const std::string& calendar) {
    if (calm_ || chance(40)) return;
    for (int times = chance(20) ? 2 : 1; times > 0; --times)
      told_.emplace_back(world_.now + std::chrono::seconds{chance(50) ? pick(0, 3) : pick(3, 1800)}, calendar);
  }
  void deliver() {
    std::erase_if(told_, [&](const auto& told) {
      if (told.first > world_.now) return false;
      const auto channel = world_.google.channels.find(told.second);
      if (channel != world_.google.channels.end())
        actions::notified(world_.school.context(), world_.outside, channel->second.first, channel->second.second,
                          world_.now);
      return true;
    });
  }

  /// No more faults: all leases end, every retry and several polls come.
  void calm() {
    calm_ = true;
    told_.clear();
    world_.pass(3600s);  // What was not there is looked for once an hour at least.
    for (int i = 0; i < 6; ++i) world_.pass(130s);
    for (int i = 0; i < 3; ++i) world_.pass(400s);
  }

  // People.

  void act() {
    if (chance(50))
      somebody_here();
    else
      somebody_there();
  }
  /// Of these days, on the grid of lessons; now and then outside of the hours.
  base::Instant some_start() {
    auto day = std::chrono::floor<std::chrono::days>(world_.now) + std::chrono::days{pick(1, 9)};
    if (chance(15)) return day + std::chrono::minutes{15 * pick(0, 95)};
    while (std::chrono::weekday{day}.iso_encoding() > 5) day += std::chrono::days{1};
    return day + std::chrono::minutes{15 * pick(4 * 9, 4 * 17)};
  }
  actions::Caller somebody(int kind) {
    auto who = kind == 0   ? world_.caller(2000 + pick(1, 3), auth::Role::learner)
               : kind == 1 ? world_.caller(1000 + pick(1, 2), auth::Role::instructor)
                           : world_.caller(4001, auth::Role::office);
    who.correlation_id = policy_.next_request();
    return who;
  }
  /// Whatever they did, under the name of their request.
  template <class Result>
  void note(const actions::Caller& who, const Result& result, const std::string& what) {
    if (result) policy_.done_here.insert(who.correlation_id);
    trace("{} {}: {}", who.correlation_id, what, result ? "done" : result.error().detail);
  }

  void somebody_here() {
    const int kind = pick(0, 9);
    if (kind < 3) return book();
    if (kind < 5) return settle();
    const auto all = world_.bookings();
    if (all.empty()) return;
    auto booking = one_of(all);
    // Whoever has changed their mind once does it again.
    for (const auto& each : all)
      if (each.id == changed_ && chance(50)) booking = each;
    changed_ = booking.id;
    const auto who = somebody(2);
    const auto id = base::to_text(booking.id);
    if (kind == 5)
      return note(who, actions::cancel_booking(world_.school.context(), who, booking.id, booking.version, ""),
                  "cancels " + id);
    actions::MoveInput to{.start = some_start()};
    if (chance(25)) to.instructor = {1000 + pick(1, 2)};
    note(who, actions::move_booking(world_.school.context(), who, booking.id, booking.version, to),
         fmt::format("moves {} to {}", id, base::to_text(*to.start)));
  }
  void book() {
    const auto who = somebody(2 * pick(0, 1));
    actions::BookingInput input{.type = chance(80) ? world_.school.type : world_.school.motorway,
                                .start = some_start(),
                                .instructor = {1000 + pick(1, 2)}};
    if (who.principal.staff()) input.learner = {2000 + pick(1, 3)};
    const auto made = actions::make_booking(world_.school.context(), who, input, world_.school.key("", &who));
    note(who, made, made ? "books " + base::to_text(made->booking.id) + " at " + base::to_text(input.start) : "books");
  }
  void settle() {
    auto open = world_.conflicts();
    std::erase_if(open, [](const auto& conflict) { return conflict.decided_at.has_value(); });
    if (open.empty()) return;
    const auto conflict = one_of(open);
    policy_.explain(conflict);
    const auto who = somebody(2);
    actions::Settlement how{static_cast<actions::Settling>(pick(0, 2)), {}, "because"};
    if (how.how == actions::Settling::move && chance(50)) how.move.start = some_start();
    if (how.how == actions::Settling::move && chance(50)) {
      how.move.overruled = {"outside-hours", "too-soon"};
      how.move.reason = "because";
    }
    policy_.done_here.insert(who.correlation_id);  // A crash may come between what it does.
    const auto settled = actions::settle_conflict(world_.school.context(), who, conflict.id, how);
    if (settled) policy_.settled(conflict);
    note(who, settled, fmt::format("settles {} by {}", base::to_text(conflict.booking), static_cast<int>(how.how)));
  }

  void somebody_there() {
    const auto calendar = SyncedSchool::address(pick(1, 2));
    std::vector<std::string> lessons, others;
    for (const auto& [id, item] : world_.google.items(calendar))
      if (item.living()) (item.lesson() ? lessons : others).push_back(id);
    const int kind = pick(0, 9);
    if (kind < 5 && !lessons.empty()) return change_lesson(calendar, one_of(lessons));
    if (kind < 7 && !others.empty()) return change_other(calendar, one_of(others));
    if (kind == 7) return squat(calendar);
    add_other(calendar);
  }
  void change_lesson(const std::string& calendar, const std::string& id) {
    auto& google = world_.google;
    const auto item = google.items(calendar).at(id);
    const auto drag = [&](base::Instant start, std::chrono::seconds length) {
      const auto to = Interval::of(start, length);
      policy_.by_human(world_, calendar, item, to);
      trace("drags {} to {} {}", item.event.booking, base::to_text(start), length.count() / 60);
      google.change(calendar, id, [&](Item& one) { one.event.time = to; });
    };
    const auto length = item.event.time->length();
    const auto midnight = std::chrono::floor<std::chrono::days>(world_.now) + std::chrono::days{pick(0, 5)};
    switch (pick(0, 11)) {
      case 0:
        return drag(some_start() + 7min, length);
      case 1:
        return drag(item.event.time->start(), length + 30min);
      case 2:
        return drag(midnight, 24h);
      case 3:
        return google.change(calendar, id, [](Item& one) { one.summary = "Theirs", one.colour = "red"; });
      case 4:
        return copy(calendar, item);
      case 5:
        return leave(calendar, item);
      case 6:
      case 7:
        policy_.by_human(world_, calendar, item, std::nullopt);
        trace("deletes {}", item.event.booking);
        return google.erase(calendar, id);
      default:
        return drag(some_start(), length);
    }
  }
  void copy(const std::string& calendar, Item item) {
    item.event.id.clear();
    const auto id = world_.google.create(calendar, item.event);
    world_.google.change(calendar, id, [&](Item& one) { one.copy = true; });
  }
  /// Into a calendar that nobody follows.
  void leave(const std::string& calendar, const Item& item) {
    policy_.by_human(world_, calendar, item, std::nullopt);
    trace("moves {} away", item.event.booking);
    world_.google.change(calendar, item.event.id, [](Item& one) { one.event.gone = one.elsewhere = true; });
  }

  Interval some_time() {
    const auto day = std::chrono::floor<std::chrono::days>(world_.now) + std::chrono::days{pick(0, 12)};
    return Interval::of(day + std::chrono::minutes{pick(0, 1439)}, std::chrono::minutes{pick(1, 200)});
  }
  void add_other(const std::string& calendar) {
    ForeignEvent event{.id = {}, .series = {}, .time = some_time()};
    event.shows = chance(70) ? calendars::Shows::busy : static_cast<calendars::Shows>(pick(0, 2));
    if (chance(25))
      event.repeats = Series{.zone = world_.school.zone,
                             .start = std::chrono::local_seconds{event.time->start().time_since_epoch()},
                             .length = event.time->length(),
                             .lines = {fmt::format("RRULE:FREQ=DAILY;COUNT={}", sync_policy::occurrences)}};
    const auto id = world_.google.create(calendar, event);
    trace("adds {} at {}", id, base::to_text(event.time->start()));
  }
  void change_other(const std::string& calendar, const std::string& id) {
    auto& google = world_.google;
    const auto event = google.items(calendar).at(id).event;
    const int kind = pick(0, 3);
    trace("changes {} by {}", id, kind);
    if (kind == 0 && event.series.empty()) return google.erase(calendar, id);
    if (kind == 1)
      return google.change(calendar, id,
                           [&](Item& one) { one.event.shows = static_cast<calendars::Shows>(pick(0, 2)); });
    if (event.repeats) return except(calendar, event);
    google.change(calendar, id, [&](Item& one) { one.event.time = some_time(); });
  }
  void except(const std::string& calendar, const ForeignEvent& series) {
    const auto original = series.time->start() + std::chrono::days{pick(0, sync_policy::occurrences - 1)};
    const auto id = fmt::format("{}_{}", series.id, base::to_seconds(original));
    world_.google.create(
        calendar, {.id = id, .series = series.id, .original = original, .gone = chance(50), .time = some_time()});
  }
  /// Somebody's event has the id that a lesson's is to have.
  void squat(const std::string& calendar) {
    for (const auto& booking : world_.bookings()) {
      const auto id = calendars::event_id(base::to_text(booking.id), 0);
      const bool theirs = SyncedSchool::address(booking.instructor) == calendar;
      if (!theirs || world_.google.items(calendar).contains(id)) continue;
      world_.google.create(calendar, {.id = id, .series = {}, .time = some_time()});
      trace("takes the id of {}", base::to_text(booking.id));
      return;
    }
  }

  const Lots lots_;
  std::mt19937_64 random_;
  const int trouble_;  ///< How many of a hundred calls go wrong.
  SyncedSchool world_;
  Policy policy_;
  std::vector<std::pair<base::Instant, std::string>> told_;
  base::BookingId changed_{};
  bool calm_ = false;
  int depth_ = 0, switches_ = 0;
};

TEST(SyncWeeks, EndAsThePolicySaysWhateverHappens) {
  const auto first = number_from("SYNC_SEED", 1),
             weeks = number_from("SYNC_WEEKS", testing_support::postgres_url().empty() ? 60 : 5);
  int red = 0, followed = 0, asked = 0;
  for (auto seed = first; seed < first + weeks && red < 40; ++seed) {
    SCOPED_TRACE(fmt::format("SYNC_SEED={}", seed));
    Week week(seed);
    week.run();
    followed += week.policy().followed;
    asked += week.policy().asked;
    if (HasFailure()) ++red;
  }
  EXPECT_TRUE(weeks < 60 || (followed > 0 && asked > 0)) << followed << " moves followed, " << asked << " asked about";
  RecordProperty("followed", followed);
  RecordProperty("asked", asked);
}

}  // namespace sync_weeks_test
