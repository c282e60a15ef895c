// When instructors work: weekly hours, dates with hours of their own, time off.
#include "actions/working_time.h"

#include "http/pages.h"
#include "http/routes/preview_answer.h"
#include "http/routes/routes.h"

namespace http {

namespace {

constexpr std::size_t most_ranges = 400;
constexpr std::size_t most_ranges_a_day = 24;

boost::json::object rendered(const domain::WallRange& range) {
  return {{"start", base::time_of_day_to_text(range.start)}, {"end", base::time_of_day_to_text(range.end)}};
}

boost::json::object rendered(domain::Date date, const std::vector<domain::WallRange>& ranges) {
  boost::json::array items;
  for (const auto& range : ranges) items.push_back(rendered(range));
  return {{"date", base::to_text(date)}, {"ranges", std::move(items)}};
}

/// Hours and overrides share one version, which begins at 1 even where nothing was ever set.
Response hours_response(boost::json::array items, const actions::HoursView& view) {
  return versioned({{"items", std::move(items)}, {"version", view.row.version}, {"affected", texts_of(view.affected)}});
}

Response weekly_response(const actions::HoursView& view) {
  boost::json::array items;
  for (const auto& weekly : view.row.hours.weekly) {
    auto item = rendered(weekly.range);
    item["weekday"] = weekly.weekday;
    items.push_back(std::move(item));
  }
  return hours_response(std::move(items), view);
}

Response overrides_response(const actions::HoursView& view) {
  boost::json::array items;
  for (const auto& each : view.row.hours.overrides) items.push_back(rendered(each.date, each.ranges));
  return hours_response(std::move(items), view);
}

domain::WallRange range_of(base::JsonReader& reader) {
  return {.start = reader.time_of_day("start"), .end = reader.time_of_day("end")};
}

std::vector<domain::Hours::Weekly> weekly_of(base::JsonReader& reader) {
  std::vector<domain::Hours::Weekly> weekly;
  reader.objects("items", most_ranges, [&](base::JsonReader& item) {
    const auto weekday = static_cast<unsigned>(item.integer("weekday", {1, 7}));
    weekly.push_back({weekday, range_of(item)});
  });
  return weekly;
}

std::vector<domain::Hours::Override> overrides_of(base::JsonReader& reader) {
  std::vector<domain::Hours::Override> overrides;
  reader.objects("items", most_ranges, [&](base::JsonReader& item) {
    domain::Hours::Override each{.date = item.date("date"), .ranges = {}};
    item.objects("ranges", most_ranges_a_day, [&](base::JsonReader& range) { each.ranges.push_back(range_of(range)); });
    overrides.push_back(std::move(each));
  });
  return overrides;
}

base::Result<Response> get_hours(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::InstructorKind>(call.request));
  const auto view = TRY(actions::get_hours(app.context, call.caller, id));
  return weekly_response(view);
}

base::Result<Response> put_hours(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::InstructorKind>(call.request));
  const auto version = TRY(if_match(call.request));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  auto weekly = weekly_of(reader);
  TRY(reader.finish());
  const auto view = TRY(actions::set_hours(app.context, call.caller, id, version, std::move(weekly)));
  return weekly_response(view);
}

base::Result<Response> get_overrides(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::InstructorKind>(call.request));
  const auto view = TRY(actions::get_hours(app.context, call.caller, id));
  return overrides_response(view);
}

base::Result<Response> put_overrides(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::InstructorKind>(call.request));
  const auto version = TRY(if_match(call.request));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  auto overrides = overrides_of(reader);
  TRY(reader.finish());
  const auto view = TRY(actions::set_overrides(app.context, call.caller, id, version, std::move(overrides)));
  return overrides_response(view);
}

/// Each part as its own PUT takes it.
base::Result<Response> preview_hours(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::InstructorKind>(call.request));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto query = preview_query(reader);
  actions::HoursProposal proposal;
  reader.optional_object("hours", [&](base::JsonReader& part) { proposal.weekly = weekly_of(part); });
  reader.optional_object("overrides", [&](base::JsonReader& part) { proposal.overrides = overrides_of(part); });
  TRY(reader.finish());
  return preview_response(TRY(actions::preview_hours(app.context, call.caller, id, query, proposal)));
}

boost::json::object rendered(const actions::TimeOffView& view) {
  return {{"id", base::to_text(view.time_off.id)},
          {"start", base::to_text(view.time_off.span.start())},
          {"end", base::to_text(view.time_off.span.end())},
          {"title", view.title},
          {"version", view.time_off.version},
          {"affected", texts_of(view.affected)}};
}

base::Result<Response> list_time_off(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::InstructorKind>(call.request));
  const auto query = TRY(page_query(call.request));
  const auto page = TRY(actions::list_time_off(app.context, call.caller, id, query));
  auto response = page_response(page, [](const auto& view) { return rendered(view); });
  response.shows.push_back({id.value});
  return response;
}

base::Result<Response> add_time_off(const App& app, const Call& call) {
  const auto key = TRY(call.key(app));
  const auto id = TRY(path_id<base::InstructorKind>(call.request));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const actions::TimeOffInput input{.start = reader.instant("start"),
                                    .end = reader.instant("end"),
                                    .title = reader.optional_text("title", {.min = 0}).value_or("")};
  TRY(reader.finish());
  const auto made = TRY(actions::add_time_off(app.context, call.caller, id, input, key));
  return created(call.request, rendered(made.value), made.replayed);
}

base::Result<Response> change_time_off(const App& app, const Call& call) {
  const auto instructor = TRY(path_id<base::InstructorKind>(call.request));
  const auto id = TRY(path_id<base::TimeOffKind>(call.request, "time_off_id"));
  const auto version = TRY(if_match(call.request));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const actions::TimeOffPatch patch{.start = reader.optional_instant("start"),
                                    .end = reader.optional_instant("end"),
                                    .title = reader.optional_text("title", {.min = 0})};
  TRY(reader.finish());
  return versioned(rendered(TRY(actions::change_time_off(app.context, call.caller, instructor, id, version, patch))));
}

base::Result<Response> delete_time_off(const App& app, const Call& call) {
  const auto instructor = TRY(path_id<base::InstructorKind>(call.request));
  const auto id = TRY(path_id<base::TimeOffKind>(call.request, "time_off_id"));
  TRY(actions::delete_time_off(app.context, call.caller, instructor, id));
  return no_content();
}

boost::json::object rendered(const actions::WorkingTime& each) {
  boost::json::array open, time_off;
  for (const auto& day : each.open) open.push_back(rendered(day.date, day.ranges));
  for (const auto& view : each.time_off) {
    auto item = rendered(view);
    item.erase("affected");
    time_off.push_back(std::move(item));
  }
  return {{"instructor_id", base::to_text(each.hours.instructor)},
          {"version", each.hours.version},
          {"has_weekly_hours", !each.hours.hours.weekly.empty()},
          {"open", std::move(open)},
          {"time_off", std::move(time_off)}};
}

base::Result<Response> list_working_time(const App& app, const Call& call) {
  QueryReader reader(call.request);
  const auto from = reader.fields().date("from");
  const auto to = reader.fields().date("to");
  TRY(reader.finish());
  const auto times = TRY(actions::working_times(app.context, call.caller, from, to));
  boost::json::array items;
  for (const auto& each : times.items) items.push_back(rendered(each));
  auto response = json_response(200, {{"time_zone", times.time_zone}, {"items", std::move(items)}});
  for (const auto& each : times.items)
    if (std::ranges::any_of(each.time_off, [](const auto& view) { return !view.title.empty(); }))
      response.shows.push_back({each.hours.instructor.value});
  // The content is its own version: it is of many calendars.
  response.set("ETag", content_tag(response.body));
  response.set("Cache-Control", "private, no-cache");
  return response;
}

}  // namespace

std::vector<Route> working_time_routes(const App& app) {
  const ApiRoute table[] = {{"GET", "/api/v1/calendar/working-time", list_working_time, {"from", "to"}},
                            {"GET", "/api/v1/instructors/{id}/hours", get_hours},
                            {"PUT", "/api/v1/instructors/{id}/hours", put_hours},
                            {"POST", "/api/v1/instructors/{id}/hours/previews", preview_hours},
                            {"GET", "/api/v1/instructors/{id}/overrides", get_overrides},
                            {"PUT", "/api/v1/instructors/{id}/overrides", put_overrides},
                            {"GET", "/api/v1/instructors/{id}/time-off", list_time_off, {"limit", "cursor"}},
                            {"POST", "/api/v1/instructors/{id}/time-off", add_time_off},
                            {"PATCH", "/api/v1/instructors/{id}/time-off/{time_off_id}", change_time_off},
                            {"DELETE", "/api/v1/instructors/{id}/time-off/{time_off_id}", delete_time_off}};
  return bound(app, table);
}

}  // namespace http
