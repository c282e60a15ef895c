// Files as they are: one file a request, so there is nothing to parse around it.
#include "actions/documents.h"
#include "http/pages.h"
#include "http/routes/routes.h"

namespace http {

namespace {

constexpr std::pair<std::string_view, std::string_view> kinds[] = {{"permit", "permit"},
                                                                   {"consent_form", "consent_form"}};

boost::json::object rendered(const store::Document& document) {
  return {{"id", base::to_text(document.id)},
          {"kind", document.kind},
          {"media_type", domain::media_of(document.type)},
          {"bytes", document.size},
          {"valid_until", document.valid_until ? boost::json::value(*document.valid_until) : nullptr},
          {"uploaded_by", document.uploaded_by == document.person ? "learner" : "school"},
          {"uploaded_at", base::to_text(document.uploaded_at)}};
}

/// On disk before the answer leaves: each look at a document counts, also within the same quarter of an hour.
base::Done keep_look(const App& app, const Call& call, std::string action, base::PersonId whose) {
  auto deed = deed_of(call.request, std::move(action));
  deed.actor = call.caller.principal.person;
  deed.whose = {whose};
  return app.trail.keep(call.caller.school(), std::move(deed), call.request.client_address);
}

base::Result<Response> list_of_documents(const App& app, const Call& call) {
  const auto learner = TRY(path_id<base::PersonKind>(call.request));
  boost::json::array items;
  for (const auto& each : TRY(actions::list_documents(app.identity, call.caller, learner)))
    items.push_back(rendered(each));
  auto response = json_response(200, {{"items", std::move(items)}});
  response.shows.push_back(learner);
  return response;
}

base::Result<Response> upload(const App& app, const Call& call) {
  const auto learner = TRY(path_id<base::PersonKind>(call.request));
  const auto key = TRY(call.key(app));
  QueryReader reader(call.request);
  const auto kind = reader.fields().choice<std::string_view>("kind", kinds);
  const auto valid = reader.fields().optional_date("valid_until");
  TRY(reader.finish());
  const auto type = call.request.header("content-type");
  actions::DocumentInput input{
      .kind = std::string(kind), .media = std::string(type.substr(0, type.find(';'))), .content = call.request.body};
  if (valid) input.valid_until = base::to_text(*valid);
  const auto made = TRY(actions::add_document(app.identity, call.caller, learner, input, key));
  if (!made.replayed) TRY(keep_look(app, call, "document_added", learner));
  return created(call.request, rendered(made.value), made.replayed);
}

base::Result<store::DocumentId> document_id(const Request& request) {
  return path_id<store::DocumentKind>(request, "document_id");
}

/// Whatever is in it, no browser runs it: it is downloaded, under a name of ours.
base::Result<Response> download(const App& app, const Call& call) {
  const auto learner = TRY(path_id<base::PersonKind>(call.request));
  const auto id = TRY(document_id(call.request));
  auto [document, content] = TRY(actions::get_document(app.identity, call.caller, learner, id));
  TRY(keep_look(app, call, "document_seen", learner));
  Response response{.content_type = std::string(domain::media_of(document.type)),
                    .body = std::move(content),
                    .compress = Compress::no};
  response.set("Content-Disposition", fmt::format("attachment; filename=\"{}-{}.{}\"", document.kind, base::to_text(id),
                                                  domain::extension_of(document.type)));
  response.set("Content-Security-Policy", "sandbox");
  return response;
}

base::Result<Response> remove_paper(const App& app, const Call& call) {
  const auto learner = TRY(path_id<base::PersonKind>(call.request));
  const auto id = TRY(document_id(call.request));
  TRY(actions::remove_document(app.identity, call.caller, learner, id));
  TRY(keep_look(app, call, "document_removed", learner));
  return no_content();
}

}  // namespace

std::vector<Route> learner_document_routes(const App& app) {
  const RouteBody file{"application/pdf, image/jpeg, image/png", actions::largest_document};
  const ApiRoute table[] = {{"GET", "/api/v1/learners/{id}/documents", list_of_documents},
                            {"POST", "/api/v1/learners/{id}/documents", upload, {"kind", "valid_until"}, file},
                            {"GET", "/api/v1/learners/{id}/documents/{document_id}", download},
                            {"DELETE", "/api/v1/learners/{id}/documents/{document_id}", remove_paper}};
  return bound(app, table);
}

}  // namespace http
