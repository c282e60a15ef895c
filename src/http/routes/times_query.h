/// Questions about free times, and their answer; the public page asks them too.
#pragma once

#include "actions/find_times.h"
#include "http/api.h"

namespace http {

/// Everything but `start`; the dates stay empty where the caller does not read them.
actions::TimesQuery who_and_what(base::JsonReader& fields);
actions::TimesQuery times_query(QueryReader& reader);

/// "language" and "area", of a query or a body.
domain::WantedTeaching wanted_teaching(base::JsonReader& fields);

Response times_response(const actions::Times& times, const std::string& cache_control);

}  // namespace http
