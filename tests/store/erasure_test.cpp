#include "actions/erasure.h"

#include <gtest/gtest.h>

#include <fstream>

#include "actions/change.h"
#include "actions/people.h"
#include "actions/presence.h"
#include "actions/retention.h"
#include "store/people_of_school.h"
#include "store/personal.h"
#include "store/processing.h"
#include "store/verify.h"

namespace erasure_test {

using actions::Group;
using domain::Status;
using store::Transaction;

template <class T>
std::string told(const base::Result<T>& result) {
  return result ? "fine" : std::string(base::to_string(result.error().code));
}

struct World : testing_support::StaffedSchool {
  explicit World(const testing_support::SchoolOptions& options = {}) : StaffedSchool(options) {
    give_password(ada, "correct horse battery");
  }
  actions::Caller ada_herself() { return caller(ada.value, auth::Role::learner); }
  actions::Caller admin() { return caller(4002, auth::Role::admin); }
  base::Done erase(const actions::ErasureInput& input) {
    return actions::erase_me(identity(), ada_herself(), input, "192.0.2.1");
  }
  base::BookingId booked(const std::string& wall, const std::string& note = "") {
    auto input = at(wall);
    input.note = note;
    const auto made = book(ada_herself(), input);
    EXPECT_TRUE(made);
    return made->booking.id;
  }
  std::string status(base::BookingId id) {
    return std::string(domain::to_string(actions::get_booking(context(), office(), id)->booking.status));
  }
  std::int64_t rows_of_ada(const std::string& table, const std::string& column = "person_id") {
    return number("select count(*) from " + table + " where " + column + " = " + std::to_string(ada.value));
  }
  std::set<std::string> tables() {
    const bool file = database.engine() == store::Engine::sqlite;
    std::set<std::string> names;
    database.read(store::no_school, [&](Transaction& tx) {
      for (const store::Row row :
           tx.query(file ? "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
                         : "select tablename::text from pg_tables where schemaname = 'public'"))
        names.insert(row.text(0));
    });
    return names;
  }
  std::set<std::string> columns(const std::string& table) {
    const bool file = database.engine() == store::Engine::sqlite;
    std::set<std::string> names;
    database.read(store::no_school, [&](Transaction& tx) {
      for (const store::Row row :
           tx.query(file ? "select name from pragma_table_info($1)"
                         : "select attname::text from pg_attribute where attrelid = to_regclass($1) and attnum > 0"
                           " and not attisdropped",
                    table))
        names.insert(row.text(0));
    });
    return names;
  }
};

TEST(Erasure, TakesEverythingThatIsThePersonsAndLeavesTheLessons) {
  World world;
  const auto past = world.booked("2026-03-02T10:00", "Left knee hurts");
  const auto place =
      actions::create_place(world.context(), world.ada_herself(), {}, "12 High Street", "N1", world.key("place"));
  ASSERT_TRUE(place);
  (void)world.welcome(world.ada);
  world.now = world.time("2026-03-03T12:00");
  ASSERT_TRUE(actions::record_outcome(world.context(), world.office(), past, 1, Status::delivered));
  EXPECT_EQ(told(world.erase({.current_password = "correct horse battery"})), "fine");

  for (const auto* table : {"passwords", "sessions", "one_time_tokens", "feeds"})
    EXPECT_EQ(world.rows_of_ada(table), 0) << table;
  EXPECT_EQ(world.rows_of_ada("idempotency", "principal"), 0);
  for (const auto* table : {"places", "texts"}) {
    EXPECT_EQ(world.rows_of_ada(table), 1) << table;
    EXPECT_EQ(world.number("select count(*) from " + std::string(table) + " where sealed is not null"), 0) << table;
  }
  EXPECT_FALSE(world.keys.has_key({world.school, world.ada}));
  EXPECT_EQ(world.status(past), "delivered") << "it was taught, whoever it was";
  EXPECT_EQ(actions::get_booking(world.context(), world.office(), past)->note, "");
  EXPECT_EQ(world.number("select count(*) from events where type = 'person_erased'"), 1);
  EXPECT_TRUE(store::verify(world.database_at).faults.empty());
}

TEST(Erasure, LeavesNobodyWhoCouldBeListedChangedInvitedOrBooked) {
  World world;
  const auto past = world.booked("2026-03-02T10:00");
  world.now = world.time("2026-03-03T12:00");
  ASSERT_TRUE(world.erase({.current_password = "correct horse battery"}));
  const auto identity = world.identity();
  const auto listed = actions::list_people(identity, world.office(), Group::learners, {.limit = 200});
  ASSERT_TRUE(listed);
  for (const auto& each : listed->items) EXPECT_NE(each.id, world.ada);
  EXPECT_EQ(told(actions::get_person(identity, world.office(), Group::learners, world.ada)), "not-found");
  EXPECT_EQ(told(actions::update_person(identity, world.office(), Group::learners, world.ada, 2, {.name = "Eve"})),
            "not-found");
  EXPECT_EQ(told(actions::invite(identity, world.office(), Group::learners, world.ada)), "not-found");
  EXPECT_EQ(told(actions::create_place(world.context(), world.office(), {world.ada.value}, "Here", "", world.key("p"))),
            "not-found");
  auto lesson = world.at("2026-03-05T10:00");
  lesson.learner = {world.ada.value};
  EXPECT_EQ(told(world.book(world.office(), lesson)), "not-found");
  const auto noted = actions::move_booking(world.context(), world.office(), past, 1, {.note = "She was here"});
  EXPECT_TRUE(noted) << "nothing is kept of it";
  EXPECT_EQ(world.rows_of_ada("texts"), 0);
  EXPECT_EQ(told(world.erase({.current_password = "correct horse battery"})), "invalid-input");
  EXPECT_EQ(told(actions::erase_person(identity, world.office(), world.ada, false)), "not-found");
  EXPECT_NE(world.add({"Ada Again", "ada@example.com", ""}, store::Role::learner), world.ada) << "the address is free";
}

TEST(Erasure, AsksAboutLessonsToComeAndCancelsThemByTheRules) {
  World world;
  const auto soon = world.booked("2026-03-03T10:00"), later = world.booked("2026-03-06T10:00");
  const auto held =
      actions::hold_slot(world.context(), world.ada_herself(), world.at("2026-03-05T12:00"), world.key("hold"));
  ASSERT_TRUE(held);
  const auto asked = world.erase({.current_password = "correct horse battery"});
  ASSERT_EQ(told(asked), "in-use");
  EXPECT_EQ(asked.error().count, 2);
  EXPECT_EQ(world.status(soon), "booked");
  EXPECT_EQ(told(world.erase({.current_password = "correct horse battery", .cancel_lessons = true})), "fine");
  EXPECT_EQ(world.status(soon), "cancelled");
  EXPECT_EQ(world.status(later), "cancelled");
  EXPECT_EQ(world.status(held->booking.id), "released");
  EXPECT_EQ(
      world.number("select count(*) from events where type = 'booking_cancelled' and data like '%\"late\":true%'"), 1)
      << "the one within 48 hours";
  const auto other = world.book(world.learner(2), world.at("2026-03-06T10:00"));
  EXPECT_TRUE(other) << "the time is free again";
  EXPECT_TRUE(store::verify(world.database_at).faults.empty());
}

TEST(Erasure, AsksForThePasswordOrForASignInOfTheLastMinutes) {
  World world;
  EXPECT_EQ(told(world.erase({})), "invalid-input");
  EXPECT_EQ(told(world.erase({.current_password = "not this one"})), "invalid-input");
  const auto bob = world.add({"Bob Porter", "porter@example.com", ""}, store::Role::learner);
  auto caller = world.caller(bob.value, auth::Role::learner);
  const auto started =
      world.database.transact<auth::SignedIn>({1}, [&](Transaction& tx) -> base::Result<auth::SignedIn> {
        return world.sessions.start(tx, world.school, bob, auth::Role::learner, world.now);
      });
  caller.principal = started->principal;
  const auto begun = caller.now;
  caller.now = begun + actions::fresh_sign_in + std::chrono::seconds{1};
  EXPECT_EQ(told(actions::erase_me(world.identity(), caller, {}, "192.0.2.1")), "invalid-input");
  caller.now = begun + actions::fresh_sign_in;
  EXPECT_EQ(told(actions::erase_me(world.identity(), caller, {.current_password = "guess"}, "192.0.2.1")),
            "invalid-input");
  EXPECT_EQ(told(actions::erase_me(world.identity(), caller, {}, "192.0.2.1")), "fine");
}

TEST(Erasure, OfAnInstructorWaitsForTheLessonsAndTakesTheScheduleAlong) {
  World world;
  const auto lesson = world.booked("2026-03-06T10:00");
  const base::PersonId instructor{1001};
  world.keys.make_keys(world.school, std::span(&instructor, 1), {});
  const auto erase = [&](bool cancel) {
    return told(actions::erase_person(world.identity(), world.office(), instructor, cancel));
  };
  EXPECT_EQ(erase(true), "in-use") << "others' lessons are not cancelled in passing";
  ASSERT_TRUE(actions::cancel_booking(world.context(), world.office(), lesson, 1, ""));
  EXPECT_EQ(erase(false), "fine");
  EXPECT_EQ(world.number("select count(*) from hours where instructor_id = 1001"), 0);
  EXPECT_EQ(
      world.number("select count(*) from vehicles where drivers like '%" + base::to_text(std::int64_t{1001}) + "%'"),
      0);
  EXPECT_TRUE(store::verify(world.database_at).faults.empty());
}

TEST(Erasure, LeavesASchoolItsLastAdmin) {
  World world;
  EXPECT_EQ(told(actions::erase_person(world.identity(), world.admin(), {4002}, false)), "in-use");
  EXPECT_EQ(told(actions::erase_person(world.identity(), world.office(), {4002}, false)), "forbidden");
  EXPECT_EQ(told(actions::erase_person(world.identity(), world.admin(), {4001}, false)), "fine");
}

TEST(Erasure, IsDoneAgainInADatabaseThatWasRestored) {
  World world;
  const auto lesson = world.booked("2026-03-06T10:00");
  world.keys.erase({world.school, world.ada}, world.now);  // As the key store knows it from after the copy.
  EXPECT_EQ(world.number("select count(*) from people where email_hash is not null"), 2);
  EXPECT_EQ(actions::replay_erasures(world.context(), world.now), 1);
  EXPECT_EQ(world.number("select count(*) from people where email_hash is not null"), 1);
  EXPECT_EQ(world.status(lesson), "cancelled");
  EXPECT_EQ(world.rows_of_ada("passwords"), 0);
  EXPECT_EQ(actions::replay_erasures(world.context(), world.now), 0);
}

TEST(Erasure, WaitsForTheEndOfAHoldButNotWhereItWasDoneBeforeARestore) {
  World world;
  using store::HoldKind;
  ASSERT_TRUE(actions::place_hold(world.identity(), world.admin(), world.ada, HoldKind::claim, "The crash"));
  const auto refused = world.erase({.current_password = "correct horse battery"});
  ASSERT_EQ(told(refused), "in-use");
  EXPECT_NE(refused.error().detail.find("The crash"), std::string::npos);
  EXPECT_EQ(told(actions::delete_person(world.identity(), world.office(), Group::learners, world.ada)), "in-use");
  world.keys.erase({world.school, world.ada}, world.now);  // As the key store knows it from after the copy.
  EXPECT_EQ(actions::replay_erasures(world.context(), world.now), 1);
  EXPECT_EQ(world.rows_of_ada("legal_holds"), 0);
}

TEST(Erasure, OfARestoredOrCrashedKeyStoreIsFinished) {
  World world;
  const auto done = world.database.transact<int>({1}, [&](Transaction& tx) -> base::Result<int> {
    store::erase_person(tx, {.school = world.school, .now = world.now}, world.ada);
    return 0;
  });
  ASSERT_TRUE(done);
  EXPECT_TRUE(world.keys.has_key({world.school, world.ada}));
  EXPECT_EQ(actions::replay_erasures(world.context(), world.now), 1);
  EXPECT_FALSE(world.keys.has_key({world.school, world.ada}));
  EXPECT_EQ(world.keys.erased(), std::vector{(store::KeyOwner{world.school, world.ada})});
}

TEST(Erasure, AnswersForEveryTableThereIs) {
  World world;
  const std::set<std::string> of_people = {"person_id",   "learner_id", "instructor_id", "principal",   "created_by",
                                           "actor",       "whose",      "asked_by",      "guardian_id", "admin_id",
                                           "uploaded_by", "placed_by",  "filed_by"};
  std::set<std::string> unanswered = world.tables();
  for (const auto table : store::tables_of_nobody()) {
    unanswered.erase(std::string(table));
    for (const auto& column : world.columns(std::string(table)))
      EXPECT_FALSE(of_people.contains(column) || column == "sealed") << table << "." << column;
  }
  std::map<std::string, std::set<std::string>> answered;
  std::set<std::string> emptied;
  for (const auto& [table, whose, at_erasure, why, exported, not_because] : store::personal_tables()) {
    answered[std::string(table)].insert(std::string(whose));
    if (at_erasure != store::AtErasure::kept) emptied.insert(std::string(table));
    EXPECT_EQ(at_erasure == store::AtErasure::kept, !why.empty()) << table;
  }
  for (const auto& [table, whose] : answered) {
    unanswered.erase(table);
    const auto columns = world.columns(table);
    for (const auto& column : whose) EXPECT_TRUE(columns.contains(column)) << table << "." << column;
    for (const auto& column : columns) {
      EXPECT_TRUE(!of_people.contains(column) || whose.contains(column)) << table << "." << column;
      EXPECT_TRUE(column != "sealed" || emptied.contains(table)) << table << " is sealed and stays";
    }
  }
  std::set<std::string> explained;
  for (const auto& processing : store::processing_of_tables()) {
    EXPECT_TRUE(explained.insert(std::string(processing.table)).second) << processing.table;
    for (const auto text : {processing.purpose, processing.people, processing.data, processing.basis,
                            processing.seen_by, processing.protection})
      EXPECT_FALSE(text.empty()) << processing.table;
    EXPECT_EQ(processing.period == store::Period::by_itself, !processing.until.empty()) << processing.table;
  }
  for (const auto& [table, whose] : answered)
    EXPECT_EQ(explained.erase(table), 1) << table << ": why is it there? store/processing.cpp";
  for (const auto& table : explained) ADD_FAILURE() << table << " holds nothing of people any more";
  for (const auto& table : unanswered) ADD_FAILURE() << table << ": what of it is a person's? store/personal.cpp";
}

}  // namespace erasure_test
