#include "calendars/pull.h"

#include <algorithm>
#include <set>

#include "times.h"

namespace pull_test {

using namespace calendars;
using namespace times;
using namespace std::chrono_literals;
using Time = Pull::Time;

/// events.list of a calendar that a human changes: numbers are changes, a sync token is the newest one that was told.
class Elsewhere {
 public:
  explicit Elsewhere(std::uint64_t seed) : random_(seed) {}

  int pick(int from, int to) { return std::uniform_int_distribution(from, to)(random_); }

  void change() {
    const auto id = "e" + std::to_string(pick(1, 12));
    ForeignEvent event;
    event.id = id;
    event.gone = pick(0, 3) == 0;
    if (!event.gone)
      event.time = Interval::of(utc("2026-01-01T00:00:00Z") + std::chrono::hours{pick(0, 200)}, std::chrono::hours{1});
    changed_[id] = {++number_, event};
  }
  void forget_tokens() { oldest_ = number_ + 1; }

  /// What was there when the first page was asked for; what changes between pages is told with the next token.
  std::variant<Page, Trouble> list(const Ask& ask) {
    const int since = ask.sync_token.empty() ? 0 : std::stoi(ask.sync_token);
    if (!ask.sync_token.empty() && since < oldest_) return Trouble::expired;
    if (ask.page.empty()) {
      told_.clear();
      until_ = number_;
      for (const auto& [id, change] : changed_)
        if (change.first > since && (since > 0 || !change.second.gone)) told_.push_back(change.second);
    }
    const auto first = ask.page.empty() ? 0u : static_cast<std::size_t>(std::stoi(ask.page));
    Page page;
    for (auto i = first; i < std::min(first + 3, told_.size()); ++i) page.events.push_back(told_[i]);
    if (first + 3 < told_.size())
      page.next_page = std::to_string(first + 3);
    else
      page.sync_token = std::to_string(until_);
    return page;
  }

  std::map<std::string, Interval> truth() const {
    std::map<std::string, Interval> all;
    for (const auto& [id, change] : changed_)
      if (!change.second.gone) all.emplace(id, *change.second.time);
    return all;
  }

 private:
  std::mt19937_64 random_;
  std::map<std::string, std::pair<int, ForeignEvent>> changed_;
  std::vector<ForeignEvent> told_;
  int number_ = 1, oldest_ = 0, until_ = 0;
};

/// What a process does for a Pull, with a database that survives it.
class Follower {
 public:
  Follower(Elsewhere& elsewhere, std::uint64_t seed) : elsewhere_(elsewhere), seed_(seed) { start(); }

  Time now{};
  int asked = 0;
  double trouble = 0;  ///< How many of a hundred calls fail.

  void start() { pull_.emplace(PullPolicy{}, token_, ++seed_, now); }
  Pull& pull() { return *pull_; }

  void act(Effect effect) {
    for (;;) {
      if (const auto* ask = std::get_if<Ask>(&effect)) {
        effect = listed(*ask);
      } else if (auto* keep = std::get_if<Keep>(&effect)) {
        if (fails()) {  // The transaction: nothing of it stays.
          effect = pull_->failed(Trouble::later, std::nullopt, now);
          continue;
        }
        if (keep->whole) calendar.replace(keep->events);
        if (!keep->whole)
          for (const auto& event : keep->events) calendar.apply(event);
        token_ = keep->sync_token;
        pull_->kept(now);
        return;
      } else {
        return;
      }
    }
  }
  /// Lets time pass, with everything that becomes due.
  void run(std::chrono::milliseconds span) {
    for (const auto end = now + span; now < end; now += 1s) act(pull_->due(now));
  }
  std::map<std::string, Interval> known() const {
    std::map<std::string, Interval> all;
    for (const auto& [id, event] : calendar.events()) all.emplace(id, *event.time);
    return all;
  }

  ForeignCalendar calendar;

 private:
  bool fails() { return elsewhere_.pick(0, 99) < trouble; }
  Effect listed(const Ask& ask) {
    ++asked;
    if (fails()) return pull_->failed(Trouble::later, std::nullopt, now);
    if (fails()) elsewhere_.change();  // Between two pages.
    auto answer = elsewhere_.list(ask);
    if (const auto* why = std::get_if<Trouble>(&answer)) return pull_->failed(*why, std::nullopt, now);
    return pull_->answered(std::get<Page>(std::move(answer)), now);
  }

  Elsewhere& elsewhere_;
  std::uint64_t seed_;
  std::string token_;
  std::optional<Pull> pull_;
};

TEST(Pull, EndsWhereTheCalendarIsWhateverHappensOnTheWay) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Elsewhere elsewhere(seed);
    Follower follower(elsewhere, seed);
    follower.trouble = 25;
    for (int hour = 0; hour < 50; ++hour) {
      for (int changes = elsewhere.pick(0, 5); changes > 0; --changes) elsewhere.change();
      if (elsewhere.pick(0, 9) == 0) elsewhere.forget_tokens();
      if (elsewhere.pick(0, 4) == 0) follower.start();  // The process was killed.
      if (elsewhere.pick(0, 2) == 0) follower.pull().notified(follower.now);
      follower.run(std::chrono::minutes{elsewhere.pick(1, 20)});
    }
    follower.trouble = 0;
    follower.run(10min);
    ASSERT_EQ(follower.known(), elsewhere.truth()) << "seed " << seed;
  }
}

TEST(Pull, PollsAloneAreEnoughAndSpread) {
  Elsewhere elsewhere(1);
  Follower follower(elsewhere, 1);
  follower.run(24h);
  EXPECT_GT(follower.asked, 24 * 60 / 5 * 3 / 4);
  EXPECT_LT(follower.asked, 24 * 60 / 5 * 5 / 4);
  elsewhere.change();
  follower.run(376s);
  EXPECT_EQ(follower.known(), elsewhere.truth());
}

TEST(Pull, PollsAreSpread) {
  const Pull::Time begin{};
  std::set<std::int64_t> waits;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Pull pull({.poll = 300s}, "token", seed, begin);
    (void)pull.due(begin);
    (void)pull.answered({.events = {}, .next_page = "", .sync_token = "next"}, begin);
    pull.kept(begin);
    const auto wait = *pull.due_at() - begin;
    EXPECT_GE(wait, 225s) << seed;
    EXPECT_LE(wait, 375s) << seed;
    waits.insert(wait.count());
  }
  EXPECT_GT(waits.size(), 50u);
}

TEST(Pull, ABurstOfNotificationsIsOnePullAndOneMoreWhileItRan) {
  Elsewhere elsewhere(1);
  Follower follower(elsewhere, 1);
  follower.run(10s);
  const int before = follower.asked;
  for (int i = 0; i < 100; ++i) follower.pull().notified(follower.now);
  follower.run(10s);
  EXPECT_EQ(follower.asked, before + 1);

  for (int i = 0; i < 100; ++i) follower.pull().notified(follower.now);
  const auto ask = follower.pull().due(follower.now);
  for (int i = 0; i < 100; ++i) follower.pull().notified(follower.now);
  follower.act(ask);
  EXPECT_EQ(follower.pull().due_at(), follower.now) << "what came meanwhile may not be in the answer";
  follower.run(10s);
  EXPECT_EQ(follower.asked, before + 3);
}

TEST(Pull, WaitsLongerWithEachFailureAndNeverShorterThanAsked) {
  const Time now{};
  Pull pull({}, "1", 1, now);
  std::vector<std::chrono::milliseconds> waits;
  for (int i = 0; i < 12; ++i) {
    (void)pull.due(*pull.due_at());
    const auto at = pull.due_at().value_or(now);
    (void)pull.failed(Trouble::later, std::nullopt, at);
    waits.push_back(*pull.due_at() - at);
    const auto doubled = std::min(1000ms * (1 << i), 64000ms);
    EXPECT_GE(waits.back(), doubled / 2) << i;
    EXPECT_LE(waits.back(), doubled) << i;
  }
  (void)pull.due(*pull.due_at());
  (void)pull.failed(Trouble::later, 120s, now);
  EXPECT_EQ(pull.due_at(), now + 120s);
  pull.notified(now);
  EXPECT_EQ(pull.due_at(), now + 120s) << "nor because of a notification";
  EXPECT_TRUE(pull.troubled());
}

TEST(Pull, StopsWhereOnlyThePersonCanHelp) {
  const Time now{};
  Pull pull({}, "1", 1, now);
  EXPECT_EQ(std::get<Ask>(pull.due(now)), (Ask{"1", ""}));
  EXPECT_EQ(std::get<Tell>(pull.failed(Trouble::consent, std::nullopt, now)).why, Trouble::consent);
  EXPECT_EQ(pull.due_at(), std::nullopt);
  pull.notified(now);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(pull.due(now + 24h)));
  EXPECT_TRUE(pull.troubled());
  pull.resumed(now + 25h);
  EXPECT_EQ(std::get<Ask>(pull.due(now + 25h)), (Ask{"1", ""}));
}

TEST(Pull, WhatIsMissingIsToldOfAndLookedForAgain) {
  Time now{};
  Pull pull({}, "1", 1, now);
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(std::get<Ask>(pull.due(now)), (Ask{"1", ""})) << i;
    EXPECT_EQ(std::get<Tell>(pull.failed(Trouble::missing, std::nullopt, now)).why, Trouble::missing);
    const auto wait = *pull.due_at() - now, most = std::min<std::chrono::milliseconds>(60'000ms * (1 << i), 1h);
    EXPECT_TRUE(most / 2 <= wait && wait <= most) << i << ": " << wait.count();
    now = *pull.due_at();
  }
  (void)pull.due(now);
  (void)pull.answered(Page{{}, "", "2"}, now);
  pull.kept(now);
  EXPECT_EQ(pull.failures(), 0);
  EXPECT_EQ(std::get<Ask>(pull.due(*pull.due_at())), (Ask{"2", ""}));
}

TEST(Pull, ATokenThatIsTooOldIsOneListingOfEverything) {
  const Time now{};
  Pull pull({}, "1", 1, now);
  (void)pull.due(now);
  EXPECT_EQ(std::get<Ask>(pull.failed(Trouble::expired, std::nullopt, now)), (Ask{"", ""}));
  EXPECT_TRUE(std::get<Keep>(pull.answered(Page{{}, "", "9"}, now)).whole);
  pull.kept(now);
  // Said of a listing that had no token it is a fault like others.
  Pull fresh({}, "", 1, now);
  (void)fresh.due(now);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(fresh.failed(Trouble::expired, std::nullopt, now)));
  EXPECT_GT(fresh.due_at(), now);
}

TEST(Pull, PagesWithoutEndAreATrouble) {
  const Time now{};
  Pull pull({}, "1", 1, now);
  auto effect = pull.due(now);
  int pages = 0;
  for (; std::holds_alternative<Ask>(effect); ++pages) effect = pull.answered(Page{{}, "next", ""}, now);
  EXPECT_EQ(pages, 1'000);
  EXPECT_GT(pull.due_at(), now);
}

}  // namespace pull_test
