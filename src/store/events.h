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
  bool quiet = false;           ///< Seeds and imports: nobody is told.
  base::PersonId acting_for{};  ///< In whose name; none: their own.
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

/// Appends the event. SQLite's single writer is its own sequencer: it numbers the event and extends the hash chain in
/// the same transaction. On PostgreSQL the event waits in an inbox for put_in_order(). `version` must be one more than
/// the stream's newest; a broken key (ConstraintError) otherwise.
void append(Transaction& tx, const Author& author, const std::string& stream, std::int64_t version,
            const std::string& type, const boost::json::object& data);
struct NewEvent {
  std::string stream;
  std::int64_t version;
  std::string type;
  boost::json::object data;
};
void append(Transaction& tx, const Author& author, std::span<const NewEvent> events);

/// Gives what waits in the inbox its place: events in their school's order, signals in theirs; at most `limit` rows of
/// each school. Events of a stream come in the order in which they were written. One at a time in the whole database.
/// Returns whether there may be more; nothing to do on SQLite.
bool put_in_order(Transaction& tx, int limit);

/// Signals: what transactions moved (Touched), for those who remember it in other processes. On PostgreSQL every
/// transaction leaves one in the inbox with its commit. A position, but outside chain and replay, and kept for an hour:
/// whoever has been away for longer forgets what it remembers.
inline constexpr std::chrono::hours signals_kept{1};
inline constexpr std::string_view signal_sql = "insert into event_inbox (school_id, signal) values ($1, $2)";
std::string signal_text(const std::vector<Touched>& touched);
struct Signals {
  std::int64_t position;                     ///< Of the last one read.
  std::vector<Touched> touched;              ///< With the positions of their signals, in order.
  bool more;                                 ///< There are others behind them.
  bool waits;                                ///< Something in the inbox has no place yet.
  std::chrono::milliseconds oldest_waiting;  ///< For so long; what was committed before has been read,
  std::string log_position;                  ///< and stands before this place of the write-ahead log.
};
Signals signals_after(Transaction& tx, std::int64_t position, int limit);
std::int64_t newest_signal(Transaction& tx);
std::int64_t forget_signals(Transaction& tx, base::Instant before, int limit);

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
