// The school's own row.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include "store/schedules.h"

namespace store {

SchoolRow find_school(Transaction& tx, base::SchoolId id) {
  for (const Row row :
       tx.query("select slug, name, zone, currency, approval, schools.version, reminders, colour, notice_texts,"
                " audit_months, registration, second_factor_required, guardian_consent_required, text,"
                " coalesce(consent.version, 0), guests, calendar_check_minutes from schools left join "
                "guardian_consent_texts consent"
                " on consent.school_id = schools.school_id and consent.version = (select max(version)"
                " from guardian_consent_texts where school_id = $1) where schools.school_id = $1",
                id))
    return {id,
            row.text(0),
            row.text(1),
            row.text(2),
            row.text(3),
            row.flag(4),
            row.integer(5),
            domain::leads_from(row.view(6)).value(),
            row.text(7),
            boost::json::value_to<std::map<std::string, std::string>>(boost::json::parse(row.view(8))),
            static_cast<int>(row.integer(9)),
            row.flag(10),
            row.flag(11),
            row.flag(12),
            row.null(13) ? "" : row.text(13),
            row.integer(14),
            row.flag(15),
            row.integer(16)};
  throw base::Bug("a school that is not there");
}

std::vector<base::SchoolId> all_schools(Transaction& tx) {
  std::vector<base::SchoolId> ids;
  for (const Row row : tx.query("select school_id from schools order by school_id"))
    ids.push_back(row.id<base::SchoolId>(0));
  return ids;
}

std::vector<SchoolSummary> list_schools(Database& database, base::Instant now) {
  return database.read(no_school, [&](Transaction& tx) {
    std::vector<SchoolSummary> found;
    for (const auto id : all_schools(tx)) {
      tx.enter(id);
      for (const Row row : tx.query("select slug, name, zone from schools where school_id = $1", id))
        found.push_back({row.text(0), row.text(1), row.text(2), 0, 0});
      found.back().people = *tx.number("select count(*) from people where school_id = $1 and erased_at is null", id);
      found.back().ahead =
          *tx.number("select count(*) from bookings where school_id = $1 and blocks = 1 and starts_at > $2", id, now);
    }
    std::ranges::sort(found, {}, &SchoolSummary::slug);
    return found;
  });
}

std::optional<base::SchoolId> school_with_slug(Transaction& tx, std::string_view slug) {
  const auto id = tx.number("select school_id from schools where slug = $1", slug);
  return id ? std::optional(base::SchoolId{*id}) : std::nullopt;
}

void put_school(Transaction& tx, const Author& author, const SchoolRow& school) {
  tx.run(
      "insert into schools (school_id, slug, name, zone, currency, approval, version, created_at, reminders, colour,"
      " notice_texts, audit_months, registration, second_factor_required, guardian_consent_required,"
      " guests, calendar_check_minutes)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) on conflict (school_id)"
      " do update set name = excluded.name, zone = excluded.zone, currency = excluded.currency, version ="
      " excluded.version, approval = excluded.approval, reminders = excluded.reminders, colour = excluded.colour,"
      " notice_texts = excluded.notice_texts, audit_months = excluded.audit_months,"
      " registration = excluded.registration, second_factor_required = excluded.second_factor_required,"
      " guardian_consent_required = excluded.guardian_consent_required, guests = excluded.guests,"
      " calendar_check_minutes = excluded.calendar_check_minutes",
      school.id, school.slug, school.name, school.zone, school.currency, school.approval, school.version, author.now,
      domain::to_text(school.leads), school.colour, boost::json::serialize(boost::json::value_from(school.words)),
      school.audit_months, school.registration, school.second_factor_required, school.guardian_consent_required,
      school.guests, school.calendar_check_minutes);
  append(tx, author, "school/" + base::to_text(school.id), school.version,
         school.version == 1 ? "school_added" : "school_changed",
         {{"id", base::to_text(school.id)},
          {"slug", school.slug},
          {"name", school.name},
          {"zone", school.zone},
          {"currency", school.currency},
          {"approval", school.approval},
          {"reminders", domain::to_text(school.leads)},
          {"colour", school.colour},
          {"notice_texts", boost::json::value_from(school.words)},
          {"audit_months", school.audit_months},
          {"registration", school.registration},
          {"second_factor_required", school.second_factor_required},
          {"guardian_consent_required", school.guardian_consent_required},
          {"guardian_consent_version", school.guardian_consent_version},
          {"guests", school.guests},
          {"calendar_check_minutes", school.calendar_check_minutes}});
}

void add_consent_text(Transaction& tx, base::SchoolId school, std::int64_t version, const std::string& text,
                      base::Instant now) {
  tx.run("insert into guardian_consent_texts (school_id, version, text, created_at) values ($1, $2, $3, $4)", school,
         version, text, now);
}

bool has_bookings(Transaction& tx, base::SchoolId school) {
  return tx.number("select 1 from bookings where school_id = $1 order by starts_at limit 1", school).has_value();
}

}  // namespace store
