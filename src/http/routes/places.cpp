#include "actions/people.h"
#include "http/pages.h"
#include "http/routes/routes.h"

namespace http {

namespace {

boost::json::object rendered(const store::Place& place) {
  return {{"id", base::to_text(place.id)}, {"text", place.text}, {"postcode", place.postcode}};
}

base::LearnerId learner_of(QueryReader& reader) {
  return reader.fields().optional_id<base::LearnerKind>("learner_id").value_or(base::LearnerId{});
}

base::Result<Response> list_places(const App& app, const Call& call) {
  QueryReader reader(call.request);
  const auto learner = learner_of(reader);
  const auto query = page_query(reader);
  TRY(reader.finish());
  const auto page = TRY(named_by_request(actions::list_places(app.context, call.caller, learner, query)));
  auto response = page_response(page, [](const auto& place) { return rendered(place); });
  response.shows.push_back({learner ? learner.value : call.caller.principal.person.value});
  return response;
}

base::Result<Response> create_place(const App& app, const Call& call) {
  const auto key = TRY(call.key(app));
  QueryReader query(call.request);
  const auto learner = learner_of(query);
  TRY(query.finish());
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto text = reader.text("text");
  const auto postcode = reader.optional_text("postcode", {.min = 0, .max = 20}).value_or("");
  TRY(reader.finish());
  const auto made =
      TRY(named_by_request(actions::create_place(app.context, call.caller, learner, text, postcode, key)));
  return created(call.request, rendered(made.value), made.replayed);
}

base::Result<Response> remove_place(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PlaceKind>(call.request));
  TRY(actions::delete_place(app.context, call.caller, id));
  return no_content();
}

}  // namespace

std::vector<Route> place_routes(const App& app) {
  const ApiRoute table[] = {{"GET", "/api/v1/places", list_places, {"learner_id", "limit", "cursor"}},
                            {"POST", "/api/v1/places", create_place, {"learner_id"}},
                            {"DELETE", "/api/v1/places/{id}", remove_place}};
  return bound(app, table, Acting::allowed);
}

}  // namespace http
