/// Bodies of bookings and holds.
#pragma once

#include "actions/bookings.h"
#include "http/api.h"

namespace http {

base::Result<actions::BookingInput> booking_input(const Request& request);
base::Result<actions::MoveInput> move_input(const Request& request);

}  // namespace http
