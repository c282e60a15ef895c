/// What a school keeps of people for how long, and on whom it has put a hold (docs/decisions/0029).
#pragma once

#include "actions/faults.h"
#include "actions/identity.h"
#include "store/retention.h"

namespace actions {

base::Result<store::Retention> get_retention(const Context& context, const Caller& caller);
/// Replaces the months of every kind.
base::Result<store::Retention> set_retention(const Context& context, const Caller& caller, std::int64_t version,
                                             store::Retention retention);

/// What would go now, with these months, and whose it is.
struct RetentionPreview {
  store::Kept kind;
  std::int64_t months;
  domain::Date before;
  std::int64_t count;
  struct Owner {
    base::PersonId id;
    std::string name;
    std::int64_t count;
    bool held;  ///< Then it stays.
  };
  std::vector<Owner> people{};
  bool more = false;  ///< There is more than is counted at once.
};
inline constexpr int most_previewed = 1'000;  ///< Of each kind.
/// Of the kinds that have months.
base::Result<std::vector<RetentionPreview>> preview_retention(const Identity& identity, const Caller& caller,
                                                              const store::Retention& retention);

/// Removes what the preview says, of one school; returns how many of anything went.
std::int64_t forget_too_old(const Context& context, base::SchoolId school, base::Instant now);

struct HoldView {
  store::LegalHold hold;
  std::string name, reason;
};
/// in_use with the reason where there is a hold of one of these kinds.
base::Done unless_held(store::Transaction& tx, store::KeyStore& keys, base::SchoolId school, base::PersonId person,
                       std::span<const store::HoldKind> kinds = store::all_holds);
/// wrong_status where the learner's data is restricted: nothing new is booked for them.
base::Done unless_restricted(store::Transaction& tx, base::SchoolId school, base::LearnerId learner);
base::Result<std::vector<HoldView>> list_holds(const Identity& identity, const Caller& caller);
/// wrong_status where there is one of this kind already.
base::Done place_hold(const Identity& identity, const Caller& caller, base::PersonId person, store::HoldKind kind,
                      const std::string& reason);
base::Done lift_hold(const Identity& identity, const Caller& caller, base::PersonId person, store::HoldKind kind);

}  // namespace actions
