/// Which browser somebody uses, for people to recognise their own devices by; no closer than that.
#pragma once

#include <string>
#include <string_view>

namespace http {

/// "Firefox on Linux", "Safari on iPhone"; "" where neither is known. `user_agent` as it was sent.
std::string browser_of(std::string_view user_agent);

}  // namespace http
