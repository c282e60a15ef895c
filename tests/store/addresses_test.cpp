// Addresses and their proof: learners who register themselves, people who change their address.
#include "actions/addresses.h"

#include <thread>

#include "actions/account.h"
#include "actions/housekeeping.h"
#include "store/office_of_school.h"

namespace addresses_test {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing_support::Lines;

const std::string good = "correct horse battery";

class Addresses : public testing_support::Mailing {
 protected:
  Addresses() {
    school.give_password(school.ada, good);
    school.execute("update schools set registration = 1");
  }
  /// A node of its own, that has counted nothing yet.
  base::Done ask_to_register(const std::string& email) {
    auth::Throttle fresh(auth::mail_limits);
    auto all = school.identity();
    const actions::Identity node{all.context,  all.people, all.passwords,  all.sessions,
                                 all.throttle, fresh,      all.public_url, all.second_step};
    return actions::ask_to_register(node, email, std::nullopt, "203.0.113.5", school.now);
  }
  base::Done ask_to_change(const std::string& email, const std::string& password = good) {
    return actions::ask_to_change_email(school.identity(), learner, {password, email}, "203.0.113.5");
  }
  std::string link(const std::string& page) {
    const auto text = mails.empty() ? "" : mails.back().text;
    const auto start = text.find("/" + page + "#");
    EXPECT_NE(start, std::string::npos) << text;
    if (start == std::string::npos) return "";
    const auto from = start + page.size() + 2;
    return text.substr(from, text.find('\n', start) - from);
  }
  std::string registration_link(const std::string& email) {
    EXPECT_TRUE(ask_to_register(email));
    work(seconds{0});
    return link("join");
  }
  std::string change_link(const std::string& email) {
    EXPECT_TRUE(ask_to_change(email));
    work(seconds{0});
    return link("confirm");
  }
  base::Result<actions::SignInView> join(const std::string& token, const std::string& name = "Rob Noyce") {
    return actions::register_learner(school.identity(), {token, name, "", good}, school.now, "test", "");
  }
  base::Result<actions::Proven> confirm(const std::string& token) {
    return actions::change_email(school.identity(), token, school.now, "test");
  }
  bool signs_in(const std::string& email) {
    return actions::sign_in(school.identity(), {email, good}, "203.0.113." + std::to_string(++source_), school.now)
        .has_value();
  }
  template <class T>
  static std::string pointer_of(const base::Result<T>& refused) {
    return refused || refused.error().fields.empty() ? "none" : refused.error().fields.front().pointer;
  }
  std::int64_t learners() { return school.number("select count(*) from people where role = 'learner'"); }
  std::int64_t proofs() { return school.number("select count(*) from email_proofs"); }

  const std::int64_t learners_before_ = learners();

 private:
  int source_ = 0;
};

TEST_F(Addresses, WhoProvesAnAddressIsALearnerWhoMayBookAtOnce) {
  const auto token = registration_link("rob@example.com");
  EXPECT_EQ(told(), Lines{"rob@example.com Your account at Test School"});
  EXPECT_EQ(learners(), learners_before_) << "nobody is made by asking";
  const auto in = join(token);
  ASSERT_TRUE(in) << in.error().detail;
  EXPECT_EQ(in->name, "Rob Noyce");
  EXPECT_EQ(in->tokens.principal.role, auth::Role::learner);
  EXPECT_TRUE(school.sessions.authenticate(in->tokens.access_token, school.now));
  EXPECT_TRUE(signs_in("ROB@example.com"));
  auto input = school.at("2026-03-03T10:00");
  input.instructor = {carol.value};
  EXPECT_TRUE(school.book(school.caller(in->tokens.principal.person.value, auth::Role::learner), input));
  work(hours{1});
  EXPECT_EQ(school.number("select count(*) from jobs where kind = 'invitation'"), 0);
  EXPECT_EQ(pointer_of(join(token)), "/token") << "a link is good once";
  EXPECT_EQ(proofs(), 0);
}

TEST_F(Addresses, WhoHasAnAccountIsToldSoAndNobodyElseIs) {
  ASSERT_TRUE(ask_to_register("ADA@example.com"));
  work(seconds{0});
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_EQ(mails[0].text.find("/join#"), std::string::npos);
  EXPECT_NE(mails[0].text.find("/sign-in"), std::string::npos) << mails[0].text;
  EXPECT_EQ(told(), Lines{"ada@example.com You have an account at Test School"});
  EXPECT_EQ(school.number("select count(*) from email_proofs where token_hash is not null"), 0);
}

TEST_F(Addresses, TheSameIsWrittenForAnAddressThatSomebodyHas) {
  for (const auto* email : {"ada@example.com", "nobody@example.com"}) {
    const auto before = proofs(), jobs = waiting("address_proof");
    ASSERT_TRUE(ask_to_register(email));
    EXPECT_EQ(proofs(), before + 1) << email;
    EXPECT_EQ(waiting("address_proof"), jobs + 1) << email;
  }
}

TEST_F(Addresses, ASchoolThatMakesItsAccountsItselfSaysSo) {
  school.execute("update schools set registration = 0");
  const auto refused = ask_to_register("rob@example.com");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Code::forbidden);
  EXPECT_EQ(proofs(), 0);
}

TEST_F(Addresses, WhatIsNoAddressIsRefused) {
  for (const auto* email : {"", "ada", "ada@", "@example.com", "a b@example.com", "ada@example.com\r\nBcc: x@y.z",
                            "ada@example.com,eve@example.com", "<ada@example.com>"}) {
    EXPECT_EQ(pointer_of(ask_to_register(email)), "/email") << email;
    EXPECT_EQ(pointer_of(ask_to_change(email)), "/email") << email;
  }
  EXPECT_EQ(proofs(), 0);
}

TEST_F(Addresses, ALinkIsGoodForTwelveHoursInItsSchoolAndForItsPurpose) {
  const auto joining = registration_link("rob@example.com"), changing = change_link("new@example.com");
  EXPECT_EQ(pointer_of(confirm(joining)), "/token");
  EXPECT_EQ(pointer_of(join(changing)), "/token");
  auto forged = base::from_base64url(joining).value();
  forged[7] = 2;
  EXPECT_EQ(pointer_of(join(base::to_base64url(forged))), "/token") << "of another school";
  for (const auto* none : {"", "x", "AAAA", "../../etc/passwd"}) EXPECT_EQ(pointer_of(join(none)), "/token") << none;
  school.now += actions::proof_lifetime;
  EXPECT_EQ(pointer_of(join(joining)), "/token");
  EXPECT_EQ(pointer_of(confirm(changing)), "/token");
}

TEST_F(Addresses, WhatIsNeverProvenIsForgottenWithItsKey) {
  (void)registration_link("rob@example.com");
  const auto keys = school.keys.entries().size();
  EXPECT_EQ(actions::clear_out(school.context(), school.now + hours{11}).proofs, 0);
  EXPECT_EQ(actions::clear_out(school.context(), school.now + actions::proof_lifetime).proofs, 1);
  EXPECT_EQ(school.keys.entries().size(), keys);
  EXPECT_EQ(actions::clear_out(school.context(), school.now + hours{25}).orphan_keys, 1);
  EXPECT_EQ(school.keys.entries().size(), keys - 1);
}

TEST_F(Addresses, OfTwoWhoUseALinkAtOnceOneJoins) {
  const auto first = registration_link("rob@example.com"), second = registration_link("rob@example.com");
  std::array<bool, 4> in{};
  std::vector<std::thread> threads;
  threads.reserve(in.size());
  for (std::size_t i = 0; i < in.size(); ++i)
    threads.emplace_back([&, i] { in.at(i) = join(i % 2 == 0 ? first : second).has_value(); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(std::ranges::count(in, true), 1);
  EXPECT_EQ(learners(), learners_before_ + 1);
  EXPECT_EQ(proofs(), 0) << "the other link went as well";
}

TEST_F(Addresses, HoweverManyAskOnlySoManyMailsReachAnAddress) {
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(ask_to_register("rob@example.com"));
    work(seconds{1});
  }
  EXPECT_EQ(mails.size(), 10u);
  EXPECT_EQ(waiting("address_proof"), 0);
}

TEST_F(Addresses, AnAddressChangesWhenTheNewOneIsProvenAndTheOldOneIsTold) {
  const auto reset = school.welcome(school.ada);
  const auto token = change_link("ada@lovelace.example");
  EXPECT_EQ(told(), Lines{"ada@lovelace.example Your new address at Test School"});
  EXPECT_TRUE(signs_in("ada@example.com")) << "nothing has changed yet";
  ASSERT_TRUE(confirm(token));
  EXPECT_FALSE(signs_in("ada@example.com"));
  EXPECT_TRUE(signs_in("ada@lovelace.example"));
  EXPECT_EQ(pointer_of(actions::set_password(school.identity(), reset, "another good one", school.now)), "/token")
      << "links went to the old address";
  work(seconds{0});
  EXPECT_EQ(told(), Lines{"ada@example.com Your address was changed"});
  EXPECT_EQ(proofs(), 0) << "the old address is kept until it is told";
  EXPECT_EQ(pointer_of(confirm(token)), "/token");
}

TEST_F(Addresses, TheOldAddressIsToldAfterAnOutageToo) {
  const auto token = change_link("ada@lovelace.example");
  ASSERT_TRUE(confirm(token));
  mails.clear();
  answers = {net::Sending::failed};
  work(seconds{0});
  EXPECT_EQ(proofs(), 1);
  work(hours{1});
  EXPECT_EQ(told(), Lines{"ada@example.com Your address was changed"});
  EXPECT_EQ(proofs(), 0);
}

TEST_F(Addresses, AChangeTakesThePassword) {
  EXPECT_EQ(pointer_of(ask_to_change("ada@lovelace.example", "not this one")), "/current_password");
  EXPECT_EQ(proofs(), 0);
  base::Done last = base::done();
  for (int i = 0; i < 20 && (last || last.error().code != base::Code::rate_limited); ++i)
    last = ask_to_change("ada@lovelace.example", "guess");
  EXPECT_EQ(last.error().code, base::Code::rate_limited);
}

TEST_F(Addresses, TheLastLinkCounts) {
  const auto first = change_link("one@example.com"), second = change_link("two@example.com");
  EXPECT_EQ(pointer_of(confirm(first)), "/token");
  EXPECT_TRUE(confirm(second));
  EXPECT_TRUE(signs_in("two@example.com"));
}

TEST_F(Addresses, AnAddressThatSomebodyHasMeanwhileIsNotTakenAway) {
  const auto token = change_link("rob@example.com");
  ASSERT_TRUE(join(registration_link("rob@example.com")));
  const auto refused = confirm(token);
  EXPECT_EQ(pointer_of(refused), "/token");
  EXPECT_TRUE(signs_in("ada@example.com"));
  EXPECT_TRUE(signs_in("rob@example.com"));
}

TEST_F(Addresses, WhoWantsAnAddressOfSomebodyElseLearnsNothingAndTheyAreTold) {
  ASSERT_TRUE(ask_to_change("carol@example.com"));
  work(seconds{0});
  EXPECT_EQ(told(), Lines{"carol@example.com You have an account at Test School"});
}

TEST_F(Addresses, WhoIsSwitchedOffChangesNothing) {
  const auto token = change_link("ada@lovelace.example");
  school.execute("update people set active = 0 where id = " + std::to_string(school.ada.value));
  EXPECT_EQ(pointer_of(confirm(token)), "/token");
}

/// The median of many, taken in turns, so that what else happens on the machine meets both alike.
TEST_F(Addresses, AnAddressThatSomebodyHasTakesAsLong) {
  std::array<std::vector<std::chrono::nanoseconds>, 2> took;
  const std::array<std::string, 2> emails{"ada@example.com", "nobody@example.com"};
  for (int i = 0; i < 200; ++i)
    for (std::size_t which = 0; which < emails.size(); ++which) {
      const auto began = std::chrono::steady_clock::now();
      ASSERT_TRUE(ask_to_register(emails.at(which)));
      took.at(which).push_back(std::chrono::steady_clock::now() - began);
    }
  std::array<double, 2> medians{};
  for (std::size_t which = 0; which < emails.size(); ++which) {
    auto& all = took.at(which);
    std::ranges::nth_element(all, all.begin() + all.size() / 2);
    medians.at(which) = double(all[all.size() / 2].count()) / 1000;
  }
  EXPECT_LT(std::max(medians[0], medians[1]), 1.2 * std::min(medians[0], medians[1]))
      << medians[0] << " us known, " << medians[1] << " us unknown";
}

}  // namespace addresses_test
