#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "actions/catalogue.h"
#include "actions/people.h"
#include "actions/school.h"
#include "actions/working_time.h"
#include "store/people_of_school.h"
#include "store/verify.h"

namespace people_actions_test {

using actions::Group;
using testing_support::StaffedSchool;

template <class T>
std::string told(const base::Result<T>& result) {
  if (result) return "fine";
  if (result.error().fields.empty()) return std::string(base::to_string(result.error().code));
  std::string all;
  for (const auto& field : result.error().fields) all += (all.empty() ? "" : " ") + field.pointer;
  return all;
}

struct World : StaffedSchool {
  actions::Caller admin() { return caller(4002, auth::Role::admin); }
  actions::Caller ada_herself() { return caller(ada.value, auth::Role::learner); }
  store::RequestKey request(const std::string& key) { return {school, office().principal.person, "POST", key, {1}}; }
  base::Result<actions::Made<actions::NewPerson>> create(const actions::Caller& who, Group group,
                                                         const actions::PersonInput& input,
                                                         const std::string& key = "") {
    return actions::create_person(identity(), who, group, input, request(key.empty() ? std::to_string(++made) : key));
  }
  int made = 0;
};

const actions::PersonInput eve{.name = "Eve Online", .email = "eve@example.com", .phone = "1"};

TEST(PeopleActions, AnInstructorComesWithCalendarHoursAndALink) {
  World world;
  const auto made = world.create(world.office(), Group::instructors, eve);
  ASSERT_TRUE(made);
  const auto id = made->value.person.id;
  EXPECT_EQ(actions::get_hours(world.context(), world.office(), {id.value})->row.version, 1);
  EXPECT_EQ(
      world.number("select count(*) from calendars where kind = 'instructor' and id = " + std::to_string(id.value)), 1);
  const auto link = made->value.welcome_url;
  EXPECT_TRUE(link.starts_with("https://school.example/welcome#"));
  EXPECT_TRUE(actions::set_password(world.identity(), link.substr(link.find('#') + 1), "correct horse", world.now));
  EXPECT_EQ(told(world.create(world.office(), Group::learners, eve)), "/email");
  EXPECT_EQ(world.keys.entries().size(), 3u + 2u + 1u);  // No key is left of the refused one.
}

TEST(PeopleActions, ReportEveryFaultAtOnce) {
  World world;
  EXPECT_EQ(told(world.create(world.office(), Group::learners, {})), "/name /email /email");
  EXPECT_EQ(told(world.create(world.admin(), Group::users,
                              {.name = std::string(201, 'x'), .email = "no address", .phone = std::string(41, '1')})),
            "/name /phone /email /role");
  for (const auto* email : {"a@b@c", "@b", "a@", "a b@c", "a@b\r\nBcc: x@y", "<a@b>", "a@.b", "a@b."})
    EXPECT_NE(told(world.create(world.office(), Group::learners, {.name = "X", .email = email})), "fine") << email;
  EXPECT_EQ(
      told(world.create(world.admin(), Group::users, {.name = "X", .email = "x@y.z", .role = store::Role::learner})),
      "/role");
}

TEST(PeopleActions, ARequestThatComesTwiceMakesOnePersonAndANewLink) {
  World world;
  const auto first = world.create(world.office(), Group::learners, eve, "same");
  const auto second = world.create(world.office(), Group::learners, eve, "same");
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->replayed);
  EXPECT_EQ(second->value.person.id, first->value.person.id);
  EXPECT_NE(second->value.welcome_url, first->value.welcome_url);
  EXPECT_EQ(world.number("select count(*) from one_time_tokens"), 2) << "either will do, and spends both";
  EXPECT_EQ(world.keys.entries().size(), 3u + 2u + 1u);  // No key is left of the repetition.
  world.give_password(first->value.person.id, "correct horse");
  EXPECT_EQ(world.create(world.office(), Group::learners, eve, "same")->value.welcome_url, "");
}

TEST(PeopleActions, WhoIsSwitchedOffIsSignedOutAndNotBookable) {
  World world;
  world.give_password(world.ada, "correct horse");
  const auto signed_in = actions::sign_in(world.identity(), {"ada@example.com", "correct horse"}, "x", world.now);
  ASSERT_TRUE(signed_in);
  const auto off = actions::update_person(world.identity(), world.office(), Group::learners, world.ada, 1,
                                          {.name = "Ada King", .active = false});
  ASSERT_TRUE(off);
  EXPECT_EQ(off->version, 2);
  EXPECT_EQ(off->details.email, "ada@example.com");
  EXPECT_FALSE(world.sessions.authenticate(signed_in->tokens.access_token, world.now));
  EXPECT_FALSE(actions::refresh_sign_in(world.identity(), signed_in->tokens.refresh_token, world.now));
  EXPECT_EQ(told(actions::update_person(world.identity(), world.office(), Group::learners, world.ada, 1, {})),
            "stale-version");
  EXPECT_EQ(told(actions::update_person(world.identity(), world.office(), Group::learners, world.ada, 2,
                                        {.email = "bob@example.com"})),
            "/email");
}

TEST(PeopleActions, OfTwoWhoChangeAPersonAtOnceOneLooksAgain) {
  World world;
  std::latch entered{1}, release{1};
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    (void)world.database.transact<int>({1}, [&](store::Transaction&) -> base::Result<int> {
      entered.count_down();
      release.wait();
      return 0;
    });
  });
  entered.wait();
  std::atomic<int> fine{0}, stale{0};
  for (const auto* name : {"Ada King", "Ada Byron"})
    threads.emplace_back([&, name] {
      const auto result =
          told(actions::update_person(world.identity(), world.office(), Group::learners, world.ada, 1, {.name = name}));
      fine += result == "fine", stale += result == "stale-version";
    });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  release.count_down();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(fine, 1);
  EXPECT_EQ(stale, 1);
}

TEST(PeopleActions, WhoGetsAnotherRoleOrGoesIsSignedOut) {
  World world;
  const auto user = world.add({"Root", "root@example.com", ""}, store::Role::admin);
  for (const auto id : {user, world.ada}) world.give_password(id, "correct horse");
  const auto access = [&](const char* email) {
    return actions::sign_in(world.identity(), {email, "correct horse"}, "x", world.now)->tokens.access_token;
  };
  const auto of_user = access("root@example.com"), of_ada = access("ada@example.com");
  ASSERT_TRUE(
      actions::update_person(world.identity(), world.admin(), Group::users, user, 1, {.role = store::Role::office}));
  EXPECT_FALSE(world.sessions.authenticate(of_user, world.now));
  ASSERT_TRUE(world.sessions.authenticate(of_ada, world.now));
  ASSERT_TRUE(actions::delete_person(world.identity(), world.office(), Group::learners, world.ada));
  EXPECT_FALSE(world.sessions.authenticate(of_ada, world.now));
}

TEST(PeopleActions, AnInstructorWhoGoesDrivesNoCarAndHasNoLimits) {
  World world;
  const auto limit = [](std::int64_t instructor) {
    return domain::Constraint{.rule = base::Code::instructor_daily_minutes, .value = 300, .instructor = {{instructor}}};
  };
  ASSERT_TRUE(actions::set_constraints(world.context(), world.office(), 1, {limit(1001), limit(1002)}));
  ASSERT_TRUE(actions::delete_person(world.identity(), world.office(), Group::instructors, {1002}));
  EXPECT_EQ(actions::get_constraints(world.context(), world.office())->items.size(), 1u);
  EXPECT_EQ(actions::get_vehicle(world.context(), world.office(), {3001})->rules.drivers,
            std::vector<base::InstructorId>{{1001}});
}

TEST(PeopleActions, ASchoolKeepsAnAdmin) {
  World world;
  const auto first = world.add({"Root", "root@example.com", ""}, store::Role::admin);
  world.execute("update people set active = 0 where id = 4002");
  EXPECT_EQ(told(actions::update_person(world.identity(), world.admin(), Group::users, first, 1,
                                        {.role = store::Role::office})),
            "/role");
  EXPECT_EQ(told(actions::update_person(world.identity(), world.admin(), Group::users, first, 1, {.active = false})),
            "/active");
  EXPECT_EQ(told(actions::delete_person(world.identity(), world.admin(), Group::users, first)), "in-use");
  ASSERT_TRUE(world.create(world.admin(), Group::users,
                           {.name = "Two", .email = "two@example.com", .role = store::Role::admin}));
  EXPECT_TRUE(actions::delete_person(world.identity(), world.admin(), Group::users, first));
}

TEST(PeopleActions, WhoHasLessonsStaysAndOthersGoWithTheirKey) {
  World world;
  ASSERT_TRUE(world.book(world.learner(), world.at("2026-03-02T10:00")));
  const auto refused = actions::delete_person(world.identity(), world.office(), Group::instructors, {1001});
  EXPECT_EQ(told(refused), "in-use");
  EXPECT_EQ(refused.error().count, 1);
  EXPECT_TRUE(actions::delete_person(world.identity(), world.office(), Group::instructors, {1002}));
  EXPECT_TRUE(actions::delete_person(world.identity(), world.office(), Group::learners, world.ada));
  EXPECT_FALSE(world.keys.has_key({world.school, world.ada}));
  EXPECT_EQ(told(actions::get_person(world.identity(), world.office(), Group::learners, world.ada)), "not-found");
  EXPECT_EQ(store::verify(world.database_at).faults, std::vector<std::string>{});
}

TEST(PeopleActions, AreReadByWhoMayKnowOfThem) {
  World world;
  const auto teacher = world.create(world.office(), Group::instructors, eve)->value.person.id;
  const auto get = [&](const actions::Caller& who, Group group, base::PersonId id) {
    return actions::get_person(world.identity(), who, group, id);
  };
  EXPECT_EQ(get(world.office(), Group::instructors, teacher)->details.email, "eve@example.com");
  EXPECT_EQ(get(world.ada_herself(), Group::instructors, teacher)->details.name, "Eve Online");
  EXPECT_EQ(get(world.ada_herself(), Group::instructors, teacher)->details.email, "");
  EXPECT_EQ(told(get(world.ada_herself(), Group::learners, world.ada)), "fine");
  EXPECT_EQ(told(get(world.ada_herself(), Group::learners, {2001})), "not-found");
  EXPECT_EQ(told(get(world.ada_herself(), Group::users, {4002})), "forbidden");
  EXPECT_EQ(told(get(world.office(), Group::users, {4002})), "forbidden");
  EXPECT_EQ(told(get(world.office(), Group::learners, teacher)), "not-found");
  EXPECT_EQ(told(get(world.instructor(), Group::learners, {2001})), "not-found");
  ASSERT_TRUE(world.book(world.learner(), world.at("2026-03-02T10:00")));
  EXPECT_EQ(told(get(world.instructor(), Group::learners, {2001})), "fine");
  EXPECT_EQ(told(get(world.instructor(2), Group::learners, {2001})), "not-found");
  auto stranger = world.admin();
  stranger.principal.school = {99};
  EXPECT_EQ(told(get(stranger, Group::learners, world.ada)), "not-found");

  const auto list = [&](const actions::Caller& who, Group group) {
    return actions::list_people(world.identity(), who, group, {});
  };
  EXPECT_EQ(list(world.office(), Group::learners)->items.size(), 5u);
  EXPECT_EQ(list(world.instructor(), Group::learners)->items.size(), 1u);
  EXPECT_EQ(told(list(world.ada_herself(), Group::learners)), "forbidden");
  EXPECT_EQ(list(world.ada_herself(), Group::instructors)->items.size(), 3u);
  EXPECT_EQ(told(list(world.office(), Group::users)), "forbidden");
  EXPECT_EQ(told(world.create(world.office(), Group::users, eve)), "forbidden");
  EXPECT_EQ(told(world.create(world.instructor(), Group::learners, eve)), "forbidden");
}

TEST(Places, AreTheLearnersOwnAndTheOfficesBusiness) {
  World world;
  const auto key = [&](const std::string& text) { return world.request(text); };
  const auto home = actions::create_place(world.context(), world.ada_herself(), {}, "12 Mill Lane", "N1 2AB", key("a"));
  ASSERT_TRUE(home);
  EXPECT_EQ(told(actions::create_place(world.context(), world.ada_herself(), {2001}, "X", "", key("b"))), "not-found");
  EXPECT_EQ(told(actions::create_place(world.context(), world.office(), {}, "X", "", key("c"))), "learner_id");
  EXPECT_EQ(told(actions::create_place(world.context(), world.office(), {world.ada.value}, "", std::string(21, 'x'),
                                       key("d"))),
            "/text /postcode");
  EXPECT_EQ(told(actions::create_place(world.context(), world.instructor(), {world.ada.value}, "X", "", key("e"))),
            "forbidden");
  const auto again =
      actions::create_place(world.context(), world.ada_herself(), {}, "12 Mill Lane", "N1 2AB", key("a"));
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->value.id, home->value.id);
  const auto teacher = world.create(world.office(), Group::instructors, eve)->value.person.id;
  EXPECT_EQ(told(actions::create_place(world.context(), world.office(), {teacher.value}, "X", "", key("f"))),
            "not-found");
  EXPECT_EQ(actions::list_places(world.context(), world.ada_herself(), {}, {})->items.at(0).text, "12 Mill Lane");
  EXPECT_EQ(told(actions::list_places(world.context(), world.instructor(), {world.ada.value}, {})), "not-found");
  EXPECT_EQ(told(actions::delete_place(world.context(), world.learner(), home->value.id)), "not-found");
  EXPECT_EQ(told(actions::delete_place(world.context(), world.instructor(), home->value.id)), "forbidden");
  auto input = world.at("2026-03-02T10:00");
  const auto gate = actions::create_place(world.context(), world.ada_herself(), {}, "School gate", "", key("g"));
  input.pickup = home->value.id;
  input.dropoff = gate->value.id;
  ASSERT_TRUE(world.book(world.ada_herself(), input));
  for (const auto place : {home->value.id, gate->value.id})
    EXPECT_EQ(told(actions::delete_place(world.context(), world.ada_herself(), place)), "in-use");
}

}  // namespace people_actions_test
