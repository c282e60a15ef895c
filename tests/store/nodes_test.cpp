// Several nodes on one PostgreSQL: what one of them commits, the others know. Skipped where there is none.
#include <gtest/gtest.h>

#include "actions/factors.h"
#include "auth/sessions.h"
#include "jobs/follow.h"
#include "net/redis.h"
#include "store/authenticator.h"
#include "store/link.h"
#include "store/redis_server.h"
#include "store/school.h"
#include "store/verify.h"

namespace nodes_test {

using namespace std::chrono_literals;
using store::Touched;

const std::vector<base::NamedKey> jwt_keys{{"k1", base::Secret(std::string(32, 'k'))}};

/// Another process beside the test school's, as far as the database can tell.
struct Node {
  Node(testing_support::TestSchool& school_, const std::string& listen, const std::string& replica = "")
      : school(school_), database({.path = school.database_at, .replica = replica}), follower(context(), listen) {}
  void start() {
    follower.start({.moved =
                        [this](const auto& touched) {
                          cache.committed(touched);
                          sessions.committed(touched);
                        },
                    .ordered =
                        [this](const auto& touched) {
                          const std::lock_guard lock(mutex);
                          heard.insert(heard.end(), touched.begin(), touched.end());
                        },
                    .lost = [] { ADD_FAILURE() << "nothing was missed"; },
                    .report = [](const std::string& failure) { ADD_FAILURE() << failure; },
                    .numbered =
                        [this] {
                          if (speaker) speaker->tell({"PUBLISH", "bell", ""});
                        }});
  }
  /// Wakes others and is woken by Redis alone.
  void start_with(const std::string& redis) {
    const auto address = base::redis_address(redis).value();
    speaker.emplace(net::RedisOptions{.address = address});
    start();
    bell.emplace(net::RedisOptions{
        .address = address, .channel = "bell", .heard = [this](const std::string&) { follower.wake(); }});
  }
  actions::Context context() { return {database, cache, school.keys}; }
  bool offers(const std::string& wall, store::Freshness freshness = store::Freshness::now) {
    const std::chrono::sys_days date = base::date_from_text(wall.substr(0, 10)).value();
    auto caller = school.learner(2);
    caller.freshness = freshness;
    const auto times = actions::find_times(
        context(), caller,
        {.type = school.type, .from = date, .to = date + std::chrono::days{1}, .instructor = {1001}});
    return std::ranges::any_of(times.value().slots,
                               [&](const auto& slot) { return slot.lesson.start() == school.time(wall); });
  }
  std::vector<Touched> told() {
    const std::lock_guard lock(mutex);
    return heard;
  }

  testing_support::TestSchool& school;
  store::Database database;
  cache::CalendarCache cache{{.enabled = true}};
  auth::Sessions sessions{database, jwt_keys, "https://school.example", school.now};
  std::mutex mutex;
  std::vector<Touched> heard;
  std::optional<net::Redis> speaker;
  jobs::Follower follower;
  std::optional<net::Redis> bell;
};

/// How long until it is so; a second is too long.
std::chrono::milliseconds until(const std::function<bool()>& so) {
  const auto begun = std::chrono::steady_clock::now();
  while (!so() && std::chrono::steady_clock::now() - begun < 2s) std::this_thread::sleep_for(1ms);
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
}

class Nodes : public testing::Test {
 protected:
  void SetUp() override {
    if (testing_support::postgres_url().empty()) GTEST_SKIP() << "no PostgreSQL here";
    school = std::make_unique<testing_support::TestSchool>(testing_support::SchoolOptions{.learners = 8});
  }
  std::string direct() const { return testing_support::past_pooler(school->database_at); }
  bool book(const std::string& wall) { return school->book(school->learner(), school->at(wall)).has_value(); }
  std::unique_ptr<testing_support::TestSchool> school;
};

TEST_F(Nodes, WithoutSignalsEveryCalendarIsAskedForItsVersion) {
  Node other(*school, "");
  EXPECT_TRUE(other.offers("2026-03-02T10:00"));
  ASSERT_TRUE(book("2026-03-02T10:00"));
  EXPECT_FALSE(other.offers("2026-03-02T10:00")) << "nobody has told it, and it knows that";
  school->execute("update lesson_types set step = 60");
  EXPECT_FALSE(other.offers("2026-03-02T12:30")) << "rules too";
}

TEST_F(Nodes, HearOfEachOthersBookingsWithinASecond) {
  Node first(*school, direct()), other(*school, direct()), poller(*school, "");
  first.start(), other.start(), poller.start();
  const auto at = [](int number) { return fmt::format("2026-03-{:02}T{:02}:00", 2 + number / 4, 9 + number % 4 * 2); };
  std::vector<std::chrono::milliseconds> waits, polled;
  for (int i = 0; i < 16; ++i) {
    EXPECT_TRUE(other.offers(at(i)) && poller.offers(at(i))) << at(i);
    ASSERT_TRUE(actions::make_booking(first.context(), school->learner(1 + i % 8), school->at(at(i)),
                                      school->key("", nullptr)));
    waits.push_back(until([&] { return !other.offers(at(i)); }));
    polled.push_back(until([&] { return !poller.offers(at(i)); }));
  }
  std::ranges::sort(waits), std::ranges::sort(polled);
  RecordProperty("longest_ms", std::to_string(waits.back().count()));
  RecordProperty("median_ms", std::to_string(waits[8].count()));
  EXPECT_LT(waits.back(), 1s);
  EXPECT_LT(polled.back(), 1s) << "without NOTIFY";
}

TEST_F(Nodes, AreWokenByRedisWhereNobodyCanListenToTheDatabase) {
  testing_support::RedisServer redis;
  Node first(*school, ""), other(*school, "");
  first.start_with(redis.url), other.start_with(redis.url);
  until([&] { return first.speaker->present() && other.speaker->present(); });
  std::vector<std::chrono::milliseconds> waits;
  for (int i = 0; i < 12; ++i) {
    const auto at = fmt::format("2026-03-{:02}T{:02}:00", 2 + i / 4, 9 + i % 4 * 2);
    EXPECT_TRUE(other.offers(at)) << at;
    ASSERT_TRUE(
        actions::make_booking(first.context(), school->learner(1 + i % 8), school->at(at), school->key("", nullptr)));
    waits.push_back(until([&] { return !other.offers(at); }));
  }
  std::ranges::sort(waits);
  RecordProperty("median_ms", std::to_string(waits[6].count()));
  EXPECT_LT(waits[6], 80ms) << "it would look four times a second without";
  redis.kill();
  EXPECT_TRUE(other.offers("2026-03-06T10:00"));
  ASSERT_TRUE(book("2026-03-06T10:00"));
  EXPECT_LT(until([&] { return !other.offers("2026-03-06T10:00"); }), 1s) << "with every message lost";
}

TEST_F(Nodes, RefuseASessionThatAnotherOneHasEnded) {
  Node first(*school, direct()), other(*school, direct());
  first.start(), other.start();
  const auto in = *first.database.transact<auth::SignedIn>(
      school->school, [&](store::Transaction& tx) -> base::Result<auth::SignedIn> {
        return first.sessions.start(tx, school->school, {2001}, store::Role::learner, school->now);
      });
  EXPECT_TRUE(other.sessions.authenticate(in.access_token, school->now));
  ASSERT_TRUE(first.sessions.end(in.refresh_token, school->now));
  EXPECT_FALSE(first.sessions.authenticate(in.access_token, school->now)) << "at once where it was ended";
  EXPECT_LT(until([&] { return !other.sessions.authenticate(in.access_token, school->now); }), 1s);
}

/// A change of factors on one node ends the other sessions on all of them.
TEST_F(Nodes, RefuseTheSessionsThatAChangeOfFactorsHasEnded) {
  Node first(*school, direct()), other(*school, direct());
  first.start(), other.start();
  const auto in = *first.database.transact<std::pair<auth::SignedIn, auth::SignedIn>>(
      school->school, [&](store::Transaction& tx) -> base::Result<std::pair<auth::SignedIn, auth::SignedIn>> {
        const auto start = [&] {
          return first.sessions.start(tx, school->school, {2001}, store::Role::learner, school->now);
        };
        return std::pair(start(), start());
      });
  const auto &mine = in.first, &another = in.second;
  const auto knows = [&](const auth::SignedIn& session) {
    return other.sessions.authenticate(session.access_token, school->now).has_value();
  };
  ASSERT_TRUE(knows(mine) && knows(another));
  store::People people(school->keys);
  auth::PasswordHasher passwords({.passes = 1, .memory_bytes = 8192 * 8});
  auth::Throttle throttle, mail_throttle;
  auth::SecondStep second_step(jwt_keys);
  const actions::Identity identity{first.context(),          people,     passwords,
                                   first.sessions,           throttle,   mail_throttle,
                                   "https://school.example", second_step};
  const testing_support::Authenticator authenticator;
  const auto challenge = second_step.challenges.make(
      {auth::Challenges::Purpose::new_passkey, school->school, {2001}, mine.principal.sid}, school->now);
  const auto made = authenticator.create(challenge);
  const actions::Caller caller{.principal = mine.principal, .now = school->now};
  ASSERT_TRUE(actions::add_passkey(identity, caller, {"Key", made.client_data, made.authenticator_data}));
  EXPECT_LT(until([&] { return !knows(another); }), 1s);
  EXPECT_TRUE(knows(mine));
}

TEST_F(Nodes, AllOfThemNumberWhatAllOfThemWriteAndNobodyHearsAnythingTwice) {
  Node first(*school, direct()), other(*school, direct());
  first.start(), other.start();
  constexpr int writers = 4, rounds = 40;
  {
    std::vector<std::jthread> threads;
    threads.reserve(writers);
    for (int writer = 0; writer < writers; ++writer)
      threads.emplace_back([&, writer] {
        auto& node = writer % 2 == 0 ? first : other;
        const auto learner = school->learner(1 + writer);
        for (int round = 0; round < rounds; ++round) {
          auto input = school->at(fmt::format("2026-03-{:02}T{:02}:00", 2 + round % 5, 9 + writer * 2));
          input.instructor = {1001 + round % 2};
          const auto made = actions::make_booking(node.context(), learner, input, school->key("", &learner));
          ASSERT_TRUE(made) << made.error().detail;
          ASSERT_TRUE(actions::cancel_booking(node.context(), learner, made->booking.id, 1, ""));
        }
      });
  }
  const auto ordered = [&] { return school->number("select count(*) from event_order"); };
  const auto events = school->number("select count(*) from events");
  EXPECT_LT(until([&] { return ordered() == events; }), 1s);
  const auto heard_of = [](const auto& told, std::int64_t learner) {
    return std::ranges::count_if(told, [&](const auto& each) { return each.kind == "learner" && each.id == learner; });
  };
  const auto all = [&](auto& node) { return heard_of(node.told(), 2001) == 2 * rounds; };
  EXPECT_LT(until([&] { return all(first) && all(other) && first.told() == other.told(); }), 1s);
  auto told = first.told();
  EXPECT_TRUE(std::ranges::is_sorted(told, {}, &Touched::position));
  std::map<std::pair<std::string, std::int64_t>, std::set<std::int64_t>> versions;
  for (const auto& each : told) {
    auto& heard = versions[{each.kind, each.id}];
    EXPECT_TRUE(heard.insert(each.version).second) << "twice: " << each.kind;
  }
  EXPECT_EQ(versions.at({"learner", 2001}).size(), 2u * rounds) << "each booking and each cancellation";
  EXPECT_EQ(store::verify(school->database_at).faults, std::vector<std::string>{});
  EXPECT_EQ(school->number("select count(*) from dispatch_cursor d join event_cursor c on c.school_id = d.school_id"
                           " where c.position = d.position"),
            1)
      << "every event became its jobs";
}

TEST_F(Nodes, WhatWasCancelledElsewhereAMomentAgoIsBookedWithAnyInstructor) {
  Node other(*school, "");
  other.database.followed({std::chrono::steady_clock::now() + 1h, ""});
  std::vector<base::BookingId> taken;
  for (int instructor = 1; instructor <= 2; ++instructor) {
    auto input = school->at("2026-03-02T10:00");
    input.instructor = {1000 + instructor};
    const auto learner = school->learner(instructor);
    taken.push_back(actions::make_booking(school->context(), learner, input, school->key("", &learner))->booking.id);
  }
  EXPECT_FALSE(other.offers("2026-03-02T10:00"));
  auto anybody = school->at("2026-03-02T10:00");
  anybody.instructor = {};
  const auto learner = school->learner(3);
  const auto book = [&] { return actions::make_booking(other.context(), learner, anybody, school->key("", &learner)); };
  EXPECT_EQ(book().error().code, base::Code::slot_taken);
  ASSERT_TRUE(actions::cancel_booking(school->context(), school->learner(2), taken[1], 1, ""));
  EXPECT_TRUE(book()) << "nobody has told this node yet";
}

TEST_F(Nodes, WhoeverJustWroteElsewhereIsAnsweredFromTheDatabase) {
  Node other(*school, "");
  other.database.followed({std::chrono::steady_clock::now() + 1h, ""});
  EXPECT_TRUE(other.offers("2026-03-02T10:00"));
  ASSERT_TRUE(book("2026-03-02T10:00"));
  EXPECT_TRUE(other.offers("2026-03-02T10:00")) << "it believes that it has heard of everything";
  EXPECT_FALSE(other.offers("2026-03-02T10:00", store::Freshness::checked));
}

/// A node whose lists may come from a replica, by way of a link, beside the test school's own.
class Replicas : public Nodes {
 protected:
  void SetUp() override {
    Nodes::SetUp();
    if (IsSkipped()) return;
    const auto address = testing_support::replica_of(school->database_at);
    if (address.empty()) GTEST_SKIP() << "no replica here";
    link = std::make_unique<testing_support::Link>(address);
    const auto connected = [&] {
      try {
        control = std::make_unique<store::PostgresConnection>(testing_support::as_owner(address),
                                                              std::chrono::steady_clock::now() + 10min);
        return true;
      } catch (const store::ConnectionLost&) {
        return false;  // The new database is not there yet.
      }
    };
    until(connected);
    ASSERT_TRUE(control);
    node = std::make_unique<Node>(*school, direct(), link->address);
    node->start();
  }
  void TearDown() override {
    if (control) control->execute("select pg_wal_replay_resume()");
  }
  const store::BookingFilter week{.from = base::from_seconds(1772409600), .to = base::from_seconds(1773014400)};
  std::size_t lessons(store::Freshness freshness = store::Freshness::recent) {
    auto office = school->office();
    office.freshness = freshness;
    return actions::list_bookings(node->context(), office, week).value().size();
  }
  std::int64_t answered() { return node->database.figures().replica_reads; }
  /// Whether the replica comes to answer again within two seconds.
  bool comes_to_answer() {
    const auto before = answered();
    until([&] { return lessons() > 100 || answered() > before; });
    return answered() > before;
  }
  std::unique_ptr<testing_support::Link> link;
  std::unique_ptr<store::PostgresConnection> control;
  std::unique_ptr<Node> node;
};

TEST_F(Replicas, AnswerWithAllThatTheirNodeHasCommittedAndHeardOf) {
  EXPECT_TRUE(comes_to_answer());
  control->execute("select pg_wal_replay_pause()");
  const auto before = answered();
  ASSERT_TRUE(actions::make_booking(node->context(), school->learner(1), school->at("2026-03-02T10:00"),
                                    school->key("", nullptr)));
  EXPECT_EQ(lessons(), 1u) << "what it wrote itself, at once";
  EXPECT_LT(until([&] { return !node->told().empty(); }), 1s);
  EXPECT_EQ(lessons(), 1u);
  const auto heard = node->told().size();
  ASSERT_TRUE(book("2026-03-02T13:00"));
  EXPECT_LT(until([&] { return node->told().size() > heard; }), 1s);
  std::this_thread::sleep_for(50ms);  // Until it has followed, too.
  EXPECT_EQ(lessons(), 2u) << "and what another one wrote, once it has heard of it";
  EXPECT_EQ(answered(), before) << "the replica knows nothing of either";
  EXPECT_GT(node->database.figures().replica_behind, 0);
  control->execute("select pg_wal_replay_resume()");
  EXPECT_TRUE(comes_to_answer());
  EXPECT_EQ(lessons(), 2u);
  const auto asked = answered();
  EXPECT_EQ(lessons(store::Freshness::now), 2u);
  EXPECT_EQ(lessons(store::Freshness::checked), 2u);
  EXPECT_EQ(answered(), asked);
}

TEST_F(Replicas, AnswerNothingForANodeThatHearsNothing) {
  Node deaf(*school, "", link->address);
  EXPECT_EQ(actions::list_bookings(deaf.context(), school->office(), week).value().size(), 0u);
  EXPECT_EQ(deaf.database.figures().replica_reads, 0);
}

TEST_F(Replicas, ThatAreLostAreLeftAloneForAWhile) {
  ASSERT_TRUE(comes_to_answer());
  link->mode = testing_support::Link::Mode::silent;
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(lessons(), 0u);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 1500ms);
  const auto after = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(lessons(), 0u);
  EXPECT_LT(std::chrono::steady_clock::now() - after, 500ms) << "nobody waits for it again";
  EXPECT_EQ(node->database.figures().replica_lost, 1);
  link->mode = testing_support::Link::Mode::torn;
  std::this_thread::sleep_for(4s);
  link->mode = testing_support::Link::Mode::open;
  EXPECT_TRUE(comes_to_answer());
}

}  // namespace nodes_test
