// In which languages instructors teach, and where: who is listed and booked by it, and how it is kept.
#include <gtest/gtest.h>

#include "actions/erasure.h"
#include "actions/guests.h"
#include "actions/people.h"
#include "store/people_of_school.h"
#include "store/personal.h"
#include "store/verify.h"

namespace teaching_test {

using actions::Group;
using base::Code;
using testing_support::SchoolOptions;
using testing_support::StaffedSchool;
using Texts = std::vector<std::string>;

#define ASSERT_OK(result) ASSERT_TRUE((result).has_value()) << ((result) ? "" : (result).error().detail)

/// Instructor 1 teaches in English and Polish in Camden and NW1, instructor 2 in English in NW1.
struct World : StaffedSchool {
  explicit World(const SchoolOptions& options = {}) : StaffedSchool(options) {
    teaches(1001, R"(["en","pl"])", R"(["Camden","NW1"])");
    teaches(1002, R"(["en"])", R"(["NW1"])");
  }
  void teaches(std::int64_t id, const std::string& languages, const std::string& areas) {
    execute("update people set languages = '" + languages + "', areas = '" + areas +
            "' where id = " + std::to_string(id));
  }
  actions::TimesQuery monday(const domain::WantedTeaching& wanted, std::int64_t instructor = 0) const {
    return {.type = type,
            .from = base::date_from_text("2026-03-02").value(),
            .to = base::date_from_text("2026-03-03").value(),
            .instructor = {instructor},
            .wanted = wanted};
  }
  /// How many of them could give the lesson at ten.
  int at_ten(const domain::WantedTeaching& wanted, std::int64_t instructor = 0) {
    const auto times = actions::find_times(context(), learner(), monday(wanted, instructor));
    EXPECT_TRUE(times) << (times ? "" : times.error().detail);
    EXPECT_EQ(times->days.size(), 1u);
    EXPECT_EQ(times->slots.empty(), times->days.at(0).second == 0);
    for (const auto& slot : times->slots)
      if (slot.lesson.start() == time("2026-03-02T10:00")) return slot.instructors;
    return 0;
  }
  actions::BookingInput wish(const std::string& wall, const domain::WantedTeaching& wanted,
                             std::int64_t instructor = 0) const {
    auto input = at(wall);
    input.instructor = {instructor};
    input.wanted = wanted;
    return input;
  }
  base::Result<store::Person> create(actions::PersonInput input) {
    input.name = "Grace Hopper";
    input.email = "grace" + std::to_string(++keys_made) + "@example.com";
    const auto who = office();
    auto made = actions::create_person(identity(), who, Group::instructors, input, key("", &who));
    if (!made) return base::refuse(made.error());
    return made->value.person;
  }
  base::Result<store::Person> change(const store::Person& seen, const actions::PersonInput& input) {
    return actions::update_person(identity(), office(), Group::instructors, seen.id, seen.version, input);
  }
  std::string fields_of_last_event(base::PersonId id) {
    std::string fields;
    database.read({1}, [&](store::Transaction& tx) {
      for (const store::Row row :
           tx.query("select data from events where stream = $1 order by version", "person/" + base::to_text(id)))
        fields = boost::json::serialize(boost::json::parse(row.view(0)).at("fields"));
    });
    return fields;
  }
};

TEST(FindTimes, AreThoseOfWhoeverTeachesAsIsWanted) {
  for (const bool cache : {true, false}) {
    World world({.cache = cache});
    EXPECT_EQ(world.at_ten({}), 2);
    EXPECT_EQ(world.at_ten({"en", ""}), 2);
    EXPECT_EQ(world.at_ten({"pl", ""}), 1);
    EXPECT_EQ(world.at_ten({"", "nw1"}), 2) << "whatever the case";
    EXPECT_EQ(world.at_ten({"", "Camden"}), 1);
    EXPECT_EQ(world.at_ten({"en", "Camden"}), 1);
    EXPECT_EQ(world.at_ten({"de", ""}), 0) << "a list without times, no mistake";
    EXPECT_EQ(world.at_ten({"", "Hackney"}), 0);
    EXPECT_EQ(world.at_ten({"pl", ""}, 1001), 1);
    EXPECT_EQ(world.at_ten({"pl", ""}, 1002), 0);
    EXPECT_EQ(world.at_ten({"", ""}, 1002), 1);
    world.execute("update people set active = 0 where id = 1001");
    EXPECT_EQ(world.at_ten({"pl", ""}), 0);
    EXPECT_EQ(world.at_ten({"pl", ""}, 1001), 0);
  }
}

TEST(FindTimes, OfWhoeverTeachesAsIsWantedAreAnsweredFromMemory) {
  World world({.cache = true});
  EXPECT_EQ(world.at_ten({}), 2);
  for (const auto& wanted : {domain::WantedTeaching{"pl", ""}, domain::WantedTeaching{"de", "NW1"}}) {
    world.database.followed({.seen = std::chrono::steady_clock::now()});
    const auto times = actions::times_in_memory(world.context(), world.learner(), world.monday(wanted));
    ASSERT_TRUE(times && *times) << wanted.language;
    EXPECT_EQ((*times)->slots.empty(), wanted.language == "de");
  }
}

TEST(FindTimes, FollowWhatAnInstructorTeachesAtOnce) {
  for (const bool cache : {true, false}) {
    World world({.cache = cache});
    auto grace = world.create({});
    ASSERT_OK(grace);
    world.execute("update hours set weekly = (select weekly from hours h where h.instructor_id = 1001)");
    const auto drivers = fmt::format("\",\"{}\"]", base::to_text(grace->id));
    world.execute("update vehicles set drivers = replace(drivers, '\"]', '" + drivers + "')");
    EXPECT_EQ(world.at_ten({}), 3);
    EXPECT_EQ(world.at_ten({"cy", ""}), 0);
    grace = world.change(*grace, {.languages = Texts{"cy"}});
    ASSERT_OK(grace);
    EXPECT_EQ(world.at_ten({"cy", ""}), 1);
    EXPECT_EQ(world.at_ten({"", "Hackney"}), 0);
    grace = world.change(*grace, {.areas = Texts{"Hackney"}});
    ASSERT_OK(grace);
    EXPECT_EQ(world.at_ten({"cy", "hackney"}), 1);
    const auto before = world.number("select rules_version from schools");
    grace = world.change(*grace, {.phone = "1", .languages = Texts{"CY"}, .areas = Texts{" Hackney "}});
    ASSERT_OK(grace);
    EXPECT_EQ(world.number("select rules_version from schools"), before) << "it is what it was";
    EXPECT_EQ(world.fields_of_last_event(grace->id), R"(["phone"])");
    grace = world.change(*grace, {.languages = Texts{}});
    ASSERT_OK(grace);
    EXPECT_EQ(world.at_ten({"cy", ""}), 0);
  }
}

TEST(Explain, IsOnlyAboutWhoeverTeachesAsIsWanted) {
  World world;
  ASSERT_OK(world.book(world.learner(2), world.wish("2026-03-02T10:00", {}, 1001)));
  const auto why = [&](const domain::WantedTeaching& wanted, std::int64_t instructor = 0) -> std::string {
    const auto refusals = actions::explain(world.context(), world.learner(), world.monday(wanted, instructor),
                                           world.time("2026-03-02T10:00"));
    if (!refusals) return std::string(to_string(refusals.error().code));
    return refusals->empty() ? "" : std::string(to_string(refusals->at(0).rule));
  };
  EXPECT_EQ(why({}), "");
  EXPECT_EQ(why({"pl", ""}), "slot-taken");
  EXPECT_EQ(why({"de", ""}), "invalid-input");
  EXPECT_EQ(why({"pl", ""}, 1002), "invalid-input");
}

TEST(AnyInstructor, IsOneWhoTeachesAsIsWanted) {
  for (const bool cache : {true, false}) {
    World world({.learners = 8, .cache = cache});
    // The other one is free all week, and would come first.
    for (const auto* wall : {"2026-03-02T09:00", "2026-03-02T11:00", "2026-03-02T13:00"}) {
      const auto made = world.book(world.learner(), world.wish(wall, {"pl", "camden"}));
      ASSERT_OK(made);
      EXPECT_EQ(made->booking.instructor.value, 1001) << wall;
    }
    const auto refused = world.book(world.learner(2), world.wish("2026-03-02T11:00", {"pl", ""}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::slot_taken);
    EXPECT_EQ(refused.error().alternatives.size(), 5u);
    for (const auto& other : refused.error().alternatives) EXPECT_EQ(other.instructor, 1001);
    const auto named = world.book(world.learner(2), world.wish("2026-03-02T11:00", {"pl", ""}, 1001));
    ASSERT_FALSE(named);
    for (const auto& other : named.error().alternatives) EXPECT_EQ(other.instructor, 1001);
    const auto anybody = world.book(world.learner(2), world.wish("2026-03-02T11:00", {"", "NW1"}));
    ASSERT_OK(anybody);
    EXPECT_EQ(anybody->booking.instructor.value, 1002);
  }
}

TEST(AnyInstructor, IsNobodyWhereNobodyTeachesAsIsWanted) {
  World world;
  for (const auto& wish :
       {world.wish("2026-03-02T10:00", {"de", ""}), world.wish("2026-03-02T10:00", {"pl", "Hackney"}),
        world.wish("2026-03-02T10:00", {"pl", ""}, 1002)}) {
    const auto refused = world.book(world.learner(), wish);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::invalid_input);
    EXPECT_NE(refused.error().detail.find("teaches"), std::string::npos);
  }
  EXPECT_EQ(world.number("select count(*) from bookings"), 0);
}

TEST(Holds, AreOfWhoeverTeachesAsIsWantedAndStayTheirs) {
  World world;
  ASSERT_OK(world.book(world.learner(2), world.wish("2026-03-02T14:00", {}, 1001)));  // The other one comes first.
  const auto who = world.learner();
  auto wish = world.wish("2026-03-02T10:00", {"pl", ""});
  const auto key = world.key("once", &who);
  const auto held = actions::hold_slot(world.context(), who, wish, key);
  ASSERT_OK(held);
  EXPECT_EQ(held->booking.instructor.value, 1001);
  world.teaches(1001, "[]", "[]");
  const auto again = actions::hold_slot(world.context(), who, wish, key);
  ASSERT_OK(again);
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->booking.id, held->booking.id);
  wish.hold = held->booking.id;
  const auto booked = world.book(who, wish);
  ASSERT_OK(booked);
  EXPECT_EQ(booked->booking.instructor.value, 1001) << "it was kept for them";
}

TEST(Teaching, IsWrittenOnceInOrderAndToldByNameOnly) {
  World world;
  const auto made = world.create({.languages = Texts{"PT-br", "en", "EN"}, .areas = Texts{" nw1", "Camden ", "NW1"}});
  ASSERT_OK(made);
  EXPECT_EQ(world.fields_of_last_event(made->id), R"(["name","email","phone","languages","areas"])");
  EXPECT_EQ(made->teaching.languages, (Texts{"en", "pt-BR"}));
  EXPECT_EQ(made->teaching.areas, (Texts{"Camden", "nw1"}));
  const auto read = [&] {
    return actions::get_person(world.identity(), world.learner(), Group::instructors, made->id)->teaching;
  };
  EXPECT_EQ(read(), made->teaching);
  const auto changed = world.change(*made, {.areas = Texts{"Angel"}});
  ASSERT_OK(changed);
  EXPECT_EQ(world.fields_of_last_event(made->id), R"(["areas"])");
  EXPECT_EQ(read(), (domain::Teaching{{"en", "pt-BR"}, {"Angel"}}));
  // Whoever changes their own address knows nothing of it.
  const auto kept = world.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
    const auto sealed = world.people.seal(world.school, made->id, {"Grace", "other@example.com", ""});
    CHECK(store::change_person(tx, world.office().author(), {sealed, store::Role::instructor, true, 3, {"email"}}));
    return 0;
  });
  ASSERT_OK(kept);
  EXPECT_EQ(read(), (domain::Teaching{{"en", "pt-BR"}, {"Angel"}}));
  EXPECT_TRUE(store::verify(world.database_at).faults.empty());
}

TEST(Teaching, HasLimitsAndReportsEveryFaultAtOnce) {
  World world;
  const auto told = [&](const actions::PersonInput& input) {
    const auto made = world.create(input);
    std::string all;
    if (!made)
      for (const auto& field : made.error().fields) all += (all.empty() ? "" : " ") + field.pointer;
    return all;
  };
  EXPECT_EQ(told({.languages = Texts{"en", "English", ""}, .areas = Texts{" ", std::string(61, 'x'), "a\tb"}}),
            "/languages/1 /languages/2 /areas/0 /areas/1 /areas/2");
  EXPECT_EQ(told({.areas = Texts{std::string(60, 'x'), std::string(60, ' ') + "y"}}), "");
  Texts languages, areas;
  for (int i = 0; i < 20; ++i) languages.push_back(std::string("a") + static_cast<char>('a' + i));
  for (int i = 0; i < 50; ++i) areas.push_back("Area " + std::to_string(i));
  EXPECT_EQ(told({.languages = languages, .areas = areas}), "");
  languages.emplace_back("zz");
  areas.emplace_back("One more");
  EXPECT_EQ(told({.languages = languages, .areas = areas}), "/languages /areas");
}

TEST(Teaching, IsInTheCopyOfOnesDataAndGoesWithAnErasure) {
  World world;
  const auto made = world.create({.languages = Texts{"pl"}, .areas = Texts{"Camden"}});
  ASSERT_OK(made);
  const auto parts = world.database.read({1}, [&](store::Transaction& tx) {
    return store::parts_of(tx, world.keys, {world.school, made->id});
  });
  const auto account = std::ranges::find(parts, "account", &store::Part::name);
  ASSERT_NE(account, parts.end());
  EXPECT_EQ(account->rows.at(0).at("languages"), R"(["pl"])");
  EXPECT_EQ(account->rows.at(0).at("areas"), R"(["Camden"])");
  const auto rest = "select count(*) from people where id = " + std::to_string(made->id.value) +
                    " and (languages <> '[]' or areas <> '[]')";
  EXPECT_EQ(world.number(rest), 1);
  ASSERT_TRUE(
      actions::erase_person(world.identity(), world.caller(4002, auth::Role::admin), made->id, false).has_value());
  EXPECT_EQ(world.number(rest), 0);
}

}  // namespace teaching_test
