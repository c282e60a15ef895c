/// The log: every change of a booking, hold, schedule or rule is an event, written in the transaction that changes the
/// row (docs/events.md). An event's data holds the whole new state, so that replay needs no history.
#pragma once

#include <boost/json/object.hpp>

#include "store/database.h"

namespace store {

/// Who does something, when, and in which request; goes into every event.
struct Author {
  base::SchoolId school;
  base::PersonId person;  ///< None: the system itself.
  std::string correlation_id;
  base::Instant now;
  bool quiet = false;  ///< Seeds and imports: nobody is told.
};

struct Event {
  base::EventId id;
  std::string stream;  ///< "booking/<id>", "lesson-type/<id>", …
  std::int64_t version;
  std::string type;  ///< Past tense: "booking_made".
  boost::json::object data;
  base::PersonId actor;
  std::string correlation_id;
  base::Instant at;
  bool quiet = false;
};

/// Appends the event, numbers it and extends the hash chain, all in the caller's transaction: the single writer of
/// SQLite is its own sequencer. `version` must be one more than the stream's newest; a broken key (ConstraintError)
/// otherwise.
void append(Transaction& tx, const Author& author, const std::string& stream, std::int64_t version,
            const std::string& type, const boost::json::object& data);

/// When the event with this version was written; a Bug where there is none.
base::Instant written_at(Transaction& tx, base::SchoolId school, const std::string& stream, std::int64_t version);

/// The stream's events, oldest first.
std::vector<Event> events_of(Transaction& tx, base::SchoolId school, const std::string& stream);

/// The events after this position, in order, each with its own; at most `limit`.
std::vector<std::pair<std::int64_t, Event>> events_after(Transaction& tx, base::SchoolId school, std::int64_t position,
                                                         int limit);

/// Reads the school's log in order of position, after `position`; `visit` gets each event. Stops at the first fault of
/// the hash chain and returns what is wrong; "" when the chain is whole and every event has its place.
std::string read_log(Transaction& tx, base::SchoolId school, const std::function<void(const Event&)>& visit);

}  // namespace store
