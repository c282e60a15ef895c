#include "http/render.h"

#include <fmt/format.h>

#include "http/pages.h"

namespace http {

boost::json::object rendered(const actions::BookingView& view) {
  const auto& booking = view.booking;
  boost::json::array can;
  for (const auto action : view.can) can.emplace_back(action);
  boost::json::object body{
      {"id", base::to_text(booking.id)},
      {"version", booking.version},
      {"status", domain::to_string(booking.status)},
      {"start", base::to_text(booking.lesson.start())},
      {"end", base::to_text(booking.lesson.end())},
      {"local_start", booking.local_start},
      {"zone", booking.zone},
      {"lesson_type_id", base::to_text(booking.type)},
      {"instructor_id", base::to_text(booking.instructor)},
      {"learner_id", base::to_text(booking.learner)},
      {"vehicle_id", id_or_null(booking.vehicle)},
      {"pickup", id_or_null(booking.pickup)},
      {"dropoff", id_or_null(booking.dropoff)},
      {"price", {{"amount_minor", booking.price.amount_minor}, {"currency", booking.price.currency}}},
      {"cancel_free_until", base::to_text(booking.cancel_free_until)},
      {"can", std::move(can)},
      {"created_at", base::to_text(booking.created_at)}};
  if (!view.note.empty()) body["note"] = view.note;
  if (!view.not_reached.empty()) body["not_reached"] = texts_of(view.not_reached);
  return body;
}

std::string_view transmission_text(domain::Transmission transmission) {
  for (const auto& [text, value] : transmissions)
    if (value == transmission) return text;
  throw base::Bug("unknown Transmission");
}

boost::json::object rendered(const store::OfferedLesson& lesson) {
  const auto& rules = lesson.rules;
  return {{"id", base::to_text(rules.id)},
          {"name", lesson.name},
          {"length_minutes", rules.length.count()},
          {"step_minutes", rules.step.count()},
          {"buffer_before_minutes", rules.buffer_before.count()},
          {"buffer_after_minutes", rules.buffer_after.count()},
          {"notice_book_minutes", rules.notice_book.count()},
          {"notice_move_minutes", rules.notice_move.count()},
          {"notice_cancel_minutes", rules.notice_cancel.count()},
          {"horizon_days", rules.horizon.count()},
          {"price", {{"amount_minor", lesson.price.amount_minor}, {"currency", lesson.price.currency}}},
          {"transmission", transmission_text(rules.transmission)},
          {"needs_vehicle", rules.needs_vehicle},
          {"active", rules.active},
          {"version", lesson.version}};
}

boost::json::object rendered_hold(const domain::Booking& hold) {
  CHECK(hold.expires_at.has_value());
  return {{"id", base::to_text(hold.id)},
          {"expires_at", base::to_text(*hold.expires_at)},
          {"start", base::to_text(hold.lesson.start())},
          {"end", base::to_text(hold.lesson.end())},
          {"instructor_id", base::to_text(hold.instructor)},
          {"vehicle_id", id_or_null(hold.vehicle)}};
}

boost::json::object rendered(const actions::Happening& happening) {
  const auto& event = happening.event;
  boost::json::object body{{"version", event.version},
                           {"type", event.type},
                           {"at", base::to_text(event.at)},
                           {"actor", base::to_text(event.actor)},
                           {"data", event.data}};
  if (happening.actor_role) body["actor_role"] = store::to_string(*happening.actor_role);
  if (!happening.actor_name.empty()) body["actor_name"] = happening.actor_name;
  if (!happening.reason.empty()) body["reason"] = happening.reason;
  return body;
}

boost::json::array rendered(const std::vector<base::Refusal>& refusals) {
  boost::json::array array;
  for (const auto& refusal : refusals)
    array.push_back({{"rule", base::to_string(refusal.rule)}, {"message", refusal.message}});
  return array;
}

std::string rendered(const actions::Times& times) {
  std::string out;
  out.reserve(200 + times.slots.size() * 90 + times.days.size() * 40);
  auto to = std::back_inserter(out);
  // Zone names, dates and instants have no character that JSON would escape.
  fmt::format_to(to, R"({{"time_zone":"{}","version":"{}","days":[)", times.time_zone, times.version);
  const char* comma = "";
  for (const auto& [date, count] : times.days) {
    fmt::format_to(to, R"({}{{"date":"{}","count":{}}})", comma, base::to_text(date), count);
    comma = ",";
  }
  out += "],\"slots\":[";
  comma = "";
  for (const auto& slot : times.slots) {
    fmt::format_to(to, R"({}{{"start":"{}","end":"{}","instructors":{}}})", comma, base::to_text(slot.lesson.start()),
                   base::to_text(slot.lesson.end()), slot.instructors);
    comma = ",";
  }
  out += "]}";
  return out;
}

}  // namespace http
