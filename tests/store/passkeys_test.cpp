// Passkeys: each answer of an authenticator is a real one, made with keys of OpenSSL.
#include <algorithm>
#include <thread>

#include "actions/factors.h"
#include "actions/school.h"
#include "auth/webauthn.h"
#include "store/authenticator.h"
#include "store/office_of_school.h"

namespace passkeys_test {

using base::Code;
using testing_support::Authenticator;
using testing_support::Lines;
using testing_support::Twist;
using Purpose = auth::Challenges::Purpose;
using Kind = Authenticator::Kind;

const std::string good = "correct horse battery", here = "203.0.113.5";

class Passkeys : public testing_support::Mailing {
 protected:
  Passkeys() {
    school.give_password(school.ada, good);
    school.give_password(carol, good);
    mine = sign_in().value();
  }

  base::Result<actions::SignInView> sign_in(const std::string& email = "ada@example.com") {
    return actions::sign_in(school.identity(), {email, good}, here, school.now);
  }
  actions::Caller caller(const actions::SignInView& view) const {
    return {.principal = view.tokens.principal, .now = school.now};
  }
  base::Bytes challenge(const actions::SignInView& view) {
    const auto options = actions::passkey_options(school.identity(), caller(view), good, here);
    EXPECT_TRUE(options) << options.error().detail;
    return options ? options->challenge : base::Bytes();
  }
  base::Result<actions::PasskeyView> add(const actions::SignInView& view, const Authenticator::Registration& made) {
    return actions::add_passkey(school.identity(), caller(view),
                                {"My phone", made.client_data, made.authenticator_data});
  }
  std::int64_t registered(const Authenticator& authenticator, const actions::SignInView& view) {
    const auto made = add(view, authenticator.create(challenge(view)));
    EXPECT_TRUE(made) << made.error().detail;
    return made ? made->id : 0;
  }
  base::Bytes fresh() { return school.second_step.challenges.make({Purpose::passkey_sign_in}, school.now); }
  actions::PasskeySignIn input(const Authenticator& authenticator, const Authenticator::Assertion& said,
                               base::PersonId whose) {
    return {authenticator.id, actions::user_handle({1}, whose), said.client_data, said.authenticator_data,
            said.signature};
  }
  base::Result<actions::SignInView> enter(const Authenticator& authenticator, const Authenticator::Assertion& said) {
    return actions::sign_in_with_passkey(school.identity(), input(authenticator, said, school.ada), school.now);
  }
  bool alive(const actions::SignInView& view) {
    return school.sessions.authenticate(view.tokens.access_token, school.now).has_value();
  }

  actions::SignInView mine;
};

TEST_F(Passkeys, OfEachKindSignInWithoutAPassword) {
  for (const auto kind : {Kind::es256, Kind::eddsa, Kind::rs256}) {
    Authenticator authenticator(kind);
    registered(authenticator, mine);
    authenticator.count = 1;
    const auto view = enter(authenticator, authenticator.get(fresh()));
    ASSERT_TRUE(view) << int(kind) << view.error().detail;
    EXPECT_EQ(view->tokens.principal.person, school.ada);
    EXPECT_EQ(view->name, "Ada Lovelace");
  }
  EXPECT_EQ(school.number("select count(*) from passkeys where used_at is not null"), 3);
}

TEST_F(Passkeys, AreListedRenamedAndRemovedByTheirOwner) {
  const auto other = sign_in().value();
  const Authenticator authenticator;
  const auto id = registered(authenticator, mine);
  EXPECT_FALSE(alive(other));
  EXPECT_TRUE(alive(mine));
  work(std::chrono::seconds{0});
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_NE(mails[0].text.find("Passkeys: 1"), std::string::npos) << mails[0].text;
  const auto list = [&] { return actions::my_factors(school.identity(), caller(mine)).passkeys; };
  EXPECT_EQ(list().at(0).name, "My phone");
  EXPECT_EQ(school.number("select count(*) from passkeys where sealed like '%phone%'"), 0);
  ASSERT_TRUE(actions::rename_passkey(school.identity(), caller(mine), id, "Old phone"));
  EXPECT_EQ(list().at(0).name, "Old phone");
  const auto carols = sign_in("carol@example.com").value();
  EXPECT_EQ(actions::rename_passkey(school.identity(), caller(carols), id, "Mine").error().code, Code::not_found);
  EXPECT_EQ(actions::remove_passkey(school.identity(), caller(carols), id, good, here).error().code, Code::not_found);
  EXPECT_FALSE(actions::remove_passkey(school.identity(), caller(mine), id, "wrong", here));
  ASSERT_TRUE(actions::remove_passkey(school.identity(), caller(mine), id, good, here));
  EXPECT_TRUE(list().empty());
  EXPECT_EQ(enter(authenticator, authenticator.get(fresh())).error().code, Code::unauthenticated);
}

TEST_F(Passkeys, AreRefusedAtRegistrationWhereAnythingDoesNotFit) {
  const Authenticator authenticator, another(Kind::es384);
  const auto bytes = [](std::string_view text) { return base::Bytes(text.begin(), text.end()); };
  const auto make = [&](const Twist& twist) { return authenticator.create(challenge(mine), twist); };
  const auto with = [&](const base::Bytes& asked) { return authenticator.create(asked); };
  const auto& challenges = school.second_step.challenges;
  const auto of = [&](Purpose purpose, base::SchoolId where, base::PersonId who, std::int64_t sid) {
    return challenges.make({purpose, where, who, sid}, school.now);
  };
  const auto where = mine.tokens.principal.school;
  const auto who = mine.tokens.principal.person;
  const auto sid = mine.tokens.principal.sid;
  const auto old = challenges.make({Purpose::new_passkey, where, who, sid}, school.now - std::chrono::minutes{5});
  auto cut = make({}), longer = make({}), unreadable = make({}), no_json = make({});
  cut.authenticator_data.resize(cut.authenticator_data.size() - 1);
  longer.authenticator_data.resize(5'000);
  unreadable.authenticator_data = bytes(std::string(100, '\xff'));
  no_json.client_data = bytes("{\"type\":");
  const std::tuple<const char*, Authenticator::Registration, const char*> table[] = {
      {"wrong origin", make({.origin = "https://school.example.evil.example"}), "/client_data"},
      {"origin of another port", make({.origin = "https://school.example:8443"}), "/client_data"},
      {"plain http", make({.origin = "http://school.example"}), "/client_data"},
      {"wrong type", make({.type = "webauthn.get"}), "/client_data"},
      {"inside a frame of another site", make({.cross_origin = true}), "/client_data"},
      {"wrong rp id hash", make({.rp_id = "example"}), "/authenticator_data"},
      {"user not verified", make({.flags = 0x01}), "/authenticator_data"},
      {"user not present", make({.flags = 0x04}), "/authenticator_data"},
      {"wrong algorithm", another.create(challenge(mine)), "/authenticator_data"},
      {"cut off", cut, "/authenticator_data"},
      {"with bytes behind", longer, "/authenticator_data"},
      {"bad CBOR", unreadable, "/authenticator_data"},
      {"bad JSON", no_json, "/client_data"},
      {"challenge that is too old", with(old), "/client_data"},
      {"challenge of another person", with(of(Purpose::new_passkey, where, carol, sid)), "/client_data"},
      {"challenge of another school", with(of(Purpose::new_passkey, {2}, who, sid)), "/client_data"},
      {"challenge of another session", with(of(Purpose::new_passkey, where, who, sid + 1)), "/client_data"},
      {"challenge of a sign-in", with(fresh()), "/client_data"},
      {"challenge of another purpose", with(of(Purpose::second_step, where, who, sid)), "/client_data"},
      {"challenge of nobody", with(base::random_bytes(61)), "/client_data"}};
  for (const auto& [name, made, pointer] : table) {
    const auto refused = add(mine, made);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, Code::invalid_input) << name;
    EXPECT_EQ(refused.error().fields.at(0).pointer, pointer) << name;
  }
  EXPECT_EQ(school.number("select count(*) from passkeys"), 0);
  const auto right = make({});
  ASSERT_TRUE(add(mine, right));
  EXPECT_EQ(add(mine, right).error().code, Code::invalid_input) << "replayed";
  EXPECT_EQ(add(mine, make({})).error().code, Code::wrong_status) << "the same credential again";
  const auto carols = sign_in("carol@example.com").value();
  EXPECT_EQ(add(carols, authenticator.create(challenge(carols))).error().code, Code::wrong_status)
      << "somebody else's credential";
}

TEST_F(Passkeys, AreRefusedAtSignInWhereAnythingDoesNotFit) {
  Authenticator authenticator, carols;
  authenticator.count = 7;
  registered(authenticator, mine);
  registered(carols, sign_in("carol@example.com").value());
  authenticator.count = 8;
  const auto make = [&](const Twist& twist) { return authenticator.get(fresh(), twist); };
  const auto& challenges = school.second_step.challenges;
  auto tampered = make({}), other_data = make({}), other_client = make({}), no_signature = make({});
  tampered.signature.at(10) ^= 1;
  other_data.authenticator_data.at(33 + 3) ^= 1;
  other_client.client_data = make({}).client_data;
  no_signature.signature.clear();
  const auto bound = challenges.make({Purpose::passkey_sign_in, {1}, school.ada}, school.now);
  const auto old = challenges.make({Purpose::passkey_sign_in}, school.now - std::chrono::minutes{5});
  const std::pair<const char*, Authenticator::Assertion> table[] = {
      {"wrong origin", make({.origin = "https://evil.example"})},
      {"wrong type", make({.type = "webauthn.create"})},
      {"inside a frame of another site", make({.cross_origin = true})},
      {"wrong rp id hash", make({.rp_id = "evil.example"})},
      {"user not verified", make({.flags = 0x01})},
      {"user not present", make({.flags = 0x04})},
      {"tampered signature", tampered},
      {"tampered counter", other_data},
      {"signed for another challenge", other_client},
      {"no signature", no_signature},
      {"another's key", carols.get(fresh())},
      {"wrong algorithm", Authenticator(Kind::rs256).get(fresh())},
      {"challenge that is too old", authenticator.get(old)},
      {"challenge of another purpose", authenticator.get(challenges.make({Purpose::new_passkey}, school.now))},
      {"challenge that is bound", authenticator.get(bound)},
      {"challenge of nobody", authenticator.get(base::random_bytes(61))}};
  for (const auto& [name, said] : table) {
    const auto refused = enter(authenticator, said);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, Code::unauthenticated) << name << refused.error().detail;
  }
  auto unreadable = make({}), no_json = make({});
  unreadable.authenticator_data.resize(20);
  no_json.client_data = {'{'};
  for (const auto& said : {unreadable, no_json})
    EXPECT_EQ(enter(authenticator, said).error().code, Code::invalid_input);
  auto handed_over = input(authenticator, make({}), carol), nowhere = input(authenticator, make({}), school.ada);
  nowhere.user_handle = actions::user_handle({2}, school.ada);
  auto nameless = nowhere;
  nameless.user_handle.clear();
  for (const auto& said : {handed_over, nowhere, nameless})
    EXPECT_EQ(actions::sign_in_with_passkey(school.identity(), said, school.now).error().code, Code::unauthenticated);
  const auto right = make({});
  ASSERT_TRUE(enter(authenticator, right));
  EXPECT_EQ(enter(authenticator, right).error().code, Code::unauthenticated) << "replayed";
  EXPECT_EQ(enter(authenticator, make({})).error().code, Code::unauthenticated) << "the counter stands still";
  authenticator.count = 3;
  EXPECT_EQ(enter(authenticator, make({})).error().code, Code::unauthenticated) << "the counter went back";
  authenticator.count = 0;
  EXPECT_EQ(enter(authenticator, make({})).error().code, Code::unauthenticated) << "and begins anew";
  authenticator.count = 9;
  EXPECT_TRUE(enter(authenticator, make({})));
  school.execute("update people set active = 0 where id = " + std::to_string(school.ada.value));
  authenticator.count = 10;
  EXPECT_EQ(enter(authenticator, make({})).error().code, Code::unauthenticated) << "switched off";
}

TEST_F(Passkeys, ThatCountNothingGoOn) {
  const Authenticator authenticator;
  registered(authenticator, mine);
  EXPECT_TRUE(enter(authenticator, authenticator.get(fresh())));
  EXPECT_TRUE(enter(authenticator, authenticator.get(fresh())));
}

TEST_F(Passkeys, OfTwoWhoSignInWithOneAnswerAtOnceOneGetsIn) {
  const Authenticator authenticator;
  registered(authenticator, mine);
  const auto said = authenticator.get(fresh());
  std::array<bool, 4> in{};
  std::vector<std::thread> threads;
  threads.reserve(in.size());
  for (auto& each : in) threads.emplace_back([&] { each = enter(authenticator, said).has_value(); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(std::ranges::count(in, true), 1);
}

TEST_F(Passkeys, AreEnoughForStaffOfWhomTheSchoolAsksAndThePasswordAloneIsNot) {
  const auto boss = school.add({"Dora", "dora@example.com", ""}, store::Role::admin);
  school.give_password(boss, good);
  const auto boss_view = sign_in("dora@example.com").value();
  const Authenticator key;
  const auto id = registered(key, boss_view);
  EXPECT_TRUE(sign_in("dora@example.com")) << "as long as nobody asks";
  const auto one_factor = sign_in("dora@example.com").value();
  ASSERT_TRUE(actions::update_school(school.context(), caller(boss_view), 1, {.second_factor_required = true}));
  EXPECT_TRUE(alive(boss_view));
  EXPECT_FALSE(alive(one_factor));
  const auto asked = sign_in("dora@example.com");
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().code, Code::second_factor_asked);
  EXPECT_EQ(asked.error().challenge, "") << "no code helps";
  const auto said = key.get(fresh());
  const auto view = actions::sign_in_with_passkey(
      school.identity(),
      {key.id, actions::user_handle({1}, boss), said.client_data, said.authenticator_data, said.signature}, school.now);
  ASSERT_TRUE(view);
  EXPECT_FALSE(view->tokens.principal.must_enrol);
  EXPECT_EQ(actions::remove_passkey(school.identity(), caller(boss_view), id, good, here).error().code,
            Code::wrong_status)
      << "it is the last";
}

/// A second key does not make a session that has shown a password alone one that has shown two factors.
TEST_F(Passkeys, ASecondOneProvesNothingOfTheFirst) {
  const Authenticator first, second;
  registered(first, mine);
  const auto other = sign_in().value();
  registered(second, other);
  const auto has_factor = [&](const actions::SignInView& view) {
    return school.database.read(
        {1}, [&](store::Transaction& tx) { return store::session_has_factor(tx, {1}, view.tokens.principal.sid); });
  };
  EXPECT_TRUE(has_factor(mine));
  EXPECT_FALSE(has_factor(other));
}

TEST_F(Passkeys, ThereAreTwentyAtMost) {
  for (std::size_t i = 0; i < actions::most_passkeys; ++i) registered(Authenticator(), mine);
  EXPECT_EQ(add(mine, Authenticator().create(challenge(mine))).error().code, Code::wrong_status);
}

/// Authenticator data of this relying party with these bytes behind an empty id, or behind nothing.
base::Bytes said_by(const auth::RelyingParty& party, unsigned char flags, const base::Bytes& cbor) {
  const auto hash = base::sha256(base::bytes_of(party.id));
  base::Bytes data(hash.begin(), hash.end());
  data.push_back(flags);
  data.resize(data.size() + 4 + ((flags & 0x40) != 0 ? 18 : 0));
  data.insert(data.end(), cbor.begin(), cbor.end());
  return data;
}

TEST(PasskeyData, ThatSaysItHasMoreThanItHasIsNotRead) {
  const auto party = auth::relying_party("https://school.example");
  const std::string client =
      R"({"type":"webauthn.create","challenge":"AAAA","origin":"https://school.example","crossOrigin":false})";
  const std::string sign_in =
      R"({"type":"webauthn.get","challenge":"AAAA","origin":"https://school.example","crossOrigin":false})";
  struct Case {
    std::string name;
    base::Bytes cbor;
    bool fits;
  };
  const std::vector<Case> cases{
      {"a pair", {0xa1, 0x01, 0x02}, true},
      {"a list of as many as there are", {0x82, 0x01, 0x02}, true},
      {"what ends before its head does", {0xbb, 0xff}, true},
      {"a list of four thousand millions", {0x9a, 0xff, 0xff, 0xff, 0xff, 0x01}, false},
      {"pairs, twice as many as can be counted", {0xbb, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x01}, false},
      {"lists in lists, each of as many as there are bytes", {0x85, 0x84, 0x83, 0x82, 0x81, 0x01}, false},
      {"a long list in a pair", {0xa1, 0x01, 0x98, 0xff, 0x01}, false}};
  for (const auto& [name, cbor, fits] : cases) {
    const std::string unread = "This is not what an authenticator says.";
    const auto made = auth::read_registration(party, base::bytes_of(client), said_by(party, 0x45, cbor));
    ASSERT_FALSE(made) << name;
    EXPECT_EQ(made.error().detail != unread, fits) << name;
    const auto data = said_by(party, 0x85, cbor);
    const auto verified =
        auth::verify_assertion(party, {base::bytes_of(sign_in), data, cbor}, auth::passkey_algorithms[0], cbor);
    ASSERT_FALSE(verified) << name;
    if (!fits) {
      EXPECT_EQ(verified.error().detail, unread) << name;
    }
  }
}

}  // namespace passkeys_test
