/// Who did and saw what: deeds and events of a school side by side, for its admins.
#pragma once

#include <boost/json/value.hpp>

#include "actions/identity.h"
#include "store/audit.h"

namespace actions {

struct Named {
  base::PersonId id{};
  std::string name{};  ///< "": erased, or gone.
};
struct AuditEntry {
  std::int64_t id;
  base::Instant at;
  std::string action;  ///< Of a deed, or the type of an event.
  Named who{};         ///< Id 0: Roadbook itself, or nobody who is known.
  bool guest = false;  ///< Who did it had no account.
  std::vector<Named> whose{};
  std::string what{};  ///< The path that was asked for, or the event's stream.
  /// Of an event that follows another one of its stream. Of people only the names of the fields.
  struct Changed {
    std::string field;
    boost::json::value before{}, after{};
  };
  std::vector<Changed> changes{};
  std::string network{}, address_hash{}, correlation_id{};
};
struct AuditPage {
  std::vector<AuditEntry> items;
  std::int64_t next =
      0;  ///< What to pass as `before`; 0: this was the last page. A page may be short and not the last.
};
/// Newest first.
base::Result<AuditPage> list_audit(const Identity& identity, const Caller& caller, const store::AuditFilter& filter);
/// All of it; invalid_input at "from" where it is more than `most_exported`.
inline constexpr std::size_t most_exported = 50'000;
base::Result<std::vector<AuditEntry>> export_audit(const Identity& identity, const Caller& caller,
                                                   store::AuditFilter filter);

struct SeenEntry {
  Named person;
  store::SeenPerson seen;
};
/// Whose data somebody saw.
base::Result<std::vector<SeenEntry>> people_seen(const Identity& identity, const Caller& caller, base::PersonId who,
                                                 base::Instant from, base::Instant to);

}  // namespace actions
