/// Calendars elsewhere: which of them are followed and when they are read, what of them takes time here, where lessons
/// stand in them, and what somebody did there that has to be decided here. Connections own them (store/connections.h).
#pragma once

#include <map>

#include "domain/interval.h"
#include "store/database.h"

namespace store {

inline constexpr std::string_view outside_seal = "outside-calendar";  ///< Its id and name there, as JSON.

struct OutsideCalendar {
  std::int64_t id;
  std::int64_t connection;
  base::PersonId person;  ///< The instructor whose time it takes and whose lessons stand in it.
  Bytes remote_hash;      ///< Of its id there, keyed.
  Bytes sealed;           ///< For outside_seal.
  bool blocks = false;    ///< Its events take time here.
  bool shows = false;     ///< Lessons are written into it; of one calendar a person.
  std::string sync_token{};
  std::optional<base::Instant> read_at{};  ///< When it was last known to be as it is there.
  base::Instant expanded_at{};             ///< When its series were last made into times.
  std::string problem{};                   ///< "", "missing" or "unreadable".
};
/// Of a connection, or of an instructor, or (none) of all of them, by id.
std::vector<OutsideCalendar> calendars_of(Transaction& tx, base::SchoolId school, std::int64_t connection);
std::vector<OutsideCalendar> calendars_of(Transaction& tx, base::SchoolId school, base::PersonId person);
std::optional<OutsideCalendar> find_outside(Transaction& tx, base::SchoolId school, std::int64_t id);
void add_outside(Transaction& tx, base::SchoolId school, const OutsideCalendar& calendar);
/// What it is used for. Nobody's calendar shows lessons but this one, if it does.
void use_outside(Transaction& tx, base::SchoolId school, const OutsideCalendar& calendar);
/// Whether one that takes this instructor's time was not read since.
bool is_read_before(Transaction& tx, base::SchoolId school, base::PersonId person, base::Instant since);
/// With all that is known of it.
void remove_outside(Transaction& tx, base::SchoolId school, const OutsideCalendar& calendar);
/// It was read, or could not be: sync token, times, problem.
void note_read(Transaction& tx, base::SchoolId school, const OutsideCalendar& calendar);

/// Through which the provider tells of changes. Without an id there is none.
struct OutsideChannel {
  std::string id;
  Bytes token_hash;
  std::string resource;
  base::Instant until;
};
OutsideChannel channel_of(Transaction& tx, base::SchoolId school, std::int64_t calendar);
void set_channel(Transaction& tx, base::SchoolId school, std::int64_t calendar, const OutsideChannel& channel);
/// The calendar of the channel with this id and token; none: it is none of ours, or was followed by another.
std::optional<std::int64_t> calendar_of_channel(Transaction& tx, base::SchoolId school, std::string_view id,
                                                const Bytes& token_hash);

/// When a calendar is read next, for whichever worker comes first.
struct Turn {
  base::SchoolId school;
  std::int64_t calendar;
  base::Instant due_at;
  int failures = 0;  ///< In a row.
  std::int64_t claim = 0;
};
inline constexpr std::chrono::seconds turn_lasts{120};
void put_turn(Transaction& tx, base::SchoolId school, std::int64_t calendar, base::Instant due_at);
bool turn_is_due(Transaction& tx, base::Instant now);
/// The calendar that is due the longest, of any school; nobody else gets it for `turn_lasts`.
std::optional<Turn> claim_turn(Transaction& tx, base::Instant now, std::int64_t claim);
/// Read again at `due_at` (nothing: when somebody puts it there), or earlier if it was hurried meanwhile. False: it is
/// another worker's by now, and what this one has read is not to be kept.
bool finish_turn(Transaction& tx, const Turn& turn, std::optional<base::Instant> due_at, int failures);
/// Somebody wants it read: at `at`, also where a worker is at it now, and however long it was to be left alone.
void hurry_turn(Transaction& tx, base::SchoolId school, std::int64_t calendar, base::Instant at, base::Instant now);
/// The provider says that something has changed. Whoever waits after a failure, or for a person, waits on.
void notify_turn(Transaction& tx, base::SchoolId school, std::int64_t calendar, base::Instant at, base::Instant now);
/// What workers that are gone have taken is due again.
void release_turns(Transaction& tx);

/// Events there by their ids, each as whoever keeps them writes it (calendars::to_state).
using OutsideEvents = std::map<std::string, std::string>;
OutsideEvents events_of_calendar(Transaction& tx, base::SchoolId school, std::int64_t calendar);
void change_events(Transaction& tx, base::SchoolId school, std::int64_t calendar, const OutsideEvents& before,
                   const OutsideEvents& after);
/// What the calendar takes of the instructor's time is this from now on: sorted, on the tick. Locks the instructor's
/// calendar where that is anything else than before.
void set_busy(Transaction& tx, base::SchoolId school, const OutsideCalendar& calendar,
              std::span<const domain::Interval> times);

/// It takes this time too, until it is read again; on the tick.
void add_busy(Transaction& tx, base::SchoolId school, const OutsideCalendar& calendar,
              std::span<const domain::Interval> times);

struct BusyTime {
  base::PersonId instructor;
  domain::Interval time;
};
/// What calendars elsewhere take in [from, to) of this instructor's time, or (none) of everybody's, by start.
std::vector<BusyTime> busy_times(Transaction& tx, base::SchoolId school, base::PersonId instructor, base::Instant from,
                                 base::Instant to, int limit);

/// Where a lesson stands in a calendar there.
struct ShownLesson {
  base::BookingId booking;
  std::int64_t calendar;
  base::PersonId person;
  std::string event_id;
  int generation = 0;
  std::string etag{};
  std::optional<domain::Interval> as{};  ///< As it was written last; none: nobody heard that it was.
  std::string print{};                   ///< Of all that was written.
  bool doubted = false;                  ///< It is not as it was written: somebody has to look.
};
std::vector<ShownLesson> shown_lessons(Transaction& tx, base::SchoolId school, base::BookingId booking);
/// Whatever stands anywhere of a learner's lessons.
std::vector<ShownLesson> shown_of_learner(Transaction& tx, base::SchoolId school, base::PersonId learner);
std::map<std::string, ShownLesson> shown_in(Transaction& tx, base::SchoolId school, std::int64_t calendar);
/// In whichever calendar.
bool is_shown(Transaction& tx, base::SchoolId school, std::string_view event_id);
void put_shown(Transaction& tx, base::SchoolId school, const ShownLesson& shown);
void drop_shown(Transaction& tx, base::SchoolId school, const ShownLesson& shown);
void doubt_shown(Transaction& tx, base::SchoolId school, const ShownLesson& shown);

/// What somebody did to a lesson there that cannot be followed. One of a lesson and a calendar, until the calendar
/// shows what was decided.
struct Conflict {
  std::int64_t id;  ///< Another one for whatever they do next.
  base::BookingId booking;
  std::int64_t calendar;
  base::PersonId person;                       ///< The instructor.
  std::int64_t booking_version;                ///< Once it is another, nothing is left to decide.
  std::optional<domain::Interval> moved_to{};  ///< None: it was deleted.
  std::vector<base::Code> rules{};             ///< That refused it.
  base::Instant created_at;
  std::optional<base::Instant> decided_at{};  ///< The event is to be as the lesson is, and is not yet.
};
/// In the place of the one before.
void put_conflict(Transaction& tx, base::SchoolId school, const Conflict& conflict);
std::optional<Conflict> find_conflict(Transaction& tx, base::SchoolId school, std::int64_t id);
std::optional<Conflict> find_conflict(Transaction& tx, base::SchoolId school, base::BookingId booking,
                                      std::int64_t calendar);
/// Decided ones too; of this instructor, or (none) of all, the oldest first.
std::vector<Conflict> list_conflicts(Transaction& tx, base::SchoolId school, base::PersonId person, int limit);
/// False: somebody has decided meanwhile, or something else was done there.
bool decide_conflict(Transaction& tx, base::SchoolId school, std::int64_t id, base::Instant at);
void drop_conflict(Transaction& tx, base::SchoolId school, std::int64_t id);

}  // namespace store
