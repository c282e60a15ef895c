// The school's own row.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include "store/schedules.h"

namespace store {

SchoolRow find_school(Transaction& tx, base::SchoolId id) {
  for (const Row row : tx.query("select slug, name, zone, currency, approval, version, reminders, colour, notice_texts,"
                                " audit_months, registration, second_factor_required, guests from schools where school_id = $1",
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
            row.flag(12)};
  throw base::Bug("a school that is not there");
}

std::vector<base::SchoolId> all_schools(Transaction& tx) {
  std::vector<base::SchoolId> ids;
  for (const Row row : tx.query("select school_id from schools order by school_id"))
    ids.push_back(row.id<base::SchoolId>(0));
  return ids;
}

std::optional<base::SchoolId> school_with_slug(Transaction& tx, std::string_view slug) {
  const auto id = tx.number("select school_id from schools where slug = $1", slug);
  return id ? std::optional(base::SchoolId{*id}) : std::nullopt;
}

void put_school(Transaction& tx, const Author& author, const SchoolRow& school) {
  tx.run(
      "insert into schools (school_id, slug, name, zone, currency, approval, version, created_at, reminders, colour,"
      " notice_texts, audit_months, registration, second_factor_required, guests)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict (school_id)"
      " do update set name = excluded.name, zone = excluded.zone, currency = excluded.currency, version ="
      " excluded.version, approval = excluded.approval, reminders = excluded.reminders, colour = excluded.colour,"
      " notice_texts = excluded.notice_texts, audit_months = excluded.audit_months,"
      " registration = excluded.registration, second_factor_required = excluded.second_factor_required,"
      " guests = excluded.guests",
      school.id, school.slug, school.name, school.zone, school.currency, school.approval, school.version, author.now,
      domain::to_text(school.leads), school.colour, boost::json::serialize(boost::json::value_from(school.words)),
      school.audit_months, school.registration, school.second_factor_required, school.guests);
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
          {"guests", school.guests}});
}

bool has_bookings(Transaction& tx, base::SchoolId school) {
  return tx.number("select 1 from bookings where school_id = $1 order by starts_at limit 1", school).has_value();
}

}  // namespace store
