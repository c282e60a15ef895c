/// The school of tests/store/school.h whose instructors have connected a calendar each, at the Google of
/// tests/api/memory_google.h: with the real jobs and the real database, and a clock that the test moves.
#pragma once

#include "actions/conflicts.h"
#include "api/memory_google.h"
#include "jobs/sync.h"
#include "jobs/worker.h"
#include "store/jobs.h"
#include "store/school.h"

namespace memory_google {

using namespace std::chrono_literals;

/// Files of SQLite are copied from one that was made once.
inline testing_support::SchoolOptions in_folder(const testing_support::TemporaryFolder& folder,
                                                testing_support::SchoolOptions options = {}) {
  if (!testing_support::postgres_url().empty()) return options;
  static const testing_support::TemporaryFolder made;
  static const std::string model = testing_support::migrated(made);
  options.database = folder.file("copy.db");
  std::filesystem::copy_file(model, options.database);
  return options;
}

class SyncedSchool {
 public:
  explicit SyncedSchool(const testing_support::SchoolOptions& options = {})
      : instructors(options.instructors), school(in_folder(folder_, options)) {
    std::vector<base::PersonId> people;
    for (int i = 1; i <= instructors; ++i) people.push_back({1000 + i});
    school.keys.make_keys(school.school, people, {});
    google.clock = [this] { return now; };
    for (int i = 1; i <= instructors; ++i) connect(i);
  }

  static std::string address(int instructor) { return fmt::format("instructor-{}@gmail.test", instructor); }
  /// Of an instructor by their id.
  static std::string address(base::InstructorId id) { return address(static_cast<int>(id.value - 1000)); }
  std::int64_t calendar(int instructor) const { return calendars_.at(static_cast<std::size_t>(instructor - 1)); }

  actions::Caller caller(std::int64_t person, auth::Role role) const {
    auto who = school.caller(person, role);
    who.now = now;
    return who;
  }
  jobs::SyncOffice office() {
    return {.context = school.context(),
            .people = people,
            .outside = outside,
            .public_url = "http://school.test",
            .report = [this](const std::string& what) { reports.push_back(what); }};
  }
  void commit(const std::function<void(store::Transaction&)>& body) {
    const auto done = school.database.transact<int>(school.school, [&](store::Transaction& tx) -> base::Result<int> {
      body(tx);
      return 0;
    });
    CHECK(done.has_value());
  }
  template <class Body>
  auto read(const Body& body) {
    return school.database.read(school.school, body);
  }

  /// Whatever is due, until nothing is.
  void work() {
    for (int rounds = 0; rounds < 5'000; ++rounds) {
      bool more = jobs::dispatch(school.context()) > 0;
      more = jobs::write_due_lessons(office(), now) || more;
      more = jobs::read_due_calendar(office(), now) || more;
      if (!more) return;
    }
    ADD_FAILURE() << "it comes to no end";
  }
  void pass(std::chrono::seconds time) {
    now += time;
    work();
  }
  /// Another process begins, once all are gone.
  void restart() {
    commit([](store::Transaction& tx) {
      store::release_turns(tx);
      store::release_jobs(tx);
    });
  }

  std::vector<domain::Booking> bookings() {
    return read([&](store::Transaction& tx) {
      return store::list_bookings(tx, school.school, {.from = {}, .to = {}, .limit = 10'000});
    });
  }
  std::vector<store::Conflict> conflicts() {
    return read([&](store::Transaction& tx) { return store::list_conflicts(tx, school.school, {}, 10'000); });
  }

  const int instructors;

 private:
  testing_support::TemporaryFolder folder_;
  std::vector<std::int64_t> calendars_;

 public:
  testing_support::TestSchool school;
  base::Instant now = school.now;
  Google google;
  store::People people{school.keys};
  /// Who does not answer: tokens last for years, and a new one is not to be had.
  auth::OpenIdProvider nobody{"google",
                              {.name = "Google",
                               .issuer = "http://127.0.0.1:1",
                               .client_id = "client",
                               .client_secret = base::Secret("secret"),
                               .auth_url = "http://127.0.0.1:1/auth",
                               .token_url = "http://127.0.0.1:1/token",
                               .jwks_url = "http://127.0.0.1:1/keys"},
                              {.plain_on_this_machine = true}};
  auth::TokenManager tokens{school.database, school.keys, nobody};
  actions::Outside outside{.tokens = &tokens,
                           .provider = [this](std::int64_t) { return std::make_unique<Provider>(google); },
                           .settings = {.google_api = "", .webhook_url = "https://school.test/webhook"}};
  std::vector<std::string> reports;

 private:
  void connect(int instructor) {
    const store::KeyOwner owner{school.school, {1000 + instructor}};
    const auto name = address(instructor);
    calendars_.push_back(7000 + instructor);
    // Before the transaction: keys may have one of their own.
    const store::CalendarConnection connection{.id = 6000 + instructor,
                                               .person = owner.person,
                                               .provider = "google",
                                               .subject_hash = {1, static_cast<unsigned char>(instructor)},
                                               .sealed = school.keys.seal(owner, store::connection_seal, name),
                                               .scopes = "all",
                                               .connected_at = now};
    const auto sealed = tokens.sealed(owner, {.access_token = base::Secret("access"),
                                              .expires_at = now + std::chrono::years{10},
                                              .refresh_token = base::Secret("refresh")});
    const store::OutsideCalendar calendar{.id = 7000 + instructor,
                                          .connection = connection.id,
                                          .person = owner.person,
                                          .remote_hash = actions::remote_hash(school.keys, school.school, name),
                                          .sealed = actions::sealed_remote(school.keys, owner, {name, name}),
                                          .blocks = true,
                                          .shows = true};
    commit([&](store::Transaction& tx) {
      store::keep_tokens(tx, school.school, store::put_connection(tx, school.school, connection), sealed);
      store::add_outside(tx, school.school, calendar);
      store::put_turn(tx, school.school, calendar.id, now);
    });
  }
};

}  // namespace memory_google
