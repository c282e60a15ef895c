#include "actions/catalogue.h"
#include "http/pages.h"
#include "http/render.h"
#include "http/routes/routes.h"

namespace http {

namespace {

constexpr base::IntegerRange a_year{0, 525'600};

base::Result<actions::LessonTypeInput> lesson_type_input(const Request& request) {
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  const auto length = [&](std::string_view key) -> std::optional<domain::Minutes> {
    const auto value = reader.optional_integer(key, a_year);
    return value ? std::optional(domain::Minutes{*value}) : std::nullopt;
  };
  actions::LessonTypeInput input{.name = reader.optional_text("name"),
                                 .length = length("length_minutes"),
                                 .step = length("step_minutes"),
                                 .buffer_before = length("buffer_before_minutes"),
                                 .buffer_after = length("buffer_after_minutes"),
                                 .notice_book = length("notice_book_minutes"),
                                 .notice_move = length("notice_move_minutes"),
                                 .notice_cancel = length("notice_cancel_minutes")};
  if (const auto days = reader.optional_integer("horizon_days", {0, 10'000})) input.horizon = std::chrono::days{*days};
  reader.optional_object("price", [&](base::JsonReader& price) {
    const auto amount = price.integer("amount_minor", {0, 1'000'000'000});
    input.price = domain::Money{amount, price.text("currency", {.min = 3, .max = 3})};
  });
  input.transmission = reader.optional_choice<domain::Transmission>("transmission", transmissions);
  input.needs_vehicle = reader.optional_boolean("needs_vehicle");
  input.active = reader.optional_boolean("active");
  TRY(reader.finish());
  return input;
}

base::Result<Response> list_lesson_types(const App& app, const Call& call) {
  const auto query = TRY(page_query(call.request));
  const auto page = TRY(actions::list_lesson_types(app.context, call.caller, query));
  return page_response(page, [](const auto& lesson) { return http::rendered(lesson); });
}

base::Result<Response> create_lesson_type(const App& app, const Call& call) {
  const auto key = TRY(call.key(app));
  const auto input = TRY(lesson_type_input(call.request));
  const auto made = TRY(actions::create_lesson_type(app.context, call.caller, input, key));
  return created(call.request, http::rendered(made.value), made.replayed);
}

base::Result<Response> get_lesson_type(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::LessonTypeKind>(call.request));
  const auto lesson = TRY(actions::get_lesson_type(app.context, call.caller, id));
  return versioned(http::rendered(lesson));
}

base::Result<Response> update_lesson_type(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::LessonTypeKind>(call.request));
  const auto version = TRY(if_match(call.request));
  const auto input = TRY(lesson_type_input(call.request));
  const auto lesson = TRY(actions::update_lesson_type(app.context, call.caller, id, version, input));
  return versioned(http::rendered(lesson));
}

base::Result<Response> remove_lesson_type(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::LessonTypeKind>(call.request));
  TRY(actions::delete_lesson_type(app.context, call.caller, id));
  return no_content();
}

}  // namespace

std::vector<Route> lesson_type_routes(const App& app) {
  const ApiRoute table[] = {{"GET", "/api/v1/lesson-types", list_lesson_types, {"limit", "cursor"}},
                            {"POST", "/api/v1/lesson-types", create_lesson_type},
                            {"GET", "/api/v1/lesson-types/{id}", get_lesson_type},
                            {"PATCH", "/api/v1/lesson-types/{id}", update_lesson_type},
                            {"DELETE", "/api/v1/lesson-types/{id}", remove_lesson_type}};
  return bound(app, table);
}

}  // namespace http
