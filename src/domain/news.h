/// What somebody is told about a booking, decided from what they know and what is so now, whatever happened between:
/// made and moved is one confirmation, made and cancelled again nothing.
#pragma once

#include "domain/booking.h"

namespace domain {

enum class News { requested, confirmed, moved, cancelled, refused, lapsed };
std::string_view to_string(News news);

/// Whom the news is for.
struct Reader {
  base::PersonId person;
  base::PersonId changed_by;  ///< Who made the newest change; none: Roadbook itself.
};

/// `known` is the booking as the reader was last told of it; nullopt: never. Nothing where there is nothing to say.
std::optional<News> news(const std::optional<Booking>& known, const Booking& now, const Reader& reader);

/// How long before a lesson its learner is reminded, the school's choice.
using Leads = std::vector<Minutes>;
inline constexpr Minutes longest_lead{7 * 24 * 60};
/// "1440,120": up to three, each 15 minutes to 7 days, the longest first. invalid_input otherwise.
base::Result<Leads> leads_from(std::string_view text);
std::string to_text(const Leads& leads);

}  // namespace domain
