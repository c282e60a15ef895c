#include "actions/school.h"

#include <fmt/ranges.h>

#include <charconv>
#include <cmath>

#include "notify/letters.h"
#include "store/factors.h"

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

/// Of a colour on white (WCAG 2.2, contrast ratio); nullopt for what is no "#rrggbb".
std::optional<double> contrast_on_white(std::string_view colour) {
  if (colour.size() != 7 || colour[0] != '#') return std::nullopt;
  const auto linear = [&](std::size_t at) -> std::optional<double> {
    int value = 0;
    const auto* end = colour.data() + at + 2;
    const auto [rest, error] = std::from_chars(colour.data() + at, end, value, 16);
    if (error != std::errc{} || rest != end || value < 0) return std::nullopt;
    const double channel = value / 255.0;
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
  };
  const auto red = linear(1), green = linear(3), blue = linear(5);
  if (!red || !green || !blue) return std::nullopt;
  return 1.05 / (0.2126 * *red + 0.7152 * *green + 0.0722 * *blue + 0.05);
}

void check_colour(Faults& faults, const std::string& colour) {
  if (colour.empty()) return;
  constexpr double readable = 4.5;
  const auto contrast = contrast_on_white(colour);
  faults.unless(contrast.has_value(), "/colour", "Must be a colour such as #0b5f47.");
  faults.unless(!contrast || *contrast >= readable, "/colour",
                fmt::format("Too pale to be read on white: {:.1f} to 1, and {} to 1 is needed. Take a darker one.",
                            contrast.value_or(0), readable));
}

/// The consent of guardians, with the version that its text has from now on.
void set_consent(Faults& faults, SchoolRow& school, const SchoolInput& input) {
  school.guardian_consent_required = input.guardian_consent_required.value_or(school.guardian_consent_required);
  if (input.guardian_consent_text && *input.guardian_consent_text != school.guardian_consent_text) {
    faults.unless(!input.guardian_consent_text->empty(), "/guardian_consent_text", "Consents refer to a text.");
    school.guardian_consent_text = *input.guardian_consent_text;
    ++school.guardian_consent_version;
  }
  faults.unless(!school.guardian_consent_required || school.guardian_consent_version > 0, "/guardian_consent_text",
                "Write down first what guardians agree to.");
}

void check_words(Faults& faults, const std::map<std::string, std::string>& words) {
  for (const auto& [occasion, text] : words)
    if (const auto unknown = notify::unknown_placeholder(text))
      faults.unless(
          false, "/notice_texts/" + occasion,
          fmt::format("{} stands for nothing. These do: {{{}}}.", *unknown, fmt::join(notify::placeholders(), "}, {")));
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
  return context.database.read(caller.school(),
                               [&](Transaction& tx) { return store::find_school(tx, caller.school()); });
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
    school.colour = input.colour.value_or(school.colour);
    check_colour(faults, school.colour);
    if (input.words) school.words = *input.words;
    school.audit_months = static_cast<int>(input.audit_months.value_or(school.audit_months));
    school.registration = input.registration.value_or(school.registration);
    school.guests = input.guests.value_or(school.guests);
    school.calendar_check_minutes = input.calendar_check_minutes.value_or(school.calendar_check_minutes);
    school.second_factor_required = input.second_factor_required.value_or(school.second_factor_required);
    const bool stricter = school.second_factor_required && !before.second_factor_required;
    faults.unless(!stricter || store::session_has_factor(tx, caller.school(), caller.principal.sid),
                  "/second_factor_required", "Set up a second factor of your own first, or sign in with it.");
    std::erase_if(school.words, [](const auto& entry) { return entry.second.empty(); });
    check_words(faults, school.words);
    check_school(faults, school);
    set_consent(faults, school, input);
    if (store::has_bookings(tx, caller.school())) {
      faults.unless(school.zone == before.zone, "/time_zone", "There are bookings in the zone as it is.");
      faults.unless(school.currency == before.currency, "/currency", "There are bookings in the currency as it is.");
    }
    TRY(faults.verdict());
    ++school.version;
    store::put_school(tx, caller.author(), school);
    if (school.guardian_consent_version != before.guardian_consent_version)
      store::add_consent_text(tx, school.id, school.guardian_consent_version, school.guardian_consent_text, caller.now);
    if (stricter) store::end_sessions_without_factor(tx, caller.school(), caller.now);
    return school;
  });
}

Result<base::SchoolId> school_with_slug(const Context& context, std::string_view slug) {
  if (const auto known = context.cache.school_with_slug(slug)) return *known;
  const auto found =
      context.database.read(store::no_school, [&](Transaction& tx) { return store::school_with_slug(tx, slug); });
  return found ? Result<base::SchoolId>(*found) : auth::not_found();
}

Result<PublicSchool> public_school(const Identity& identity, std::string_view slug) {
  return identity.context.database.read(store::no_school, [&](Transaction& tx) -> Result<PublicSchool> {
    const auto id = store::school_with_slug(tx, slug);
    if (!id) return auth::not_found();
    tx.enter(*id);
    PublicSchool view{store::find_school(tx, *id), identity.context.cache.rules(tx, *id)->lessons};
    std::erase_if(view.lessons, [](const auto& lesson) { return !lesson.rules.active; });
    constexpr store::Role instructors[] = {store::Role::instructor};
    for (const auto& person : identity.people.list(tx, *id, instructors))
      if (person.active) view.instructors.push_back({{person.id.value}, person.details.name, person.teaching});
    return view;
  });
}

}  // namespace actions
