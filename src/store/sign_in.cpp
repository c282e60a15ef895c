#include "store/sign_in.h"

namespace store {

std::optional<std::string> password_of(Transaction& tx, base::SchoolId school, base::PersonId person) {
  for (const Row row : tx.query("select hash from passwords where school_id = $1 and person_id = $2", school, person))
    return row.text(0);
  return std::nullopt;
}

bool has_way_in(Transaction& tx, base::SchoolId school, base::PersonId person) {
  for (const auto* sql : {"select 1 from passwords where school_id = $1 and person_id = $2",
                          "select 1 from identities where school_id = $1 and person_id = $2 limit 1",
                          "select 1 from passkeys where school_id = $1 and person_id = $2 limit 1"})
    if (tx.number(sql, school, person)) return true;
  return false;
}

void set_password(Transaction& tx, base::SchoolId school, base::PersonId person, const std::string& hash,
                  base::Instant now) {
  tx.run(
      "insert into passwords (school_id, person_id, hash, changed_at) values ($1, $2, $3, $4)"
      " on conflict (school_id, person_id) do update set hash = excluded.hash, changed_at = excluded.changed_at",
      school, person, hash, now);
}

void add_session(Transaction& tx, const Session& session) {
  tx.run(
      "insert into sessions (school_id, id, person_id, refresh_hash, created_at, used_at, expires_at, browser,"
      " second_factor) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      session.school, session.id, session.person, session.refresh_hash, session.created_at, session.used_at,
      session.expires_at, session.browser, session.second_factor);
}

std::optional<Session> find_session(Transaction& tx, base::SchoolId school, std::int64_t id) {
  for (const Row row :
       tx.query("select person_id, refresh_hash, previous_hash, previous_until, created_at, used_at, expires_at,"
                " ended_at, second_factor from sessions where school_id = $1 and id = $2",
                school, id))
    return Session{.school = school,
                   .id = id,
                   .person = row.id<base::PersonId>(0),
                   .refresh_hash = row.bytes(1),
                   .previous_hash = row.bytes(2),
                   .previous_until = row.instant(3),
                   .created_at = row.instant(4),
                   .used_at = row.instant(5),
                   .expires_at = row.instant(6),
                   .ended_at = row.null(7) ? std::nullopt : std::optional(row.instant(7)),
                   .second_factor = row.flag(8)};
  return std::nullopt;
}

void renew_session(Transaction& tx, const Session& session) {
  const auto rows = tx.run(
      "update sessions set refresh_hash = $3, previous_hash = $4, previous_until = $5, used_at = $6"
      " where school_id = $1 and id = $2",
      session.school, session.id, session.refresh_hash, session.previous_hash, session.previous_until, session.used_at);
  CHECK(rows == 1);
}

std::vector<SessionSummary> list_sessions(Transaction& tx, base::SchoolId school, base::PersonId person,
                                          base::Instant used_since, base::Instant now) {
  std::vector<SessionSummary> sessions;
  for (const Row row : tx.query("select id, created_at, used_at, browser from sessions where school_id = $1"
                                " and person_id = $2 and ended_at is null and used_at > $3 and expires_at > $4"
                                " order by used_at desc, id desc limit 200",
                                school, person, used_since, now))
    sessions.push_back({row.integer(0), row.instant(1), row.instant(2), row.text(3)});
  return sessions;
}

void end_sessions(Transaction& tx, base::SchoolId school, base::PersonId person, base::Instant now,
                  std::optional<std::int64_t> but) {
  std::vector<std::int64_t> ids;
  for (const Row row :
       tx.query("select id from sessions where school_id = $1 and person_id = $2 and ended_at is null", school, person))
    if (row.integer(0) != but) ids.push_back(row.integer(0));
  for (const auto id : ids) end_session(tx, school, id, now);
}

bool end_session(Transaction& tx, base::SchoolId school, std::int64_t id, base::Instant now) {
  const bool ended = tx.run("update sessions set ended_at = $3 where school_id = $1 and id = $2 and ended_at is null",
                            school, id, now) == 1;
  if (ended) tx.touched.push_back({"session", school.value, id, base::to_seconds(now)});
  return ended;
}

std::vector<EndedSession> sessions_ended(Transaction& tx, base::SchoolId school, base::Instant since) {
  std::vector<EndedSession> ended;
  for (const Row row :
       tx.query("select id, ended_at from sessions where school_id = $1 and ended_at >= $2", school, since))
    ended.push_back({row.integer(0), row.instant(1)});
  return ended;
}

std::int64_t forget_sessions(Transaction& tx, base::SchoolId school, base::Instant before, int limit) {
  return tx.run(
      "delete from sessions where school_id = $1 and id in (select id from sessions"
      " where school_id = $1 and (expires_at < $2 or ended_at < $2) limit $3)",
      school, before, limit);
}

std::optional<Account> find_account(Transaction& tx, base::SchoolId school, base::PersonId person) {
  for (const Row row : tx.query("select role, active from people where school_id = $1 and id = $2", school, person))
    return Account{*role_from_text(row.view(0)), row.flag(1)};
  return std::nullopt;
}

namespace {
std::string_view to_string(LinkPurpose purpose) {
  return purpose == LinkPurpose::welcome ? "welcome" : "reset";
}
}  // namespace

void add_link(Transaction& tx, base::SchoolId school, base::PersonId person, LinkPurpose purpose, const Bytes& hash,
              base::Instant expires_at) {
  tx.run("insert into one_time_tokens (school_id, hash, person_id, purpose, expires_at) values ($1, $2, $3, $4, $5)",
         school, hash, person, to_string(purpose), expires_at);
}

std::optional<base::PersonId> find_link(Transaction& tx, base::SchoolId school, const Bytes& hash, base::Instant now) {
  const auto person =
      tx.number("select person_id from one_time_tokens where school_id = $1 and hash = $2 and expires_at > $3", school,
                hash, now);
  return person ? std::optional(base::PersonId{*person}) : std::nullopt;
}

std::int64_t count_links(Transaction& tx, base::SchoolId school, base::PersonId person, LinkPurpose purpose,
                         base::Instant now) {
  return *tx.number(
      "select count(*) from one_time_tokens where school_id = $1 and person_id = $2 and purpose = $3"
      " and expires_at > $4",
      school, person, to_string(purpose), now);
}

bool spend_link(Transaction& tx, base::SchoolId school, const Bytes& hash) {
  return tx.run("delete from one_time_tokens where school_id = $1 and hash = $2", school, hash) == 1;
}

void drop_links(Transaction& tx, base::SchoolId school, base::PersonId person) {
  tx.run("delete from one_time_tokens where school_id = $1 and person_id = $2", school, person);
}

void put_feed(Transaction& tx, base::SchoolId school, base::PersonId person, const Bytes& hash, base::Instant now) {
  tx.run(
      "insert into feeds (school_id, person_id, token_hash, created_at) values ($1, $2, $3, $4)"
      " on conflict (school_id, person_id) do update set token_hash = excluded.token_hash,"
      " created_at = excluded.created_at",
      school, person, hash, now);
}

std::optional<base::PersonId> find_feed(Transaction& tx, base::SchoolId school, const Bytes& hash) {
  const auto found = tx.number("select person_id from feeds where school_id = $1 and token_hash = $2", school, hash);
  return found ? std::optional(base::PersonId{*found}) : std::nullopt;
}

std::optional<base::Instant> feed_of(Transaction& tx, base::SchoolId school, base::PersonId person) {
  const auto since = tx.number("select created_at from feeds where school_id = $1 and person_id = $2", school, person);
  return since ? std::optional(base::from_seconds(*since)) : std::nullopt;
}

void drop_feed(Transaction& tx, base::SchoolId school, base::PersonId person) {
  tx.run("delete from feeds where school_id = $1 and person_id = $2", school, person);
}

std::optional<base::SchoolId> school_of(Transaction& tx, const std::optional<std::string>& slug) {
  std::vector<base::SchoolId> found;
  if (slug) {
    for (const Row row : tx.query("select school_id from schools where slug = $1", *slug))
      found.push_back(row.id<base::SchoolId>(0));
  } else {
    for (const Row row : tx.query("select school_id from schools limit 2")) found.push_back(row.id<base::SchoolId>(0));
  }
  return found.size() == 1 ? std::optional(found.front()) : std::nullopt;
}

}  // namespace store
