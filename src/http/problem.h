/// Refusals as RFC 9457 problem documents; the only place where a Code becomes a status.
#pragma once

#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace http {

struct ProblemKind {
  int status;
  std::string_view title;
};
ProblemKind kind_of(base::Code code);

/// With `instance` /requests/<correlation_id>, and what the status asks for: WWW-Authenticate with 401, Retry-After
/// with 503 and, where the error says how long to wait, with 429.
Response problem(const base::Error& error, std::string_view correlation_id);

std::string_view reason_phrase(int status);

}  // namespace http
