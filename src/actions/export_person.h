/// A copy of everything that Roadbook has of one person, for that person: asked for, made by a job, fetched once with
/// the link in a mail (docs/privacy.md).
#pragma once

#include "actions/identity.h"

namespace actions {

inline constexpr std::chrono::hours export_lifetime{24};

/// For the caller; or by whoever manages a person, who gets the mail. rate_limited after too many.
base::Done ask_for_my_export(const Identity& identity, const Caller& caller, const std::string& address);
base::Done ask_for_export(const Identity& identity, const Caller& caller, base::PersonId person,
                          const std::string& address);

/// An archive with data.json, a table (CSV) of each of its parts and lessons.ics, kept under the person's key behind
/// this link. False: nobody has asked for it, or they are erased.
bool make_export(const Context& context, store::People& people, const store::KeyOwner& owner, const base::Bytes& hash,
                 base::Instant now, const std::string& public_url);

struct FetchedExport {
  store::KeyOwner owner;
  std::string archive;
};
/// invalid_input at "/token" for a link that is spent, over or none.
base::Result<FetchedExport> fetch_export(const Identity& identity, std::string_view token, base::Instant now);

}  // namespace actions
