/// Who acts in whose name: guardians for their children, admins for half an hour, and what guardians have agreed to
/// (docs/decisions/0024). Each change is an event; personal values are with the people themselves.
#pragma once

#include "store/events.h"
#include "store/texts.h"

namespace store {

struct Guardianship {
  std::int64_t id;
  base::PersonId guardian, learner;
  base::Instant since;
};
void add_guardianship(Transaction& tx, const Author& author, const Guardianship& link);
void end_guardianship(Transaction& tx, const Author& author, const Guardianship& link);
std::optional<Guardianship> find_guardianship(Transaction& tx, base::SchoolId school, base::PersonId guardian,
                                              base::PersonId learner);
/// By since when.
std::vector<Guardianship> guardians_of(Transaction& tx, base::SchoolId school, base::PersonId learner);
std::vector<Guardianship> children_of(Transaction& tx, base::SchoolId school, base::PersonId guardian);

/// That lessons may be booked for a learner who is not of age.
struct GuardianConsent {
  std::int64_t id;
  base::PersonId learner, guardian;
  std::int64_t text_version;  ///< Of the school's text.
  base::Instant given_at;
};
void give_consent(Transaction& tx, const Author& author, const GuardianConsent& consent);
void withdraw_consent(Transaction& tx, const Author& author, const GuardianConsent& consent);
/// Those that stand.
std::vector<GuardianConsent> consents_for(Transaction& tx, base::SchoolId school, base::PersonId learner);

struct Impersonation {
  std::int64_t id;
  base::PersonId admin, person;
  base::TextId reason;  ///< About the person, under their key.
  base::Instant started_at, expires_at;
  std::optional<base::Instant> ended_at{};  ///< By hand.
};
void start_impersonation(Transaction& tx, const Author& author, const Impersonation& started);
void end_impersonation(Transaction& tx, const Author& author, const Impersonation& running);
/// Of this admin, at most one.
std::optional<Impersonation> running_impersonation(Transaction& tx, base::SchoolId school, base::PersonId admin,
                                                   base::Instant now);
/// Newest first, at most a hundred.
std::vector<Impersonation> impersonations_of(Transaction& tx, base::SchoolId school, base::PersonId person);
std::int64_t forget_impersonations(Transaction& tx, base::SchoolId school, base::Instant before, int limit);

}  // namespace store
