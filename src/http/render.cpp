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

namespace {

/// Writes instants in ascending order as RFC 3339, in UTC, into their place in a text: the date once a day.
class InstantText {
 public:
  InstantText(std::string& text, std::size_t at) : text_(text), at_(at) {}
  void write(base::Instant instant) {
    if (instant < day_ || instant >= day_ + std::chrono::days{1}) {
      day_ = std::chrono::floor<std::chrono::days>(instant);
      text_.replace(at_, instant_size, base::to_text(day_));
    }
    const auto seconds = static_cast<int>((instant - day_).count());
    put(11, seconds / 3600), put(14, seconds / 60 % 60), put(17, seconds % 60);
  }
  static constexpr std::size_t instant_size = 20;

 private:
  void put(std::size_t at, int value) {
    text_[at_ + at] = static_cast<char>('0' + value / 10);
    text_[at_ + at + 1] = static_cast<char>('0' + value % 10);
  }
  std::string& text_;
  const std::size_t at_;
  base::Instant day_{std::chrono::days{-1}};
};

}  // namespace

std::string rendered(const actions::Times& times) {
  std::string out;
  out.reserve(200 + times.slots.size() * 90 + times.days.size() * 40);
  const auto put = [&](const auto&... parts) { (out.append(std::string_view(parts)), ...); };
  const auto number = [](std::int64_t value) { return fmt::format_int(value); };
  // Zone names, dates and instants have no character that JSON would escape.
  put(R"({"time_zone":")", times.time_zone, R"(","version":")", number(times.version).c_str(), R"(","days":[)");
  const char* comma = "";
  for (const auto& [date, count] : times.days) {
    put(comma, R"({"date":")", base::to_text(date), R"(","count":)", number(count).c_str(), "}");
    comma = ",";
  }
  put(R"(],"slots":[)");
  const std::string instant(InstantText::instant_size, ' ');
  std::string slot = R"(,{"start":")" + instant + R"(","end":")" + instant + R"(","instructors":)";
  InstantText start(slot, slot.find(instant)), end(slot, slot.rfind(instant));
  for (const auto& [lesson, instructors] : times.slots) {
    start.write(lesson.start());
    end.write(lesson.end());
    put(out.ends_with('[') ? std::string_view(slot).substr(1) : std::string_view(slot), number(instructors).c_str(),
        "}");
  }
  put("]}");
  return out;
}

}  // namespace http
