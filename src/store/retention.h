/// How long a school keeps what of people, what of it is too old, and of whom nothing goes meanwhile
/// (docs/decisions/0029).
#pragma once

#include "domain/opening_hours.h"
#include "store/events.h"

namespace store {

enum class Kept {
  texts,      ///< Notes and reasons of lessons that are over.
  documents,  ///< Whose last day is over.
  learners    ///< Who had neither a lesson nor a sign-in.
};
inline constexpr Kept all_kept[] = {Kept::texts, Kept::documents, Kept::learners};
std::string_view to_string(Kept kind);

using Months = std::optional<std::int64_t>;  ///< None: kept until somebody removes it.
struct Retention {
  Months texts{}, documents{}, learners{};
  std::int64_t version = 0;  ///< 0: nothing was ever said.

  Months months(Kept kind) const;
};
Retention find_retention(Transaction& tx, base::SchoolId school);
/// Row and event `retention_changed`; the caller has checked the version.
void put_retention(Transaction& tx, const Author& author, const Retention& retention);

/// What is older than this goes: the same day so many months before, or the last one of that month.
struct Cutoff {
  base::Instant instant;
  domain::Date date;
};
Cutoff cutoff(const domain::Zone& zone, base::Instant now, std::int64_t months);

/// Something that is too old, and whose it is.
struct TooOld {
  std::int64_t id;
  base::PersonId person;
};
enum class Holds { respected, listed };
/// The oldest first, at most `limit`: what is to go, or (`listed`) what would, but for the hold on the person.
std::vector<TooOld> too_old(Transaction& tx, base::SchoolId school, Kept kind, const Cutoff& before, Holds holds,
                            int limit);
/// Removes these; learners are erased by whoever knows how (actions/erasure.h).
void forget_texts(Transaction& tx, base::SchoolId school, std::span<const TooOld> texts);
void forget_documents(Transaction& tx, base::SchoolId school, std::span<const TooOld> documents);

/// Nothing of whom there is one goes by its age.
enum class HoldKind {
  claim,       ///< The school needs the data for a claim or a dispute (art. 17(3)(e) GDPR): no erasure either.
  restriction  ///< The person has restricted what is done with it (art. 18 GDPR): nothing new is booked for them.
};
inline constexpr HoldKind all_holds[] = {HoldKind::claim, HoldKind::restriction};
std::string_view to_string(HoldKind kind);
std::optional<HoldKind> hold_from_text(std::string_view text);

struct LegalHold {
  std::int64_t id;
  HoldKind kind;
  base::PersonId person;
  base::TextId reason;
  base::PersonId placed_by;
  base::Instant placed_at;
};
std::optional<LegalHold> find_hold(Transaction& tx, base::SchoolId school, base::PersonId person, HoldKind kind);
/// The oldest first.
std::vector<LegalHold> list_holds(Transaction& tx, base::SchoolId school);
/// Row and event; of a learner the calendar moves with it, since they become bookable no more, or again.
void place_hold(Transaction& tx, const Author& author, const LegalHold& hold);
void lift_hold(Transaction& tx, const Author& author, const LegalHold& hold);

}  // namespace store
