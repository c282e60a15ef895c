#include "store/bookings.h"

#include <fmt/format.h>

#include "store/guests.h"

namespace store {

namespace {

using domain::Booking;
using domain::Interval;

#define BOOKING_COLUMNS                                                                                             \
  "id, version, status, lesson_type_id, instructor_id, learner_id, vehicle_id, starts_at, ends_at, occupied_start," \
  " occupied_end, vehicle_end, local_start, zone, price_minor, currency, cancel_free_until, pickup_id, dropoff_id," \
  " note_id, expires_at, extended, created_at, created_by"

Booking booking_from(const Row& row) {
  return {.id = row.id<base::BookingId>(0),
          .version = row.integer(1),
          .status = *domain::status_from_text(row.view(2)),
          .type = row.id<base::LessonTypeId>(3),
          .instructor = row.id<base::InstructorId>(4),
          .learner = row.id<base::LearnerId>(5),
          .vehicle = row.id<base::VehicleId>(6),
          .lesson = *Interval::between(row.instant(7), row.instant(8)),
          .occupied = *Interval::between(row.instant(9), row.instant(10)),
          .vehicle_until = row.instant(11),
          .local_start = row.text(12),
          .zone = row.text(13),
          .price = {row.integer(14), row.text(15)},
          .cancel_free_until = row.instant(16),
          .pickup = row.id<base::PlaceId>(17),
          .dropoff = row.id<base::PlaceId>(18),
          .note = row.id<base::TextId>(19),
          .expires_at = row.null(20) ? std::nullopt : std::optional(row.instant(20)),
          .extended = row.flag(21),
          .created_at = row.instant(22),
          .created_by = row.id<base::PersonId>(23)};
}

void insert_row(Transaction& tx, base::SchoolId school, const Booking& b) {
  tx.run("insert into bookings (school_id, blocks, " BOOKING_COLUMNS
         ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,"
         " $22, $23, $24, $25, $26)",
         school, domain::blocks(b.status), b.id, b.version, domain::to_string(b.status), b.type, b.instructor,
         b.learner, b.vehicle, b.lesson.start(), b.lesson.end(), b.occupied.start(), b.occupied.end(), b.vehicle_until,
         b.local_start, b.zone, b.price.amount_minor, b.price.currency, b.cancel_free_until, b.pickup, b.dropoff,
         b.note, b.expires_at, b.extended, b.created_at, b.created_by);
}

void update_row(Transaction& tx, base::SchoolId school, const Booking& b) {
  const auto changed = tx.run(
      "update bookings set version = $3, status = $4, blocks = $5, instructor_id = $6, vehicle_id = $7, starts_at = $8,"
      " ends_at = $9, occupied_start = $10, occupied_end = $11, vehicle_end = $12, local_start = $13, zone = $14,"
      " price_minor = $15, cancel_free_until = $16, pickup_id = $17, dropoff_id = $18, note_id = $19, expires_at = $20,"
      " extended = $21, learner_id = $22, created_by = $23 where school_id = $1 and id = $2 and version = $3 - 1",
      school, b.id, b.version, domain::to_string(b.status), domain::blocks(b.status), b.instructor, b.vehicle,
      b.lesson.start(), b.lesson.end(), b.occupied.start(), b.occupied.end(), b.vehicle_until, b.local_start, b.zone,
      b.price.amount_minor, b.cancel_free_until, b.pickup, b.dropoff, b.note, b.expires_at, b.extended, b.learner,
      b.created_by);
  if (changed == 0) throw SerializationError("The booking was changed meanwhile.");
}

/// What the last word on double booking said, as the refusal that it is. A vehicle is chosen before it is locked:
/// whoever has lost it decides again, as another one may be free.
std::optional<base::Error> overlap(const ConstraintError& error) {
  using base::Code;
  if (error.name == "overlap:instructor") return base::Error{Code::slot_taken, "This time has just been taken."};
  if (error.name == "overlap:learner") return base::Error{Code::learner_busy, "There is another lesson at this time."};
  if (error.name == "overlap:vehicle") throw SerializationError("The vehicle has just been taken.");
  return std::nullopt;
}

template <class SomeId>
SomeId id_in(const boost::json::object& state, std::string_view name) {
  const auto* value = state.if_contains(name);
  return value && !value->is_null() ? SomeId{base::id_from_text(value->as_string()).value()} : SomeId{};
}
base::Instant instant_in(const boost::json::object& state, std::string_view name) {
  return base::instant_from_text(state.at(name).as_string()).value();
}
std::string text_in(const boost::json::object& state, std::string_view name) {
  return std::string(state.at(name).as_string());
}

template <class SomeId>
void put(boost::json::object& state, std::string_view name, SomeId id) {
  if (id) state[name] = base::to_text(id);
}

}  // namespace

boost::json::object to_json(const Booking& b) {
  boost::json::object state{{"id", base::to_text(b.id)},
                            {"status", domain::to_string(b.status)},
                            {"lesson_type_id", base::to_text(b.type)},
                            {"instructor_id", base::to_text(b.instructor)},
                            {"start", base::to_text(b.lesson.start())},
                            {"end", base::to_text(b.lesson.end())},
                            {"occupied_start", base::to_text(b.occupied.start())},
                            {"occupied_end", base::to_text(b.occupied.end())},
                            {"vehicle_until", base::to_text(b.vehicle_until)},
                            {"local_start", b.local_start},
                            {"zone", b.zone},
                            {"price", {{"amount_minor", b.price.amount_minor}, {"currency", b.price.currency}}},
                            {"cancel_free_until", base::to_text(b.cancel_free_until)},
                            {"created_at", base::to_text(b.created_at)}};
  put(state, "learner_id", b.learner);
  put(state, "created_by", b.created_by);
  put(state, "vehicle_id", b.vehicle);
  put(state, "pickup", b.pickup);
  put(state, "dropoff", b.dropoff);
  put(state, "note", b.note);
  if (b.expires_at) state["expires_at"] = base::to_text(*b.expires_at);
  if (b.extended) state["extended"] = true;
  return state;
}

Booking booking_after(const Event& event) try {
  const auto& state = event.data;
  const auto& price = state.at("price").as_object();
  const auto* expires_at = state.if_contains("expires_at");
  return {.id = id_in<base::BookingId>(state, "id"),
          .version = event.version,
          .status = domain::status_from_text(state.at("status").as_string()).value(),
          .type = id_in<base::LessonTypeId>(state, "lesson_type_id"),
          .instructor = id_in<base::InstructorId>(state, "instructor_id"),
          .learner = id_in<base::LearnerId>(state, "learner_id"),
          .vehicle = id_in<base::VehicleId>(state, "vehicle_id"),
          .lesson = Interval::between(instant_in(state, "start"), instant_in(state, "end")).value(),
          .occupied = Interval::between(instant_in(state, "occupied_start"), instant_in(state, "occupied_end")).value(),
          .vehicle_until = instant_in(state, "vehicle_until"),
          .local_start = text_in(state, "local_start"),
          .zone = text_in(state, "zone"),
          .price = {price.at("amount_minor").as_int64(), text_in(price, "currency")},
          .cancel_free_until = instant_in(state, "cancel_free_until"),
          .pickup = id_in<base::PlaceId>(state, "pickup"),
          .dropoff = id_in<base::PlaceId>(state, "dropoff"),
          .note = id_in<base::TextId>(state, "note"),
          .expires_at = expires_at ? std::optional(instant_in(state, "expires_at")) : std::nullopt,
          .extended = state.contains("extended"),
          .created_at = instant_in(state, "created_at"),
          .created_by = id_in<base::PersonId>(state, "created_by")};
} catch (const std::exception& error) {
  throw base::Bug(fmt::format("an event does not hold the state of a booking: {}", error.what()));
}

void put_row(Transaction& tx, base::SchoolId school, const Booking& booking) {
  booking.version == 1 ? insert_row(tx, school, booking) : update_row(tx, school, booking);
}

base::Done save(Transaction& tx, const Author& author, const Booking& booking, const Change& change) {
  try {
    put_row(tx, author.school, booking);
  } catch (const ConstraintError& error) {
    if (auto refusal = overlap(error)) return base::refuse(std::move(*refusal));
    throw;
  }
  if (tx.saved_bookings) tx.saved_bookings->push_back(booking);
  if (!booking.learner && booking.version > 1) follow_hold(tx, author.school, booking);
  auto data = to_json(booking);
  for (const auto& [name, value] : change.more) data[name] = value;
  append(tx, author, stream_of(booking.id), booking.version, change.type, data);
  return base::done();
}

bool is_of_guest(const std::vector<Event>& events) {
  return std::ranges::any_of(events, [](const Event& event) { return event.data.contains("guest"); });
}

std::optional<Booking> find_booking(Transaction& tx, base::SchoolId school, base::BookingId id) {
  for (const Row row :
       tx.query("select " BOOKING_COLUMNS " from bookings where school_id = $1 and id = $2", school, id))
    return booking_from(row);
  return std::nullopt;
}

std::vector<Booking> lapsed_bookings(Transaction& tx, base::SchoolId school, const Calendars& calendars,
                                     base::Instant now) {
  std::vector<Booking> lapsed;
  // "+ 0" keeps the planner from walking all bookings of the school: few have lapsed, and bookings_expiry lists them.
  for (const Row row : tx.query("select " BOOKING_COLUMNS " from bookings where blocks = 1 and expires_at is not null"
                                " and expires_at <= $1 and school_id + 0 = $2 and (instructor_id = $3"
                                " or learner_id = $4 or vehicle_id = $5) order by id",
                                now, school, calendars.instructor, calendars.learner, calendars.vehicle))
    lapsed.push_back(booking_from(row));
  return lapsed;
}

std::vector<Booking> lapsed_bookings(Transaction& tx, base::SchoolId school, base::Instant now, int limit) {
  std::vector<Booking> lapsed;
  for (const Row row : tx.query("select " BOOKING_COLUMNS " from bookings where blocks = 1 and school_id + 0 = $1"
                                " and expires_at is not null and expires_at <= $2 order by expires_at limit $3",
                                school, now, limit))
    lapsed.push_back(booking_from(row));
  return lapsed;
}

int count_holds(Transaction& tx, base::SchoolId school, base::LearnerId learner, base::Instant now) {
  return static_cast<int>(
      *tx.number("select count(*) from bookings where blocks = 1 and school_id = $1"
                 " and learner_id = $2 and status = 'held' and expires_at > $3",
                 school, learner, now));
}

std::vector<Booking> list_bookings(Transaction& tx, base::SchoolId school, const BookingFilter& filter) {
  // The three shapes of one query: each follows an index of its own. No comparison of pairs: SQLite would take the
  // index of the whole school for it, and read everybody's lessons to find one person's.
  std::string sql = "select " BOOKING_COLUMNS " from bookings where school_id = $1 and learner_id is not null";
  if (filter.instructor) sql += " and instructor_id = $2";
  if (filter.learner) sql += " and learner_id = $3";
  sql += " and starts_at >= $4 and starts_at < $5 and (starts_at > $4 or id > $6)";
  sql += filter.status ? " and status = $7" : " and status not in ('held', 'released', 'expired')";
  sql += " order by starts_at, id limit $8";
  const auto first = std::max(filter.from.value_or(base::Instant{}), filter.after_start);
  const auto after_id = first == filter.after_start ? filter.after_id.value : 0;
  std::vector<Booking> bookings;
  for (const Row row :
       tx.query(sql, school, filter.instructor, filter.learner, first, filter.to.value_or(base::Instant::max()),
                after_id, domain::to_string(filter.status.value_or(domain::Status::booked)), filter.limit))
    bookings.push_back(booking_from(row));
  return bookings;
}

}  // namespace store
