// Guests: a time that is kept, a code, a lesson; and that lesson by the link in the mail.
#include "actions/guests.h"

#include "base/crypto.h"
#include "http/conditions.h"
#include "http/pages.h"
#include "http/render.h"
#include "http/routes/booking_input.h"
#include "http/routes/routes.h"
#include "http/routes/times_query.h"

namespace http {

namespace {

actions::GuestCall guest_call(const Request& request) {
  return {request.client_address, request.now, request.correlation_id};
}

/// In a header, so that it stands in no URL and no log: "Authorization: Guest …".
base::Result<std::string_view> shown_token(const Request& request) {
  constexpr std::string_view scheme = "Guest ";
  const auto header = request.header("authorization");
  if (header.starts_with(scheme)) return header.substr(scheme.size());
  return base::refuse(base::Code::unauthenticated, "Open this with the link in your mail, or choose a time again.");
}

/// Whose it is, the action says.
base::Result<store::RequestKey> guest_key(const App& app, const Request& request) {
  auto key = TRY(idempotency_key(request));
  const auto hash = base::hmac_sha256(app.body_hash_key.bytes(), base::bytes_of(request.body));
  return store::RequestKey{.school = {},
                           .person = {},
                           .route = request.method + " " + request.path,
                           .key = std::move(key),
                           .body_hash = {hash.begin(), hash.end()}};
}

base::Result<Response> create_guest_hold(const App& app, const Request& request) {
  const auto key = TRY(guest_key(app, request));
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  actions::BookingInput input{.type = reader.id<base::LessonTypeKind>("lesson_type_id"),
                              .start = reader.instant("start")};
  input.instructor = reader.optional_id<base::InstructorKind>("instructor_id").value_or(base::InstructorId{});
  input.wanted = wanted_teaching(reader);
  TRY(reader.finish());
  auto result = actions::hold_for_guest(app.identity, guest_call(request), request.param("slug"), input, key);
  const auto held = TRY(std::move(result));
  auto shown = rendered_hold(held.booking);
  shown["token"] = held.token;
  auto response = json_response(201, shown);
  if (held.replayed) response.set("Idempotency-Replayed", "true");
  return response;
}

base::Result<Response> extend_guest_hold(const App& app, const Request& request) {
  const auto token = TRY(shown_token(request));
  return json_response(200, rendered_hold(TRY(actions::extend_guest_hold(app.identity, guest_call(request), token))));
}

base::Result<Response> delete_guest_hold(const App& app, const Request& request) {
  const auto token = TRY(shown_token(request));
  TRY(actions::release_guest_hold(app.identity, guest_call(request), token));
  return no_content();
}

base::Result<Response> ask_guest_code(const App& app, const Request& request) {
  const auto token = TRY(shown_token(request));
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  const store::Details details{.name = reader.text("name"),
                               .email = reader.text("email", {.max = 254}),
                               .phone = reader.text("phone", {.max = 40})};
  TRY(reader.finish());
  TRY(actions::ask_for_guest_code(app.identity, guest_call(request), token, details));
  return Response{.status = 202, .content_type = ""};
}

/// A lesson and nothing that would say whose it is.
Response guest_lesson_response(int status, const actions::GuestLesson& lesson) {
  auto body = rendered(lesson.view);
  for (const auto* name : {"id", "learner_id", "vehicle_id", "pickup", "dropoff", "note", "created_at"})
    body.erase(name);
  body["lesson_type"] = lesson.lesson_type;
  body["instructor"] = lesson.instructor;
  body["school"] = lesson.school;
  auto response = json_response(status, body);
  response.set("ETag", etag(lesson.view.booking.version));
  return response;
}

base::Result<Response> book_guest(const App& app, const Request& request) {
  const auto token = TRY(shown_token(request));
  const auto key = TRY(guest_key(app, request));
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  const auto code = reader.text("code", {.max = 20});
  const auto wanted = wanted_teaching(reader);
  TRY(reader.finish());
  auto made = actions::book_as_guest(app.identity, guest_call(request), token, code, key, wanted);
  count_attempt(app, made);
  auto view = TRY(std::move(made));
  const bool replayed = view.replayed;
  const auto school = auth::parse_link_token(token)->school;
  auto response = guest_lesson_response(201, actions::shown_to_guest(app.identity, school, std::move(view)));
  if (replayed) response.set("Idempotency-Replayed", "true");
  return response;
}

base::Result<actions::ByLink> guest_link(const App& app, const Request& request) {
  return actions::by_guest_link(app.identity, guest_call(request), TRY(shown_token(request)));
}

base::Result<Response> get_guest_lesson(const App& app, const Request& request) {
  const auto link = TRY(guest_link(app, request));
  return guest_lesson_response(200, TRY(actions::guest_lesson(app.identity, link)));
}

/// Where it could be moved to.
base::Result<Response> guest_times(const App& app, const Request& request) {
  const auto link = TRY(guest_link(app, request));
  QueryReader reader(request);
  actions::TimesQuery query{.from = reader.fields().date("from"), .to = reader.fields().date("to")};
  query.instructor = reader.fields().optional_id<base::InstructorKind>("instructor_id").value_or(base::InstructorId{});
  TRY(reader.finish());
  query.moving = link.booking;
  const auto found = TRY(named_by_request(actions::find_times(app.context, link.caller, query)));
  return times_response(found, "private, no-cache");
}

base::Result<Response> move_guest_lesson(const App& app, const Request& request) {
  const auto link = TRY(guest_link(app, request));
  const auto version = TRY(if_match(request));
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  actions::MoveInput input{.start = reader.instant("start")};
  input.instructor = reader.optional_id<base::InstructorKind>("instructor_id").value_or(base::InstructorId{});
  TRY(reader.finish());
  auto moved = TRY(named_by_request(actions::move_booking(app.context, link.caller, link.booking, version, input)));
  return guest_lesson_response(200, actions::shown_to_guest(app.identity, link.caller.school(), std::move(moved)));
}

base::Result<Response> cancel_guest_lesson(const App& app, const Request& request) {
  const auto link = TRY(guest_link(app, request));
  const auto version = TRY(if_match(request));
  const auto body = TRY(optional_body_object(request));
  base::JsonReader reader(body);
  TRY(reader.finish());
  auto gone = TRY(actions::cancel_booking(app.context, link.caller, link.booking, version, ""));
  return guest_lesson_response(200, actions::shown_to_guest(app.identity, link.caller.school(), std::move(gone)));
}

}  // namespace

std::vector<Route> guest_routes(const App& app) {
  const PublicRoute table[] = {
      {"POST", "/api/v1/schools/{slug}/holds", create_guest_hold},
      {"DELETE", "/api/v1/guest/hold", delete_guest_hold},
      {"POST", "/api/v1/guest/hold/extension", extend_guest_hold},
      {"POST", "/api/v1/guest/hold/code", ask_guest_code},
      {"POST", "/api/v1/guest/hold/booking", book_guest},
      {"GET", "/api/v1/guest/lesson", get_guest_lesson},
      {"PATCH", "/api/v1/guest/lesson", move_guest_lesson},
      {"GET", "/api/v1/guest/lesson/availability", guest_times, {"from", "to", "instructor_id"}},
      {"POST", "/api/v1/guest/lesson/cancellation", cancel_guest_lesson}};
  return bound(app, table);
}

}  // namespace http
