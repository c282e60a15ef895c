#include "http/routes/booking_input.h"

#include "http/routes/times_query.h"

namespace http {

namespace {

constexpr base::TextLimits words{.min = 0, .max = 1000, .lines = base::TextLimits::Lines::many};
constexpr std::size_t most_overrides = 20;

/// A place that is named, cleared with null, or left as it is.
std::optional<base::PlaceId> place_change(base::JsonReader& reader, std::string_view key) {
  const auto place = reader.optional_id<base::PlaceKind>(key);
  return reader.is_null(key) ? base::PlaceId{} : place;
}

}  // namespace

void count_attempt(const App& app, const base::Result<actions::BookingView>& made) {
  const auto outcome = !made            ? base::to_string(made.error().code)
                       : made->replayed ? std::string_view("replayed")
                                        : domain::to_string(made->booking.status);
  app.metrics.booking_outcomes.increment(outcome);
}

base::Result<actions::BookingInput> booking_input(const Request& request) {
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  actions::BookingInput input{.type = reader.id<base::LessonTypeKind>("lesson_type_id"),
                              .start = reader.instant("start")};
  input.instructor = reader.optional_id<base::InstructorKind>("instructor_id").value_or(base::InstructorId{});
  input.learner = reader.optional_id<base::LearnerKind>("learner_id").value_or(base::LearnerId{});
  input.vehicle = reader.optional_id<base::VehicleKind>("vehicle_id").value_or(base::VehicleId{});
  input.pickup = reader.optional_id<base::PlaceKind>("pickup").value_or(base::PlaceId{});
  input.dropoff = reader.optional_id<base::PlaceKind>("dropoff").value_or(base::PlaceId{});
  input.hold = reader.optional_id<base::BookingKind>("hold_id").value_or(base::BookingId{});
  input.note = reader.optional_text("note", words).value_or("");
  input.overruled = reader.optional_texts("override", most_overrides);
  input.reason = reader.optional_text("reason", words).value_or("");
  input.terms_version = reader.optional_integer("terms_version", {1, 1'000'000}).value_or(0);
  input.wanted = wanted_teaching(reader);
  TRY(reader.finish());
  return input;
}

base::Result<actions::MoveInput> move_input(const Request& request) {
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  actions::MoveInput input{.start = reader.optional_instant("start"), .end = reader.optional_instant("end")};
  input.instructor = reader.optional_id<base::InstructorKind>("instructor_id").value_or(base::InstructorId{});
  input.vehicle = reader.optional_id<base::VehicleKind>("vehicle_id").value_or(base::VehicleId{});
  input.pickup = place_change(reader, "pickup");
  input.dropoff = place_change(reader, "dropoff");
  input.note = reader.optional_text("note", words);
  input.overruled = reader.optional_texts("override", most_overrides);
  input.reason = reader.optional_text("reason", words).value_or("");
  TRY(reader.finish());
  return input;
}

}  // namespace http
