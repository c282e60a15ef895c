/// One table for each file of this folder.
#pragma once

#include "http/api.h"

namespace http {

std::vector<Route> service_routes(const App& app);
std::vector<Route> sign_in_routes(const App& app);
std::vector<Route> openid_routes(const App& app);
std::vector<Route> account_routes(const App& app);
std::vector<Route> school_routes(const App& app);
std::vector<Route> people_routes(const App& app);
std::vector<Route> import_routes(const App& app);
std::vector<Route> place_routes(const App& app);
std::vector<Route> lesson_type_routes(const App& app);
std::vector<Route> vehicle_routes(const App& app);
std::vector<Route> closure_routes(const App& app);
std::vector<Route> working_time_routes(const App& app);
std::vector<Route> availability_routes(const App& app);
std::vector<Route> booking_routes(const App& app);
std::vector<Route> hold_routes(const App& app);
std::vector<Route> job_routes(const App& app);
std::vector<Route> live_routes(const App& app);
std::vector<Route> feed_routes(const App& app);
std::vector<Route> audit_routes(const App& app);
std::vector<Route> factor_routes(const App& app);
std::vector<Route> passkey_routes(const App& app);
std::vector<Route> privacy_routes(const App& app);
std::vector<Route> learner_document_routes(const App& app);
std::vector<Route> acting_routes(const App& app);
std::vector<Route> guest_routes(const App& app);
std::vector<Route> policy_routes(const App& app);
std::vector<Route> connection_routes(const App& app);
std::vector<Route> retention_routes(const App& app);
std::vector<Route> data_request_routes(const App& app);
std::vector<Route> processing_routes(const App& app);

}  // namespace http
