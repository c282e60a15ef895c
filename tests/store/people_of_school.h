/// The test school with people who have names, and with everything that signing in needs.
#pragma once

#include "actions/sign_in.h"
#include "store/school.h"

namespace testing_support {

class StaffedSchool : public TestSchool {
 public:
  explicit StaffedSchool(const SchoolOptions& options = {}) : TestSchool(options) {
    database.on_commit([this](const auto& touched) {
      cache.committed(touched);
      sessions.committed(touched);
    });
    ada = add({"Ada Lovelace", "ada@example.com", ""}, store::Role::learner);
    (void)add({"Bob Martin", "bob@example.com", ""}, store::Role::learner);
  }

  actions::Identity identity() {
    return {context(), people, passwords, sessions, throttle, mail_throttle, "https://school.example", second_step};
  }

  base::PersonId add(const store::Details& details, store::Role role) {
    const auto id = base::make<base::PersonId>();
    keys.make_keys(school, std::vector{id}, now);
    const auto sealed = people.seal(school, id, details);
    write([&](store::Transaction& tx) {
      CHECK(store::add_person(tx, {.school = school, .now = now}, sealed, role, true).has_value());
      if (role == store::Role::learner) store::make_calendar(tx, school, store::Kind::learner, id.value);
    });
    return id;
  }
  void put_hash(base::PersonId id, const std::string& hash) {
    write([&](store::Transaction& tx) { store::set_password(tx, school, id, hash, now); });
  }
  void give_password(base::PersonId id, const std::string& password) { put_hash(id, passwords.hash(password).value()); }
  /// The token of a fresh one-time link.
  std::string welcome(base::PersonId id) {
    const auto token = auth::make_link_token(school);
    write([&](store::Transaction& tx) {
      store::add_link(tx, school, id, store::LinkPurpose::welcome, token.hash, now + auth::welcome_lifetime);
    });
    return token.text;
  }

  store::People people{keys};
  auth::PasswordHasher passwords;
  auth::Sessions sessions{database, {{"k1", base::Secret(std::string(32, 'k'))}}, "https://school.example", now};
  auth::Throttle throttle, mail_throttle{auth::mail_limits};
  auth::SecondStep second_step{{{"k1", base::Secret(std::string(32, 'k'))}}};
  base::PersonId ada;

 private:
  void write(const std::function<void(store::Transaction&)>& body) {
    const auto done = database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
      body(tx);
      return 0;
    });
    CHECK(done.has_value());
  }
};

}  // namespace testing_support
