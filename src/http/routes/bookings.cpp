// Bookings: parse, act, render. The rules are in domain/, the order of things in actions/.
#include <fmt/format.h>

#include <charconv>

#include "base/crypto.h"
#include "http/conditions.h"
#include "http/render.h"
#include "http/routes/booking_input.h"
#include "http/routes/routes.h"

namespace http {

namespace {

constexpr base::TextLimits reason_limits{.min = 0, .max = 1000, .lines = base::TextLimits::Lines::many};

Response booking_response(int status, const actions::BookingView& view) {
  auto response = json_response(status, http::rendered(view));
  response.set("ETag", etag(view.booking.version));
  return response;
}

base::Result<Response> create_booking(const App& app, const Call& call) {
  const auto key = TRY(call.key(app));
  const auto input = TRY(booking_input(call.request));
  auto made = actions::make_booking(app.context, call.caller, input, key);
  count_attempt(app, made);
  const auto view = TRY(named_by_request(std::move(made)));
  auto response = booking_response(201, view);
  response.set("Location", "/api/v1/calendar/bookings/" + base::to_text(view.booking.id));
  if (view.replayed) response.set("Idempotency-Replayed", "true");
  return response;
}

base::Result<Response> get_booking(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::BookingKind>(call.request));
  const auto view = TRY(actions::get_booking(app.context, call.caller, id));
  auto response = booking_response(200, view);
  response.shows.push_back({view.booking.learner.value});
  return response;
}

base::Result<Response> update_booking(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::BookingKind>(call.request));
  const auto version = TRY(if_match(call.request));
  const auto input = TRY(move_input(call.request));
  return booking_response(200, TRY(actions::move_booking(app.context, call.caller, id, version, input)));
}

base::Result<Response> history(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::BookingKind>(call.request));
  const auto events = TRY(actions::booking_history(app.context, app.identity.people, call.caller, id));
  boost::json::array items;
  for (const auto& event : events) items.push_back(http::rendered(event));
  auto response = json_response(200, {{"items", std::move(items)}});
  for (const auto& each : events)
    if (const auto* learner = each.event.data.if_contains("learner_id"))
      if (const auto person = base::id_from_text(learner->as_string())) response.shows.push_back({*person});
  return response;
}

/// "start:id" of the last row, opaque to clients.
std::string cursor_after(const domain::Booking& booking) {
  const auto text = fmt::format("{}:{}", base::to_seconds(booking.lesson.start()), booking.id.value);
  return base::to_base64url(base::bytes_of(text));
}

bool read_cursor(std::string_view cursor, store::BookingFilter& filter) {
  const auto bytes = base::from_base64url(cursor);
  const auto text = bytes ? base::text_of(*bytes) : std::string_view();
  std::int64_t start = 0;
  const auto* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, start);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != ':') return false;
  filter.after_start = base::from_seconds(start);
  const auto second = std::from_chars(first.ptr + 1, end, filter.after_id.value);
  return second.ec == std::errc{} && second.ptr == end;
}

constexpr std::pair<std::string_view, domain::Status> statuses[] = {
    {"held", domain::Status::held},           {"requested", domain::Status::requested},
    {"booked", domain::Status::booked},       {"released", domain::Status::released},
    {"expired", domain::Status::expired},     {"refused", domain::Status::refused},
    {"cancelled", domain::Status::cancelled}, {"delivered", domain::Status::delivered},
    {"no_show", domain::Status::no_show}};

base::Result<store::BookingFilter> booking_filter(const App& app, const Call& call) {
  QueryReader reader(call.request);
  auto& fields = reader.fields();
  store::BookingFilter filter;
  const auto from = fields.optional_date("from"), to = fields.optional_date("to");
  filter.instructor = fields.optional_id<base::InstructorKind>("instructor_id").value_or(base::InstructorId{});
  filter.learner = fields.optional_id<base::LearnerKind>("learner_id").value_or(base::LearnerId{});
  filter.status = fields.optional_choice<domain::Status>("status", statuses);
  filter.limit = reader.limit();
  const auto cursor = fields.optional_text("cursor");
  if (cursor && !read_cursor(*cursor, filter)) fields.mistake("cursor", "Must be a cursor as it was answered.");
  TRY(reader.finish());
  if (!from && !to) return filter;
  const auto zone = app.context.database.read(call.caller.school(), [&](store::Transaction& tx) {
    return app.context.cache.rules(tx, call.caller.school())->school.zone;
  });
  if (from) filter.from = zone.at(*from, domain::Minutes{0});
  if (to) filter.to = zone.at(*to, domain::Minutes{0});
  return filter;
}

base::Result<Response> list_bookings(const App& app, const Call& call) {
  auto filter = TRY(booking_filter(app, call));
  const auto page = static_cast<std::size_t>(filter.limit);
  ++filter.limit;  // One more tells whether there is another page.
  const auto views = TRY(named_by_request(actions::list_bookings(app.context, call.caller, filter)));
  boost::json::array items;
  std::vector<base::PersonId> learners;
  for (const auto& view : std::span(views).first(std::min(page, views.size()))) {
    items.push_back(http::rendered(view));
    learners.push_back({view.booking.learner.value});
  }
  boost::json::value next;
  if (views.size() > page) next = cursor_after(views[page - 1].booking);
  auto response = json_response(200, {{"items", std::move(items)}, {"next_cursor", std::move(next)}});
  response.shows = std::move(learners);
  return response;
}

struct Change {
  base::BookingId id;
  std::int64_t version;
};
base::Result<Change> change_of(const Call& call) {
  const auto id = TRY(path_id<base::BookingKind>(call.request));
  return Change{id, TRY(if_match(call.request))};
}

base::Result<Response> approve(const App& app, const Call& call) {
  const auto [id, version] = TRY(change_of(call));
  return booking_response(200, TRY(actions::approve_booking(app.context, call.caller, id, version)));
}

base::Result<std::string> reason_of(const Request& request) {
  const auto body = TRY(optional_body_object(request));
  base::JsonReader reader(body);
  const auto reason = reader.optional_text("reason", reason_limits).value_or("");
  TRY(reader.finish());
  return reason;
}

base::Result<Response> refuse(const App& app, const Call& call) {
  const auto [id, version] = TRY(change_of(call));
  const auto reason = TRY(reason_of(call.request));
  return booking_response(200, TRY(actions::refuse_booking(app.context, call.caller, id, version, reason)));
}

base::Result<Response> cancel(const App& app, const Call& call) {
  const auto [id, version] = TRY(change_of(call));
  const auto reason = TRY(reason_of(call.request));
  return booking_response(200, TRY(actions::cancel_booking(app.context, call.caller, id, version, reason)));
}

base::Result<Response> record_outcome(const App& app, const Call& call) {
  const auto [id, version] = TRY(change_of(call));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto outcome = reader.choice<domain::Status>("outcome", std::span(statuses).last(2));
  TRY(reader.finish());
  return booking_response(200, TRY(actions::record_outcome(app.context, call.caller, id, version, outcome)));
}

base::Result<Response> undo(const App& app, const Call& call) {
  const auto [id, version] = TRY(change_of(call));
  return booking_response(200, TRY(actions::undo_change(app.context, call.caller, id, version)));
}

}  // namespace

std::vector<Route> booking_routes(const App& app) {
  const ApiRoute table[] = {{"GET",
                             "/api/v1/calendar/bookings",
                             list_bookings,
                             {"from", "to", "instructor_id", "learner_id", "status", "limit", "cursor"}},
                            {"POST", "/api/v1/calendar/bookings", create_booking},
                            {"GET", "/api/v1/calendar/bookings/{id}", get_booking},
                            {"PATCH", "/api/v1/calendar/bookings/{id}", update_booking},
                            {"GET", "/api/v1/calendar/bookings/{id}/history", history},
                            {"POST", "/api/v1/calendar/bookings/{id}/approval", approve},
                            {"POST", "/api/v1/calendar/bookings/{id}/refusal", refuse},
                            {"POST", "/api/v1/calendar/bookings/{id}/cancellation", cancel},
                            {"POST", "/api/v1/calendar/bookings/{id}/outcome", record_outcome},
                            {"POST", "/api/v1/calendar/bookings/{id}/undo", undo}};
  return bound(app, table, Acting::allowed);
}

}  // namespace http
