/// Google's calendars against the stand-in for Google: readings, writes, channels, faults.
#include "api/google_sim.h"

namespace google_test {

using namespace calendars;
using namespace google_sim;

TEST_F(GoogleCalendar, AllCalendarsAreListed) {
  for (int i = 0; i < 5; ++i)
    sim.control("POST", "/calendars", fmt::format(R"({{"account":"{}","summary":"More {}"}})", email, i));
  sim.control("POST", "/shares",
              fmt::format(R"({{"calendar":"office@gmail.test","account":"{}","role":"reader"}})", email));
  sim.control("PATCH", "/settings", R"({"short_pages":true})");
  const auto all = google.calendars(token());
  ASSERT_TRUE(all) << all.error().detail;
  ASSERT_EQ(all->size(), 7u);
  for (const auto& one : *all) {
    EXPECT_EQ(one.primary, one.id == email);
    EXPECT_EQ(one.writable, one.id != "office@gmail.test") << one.id;
    EXPECT_EQ(one.zone, "Europe/Berlin");
  }
}

/// Follows one calendar as the worker does, without its waits.
class Follower {
 public:
  Follower(Google& google, const base::Secret& token) : google_(google), token_(token), pull_({}, "", 1, at_) {}

  /// One reading, to its end: "kept", "kept whole" or what went wrong.
  std::string read() {
    at_ = pull_.due_at().value();
    std::string ended;
    auto effect = pull_.due(at_);
    while (const auto* ask = std::get_if<Ask>(&effect)) {
      auto page = google_.events(token_, email, *ask);
      ++pages;
      if (!page) ended += trouble(page.error()) + " ";
      effect =
          page ? pull_.answered(std::move(*page), at_) : pull_.failed(page.error().why, page.error().retry_after, at_);
    }
    const auto* keep = std::get_if<Keep>(&effect);
    if (!keep) return ended;
    if (keep->whole) calendar.replace(keep->events);
    for (const auto& event : keep->whole ? std::vector<ForeignEvent>() : keep->events) calendar.apply(event);
    pull_.kept(at_);
    return ended + (keep->whole ? "kept whole" : "kept");
  }
  std::vector<domain::Interval> busy() const {
    const auto found = calendar.busy(utc("2027-01-01T00:00:00Z"), utc("2027-12-31T00:00:00Z"), true);
    EXPECT_TRUE(found.unreadable.empty());
    return found.times;
  }

  ForeignCalendar calendar;
  int pages = 0;

 private:
  Google& google_;
  const base::Secret token_;
  Pull::Time at_{};
  Pull pull_;
};

TEST_F(GoogleCalendar, ACalendarIsFollowed) {
  Follower follower(google, token());
  EXPECT_EQ(follower.read(), "kept whole");
  const auto id = made(nine);
  EXPECT_EQ(follower.read(), "kept");
  EXPECT_EQ(follower.busy(), std::vector{nine});
  EXPECT_EQ(follower.read(), "kept") << "nothing has happened";
  human("change", fmt::format(R"("id":"{}",{})", id, timed(eleven)));
  EXPECT_EQ(follower.read(), "kept");
  EXPECT_EQ(follower.busy(), std::vector{eleven});
  human("change", fmt::format(R"("id":"{}","event":{{"start":{{"date":"2027-03-02","dateTime":null}},)"
                              R"("end":{{"date":"2027-03-03","dateTime":null}}}})",
                              id));
  EXPECT_EQ(follower.read(), "kept");
  EXPECT_EQ(follower.busy(), std::vector{span("2027-03-01T23:00:00Z", "2027-03-02T23:00:00Z")})
      << "a day of the calendar's zone";
  human("change", fmt::format(R"("id":"{}","event":{{"transparency":"transparent"}})", id));
  EXPECT_EQ(follower.read(), "kept");
  EXPECT_EQ(follower.busy(), std::vector<domain::Interval>());
  made(nine, R"(,"summary":"Secret of Ada")");
  human("delete", fmt::format(R"("id":"{}")", id));
  EXPECT_EQ(follower.read(), "kept");
  EXPECT_EQ(follower.busy(), std::vector{nine});
}

TEST_F(GoogleCalendar, SeriesAndTheirExceptionsAreFollowed) {
  const auto weekly = [](const std::string& day) { return span(day + "T09:00:00Z", day + "T10:00:00Z"); };
  Follower follower(google, token());
  const auto id = made(nine, R"(,"start":{"dateTime":"2027-03-01T09:00:00Z","timeZone":"UTC"},)"
                             R"("end":{"dateTime":"2027-03-01T10:00:00Z","timeZone":"UTC"},)"
                             R"("recurrence":["RRULE:FREQ=WEEKLY;COUNT=4"])");
  EXPECT_EQ(follower.read(), "kept whole");
  EXPECT_EQ(follower.busy(), (std::vector{nine, weekly("2027-03-08"), weekly("2027-03-15"), weekly("2027-03-22")}));
  human("delete", fmt::format(R"("id":"{}_20270308T090000Z")", id));
  human("change", fmt::format(R"("id":"{}_20270315T090000Z",{})", id, timed(weekly("2027-03-16"))));
  EXPECT_EQ(follower.read(), "kept");
  EXPECT_EQ(follower.busy(), (std::vector{nine, weekly("2027-03-16"), weekly("2027-03-22")}));
  human("delete", fmt::format(R"("id":"{}")", id));
  EXPECT_EQ(follower.read(), "kept");
  EXPECT_EQ(follower.busy(), std::vector<domain::Interval>());
}

TEST_F(GoogleCalendar, PagesAreFollowedToTheEndAndOldTokensGivenUp) {
  std::vector<std::string> ids;
  ids.reserve(5);
  for (int i = 0; i < 5; ++i) ids.push_back(made(nine));
  sim.control("PATCH", "/settings", R"({"short_pages":true})");
  Follower follower(google, token());
  EXPECT_EQ(follower.read(), "kept whole");
  EXPECT_GE(follower.pages, 4) << "an empty one, then two events each";
  EXPECT_EQ(follower.calendar.events().size(), 5u);
  // What happened meanwhile is not told of one by one any more.
  human("delete", fmt::format(R"("id":"{}")", ids[0]));
  sim.control("POST", "/sync-tokens/expire");
  EXPECT_EQ(follower.read(), "expired kept whole");
  EXPECT_EQ(follower.calendar.events().size(), 4u);
  EXPECT_FALSE(follower.calendar.events().contains(ids[0]));
  EXPECT_EQ(follower.read(), "kept");
  EXPECT_EQ(trouble(google.events(token(), email, {"not a token", ""})), "expired");
  EXPECT_EQ(trouble(google.events(token(), email, {"", "not a page"})), "later");
  EXPECT_EQ(trouble(google.events(token(), "nobody@gmail.test", {})), "missing");
  EXPECT_EQ(trouble(google.events(base::Secret("unknown"), email, {})), "refused");
}

/// A booking in the calendar, as the worker shows it.
class Shower {
 public:
  Shower(Google& google, const base::Secret& token) : google_(google), token_(token) {}

  /// "settled", "moved", "deleted" or what went wrong.
  std::string show(const std::optional<domain::Interval>& time, const std::optional<Deed>& overruled = std::nullopt) {
    const auto print = time ? base::to_text(time->start()) : "";
    const auto wanted = time ? std::optional(Shown{*time, "Driving lesson", "", "North St", print}) : std::nullopt;
    Push push("42", wanted, state, overruled);
    auto step = push.first();
    for (int calls = 0; calls < 10; ++calls) {
      if (const auto* begin = std::get_if<Begin>(&step)) {
        state = begin->state;
        step = push.begun();
        continue;
      }
      if (const auto* settled = std::get_if<Settled>(&step)) {
        state = settled->state;
        return "settled";
      }
      if (const auto* human = std::get_if<ByHuman>(&step)) {
        state = human->state;
        moved_to = human->moved_to;
        return moved_to ? "moved" : "deleted";
      }
      const auto outcome = google_.write(token_, email, step);
      if (!outcome) return trouble(outcome.error());
      step = push.next(*outcome);
    }
    return "without end";
  }
  std::string id() const { return event_id("42", state.generation); }

  Written state;
  std::optional<domain::Interval> moved_to;

 private:
  Google& google_;
  const base::Secret token_;
};

TEST_F(GoogleCalendar, ABookingIsShownChangedAndTakenAway) {
  Shower shower(google, token());
  EXPECT_EQ(shower.show(nine), "settled");
  const auto written = event(shower.id());
  EXPECT_EQ(written.at("summary"), "Driving lesson");
  EXPECT_EQ(written.at("location"), "North St");
  EXPECT_EQ(written.at("extendedProperties").at("private").at(booking_property), "42");
  EXPECT_EQ(shower.show(eleven), "settled");
  EXPECT_EQ(shower.show(std::nullopt), "settled");
  EXPECT_EQ(event(shower.id()).at("status"), "cancelled");
  const auto remove = Remove{shower.id()};
  EXPECT_TRUE(std::holds_alternative<Gone>(google.write(token(), email, remove).value())) << "a second time";
  EXPECT_TRUE(std::holds_alternative<Gone>(google.write(token(), email, Remove{"rbnever"}).value())) << "never there";
  EXPECT_EQ(shower.show(nine), "settled") << "its id is taken, and comes back";
  EXPECT_EQ(event(shower.id()).at("status"), "confirmed");
  const auto log = sim.control("GET", "/requests");
  for (const auto& one : log.at("requests").as_array())
    if (const auto method = one.at("method").as_string();
        one.at("path").as_string().starts_with("/calendar/") && method != "GET") {
      EXPECT_EQ(one.at("query").at("sendUpdates"), "none") << method;
    }
  // Its own events take no time of their own.
  Follower follower(google, token());
  EXPECT_EQ(follower.read(), "kept whole");
  EXPECT_EQ(follower.busy(), std::vector<domain::Interval>());
  EXPECT_EQ(follower.calendar.events().at(shower.id()).booking, "42");
}

TEST_F(GoogleCalendar, ALostAnswerMakesNoSecondEvent) {
  for (const int times : {1, 2}) {  // Once libcurl itself asks again, on a new connection.
    sim.control("POST", "/reset");
    const auto token = connect().access_token;
    Shower shower(google, token);
    fault(fmt::format(R"({{"method":"POST","path":"/calendar/v3/calendars","lost":true,"times":{}}})", times));
    auto ended = shower.show(nine);
    if (ended == "later") ended = shower.show(nine);
    EXPECT_EQ(ended, "settled") << times;
    EXPECT_EQ(sim.control("GET", "/events?calendar=" + email).at("events").as_array().size(), 1u) << times;
    EXPECT_EQ(shower.state.generation, 0);
  }
}

TEST_F(GoogleCalendar, WhatAHumanHasDoneIsNotOverwritten) {
  Shower shower(google, token());
  ASSERT_EQ(shower.show(nine), "settled");
  human("change", fmt::format(R"("id":"{}","event":{{"colorId":"11","description":"mine"}})", shower.id()));
  EXPECT_EQ(shower.show(eleven), "settled") << "a colour is no reason to ask anybody";
  EXPECT_EQ(event(shower.id()).at("colorId"), "11");
  human("change", fmt::format(R"("id":"{}",{})", shower.id(), timed(nine)));
  const auto noon = span("2027-03-01T12:00:00Z", "2027-03-01T13:00:00Z");
  EXPECT_EQ(shower.show(noon), "moved");
  EXPECT_EQ(shower.moved_to, nine);
  human("change", fmt::format(R"("id":"{}","event":{{"start":{{"date":"2027-03-02","dateTime":null}},)"
                              R"("end":{{"date":"2027-03-03","dateTime":null}}}})",
                              shower.id()));
  EXPECT_EQ(shower.show(noon), "moved");
  EXPECT_EQ(shower.moved_to, span("2027-03-01T23:00:00Z", "2027-03-02T23:00:00Z")) << "a day of the calendar's zone";
  EXPECT_EQ(shower.show(noon, Deed{shower.moved_to}), "settled") << "put back";
  EXPECT_FALSE(event(shower.id()).at("start").as_object().contains("date"));
  human("delete", fmt::format(R"("id":"{}")", shower.id()));
  EXPECT_EQ(shower.show(nine), "deleted");
  EXPECT_EQ(shower.show(nine, Deed{}), "settled") << "put back";
  EXPECT_EQ(event(shower.id()).at("status"), "confirmed");
}

TEST_F(GoogleCalendar, ACalendarThatIsGoneIsNoDeletedEvent) {
  Shower shower(google, token());
  ASSERT_EQ(shower.show(nine), "settled");
  sim.control("DELETE", "/calendars?id=" + email);
  EXPECT_EQ(shower.show(eleven), "missing") << "nobody has deleted the lesson";
  EXPECT_EQ(trouble(google.write(token(), email, Get{shower.id()})), "missing");
  EXPECT_EQ(trouble(google.write(token(), email, Insert{"rbanother", {nine, "Lesson", "", ""}, "43"})), "missing");
  EXPECT_EQ(shower.show(std::nullopt), "settled") << "what is not there need not be taken away";
}

TEST_F(GoogleCalendar, WhatMayNotBeChangedIsNotTriedAgain) {
  sim.control("POST", "/shares",
              fmt::format(R"({{"calendar":"office@gmail.test","account":"{}","role":"reader"}})", email));
  const Insert insert{"rbanother", {nine, "Lesson", "", ""}, "43"};
  EXPECT_EQ(trouble(google.write(token(), "office@gmail.test", insert)), "fixed");
}

TEST_F(GoogleCalendar, ChannelsAreOpenedAndStopped) {
  const ChannelRequest request{"0b7c6a5e-channel", base::Secret("word"), "http://127.0.0.1:1/hook",
                               std::chrono::hours{48}};
  const auto before = base::now();
  const auto channel = google.watch(token(), email, request);
  ASSERT_TRUE(channel) << channel.error().detail;
  EXPECT_EQ(channel->id, request.id);
  EXPECT_FALSE(channel->resource.empty());
  EXPECT_GE(channel->expires_at, before + std::chrono::hours{48} - std::chrono::minutes{1});
  EXPECT_LE(channel->expires_at, base::now() + std::chrono::hours{48});
  EXPECT_EQ(trouble(google.watch(token(), email, request)), "fixed") << "its id is not unique any more";
  EXPECT_EQ(trouble(google.watch(token(), "nobody@gmail.test", request)), "missing");
  EXPECT_TRUE(google.stop(token(), *channel));
  EXPECT_TRUE(google.stop(token(), *channel)) << "it is stopped already";
  EXPECT_EQ(trouble(google.stop(base::Secret("unknown"), *channel)), "refused");
}

TEST_F(GoogleCalendar, FreeAndBusyOfLongTimesAndManyCalendars) {
  made(nine);
  const auto autumn = span("2027-10-01T09:00:00Z", "2027-10-01T10:00:00Z");
  made(autumn);
  made(eleven, R"(,"transparency":"transparent")");
  const auto year = span("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
  const auto busy = google.busy(token(), {email}, year);
  ASSERT_TRUE(busy) << busy.error().detail;
  EXPECT_EQ(*busy, (std::vector{nine, autumn}));
  std::vector<std::string> calendars{email};
  for (int i = 0; i < 55; ++i) {
    const auto id = fmt::format("more-{}@group.test", i);
    sim.control("POST", "/calendars", fmt::format(R"({{"account":"{}","id":"{}","summary":"x"}})", email, id));
    calendars.push_back(id);
  }
  const auto many = google.busy(token(), calendars, nine);
  ASSERT_TRUE(many) << many.error().detail;
  EXPECT_EQ(*many, std::vector{nine});
  EXPECT_EQ(trouble(google.busy(token(), {email, "nobody@gmail.test"}, nine)), "missing") << "not free";
}

TEST_F(GoogleCalendar, FaultsAreWhatTheyAre) {
  const auto limited = [](const char* reason) {
    return fmt::format(R"({{"error":{{"errors":[{{"domain":"usageLimits","reason":"{}"}}],"code":403}}}})", reason);
  };
  const std::pair<std::string, const char*> faults[] = {
      {R"("status":403,"body":)" + limited("rateLimitExceeded"), "later"},
      {R"("status":403,"body":)" + limited("userRateLimitExceeded"), "later"},
      {R"("status":403,"body":)" + limited("quotaExceeded"), "later in 900 s"},
      {R"("status":429,"headers":{"Retry-After":"7"},"body":)" + limited("rateLimitExceeded"), "later in 7 s"},
      {R"("status":503,"headers":{"Retry-After":"99999999"})", "later in 86400 s"},
      {R"("status":503,"headers":{"Retry-After":"soon"})", "later"},
      {R"("status":500,"body":"<!DOCTYPE html><title>Error 500</title>")", "later"},
      {R"("status":404,"body":"<!DOCTYPE html><title>Error 404</title>")", "later"},
      {R"("status":200,"body":"<!DOCTYPE html><title>Sign in</title>")", "later"},
      {R"("status":302,"headers":{"Location":"http://127.0.0.1:1/"})", "later"},
      {R"("torn":true,"times":2)", "later"},
      {R"("lost":true,"times":2)", "later"},
      {R"("status":401,"body":"")", "refused"},
  };
  const auto token = this->token();
  const auto each = [&] {
    return std::vector<std::string>{
        trouble(google.calendars(token)),
        trouble(google.events(token, email, {})),
        trouble(google.write(token, email, Get{"rb1"})),
        trouble(google.write(token, email, Remove{"rb1"})),
        trouble(google.watch(token, email, {"one", base::Secret("w"), "http://127.0.0.1:1/", std::chrono::hours{1}})),
        trouble(google.busy(token, {email}, nine))};
  };
  for (const auto& [answer, expected] : faults) {
    // Twice as many for those that libcurl asks again.
    const int times = answer.find("times") == std::string::npos ? 6 : 12;
    auto text = answer.substr(0, answer.find(R"(,"times")"));
    fault(fmt::format(R"({{"path":"/calendar/",{},"times":{}}})", text, times));
    EXPECT_EQ(each(), std::vector<std::string>(6, expected)) << answer;
    sim.control("DELETE", "/faults");
  }
  for (const auto& report : reports) {
    EXPECT_EQ(report.find(token.reveal()), std::string::npos) << report;
    EXPECT_EQ(report.find("gmail"), std::string::npos) << report;
  }
}

TEST_F(GoogleCalendar, ADateToComeBackAtIsAWait) {
  const auto now = std::chrono::system_clock::now();  // tidy-ok: ambient_time it is libcurl's
  const auto later = std::chrono::system_clock::to_time_t(now + std::chrono::seconds{100});
  char date[64];
  std::tm parts{};
  std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&later, &parts));
  fault(fmt::format(R"({{"path":"/calendar/","status":503,"headers":{{"Retry-After":"{}"}}}})", date));
  const auto failed = google.events(token(), email, {});
  ASSERT_FALSE(failed);
  ASSERT_TRUE(failed.error().retry_after);
  EXPECT_GT(failed.error().retry_after->count(), 60);
  EXPECT_LE(failed.error().retry_after->count(), 100);
}

TEST_F(GoogleCalendar, WhoDoesNotAnswerIsNotWaitedForLong) {
  const auto token = this->token();
  net::HttpClient impatient(calls(std::chrono::milliseconds{300}));
  Google hurried(impatient, breaker, sim.url());
  fault(R"({"path":"/calendar/","delay_ms":1500})");
  const auto began = std::chrono::steady_clock::now();
  const auto late = hurried.events(token, email, {});
  EXPECT_EQ(trouble(late), "later");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds{1400});
  EXPECT_EQ(late.error().detail, "Timeout was reached");
}

TEST_F(GoogleCalendar, EachAccountHasABreakerOfItsOwn) {
  const auto token = this->token();
  net::Breaker strict({.breaker_failures = 2, .breaker_pause = std::chrono::hours{1}});
  Google troubled(http, strict, sim.url());
  fault(R"({"path":"/calendar/","status":500,"times":2})");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(trouble(troubled.events(token, email, {})), "later");
  sim.control("DELETE", "/requests");
  const auto refused = troubled.events(token, email, {});
  EXPECT_EQ(trouble(refused), "later");
  EXPECT_EQ(asked(), std::vector<std::string>()) << "it is not asked";
  EXPECT_EQ(trouble(google.events(token, email, {})), "answered") << "another account is";
  // A refusal is an answer.
  net::Breaker fine({.breaker_failures = 1});
  EXPECT_EQ(trouble(Google(http, fine, sim.url()).events(base::Secret("unknown"), email, {})), "refused");
  EXPECT_FALSE(fine.open());
}

}  // namespace google_test
