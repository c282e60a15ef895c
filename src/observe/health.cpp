#include "observe/health.h"

#include <exception>

namespace observe {

namespace {

std::string problem_of(const HealthCheck& check) {
  try {
    const auto done = check.run();
    return done ? std::string() : done.error().detail;
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace

std::vector<HealthReport> run_checks(const std::vector<HealthCheck>& checks) {
  std::vector<HealthReport> reports;
  reports.reserve(checks.size());
  for (const auto& check : checks) reports.push_back({check.name, problem_of(check), check.vital});
  return reports;
}

}  // namespace observe
