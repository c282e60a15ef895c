// Guests: a time without an account, an address that is proven by a code, one lesson by a link.
#include "actions/guests.h"

#include <thread>

#include "actions/addresses.h"
#include "actions/erasure.h"
#include "actions/housekeeping.h"
#include "store/office_of_school.h"

namespace guests_test {

using base::Code;
using domain::Status;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing_support::Lines;

const store::Details rob{"Rob Noyce", "rob@example.com", "07700 900123"};

class Guests : public testing_support::Mailing {
 protected:
  Guests() { school.execute("update schools set guests = 1, registration = 1"); }

  actions::GuestCall call(const std::string& address = "203.0.113.5") const { return {address, school.now, "test"}; }
  store::RequestKey key(const std::string& text = "") {
    return {{}, {}, "POST guests", text.empty() ? "key-" + std::to_string(++keys_) : text, {1, 2, 3}};
  }
  base::Result<actions::GuestHoldView> hold(const std::string& wall, const std::string& address = "203.0.113.5",
                                            const std::string& name = "") {
    auto input = school.at(wall);
    input.instructor = carol.value ? base::InstructorId{carol.value} : base::InstructorId{};
    return actions::hold_for_guest(school.identity(), call(address), "test", input, key(name));
  }
  base::Done ask(const std::string& token, const store::Details& who = rob,
                 const std::string& address = "203.0.113.5") {
    return actions::ask_for_guest_code(school.identity(), call(address), token, who);
  }
  /// What stands behind `before` in the last mail, up to the end of the line.
  std::string in_mail(const std::string& before) {
    work(seconds{0});
    const auto text = mails.empty() ? "" : mails.back().text;
    const auto at = text.find(before);
    EXPECT_NE(at, std::string::npos) << before << " in " << text;
    return at == std::string::npos ? "" : text.substr(at + before.size(), text.find('\n', at) - at - before.size());
  }
  std::string code_for(const std::string& token, const store::Details& who = rob) {
    const auto asked = ask(token, who, "198.51.100." + std::to_string(++sources_ % 200));
    EXPECT_TRUE(asked) << (asked ? "" : asked.error().detail);
    return in_mail("Code: ");
  }
  base::Result<actions::BookingView> book(const std::string& token, const std::string& code) {
    return actions::book_as_guest(school.identity(), call(), token, code, key());
  }
  actions::BookingView booked(const std::string& wall, const store::Details& who = rob) {
    const auto held = hold(wall, "198.51.100." + std::to_string(++sources_ % 200));
    EXPECT_TRUE(held) << (held ? "" : held.error().detail);
    auto made = book(held->token, code_for(held->token, who));
    EXPECT_TRUE(made) << (made ? "" : made.error().detail);
    mails.clear();
    return *made;
  }
  /// The token of the link in the mail to the guest about what has just happened.
  std::string link() {
    work(seconds{11});
    for (const auto& mail : mails)
      if (const auto at = mail.text.find("/lesson#"); at != std::string::npos && mail.to.address == rob.email)
        return mail.text.substr(at + 8, mail.text.find('\n', at) - at - 8);
    return "";
  }
  base::Result<actions::ByLink> by(const std::string& token) {
    return actions::by_guest_link(school.identity(), call(), token);
  }
  std::int64_t count(const std::string& what) { return school.number("select count(*) from " + what); }
  template <class T>
  static Code code_of(const base::Result<T>& result) {
    return result ? Code::internal : result.error().code;
  }

 private:
  int keys_ = 0, sources_ = 0;
};

TEST_F(Guests, BookALessonWithACodeAndAreALearnerWithoutAPassword) {
  const auto held = hold("2026-03-03T10:00");
  ASSERT_TRUE(held) << held.error().detail;
  EXPECT_FALSE(held->booking.learner);
  EXPECT_EQ(held->booking.expires_at, school.now + minutes{5});
  EXPECT_EQ(count("people where role = 'learner' and id > 3000"), 2) << "nobody is made by holding";
  const auto code = code_for(held->token);
  EXPECT_EQ(code.size(), 6u);
  EXPECT_EQ(told(), Lines{"rob@example.com Your code for Test School"});
  const auto made = book(held->token, code);
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_EQ(made->booking.status, Status::booked);
  EXPECT_EQ(made->booking.id, held->booking.id);
  EXPECT_EQ(count("guest_holds"), 0) << "what was typed and where from goes with the hold";
  const auto who = school.database.read({1}, [&](store::Transaction& tx) {
    return *school.people.find(tx, school.school, {made->booking.learner.value});
  });
  EXPECT_EQ(who.details, rob);
  EXPECT_EQ(who.role, store::Role::learner);
  work(hours{1});
  EXPECT_EQ(count("passwords"), 0);
  EXPECT_EQ(count("jobs where kind = 'invitation'"), 0) << "they did not ask for an account";
  EXPECT_EQ(code_of(book(held->token, code)), Code::hold_expired) << "a code is good once";
}

TEST_F(Guests, WhoComesBackIsTheSamePersonAndStaysAsTheyWere) {
  const auto first = booked("2026-03-03T10:00");
  const auto second = booked("2026-03-04T10:00", {"Somebody Else", "ROB@example.com", "1"});
  EXPECT_EQ(second.booking.learner, first.booking.learner);
  EXPECT_EQ(school.database
                .read({1},
                      [&](store::Transaction& tx) {
                        return school.people.find(tx, school.school, {first.booking.learner.value})->details;
                      })
                .name,
            "Rob Noyce");
}

TEST_F(Guests, TheRulesOfTheLearnerDecide) {
  booked("2026-03-03T10:00");
  auto input = school.at("2026-03-03T10:00");  // The same hour, with somebody else.
  const auto held = actions::hold_for_guest(school.identity(), call(), "test", input, key());
  ASSERT_TRUE(held) << held.error().detail;
  const auto refused = book(held->token, code_for(held->token));
  EXPECT_EQ(code_of(refused), Code::learner_busy);
  ASSERT_FALSE(refused.error().alternatives.empty());
  EXPECT_NE(refused.error().alternatives.front().start, base::to_seconds(input.start)) << "by their own rules, too";
  EXPECT_EQ(count("guest_holds"), 1) << "the time is still theirs to give back";
}

TEST_F(Guests, WhoHasAnAccountLearnsItByTheCodeAndNobodyElseDoes) {
  school.give_password(school.ada, "correct horse battery");
  const store::Details ada{"Ada", "ada@example.com", "1"};
  struct Case {
    const char* wall;
    store::Details who;
  };
  std::vector<std::string> tokens;
  for (const auto& [wall, who] : {Case{"2026-03-03T10:00", ada}, Case{"2026-03-04T10:00", rob}}) {
    const auto held = hold(wall);
    ASSERT_TRUE(held);
    const auto rows = count("guest_holds where code_hash is not null"), jobs = waiting("guest_code");
    EXPECT_TRUE(ask(held->token, who));
    EXPECT_EQ(waiting("guest_code"), jobs + 1) << "the same is written, whoever has the address";
    EXPECT_EQ(count("guest_holds where code_hash is not null"), rows);
    tokens.push_back(held->token);
  }
  EXPECT_EQ(code_of(book(tokens[0], "000000")), code_of(book(tokens[1], "000000")));
  const auto held = hold("2026-03-05T10:00");
  EXPECT_EQ(code_of(book(held->token, code_for(held->token, ada))), Code::account_exists);
  EXPECT_EQ(count("bookings where status = 'booked'"), 0);
}

TEST_F(Guests, FewGuessesAndFewCodesForOneTime) {
  const auto held = hold("2026-03-03T10:00");
  std::string code;
  for (int i = 0; i < store::guest_codes_at_most; ++i) code = code_for(held->token);
  const auto more = ask(held->token, rob, "198.51.100.250");
  EXPECT_EQ(code_of(more), Code::rate_limited);
  const auto wrong = code == "000000" ? "000001" : "000000";
  for (int i = 0; i < store::guest_tries_at_most; ++i)
    EXPECT_EQ(code_of(book(held->token, wrong)), Code::invalid_input);
  EXPECT_EQ(code_of(book(held->token, code)), Code::invalid_input) << "even the right one, after five wrong ones";
  EXPECT_EQ(count("bookings where status = 'booked'"), 0);
}

TEST_F(Guests, ACodeIsGoodForTheTimeForWhichItWasAsked) {
  const auto one = hold("2026-03-03T10:00"), other = hold("2026-03-04T10:00");
  const auto of_one = code_for(one->token), of_other = code_for(other->token);
  if (of_one != of_other) {
    EXPECT_EQ(code_of(book(other->token, of_one)), Code::invalid_input);
  }
  const auto newer = code_for(other->token);
  if (of_other != newer) {
    EXPECT_EQ(code_of(book(other->token, of_other)), Code::invalid_input) << "the newest one counts";
  }
  school.now += minutes{6};
  EXPECT_EQ(code_of(book(one->token, of_one)), Code::hold_expired);
}

TEST_F(Guests, FiveTimesAtOnceForOneSource) {
  const char* walls[] = {"2026-03-03T09:00", "2026-03-03T11:00", "2026-03-03T13:00",
                         "2026-03-03T15:00", "2026-03-04T09:00", "2026-03-04T11:00"};
  std::vector<std::string> tokens;
  for (const auto* wall : std::span(walls).first(5)) {
    const auto held = hold(wall);
    ASSERT_TRUE(held) << held.error().detail;
    tokens.push_back(held->token);
  }
  EXPECT_EQ(code_of(hold(walls[5])), Code::too_many_holds);
  EXPECT_TRUE(hold(walls[5], "203.0.113.6")) << "another source";
  ASSERT_TRUE(actions::release_guest_hold(school.identity(), call(), tokens[0]));
  EXPECT_EQ(count("guest_holds"), 5) << "the address goes with the hold";
  EXPECT_TRUE(hold(walls[0])) << "and the place is free";
  EXPECT_EQ(code_of(actions::extend_guest_hold(school.identity(), call(), tokens[0])), Code::hold_expired);
  const auto longer = actions::extend_guest_hold(school.identity(), call(), tokens[1]);
  ASSERT_TRUE(longer);
  EXPECT_EQ(code_of(actions::extend_guest_hold(school.identity(), call(), tokens[1])), Code::too_late) << "once";
  school.now += minutes{6};
  actions::keep_house(school.context(), school.now);
  EXPECT_EQ(count("guest_holds"), 1) << "but for the one that is kept longer";
  EXPECT_EQ(count("bookings where learner_id is null and status = 'expired'"), 5);
  EXPECT_EQ(waiting("notice"), 0);
}

TEST_F(Guests, WhatIsAskedAgainWithTheSameKeyIsTheSameTimeWithAnotherToken) {
  const auto first = hold("2026-03-03T10:00", "203.0.113.5", "again"),
             again = hold("2026-03-03T10:00", "203.0.113.5", "again");
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->booking.id, first->booking.id);
  EXPECT_EQ(code_of(ask(first->token)), Code::hold_expired);
  EXPECT_TRUE(ask(again->token));
  const auto other = hold("2026-03-03T10:00", "203.0.113.99", "again");
  EXPECT_EQ(code_of(other), Code::slot_taken) << "somebody else's key is not theirs, even if it is the same";
}

TEST_F(Guests, ASchoolThatWantsNoneSaysSo) {
  const auto held = hold("2026-03-03T10:00");
  const auto code = code_for(held->token);
  school.execute("update schools set guests = 0");
  EXPECT_EQ(code_of(hold("2026-03-04T10:00")), Code::forbidden);
  EXPECT_EQ(code_of(book(held->token, code)), Code::forbidden);
}

TEST_F(Guests, AnyInstructorAndRequestsAsForOthers) {
  school.execute("update schools set approval = 1");
  auto input = school.at("2026-03-03T10:00");
  input.instructor = {};
  const auto held = actions::hold_for_guest(school.identity(), call(), "test", input, key());
  ASSERT_TRUE(held) << held.error().detail;
  const auto made = book(held->token, code_for(held->token));
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_EQ(made->booking.status, Status::requested);
  EXPECT_TRUE(made->booking.expires_at);
}

TEST_F(Guests, TheLinkOpensOneLessonAndDiesWithIt) {
  const auto made = booked("2026-03-03T10:00");
  const auto other = booked("2026-03-04T10:00");
  work(seconds{11});
  std::map<std::string, std::string> links;  // By the subject of the mail.
  for (const auto& mail : mails)
    if (const auto at = mail.text.find("/lesson#"); at != std::string::npos)
      links[mail.subject] = mail.text.substr(at + 8, mail.text.find('\n', at) - at - 8);
  ASSERT_EQ(links.size(), 2u);
  std::set<std::int64_t> opened;
  for (const auto& [subject, token] : links) {
    const auto link = by(token);
    ASSERT_TRUE(link) << subject;
    opened.insert(link->booking.value);
    EXPECT_EQ(link->caller.principal.role, auth::Role::learner);
  }
  EXPECT_EQ(opened, (std::set{made.booking.id.value, other.booking.id.value}));
  EXPECT_EQ(code_of(by(links.begin()->second + "A")), Code::not_found);
  EXPECT_EQ(code_of(by("")), Code::not_found);

  const auto first = by(links.begin()->second);
  ASSERT_TRUE(actions::cancel_booking(school.context(), first->caller, first->booking, 2, ""));
  EXPECT_EQ(code_of(by(links.begin()->second)), Code::not_found) << "cancelled";
  EXPECT_TRUE(by(links.rbegin()->second));
  school.now = school.time("2026-03-05T12:00");
  EXPECT_EQ(code_of(by(links.rbegin()->second)), Code::not_found) << "over for a day";
  EXPECT_GT(actions::clear_out(school.context(), school.now).guest_links, 0);
  EXPECT_EQ(count("guest_links"), 0);
}

TEST_F(Guests, EachMailHasALinkThatOpensTheLessonAsItIs) {
  booked("2026-03-03T10:00");
  const auto first = link();
  ASSERT_TRUE(by(first));
  mails.clear();
  const auto arrived = by(first);
  const auto moved = actions::move_booking(school.context(), arrived->caller, arrived->booking, 2,
                                           {.start = school.time("2026-03-06T10:00")});
  ASSERT_TRUE(moved) << moved.error().detail;
  const auto second = link();
  EXPECT_NE(second, first);
  for (const auto& token : {first, second}) EXPECT_TRUE(by(token));
  EXPECT_EQ(school.number("select count(distinct expires_at) from guest_links"), 1)
      << "they last as long as each other";
  const auto shown = actions::guest_lesson(school.identity(), *by(second));
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->instructor, "Carol Shaw");
}

TEST_F(Guests, WhoMakesAnAccountLaterKeepsTheirLessons) {
  const auto made = booked("2026-03-03T10:00");
  work(seconds{11});
  mails.clear();
  ASSERT_TRUE(actions::ask_to_register(school.identity(), "rob@example.com", std::nullopt, "203.0.113.9", school.now));
  const auto token = in_mail("/welcome#");
  const auto in = actions::set_password(school.identity(), token, "correct horse battery", school.now);
  ASSERT_TRUE(in) << in.error().detail;
  EXPECT_EQ(in->tokens.principal.person.value, made.booking.learner.value);
  const auto held = hold("2026-03-04T10:00");
  EXPECT_EQ(code_of(book(held->token, code_for(held->token))), Code::account_exists) << "from now on they sign in";
}

TEST_F(Guests, AreErasedLikeAnybody) {
  const auto made = booked("2026-03-03T10:00");
  const auto token = link();
  ASSERT_TRUE(by(token));
  ASSERT_TRUE(actions::erase_person(school.identity(), school.caller(4002, auth::Role::admin),
                                    {made.booking.learner.value}, true));
  EXPECT_EQ(count("guest_links"), 0);
  EXPECT_EQ(code_of(by(token)), Code::not_found);
}

TEST_F(Guests, AreNoBodysLessonUntilTheyBook) {
  const auto held = hold("2026-03-03T10:00");
  const auto office = school.office();
  EXPECT_EQ(code_of(actions::get_booking(school.context(), office, held->booking.id)), Code::not_found);
  EXPECT_EQ(code_of(actions::release_hold(school.context(), office, held->booking.id)), Code::not_found);
  store::BookingFilter filter;
  filter.status = Status::held;
  EXPECT_TRUE(actions::list_bookings(school.context(), office, filter)->empty());
}

TEST_F(Guests, WhatTheyTypeAndShowIsNowhereInClear) {
  const auto held = hold("2026-03-03T10:00");
  const auto code = code_for(held->token);
  ASSERT_TRUE(book(held->token, code));
  const auto token = link();
  for (const auto& secret : {held->token, token, std::string("rob@example.com"), std::string("900123")})
    for (const auto* table : {"events where data", "audit where what", "jobs where problem", "idempotency where route"})
      EXPECT_EQ(count(std::string(table) + " like '%" + secret + "%'"), 0) << table;
}

template <class Body>
void at_once(int threads, const Body& body) {
  std::vector<std::thread> all;
  all.reserve(static_cast<std::size_t>(threads));
  // Where the database was too slow to answer, a client asks again with the same key.
  const auto until_answered = [&](int i) {
    for (int tries = 0; tries < 10; ++tries) try {
        return body(i);
      } catch (const store::ConnectionLost&) {
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
      }
    ADD_FAILURE() << "never answered";
  };
  for (int i = 0; i < threads; ++i) all.emplace_back(until_answered, i);
  for (auto& thread : all) thread.join();
}

TEST_F(Guests, OfSixtyFourWhoWantOneTimeOneHasIt) {
  std::atomic<int> kept = 0, refused = 0;
  at_once(64, [&](int i) {
    auto input = school.at("2026-03-03T10:00");
    const store::RequestKey key{{}, {}, "POST guests", "many-" + std::to_string(i), {1}};
    const auto held =
        actions::hold_for_guest(school.identity(), call("203.0.113." + std::to_string(i)), "test", input, key);
    if (held) ++kept;
    if (code_of(held) == Code::slot_taken) ++refused;
  });
  EXPECT_EQ(kept, 1);
  EXPECT_EQ(refused, 63);
  EXPECT_EQ(count("bookings where status = 'held'"), 1);
  EXPECT_EQ(count("guest_holds"), 1);
}

TEST_F(Guests, OfThirtyTwoTimesThatOneSourceWantsAtOnceItHasFive) {
  std::atomic<int> kept = 0, too_many = 0;
  at_once(32, [&](int i) {
    auto input = school.at(fmt::format("2026-03-{:02}T{:02}:00", 2 + i / 8, 9 + i % 8));
    input.start += hours{24} * (i < 8 ? 7 : 0);  // Monday is too soon by now.
    input.instructor = {1001 + i % 2};
    const store::RequestKey key{{}, {}, "POST guests", "five-" + std::to_string(i), {1}};
    const auto held = actions::hold_for_guest(school.identity(), call(), "test", input, key);
    if (held) ++kept;
    if (code_of(held) == Code::too_many_holds) ++too_many;
  });
  EXPECT_EQ(kept, store::guest_holds_at_most);
  EXPECT_EQ(count("guest_holds"), store::guest_holds_at_most);
  EXPECT_EQ(count("bookings where status = 'held'"), store::guest_holds_at_most);
  EXPECT_GT(too_many, 0);
}

TEST_F(Guests, OfEightWhoEnterTheCodeAtOnceOneBooks) {
  const auto held = hold("2026-03-03T10:00");
  const auto code = code_for(held->token);
  std::atomic<int> made = 0;
  at_once(8, [&](int i) {
    const store::RequestKey key{{}, {}, "POST guests", "once-" + std::to_string(i), {1}};
    if (actions::book_as_guest(school.identity(), call(), held->token, code, key)) ++made;
  });
  EXPECT_EQ(made, 1);
  EXPECT_EQ(count("bookings where status = 'booked'"), 1);
}

}  // namespace guests_test
