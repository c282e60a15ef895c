/// What the binary carries of docs/.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace http {

/// docs/openapi.yaml as JSON.
std::string_view openapi_json();

/// The section of docs/rules.md about a code ("slot-taken"); nothing for a code that has none.
std::optional<std::string> rule_text(std::string_view code);

}  // namespace http
