#include "api/contract.h"

#include <gtest/gtest.h>

#include "api/school_server.h"

namespace contract_test {

TEST(Contract, RoutesAndDescriptionAreTheSameBothWays) {
  api::SchoolServer world;
  std::map<std::string, std::set<std::string>> routes;
  for (const auto& route : http::api_routes(world.app))
    routes[route.method + " " + route.pattern] = {route.query.begin(), route.query.end()};
  for (auto& [operation, query] : routes) query.erase(http::any_parameter);
  const auto described = api::Contract().operations();
  for (const auto& [operation, query] : described) {
    ASSERT_TRUE(routes.contains(operation)) << operation << " is described and not there";
    EXPECT_EQ(routes.at(operation), query) << operation;
  }
  for (const auto& [operation, query] : routes)
    EXPECT_TRUE(described.contains(operation)) << operation << " is there and not described";
}

TEST(Contract, FindsWhatDoesNotFit) {
  const api::Contract contract;
  EXPECT_EQ(contract.operation_of("GET", "/api/v1/calendar/bookings/x/history?a=b"),
            "GET /api/v1/calendar/bookings/{id}/history");
  EXPECT_EQ(contract.fault("GET /healthz", 200, R"({"status":"ok"})"), "");
  for (const auto* body : {R"({})", R"({"status":"no"})", R"({"status":7})", R"({"status":"ok","more":1})", R"([])"})
    EXPECT_NE(contract.fault("GET /healthz", 200, body), "") << body;
  EXPECT_NE(contract.fault("GET /healthz", 404, "{}"), "");
}

}  // namespace contract_test
