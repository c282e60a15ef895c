/// Domain values as the JSON of docs/openapi.yaml.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "actions/bookings.h"
#include "actions/find_times.h"

namespace http {

boost::json::object rendered(const actions::BookingView& view);
boost::json::object rendered_hold(const domain::Booking& hold);
boost::json::object rendered(const store::Event& event);
boost::json::array rendered(const std::vector<base::Refusal>& refusals);
/// Text at once, because it is the largest and most frequent answer and needs no tree in between.
std::string rendered(const actions::Times& times);

}  // namespace http
