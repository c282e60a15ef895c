/// What lists and created things have in common.
#pragma once

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "actions/faults.h"
#include "http/api.h"
#include "http/conditions.h"

namespace http {

/// `limit` and `cursor` of a list; other parameters are read by whoever knows them, before finish().
inline actions::PageQuery page_query(QueryReader& reader) {
  const auto after = reader.fields().optional_id<struct CursorKind>("cursor");
  return {.limit = reader.limit(), .after = after ? after->value : 0};
}
inline base::Result<actions::PageQuery> page_query(const Request& request) {
  QueryReader reader(request);
  const auto query = page_query(reader);
  TRY(reader.finish());
  return query;
}

template <class T, class Render>
Response page_response(const actions::Page<T>& page, const Render& render) {
  boost::json::array items;
  for (const auto& item : page.items) items.push_back(render(item));
  boost::json::value next;
  if (page.next != 0) next = base::to_text(page.next);
  return json_response(200, {{"items", std::move(items)}, {"next_cursor", std::move(next)}});
}

/// The body has "id" and "version"; the version is the ETag as well.
inline Response versioned(const boost::json::object& body) {
  auto response = json_response(200, body);
  response.set("ETag", etag(body.at("version").to_number<std::int64_t>()));
  return response;
}

/// 201 with the address of what was made: the request's own path and its id.
inline Response created(const Request& request, const boost::json::object& body, bool replayed) {
  auto response = body.contains("version") ? versioned(body) : json_response(200, body);
  response.status = 201;
  response.set("Location", fmt::format("{}/{}", request.path, std::string_view(body.at("id").as_string())));
  if (replayed) response.set("Idempotency-Replayed", "true");
  return response;
}

inline Response no_content() {
  return {.status = 204, .content_type = ""};
}

template <class Kind>
boost::json::array texts_of(const std::vector<base::Id<Kind>>& ids) {
  boost::json::array array;
  for (const auto id : ids) array.emplace_back(base::to_text(id));
  return array;
}

}  // namespace http
