/// What must work for this node to take requests, by name: GET /readyz.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace observe {

/// `run` may block for a moment and may throw; both a refusal and an exception mean "not ready".
struct HealthCheck {
  std::string name;
  std::function<base::Done()> run;
  bool vital = true;  ///< Not: it is named, and the node takes requests without it.
};

struct HealthReport {
  std::string name;
  std::string problem;  ///< Empty: it works.
  bool vital = true;
};

std::vector<HealthReport> run_checks(const std::vector<HealthCheck>& checks);

}  // namespace observe
