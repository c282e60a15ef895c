// How long what is kept, what would go, and holds.
#include "actions/retention.h"

#include <charconv>

#include "http/pages.h"
#include "http/routes/routes.h"

namespace http {

namespace {

constexpr base::IntegerRange retention_months{1, 240};
constexpr base::TextLimits hold_reason{.min = 1, .max = 500, .lines = base::TextLimits::Lines::many};

boost::json::value number_or_null(const store::Months& months) {
  return months ? boost::json::value(*months) : boost::json::value(nullptr);
}

Response rendered(const store::Retention& retention) {
  return versioned({{"text_months", number_or_null(retention.texts)},
                    {"document_months", number_or_null(retention.documents)},
                    {"learner_months", number_or_null(retention.learners)},
                    {"version", retention.version}});
}

boost::json::object rendered(const actions::RetentionPreview& preview) {
  boost::json::array people;
  for (const auto& [id, name, count, held] : preview.people)
    people.push_back({{"id", base::to_text(id)}, {"name", name}, {"count", count}, {"held", held}});
  return {{"kind", store::to_string(preview.kind)},
          {"months", preview.months},
          {"before", base::to_text(preview.before)},
          {"count", preview.count},
          {"more", preview.more},
          {"people", std::move(people)}};
}

base::Result<Response> get_retention(const App& app, const Call& call) {
  return rendered(TRY(actions::get_retention(app.context, call.caller)));
}

base::Result<Response> put_retention(const App& app, const Call& call) {
  const auto version = TRY(if_match(call.request));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const store::Retention wanted{.texts = reader.optional_integer("text_months", retention_months),
                                .documents = reader.optional_integer("document_months", retention_months),
                                .learners = reader.optional_integer("learner_months", retention_months)};
  TRY(reader.finish());
  return rendered(TRY(actions::set_retention(app.context, call.caller, version, wanted)));
}

store::Months months_of(QueryReader& reader, std::string_view name) {
  const auto text = reader.fields().optional_text(name);
  if (!text) return std::nullopt;
  std::int64_t months = 0;
  const auto* end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, months);
  if (error == std::errc{} && rest == end && months >= retention_months.min && months <= retention_months.max)
    return months;
  reader.fields().mistake(name, "Must be between 1 and 240.");
  return std::nullopt;
}

base::Result<Response> preview_retention(const App& app, const Call& call) {
  QueryReader reader(call.request);
  store::Retention wanted{.texts = months_of(reader, "text_months"),
                          .documents = months_of(reader, "document_months"),
                          .learners = months_of(reader, "learner_months")};
  TRY(reader.finish());
  if (call.request.query.empty()) wanted = TRY(actions::get_retention(app.context, call.caller));
  boost::json::array items;
  std::vector<base::PersonId> shown;
  for (const auto& preview : TRY(actions::preview_retention(app.identity, call.caller, wanted))) {
    items.push_back(rendered(preview));
    for (const auto& owner : preview.people) shown.push_back(owner.id);
  }
  auto response = json_response(200, {{"items", std::move(items)}});
  response.shows = std::move(shown);
  return response;
}

base::Result<Response> list_holds(const App& app, const Call& call) {
  boost::json::array items;
  std::vector<base::PersonId> shown;
  for (const auto& [hold, name, reason] : TRY(actions::list_holds(app.identity, call.caller))) {
    items.push_back({{"person_id", base::to_text(hold.person)},
                     {"kind", store::to_string(hold.kind)},
                     {"name", name},
                     {"reason", reason},
                     {"placed_at", base::to_text(hold.placed_at)}});
    shown.push_back(hold.person);
  }
  auto response = json_response(200, {{"items", std::move(items)}});
  response.shows = std::move(shown);
  return response;
}

base::Result<store::HoldKind> path_hold(const Request& request) {
  const auto kind = store::hold_from_text(request.param("hold"));
  if (!kind) return auth::not_found();
  return *kind;
}

base::Result<Response> place_hold(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PersonKind>(call.request));
  const auto kind = TRY(path_hold(call.request));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto reason = reader.text("reason", hold_reason);
  TRY(reader.finish());
  TRY(actions::place_hold(app.identity, call.caller, id, kind, reason));
  return no_content();
}

base::Result<Response> lift_hold(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PersonKind>(call.request));
  const auto kind = TRY(path_hold(call.request));
  TRY(actions::lift_hold(app.identity, call.caller, id, kind));
  return no_content();
}

}  // namespace

std::vector<Route> retention_routes(const App& app) {
  const ApiRoute table[] = {{"GET", "/api/v1/privacy/retention", get_retention},
                            {"PUT", "/api/v1/privacy/retention", put_retention},
                            {"GET",
                             "/api/v1/privacy/retention/preview",
                             preview_retention,
                             {"text_months", "document_months", "learner_months"}},
                            {"GET", "/api/v1/privacy/holds", list_holds},
                            {"PUT", "/api/v1/people/{id}/holds/{hold}", place_hold},
                            {"DELETE", "/api/v1/people/{id}/holds/{hold}", lift_hold}};
  return bound(app, table);
}

}  // namespace http
