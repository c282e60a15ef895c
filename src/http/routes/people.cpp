// Instructors, learners and the users of the office: one set of handlers for the three groups.
#include "actions/people.h"

#include "http/pages.h"
#include "http/routes/routes.h"

namespace http {

namespace {

using actions::Group;

constexpr std::pair<std::string_view, store::Role> office_roles[] = {{"admin", store::Role::admin},
                                                                     {"office", store::Role::office}};

/// E-mail and phone of an instructor are empty for those who may not know them, and then not there at all.
boost::json::object rendered(Group group, const store::Person& person) {
  const auto& details = person.details;
  boost::json::object body{
      {"id", base::to_text(person.id)}, {"name", details.name}, {"active", person.active}, {"version", person.version}};
  if (group != Group::instructors || !details.email.empty()) body["email"] = details.email;
  if (group == Group::users) {
    body["role"] = store::to_string(person.role);
  } else if (group == Group::learners || group == Group::guardians || !details.email.empty()) {
    body["phone"] = details.phone;
  }
  if (group == Group::learners)
    body["birth_date"] =
        details.birth_date ? boost::json::value(base::to_text(*details.birth_date)) : boost::json::value(nullptr);
  if (group == Group::instructors)
    body.insert({{"languages", boost::json::value_from(person.teaching.languages)},
                 {"areas", boost::json::value_from(person.teaching.areas)}});
  return body;
}

/// Names of instructors are known to everybody in the school.
bool tells_contact(Group group, const store::Person& person) {
  return group != Group::instructors || !person.details.email.empty();
}

/// Whether each of them is one, the action says.
std::optional<std::vector<std::string>> list_of(base::JsonReader& reader, std::string_view key, std::size_t most) {
  auto texts = reader.optional_texts(key, most);
  return reader.has(key) && !reader.is_null(key) ? std::optional(std::move(texts)) : std::nullopt;
}

base::Result<actions::PersonInput> input_of(Group group, const Request& request) {
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  actions::PersonInput input{.name = reader.optional_text("name"),
                             .email = reader.optional_text("email", {.max = 254}),
                             .active = reader.optional_boolean("active")};
  if (group == Group::users) {
    input.role = reader.optional_choice<store::Role>("role", office_roles);
  } else {
    input.phone = reader.optional_text("phone", {.min = 0, .max = 40});
  }
  if (group == Group::learners) {
    const auto date = reader.optional_date("birth_date");
    if (date || reader.is_null("birth_date")) input.birth_date = date;
  }
  if (group == Group::instructors) {
    input.languages = list_of(reader, "languages", domain::languages_at_most);
    input.areas = list_of(reader, "areas", domain::areas_at_most);
  }
  TRY(reader.finish());
  return input;
}

template <Group group>
base::Result<Response> list_people(const App& app, const Call& call) {
  const auto query = TRY(page_query(call.request));
  const auto page = TRY(actions::list_people(app.identity, call.caller, group, query));
  auto response = page_response(page, [](const auto& person) { return rendered(group, person); });
  for (const auto& person : page.items)
    if (tells_contact(group, person)) response.shows.push_back(person.id);
  return response;
}

template <Group group>
base::Result<Response> create_person(const App& app, const Call& call) {
  const auto key = TRY(call.key(app));
  const auto input = TRY(input_of(group, call.request));
  const auto made = TRY(actions::create_person(app.identity, call.caller, group, input, key));
  auto body = rendered(group, made.value.person);
  body["welcome_url"] = made.value.welcome_url;
  return created(call.request, body, made.replayed);
}

template <Group group>
base::Result<Response> get_person(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PersonKind>(call.request));
  const auto person = TRY(actions::get_person(app.identity, call.caller, group, id));
  auto response = versioned(rendered(group, person));
  if (tells_contact(group, person)) response.shows.push_back(id);
  return response;
}

template <Group group>
base::Result<Response> update_person(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PersonKind>(call.request));
  const auto version = TRY(if_match(call.request));
  const auto input = TRY(input_of(group, call.request));
  const auto person = TRY(actions::update_person(app.identity, call.caller, group, id, version, input));
  return versioned(rendered(group, person));
}

template <Group group>
base::Result<Response> remove_person(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PersonKind>(call.request));
  TRY(actions::delete_person(app.identity, call.caller, group, id));
  return no_content();
}

template <Group group>
base::Result<Response> invite(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PersonKind>(call.request));
  const auto url = TRY(actions::invite(app.identity, call.caller, group, id));
  return json_response(200, {{"welcome_url", url}});
}

template <Group group>
std::vector<Route> routes_of(const App& app, const std::string& path) {
  const auto one = path + "/{id}", invitation = one + "/invitation";
  const ApiRoute table[] = {{"GET", path.c_str(), list_people<group>, {"limit", "cursor"}},
                            {"POST", path.c_str(), create_person<group>},
                            {"GET", one.c_str(), get_person<group>},
                            {"PATCH", one.c_str(), update_person<group>},
                            {"DELETE", one.c_str(), remove_person<group>},
                            {"POST", invitation.c_str(), invite<group>}};
  return bound(app, table);
}

}  // namespace

std::vector<Route> people_routes(const App& app) {
  auto routes = routes_of<Group::instructors>(app, "/api/v1/instructors");
  for (auto& route : routes_of<Group::learners>(app, "/api/v1/learners")) routes.push_back(std::move(route));
  for (auto& route : routes_of<Group::guardians>(app, "/api/v1/guardians")) routes.push_back(std::move(route));
  for (auto& route : routes_of<Group::users>(app, "/api/v1/users")) routes.push_back(std::move(route));
  return routes;
}

}  // namespace http
