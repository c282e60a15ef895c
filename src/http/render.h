/// Domain values as the JSON of docs/openapi.yaml.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "actions/bookings.h"
#include "actions/find_times.h"

namespace http {

/// The first two are those of vehicles.
inline constexpr std::pair<std::string_view, domain::Transmission> transmissions[] = {
    {"manual", domain::Transmission::manual},
    {"automatic", domain::Transmission::automatic},
    {"any", domain::Transmission::any}};
std::string_view transmission_text(domain::Transmission transmission);

boost::json::object rendered(const actions::BookingView& view);
boost::json::object rendered_hold(const domain::Booking& hold);
boost::json::object rendered(const actions::Happening& happening);
boost::json::array rendered(const std::vector<base::Refusal>& refusals);
boost::json::object rendered(const store::OfferedLesson& lesson);
/// Text at once, because it is the largest and most frequent answer and needs no tree in between.
std::string rendered(const actions::Times& times);

}  // namespace http
