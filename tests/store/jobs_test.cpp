// From the event to the mail: who is told what, once, whatever fails on the way.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "actions/jobs.h"
#include "actions/retention.h"
#include "net/smtp.h"
#include "prove/sink.h"
#include "store/office_of_school.h"

namespace jobs_test {

using net::Mail;
using net::Sending;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing_support::Lines;

class JobsTest : public testing_support::Mailing {};

TEST_F(JobsTest, BothSidesHearOfABookingWhenItCanNoLongerBeTakenBack) {
  book("2026-03-05T10:00");
  work(seconds{9});
  EXPECT_EQ(told(), Lines{});
  work(seconds{1});
  EXPECT_EQ(told(), (Lines{"ada@example.com Booked: Thu 5 March 2026, 10:00",
                           "carol@example.com Booked: Thu 5 March 2026, 10:00"}));
  work(hours{1});
  EXPECT_EQ(told(), Lines{});
  EXPECT_EQ(waiting("notice"), 0);
}

TEST_F(JobsTest, MadeAndMovedIsOneMailMadeAndCancelledIsNone) {
  move(book("2026-03-05T10:00"), "2026-03-05T14:00");
  cancel(book("2026-03-06T10:00"));
  work(seconds{10});
  EXPECT_EQ(told(), (Lines{"ada@example.com Booked: Thu 5 March 2026, 14:00",
                           "carol@example.com Booked: Thu 5 March 2026, 14:00"}));
}

TEST_F(JobsTest, AMoveThatIsUndoneIsNotToldAndOneThatStaysSaysWhatWasBefore) {
  const auto made = book("2026-03-05T10:00");
  work(seconds{10});
  told();
  const auto moved = move(made, "2026-03-05T14:00");
  const auto undone = actions::undo_change(school.context(), learner, moved.booking.id, moved.booking.version).value();
  work(seconds{10});
  EXPECT_EQ(told(), Lines{});
  move(undone, "2026-03-05T15:00");
  work(seconds{10});
  ASSERT_EQ(mails.size(), 2u);
  EXPECT_NE(mails[0].text.find("Before: Thursday 5 March 2026, 10:00 to 11:00"), std::string::npos) << mails[0].text;
  EXPECT_NE(mails[0].message_id, mails[1].message_id);
}

/// What is told next follows from what was told last, not from how it began.
TEST_F(JobsTest, AMoveBackIsNewsAndEveryEntryCountsOn) {
  const auto made = book("2026-03-05T10:00");
  work(seconds{10});
  const auto moved = move(made, "2026-03-05T14:00");
  work(seconds{10});
  told();
  move(moved, "2026-03-05T10:00");
  work(seconds{10});
  ASSERT_EQ(mails.size(), 2u);
  EXPECT_NE(mails[0].text.find("Before: Thursday 5 March 2026, 14:00 to 15:00"), std::string::npos) << mails[0].text;
  EXPECT_NE(mails[0].calendar.find("SEQUENCE:3\r\n"), std::string::npos) << mails[0].calendar;
  EXPECT_EQ(school.number("select min(version) from notices"), 3);
}

TEST_F(JobsTest, WhatTheRelayDoesNotTakeIsTriedAgainWithTheSameMessageId) {
  answers = {Sending::failed, Sending::failed, Sending::failed};
  book("2026-03-05T10:00");
  work(seconds{10});
  EXPECT_EQ(told(), Lines{});
  EXPECT_EQ(school.number("select count(*) from jobs where attempts = 1 and problem <> ''"), 2);
  work(seconds{15});
  EXPECT_EQ(mails.size(), 1u) << "the third failure was one of them";
  work(seconds{30});
  EXPECT_EQ(mails.size(), 2u);
  EXPECT_EQ(waiting("notice"), 0);
}

TEST_F(JobsTest, AJobThatThrowsIsPutOffAndHoldsNobodyUp) {
  auto broken = office();
  broken.deliver = [&](const Mail& mail) {
    if (mails.empty() && reports.empty()) throw std::runtime_error("the mail is impossible");
    mails.push_back(mail);
    return net::SendingResult{Sending::sent, ""};
  };
  book("2026-03-05T10:00");
  school.now += seconds{10};
  jobs::dispatch(school.context());
  jobs::run_due(broken, school.now);
  EXPECT_EQ(reports, Lines{"the mail is impossible"});
  EXPECT_EQ(mails.size(), 1u) << "the other side hears of it";
  work(seconds{15});
  EXPECT_EQ(mails.size(), 2u);
}

TEST_F(JobsTest, WhatIsRefusedForGoodIsDeadVisibleAndCanBeTriedAgain) {
  answers = {Sending::refused};
  const auto made = book("2026-03-05T10:00");
  work(seconds{10});
  EXPECT_EQ(mails.size(), 1u) << "the other side is told all the same";
  const auto dead = actions::list_jobs(school.context(), school.office(), true, {.limit = 10}).value();
  ASSERT_EQ(dead.items.size(), 1u);
  EXPECT_EQ(dead.items[0].key.booking, made.booking.id);
  EXPECT_EQ(dead.items[0].problem, "the relay is moody");
  EXPECT_FALSE(actions::list_jobs(school.context(), learner, true, {.limit = 10}));
  const std::vector<base::PersonId> missed{dead.items[0].key.person};
  EXPECT_EQ(actions::get_booking(school.context(), school.office(), made.booking.id)->not_reached, missed);
  EXPECT_EQ(actions::list_bookings(school.context(), school.office(), {})->at(0).not_reached, missed);
  EXPECT_TRUE(actions::get_booking(school.context(), learner, made.booking.id)->not_reached.empty());
  EXPECT_TRUE(actions::list_bookings(school.context(), learner, {})->at(0).not_reached.empty());
  work(hours{5});
  EXPECT_EQ(mails.size(), 1u);
  auto office_now = school.office();
  office_now.now = school.now;
  ASSERT_TRUE(actions::retry_job(school.context(), office_now, dead.items[0].id));
  EXPECT_FALSE(actions::retry_job(school.context(), office_now, dead.items[0].id)) << "it is not dead any more";
  work(seconds{1});
  EXPECT_EQ(mails.size(), 2u);
  EXPECT_TRUE(actions::get_booking(school.context(), office_now, made.booking.id)->not_reached.empty());
}

TEST_F(JobsTest, EightFailuresInARowAreTheLast) {
  answers.assign(16, Sending::failed);
  book("2026-03-20T10:00");
  for (int i = 0; i < 40; ++i) work(hours{1});
  EXPECT_EQ(mails.size(), 0u);
  EXPECT_EQ(school.number("select count(*) from jobs where dead = 1 and attempts = 8"), 2);
}

TEST_F(JobsTest, WhoIsToStopGivesBackWhatItHasClaimed) {
  book("2026-03-05T10:00");
  book("2026-03-06T10:00");
  school.now += seconds{10};
  while (jobs::dispatch(school.context()) > 0) {
  }
  jobs::run_due(office(), school.now, 4, [&] { return mails.size() == 1; });
  EXPECT_EQ(mails.size(), 1u);
  EXPECT_EQ(school.number("select count(*) from jobs where kind = 'notice' and taken_until = 0"), 3);
  jobs::run_due(office(), school.now, 4);
  EXPECT_EQ(mails.size(), 4u);
  EXPECT_EQ(waiting("notice"), 0);
}

TEST_F(JobsTest, AnEventMeanwhileIsNotLostWithTheJobThatRan) {
  const auto made = book("2026-03-05T10:00");
  auto late = office();
  late.deliver = [&](const Mail& mail) {
    mails.push_back(mail);
    if (mails.size() == 1) {
      move(made, "2026-03-05T14:00");
      jobs::dispatch(school.context());
    }
    return net::SendingResult{Sending::sent, ""};
  };
  school.now += seconds{10};
  learner.now = school.now;
  while (jobs::dispatch(school.context()) > 0) {
  }
  jobs::run_due(late, school.now);
  ASSERT_EQ(mails.size(), 1u) << "the other one's mail waits for the undo window of the move";
  const auto first = mails[0].to.address;
  const std::string second = first == "ada@example.com" ? "carol@example.com" : "ada@example.com";
  mails.clear();
  work(seconds{10});
  Lines both{first + " Moved to Thu 5 March 2026, 14:00", second + " Booked: Thu 5 March 2026, 14:00"};
  std::ranges::sort(both);
  EXPECT_EQ(told(), both);
}

TEST_F(JobsTest, RemindersComeADayAndTwoHoursBeforeMoveAndDieWithTheLesson) {
  const auto first = book("2026-03-05T10:00");
  const auto second = book("2026-03-06T10:00");
  work(seconds{10});
  told();
  school.now = school.time("2026-03-04T09:59");
  work(seconds{0});
  EXPECT_EQ(told(), Lines{});
  work(minutes{1});
  EXPECT_EQ(told(), Lines{"ada@example.com Reminder: Thursday 5 March 2026, 10:00 to 11:00 (London time)"});
  cancel(second);
  work(seconds{10});
  told();
  school.now = school.time("2026-03-05T08:00");
  work(seconds{0});
  EXPECT_EQ(told(), Lines{"ada@example.com Reminder: Thursday 5 March 2026, 10:00 to 11:00 (London time)"});
  school.now = school.time("2026-03-06T09:00");
  work(seconds{0});
  EXPECT_EQ(told(), Lines{}) << "cancelled";
  EXPECT_EQ(waiting("reminder"), 0) << first.booking.version;
}

TEST_F(JobsTest, NobodyIsRemindedWhileTheirDataIsRestricted) {
  book("2026-03-05T10:00");
  work(seconds{10});
  told();
  const auto admin = school.caller(4002, auth::Role::admin);
  ASSERT_TRUE(actions::place_hold(school.identity(), admin, school.ada, store::HoldKind::restriction, "As asked"));
  school.now = school.time("2026-03-04T10:00");
  work(seconds{0});
  EXPECT_EQ(told(), Lines{});
  ASSERT_TRUE(actions::lift_hold(school.identity(), admin, school.ada, store::HoldKind::restriction));
  school.now = school.time("2026-03-05T08:00");
  work(seconds{0});
  EXPECT_EQ(told(), Lines{"ada@example.com Reminder: Thursday 5 March 2026, 10:00 to 11:00 (London time)"});
}

TEST_F(JobsTest, AfterAnOutageOnePersonGetsOneSummaryAndNothingOfThePast) {
  book("2026-03-05T10:00");
  book("2026-03-05T14:00");
  book("2026-03-06T09:00");
  work(seconds{10});
  told();
  school.now = school.time("2026-03-05T11:00");  // Three hours after the first was due.
  work(seconds{0});
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_EQ(mails[0].subject, "Reminder of 2 lessons");
  EXPECT_EQ(mails[0].text.find("10:00 to 11:00"), std::string::npos) << mails[0].text;
}

TEST_F(JobsTest, RemindersKeepTheirDistanceOverBothClockChanges) {
  for (const auto& [lesson, due] :
       {std::pair{"2026-03-30T10:00", "2026-03-29T10:00"}, {"2026-10-26T10:00", "2026-10-25T10:00"}}) {
    school.now = school.time(lesson) - hours{24 * 10};
    learner.now = school.now;
    book(lesson);
    work(seconds{10});
    told();
    const auto wanted = school.time(lesson) - hours{24};
    school.now = wanted - seconds{1};
    work(seconds{0});
    EXPECT_EQ(told(), Lines{}) << due;
    work(seconds{1});
    EXPECT_EQ(told().size(), 1u) << due;
  }
}

TEST_F(JobsTest, SeedsTellNobodyAndALaterChangeSaysWhatChanged) {
  learner.quiet = true;
  const auto made = book("2026-03-05T10:00");
  learner.quiet = false;
  work(seconds{10});
  EXPECT_EQ(told(), Lines{});
  move(made, "2026-03-05T14:00");
  work(seconds{10});
  EXPECT_EQ(told(), (Lines{"ada@example.com Moved to Thu 5 March 2026, 14:00",
                           "carol@example.com Moved to Thu 5 March 2026, 14:00"}));
}

TEST_F(JobsTest, SixteenWritersAndAReaderMissNoEvent) {
  std::atomic<bool> writing{true};
  std::atomic<std::int64_t> dispatched{0};
  const auto before = school.number("select position from event_cursor");
  std::thread reader([&] {
    while (writing || jobs::dispatch(school.context(), 7) > 0) dispatched += jobs::dispatch(school.context(), 7);
  });
  std::vector<std::thread> writers;
  writers.reserve(16);
  for (int writer = 0; writer < 16; ++writer)
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 20; ++i)
        (void)school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
          store::append(tx, learner.author(), fmt::format("vehicle/{}-{}", writer, i), 1, "vehicle_added", {});
          return 0;
        });
    });
  for (auto& writer : writers) writer.join();
  writing = false;
  reader.join();
  EXPECT_EQ(school.number("select position from event_cursor"), before + 320);
  EXPECT_EQ(school.number("select position from dispatch_cursor"), before + 320);
}

class SmtpTest : public testing::Test {
 protected:
  static Mail mail(const std::string& address) {
    return {.message_id = "1@example.com",
            .from = {"Northgate School", "lessons@example.com"},
            .to = {"Zoë", address},
            .subject = "Gebucht: für Zoë",
            .text = "Hello\n.\nZoë",
            .html = "<p>Hello</p>",
            .calendar = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
            .calendar_method = "REQUEST"};
  }
  testing_support::TemporaryFolder folder;
  const std::string file = folder.file("mail.jsonl");
};

TEST_F(SmtpTest, AMailArrivesAsItWasWritten) {
  prove::Sink sink(file);
  net::Smtp smtp({.url = sink.url()});
  for (int i = 0; i < 2; ++i) EXPECT_EQ(smtp.send(mail("zoe@example.com")).sending, Sending::sent);
  const auto mails = sink.mails();
  ASSERT_EQ(mails.size(), 2u);
  const auto& headers = mails[0].at("headers").as_object();
  EXPECT_EQ(headers.at("Subject"), "Gebucht: für Zoë");
  EXPECT_EQ(headers.at("Message-ID"), "<1@example.com>");
  EXPECT_EQ(mails[0].at("to"), boost::json::array{"zoe@example.com"});
  const auto& parts = mails[0].at("parts").as_object();
  EXPECT_EQ(parts.at("text/plain"), "Hello\n.\nZoë");
  EXPECT_EQ(parts.at("text/html"), "<p>Hello</p>");
  EXPECT_TRUE(parts.contains("text/calendar") && parts.contains("application/ics"));
}

TEST_F(SmtpTest, RefusedForGoodIsToldFromLater) {
  prove::Sink sink(file, {"--refuse", "nobody"});
  net::Smtp smtp({.url = sink.url(), .policy = {.breaker_failures = 2}});
  const auto refused = smtp.send(mail("nobody@example.com"));
  EXPECT_EQ(refused.sending, Sending::refused);
  EXPECT_EQ(refused.problem, "the relay refused it with 550");
  EXPECT_EQ(smtp.send(mail("a@x\r\nb")).sending, Sending::refused);
  sink.stop();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(smtp.send(mail("zoe@example.com")).sending, Sending::failed);
  EXPECT_TRUE(smtp.breaker().open());
  sink.start();
  EXPECT_EQ(smtp.send(mail("zoe@example.com")).problem, "the relay has not answered lately");
  EXPECT_TRUE(sink.mails().empty());
}

TEST_F(SmtpTest, ARelayThatSaysNothingDoesNotHoldUpTheEnd) {
  const int listening = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listening, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ASSERT_EQ(::listen(listening, 1), 0);
  net::Smtp smtp({.url = fmt::format("smtp://127.0.0.1:{}", ntohs(address.sin_port))});
  std::thread end([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    smtp.interrupt();
  });
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(smtp.send(mail("zoe@example.com")).sending, Sending::failed);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds{5});
  end.join();
  ::close(listening);
}

TEST_F(SmtpTest, TheRelaysCertificateMustBeGood) {
  const auto certificate = folder.file("relay.pem");
  const auto command =
      "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext"
      " subjectAltName=IP:127.0.0.1 -keyout " +
      certificate + ".key -out " + certificate + ".crt 2>/dev/null && cat " + certificate + ".crt " + certificate +
      ".key > " + certificate;
  ASSERT_EQ(std::system(command.c_str()), 0);
  prove::Sink sink(file, {"--certificate", certificate});
  EXPECT_EQ(net::Smtp({.url = sink.url()}).send(mail("zoe@example.com")).sending, Sending::failed);
  EXPECT_EQ(net::Smtp({.url = sink.url(), .authority = certificate + ".crt"}).send(mail("zoe@example.com")).sending,
            Sending::sent);
  EXPECT_EQ(sink.mails().at(0).at("tls"), true);
}

}  // namespace jobs_test
