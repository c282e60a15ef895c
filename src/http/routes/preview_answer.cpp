#include "http/routes/preview_answer.h"

#include <boost/json/array.hpp>

namespace http {

namespace {

boost::json::object rendered(const actions::Preview::Instructor& instructor) {
  boost::json::array days;
  int before = 0, after = 0;
  for (const auto& day : instructor.days) {
    days.push_back({{"date", base::to_text(day.date)}, {"before", day.before}, {"after", day.after}});
    before += day.before;
    after += day.after;
  }
  return {{"id", base::to_text(instructor.id)}, {"before", before}, {"after", after}, {"days", std::move(days)}};
}

boost::json::object rendered(const actions::Preview::Broken& booking) {
  return {{"id", base::to_text(booking.id)},
          {"start", base::to_text(booking.lesson.start())},
          {"end", base::to_text(booking.lesson.end())},
          {"instructor_id", base::to_text(booking.instructor)},
          {"learner_id", base::to_text(booking.learner)},
          {"rule", base::to_string(booking.rule)}};
}

}  // namespace

actions::PreviewQuery preview_query(base::JsonReader& reader) {
  return {.type = reader.optional_id<base::LessonTypeKind>("lesson_type_id").value_or(base::LessonTypeId{}),
          .from = reader.optional_date("from"),
          .to = reader.optional_date("to")};
}

Response preview_response(const actions::Preview& preview) {
  boost::json::array instructors, bookings;
  for (const auto& instructor : preview.instructors) instructors.push_back(rendered(instructor));
  for (const auto& booking : preview.bookings) bookings.push_back(rendered(booking));
  return json_response(200, {{"lesson_type_id", base::to_text(preview.type)},
                             {"from", base::to_text(preview.from)},
                             {"to", base::to_text(preview.to)},
                             {"instructors", std::move(instructors)},
                             {"instructors_total", preview.instructors_total},
                             {"bookings", std::move(bookings)},
                             {"bookings_total", preview.bookings_total}});
}

}  // namespace http
