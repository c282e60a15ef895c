#include "actions/wording.h"

#include "store/places.h"
#include "store/schedules.h"

namespace actions {

notify::Lesson Wording::lesson(const domain::Booking& booking) {
  const auto* type = rules_->lesson(booking.type);
  return {.booking = booking,
          .type = type ? type->name : "Lesson",
          .learner = name(booking.learner.value),
          .instructor = name(booking.instructor.value),
          .vehicle = vehicle(booking.vehicle),
          .pickup = place(booking.pickup),
          .dropoff = place(booking.dropoff)};
}

net::Mailbox Wording::mailbox(base::PersonId id) {
  const auto person = id ? people_.find(tx_, school_, id) : std::nullopt;
  if (!person || !person->active) return {};
  return {person->details.name, person->details.email};
}

std::string Wording::text(base::TextId id) {
  return store::read_text(tx_, context_.keys, school_, id).value_or("");
}

std::string Wording::name(std::int64_t person) {
  const auto found = people_.find(tx_, school_, {person});
  return found && !found->details.name.empty() ? found->details.name : "somebody";
}

std::string Wording::place(base::PlaceId id) {
  const auto found = id ? store::find_place(tx_, context_.keys, school_, id) : std::nullopt;
  if (!found) return "";
  return found->postcode.empty() ? found->text : found->text + ", " + found->postcode;
}

std::string Wording::vehicle(base::VehicleId id) {
  const auto found = id ? store::find_vehicle(tx_, school_, id) : std::nullopt;
  return found ? found->name : "";
}

base::TextId text_in(const store::Event& event, std::string_view name) {
  const auto* id = event.data.if_contains(name);
  if (!id || !id->is_string()) return {};
  const auto found = base::id_from_text(std::string_view(id->get_string()));
  return found ? base::TextId{*found} : base::TextId{};
}

}  // namespace actions
