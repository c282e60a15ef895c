// Open pages hear what moved, at once, and nothing that is not theirs.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>

#include "api/school_server.h"

namespace live_test {

using api::SchoolServer;

/// A page that listens.
class Listener {
 public:
  Listener(SchoolServer& world, const std::string& who, const std::string& seen = "")
      : client_(world.server.port(), 5) {
    const auto last = seen.empty() ? "" : "Last-Event-ID: " + seen + "\r\n";
    client_.send("GET /api/v1/calendar/live HTTP/1.1\r\nHost: h\r\n" + last + "Authorization: Bearer " + who +
                 "\r\n\r\n");
    head = client_.receive(api::Client::Body::none);
    world.note_seen("GET /api/v1/calendar/live " + std::to_string(head.status));
  }
  /// What comes next, up to and with `end`; less where the stream ends before.
  std::string until(const std::string& end) {
    std::string text;
    while (text.find(end) == std::string::npos) {
      const auto more = client_.some();
      if (more.empty()) break;
      text += more;
    }
    return text;
  }
  api::Answer head;

 private:
  api::Client client_;
};

TEST(Live, APageHearsOfABookingWithinASecond) {
  SchoolServer world;
  Listener page(world, "learner 2");
  ASSERT_EQ(page.head.status, 200) << page.head.head;
  EXPECT_EQ(world.client().request("HEAD", "/api/v1/calendar/live", SchoolServer::as("learner 2")).status, 200);
  EXPECT_EQ(page.head.header("content-type"), "text/event-stream");
  EXPECT_EQ(page.until("\n\n"), "event: resync\ndata: {}\n\n");
  std::vector<double> waits;
  for (int i = 0; i < 50; ++i) {
    auto body = world.lesson("2026-03-02T10:00");
    const auto hours = 24 * (7 * (i / 20) + i % 20 / 4) + 2 * (i % 4);  // Four a day, Monday to Friday.
    body["start"] = base::to_text(world.school.time("2026-03-02T09:00") + std::chrono::hours{24 * 7 + hours});
    const auto begun = std::chrono::steady_clock::now();
    ASSERT_EQ(world.book("learner 1", body).status, 201) << i;
    const auto text = page.until("vehicle/");
    waits.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
    EXPECT_NE(text.find("\"resource\":\"instructor/" + base::to_text(std::int64_t{1001})), std::string::npos) << text;
    EXPECT_EQ(text.find("learner/"), std::string::npos) << "that is somebody else's";
  }
  std::ranges::sort(waits);
  EXPECT_LT(waits[49], 1.0);
}

TEST(Live, StaffHearOfLearnersAndEverybodyOfTheirOwn) {
  SchoolServer world;
  Listener office(world, "office"), own(world, "learner 1");
  for (auto* page : {&office, &own}) page->until("\n\n");
  ASSERT_EQ(world.book("learner 1", world.lesson("2026-03-04T10:00")).status, 201);
  const auto learner = "learner/" + base::to_text(std::int64_t{2001});
  EXPECT_NE(office.until(learner).find(learner), std::string::npos);
  EXPECT_NE(own.until(learner).find(learner), std::string::npos);
}

TEST(Live, FiveStreamsAPersonAndThenThePagePolls) {
  SchoolServer world;
  std::vector<std::unique_ptr<Listener>> pages;
  for (int i = 0; i < 5; ++i) {
    pages.push_back(std::make_unique<Listener>(world, "learner 1"));
    EXPECT_EQ(pages.back()->head.status, 200);
  }
  const auto sixth = world.get("learner 1", "/api/v1/calendar/live");
  EXPECT_EQ(sixth.status, 503);
  EXPECT_NE(sixth.header("retry-after"), "");
  EXPECT_EQ(Listener(world, "learner 2").head.status, 200);
}

TEST(Live, APageThatLeavesMakesRoomAtOnce) {
  SchoolServer world;
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Listener(world, "learner 1").head.status, 200) << i;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
}

TEST(Live, WhoComesBackHearsWhatMovedMeanwhile) {
  SchoolServer world;
  const auto resync = "event: resync\ndata: {}\n\n";
  const auto booked = [&](const std::string& at) { return world.book("learner 1", world.lesson(at)).status; };
  const auto id_in = [](const std::string& text) {
    const auto at = text.find("id: ") + 4;
    return text.substr(at, text.find('\n', at) - at);
  };
  std::string seen;
  {
    Listener page(world, "office");
    EXPECT_EQ(page.until("\n\n"), resync);
    ASSERT_EQ(booked("2026-03-04T10:00"), 201);
    const auto text = page.until("id: ");
    EXPECT_GT(text.find("id: "), text.find("instructor/")) << "with the last that the booking moved, not before";
    seen = id_in(text + page.until("\n"));
  }
  ASSERT_EQ(booked("2026-03-05T10:00"), 201);
  Listener again(world, "office", seen);
  const auto missed = again.until("vehicle/");
  EXPECT_EQ(missed.find("resync"), std::string::npos) << missed;
  EXPECT_EQ(Listener(world, "office", "0").until("\n\n"), resync) << "from before this server knew";
  EXPECT_EQ(Listener(world, "office", "nonsense").until("\n\n"), resync);
}

TEST(Live, WhatIsForgottenOrHasNoPlaceInTheOrderIsAskedForAgain) {
  http::Live live({.remembered = 3});
  const auto resync = "event: resync\ndata: {}\n\n";
  const auto back = [&](std::int64_t seen) {
    return live
        .open(
            {{1}, {2001}, auth::Role::learner}, [] { return true; }, seen)
        .value()
        ->take();
  };
  const auto moved = [&](std::int64_t position) {
    return fmt::format("id: {0}\nevent: moved\ndata: {{\"resource\":\"instructor/{1}\",\"version\":{0}}}\n\n", position,
                       base::to_text(std::int64_t{7}));
  };
  for (std::int64_t at = 1; at <= 5; ++at) live.committed({{"instructor", 1, 7, at, at}});
  EXPECT_EQ(back(5), "");
  EXPECT_EQ(back(4), moved(5));
  EXPECT_EQ(back(2), moved(3) + moved(4) + moved(5));
  EXPECT_EQ(back(1), resync);
  live.committed({{"instructor", 1, 7, 6}});
  EXPECT_EQ(back(5), resync);
  live.committed({{"instructor", 1, 7, 7, 7}});
  EXPECT_EQ(back(5), resync);
  EXPECT_EQ(back(7), "");
}

TEST(Live, WhoFallsBehindIsToldToAskForEverything) {
  http::Live live;
  const auto stream = live.open({{1}, {2001}, auth::Role::learner}, [] { return true; }).value();
  EXPECT_EQ(stream->take(), "event: resync\ndata: {}\n\n");
  EXPECT_EQ(stream->take(), "");
  live.committed({{"instructor", 2, 7, 1}});
  EXPECT_EQ(stream->take(), "") << "another school's";
  for (int i = 0; i < 201; ++i) live.committed({{"instructor", 1, 7, i}});
  EXPECT_EQ(stream->take(), "event: resync\ndata: {}\n\n");
  live.committed({{"instructor", 1, 7, 300}});
  EXPECT_NE(stream->take().find("\"version\":300"), std::string::npos);
}

TEST(Live, EndsWithTheSessionAndWithTheServer) {
  SchoolServer world;
  std::atomic<bool> allowed{true};
  world.app.authenticate = [&](auto, auto) -> base::Result<auth::Principal> {
    if (!allowed) return base::refuse(base::Code::unauthenticated, "over");
    return world.school.learner(1).principal;
  };
  Listener page(world, "learner 1");
  page.until("\n\n");
  allowed = false;
  (void)world.school.book(world.school.learner(2), world.school.at("2026-03-04T10:00"));
  EXPECT_EQ(page.until("never"), "") << "not even what moved";
  allowed = true;
  Listener other(world, "learner 1");
  other.until("\n\n");
  const auto begun = std::chrono::steady_clock::now();
  world.server.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{2});
  EXPECT_EQ(other.until("never"), "");
}

}  // namespace live_test
