#include "store/factors.h"

#include "store/sign_in.h"

namespace store {

void lock_factors(Transaction& tx, base::SchoolId school, base::PersonId person) {
  tx.run("update people set version = version where school_id = $1 and id = $2", school, person);
}

bool second_factor_required(Transaction& tx, base::SchoolId school) {
  const std::string lock = tx.engine() == Engine::postgresql ? " for share" : "";
  return tx.number("select second_factor_required from schools where school_id = $1" + lock, school) == 1;
}

Factors factors_of(Transaction& tx, base::SchoolId school, base::PersonId person) {
  const auto count = [&](const char* sql) { return tx.number(sql, school, person).value_or(0); };
  return {.totp = count("select count(*) from totp where school_id = $1 and person_id = $2 and sealed is not null") > 0,
          .backup_codes = count("select count(*) from backup_codes where school_id = $1 and person_id = $2"),
          .passkeys = count("select count(*) from passkeys where school_id = $1 and person_id = $2")};
}

bool drop_factors(Transaction& tx, base::SchoolId school, base::PersonId person) {
  const bool some = factors_of(tx, school, person).any();
  drop_totp(tx, school, person);
  tx.run("delete from passkeys where school_id = $1 and person_id = $2", school, person);
  return some;
}

Totp totp_of(Transaction& tx, base::SchoolId school, base::PersonId person) {
  for (const Row row : tx.query(
           "select sealed, pending, pending_until from totp where school_id = $1 and person_id = $2", school, person))
    return {row.bytes(0), row.bytes(1), row.instant(2)};
  return {};
}

void put_pending_totp(Transaction& tx, base::SchoolId school, base::PersonId person, const Bytes& sealed,
                      base::Instant until) {
  tx.run(
      "insert into totp (school_id, person_id, pending, pending_until) values ($1, $2, $3, $4)"
      " on conflict (school_id, person_id) do update set pending = excluded.pending,"
      " pending_until = excluded.pending_until",
      school, person, sealed, until);
}

bool confirm_totp(Transaction& tx, base::SchoolId school, base::PersonId person, const Bytes& pending,
                  std::int64_t step) {
  return tx.run(
             "update totp set sealed = pending, last_step = $4, pending = null, pending_until = null"
             " where school_id = $1 and person_id = $2 and pending = $3",
             school, person, pending, step) == 1;
}

bool take_totp_step(Transaction& tx, base::SchoolId school, base::PersonId person, const Bytes& sealed,
                    std::int64_t step) {
  return tx.run(
             "update totp set last_step = $4 where school_id = $1 and person_id = $2 and sealed = $3"
             " and last_step < $4",
             school, person, sealed, step) == 1;
}

void drop_totp(Transaction& tx, base::SchoolId school, base::PersonId person) {
  tx.run("delete from totp where school_id = $1 and person_id = $2", school, person);
  tx.run("delete from backup_codes where school_id = $1 and person_id = $2", school, person);
}

void put_backup_codes(Transaction& tx, base::SchoolId school, base::PersonId person, std::span<const Bytes> hashes) {
  tx.run("delete from backup_codes where school_id = $1 and person_id = $2", school, person);
  for (const auto& hash : hashes)
    tx.run("insert into backup_codes (school_id, person_id, hash) values ($1, $2, $3)", school, person, hash);
}

std::vector<Bytes> backup_codes_of(Transaction& tx, base::SchoolId school, base::PersonId person) {
  std::vector<Bytes> hashes;
  for (const Row row :
       tx.query("select hash from backup_codes where school_id = $1 and person_id = $2", school, person))
    hashes.push_back(row.bytes(0));
  return hashes;
}

bool spend_backup_code(Transaction& tx, base::SchoolId school, base::PersonId person, const Bytes& hash) {
  return tx.run("delete from backup_codes where school_id = $1 and person_id = $2 and hash = $3", school, person,
                hash) == 1;
}

bool add_passkey(Transaction& tx, base::SchoolId school, const Passkey& passkey) {
  return tx.run(
             "insert into passkeys (school_id, id, person_id, credential_id, algorithm, public_key, sign_count, sealed,"
             " created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
             " on conflict (school_id, credential_id) do nothing",
             school, passkey.id, passkey.person, passkey.credential_id, passkey.algorithm, passkey.public_key,
             passkey.sign_count, passkey.sealed_name, passkey.created_at) == 1;
}

namespace {
template <class... Values>
std::vector<Passkey> passkeys_where(Transaction& tx, std::string_view condition, const Values&... values) {
  std::vector<Passkey> passkeys;
  for (const Row row :
       tx.query("select id, person_id, credential_id, algorithm, public_key, sign_count, sealed, created_at, used_at"
                " from passkeys where school_id = $1 and " +
                    std::string(condition),
                values...))
    passkeys.push_back({.id = row.integer(0),
                        .person = row.id<base::PersonId>(1),
                        .credential_id = row.bytes(2),
                        .algorithm = static_cast<int>(row.integer(3)),
                        .public_key = row.bytes(4),
                        .sign_count = row.integer(5),
                        .sealed_name = row.bytes(6),
                        .created_at = row.instant(7),
                        .used_at = row.null(8) ? std::nullopt : std::optional(row.instant(8))});
  return passkeys;
}
}  // namespace

std::vector<Passkey> passkeys_of(Transaction& tx, base::SchoolId school, base::PersonId person) {
  return passkeys_where(tx, "person_id = $2 order by id", school, person);
}

std::optional<Passkey> find_passkey(Transaction& tx, base::SchoolId school, const Bytes& credential_id) {
  auto found = passkeys_where(tx, "credential_id = $2", school, credential_id);
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

bool use_passkey(Transaction& tx, base::SchoolId school, std::int64_t id, std::int64_t sign_count, base::Instant now) {
  return tx.run(
             "update passkeys set sign_count = $3, used_at = $4 where school_id = $1 and id = $2"
             " and (sign_count < $3 or (sign_count = 0 and $3 = 0))",
             school, id, sign_count, now) == 1;
}

bool rename_passkey(Transaction& tx, base::SchoolId school, base::PersonId person, std::int64_t id,
                    const Bytes& sealed_name) {
  return tx.run("update passkeys set sealed = $4 where school_id = $1 and id = $2 and person_id = $3", school, id,
                person, sealed_name) == 1;
}

bool remove_passkey(Transaction& tx, base::SchoolId school, base::PersonId person, std::int64_t id) {
  return tx.run("delete from passkeys where school_id = $1 and id = $2 and person_id = $3", school, id, person) == 1;
}

bool spend_challenge(Transaction& tx, base::SchoolId school, const Bytes& hash, base::Instant expires_at) {
  return tx.run(
             "insert into spent_challenges (school_id, hash, expires_at) values ($1, $2, $3)"
             " on conflict (school_id, hash) do nothing",
             school, hash, expires_at) == 1;
}

std::int64_t forget_challenges(Transaction& tx, base::SchoolId school, base::Instant before, int limit) {
  return tx.run(
      "delete from spent_challenges where school_id = $1 and hash in (select hash from spent_challenges"
      " where school_id = $1 and expires_at < $2 limit $3)",
      school, before, limit);
}

void mark_session(Transaction& tx, base::SchoolId school, std::int64_t id, bool second_factor) {
  tx.run("update sessions set second_factor = $3 where school_id = $1 and id = $2", school, id, second_factor);
}

bool session_has_factor(Transaction& tx, base::SchoolId school, std::int64_t id) {
  return tx.number("select second_factor from sessions where school_id = $1 and id = $2", school, id) == 1;
}

void end_sessions_without_factor(Transaction& tx, base::SchoolId school, base::Instant now) {
  std::vector<std::int64_t> ids;
  for (const Row row : tx.query("select sessions.id from people join sessions on sessions.school_id = people.school_id"
                                " and sessions.person_id = people.id where people.school_id = $1 and people.role not "
                                "in ('learner', 'guardian')"
                                " and sessions.ended_at is null and sessions.second_factor = 0",
                                school))
    ids.push_back(row.integer(0));
  for (const auto id : ids) end_session(tx, school, id, now);
}

}  // namespace store
