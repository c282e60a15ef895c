// Calendar feeds, who wrote what about a booking, invitations, and what a school adds to its mails.
#include "actions/feeds.h"
#include "actions/import_people.h"
#include "actions/people.h"
#include "actions/school.h"
#include "actions/working_time.h"
#include "store/office_of_school.h"
#include "store/verify.h"

namespace feeds_test {

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
  const auto read = [&](const std::string& of) -> base::Result<std::string> {
    return TRY(actions::read_feed(identity, of, school.now)).text;
  };

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

TEST_F(FeedsTest, WhoIsNewIsInvitedByMailAndEitherLinkWillDo) {
  const auto identity = school.identity();
  const auto add = [&](const char* name, const char* email, const char* key) {
    return actions::create_person(identity, school.office(), actions::Group::learners, {.name = name, .email = email},
                                  school.key(key))
        .value()
        .value;
  };
  const auto secret = [](const std::string& text) {
    const auto at = text.find("/welcome#") + 9;
    return text.substr(
        at, text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", at) - at);
  };
  const auto alan = add("Alan Turing", "alan@example.com", "alan");
  answers = {net::Sending::failed};
  work(std::chrono::seconds{0});
  work(std::chrono::seconds{15});
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_EQ(mails[0].subject, "Your account at Test School");
  EXPECT_EQ(mails[0].to.address, "alan@example.com");
  const auto mailed = secret(mails[0].text), shown = secret(alan.welcome_url);
  EXPECT_NE(mailed, shown);
  const auto again = actions::invite(identity, school.office(), actions::Group::learners, alan.person.id).value();
  ASSERT_TRUE(actions::set_password(identity, mailed, "a long enough phrase", school.now));
  for (const auto& spent : {mailed, shown, secret(again)})
    EXPECT_FALSE(actions::set_password(identity, spent, "another long phrase", school.now)) << "one spends all";
  mails.clear();
  work(std::chrono::seconds{0});
  EXPECT_EQ(told(), Lines{}) << "who has a password needs no link";
  EXPECT_EQ(waiting("invitation"), 0);
  EXPECT_FALSE(actions::invite(identity, school.office(), actions::Group::learners, alan.person.id));
  EXPECT_FALSE(actions::invite(identity, learner, actions::Group::learners, alan.person.id));

  const auto kurt = add("Kurt Goedel", "kurt@example.com", "kurt");
  const auto off =
      actions::update_person(identity, school.office(), actions::Group::learners, kurt.person.id, 1, {.active = false});
  ASSERT_TRUE(off);
  work(std::chrono::seconds{0});
  EXPECT_EQ(told(), Lines{}) << "nor who is switched off";
  EXPECT_FALSE(actions::invite(identity, school.office(), actions::Group::learners, kurt.person.id));
}

TEST_F(FeedsTest, WhoComesFromAFileIsInvitedWhereTheOfficeSaysSo) {
  const auto import = [&](const std::string& name, actions::Import mode) {
    const actions::LearnerFile file{{{2, {.name = name, .email = name + "@example.com"}},
                                     {3, {.name = name, .email = name + "2@example.com", .active = false}}},
                                    {}};
    return actions::import_learners(school.identity(), school.office(), file, school.key(name), mode).has_value();
  };
  ASSERT_TRUE(import("silent", actions::Import::store));
  ASSERT_TRUE(import("tried", actions::Import::dry_run));
  ASSERT_TRUE(import("invited", actions::Import::invite));
  work(std::chrono::seconds{0});
  EXPECT_EQ(told(), Lines{"invited@example.com Your account at Test School"});
}

TEST_F(FeedsTest, WhatTheSchoolAddsStandsInTheMailsToLearners) {
  const auto admin = school.caller(4002, auth::Role::admin);
  const auto change = [&](actions::SchoolInput input) {
    const auto version = actions::get_school(school.context(), admin)->version;
    return actions::update_school(school.context(), admin, version, input);
  };
  ASSERT_TRUE(change({.colour = "#8a1538",
                      .words = {{{"confirmed", "Dear {learner}, bring your licence on {when}."},
                                 {"reminder", "{instructor} waits at the gate of {school}."},
                                 {"moved", ""}}}}));
  const auto made = book("2026-03-05T10:00");
  work(std::chrono::seconds{10});
  ASSERT_EQ(mails.size(), 2u);
  const auto& to_ada = mails[0].to.address == "ada@example.com" ? mails[0] : mails[1];
  const auto& to_carol = mails[0].to.address == "ada@example.com" ? mails[1] : mails[0];
  const std::string words =
      "Dear Ada Lovelace, bring your licence on Thursday 5 March 2026, 10:00 to 11:00 (London time).";
  EXPECT_NE(to_ada.text.find(words), std::string::npos) << to_ada.text;
  EXPECT_NE(to_ada.html.find(words), std::string::npos);
  EXPECT_NE(to_ada.html.find("color:#8a1538"), std::string::npos);
  EXPECT_EQ(to_carol.text.find("licence"), std::string::npos) << "it is for learners";
  mails.clear();
  school.now = school.time("2026-03-04T10:00");
  work(std::chrono::seconds{0});
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_NE(mails[0].text.find("Carol Shaw waits at the gate of Test School."), std::string::npos) << mails[0].text;
  EXPECT_EQ(actions::get_school(school.context(), admin)->words.size(), 2u) << "an empty text is none";

  const auto refused = [&](actions::SchoolInput input) {
    const auto changed = change(std::move(input));
    return changed ? "" : changed.error().fields.at(0).pointer + " " + changed.error().fields.at(0).message;
  };
  const std::string known =
      " stands for nothing. These do: {learner}, {instructor}, {lesson}, {when}, {vehicle}, {pickup}, {school}.";
  EXPECT_EQ(refused({.words = {{{"moved", "Hello {name}"}}}}), "/notice_texts/moved {name}" + known);
  EXPECT_EQ(refused({.words = {{{"moved", "Hello {learner"}}}}), "/notice_texts/moved {learner" + known);
  EXPECT_EQ(refused({.words = {{{"moved", "Hello }"}}}}), "/notice_texts/moved }" + known);
  EXPECT_EQ(refused({.colour = "#ffcc00"}),
            "/colour Too pale to be read on white: 1.5 to 1, and 4.5 to 1 is needed. Take a darker one.");
  for (const auto* wrong : {"red", "#12345", "#12345g", "#-1-1-1", "0b5f470"})
    EXPECT_EQ(refused({.colour = wrong}), "/colour Must be a colour such as #0b5f47.") << wrong;
  EXPECT_EQ(refused({.colour = ""}), "");
}

TEST_F(FeedsTest, APersonalEventHasATitleThatIsSealed) {
  const auto herself = school.caller(carol.value, auth::Role::instructor);
  const actions::TimeOffInput dentist{school.time("2026-03-05T09:00"), school.time("2026-03-05T10:00"), "Dentist 4711"};
  const auto made = actions::add_time_off(school.context(), herself, {carol.value}, dentist, school.key("dentist"));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->value.title, "Dentist 4711");
  EXPECT_EQ(actions::list_time_off(school.context(), herself, {carol.value}, {})->items.at(0).title, "Dentist 4711");
  EXPECT_EQ(school.number("select count(*) from events where data like '%4711%'"), 0);
  EXPECT_EQ(school.number("select count(*) from texts where sealed like '%4711%'"), 0);
  // What this test's school has without events is told as a fault; the time off is not.
  for (const auto& fault : store::verify(school.database_at).faults)
    EXPECT_FALSE(fault.starts_with("time_off")) << fault;
  ASSERT_TRUE(actions::delete_time_off(school.context(), herself, {carol.value}, made->value.time_off.id));
  EXPECT_EQ(school.number("select count(*) from texts"), 0);
}

}  // namespace feeds_test
