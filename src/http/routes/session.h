/// What all ways to sign in have in common.
#pragma once

#include "actions/sign_in.h"
#include "http/api.h"

namespace http {

inline constexpr std::string_view cross_site = "cross-site";

/// The access token, who it is, and the refresh cookie.
Response session_response(const App& app, const actions::SignInView& view);
/// The cookie is SameSite=Strict; this is for browsers that have forgotten.
base::Done same_site(const Request& request);
/// On disk before anybody has the tokens.
base::Done keep_sign_in(const App& app, const Request& request, const actions::SignInView& view, std::string action);
base::Done note_failure(const App& app, const Request& request, const actions::Tried& tried);

}  // namespace http
