/// Bodies of bookings and holds.
#pragma once

#include "actions/bookings.h"
#include "http/api.h"

namespace http {

/// What came of it, for the metrics.
void count_attempt(const App& app, const base::Result<actions::BookingView>& made);

base::Result<actions::BookingInput> booking_input(const Request& request);
base::Result<actions::MoveInput> move_input(const Request& request);

}  // namespace http
