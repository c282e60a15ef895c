#include "actions/setup.h"

namespace actions {

namespace {

using base::Result;
using store::Transaction;

base::Done check(const NewSchool& input, const store::SchoolRow& school) {
  Faults faults;
  check_school(faults, school);
  Faults admin;
  check_details(admin, {input.admin_name, input.admin_email, ""});
  auto schools = faults.verdict(), people = admin.verdict();
  if (!people)
    for (auto& field : people.error().fields) field.pointer = "/admin_" + field.pointer.substr(1);
  if (schools) return people;
  if (people) return schools;
  auto& all = schools.error().fields;  // Of both, so that nobody fixes one after the other.
  all.insert(all.end(), people.error().fields.begin(), people.error().fields.end());
  return schools;
}

}  // namespace

Result<SetUp> set_up(const Identity& identity, const NewSchool& input, base::Instant now,
                     const std::string& correlation_id) {
  const SetUp made{.school = base::make<base::SchoolId>(), .admin = base::make<base::PersonId>()};
  const store::SchoolRow school{made.school, input.slug, input.name, input.zone, input.currency, false, 1};
  TRY(check(input, school));
  const store::Author author{.school = made.school, .correlation_id = correlation_id, .now = now};
  const auto token = auth::make_link_token(made.school);
  auto& keys = identity.people.keys();
  keys.make_keys(made.school, std::span(&made.admin, 1), now);
  const auto sealed = identity.people.seal(made.school, made.admin, {input.admin_name, input.admin_email, ""});
  const auto write = [&](Transaction& tx) -> base::Done {
    Faults faults;
    faults.unless(!store::school_with_slug(tx, input.slug), "/slug", "Another school has this name in its address.");
    TRY(faults.verdict());
    store::put_school(tx, author, school);
    TRY(store::add_person(tx, author, sealed, store::Role::admin, true));
    store::add_link(tx, made.school, made.admin, store::LinkPurpose::welcome, token.hash, now + auth::welcome_lifetime);
    return base::done();
  };
  const auto written = identity.context.database.transact<std::monostate>(made.school, write);
  if (!written) {
    keys.destroy({made.school, made.admin});
    return base::refuse(written.error());
  }
  return SetUp{made.school, made.admin, identity.public_url + "/welcome#" + token.text};
}

}  // namespace actions
