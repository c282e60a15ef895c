#include "jobs/dispatch.h"

#include "store/bookings.h"

namespace jobs {

namespace {

/// Whoever is new is invited.
std::vector<Wanted> jobs_after_person(const store::Event& event) {
  if (event.type != "person_added" || event.quiet) return {};
  const auto id = base::id_from_text(std::string_view(event.data.at("id").as_string()));
  CHECK(id.has_value());
  return {{{store::JobKind::invitation, {}, {*id}}, event.at}};
}

}  // namespace

std::vector<Wanted> jobs_after(const store::Event& event, const domain::Leads& leads,
                               std::span<const base::PersonId> guardians) {
  if (event.stream.starts_with("person/")) return jobs_after_person(event);
  if (!event.stream.starts_with("booking/")) return {};
  const auto booking = store::booking_after(event);
  if (!booking.learner) return {};  // Of a guest who is nobody yet: it is kept, or was.
  std::vector<base::PersonId> learners{{booking.learner.value}};
  learners.insert(learners.end(), guardians.begin(), guardians.end());
  auto told = learners;
  told.push_back({booking.instructor.value});
  std::vector<Wanted> wanted;
  const bool hold = booking.status == domain::Status::held || booking.status == domain::Status::released;
  if (!event.quiet && !hold)
    for (const auto person : told)
      wanted.push_back({{store::JobKind::notice, booking.id, person}, event.at + domain::undo_window});
  for (const auto lead : leads) {
    const auto due_at = booking.lesson.start() - lead;
    const bool ahead = booking.status == domain::Status::booked && due_at > event.at;
    for (const auto person : learners)
      wanted.push_back(
          {{store::JobKind::reminder, booking.id, person, lead}, ahead ? std::optional(due_at) : std::nullopt});
  }
  return wanted;
}

}  // namespace jobs
