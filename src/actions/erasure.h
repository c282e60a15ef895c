/// Erasing a person: everything that is theirs goes, what they took part in stays as a lesson of nobody
/// (docs/privacy.md). The main database first, then the key; whatever comes in between is finished at the next start.
#pragma once

#include "actions/identity.h"
#include "auth/roles.h"
#include "store/events.h"

namespace actions {

struct ErasureInput {
  std::optional<std::string> current_password{};  ///< Of one's own account (actions/presence.h).
  /// Of a learner: they end by the rules of any cancellation. Without, whoever has lessons to come stays (in_use).
  bool cancel_lessons = false;
};
/// The caller. An instructor's lessons to come are given to others first (in_use with their count); the last admin of a
/// school stays (in_use).
base::Done erase_me(const Identity& identity, const Caller& caller, const ErasureInput& input,
                    const std::string& address);
/// Likewise for somebody else, by whoever manages them. Refused (in_use, with the reason) while there is a hold.
base::Done erase_person(const Identity& identity, const Caller& caller, base::PersonId id, bool cancel_lessons);

/// A learner who has been away for too long (actions/retention.h); in_use where there are lessons to come after all.
base::Done erase_idle_learner(const Context& context, const store::Author& author, base::PersonId id);

/// After a restore, or a crash between the two stores: whoever is erased in one of them is erased in the other. Returns
/// how many that were. Before anybody is answered, and now and then.
int replay_erasures(const Context& context, base::Instant now);

/// Who may do this for whom.
auth::Action managing(store::Role role);

/// What of an instructor's schedule refers to them goes with them. All instructors are locked.
void strip_instructor(store::Transaction& tx, const store::Author& author, base::InstructorId id);

}  // namespace actions
