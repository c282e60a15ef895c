#include "calendars/push.h"

#include <fmt/format.h>

#include <map>
#include <random>

#include "times.h"

namespace push_test {

using namespace calendars;
using namespace times;

Shown at(int hour, const std::string& summary = "Lesson") {
  const auto time = Interval::of(utc("2026-01-05T00:00:00Z") + std::chrono::hours{hour}, std::chrono::hours{1});
  return {time, summary, "", "", fmt::format("{} {}", hour, summary)};
}

/// insert, patch, get and delete of one calendar, as Google answers them, and a human who has it open.
struct Calendar {
  struct Event {
    Shown shown;
    std::string booking;
    int etag;
    bool cancelled = false;
    std::string colour{};
    std::optional<Interval> as{};
  };
  std::map<std::string, Event> events;
  int changes = 0, inserted = 0;

  Outcome stored(Event& event) {
    event.etag = ++changes;
    event.as = event.shown.time;
    return Stored{std::to_string(event.etag)};
  }
  Outcome operator()(const Insert& step) {
    if (events.contains(step.id)) return Taken{};
    ++inserted;
    return stored(events.emplace(step.id, Event{step.shown, "42", 0}).first->second);
  }
  Outcome operator()(const Patch& step) {
    const auto found = events.find(step.id);
    if (found == events.end() || (found->second.cancelled && !step.revive)) return Gone{};
    if (step.etag != std::to_string(found->second.etag)) return Stale{};
    found->second.shown = step.shown;
    found->second.cancelled = false;
    return stored(found->second);
  }
  Outcome operator()(const Get& step) {
    const auto found = events.find(step.id);
    if (found == events.end()) return Gone{};
    const auto& event = found->second;
    return Found{std::to_string(event.etag), event.cancelled, event.booking, event.shown.time, event.as};
  }
  Outcome operator()(const Remove& step) {
    if (const auto found = events.find(step.id); found != events.end()) found->second.cancelled = true;
    return Gone{};
  }
  template <class Other>
  Outcome operator()(const Other&) {
    throw std::logic_error("not asked of a calendar");
  }

  void recolour(const std::string& id) {
    events.at(id).colour = "red";
    events.at(id).etag = ++changes;
  }
  void move(const std::string& id, int hour) {
    events.at(id).shown.time = at(hour).time;
    events.at(id).etag = ++changes;
  }
  /// Into another calendar: hardly anything is left of it here.
  void leave(const std::string& id) {
    remove(id);
    events.at(id).booking.clear();
    events.at(id).as.reset();
  }
  void remove(const std::string& id) {
    events.at(id).cancelled = true;
    events.at(id).etag = ++changes;
  }
};

/// The last step, with the state that is kept by then. `lost`: after so many calls the answer does not arrive, and the
/// push is begun anew with what had been kept.
struct Ended {
  Step step;
  Written state;
};
Ended run(Calendar& calendar, const std::optional<Shown>& wanted, Written state,
          const std::optional<Deed>& overruled = std::nullopt, int lost = -1) {
  Push push("42", wanted, state, overruled);
  auto step = push.first();
  for (int calls = 0; calls < 20;) {
    if (const auto* begin = std::get_if<Begin>(&step)) {
      state = begin->state;
      step = push.begun();
    } else if (const auto* settled = std::get_if<Settled>(&step)) {
      return {step, settled->state};
    } else if (const auto* human = std::get_if<ByHuman>(&step)) {
      return {step, human->state};
    } else {
      const auto outcome = std::visit(calendar, step);
      if (calls++ == lost) return run(calendar, wanted, state, overruled);
      step = push.next(outcome);
    }
  }
  ADD_FAILURE() << "it comes to no end";
  return {step, state};
}

const auto first_id = event_id("42", 0);

std::string print(const Calendar& calendar, const std::string& id = first_id) {
  return calendar.events.at(id).shown.print;
}

TEST(Push, IdsAreOfTheAlphabetAndApart) {
  std::map<std::string, int> seen;
  for (int i = 0; i < 2'000; ++i)
    for (int generation = 0; generation < 3; ++generation) {
      const auto id = event_id(std::to_string(i), generation);
      EXPECT_GE(id.size(), 5u);
      EXPECT_EQ(id.find_first_not_of("0123456789abcdefghijklmnopqrstuv"), std::string::npos) << id;
      EXPECT_EQ(++seen[id], 1) << id;
    }
}

TEST(Push, MakesChangesAndRemoves) {
  Calendar calendar;
  auto state = run(calendar, at(9), {}).state;
  EXPECT_EQ(print(calendar), at(9).print);
  state = run(calendar, at(11), state).state;
  EXPECT_EQ(print(calendar), at(11).print);
  const int changes = calendar.changes;
  state = run(calendar, at(11), state).state;
  EXPECT_EQ(calendar.changes, changes) << "what is as it should be is not written";
  state = run(calendar, std::nullopt, state).state;
  EXPECT_TRUE(calendar.events.at(first_id).cancelled);
  EXPECT_EQ(state, Written{});
  EXPECT_EQ(run(calendar, at(9), state).state.print, at(9).print) << "an id that was deleted is taken, and comes back";
  EXPECT_FALSE(calendar.events.at(first_id).cancelled);
  EXPECT_EQ(calendar.inserted, 1);
}

TEST(Push, ABookingThatNeverWasThereIsNotRemoved) {
  Push push("42", std::nullopt, {});
  EXPECT_TRUE(std::holds_alternative<Settled>(push.first()));
}

TEST(Push, ALostAnswerNeverMakesTwo) {
  for (int lost = 0; lost < 4; ++lost) {
    Calendar calendar;
    const auto ended = run(calendar, at(9), {}, std::nullopt, lost);
    EXPECT_TRUE(std::holds_alternative<Settled>(ended.step));
    EXPECT_EQ(calendar.events.size(), 1u);
    EXPECT_EQ(calendar.inserted, 1);
    // And one of a change, and of a removal.
    auto state = run(calendar, at(10), ended.state, std::nullopt, lost).state;
    EXPECT_EQ(print(calendar), at(10).print);
    EXPECT_EQ(state.print, at(10).print);
    (void)run(calendar, std::nullopt, state, std::nullopt, lost);
    EXPECT_TRUE(calendar.events.at(first_id).cancelled);
  }
}

TEST(Push, AnInsertThatNobodyHeardOfIsRemovedWithItsBooking) {
  Calendar calendar;
  Push push("42", at(9), {});
  const auto begin = std::get<Begin>(push.first());
  (void)calendar(std::get<Insert>(push.begun()));  // The answer is lost, and the booking cancelled.
  (void)run(calendar, std::nullopt, begin.state);
  EXPECT_TRUE(calendar.events.at(first_id).cancelled);
}

TEST(Push, AChangeThatNobodyHeardOfIsNoHumans) {
  Calendar calendar;
  const auto state = run(calendar, at(9), {}).state;
  Push push("42", at(10), state);
  (void)calendar(std::get<Patch>(push.first()));  // The answer is lost, and the lesson moved again.
  EXPECT_TRUE(std::holds_alternative<Settled>(run(calendar, at(11), state).step));
  EXPECT_EQ(print(calendar), at(11).print);
}

TEST(Push, ARemovalThatNobodyHeardOfIsNoHumans) {
  Calendar calendar;
  Push push("42", std::nullopt, run(calendar, at(9), {}).state);
  const auto begin = std::get<Begin>(push.first());
  (void)calendar(std::get<Remove>(push.begun()));  // The answer is lost, and the lesson comes back.
  EXPECT_TRUE(std::holds_alternative<Settled>(run(calendar, at(11), begin.state).step));
  EXPECT_EQ(print(calendar), at(11).print);
  EXPECT_FALSE(calendar.events.at(first_id).cancelled);
}

TEST(Push, WhatIsMovedAwayIsAskedAbout) {
  Calendar calendar;
  const auto state = run(calendar, at(9), {}).state;
  calendar.leave(first_id);
  const auto ended = run(calendar, at(10), state);
  ASSERT_TRUE(std::holds_alternative<ByHuman>(ended.step));
  EXPECT_EQ(std::get<ByHuman>(ended.step).moved_to, std::nullopt);
  EXPECT_EQ(calendar.inserted, 1);
  EXPECT_EQ(run(calendar, at(10), ended.state, Deed{}).state.generation, 1) << "put back, beside what is left";
}

TEST(Push, SomebodyElsesEventIsNotRemoved) {
  Calendar calendar;
  Push push("42", at(9), {});
  const auto begin = std::get<Begin>(push.first());  // Nothing is sent, and somebody else takes the id.
  calendar.events.emplace(first_id, Calendar::Event{at(3, "Dentist"), "", 7});
  EXPECT_TRUE(std::holds_alternative<Settled>(run(calendar, std::nullopt, begin.state).step));
  EXPECT_FALSE(calendar.events.at(first_id).cancelled);
}

TEST(Push, SomebodyElsesEventIsNeverTouched) {
  Calendar calendar;
  calendar.events.emplace(first_id, Calendar::Event{at(3, "Dentist"), "another", 7});
  const auto ended = run(calendar, at(9), {});
  EXPECT_EQ(ended.state.generation, 1);
  EXPECT_EQ(print(calendar), at(3, "Dentist").print);
  EXPECT_EQ(print(calendar, event_id("42", 1)), at(9).print);
}

TEST(Push, WhatAHumanHasDone) {
  struct Case {
    const char* name;
    void (*human)(Calendar&);
    bool inbox;
    std::optional<Interval> moved_to;
  };
  const Case cases[] = {
      {"a colour is theirs", [](Calendar& calendar) { calendar.recolour(first_id); }, false, std::nullopt},
      {"another time is asked about", [](Calendar& calendar) { calendar.move(first_id, 15); }, true, at(15).time},
      {"the time that we want too is fine", [](Calendar& calendar) { calendar.move(first_id, 10); }, false,
       std::nullopt},
      {"a deletion is asked about", [](Calendar& calendar) { calendar.remove(first_id); }, true, std::nullopt},
      {"also where nothing is left of it", [](Calendar& calendar) { calendar.events.clear(); }, true, std::nullopt},
  };
  for (const auto& [name, human, inbox, moved_to] : cases) {
    Calendar calendar;
    const auto state = run(calendar, at(9), {}).state;
    human(calendar);
    const auto ended = run(calendar, at(10), state);
    const auto* told = std::get_if<ByHuman>(&ended.step);
    ASSERT_EQ(told != nullptr, inbox) << name;
    EXPECT_EQ(told ? told->moved_to : std::nullopt, moved_to) << name;
    // Put back, as somebody decided.
    const auto back = run(calendar, at(10), ended.state, Deed{moved_to});
    EXPECT_TRUE(std::holds_alternative<Settled>(back.step)) << name;
    EXPECT_EQ(print(calendar), at(10).print) << name;
    EXPECT_EQ(calendar.events.at(first_id).shown.time, at(10).time) << name;
    EXPECT_FALSE(calendar.events.at(first_id).cancelled) << name;
  }
  Calendar calendar;
  const auto state = run(calendar, at(9), {}).state;
  calendar.recolour(first_id);
  (void)run(calendar, at(10), state);
  EXPECT_EQ(calendar.events.at(first_id).colour, "red");
}

TEST(Push, WhatIsDoubtedIsLookedAt) {
  Calendar calendar;
  auto state = run(calendar, at(9), {}).state;
  calendar.move(first_id, 15);
  EXPECT_TRUE(std::holds_alternative<Settled>(run(calendar, at(9), state).step)) << "nobody has heard of it";
  state.doubted = true;
  EXPECT_EQ(std::get<ByHuman>(run(calendar, at(9), state).step).moved_to, at(15).time);
  calendar.move(first_id, 9);
  const int changes = calendar.changes;
  const auto ended = run(calendar, at(9), state);
  EXPECT_FALSE(std::get<Settled>(ended.step).state.doubted);
  EXPECT_EQ(calendar.changes, changes) << "an echo of our own, or moved back: nothing is written";
}

TEST(Push, WhatIsDoneAfterADecisionIsAskedAboutInItsTurn) {
  const Deed to_eleven{at(11).time}, deleted{};
  const struct {
    const char* name;
    Deed decided;
    void (*since)(Calendar&);
    std::optional<Deed> asked;
  } cases[] = {
      {"nothing more", to_eleven, [](Calendar& calendar) { calendar.move(first_id, 11); }, std::nullopt},
      {"moved on", to_eleven, [](Calendar& calendar) { calendar.move(first_id, 13); }, Deed{at(13).time}},
      {"moved back", to_eleven, [](Calendar& calendar) { calendar.move(first_id, 9); }, std::nullopt},
      {"moved to where it is wanted", to_eleven, [](Calendar& calendar) { calendar.move(first_id, 10); }, std::nullopt},
      {"deleted", to_eleven, [](Calendar& calendar) { calendar.remove(first_id); }, deleted},
      {"nothing is left of it", to_eleven, [](Calendar& calendar) { calendar.events.clear(); }, deleted},
      {"moved away", to_eleven, [](Calendar& calendar) { calendar.leave(first_id); }, deleted},
      {"deleted, and decided about", deleted, [](Calendar& calendar) { calendar.remove(first_id); }, std::nullopt},
      {"brought back elsewhere", deleted, [](Calendar& calendar) { calendar.move(first_id, 13); }, Deed{at(13).time}},
  };
  for (const auto& [name, decided, since, asked] : cases) {
    Calendar calendar;
    auto state = run(calendar, at(9), {}).state;
    calendar.move(first_id, 11);
    state = run(calendar, at(10), state).state;
    since(calendar);
    const auto ended = run(calendar, at(10), state, decided);
    const auto* told = std::get_if<ByHuman>(&ended.step);
    ASSERT_EQ(told != nullptr, asked.has_value()) << name;
    EXPECT_TRUE(!told || told->moved_to == asked->moved_to) << name;
    EXPECT_TRUE(told || print(calendar) == at(10).print) << name;
  }
}

TEST(Push, WhatWasMovedToAnotherCalendarIsADeletionHere) {
  Calendar calendar;
  auto state = run(calendar, at(9), {}).state;
  calendar.events.at(first_id).cancelled = true;
  calendar.events.at(first_id).booking.clear();  // All that is left is an id.
  state.doubted = true;
  const auto ended = run(calendar, at(9), state);
  EXPECT_FALSE(std::get<ByHuman>(ended.step).moved_to);
  const auto put_back = run(calendar, at(9), ended.state, Deed{}).state;
  EXPECT_EQ(put_back.generation, 1) << "its id is not ours any more";
  EXPECT_EQ(print(calendar, event_id("42", 1)), at(9).print);
}

TEST(Push, EndsAsTheBookingIsWhateverIsLost) {
  std::mt19937_64 random(20'261'129);
  const auto pick = [&](int from, int to) { return std::uniform_int_distribution(from, to)(random); };
  for (int i = 0; i < 2'000; ++i) {
    Calendar calendar;
    Written state;
    std::optional<Shown> wanted;
    for (int change = 0; change < 8; ++change) {
      wanted = pick(0, 3) ? std::optional(at(pick(8, 18), pick(0, 1) ? "Lesson" : "Test")) : std::nullopt;
      if (pick(0, 4) == 0 && calendar.events.contains(first_id)) calendar.recolour(first_id);
      state = run(calendar, wanted, state, std::nullopt, pick(-1, 3)).state;
    }
    int there = 0;
    for (const auto& [id, event] : calendar.events)
      if (!event.cancelled) ++there;
    ASSERT_EQ(there, wanted ? 1 : 0) << i;
    ASSERT_EQ(wanted ? print(calendar) : "", wanted ? wanted->print : "") << i;
  }
}

TEST(Push, WhatAHumanHasDoneIsAskedAboutWhateverIsWantedNext) {
  Calendar calendar;
  const auto state = run(calendar, at(9), {}).state;
  calendar.move(first_id, 12);
  const auto moved = run(calendar, at(10), state);
  ASSERT_TRUE(std::holds_alternative<ByHuman>(moved.step));
  EXPECT_TRUE(std::holds_alternative<ByHuman>(run(calendar, at(11), moved.state).step));
  EXPECT_EQ(calendar.events.at(first_id).shown.time, at(12).time);
  calendar.remove(first_id);
  const auto removed = run(calendar, at(10), moved.state);
  ASSERT_TRUE(std::holds_alternative<ByHuman>(removed.step));
  EXPECT_TRUE(std::holds_alternative<ByHuman>(run(calendar, at(11), removed.state).step));
  EXPECT_EQ(run(calendar, at(11), removed.state, Deed{}).state.print, at(11).print);
  EXPECT_FALSE(calendar.events.at(first_id).cancelled);
}

}  // namespace push_test
