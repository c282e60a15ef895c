/// An answer as bytes.
#pragma once

#include <string>

#include "base/clock.h"
#include "http/message.h"

namespace http {

enum class KeepAlive { yes, no };

/// Status line and headers with the empty line. Content-Length is that of the content, also where HEAD leaves it out.
std::string serialized_head(const Response& response, KeepAlive keep_alive, base::Instant now);

}  // namespace http
