// Redis as a helper: what it adds, and that nothing but speed is lost without it.
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "actions/working_time.h"
#include "http/shared_limits.h"
#include "jobs/warmer.h"
#include "store/link.h"
#include "store/redis_server.h"
#include "store/school.h"

namespace redis_test {

using namespace std::chrono_literals;
using cache::CalendarCache;
using cache::SharedCalendars;
using net::Redis;
using testing_support::Link;
using testing_support::RedisServer;
using testing_support::TestSchool;
using Clock = std::chrono::steady_clock;

bool comes(const std::function<bool()>& so, std::chrono::milliseconds within = 10s) {
  const auto begun = Clock::now();
  while (!so() && Clock::now() - begun < within) std::this_thread::sleep_for(1ms);
  return so();
}

/// On a busy machine a good answer may take its time; where that is what is tried, it does not.
constexpr std::chrono::milliseconds patient{5'000};
const auto as_in_life = net::RedisOptions().answer_within;

net::RedisOptions at(const std::string& url, std::chrono::milliseconds answer_within = patient) {
  return {.address = base::redis_address(url).value(), .answer_within = answer_within};
}

/// A node beside the school's own, whose memory is empty each time that it is asked.
struct Node {
  Node(TestSchool& school_, const std::string& url, std::chrono::milliseconds answer_within)
      : school(school_), redis(at(url, answer_within)) {}
  std::vector<std::string> listed(bool level_two = true) {
    CalendarCache fresh({.enabled = true}, level_two ? &calendars : nullptr);
    std::vector<std::string> all;
    for (const int learner : {1, 2}) {
      const auto times = actions::find_times({school.database, fresh, school.keys}, school.learner(learner), week);
      for (const auto& slot : times.value().slots)
        all.push_back(fmt::format("{} {} {}", learner, base::to_text(slot.lesson.start()), slot.instructors));
    }
    return all;
  }
  TestSchool& school;
  Redis redis;
  const base::Key key = base::Key::random();
  SharedCalendars calendars{redis, key};
  const actions::TimesQuery week{.type = school.type,
                                 .from = base::date_from_text("2026-03-02").value(),
                                 .to = base::date_from_text("2026-03-07").value()};
};

class WithRedis : public testing::Test {
 protected:
  void node_at(const std::string& url, std::chrono::milliseconds answer_within = patient) {
    node = std::make_unique<Node>(school, url, answer_within);
    ASSERT_TRUE(comes([&] { return node->redis.present(); }));
  }
  /// Both ask and book; every answer is the one that the database alone would give.
  void expect_service(int rounds = 20) {
    for (int round = 0; round < rounds; ++round) {
      EXPECT_EQ(node->listed(), node->listed(false));
      const auto wall = fmt::format("2026-03-{:02}T{:02}:00", 2 + round % 5, 9 + round / 5 % 4 * 2);
      const auto made = school.book(school.learner(1 + round % 3), school.at(wall));
      ASSERT_TRUE(made) << made.error().detail;
    }
  }
  auto& figures() { return node->calendars.figures; }

  RedisServer server;
  TestSchool school;
  std::unique_ptr<Node> node;
};

TEST_F(WithRedis, WhatOneNodeLoadedOthersFindAndItIsWhatTheDatabaseHas) {
  node_at(server.url);
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const auto any = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  std::vector<base::BookingId> booked;
  int changes = 0;
  for (int step = 0; step < 60; ++step) {
    auto input = school.at(fmt::format("2026-03-{:02}T{:02}:00", 2 + any(5), 9 + any(9)));
    input.instructor = {1001 + any(2)};
    if (any(3) > 0 || booked.empty()) {
      if (const auto made = school.book(school.learner(1 + any(3)), input))
        booked.push_back(made->booking.id), ++changes;
    } else if (any(2) == 0) {
      const auto id = booked.at(static_cast<std::size_t>(any(static_cast<int>(booked.size()))));
      changes += actions::cancel_booking(school.context(), school.office(), id, 1, "").has_value();
    } else {
      changes += actions::add_time_off(school.context(), school.office(), input.instructor,
                                       {input.start, input.start + 30min * (1 + any(4))}, school.key())
                     .has_value();
    }
    ASSERT_EQ(node->listed(), node->listed(false)) << "loaded anew";
    const auto before = figures().hits.load();
    ASSERT_EQ(node->listed(), node->listed(false)) << "found";
    ASSERT_EQ(figures().hits - before, 4) << "two instructors and two vehicles";
  }
  EXPECT_GT(changes, 20);
  EXPECT_EQ(figures().unreadable, 0);
}

TEST_F(WithRedis, AnotherVersionOrSomethingThatIsNoCalendarIsAMiss) {
  node_at(server.url);
  const auto find = [&](std::int64_t version, base::Instant from, base::Instant now) {
    return node->calendars.find("instructor", school.school, {{1001, version}}, from, now).front().has_value();
  };
  const auto from = school.time("2026-03-02T00:00"), until = school.time("2026-03-03T00:00");
  node->calendars.keep("instructor", school.school, {{1001, {.version = 7, .from = from, .valid_until = until}}});
  EXPECT_TRUE(find(7, from, from));
  EXPECT_FALSE(find(6, from, from));
  EXPECT_FALSE(find(8, from, from));
  EXPECT_FALSE(find(7, from - 1h, from)) << "it does not reach back so far";
  EXPECT_FALSE(find(7, from, until)) << "a hold in it has lapsed";
  EXPECT_EQ(figures().unreadable, 0);
  const auto stored = node->redis.ask({"HGET", "roadbook:calendars:1:1", "instructor:1001"}).value().text;
  auto flipped = stored;
  flipped.back() = static_cast<char>(flipped.back() ^ 1);
  int garbage = 0;
  for (const auto& value : {std::string(), std::string("garbage"), stored.substr(0, stored.size() - 1), flipped}) {
    ASSERT_TRUE(node->redis.ask({"HSET", "roadbook:calendars:1:1", "instructor:1001", value}));
    EXPECT_FALSE(find(7, from, from));
    EXPECT_EQ(figures().unreadable, ++garbage);
  }
  ASSERT_TRUE(node->redis.ask({"HSET", "roadbook:calendars:1:1", "instructor:1002", stored}));
  EXPECT_FALSE(node->calendars.find("instructor", school.school, {{1002, 7}}, from, from).front()) << "somebody else's";
  ASSERT_TRUE(node->redis.ask({"SET", "roadbook:calendars:1:1", "no hash"}));
  EXPECT_FALSE(find(7, from, from));
  EXPECT_EQ(node->listed(), node->listed(false));
}

TEST_F(WithRedis, AllGoesOnWhileItIsKilled) {
  node_at(server.url);
  node->listed();
  server.kill();
  expect_service();
  EXPECT_FALSE(node->redis.present());
}

TEST_F(WithRedis, ABlackHoleIsWaitedForOnceAndThenNoMore) {
  Link link(server.url);
  node_at(link.address, as_in_life);
  node->listed();
  link.mode = Link::Mode::silent;
  int waited = 0;
  for (int i = 0; i < 100; ++i) {
    const auto begun = Clock::now();
    EXPECT_FALSE(node->redis.ask({"GET", "x"}));
    waited += Clock::now() - begun > 40ms;
  }
  EXPECT_LE(waited, 2);
  expect_service();
  EXPECT_FALSE(node->redis.present());
  link.mode = Link::Mode::open;
  EXPECT_TRUE(comes([&] { return node->redis.present(); })) << "it is found again";
  const auto before = figures().hits.load();
  EXPECT_TRUE(comes([&] { return node->listed(), figures().hits > before; }));
}

TEST_F(WithRedis, OneThatIsTooSlowIsNotAsked) {
  Link link(server.url);
  node_at(link.address, as_in_life);
  link.delay_ms = 80;
  EXPECT_FALSE(node->redis.ask({"GET", "x"}));
  EXPECT_TRUE(comes([&] { return !node->redis.present(); }));
  expect_service();
}

TEST_F(WithRedis, ATornLinkLosesNothingButTime) {
  Link link(server.url);
  node_at(link.address);
  link.tears_per_thousand = 200;
  expect_service();
  EXPECT_GT(link.torn, 0);
}

TEST_F(WithRedis, OneThatIsFullRefusesAndAllGoesOn) {
  RedisServer full({"--maxmemory", "1mb", "--maxmemory-policy", "noeviction"});
  node_at(full.url);
  for (int i = 0; node->redis.ask({"SET", std::to_string(i), std::string(50'000, 'x')}); ++i) ASSERT_LT(i, 100);
  const auto before = node->redis.figures.refused.load();
  expect_service();
  EXPECT_GT(node->redis.figures.refused, before);
  EXPECT_TRUE(node->redis.present());
}

TEST_F(WithRedis, AWrongPasswordIsReportedWithoutThePasswordAndAllGoesOn) {
  auto options = at(server.url);
  options.address.password = base::Secret("mistaken");
  std::mutex mutex;
  std::string reported;
  options.report = [&](const std::string& what) {
    const std::lock_guard lock(mutex);
    reported += what + "\n";
  };
  Redis redis(options);
  const auto said = [&] {
    const std::lock_guard lock(mutex);
    return reported;
  };
  EXPECT_TRUE(comes([&] { return said().find("WRONGPASS") != std::string::npos; })) << said();
  EXPECT_EQ(said().find("mistaken"), std::string::npos);
  std::this_thread::sleep_for(600ms);
  EXPECT_EQ(std::ranges::count(said(), '\n'), 1) << "once";
  EXPECT_FALSE(redis.present());
  node = std::make_unique<Node>(school, std::string(server.url).replace(server.url.find("secret"), 6, "mistaken"),
                                patient);
  expect_service();
}

TEST_F(WithRedis, NodesHoldALimitTogether) {
  const http::Limit limit{50, 600s};
  http::Limiter first, other;
  Redis redis(at(server.url));
  ASSERT_TRUE(comes([&] { return redis.present(); }));
  const auto key = base::Key::random();
  http::SharedLimits one(first, redis, key), two(other, redis, key);
  std::this_thread::sleep_for(300ms);
  int allowed = 0;
  for (int i = 0; i < 60; ++i) {
    const auto now = http::Limiter::Clock::now();
    allowed += first.take("address 192.0.2.1", limit, now).allowed;
    allowed += other.take("address 192.0.2.1", limit, now).allowed;
    std::this_thread::sleep_for(15ms);
  }
  EXPECT_GE(allowed, 50);
  EXPECT_LE(allowed, 50 + 2 * 10) << "two nodes, what each may let through within one round";
  EXPECT_TRUE(other.take("address 192.0.2.2", limit, http::Limiter::Clock::now()).allowed);
  const auto names = redis.ask({"KEYS", "*"}).value().items;
  ASSERT_FALSE(names.empty());
  for (const auto& name : names) EXPECT_EQ(name.text.find("192"), std::string::npos) << "an address is personal";
}

TEST_F(WithRedis, WithoutItEachNodeHoldsItsOwnLimit) {
  http::Limiter limiter;
  server.kill();
  Redis redis(at(server.url));
  http::SharedLimits shared(limiter, redis, base::Key::random());
  int allowed = 0;
  for (int i = 0; i < 40; ++i) {
    allowed += limiter.take("a", {20, 600s}, http::Limiter::Clock::now()).allowed;
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(allowed, 20);
}

TEST_F(WithRedis, AMessageIsHeardByAllWhoListen) {
  std::atomic<int> heard{0};
  auto options = at(server.url);
  options.channel = "roadbook:bell";
  options.heard = [&](const std::string& text) { heard += text == "ding"; };
  Redis first(options), second(options), speaker(at(server.url));
  ASSERT_TRUE(comes([&] {
    speaker.tell({"PUBLISH", "roadbook:bell", "ding"});
    return heard >= 4;
  }));
  EXPECT_FALSE(first.present()) << "it only listens";
}

/// As docs/operations.md has it: Redis speaks TLS, and a proxy beside the node holds its certificate against a name.
TEST(RedisBehindStunnel, IsReachedWithTlsAndOnlyByItsOwnName) {
  const testing_support::TemporaryFolder folder;
  const auto in = [&](const std::string& name) { return folder.file(name); };
  const auto openssl = fmt::format(
      "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=redis.example -addext "
      "subjectAltName=DNS:redis.example -keyout {} -out {} 2>{}",
      in("key"), in("crt"), in("log"));
  ASSERT_EQ(std::system(openssl.c_str()), 0);
  const auto secure = testing_support::free_port();
  RedisServer server({"--port", "0", "--tls-port", std::to_string(secure), "--tls-cert-file", in("crt"),
                      "--tls-key-file", in("key"), "--tls-ca-cert-file", in("crt"), "--tls-auth-clients", "no"});
  const auto proxy = [&](const std::string& name) {
    const auto port = testing_support::free_port();
    std::ofstream(in(name)) << fmt::format(
        "foreground = yes\npid =\nsyslog = no\noutput = {}\n[redis]\nclient = yes\naccept = 127.0.0.1:{}\n"
        "connect = 127.0.0.1:{}\nCAfile = {}\nverifyChain = yes\ncheckHost = {}\n",
        in("log"), port, secure, in("crt"), name);
    return std::pair(std::make_unique<testing_support::Process>(std::vector<std::string>{"stunnel4", in(name)}),
                     fmt::format("redis://:secret@127.0.0.1:{}/0", port));
  };
  const auto right = proxy("redis.example"), wrong = proxy("other.example");
  Redis redis(at(right.second)), other(at(wrong.second));
  EXPECT_TRUE(comes([&] { return redis.present(); }));
  EXPECT_EQ(redis.ask({"ECHO", "hello"}).value_or(net::RedisReply{}).text, "hello");
  EXPECT_FALSE(other.present());
}

TEST(Warmer, TheFirstQuestionAfterACommitIsAnsweredFromMemory) {
  TestSchool school({.cache = true});
  auto& cache = school.cache;
  school.now = base::now();  // It counts what was looked at lately.
  const auto from = school.now;
  const auto ask = [&] {
    school.database.read(school.school, [&](store::Transaction& tx) {
      const auto rules = cache.rules(tx, school.school);
      cache.instructors(tx, rules->school, {{1001}, {1002}}, from, school.now);
      cache.vehicles(tx, school.school, {&rules->vehicles.at(0)}, rules->version, from, school.now);
    });
  };
  const auto move = [&] {
    ASSERT_TRUE(school.database.transact<int>(school.school, [&](store::Transaction& tx) -> base::Result<int> {
      return static_cast<int>(*store::lock(tx, school.school, store::Kind::instructor, 1001) +
                              *store::lock(tx, school.school, store::Kind::vehicle, 3001));
    }));
  };
  ask();
  move();
  auto before = cache.figures.misses.load();
  ask();
  EXPECT_EQ(cache.figures.misses - before, 2) << "without warming";
  jobs::Warmer warmer(school.context(), nullptr, [](const std::string& failure) { ADD_FAILURE() << failure; });
  move();
  ASSERT_TRUE(comes([&] { return warmer.warmed >= 2; }));
  before = cache.figures.misses.load();
  ask();
  EXPECT_EQ(cache.figures.misses - before, 0);
  EXPECT_EQ(warmer.warmed, 2) << "and nothing that nobody had asked for";
}

TEST_F(WithRedis, ASchoolThatIsBusyInThisHourIsInMemoryBeforeAnybodyAsks) {
  node_at(server.url);
  const auto busy = fmt::format("roadbook:busy:{}", jobs::hour_of_week(base::now() + 10min));
  ASSERT_TRUE(node->redis.ask({"ZADD", busy, "500", "1", "3", "77"}));
  CalendarCache cache;
  jobs::Warmer warmer({school.database, cache, school.keys}, &node->redis,
                      [](const std::string& failure) { ADD_FAILURE() << failure; });
  ASSERT_TRUE(comes([&] { return warmer.warmed >= 4; })) << "two instructors, two vehicles";
  const auto before = cache.figures.misses.load();
  school.database.read(school.school, [&](store::Transaction& tx) {
    const auto now = base::now();
    cache.instructors(tx, cache.rules(tx, school.school)->school, {{1001}, {1002}}, now, now);
  });
  EXPECT_EQ(cache.figures.misses, before);
}

}  // namespace redis_test
