#include "actions/audit.h"

#include <algorithm>
#include <unordered_map>

#include "actions/faults.h"

namespace actions {

namespace {

using base::Result;
using store::Transaction;
using Names = std::unordered_map<base::PersonId, std::string>;

Names names_of(const Identity& identity, Transaction& tx, base::SchoolId school) {
  Names names;
  for (auto& person : identity.people.list(tx, school, store::all_roles))
    names.emplace(person.id, std::move(person.details.name));
  return names;
}

Named named(const Names& names, base::PersonId id) {
  const auto found = names.find(id);
  return {id, found == names.end() ? "" : found->second};
}

AuditEntry entry_of(const Names& names, const store::DeedRow& row) {
  const auto& deed = row.deed;
  AuditEntry entry{.id = row.id,
                   .at = deed.at,
                   .action = deed.action,
                   .who = named(names, deed.actor),
                   .what = deed.what,
                   .network = deed.network,
                   .address_hash = deed.address_hash,
                   .correlation_id = deed.correlation_id};
  for (const auto person : deed.whose) entry.whose.push_back(named(names, person));
  return entry;
}

/// Whom an event is about: the learner of a lesson, or the person whose stream it is.
base::PersonId subject_of(const store::ChangeRow& row) {
  const auto slash = row.stream.find('/');
  const auto kind = std::string_view(row.stream).substr(0, slash);
  static constexpr std::string_view of_person[] = {"agreement", "data-request", "hold", "impersonation"};
  const bool names_person = std::ranges::find(of_person, kind) != std::end(of_person);
  const auto* learner = row.data.if_contains(names_person ? "person_id" : "learner_id");
  const bool own = kind == "person" || kind == "hours";
  const auto id = learner ? base::id_from_text(learner->as_string())
                          : base::id_from_text(own ? std::string_view(row.stream).substr(slash + 1) : "");
  return {id.value_or(0)};
}

std::vector<AuditEntry::Changed> changes_of(const store::ChangeRow& row) {
  std::vector<AuditEntry::Changed> changes;
  if (const auto* fields = row.data.if_contains("fields")) {
    for (const auto& field : fields->as_array()) changes.push_back({std::string(field.as_string())});
    return changes;
  }
  if (row.before.empty()) return changes;
  for (const auto& member : row.data) {
    const auto* before = row.before.if_contains(member.key());
    if (!before || *before != member.value())
      changes.push_back({std::string(member.key()), before ? *before : boost::json::value(), member.value()});
  }
  return changes;
}

AuditEntry entry_of(const Names& names, const store::ChangeRow& row) {
  AuditEntry entry{.id = row.id,
                   .at = row.at,
                   .action = row.type,
                   .who = named(names, row.actor),
                   .guest = row.data.contains("guest"),
                   .what = row.stream,
                   .changes = changes_of(row),
                   .correlation_id = row.correlation_id};
  if (const auto subject = subject_of(row)) entry.whose.push_back(named(names, subject));
  return entry;
}

/// Below this id one of the two searches has not looked; 0: both have seen everything.
template <class Item>
std::int64_t floor_of(const store::Found<Item>& found, int limit) {
  return static_cast<int>(found.items.size()) < limit ? found.reached : found.items.back().id;
}

AuditPage page_of(const Names& names, Transaction& tx, base::SchoolId school, const store::AuditFilter& filter) {
  const auto deeds = store::find_deeds(tx, school, filter);
  const auto changes = store::find_changes(tx, school, filter);
  const auto floor = std::max(floor_of(deeds, filter.limit), floor_of(changes, filter.limit));
  AuditPage page{{}, floor};
  for (const auto& row : deeds.items)
    if (row.id >= floor) page.items.push_back(entry_of(names, row));
  for (const auto& row : changes.items)
    if (row.id >= floor) page.items.push_back(entry_of(names, row));
  std::ranges::sort(page.items, std::greater<>(), &AuditEntry::id);
  if (static_cast<int>(page.items.size()) > filter.limit) {
    page.items.resize(static_cast<std::size_t>(filter.limit));
    page.next = page.items.back().id;
  }
  return page;
}

}  // namespace

Result<AuditPage> list_audit(const Identity& identity, const Caller& caller, const store::AuditFilter& filter) {
  TRY(auth::may(caller.principal, auth::Action::read_audit));
  return identity.context.database.read(caller.school(), [&](Transaction& tx) {
    return page_of(names_of(identity, tx, caller.school()), tx, caller.school(), filter);
  });
}

Result<std::vector<AuditEntry>> export_audit(const Identity& identity, const Caller& caller,
                                             store::AuditFilter filter) {
  TRY(auth::may(caller.principal, auth::Action::read_audit));
  filter.limit = 1'000;
  return identity.context.database.read(caller.school(), [&](Transaction& tx) -> Result<std::vector<AuditEntry>> {
    const auto names = names_of(identity, tx, caller.school());
    std::vector<AuditEntry> all;
    for (auto page = page_of(names, tx, caller.school(), filter);; page = page_of(names, tx, caller.school(), filter)) {
      std::ranges::move(page.items, std::back_inserter(all));
      if (page.next == 0) return all;
      Faults faults;
      faults.unless(all.size() < most_exported, "from",
                    fmt::format("More than {} entries. Choose a shorter time.", most_exported));
      TRY(faults.verdict());
      filter.before = page.next;
    }
  });
}

Result<std::vector<SeenEntry>> people_seen(const Identity& identity, const Caller& caller, base::PersonId who,
                                           base::Instant from, base::Instant to) {
  TRY(auth::may(caller.principal, auth::Action::read_audit));
  return identity.context.database.read(caller.school(), [&](Transaction& tx) {
    const auto names = names_of(identity, tx, caller.school());
    std::vector<SeenEntry> entries;
    for (const auto& seen : store::seen_by(tx, caller.school(), who, from, to))
      entries.push_back({named(names, seen.person), seen});
    return entries;
  });
}

}  // namespace actions
