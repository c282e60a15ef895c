// Calendar feeds, and who wrote what about a booking.
#include "actions/feeds.h"
#include "actions/people.h"
#include "store/office_of_school.h"

namespace {

using testing_support::Lines;

class FeedsTest : public testing_support::Mailing {};

TEST_F(FeedsTest, WhoWroteWhatIsReadByThoseWhoMayKnow) {
  auto input = school.at("2026-03-05T10:00");
  input.instructor = {carol.value};
  input.note = "I am new to roundabouts.";
  const auto made = school.book(learner, input).value();
  const auto office = school.office();
  const auto ended =
      actions::cancel_booking(school.context(), office, made.booking.id, made.booking.version, "The car is broken.");
  ASSERT_TRUE(ended);
  EXPECT_EQ(actions::get_booking(school.context(), learner, made.booking.id)->note, "I am new to roundabouts.");
  const auto read = [&](const actions::Caller& caller) {
    std::vector<std::string> lines;
    const auto history = actions::booking_history(school.context(), school.people, caller, made.booking.id).value();
    for (const auto& [event, role, name, reason] : history)
      lines.push_back(event.type + "|" + std::string(role ? store::to_string(*role) : "") + "|" + name + "|" + reason);
    return lines;
  };
  EXPECT_EQ(read(office),
            (Lines{"booking_made|learner|Ada Lovelace|", "booking_cancelled|office||The car is broken."}));
  const auto admin = school.add({"Grace Hopper", "grace@example.com", ""}, store::Role::admin);
  const auto undone = actions::undo_change(school.context(), office, made.booking.id, ended->booking.version).value();
  ASSERT_TRUE(actions::cancel_booking(school.context(), school.caller(admin.value, auth::Role::admin), made.booking.id,
                                      undone.booking.version, "Snow."));
  EXPECT_EQ(read(office).back(), "booking_cancelled|admin|Grace Hopper|Snow.");
  EXPECT_EQ(read(learner).back(), "booking_cancelled|admin||Snow.") << "learners know no names of the office";
}

/// Lines of a feed that begin with one of these.
std::vector<std::string> feed_lines(const std::string& text, const std::vector<std::string>& beginnings) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    EXPECT_TRUE(line.ends_with('\r'));
    line.pop_back();
    for (const auto& beginning : beginnings)
      if (line.starts_with(beginning)) lines.push_back(line);
  }
  return lines;
}

TEST_F(FeedsTest, AFeedHasTheLessonsOfItsPersonAndEndsWhenItIsToldTo) {
  const auto identity = school.identity();
  const auto feed = actions::make_feed(identity, learner).value();
  const std::string prefix = "https://school.example/feeds/";
  ASSERT_TRUE(feed.url.starts_with(prefix) && feed.url.ends_with(".ics")) << feed.url;
  const auto token = feed.url.substr(prefix.size(), feed.url.size() - prefix.size() - 4);
  const auto read = [&](const std::string& of) { return actions::read_feed(identity, of, school.now); };

  const auto made = book("2026-03-05T10:00");
  cancel(book("2026-03-06T10:00"));
  const auto moved = move(book("2026-03-09T10:00"), "2026-03-31T10:00");  // In summer time.
  const std::vector<std::string> facts = {"UID", "DTSTART", "SUMMARY", "STATUS", "SEQUENCE", "METHOD"};
  EXPECT_EQ(feed_lines(read(token).value(), facts),
            (Lines{"METHOD:PUBLISH", "UID:" + base::to_text(made.booking.id) + "@school.example", "SEQUENCE:1",
                   "DTSTART:20260305T100000Z", "SUMMARY:Lesson with Carol Shaw", "STATUS:CONFIRMED",
                   "UID:" + base::to_text(moved.booking.id) + "@school.example", "SEQUENCE:2",
                   "DTSTART:20260331T090000Z", "SUMMARY:Lesson with Carol Shaw", "STATUS:CONFIRMED"}));
  EXPECT_EQ(read(token).value(), read(token).value()) << "unchanged is the same text, for the ETag";

  const auto hers = actions::make_feed(identity, school.caller(carol.value, auth::Role::instructor)).value().url;
  EXPECT_EQ(feed_lines(read(hers.substr(prefix.size(), hers.size() - prefix.size() - 4)).value(), {"SUMMARY"}).at(0),
            "SUMMARY:Lesson with Ada Lovelace");
  EXPECT_FALSE(actions::make_feed(identity, school.office())) << "the office has no lessons of its own";

  const auto second = actions::make_feed(identity, learner).value().url;
  const auto other = second.substr(prefix.size(), second.size() - prefix.size() - 4);
  EXPECT_FALSE(read(token)) << "the one before has ended";
  ASSERT_TRUE(read(other));
  EXPECT_EQ(actions::get_feed(school.context(), learner).value()->created_at, school.now);
  ASSERT_TRUE(actions::end_feed(school.context(), learner));
  EXPECT_FALSE(actions::get_feed(school.context(), learner).value());
  for (const auto& wrong : {other, token, std::string("x"), std::string(), other + "A"}) EXPECT_FALSE(read(wrong));
}

TEST_F(FeedsTest, AFeedDiesWithTheAccount) {
  const auto identity = school.identity();
  const auto url = actions::make_feed(identity, learner).value().url;
  const auto token = url.substr(url.rfind('/') + 1, url.size() - url.rfind('/') - 5);
  ASSERT_TRUE(actions::read_feed(identity, token, school.now));
  auto office = school.office();
  ASSERT_TRUE(actions::update_person(identity, office, actions::Group::learners, school.ada, 1, {.active = false}));
  EXPECT_FALSE(actions::read_feed(identity, token, school.now));
  ASSERT_TRUE(actions::update_person(identity, office, actions::Group::learners, school.ada, 2, {.active = true}));
  EXPECT_TRUE(actions::read_feed(identity, token, school.now));
  ASSERT_TRUE(actions::delete_person(identity, office, actions::Group::learners, school.ada));
  EXPECT_FALSE(actions::read_feed(identity, token, school.now));
}

}  // namespace
