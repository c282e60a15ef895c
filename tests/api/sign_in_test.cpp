#include <gtest/gtest.h>

#include "api/school_server.h"
#include "jobs/worker.h"
#include "store/sign_in.h"

namespace sign_in_test {

using api::Answer;
using api::SchoolServer;

const std::string password = "correct horse battery";

/// The school with one learner who has an address and, once the link was used, a password.
class SignInApi : public testing::Test {
 protected:
  SignInApi() {
    const auto id = base::make<base::PersonId>();
    auto& school = world.school;
    school.keys.make_keys(school.school, std::vector{id}, school.now);
    const auto sealed = world.people.seal(school.school, id, {"Ada Lovelace", "ada@example.com", ""});
    const auto link = auth::make_link_token(school.school);
    const auto done = school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
      CHECK(store::add_person(tx, school.office().author(), sealed, store::Role::learner, true).has_value());
      store::make_calendar(tx, school.school, store::Kind::learner, id.value);
      store::add_link(tx, school.school, id, store::LinkPurpose::welcome, link.hash,
                      school.now + auth::welcome_lifetime);
      return 0;
    });
    CHECK(done.has_value());
    token = link.text;
  }

  Answer post(const std::string& path, const boost::json::value& body, const api::Headers& headers = {}) {
    return world.ask("POST", "/api/v1/auth/" + path, headers, body.is_null() ? "" : boost::json::serialize(body));
  }
  Answer first_password() { return post("password", {{"token", token}, {"password", password}}); }
  Answer login(const std::string& email, const std::string& secret) {
    return post("login", {{"email", email}, {"password", secret}});
  }
  static api::Headers cookie_of(const Answer& answer) {
    const auto cookie = answer.header("set-cookie");
    return {{"Cookie", cookie.substr(0, cookie.find(';'))}};
  }
  static std::string access_token(const Answer& answer) {
    return std::string(answer.json().at("access_token").as_string());
  }
  Answer whoami(const Answer& session) {
    return world.ask("GET", "/api/v1/me", {{"Authorization", "Bearer " + access_token(session)}});
  }

  /// What stands behind this in the mail that the worker sends now.
  std::string mailed(const std::string& page) {
    std::string found;
    const jobs::Office office{.context = world.school.context(),
                              .people = world.people,
                              .deliver =
                                  [&](const net::Mail& mail) {
                                    if (const auto at = mail.text.find(page); at != std::string::npos)
                                      found = mail.text.substr(at + page.size(),
                                                               mail.text.find('\n', at) - at - page.size());
                                    return net::SendingResult{net::Sending::sent, ""};
                                  },
                              .from = {"", "lessons@example.com"},
                              .public_url = "https://school.example",
                              .report = [](const std::string& failure) { ADD_FAILURE() << failure; }};
    while (jobs::dispatch(office.context) > 0) {
    }
    jobs::run_due(office, world.school.now);
    EXPECT_NE(found, "") << page;
    return found;
  }

  SchoolServer world;
  std::string token;
};

TEST_F(SignInApi, AFirstPasswordByLinkSignsInAndWorksOnce) {
  const auto session = first_password();
  ASSERT_EQ(session.status, 200) << session.body;
  EXPECT_EQ(session.json().at("token_type"), "Bearer");
  EXPECT_EQ(session.json().at("expires_in"), 600);
  const auto cookie = session.header("set-cookie");
  for (const auto* part : {"roadbook_refresh=", "Path=/api/v1/auth", "HttpOnly", "SameSite=Strict"})
    EXPECT_NE(cookie.find(part), std::string::npos) << cookie;
  EXPECT_EQ(session.header("cache-control"), "no-store");
  const auto answer = whoami(session).json();
  EXPECT_EQ(answer.at("name"), "Ada Lovelace");
  EXPECT_EQ(answer.at("school").as_object().at("time_zone"), "Europe/London");
  EXPECT_TRUE(answer.contains("learner_id"));
  const auto spent = first_password();
  EXPECT_EQ(spent.status, 422);
  EXPECT_NE(spent.body.find("\"pointer\":\"/token\""), std::string::npos);
}

TEST_F(SignInApi, WrongAddressAndWrongPasswordAreTheSame401) {
  first_password();
  EXPECT_EQ(login("ada@example.com", password).status, 200);
  const auto wrong = login("ada@example.com", "not the password"), nobody = login("bob@example.com", password);
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.header("www-authenticate"), "Bearer realm=\"roadbook\"");
  EXPECT_EQ(wrong.json().at("detail"), nobody.json().at("detail"));
  EXPECT_EQ(post("login", {{"email", 7}}).status, 422);
  EXPECT_EQ(post("login", {{"email", "a"}, {"password", "b"}}, {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
}

TEST_F(SignInApi, GuessingIsSlowedDown) {
  first_password();
  int status = 401;
  for (int i = 0; i < 20 && status == 401; ++i) status = login("ada@example.com", "guess").status;
  EXPECT_EQ(status, 429);
  EXPECT_NE(login("ada@example.com", "guess").header("retry-after"), "");
}

TEST_F(SignInApi, RefreshingReplacesTheCookieAndSigningOutEndsTheSession) {
  const auto session = first_password();
  const auto refreshed = post("refresh", nullptr, cookie_of(session));
  ASSERT_EQ(refreshed.status, 200) << refreshed.body;
  EXPECT_NE(refreshed.header("set-cookie"), session.header("set-cookie"));
  EXPECT_EQ(whoami(refreshed).status, 200);
  const auto out = post("logout", nullptr, cookie_of(refreshed));
  EXPECT_EQ(out.status, 204);
  EXPECT_NE(out.header("set-cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(whoami(refreshed).status, 401);
  EXPECT_EQ(post("refresh", nullptr, cookie_of(refreshed)).status, 401);
  EXPECT_EQ(post("refresh", nullptr).status, 401);
}

TEST_F(SignInApi, ANewPasswordIsAskedForWithTheSameAnswerForEverybody) {
  const auto known = post("password-reset", {{"email", "ada@example.com"}});
  const auto nobody = post("password-reset", {{"email", "nobody@example.com"}, {"school", "test"}});
  EXPECT_EQ(known.status, 202);
  EXPECT_EQ(nobody.status, 202);
  EXPECT_EQ(known.body + nobody.body, "");
  EXPECT_EQ(post("password-reset", {{"email", "a"}, {"school", "nowhere"}}).status, 422);
  EXPECT_EQ(post("password-reset", {{"email", "a"}}, {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
  Answer limited;
  for (int i = 0; i < 20 && limited.status != 429; ++i)
    limited = post("password-reset", {{"email", "nobody@example.com"}});
  EXPECT_EQ(limited.status, 429);
  EXPECT_NE(limited.header("retry-after"), "");
}

TEST_F(SignInApi, ALearnerRegistersWithALinkThatTheyWereSent) {
  EXPECT_EQ(post("register", {{"email", "bob@example.com"}}).status, 403) << "the school makes its accounts itself";
  const auto offer = [&](bool open) {
    const auto version = world.get("admin", "/api/v1/school").header("etag");
    return world.ask("PATCH", "/api/v1/school", SchoolServer::as("admin", {{"If-Match", version}}),
                     boost::json::serialize(boost::json::object{{"registration", open}}));
  };
  ASSERT_EQ(offer(true).status, 200);
  EXPECT_EQ(world.ask("GET", "/api/v1/schools/test", {}).json().at("registration"), true);
  EXPECT_EQ(post("register", {{"email", "no address"}}).status, 422);
  const auto bob = post("register", {{"email", "bob@example.com"}}),
             ada = post("register", {{"email", "ada@example.com"}});
  EXPECT_EQ(bob.status, 202);
  EXPECT_EQ(ada.status, 202);
  EXPECT_EQ(bob.body + ada.body, "");
  const auto link = mailed("/join#");
  const boost::json::object form{{"token", link}, {"name", "Bob Noyce"}, {"phone", "+44 20 1"}, {"password", password}};
  auto nameless = form;
  nameless["name"] = "";
  EXPECT_EQ(post("register/confirmation", nameless).status, 422) << "and the link stays good";
  const auto session = post("register/confirmation", form);
  ASSERT_EQ(session.status, 200) << session.body;
  EXPECT_NE(session.header("set-cookie").find("roadbook_refresh="), std::string::npos);
  EXPECT_EQ(whoami(session).json().at("email"), "bob@example.com");
  EXPECT_EQ(post("register/confirmation", form).status, 422);
  Answer limited;
  for (int i = 0; i < 20 && limited.status != 429; ++i) limited = post("register", {{"email", "x@example.com"}});
  EXPECT_EQ(limited.status, 429);
}

TEST_F(SignInApi, AnAddressIsChangedWithALinkThatIsSentToTheNewOne) {
  const auto session = first_password();
  const auto ask = [&](const std::string& current, const std::string& email) {
    return world.ask("POST", "/api/v1/me/email", {{"Authorization", "Bearer " + access_token(session)}},
                     boost::json::serialize(boost::json::object{{"current_password", current}, {"email", email}}));
  };
  EXPECT_EQ(ask("not this one", "ada@lovelace.example").status, 422);
  ASSERT_EQ(ask(password, "ada@lovelace.example").status, 202);
  const auto link = mailed("/confirm#");
  EXPECT_EQ(post("email", {{"token", "of nobody"}}).status, 422);
  EXPECT_EQ(post("email", {{"token", link}}).status, 204);
  EXPECT_EQ(post("email", {{"token", link}}).status, 422);
  EXPECT_EQ(login("ada@example.com", password).status, 401);
  EXPECT_EQ(login("ada@lovelace.example", password).status, 200);
  EXPECT_EQ(whoami(session).json().at("email"), "ada@lovelace.example");
  int status = 422;
  for (int i = 0; i < 20 && status == 422; ++i) status = ask("guess", "ada@example.com").status;
  EXPECT_EQ(status, 429);
}

TEST_F(SignInApi, APasswordMayHaveAnyCharactersAndIsTakenAsItWasTyped) {
  const std::string any = " 🚗\tund\nÄpfel\" ", longest = "abc" + std::string(124, 'x') + "y";
  ASSERT_EQ(post("password", {{"token", token}, {"password", any}}).status, 200);
  const auto session = login("ada@example.com", any);
  ASSERT_EQ(session.status, 200) << session.body;
  EXPECT_EQ(login("ada@example.com", any.substr(1)).status, 401);
  const auto change = [&](const std::string& wanted) {
    return world.ask("PUT", "/api/v1/me/password", {{"Authorization", "Bearer " + access_token(session)}},
                     boost::json::serialize(boost::json::object{{"current_password", any}, {"password", wanted}}));
  };
  const auto refused = change(longest + "z");
  EXPECT_EQ(refused.status, 422);
  EXPECT_NE(refused.body.find("at most 128"), std::string::npos) << refused.body;
  EXPECT_EQ(change("7 signs").status, 422);
  EXPECT_EQ(change("trustno1").status, 422);
  EXPECT_EQ(change(longest).status, 204);
  EXPECT_EQ(login("ada@example.com", longest).status, 200);
  EXPECT_EQ(login("ada@example.com", "abc" + std::string(124, 'x') + "z").status, 401);
}

TEST_F(SignInApi, WhereSomebodyIsSignedInIsListedAndEnded) {
  const auto mine = first_password();
  const auto bearer = [](const Answer& session) {
    return api::Headers{{"Authorization", "Bearer " + access_token(session)}};
  };
  const boost::json::value account{{"email", "ada@example.com"}, {"password", password}};
  const auto phone = post("login", account, {{"User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5) Safari/604.1"}});
  const auto desk = login("ada@example.com", password);
  const auto list = [&] { return world.ask("GET", "/api/v1/me/sessions", bearer(mine)).json().at("items").as_array(); };
  ASSERT_EQ(list().size(), 3u);
  std::string phone_id;
  for (const auto& each : list()) {
    const auto& session = each.as_object();
    if (session.at("browser") == "Safari on iPhone") phone_id = session.at("id").as_string().c_str();
    EXPECT_EQ(session.at("created_at").as_string(), base::to_text(world.school.now));
  }
  EXPECT_EQ(std::ranges::count_if(list(), [](const auto& each) { return each.at("current").as_bool(); }), 1);
  const auto end = [&](const api::Headers& who, const std::string& id) {
    return world.ask("DELETE", "/api/v1/me/sessions" + id, who).status;
  };
  EXPECT_EQ(end(api::SchoolServer::as("learner 2"), "/" + phone_id), 404) << "somebody else's";
  EXPECT_EQ(whoami(phone).status, 200);
  EXPECT_EQ(end(bearer(mine), "/" + phone_id), 204);
  EXPECT_EQ(end(bearer(mine), "/" + phone_id), 404);
  EXPECT_EQ(whoami(phone).status, 401);
  EXPECT_EQ(post("refresh", nullptr, cookie_of(phone)).status, 401);
  EXPECT_EQ(end(bearer(mine), ""), 204);
  EXPECT_EQ(whoami(desk).status, 401);
  EXPECT_EQ(whoami(mine).status, 200);
  const auto people = "/api/v1/people/" + std::string(mine.json().at("user").at("id").as_string()) + "/sessions";
  EXPECT_EQ(world.ask("DELETE", people, api::SchoolServer::as("office")).status, 403);
  world.add_second_school();
  EXPECT_EQ(world.ask("DELETE", people, api::SchoolServer::as("stranger")).status, 404);
  EXPECT_EQ(whoami(mine).status, 200);
  EXPECT_EQ(world.ask("DELETE", people, api::SchoolServer::as("admin")).status, 204);
  EXPECT_EQ(whoami(mine).status, 401);
  EXPECT_EQ(world.school.number("select count(*) from audit where action = 'sessions_ended'"), 3);
}

TEST_F(SignInApi, AChangedPasswordEndsEverySessionButTheOneThatChangedIt) {
  const auto mine = first_password(), other = login("ada@example.com", password);
  const auto change = [&](const std::string& current, const std::string& wanted) {
    return world.ask("PUT", "/api/v1/me/password", {{"Authorization", "Bearer " + access_token(mine)}},
                     boost::json::serialize(boost::json::object{{"current_password", current}, {"password", wanted}}));
  };
  const auto wrong = change("not my password", "another good one");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_NE(wrong.body.find("\"pointer\":\"/current_password\""), std::string::npos) << wrong.body;
  EXPECT_NE(change(password, "qwertyuiop").body.find("\"pointer\":\"/password\""), std::string::npos);
  EXPECT_EQ(whoami(other).status, 200);
  EXPECT_EQ(change(password, "another good one").status, 204);
  EXPECT_EQ(whoami(mine).status, 200);
  EXPECT_EQ(whoami(other).status, 401);
  EXPECT_EQ(login("ada@example.com", password).status, 401);
  EXPECT_EQ(login("ada@example.com", "another good one").status, 200);
  Answer limited;
  for (int i = 0; i < 20 && limited.status != 429; ++i) limited = change("guess", "a third good one");
  EXPECT_EQ(limited.status, 429);
  EXPECT_NE(limited.header("retry-after"), "");
}

TEST_F(SignInApi, NoSecretReachesTheLog) {
  const auto session = first_password();
  login("ada@example.com", password);
  whoami(session);
  world.log.flush();
  const auto cookie = cookie_of(session)[0].second;
  for (const auto& secret : {password, token, access_token(session), cookie.substr(cookie.find('=') + 1),
                             std::string("ada@example.com"), std::string("Lovelace")})
    EXPECT_EQ(world.lines.find(secret), std::string::npos);
}

}  // namespace sign_in_test
