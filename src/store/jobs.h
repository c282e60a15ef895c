/// Jobs: what must still happen after a commit, made from events in order, exactly as often as it takes.
///
/// A job is level-triggered: it says "make this person know how this booking is now", so a later event moves the job
/// that is there instead of adding one.
#pragma once

#include <map>
#include <vector>

#include "store/events.h"

namespace store {

enum class JobKind {
  notice,
  reminder,
  invitation,
  password_reset,
  password_changed,
  address_proof,
  address_changed,
  factors_changed,
  identities_changed,
  data_export,
  guest_code,
  data_request,       ///< To whoever answers: one has come in,
  data_request_due,   ///< and it is due.
  data_request_news,  ///< To the person: what becomes of it.
  calendar_trouble,
  calendar  ///< How a lesson stands in the instructor's calendars elsewhere: no mail.
};
std::string_view to_string(JobKind kind);

struct JobKey {
  JobKind kind;
  base::BookingId booking;  ///< None where it is about an account; the id of the request where it is about one.
  base::PersonId person;
  std::chrono::minutes lead{0};  ///< Of a reminder: how long before the lesson, or before a request is due.
};

struct Job {
  base::SchoolId school;
  std::int64_t id;
  JobKey key;
  base::Instant due_at;
  int attempts;
  bool dead;
  std::string problem;
  base::Instant created_at;
  std::int64_t claim = 0;  ///< Of the worker that is at it.
};

/// Makes the job, or moves the one that is there (a dead one lives again). nullopt: there is to be none.
void put_job(Transaction& tx, base::SchoolId school, const JobKey& key, std::optional<base::Instant> due_at,
             base::Instant now);
/// Mail, and what is written into calendars elsewhere, wait for different partners: neither holds up the other.
enum class Work { mail, calendars };
/// Takes the job that is due the longest, of any school, for the worker that calls itself `claim`: nobody else gets it
/// for `claim_lasts`. With a reminder come all that are due for the same person; with other mail, up to `limit` others
/// of that school that are no reminders; with one of a calendar, up to `limit` others of that person, of whom nobody
/// gets one meanwhile. Empty: nothing is due.
inline constexpr std::chrono::seconds claim_lasts{90};
bool job_is_due(Transaction& tx, base::Instant now, Work work = Work::mail);
std::vector<Job> claim_jobs(Transaction& tx, base::Instant now, std::int64_t claim, int limit = 1,
                            Work work = Work::mail);
/// No event has moved the job since it was claimed.
bool job_stands(Transaction& tx, const Job& job);
/// No other worker has claimed it since, after a claim that has ended.
bool job_is_held(Transaction& tx, const Job& job);
/// What a worker has claimed and does not come to: it is due again.
void release_job(Transaction& tx, const Job& job);
/// What claims of workers that are gone have taken is due again.
void release_jobs(Transaction& tx);

/// The job is done, unless an event has moved it meanwhile.
void finish_job(Transaction& tx, const Job& job);
/// It is tried again at `due_at`; nullopt: it is dead.
void fail_job(Transaction& tx, const Job& job, const std::string& problem, std::optional<base::Instant> due_at);

/// A school's jobs, dead ones or waiting ones, by id, after this id.
std::vector<Job> list_jobs(Transaction& tx, base::SchoolId school, bool dead, std::int64_t after, int limit);
/// Who could not be told how a booking is: those of dead notices.
using NotReached = std::map<base::BookingId, std::vector<base::PersonId>>;
NotReached not_reached(Transaction& tx, base::SchoolId school);
/// A dead job is due again; false where there is no such dead job.
bool revive_job(Transaction& tx, base::SchoolId school, std::int64_t id, base::Instant now);
/// The version of the booking that this person was last told of; quiet events count as told. 0: never.
std::int64_t told_version(Transaction& tx, base::SchoolId school, base::BookingId booking, base::PersonId person);
void set_told(Transaction& tx, base::SchoolId school, base::BookingId booking, base::PersonId person,
              std::int64_t version);
/// Everybody who was ever told of this booking.
std::vector<base::PersonId> told_people(Transaction& tx, base::SchoolId school, base::BookingId booking);

/// The next events of any school that have not become jobs yet, oldest first, at most `limit`; advance() says that
/// those up to `position` have.
struct Undispatched {
  base::SchoolId school;
  std::int64_t position;
  Event event;
};
bool events_wait(Transaction& tx);  ///< For that, or (PostgreSQL) for their place.
std::vector<Undispatched> undispatched(Transaction& tx, int limit);
void advance(Transaction& tx, base::SchoolId school, std::int64_t position);

}  // namespace store
