/// What is kept of a calendar elsewhere: when its events are, and whether they take time. No titles, guests or words.
///
/// Pure: no clock, no network. Numbers in brackets are statements of Google's reference, "Events" (calendar/v3).
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/recurrence.h"

namespace calendars {

/// How an event stands in its owner's day.
enum class Shows {
  busy,
  tentative,  ///< Not confirmed, or an invitation that nobody has answered.
  free,       ///< Transparent, declined, a place of work, a birthday.
};

struct ForeignEvent {
  std::string id;      ///< Opaque.
  std::string series;  ///< Of an exception the id of its series, else "".
  /// Of an exception: when its occurrence would have been.
  std::optional<domain::Instant> original{};
  bool gone = false;  ///< Deleted, or an occurrence taken out of its series. Says little else, then.
  Shows shows = Shows::busy;
  std::optional<domain::Interval> time{};  ///< Nothing for events without length, which take no time.
  std::optional<domain::Series> repeats{};
  std::string booking{};  ///< Of an event that this school has written: the booking it stands for.
};

/// An event as it is kept between two readings: JSON, the same for the same event, without its id; and back, a Bug for
/// what none of ours says.
std::string to_state(const ForeignEvent& event);
ForeignEvent from_state(const std::string& id, std::string_view state);

/// The private extended property that links an event back to its booking.
inline constexpr std::string_view booking_property = "roadbookBooking";
/// And the one that says when it was written to be, "2026-03-02T10:00:00Z/2026-03-02T11:00:00Z": whoever moves it there
/// does not change that.
inline constexpr std::string_view written_property = "roadbookTime";

/// An item of events.list. `calendar` is the zone of the calendar, in which whole days are meant. Refuses with
/// invalid_input what it does not understand, unless it takes no time anyway: what is unknown is not free.
base::Result<ForeignEvent> from_google(const boost::json::object& item, const domain::Zone& calendar);
/// An item that from_google refuses, as a series that nobody can expand: its calendar goes on, and Busy.unreadable
/// names it until it is changed or deleted. `item` has an id (checked).
ForeignEvent unreadable(const boost::json::object& item, const domain::Zone& calendar);

/// A calendar elsewhere, as far as it is known here.
class ForeignCalendar {
 public:
  /// The newest state of one event. A series takes its exceptions with it when it goes; an occurrence taken out of a
  /// series is remembered as long as the series.
  void apply(ForeignEvent event);
  /// All there is: whatever is not among them is gone.
  void replace(std::vector<ForeignEvent> events);

  struct Busy {
    std::vector<domain::Interval> times;  ///< Within [from, to), widened to the tick, sorted, none touching another.
    std::vector<std::string> unreadable;  ///< Series that take nobody knows what time.
  };
  /// What of it takes time; never the school's own events. `tentative`: whether what is tentative does.
  Busy busy(domain::Instant from, domain::Instant to, bool tentative) const;

  const std::map<std::string, ForeignEvent>& events() const { return events_; }

 private:
  std::map<std::string, ForeignEvent> events_;
};

}  // namespace calendars
