/// Secret addresses at which calendar programs fetch a person's lessons. One a person, for instructors and learners;
/// whoever knows it reads it, so it is shown once, can be replaced and ended, and dies with the account.
#pragma once

#include "actions/identity.h"

namespace actions {

struct Feed {
  std::string url;  ///< Only where it was just made: what is kept is a hash.
  base::Instant created_at;
};
/// Makes one, or another one in place of the one before, which ends.
base::Result<Feed> make_feed(const Identity& identity, const Caller& caller);
/// nullopt: the caller has none.
base::Result<std::optional<Feed>> get_feed(const Context& context, const Caller& caller);
base::Done end_feed(const Context& context, const Caller& caller);

struct FeedText {
  std::string text;
  base::SchoolId school;
  base::PersonId person;                 ///< Whose feed it is,
  std::vector<base::PersonId> learners;  ///< and who else is in it.
};
/// Lessons of the last 90 days and all to come, asked for or booked, as iCalendar. not_found for what is no feed or
/// not any more.
base::Result<FeedText> read_feed(const Identity& identity, std::string_view token, base::Instant now);

}  // namespace actions
