/// One table for each file of this folder.
#pragma once

#include "http/api.h"

namespace http {

std::vector<Route> service_routes(const App& app);
std::vector<Route> sign_in_routes(const App& app);
std::vector<Route> availability_routes(const App& app);
std::vector<Route> booking_routes(const App& app);
std::vector<Route> hold_routes(const App& app);

}  // namespace http
