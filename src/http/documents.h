/// What the binary carries of docs/.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace http {

/// docs/openapi.yaml as JSON.
std::string_view openapi_json();

/// The row of docs/rules.md for a code ("slot-taken") as a short text; nothing for a code that it does not list.
std::optional<std::string> rule_text(std::string_view code);

}  // namespace http
