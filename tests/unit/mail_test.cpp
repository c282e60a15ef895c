// Mail before it leaves: headers that nobody can break out of, letters, and calendar entries read back by libical.
#include <gtest/gtest.h>
#include <libical/ical.h>

#include "net/smtp.h"
#include "notify/letters.h"

namespace mail_test {

using notify::Lesson;

TEST(MailHeaders, NothingOfAPersonBecomesAHeaderOfItsOwn) {
  EXPECT_EQ(net::header_text("Lesson\r\nBcc: all@example.com"), "Lesson  Bcc: all@example.com");
  EXPECT_EQ(net::header_text("Zoë"), "=?utf-8?B?Wm/Dqw==?=");
  EXPECT_EQ(net::header_text("=?utf-8?B?eA==?="), "=?utf-8?B?PT91dGYtOD9CP2VBPT0/PQ==?=");
  EXPECT_EQ(net::header_mailbox({R"(Ada "the first" \ Lovelace)", "ada@example.com"}),
            R"("Ada \"the first\" \\ Lovelace" <ada@example.com>)");
  const auto words = net::header_text(std::string(44, 'a') + "ü" + std::string(60, 'b'));
  for (std::size_t from = 0; from < words.size();) {
    const auto to = std::min(words.find(' ', from), words.size());
    EXPECT_LE(to - from, 75u);
    from = to + 1;
  }
}

TEST(MailHeaders, AddressesAreCheckedBeforeARelaySeesThem) {
  for (const auto* good : {"ada@example.com", "a.b+c@x", "o'neil@example.com"})
    EXPECT_TRUE(net::is_address(good)) << good;
  for (const auto* bad : {"", "ada", "@x", "ada@", "a@b@c", "a b@x", "a@x>", "a@x\r\nRCPT TO:<b@x>", "\"a\"@x", "a,b@x",
                          "zoë@example.com"})
    EXPECT_FALSE(net::is_address(bad)) << bad;
}

Lesson lesson(std::int64_t start = 1'774'774'800) {
  const auto span = domain::Interval::of(base::from_seconds(start), std::chrono::hours{1});
  return {.booking = {.id = {77},
                      .version = 3,
                      .status = domain::Status::booked,
                      .lesson = span,
                      .occupied = span,
                      .zone = "Europe/London",
                      .price = {3850, "GBP"}},
          .type = "Driving lesson; \"long\", dark",
          .learner = "Maya <b>",
          .instructor = "Zoë Quinn",
          .vehicle = "Mini",
          .pickup = "12 High Street, N1"};
}
const notify::Sender sender{
    "Northgate & Sons", {"Northgate & Sons", "lessons@example.com"}, "https://school.example:8443"};

net::Mail mail(domain::News news, notify::Side side, std::optional<Lesson> before = {}) {
  const notify::Addressee to{{"Maya", "maya@example.com"}, side};
  return notify::news_mail(sender, to,
                           {news, lesson(), std::move(before), "The car\nbroke", {"Zoë", "zoe@example.com"}}, "job-1",
                           base::from_seconds(1'774'700'000));
}

TEST(Letters, SayWhatWhenWhereAndWithWhom) {
  const auto moved = mail(domain::News::moved, notify::Side::learner, lesson(1'774'774'800 - 86'400));
  EXPECT_EQ(moved.subject, "Moved to Sun 29 March 2026, 10:00");
  for (const auto* part :
       {"Sunday 29 March 2026, 10:00 to 11:00 (London time)", "Instructor: Zoë Quinn", "Pick-up: 12 High Street, N1",
        "Price: 38.50 GBP", "Before: Saturday 28 March 2026, 09:00 to 10:00 (London time)", "Reason: The car",
        "https://school.example:8443/lessons"})
    EXPECT_NE(moved.text.find(part), std::string::npos) << part << "\n" << moved.text;
  EXPECT_EQ(moved.reply_to.address, "zoe@example.com");
  const auto instructors = mail(domain::News::cancelled, notify::Side::instructor);
  EXPECT_NE(instructors.html.find("Maya &lt;b&gt;"), std::string::npos);
  EXPECT_EQ(instructors.html.find("<b>"), std::string::npos);
}

struct Free {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Parsed = std::unique_ptr<icalcomponent, Free>;

TEST(CalendarEntries, AreReadBackByLibicalAsTheSameLesson) {
  const auto confirmed = mail(domain::News::confirmed, notify::Side::learner);
  const auto cancelled = mail(domain::News::cancelled, notify::Side::learner);
  EXPECT_EQ(confirmed.calendar_method, "REQUEST");
  EXPECT_EQ(cancelled.calendar_method, "CANCEL");
  std::set<std::string> uids;
  for (const auto* each : {&confirmed, &cancelled}) {
    const Parsed calendar(icalparser_parse_string(each->calendar.c_str()));
    ASSERT_TRUE(calendar);
    EXPECT_EQ(icalcomponent_count_errors(calendar.get()), 0);
    auto* event = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
    uids.insert(icalcomponent_get_uid(event));
    EXPECT_EQ(icalcomponent_get_sequence(event), 3);
    EXPECT_EQ(icaltime_as_timet(icalcomponent_get_dtstart(event)), 1'774'774'800);
    EXPECT_EQ(icaltime_as_timet(icalcomponent_get_dtend(event)), 1'774'778'400);
    EXPECT_EQ(std::string(icalcomponent_get_summary(event)), "Driving lesson; \"long\", dark with Zoë Quinn");
    EXPECT_EQ(icalcomponent_get_method(calendar.get()), each == &confirmed ? ICAL_METHOD_REQUEST : ICAL_METHOD_CANCEL);
  }
  EXPECT_EQ(uids, (std::set<std::string>{base::to_text(std::int64_t{77}) + "@school.example"}));
}

using std::chrono::seconds;

TEST(CallPolicy, PausesDoubleAreBoundedAndScattered) {
  const net::CallPolicy policy{.first_pause = seconds{10}, .longest_pause = seconds{100}};
  for (const auto& [attempts, whole] : std::map<int, int>{{1, 10}, {2, 20}, {4, 80}, {5, 100}, {60, 100}}) {
    EXPECT_EQ(net::pause_after(policy, attempts, 0), seconds{whole / 2});
    EXPECT_EQ(net::pause_after(policy, attempts, static_cast<std::uint64_t>(whole - whole / 2)), seconds{whole});
    EXPECT_LE(net::pause_after(policy, attempts, ~0ULL), seconds{whole});
  }
}

TEST(Breaker, OpensAfterFailuresLetsOneTryAndClosesOnAnAnswer) {
  net::Breaker breaker({.breaker_failures = 2, .breaker_pause = seconds{30}});
  const net::Breaker::Clock::time_point now{};
  EXPECT_TRUE(breaker.allows(now));
  breaker.failed(now);
  EXPECT_TRUE(breaker.allows(now));
  breaker.failed(now);
  EXPECT_FALSE(breaker.allows(now + seconds{29}));
  EXPECT_TRUE(breaker.allows(now + seconds{30}));
  EXPECT_FALSE(breaker.allows(now + seconds{30})) << "one at a time";
  breaker.answered();
  EXPECT_TRUE(breaker.allows(now + seconds{30}));
}

}  // namespace mail_test
