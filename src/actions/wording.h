/// Lessons in the words of the people in them, read in one snapshot: what mail and calendar feeds say.
#pragma once

#include "actions/identity.h"
#include "notify/calendar_text.h"

namespace actions {

class Wording {
 public:
  Wording(const Context& context, store::People& people, store::Transaction& tx, base::SchoolId school)
      : context_(context), people_(people), tx_(tx), school_(school), rules_(context.cache.rules(tx, school)) {}

  notify::Lesson lesson(const domain::Booking& booking);
  /// Empty for nobody, and for whoever is not active any more.
  net::Mailbox mailbox(base::PersonId id);
  /// What somebody wrote; empty where nothing was written or the person is erased.
  std::string text(base::TextId id);
  const store::SchoolRules& rules() const { return *rules_; }

 private:
  std::string name(std::int64_t person);
  std::string place(base::PlaceId id);
  std::string vehicle(base::VehicleId id);

  const Context& context_;
  store::People& people_;
  store::Transaction& tx_;
  const base::SchoolId school_;
  const std::shared_ptr<const store::SchoolRules> rules_;
};

/// The id of a text in an event's data: "reason", "note"; none where it has none.
base::TextId text_in(const store::Event& event, std::string_view name);

}  // namespace actions
