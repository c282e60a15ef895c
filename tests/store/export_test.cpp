// What somebody gets who asks for a copy of their data, from the request to the archive.
#include "actions/export_person.h"

#include <zip.h>

#include "actions/documents.h"
#include "actions/erasure.h"
#include "actions/housekeeping.h"
#include "actions/people.h"
#include "actions/working_time.h"
#include "prove/history.h"
#include "store/exports.h"
#include "store/office_of_school.h"
#include "store/personal.h"

namespace export_test {

using std::chrono::seconds;
using testing_support::Lines;
using Files = std::map<std::string, std::string>;

Files unpacked(const std::string& archive) {
  zip_source_t* source = zip_source_buffer_create(archive.data(), archive.size(), 0, nullptr);
  zip_t* zip = zip_open_from_source(source, ZIP_CHECKCONS, nullptr);
  EXPECT_NE(zip, nullptr);
  Files files;
  for (zip_int64_t at = 0; at < zip_get_num_entries(zip, 0); ++at) {
    zip_stat_t stat;
    zip_stat_index(zip, static_cast<zip_uint64_t>(at), 0, &stat);
    std::string content(stat.size, '\0');
    zip_file_t* file = zip_fopen_index(zip, static_cast<zip_uint64_t>(at), 0);
    EXPECT_EQ(zip_fread(file, content.data(), content.size()), static_cast<zip_int64_t>(content.size()));
    zip_fclose(file);
    files[stat.name] = content;
  }
  zip_discard(zip);
  return files;
}

class Export : public testing_support::Mailing {
 protected:
  base::Done ask(const actions::Caller& caller, base::PersonId person) {
    if (person == caller.principal.person) return actions::ask_for_my_export(school.identity(), caller, "192.0.2.1");
    return actions::ask_for_export(school.identity(), caller, person, "192.0.2.1");
  }
  actions::Caller ada() { return school.caller(school.ada.value, auth::Role::learner); }
  actions::Caller somebody(base::PersonId id, auth::Role role) { return school.caller(id.value, role); }
  /// The secret of the link in the last mail.
  std::string link() {
    std::string secret;
    for (const auto& mail : mails)
      if (const auto start = mail.text.find("/export#"); start != std::string::npos)
        secret = mail.text.substr(start + 8, mail.text.find('\n', start) - start - 8);
    return secret;
  }
  base::Result<actions::FetchedExport> fetch(const std::string& token) {
    return actions::fetch_export(school.identity(), token, school.now);
  }
  Files copy_of(const actions::Caller& caller) {
    EXPECT_TRUE(ask(caller, caller.principal.person));
    work(seconds{0});
    EXPECT_EQ(reports, Lines{});
    const auto fetched = fetch(link());
    EXPECT_TRUE(fetched);
    return fetched ? unpacked(fetched->archive) : Files{};
  }
  base::BookingId lesson(base::PersonId who, const std::string& wall, const std::string& note) {
    auto input = school.at(wall);
    input.note = note;
    const auto made = school.book(somebody(who, auth::Role::learner), input);
    EXPECT_TRUE(made);
    return made->booking.id;
  }
};

TEST_F(Export, HoldsWhatThereIsAboutThePersonAsJsonTablesAndCalendar) {
  const auto place = actions::create_place(school.context(), ada(), {}, "12 High Street", "N1", school.key("p"));
  ASSERT_TRUE(place);
  const auto booking = lesson(school.ada, "2026-03-04T10:00", "=Left knee");
  const auto files = copy_of(ada());
  ASSERT_TRUE(files.contains("data.json"));
  const auto data = boost::json::parse(files.at("data.json")).as_object();
  EXPECT_EQ(data.at("account").at(0).at("email").as_string(), "ada@example.com");
  EXPECT_EQ(data.at("places").at(0).at("text").as_string(), "12 High Street");
  EXPECT_EQ(data.at("words").at(0).at("text").as_string(), "=Left knee");
  const auto& row = data.at("lessons").at(0);
  EXPECT_EQ(row.at("id").as_string(), base::to_text(booking));
  EXPECT_EQ(row.at("note").as_string(), "=Left knee");
  EXPECT_EQ(row.at("booked_by").as_string(), "you");
  EXPECT_NE(files.at("history.csv").find("booking_made"), std::string::npos);
  EXPECT_NE(files.at("words.csv").find("'=Left knee"), std::string::npos) << "no formula in a spreadsheet";
  EXPECT_NE(files.at("lessons.ics").find("UID:" + base::to_text(booking) + "@"), std::string::npos);
}

TEST_F(Export, HoldsEveryTableThatTheListNames) {
  const auto files = copy_of(ada());
  const auto data = boost::json::parse(files.at("data.json")).as_object();
  std::set<std::string> named;
  for (const auto& table : store::personal_tables()) {
    EXPECT_EQ(table.exported.empty(), !table.not_because.empty()) << table.name << "." << table.whose;
    if (!table.exported.empty()) named.insert(std::string(table.exported));
  }
  for (const auto& part : named) EXPECT_TRUE(data.contains(part)) << part;
  EXPECT_EQ(data.size(), named.size() + 2) << "and when, and of which school";
}

TEST_F(Export, HoldsTheDocumentsAsTheyWereUploaded) {
  const std::string file = "%PDF-1.4\nstartxref\n9\n%%EOF\n";
  const actions::DocumentInput input{.kind = "permit", .media = "application/pdf", .content = file};
  const auto made = actions::add_document(school.identity(), ada(), school.ada, input, school.key("permit"));
  ASSERT_TRUE(made);
  const auto files = copy_of(ada());
  const auto name = "documents/" + base::to_text(made->value.id) + ".pdf";
  ASSERT_TRUE(files.contains(name));
  EXPECT_EQ(files.at(name), file);
  EXPECT_NE(files.at("documents.csv").find(base::to_text(made->value.id)), std::string::npos);
}

TEST_F(Export, TellsNothingOfOthers) {
  const auto other = school.add({"Zzother Learner", "zzother@example.com", "07700 900555"}, store::Role::learner);
  lesson(other, "2026-03-04T10:00", "Zzother note");
  lesson(school.ada, "2026-03-04T14:00", "");
  for (const auto& [name, content] : copy_of(ada()))
    for (const auto* marker : {"Zzother", "zzother", "900555"})
      EXPECT_EQ(content.find(marker), std::string::npos) << name << " tells " << marker;
}

TEST_F(Export, OfAnInstructorNamesNoLearner) {
  auto input = school.at("2026-03-04T10:00");
  input.instructor = {carol.value};
  input.note = "Zznote";
  ASSERT_TRUE(school.book(learner, input));
  const actions::TimeOffInput dentist{school.time("2026-03-09T10:00"), school.time("2026-03-09T11:00"), "Dentist"};
  ASSERT_TRUE(actions::add_time_off(school.context(), school.office(), {carol.value}, dentist, school.key("off")));
  const auto files = copy_of(somebody(carol, auth::Role::instructor));
  const auto data = boost::json::parse(files.at("data.json")).as_object();
  EXPECT_EQ(data.at("words").at(0).at("text").as_string(), "Dentist");
  EXPECT_EQ(data.at("lessons").at(0).at("learner").as_string(), "a learner");
  for (const auto* part : {"time_off", "hours", "lessons"}) EXPECT_EQ(data.at(part).as_array().size(), 1u) << part;
  for (const auto& [name, content] : files)
    for (const auto* marker : {"Ada", "ada@", "Zznote"}) EXPECT_EQ(content.find(marker), std::string::npos) << name;
}

TEST_F(Export, IsFetchedOnceWithinADay) {
  ASSERT_TRUE(ask(ada(), school.ada));
  work(seconds{0});
  const auto token = link();
  EXPECT_EQ(told(), Lines{"ada@example.com Your data at Test School"});
  EXPECT_EQ(school.number("select count(*) from exports where sealed is not null"), 1);
  EXPECT_TRUE(fetch(token));
  EXPECT_FALSE(fetch(token)) << "spent";
  EXPECT_EQ(school.number("select count(*) from exports"), 0);

  ASSERT_TRUE(ask(ada(), school.ada));
  work(seconds{0});
  school.now += actions::export_lifetime;
  EXPECT_FALSE(fetch(link()));
  EXPECT_EQ(actions::clear_out(school.context(), school.now).exports, 1);
  EXPECT_FALSE(fetch("nonsense"));
}

TEST_F(Export, GoesWithAnErasureAndIsMadeForNobodyErased) {
  ASSERT_TRUE(ask(ada(), school.ada));
  work(seconds{0});
  const auto token = link();
  mails.clear();
  ASSERT_TRUE(ask(school.office(), school.ada));
  ASSERT_TRUE(actions::erase_person(school.identity(), school.office(), school.ada, true));
  work(seconds{0});
  EXPECT_TRUE(mails.empty());
  EXPECT_FALSE(fetch(token));
  EXPECT_EQ(school.number("select count(*) from exports"), 0);
  EXPECT_FALSE(ask(school.office(), school.ada));
}

TEST_F(Export, IsAskedForByThePersonOrWhoeverManagesThem) {
  EXPECT_TRUE(ask(school.office(), school.ada));
  for (const auto& who : {school.learner(1), school.instructor(1)}) EXPECT_FALSE(ask(who, school.ada));
  EXPECT_FALSE(ask(school.office(), {4002})) << "an admin";
  EXPECT_TRUE(ask(school.caller(4002, auth::Role::admin), {4001}));
  auto done = ask(ada(), school.ada);
  for (int tries = 0; tries < 10 && done; ++tries) done = ask(ada(), school.ada);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, base::Code::rate_limited);
}

TEST(ExportOfYears, TakesWellUnderAMinute) {
  testing_support::TestSchool school({.instructors = 1, .learners = 1});
  prove::add_history(school.database, school.school, 10'000, school.now);
  store::People people(school.keys);
  const auto asked = school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
    store::ask_for_export(tx, school.school, {2001}, {2001}, school.now, school.now + std::chrono::days{7});
    return 0;
  });
  ASSERT_TRUE(asked);
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_TRUE(actions::make_export(school.context(), people, {school.school, {2001}}, {1, 2, 3}, school.now,
                                   "https://school.example"));
  const auto took = std::chrono::steady_clock::now() - begun;
  EXPECT_LT(took, seconds{60});
  RecordProperty("milliseconds", static_cast<int>(took / std::chrono::milliseconds{1}));
  std::printf("10,000 lessons: %lld ms, %lld kB\n", static_cast<long long>(took / std::chrono::milliseconds{1}),
              static_cast<long long>(school.number("select length(sealed) from exports") / 1000));
}

}  // namespace export_test
