/// What the routes about second factors have in common.
#pragma once

#include "actions/factors.h"
#include "http/api.h"

namespace http {

/// A code however it is typed.
inline constexpr base::TextLimits code_text{.max = 40};

/// A member in base64url, without padding; a mistake where it is none.
base::Bytes base64_member(base::JsonReader& reader, std::string_view key);
/// Of a body that has nothing else.
base::Result<std::string> current_password(const Request& request);
boost::json::object rendered(const actions::PasskeyView& passkey);
/// On disk before the answer leaves: who takes over an account does this first.
base::Done keep_change(const App& app, const Call& call, std::string action, base::PersonId whose = {});

}  // namespace http
