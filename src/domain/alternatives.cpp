#include "domain/alternatives.h"

namespace domain {

namespace {

struct Offer {
  std::chrono::seconds distance;
  base::InstructorId instructor;
  Slot slot;
  auto operator<=>(const Offer&) const = default;
};

template <class Fits>
void take(std::vector<Offer>& from, std::vector<Offer>& into, std::size_t limit, Fits fits) {
  for (auto offer = from.begin(); offer != from.end() && limit > 0 && into.size() < alternatives_at_most;) {
    if (!fits(*offer)) {
      ++offer;
      continue;
    }
    into.push_back(*offer);
    offer = from.erase(offer);
    --limit;
  }
}

}  // namespace

std::vector<base::Alternative> rank_alternatives(const Wanted& wanted, std::span<const FreeTimes> free,
                                                 const Zone& zone) {
  std::vector<Offer> offers, chosen;
  for (const auto& times : free)
    for (const auto& slot : times.slots) {
      const auto distance = slot.lesson.start() - wanted.start;
      offers.push_back({distance < distance.zero() ? -distance : distance, times.instructor, slot});
    }
  std::sort(offers.begin(), offers.end());
  const auto day = zone.day_of(wanted.start);
  take(offers, chosen, 2, [&](const Offer& offer) {
    return offer.instructor == wanted.instructor && zone.day_of(offer.slot.lesson.start()) == day;
  });
  take(offers, chosen, 2, [&](const Offer& offer) { return offer.distance == offer.distance.zero(); });
  take(offers, chosen, alternatives_at_most, [](const Offer&) { return true; });
  std::vector<base::Alternative> alternatives;
  alternatives.reserve(chosen.size());
  for (const auto& [distance, instructor, slot] : chosen)
    alternatives.push_back({base::to_seconds(slot.lesson.start()), base::to_seconds(slot.lesson.end()),
                            instructor.value, slot.vehicle.value});
  return alternatives;
}

}  // namespace domain
