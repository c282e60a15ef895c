#include "store/acting.h"

#include <fmt/format.h>

namespace store {

namespace {

boost::json::object state(const Guardianship& link) {
  return {{"id", base::to_text(link.id)},
          {"guardian_id", base::to_text(link.guardian)},
          {"learner_id", base::to_text(link.learner)}};
}
boost::json::object state(const GuardianConsent& consent) {
  return {{"id", base::to_text(consent.id)},
          {"guardian_id", base::to_text(consent.guardian)},
          {"learner_id", base::to_text(consent.learner)},
          {"text_version", consent.text_version}};
}
boost::json::object state(const Impersonation& impersonation) {
  return {{"id", base::to_text(impersonation.id)},
          {"admin_id", base::to_text(impersonation.admin)},
          {"person_id", base::to_text(impersonation.person)},
          {"reason", base::to_text(impersonation.reason)},
          {"until", base::to_text(impersonation.expires_at)}};
}

/// It begins as version 1 of a stream of its own and ends as version 2.
void tell(Transaction& tx, const Author& author, const std::string& name, std::int64_t id, int version,
          const std::string& type, const boost::json::object& data) {
  append(tx, author, name + "/" + base::to_text(id), version, type, data);
}

constexpr auto guardianship_columns = "id, guardian_id, learner_id, created_at";
std::vector<Guardianship> guardianships(Transaction& tx, std::string_view where, base::SchoolId school,
                                        base::PersonId person) {
  std::vector<Guardianship> found;
  for (const Row row : tx.query(fmt::format("select {} from guardianships where school_id = $1 and {} = $2 order by"
                                            " created_at, id",
                                            guardianship_columns, where),
                                school, person))
    found.push_back({row.integer(0), row.id<base::PersonId>(1), row.id<base::PersonId>(2), row.instant(3)});
  return found;
}

constexpr auto impersonation_columns = "id, admin_id, person_id, reason_id, started_at, expires_at, ended_at";
Impersonation impersonation_from(const Row& row) {
  return {row.integer(0),
          row.id<base::PersonId>(1),
          row.id<base::PersonId>(2),
          row.id<base::TextId>(3),
          row.instant(4),
          row.instant(5),
          row.null(6) ? std::nullopt : std::optional(row.instant(6))};
}

}  // namespace

void add_guardianship(Transaction& tx, const Author& author, const Guardianship& link) {
  tx.run("insert into guardianships (school_id, guardian_id, learner_id, id, created_at) values ($1, $2, $3, $4, $5)",
         author.school, link.guardian, link.learner, link.id, link.since);
  tell(tx, author, "guardianship", link.id, 1, "guardianship_added", state(link));
}

void end_guardianship(Transaction& tx, const Author& author, const Guardianship& link) {
  tx.run("delete from guardianships where school_id = $1 and guardian_id = $2 and learner_id = $3", author.school,
         link.guardian, link.learner);
  tell(tx, author, "guardianship", link.id, 2, "guardianship_ended", state(link));
}

std::optional<Guardianship> find_guardianship(Transaction& tx, base::SchoolId school, base::PersonId guardian,
                                              base::PersonId learner) {
  for (const Row row : tx.query(fmt::format("select {} from guardianships where school_id = $1 and guardian_id = $2"
                                            " and learner_id = $3",
                                            guardianship_columns),
                                school, guardian, learner))
    return Guardianship{row.integer(0), guardian, learner, row.instant(3)};
  return std::nullopt;
}

std::vector<Guardianship> guardians_of(Transaction& tx, base::SchoolId school, base::PersonId learner) {
  return guardianships(tx, "learner_id", school, learner);
}

std::vector<Guardianship> children_of(Transaction& tx, base::SchoolId school, base::PersonId guardian) {
  return guardianships(tx, "guardian_id", school, guardian);
}

void give_consent(Transaction& tx, const Author& author, const GuardianConsent& consent) {
  tx.run(
      "insert into guardian_consents (school_id, id, learner_id, guardian_id, text_version, given_at)"
      " values ($1, $2, $3, $4, $5, $6)",
      author.school, consent.id, consent.learner, consent.guardian, consent.text_version, consent.given_at);
  tell(tx, author, "guardian-consent", consent.id, 1, "guardian_consent_given", state(consent));
}

void withdraw_consent(Transaction& tx, const Author& author, const GuardianConsent& consent) {
  tx.run("update guardian_consents set withdrawn_at = $3 where school_id = $1 and id = $2", author.school, consent.id,
         author.now);
  tell(tx, author, "guardian-consent", consent.id, 2, "guardian_consent_withdrawn", state(consent));
}

std::vector<GuardianConsent> consents_for(Transaction& tx, base::SchoolId school, base::PersonId learner) {
  std::vector<GuardianConsent> found;
  for (const Row row : tx.query("select id, guardian_id, text_version, given_at from guardian_consents"
                                " where school_id = $1 and learner_id = $2 and withdrawn_at is null order by id",
                                school, learner))
    found.push_back({row.integer(0), learner, row.id<base::PersonId>(1), row.integer(2), row.instant(3)});
  return found;
}

void start_impersonation(Transaction& tx, const Author& author, const Impersonation& started) {
  tx.run(
      "insert into impersonations (school_id, id, admin_id, person_id, reason_id, started_at, expires_at)"
      " values ($1, $2, $3, $4, $5, $6, $7)",
      author.school, started.id, started.admin, started.person, started.reason, started.started_at, started.expires_at);
  tell(tx, author, "impersonation", started.id, 1, "impersonation_started", state(started));
}

void end_impersonation(Transaction& tx, const Author& author, const Impersonation& running) {
  tx.run("update impersonations set ended_at = $3 where school_id = $1 and id = $2", author.school, running.id,
         author.now);
  tell(tx, author, "impersonation", running.id, 2, "impersonation_ended", state(running));
}

std::optional<Impersonation> running_impersonation(Transaction& tx, base::SchoolId school, base::PersonId admin,
                                                   base::Instant now) {
  for (const Row row : tx.query(fmt::format("select {} from impersonations where school_id = $1 and admin_id = $2"
                                            " and expires_at > $3 and ended_at is null",
                                            impersonation_columns),
                                school, admin, now))
    return impersonation_from(row);
  return std::nullopt;
}

std::vector<Impersonation> impersonations_of(Transaction& tx, base::SchoolId school, base::PersonId person) {
  std::vector<Impersonation> found;
  for (const Row row : tx.query(fmt::format("select {} from impersonations where school_id = $1 and person_id = $2"
                                            " order by id desc limit 100",
                                            impersonation_columns),
                                school, person))
    found.push_back(impersonation_from(row));
  return found;
}

std::int64_t forget_impersonations(Transaction& tx, base::SchoolId school, base::Instant before, int limit) {
  return tx.run(
      "delete from impersonations where school_id = $1 and id in (select id from impersonations where school_id = $1"
      " and started_at < $2 order by started_at limit $3)",
      school, before, limit);
}

}  // namespace store
