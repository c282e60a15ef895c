// What people ask about their data, and the queue of those who answer.
#include "actions/data_requests.h"

#include "http/pages.h"
#include "http/routes/routes.h"

namespace http {

namespace {

constexpr base::TextLimits data_request_words{.min = 1, .max = 2'000, .lines = base::TextLimits::Lines::many};
constexpr std::pair<std::string_view, actions::DataRequests> data_request_states[] = {
    {"open", actions::DataRequests::open}, {"closed", actions::DataRequests::closed}};
/// Of those that a human gives; the third is what an erasure leaves.
constexpr auto given_outcomes = std::span(store::data_outcomes).first<2>();

boost::json::object rendered(const actions::DataRequestView& view) {
  const auto& request = view.request;
  return {{"id", base::to_text(request.id)},
          {"version", request.version},
          {"person_id", base::to_text(request.person)},
          {"name", view.name},
          {"right", store::to_string(request.right)},
          {"text", view.words},
          {"received_on", base::to_text(request.received)},
          {"due_on", base::to_text(request.due)},
          {"overdue", view.overdue},
          {"extended", request.due != domain::answer_due_on(request.received, false)},
          {"extension_reason", view.extension},
          {"outcome", request.outcome ? boost::json::value(store::to_string(*request.outcome)) : nullptr},
          {"answer", view.answer},
          {"closed_at", request.closed_at ? boost::json::value(base::to_text(*request.closed_at)) : nullptr}};
}

actions::DataRequestInput read_input(base::JsonReader& reader) {
  return {reader.choice<domain::DataRight>("right", domain::data_rights), reader.text("text", data_request_words)};
}

base::Result<Response> file_data_request(const App& app, const Call& call) {
  const auto key = TRY(call.key(app));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto input = read_input(reader);
  TRY(reader.finish());
  const auto made = TRY(actions::file_data_request(app.identity, call.caller, input, key));
  return created(call.request, rendered(made.value), made.replayed);
}

base::Result<Response> record_data_request(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PersonKind>(call.request));
  const auto key = TRY(call.key(app));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto input = read_input(reader);
  const auto received = reader.date("received_on");
  TRY(reader.finish());
  const auto made = TRY(actions::record_data_request(app.identity, call.caller, id, input, received, key));
  return created(call.request, rendered(made.value), made.replayed);
}

base::Result<Response> my_data_requests(const App& app, const Call& call) {
  boost::json::array items;
  for (const auto& view : TRY(actions::my_data_requests(app.identity, call.caller))) items.push_back(rendered(view));
  return json_response(200, {{"items", std::move(items)}});
}

base::Result<Response> list_data_requests(const App& app, const Call& call) {
  QueryReader reader(call.request);
  using actions::DataRequests;
  const auto state = reader.fields().optional_choice<DataRequests>("state", data_request_states);
  const auto query = page_query(reader);
  TRY(reader.finish());
  const auto page =
      TRY(actions::list_data_requests(app.identity, call.caller, state.value_or(DataRequests::open), query));
  auto response = page_response(page, [](const auto& view) { return rendered(view); });
  for (const auto& view : page.items) response.shows.push_back(view.request.person);
  return response;
}

Response answered(const actions::DataRequestView& view) {
  auto response = versioned(rendered(view));
  response.shows.push_back(view.request.person);
  return response;
}

base::Result<Response> extend_data_request(const App& app, const Call& call) {
  const auto id = TRY(base::id_from_text(call.request.param("id")));
  const auto version = TRY(if_match(call.request));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto reason = reader.text("reason", data_request_words);
  TRY(reader.finish());
  return answered(TRY(actions::extend_data_request(app.identity, call.caller, id, version, reason)));
}

base::Result<Response> close_data_request(const App& app, const Call& call) {
  const auto id = TRY(base::id_from_text(call.request.param("id")));
  const auto version = TRY(if_match(call.request));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto outcome = reader.choice<store::DataOutcome>("outcome", given_outcomes);
  const auto answer = reader.optional_text("answer", data_request_words).value_or("");
  TRY(reader.finish());
  return answered(TRY(actions::close_data_request(app.identity, call.caller, id, version, outcome, answer)));
}

}  // namespace

std::vector<Route> data_request_routes(const App& app) {
  const ApiRoute table[] = {{"GET", "/api/v1/me/requests", my_data_requests},
                            {"POST", "/api/v1/me/requests", file_data_request},
                            {"POST", "/api/v1/people/{id}/requests", record_data_request},
                            {"GET", "/api/v1/privacy/requests", list_data_requests, {"state", "limit", "cursor"}},
                            {"POST", "/api/v1/privacy/requests/{id}/extension", extend_data_request},
                            {"POST", "/api/v1/privacy/requests/{id}/outcome", close_data_request}};
  return bound(app, table);
}

}  // namespace http
