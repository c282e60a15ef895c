#include "actions/retention.h"

#include <algorithm>
#include <map>

#include "actions/erasure.h"
#include "store/personal.h"
#include "store/schedules.h"

namespace actions {

namespace {

using auth::Action;
using base::Code;
using base::Result;
using store::HoldKind;
using store::Holds;
using store::Kept;
using store::Transaction;

constexpr int gone_at_once = 100;

store::Cutoff cutoff_of(const Context& context, Transaction& tx, base::SchoolId school, base::Instant now,
                        std::int64_t months) {
  return store::cutoff(context.cache.rules(tx, school)->school.zone, now, months);
}

RetentionPreview preview_of(const Identity& identity, Transaction& tx, const Caller& caller, Kept kind,
                            std::int64_t months) {
  const auto school = caller.school();
  const auto before = cutoff_of(identity.context, tx, school, caller.now, months);
  RetentionPreview preview{kind, months, before.date, 0};
  for (const auto holds : {Holds::respected, Holds::listed}) {
    const bool held = holds == Holds::listed;
    std::map<base::PersonId, std::int64_t> counts;
    const auto found = store::too_old(tx, school, kind, before, holds, most_previewed);
    for (const auto& each : found) ++counts[each.person];
    preview.more = preview.more || found.size() == most_previewed;
    if (!held) preview.count = static_cast<std::int64_t>(found.size());
    for (const auto& [id, count] : counts) {
      const auto person = identity.people.find(tx, school, id);
      preview.people.push_back({id, person ? person->details.name : "", count, held});
    }
  }
  std::ranges::stable_sort(preview.people, {}, &RetentionPreview::Owner::name);
  return preview;
}

/// A few of them in a transaction of their own; how many went.
std::int64_t forget_some(const Context& context, base::SchoolId school, Kept kind, const store::Cutoff& before) {
  const auto done = context.database.transact<std::int64_t>(school, [&](Transaction& tx) -> Result<std::int64_t> {
    const auto found = store::too_old(tx, school, kind, before, Holds::respected, gone_at_once);
    if (found.empty()) return base::refuse(Code::not_found, "Nothing is that old.");
    kind == Kept::texts ? store::forget_texts(tx, school, found) : store::forget_documents(tx, school, found);
    return static_cast<std::int64_t>(found.size());
  });
  return done.value_or(0);
}

std::int64_t erase_idle(const Context& context, base::SchoolId school, const store::Cutoff& before, base::Instant now) {
  const auto idle = context.database.read(school, [&](Transaction& tx) {
    return store::too_old(tx, school, Kept::learners, before, Holds::respected, gone_at_once);
  });
  const store::Author author{.school = school, .person = {}, .correlation_id = "retention", .now = now};
  // Whoever has booked or was erased meanwhile is not idle any more.
  return std::ranges::count_if(
      idle, [&](const auto& each) { return erase_idle_learner(context, author, each.person).has_value(); });
}

}  // namespace

Result<store::Retention> get_retention(const Context& context, const Caller& caller) {
  TRY(auth::may(caller.principal, Action::change_school));
  return context.database.read(
      caller.school(), [&](Transaction& tx) { return store::find_retention(tx, caller.school()); }, caller.freshness);
}

Result<store::Retention> set_retention(const Context& context, const Caller& caller, std::int64_t version,
                                       store::Retention retention) {
  TRY(auth::may(caller.principal, Action::change_school));
  return context.database.transact<store::Retention>(caller.school(), [&](Transaction& tx) -> Result<store::Retention> {
    store::lock_school(tx, caller.school());
    TRY(expect(version, store::find_retention(tx, caller.school()).version));
    auto next = retention;
    next.version = version + 1;
    store::put_retention(tx, caller.author(), next);
    return next;
  });
}

Result<std::vector<RetentionPreview>> preview_retention(const Identity& identity, const Caller& caller,
                                                        const store::Retention& retention) {
  TRY(auth::may(caller.principal, Action::change_school));
  return identity.context.database.read(caller.school(), [&](Transaction& tx) {
    std::vector<RetentionPreview> previews;
    for (const auto kind : store::all_kept)
      if (const auto months = retention.months(kind))
        previews.push_back(preview_of(identity, tx, caller, kind, *months));
    return previews;
  });
}

std::int64_t forget_too_old(const Context& context, base::SchoolId school, base::Instant now) {
  const auto cutoffs = context.database.read(school, [&](Transaction& tx) {
    std::map<Kept, store::Cutoff> found;
    const auto retention = store::find_retention(tx, school);
    for (const auto kind : store::all_kept)
      if (const auto months = retention.months(kind)) found.emplace(kind, cutoff_of(context, tx, school, now, *months));
    return found;
  });
  std::int64_t gone = 0;
  for (const auto& [kind, before] : cutoffs)
    for (auto some = std::int64_t{gone_at_once}; some == gone_at_once; gone += some)
      some = kind == Kept::learners ? erase_idle(context, school, before, now)
                                    : forget_some(context, school, kind, before);
  return gone;
}

base::Done unless_held(Transaction& tx, store::KeyStore& keys, base::SchoolId school, base::PersonId person,
                       std::span<const HoldKind> kinds) {
  for (const auto kind : kinds) {
    const auto hold = store::find_hold(tx, school, person, kind);
    if (!hold) continue;
    const auto reason = store::read_text(tx, keys, school, hold->reason).value_or("");
    return base::refuse(Code::in_use, kind == HoldKind::claim
                                          ? "The school has to keep this data for now: " + reason
                                          : "This data is restricted, so it is neither used nor erased: " + reason);
  }
  return base::done();
}

base::Done unless_restricted(Transaction& tx, base::SchoolId school, base::LearnerId learner) {
  if (!store::find_hold(tx, school, person_of(learner), HoldKind::restriction)) return base::done();
  return base::refuse(Code::wrong_status,
                      "The use of this learner's data is restricted, as was asked: nothing new is booked until the "
                      "school lifts it.");
}

Result<std::vector<HoldView>> list_holds(const Identity& identity, const Caller& caller) {
  TRY(auth::may(caller.principal, Action::change_school));
  return identity.context.database.read(caller.school(), [&](Transaction& tx) {
    std::vector<HoldView> views;
    for (const auto& hold : store::list_holds(tx, caller.school())) {
      const auto person = identity.people.find(tx, caller.school(), hold.person);
      views.push_back({hold, person ? person->details.name : "",
                       store::read_text(tx, identity.context.keys, caller.school(), hold.reason).value_or("")});
    }
    return views;
  });
}

base::Done place_hold(const Identity& identity, const Caller& caller, base::PersonId person, HoldKind kind,
                      const std::string& reason) {
  TRY(auth::may(caller.principal, Action::change_school));
  const auto text = store::seal_text(identity.context.keys, caller.school(), person, reason);
  if (!text.id) return auth::not_found();
  return identity.context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    if (!store::find_account(tx, caller.school(), person) || store::is_erased(tx, caller.school(), person))
      return auth::not_found();
    if (store::find_hold(tx, caller.school(), person, kind))
      return base::refuse(Code::wrong_status, "There is such a hold on this person already. Lift it first.");
    store::insert_text(tx, caller.school(), text, caller.now);
    store::place_hold(tx, caller.author(), {base::make_id(), kind, person, text.id, caller.actor(), caller.now});
    return base::done();
  });
}

base::Done lift_hold(const Identity& identity, const Caller& caller, base::PersonId person, HoldKind kind) {
  TRY(auth::may(caller.principal, Action::change_school));
  return identity.context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    const auto hold = store::find_hold(tx, caller.school(), person, kind);
    if (!hold) return auth::not_found();
    store::lift_hold(tx, caller.author(), *hold);
    store::remove_text(tx, caller.school(), hold->reason);
    return base::done();
  });
}

}  // namespace actions
