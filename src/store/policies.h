/// What a school publishes (its terms, the notice of art. 13 GDPR, purposes to which people may consent), in versions
/// that all stay, and what each person said to which of them (docs/decisions/0023).
#pragma once

#include "store/events.h"

namespace store {

enum class PolicyKind {
  terms,   ///< Accepted when a learner books.
  notice,  ///< Shown to whoever makes an account.
  photos,  ///< Consent: pictures of the person are published.
  news     ///< Consent: offers and news are sent.
};
inline constexpr PolicyKind all_policies[] = {PolicyKind::terms, PolicyKind::notice, PolicyKind::photos,
                                              PolicyKind::news};
std::string_view to_string(PolicyKind kind);
std::optional<PolicyKind> policy_from_text(std::string_view text);
/// Given and withdrawn freely, each by itself (art. 7 GDPR).
constexpr bool is_consent(PolicyKind kind) {
  return kind == PolicyKind::photos || kind == PolicyKind::news;
}

struct Policy {
  PolicyKind kind;
  std::int64_t version;
  std::string text;  ///< "": from this version on there is none.
  base::Instant published_at;
};
/// All versions, by kind and the newest first.
std::vector<Policy> list_policies(Transaction& tx, base::SchoolId school);
/// The newest; nullopt: nothing was ever published.
std::optional<Policy> newest_policy(Transaction& tx, base::SchoolId school, PolicyKind kind);
/// Those that say something, in the order of the kinds.
std::vector<Policy> current_policies(Transaction& tx, base::SchoolId school);
/// The version of the terms that hold; 0: there are none.
std::int64_t current_terms(Transaction& tx, base::SchoolId school);
/// Row and event; the caller has checked that the version is the next one.
void publish(Transaction& tx, const Author& author, const Policy& policy);

struct Agreement {
  std::int64_t id;
  base::PersonId person;
  PolicyKind kind;
  std::int64_t version;
  bool given;  ///< false: withdrawn.
  base::Instant at;
};
/// What this person said last.
std::optional<Agreement> last_agreement(Transaction& tx, base::SchoolId school, base::PersonId person, PolicyKind kind);
/// Row and event; nothing that was said before changes.
void add_agreement(Transaction& tx, const Author& author, const Agreement& agreement);

}  // namespace store
