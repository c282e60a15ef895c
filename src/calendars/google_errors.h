/// The errors of Google Calendar (API v3, guides/errors), and what they mean for us.
#pragma once

#include <boost/json/array.hpp>

#include "calendars/provider.h"
#include "net/http_client.h"

namespace calendars {

/// Why an answer is not what was asked for: first by the reason and the domain that its body names, then by its status.
/// What the API did not say itself (a page of HTML on the way) is never "missing" and never for good.
Failure failure_of(const net::HttpAnswer& answer);
/// Whether a 409 is about an id that is taken.
bool is_duplicate(const net::HttpAnswer& answer);
/// Of `errors` about one calendar inside an answer that is fine otherwise (freeBusy).
Failure failure_in(const boost::json::array& errors);
/// An answer that is not what the reference says; `what` is without anything of anybody.
Failure unreadable_answer(std::string what);

}  // namespace calendars
