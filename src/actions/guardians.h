/// Guardians of learners: the office links them, until it ends that or the learner comes of age, and they agree to
/// lessons.
#pragma once

#include "actions/faults.h"
#include "actions/identity.h"
#include "store/acting.h"
#include "store/idempotency.h"

namespace actions {

struct GuardianView {
  store::Guardianship link;
  store::Person guardian;
  std::optional<domain::Date> until{};              ///< The learner's coming of age, where it is known.
  std::optional<store::GuardianConsent> consent{};  ///< Theirs.
};
base::Result<std::vector<GuardianView>> list_guardians(const Identity& identity, const Caller& caller,
                                                       base::PersonId learner);
/// wrong_status where the learner is of age or has this guardian.
base::Result<Made<GuardianView>> add_guardian(const Identity& identity, const Caller& caller, base::PersonId learner,
                                              base::PersonId guardian, const store::RequestKey& key);
/// Their consent ends as well.
base::Done end_guardian(const Identity& identity, const Caller& caller, base::PersonId learner,
                        base::PersonId guardian);

enum class ConsentState { not_asked, missing, given };
struct ChildView {
  store::Guardianship link;
  store::Person learner;
  std::optional<domain::Date> until{};
  ConsentState consent;
};
base::Result<std::vector<ChildView>> list_children(const Identity& identity, const Caller& caller);
/// To the school's text as it is; invalid_input where that has another version than `text_version`.
base::Done give_consent(const Identity& identity, const Caller& caller, base::PersonId learner,
                        std::int64_t text_version);
base::Done withdraw_consent(const Identity& identity, const Caller& caller, base::PersonId learner);

/// Whether the link still counts: not any more from the day on on which the learner comes of age.
bool is_minor(const store::Person& learner, const domain::Zone& zone, base::Instant now);
/// When the learner comes of age, where until then the school asks for a guardian's consent and there is none.
std::optional<domain::Date> consent_missing_until(const Context& context, store::Transaction& tx,
                                                  const store::SchoolRules& rules, base::LearnerId learner);

}  // namespace actions
