#include "store/jobs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace store {

namespace {

constexpr std::string_view job_columns =
    "select school_id, id, kind, booking_id, person_id, lead, due_at, attempts, dead, problem, created_at, claim from "
    "jobs ";

constexpr std::array<std::string_view, 16> kinds{
    "notice",        "reminder",        "invitation",       "password_reset",     "password_changed",
    "address_proof", "address_changed", "factors_changed",  "identities_changed", "data_export",
    "guest_code",    "data_request",    "data_request_due", "data_request_news",  "calendar_trouble",
    "calendar"};

JobKind kind_from(std::string_view text) {
  const auto found = std::ranges::find(kinds, text);
  CHECK(found != kinds.end());
  return static_cast<JobKind>(found - kinds.begin());
}

Job job_from(const Row& row) {
  return {.school = row.id<base::SchoolId>(0),
          .id = row.integer(1),
          .key = {.kind = kind_from(row.view(2)),
                  .booking = row.id<base::BookingId>(3),
                  .person = row.id<base::PersonId>(4),
                  .lead = row.minutes(5)},
          .due_at = row.instant(6),
          .attempts = static_cast<int>(row.integer(7)),
          .dead = row.flag(8),
          .problem = row.text(9),
          .created_at = row.instant(10),
          .claim = row.integer(11)};
}

template <class... Values>
std::vector<Job> jobs_where(Transaction& tx, std::string_view condition, const Values&... values) {
  std::vector<Job> jobs;
  for (const Row row : tx.query(std::string(job_columns) + std::string(condition), values...))
    jobs.push_back(job_from(row));
  return jobs;
}

std::string due(Work work) {
  return fmt::format("dead = 0 and due_at <= $1 and taken_until <= $1 and kind {} 'calendar'",
                     work == Work::mail ? "<>" : "=");
}
/// Two who write into one person's calendars would write in any order.
constexpr const char* unless_at_it =
    " and not exists (select 1 from jobs other where other.school_id = jobs.school_id and other.kind = 'calendar'"
    " and other.person_id = jobs.person_id and other.taken_until > $1)";

}  // namespace

std::string_view to_string(JobKind kind) {
  return kinds[static_cast<std::size_t>(kind)];
}

void put_job(Transaction& tx, base::SchoolId school, const JobKey& key, std::optional<base::Instant> due_at,
             base::Instant now) {
  if (!due_at) {
    tx.run_later(
        "delete from jobs where school_id = $1 and kind = $2 and booking_id = $3 and person_id = $4 and lead = $5",
        school, to_string(key.kind), key.booking.value, key.person, key.lead);
    return;
  }
  tx.run_later(
      "insert into jobs (school_id, id, kind, booking_id, person_id, lead, due_at, created_at)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8)"
      // Whoever is at it sees that it was moved, also within one second.
      " on conflict (school_id, kind, booking_id, person_id, lead) do update set due_at = case when"
      " jobs.kind = 'calendar' and jobs.taken_until > 0 and jobs.due_at <= excluded.due_at then jobs.due_at - 1"
      " else excluded.due_at end,"
      " attempts = 0, dead = 0, problem = ''",
      school, base::make_id(), to_string(key.kind), key.booking.value, key.person, key.lead, *due_at, now);
}

bool job_is_due(Transaction& tx, base::Instant now, Work work) {
  return tx.number(fmt::format("select 1 from jobs where {} order by due_at limit 1", due(work)), now).has_value();
}

std::vector<Job> claim_jobs(Transaction& tx, base::Instant now, std::int64_t claim, int limit, Work work) {
  // Several workers: whoever comes second looks at the next one instead of waiting.
  const std::string skip = tx.engine() == Engine::postgresql ? " for update of jobs skip locked" : "";
  const std::string due = "where " + store::due(work), in_order = " order by due_at, id";
  const std::string alone = work == Work::mail ? "" : unless_at_it;
  auto jobs = jobs_where(tx, due + alone + in_order + " limit 1" + skip, now);
  if (jobs.empty()) return jobs;
  const auto& first = jobs.front();
  if (work == Work::calendars)
    jobs = jobs_where(tx, due + " and school_id = $2 and person_id = $3" + in_order + " limit $4" + skip, now,
                      first.school, first.key.person, limit);
  else if (first.key.kind == JobKind::reminder)
    jobs = jobs_where(tx, due + " and school_id = $2 and kind = 'reminder' and person_id = $3" + in_order + skip, now,
                      first.school, first.key.person);
  else
    jobs = jobs_where(tx, due + " and school_id = $2 and kind <> 'reminder'" + in_order + " limit $3" + skip, now,
                      first.school, limit);
  for (auto& job : jobs) {
    job.claim = claim;
    tx.run_later("update jobs set claim = $3, taken_until = $4 where school_id = $1 and id = $2", job.school, job.id,
                 claim, now + claim_lasts);
  }
  return jobs;
}

void release_jobs(Transaction& tx) {
  tx.run("update jobs set taken_until = 0 where taken_until > 0");
}

bool job_stands(Transaction& tx, const Job& job) {
  return tx
      .number("select 1 from jobs where school_id = $1 and id = $2 and due_at = $3 and claim = $4", job.school, job.id,
              job.due_at, job.claim)
      .has_value();
}

bool job_is_held(Transaction& tx, const Job& job) {
  return tx.number("select 1 from jobs where school_id = $1 and id = $2 and claim = $3", job.school, job.id, job.claim)
      .has_value();
}

void release_job(Transaction& tx, const Job& job) {
  tx.run("update jobs set taken_until = 0 where school_id = $1 and id = $2 and claim = $3", job.school, job.id,
         job.claim);
}

void finish_job(Transaction& tx, const Job& job) {
  const auto done = tx.run("delete from jobs where school_id = $1 and id = $2 and due_at = $3 and claim = $4",
                           job.school, job.id, job.due_at, job.claim);
  if (done == 0) release_job(tx, job);  // An event has moved it while the worker was at it.
}

void fail_job(Transaction& tx, const Job& job, const std::string& problem, std::optional<base::Instant> due_at) {
  tx.run(
      "update jobs set attempts = attempts + 1, problem = $4, dead = $5, due_at = $6"
      " where school_id = $1 and id = $2 and due_at = $3 and claim = $7",
      job.school, job.id, job.due_at, problem, !due_at.has_value(), due_at.value_or(job.due_at), job.claim);
  release_job(tx, job);
}

std::vector<Job> list_jobs(Transaction& tx, base::SchoolId school, bool dead, std::int64_t after, int limit) {
  return jobs_where(tx, "where school_id = $1 and dead = $2 and id > $3 order by id limit $4", school, dead, after,
                    limit);
}

NotReached not_reached(Transaction& tx, base::SchoolId school) {
  NotReached people;
  for (const Row row : tx.query("select booking_id, person_id from jobs where school_id = $1 and dead = 1"
                                " and kind = 'notice' order by id",
                                school))
    people[row.id<base::BookingId>(0)].push_back(row.id<base::PersonId>(1));
  return people;
}

bool revive_job(Transaction& tx, base::SchoolId school, std::int64_t id, base::Instant now) {
  return tx.run(
             "update jobs set dead = 0, attempts = 0, due_at = $3 where school_id = $1 and id = $2"
             " and dead = 1",
             school, id, now) == 1;
}

std::int64_t told_version(Transaction& tx, base::SchoolId school, base::BookingId booking, base::PersonId person) {
  const auto told = tx.number("select version from notices where school_id = $1 and booking_id = $2 and person_id = $3",
                              school, booking, person);
  const auto quiet = tx.number("select max(version) from events where school_id = $1 and stream = $2 and quiet = 1",
                               school, "booking/" + base::to_text(booking));
  return std::max(told.value_or(0), quiet.value_or(0));
}

void set_told(Transaction& tx, base::SchoolId school, base::BookingId booking, base::PersonId person,
              std::int64_t version) {
  tx.run(
      "insert into notices (school_id, booking_id, person_id, version) values ($1, $2, $3, $4)"
      " on conflict (school_id, booking_id, person_id) do update set version = excluded.version",
      school, booking, person, version);
}

std::vector<base::PersonId> told_people(Transaction& tx, base::SchoolId school, base::BookingId booking) {
  std::vector<base::PersonId> people;
  for (const Row row :
       tx.query("select person_id from notices where school_id = $1 and booking_id = $2 order by 1", school, booking))
    people.push_back(row.id<base::PersonId>(0));
  return people;
}

bool events_wait(Transaction& tx) {
  if (tx.engine() == Engine::postgresql && tx.number("select 1 from event_inbox limit 1")) return true;
  return tx
      .number(
          "select 1 from event_cursor c left join dispatch_cursor d on d.school_id = c.school_id"
          " where c.position > coalesce(d.position, 0) limit 1")
      .has_value();
}

std::vector<Undispatched> undispatched(Transaction& tx, int limit) {
  std::vector<std::pair<base::SchoolId, std::int64_t>> behind;
  for (const Row row : tx.query("select c.school_id, coalesce(d.position, 0) from event_cursor c"
                                " left join dispatch_cursor d on d.school_id = c.school_id"
                                " where c.position > coalesce(d.position, 0) order by 1"))
    behind.emplace_back(row.id<base::SchoolId>(0), row.integer(1));
  std::vector<Undispatched> found;
  for (const auto& [school, position] : behind) {
    tx.enter(school);
    for (auto& [at, event] : events_after(tx, school, position, limit - static_cast<int>(found.size())))
      found.push_back({school, at, std::move(event)});
  }
  return found;
}

void advance(Transaction& tx, base::SchoolId school, std::int64_t position) {
  tx.run(
      "insert into dispatch_cursor (school_id, position) values ($1, $2)"
      " on conflict (school_id) do update set position = excluded.position",
      school, position);
}

}  // namespace store
