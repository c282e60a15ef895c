/// What is done before a benchmark of bookings, and what stands in the tables after it.
#pragma once

#include "actions/find_times.h"
#include "prove/load.h"
#include "prove/tables.h"

namespace booked {

/// As whoever books has done: each learner has looked at the week of the instructor, so calendars are in memory.
inline void look_at_times(prove::OpenSchool& school, const prove::Plan& plan) {
  const auto now = base::from_seconds(prove::first_monday - prove::hour);
  const domain::Date from{std::chrono::floor<std::chrono::days>(now + std::chrono::hours{2})};
  for (std::int64_t number = 0; number < plan.instructors; ++number) {
    const actions::Caller who{{{prove::school_id}, {plan.learner(number)}, auth::Role::learner}, now, "bench"};
    const actions::TimesQuery query{.type = {plan.kinds[0].id},
                                    .from = from,
                                    .to = domain::add_days(from, 7),
                                    .instructor = {plan.instructor(number)}};
    if (!actions::find_times(school.context(), who, query)) throw std::runtime_error("no free times to look at");
  }
}

/// FNV-1a over what was booked, without ids and versions of chance.
inline std::uint64_t hash_of(const std::string& address) {
  std::uint64_t hash = 14'695'981'039'346'656'037u;
  prove::Tables tables(address);
  tables.each(
      "select instructor_id, learner_id, vehicle_id, starts_at, ends_at, status, price_minor from bookings"
      " order by starts_at, instructor_id",
      [&](const prove::Tables::Values& values) {
        for (const auto& value : values)
          for (const char c : value + "\n") hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
      });
  return hash;
}

}  // namespace booked
