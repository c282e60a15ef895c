/// How one booking is shown in one calendar elsewhere: a machine that is told what came of a call and says what is
/// next. Pure. It ends with the event as the booking is, or with what a human has done to it, which somebody has to
/// decide.
///
/// After Google's events.insert, patch, get, delete: ids of our own choice, so that a lost answer never makes two; only
/// our fields are written (PATCH), only over what was read (If-Match); what is gone is gone for a deletion. The event
/// itself says when it was written to be, so that a write of which nobody heard is not taken for a human's move.
#pragma once

#include <variant>

#include "calendars/foreign.h"

namespace calendars {

/// What the calendar is to show. Guests, colours, reminders and the like are the human's.
struct Shown {
  domain::Interval time;
  std::string summary, description, location;
  std::string print;  ///< Of all of it, as whoever keeps it makes it: the same for the same, and telling nothing.
};

/// What is known of the event, kept with the booking.
struct Written {
  int generation = 0;  ///< Of its id: the next one where somebody else's event has it.
  bool begun = false;  ///< An insert has been sent: it may be there.
  std::string etag{};  ///< "": nobody knows.
  std::optional<domain::Interval>
      time{};            ///< As it was written last; none: nobody heard that it was, or it is being removed.
  std::string print{};   ///< Likewise.
  bool doubted = false;  ///< Somebody has changed it: look before anything else.
  bool operator==(const Written&) const = default;
};

/// 5 to 1,024 characters of base32hex (Event.id): the same for the same booking, unlike any other.
std::string event_id(std::string_view booking, int generation);

// What to do. Every write says sendUpdates=none.
struct Begin {  ///< Keep this before the insert or the removal is sent.
  Written state;
};
struct Insert {
  std::string id;
  Shown shown;
  std::string booking;  ///< Under booking_property.
};
struct Patch {
  std::string id, etag;  ///< If-Match.
  Shown shown;
  bool revive;  ///< With status=confirmed.
};
struct Get {
  std::string id;
};
struct Remove {
  std::string id;
};
struct Settled {  ///< Nothing more to do; keep this.
  Written state;
};
struct ByHuman {  ///< The owner has moved or deleted it: for the conflict inbox.
  Written state;
  std::optional<domain::Interval> moved_to;  ///< None: deleted.
};
using Step = std::variant<Begin, Insert, Patch, Get, Remove, Settled, ByHuman>;

// What came of it. Faults that pass are not told here: the same step is tried again.
struct Stored {  ///< 200 with the event.
  std::string etag;
};
struct Taken {};  ///< 409 duplicate.
struct Stale {};  ///< 412 conditionNotMet.
struct Gone {};   ///< 404 or 410; of a deletion 204 too.
struct Found {
  std::string etag;
  bool cancelled;       ///< Deleted a while ago.
  std::string booking;  ///< "" too of what was moved to another calendar.
  std::optional<domain::Interval> time;
  std::optional<domain::Interval> as{};  ///< As it was written last, heard of or not (written_property).
};
using Outcome = std::variant<Stored, Taken, Stale, Gone, Found>;

/// What a human has done to it.
struct Deed {
  std::optional<domain::Interval> moved_to;  ///< None: deleted.
  bool operator==(const Deed&) const = default;
};

class Push {
 public:
  /// `wanted`: nothing where the booking is to be in the calendar no more. `overruled`: what a human has done and is to
  /// be put back, as was decided; whatever else they have done since is theirs.
  Push(std::string booking, std::optional<Shown> wanted, Written state, std::optional<Deed> overruled = std::nullopt);

  Step first();
  Step next(const Outcome& outcome);
  Step begun();  ///< After Begin.

 private:
  enum class At { insert, patch, look, remove };
  std::string id() const { return event_id(booking_, state_.generation); }
  Step insert();
  Step patch(bool revive);
  Step remove();
  Step look();
  Step settled();
  Step found(const Found& found);

  const std::string booking_;
  const std::optional<Shown> wanted_;
  Written state_;
  const std::optional<Deed> overruled_;
  At at_ = At::insert;
};

}  // namespace calendars
