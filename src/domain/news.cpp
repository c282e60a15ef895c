#include "domain/news.h"

#include <algorithm>
#include <charconv>

namespace domain {

namespace {

enum class Standing { none, requested, booked };

bool concerns(const Booking& booking, base::PersonId person) {
  return booking.learner.value == person.value || booking.instructor.value == person.value;
}

/// What the booking is to this person.
Standing standing(const Booking& booking, base::PersonId person) {
  if (!concerns(booking, person)) return Standing::none;
  switch (booking.status) {
    case Status::requested:
      return Standing::requested;
    case Status::booked:
    case Status::delivered:
    case Status::no_show:
      return Standing::booked;
    case Status::held:
    case Status::released:
    case Status::expired:
    case Status::refused:
    case Status::cancelled:
      return Standing::none;
  }
  throw base::Bug("unknown domain::Status");
}

bool same_place(const Booking& a, const Booking& b) {
  return a.lesson == b.lesson && a.instructor == b.instructor && a.vehicle == b.vehicle && a.pickup == b.pickup &&
         a.dropoff == b.dropoff;
}

/// To somebody who counted on it, or asked for it, and has it no more.
News ended(const Booking& now, base::PersonId reader) {
  if (!concerns(now, reader)) return News::cancelled;
  if (now.status == Status::refused) return News::refused;
  if (now.status == Status::expired) return News::lapsed;
  return News::cancelled;
}

}  // namespace

std::string_view to_string(News news) {
  switch (news) {
    case News::requested:
      return "requested";
    case News::confirmed:
      return "confirmed";
    case News::moved:
      return "moved";
    case News::cancelled:
      return "cancelled";
    case News::refused:
      return "refused";
    case News::lapsed:
      return "lapsed";
  }
  throw base::Bug("unknown domain::News");
}

std::optional<News> news(const std::optional<Booking>& known, const Booking& now, const Reader& reader) {
  const auto before = known ? standing(*known, reader.person) : Standing::none;
  const auto after = standing(now, reader.person);
  if (after == Standing::none) {
    // Whoever made it believes in it before they are told anything, until they end it themselves.
    const bool theirs = now.status == Status::cancelled || now.status == Status::refused;
    const bool believed = theirs && !known && now.created_by == reader.person && reader.changed_by != reader.person;
    if (before == Standing::none && !believed) return std::nullopt;
    return ended(now, reader.person);
  }
  if (before == Standing::none) return after == Standing::requested ? News::requested : News::confirmed;
  if (before == Standing::requested && after == Standing::booked) return News::confirmed;
  if (same_place(*known, now)) return std::nullopt;
  return News::moved;
}

base::Result<Leads> leads_from(std::string_view text) {
  constexpr std::size_t most = 3;
  Leads leads;
  while (!text.empty()) {
    int minutes = 0;
    const auto part = text.substr(0, text.find(','));
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), minutes);
    const bool number = error == std::errc{} && end == part.data() + part.size();
    if (!number || minutes < 15 || Minutes{minutes} > longest_lead)
      return base::refuse(base::Code::invalid_input, "Each between 15 minutes and 7 days.");
    leads.emplace_back(minutes);
    text.remove_prefix(std::min(part.size() + 1, text.size()));
  }
  std::ranges::sort(leads, std::greater());
  if (leads.size() > most || std::ranges::adjacent_find(leads) != leads.end())
    return base::refuse(base::Code::invalid_input, "At most three, each once.");
  return leads;
}

std::string to_text(const Leads& leads) {
  std::string text;
  for (const auto lead : leads) text += (text.empty() ? "" : ",") + std::to_string(lead.count());
  return text;
}

}  // namespace domain
