/// What the previews of rules and of hours have in common: the window asked about, and the answer.
#pragma once

#include "actions/preview.h"
#include "http/api.h"

namespace http {

actions::PreviewQuery preview_query(base::JsonReader& reader);
Response preview_response(const actions::Preview& preview);

}  // namespace http
