#include "actions/school.h"

#include <fmt/ranges.h>

namespace actions {

namespace {

using base::Result;
using store::SchoolRow;
using store::Transaction;

bool is_currency(std::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}
bool is_slug(std::string_view text) {
  const auto fine = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= 60 && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), fine);
}

}  // namespace

void check_school(Faults& faults, const SchoolRow& school) {
  faults.text(school.name, "/name");
  faults.unless(is_slug(school.slug), "/slug", "Lower-case letters, digits and dashes, at most 60.");
  faults.unless(domain::Zone::load(school.zone).has_value(), "/time_zone",
                "Must be an IANA time zone such as Europe/London.");
  faults.unless(is_currency(school.currency), "/currency", "Must be an ISO 4217 code such as GBP.");
}

Result<SchoolRow> get_school(const Context& context, const Caller& caller) {
  TRY(auth::may(caller.principal, auth::Action::read_school));
  return context.database.read([&](Transaction& tx) { return store::find_school(tx, caller.school()); });
}

Result<SchoolRow> update_school(const Context& context, const Caller& caller, std::int64_t version,
                                const SchoolInput& input) {
  TRY(auth::may(caller.principal, auth::Action::change_school));
  return change_rules<SchoolRow>(context, caller, [&](Transaction& tx) -> Result<SchoolRow> {
    const auto before = store::find_school(tx, caller.school());
    TRY(expect(version, before.version));
    auto school = before;
    school.name = input.name.value_or(school.name);
    school.zone = input.zone.value_or(school.zone);
    school.currency = input.currency.value_or(school.currency);
    school.approval = input.approval.value_or(school.approval);
    Faults faults;
    if (input.reminders) {
      const auto leads = domain::leads_from(fmt::format("{}", fmt::join(*input.reminders, ",")));
      faults.unless(leads.has_value(), "/reminders", "At most three, each 15 minutes to 7 days, each once.");
      if (leads) school.leads = *leads;
    }
    check_school(faults, school);
    if (store::has_bookings(tx, caller.school())) {
      faults.unless(school.zone == before.zone, "/time_zone", "There are bookings in the zone as it is.");
      faults.unless(school.currency == before.currency, "/currency", "There are bookings in the currency as it is.");
    }
    TRY(faults.verdict());
    ++school.version;
    store::put_school(tx, caller.author(), school);
    return school;
  });
}

Result<PublicSchool> public_school(const Identity& identity, std::string_view slug) {
  return identity.context.database.read([&](Transaction& tx) -> Result<PublicSchool> {
    const auto id = store::school_with_slug(tx, slug);
    if (!id) return auth::not_found();
    PublicSchool view{store::find_school(tx, *id), identity.context.cache.rules(tx, *id)->lessons};
    std::erase_if(view.lessons, [](const auto& lesson) { return !lesson.rules.active; });
    constexpr store::Role instructors[] = {store::Role::instructor};
    for (const auto& person : identity.people.list(tx, *id, instructors))
      if (person.active) view.instructors.push_back({{person.id.value}, person.details.name});
    return view;
  });
}

}  // namespace actions
