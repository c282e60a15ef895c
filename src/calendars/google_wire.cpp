#include "calendars/google_wire.h"

#include <fmt/format.h>

#include <charconv>

#include "base/json.h"
#include "calendars/google_errors.h"
#include "calendars/members.h"

namespace calendars {

namespace {

using boost::json::array;
using boost::json::object;
using net::HttpAnswer;
using net::HttpFields;
using net::HttpRequest;

constexpr const char* events_wanted =
    "nextPageToken,nextSyncToken,timeZone,items(id,status,recurringEventId,originalStartTime,start,end,recurrence,"
    "transparency,eventType,attendees(self,responseStatus),extendedProperties/private)";
constexpr const char* event_wanted = "id,etag,status,start,end,recurrence,extendedProperties/private";

HttpRequest request(std::string method, const std::string& path, const HttpFields& query = {}) {
  return {.method = std::move(method), .url = "/calendar/v3" + path + (query.empty() ? "" : "?" + net::form_of(query))};
}
HttpRequest with_body(HttpRequest request, const object& body) {
  request.type = "application/json";
  request.body = boost::json::serialize(body);
  return request;
}

std::string events_path(const std::string& calendar) {
  return "/calendars/" + net::percent_encoded(calendar) + "/events";
}
std::string event_path(const std::string& calendar, const std::string& id) {
  return events_path(calendar) + "/" + net::percent_encoded(id);
}

/// In a PATCH `null` takes away: the date of what was a whole day, words that are no more.
enum class Writing { anew, over };

object point(base::Instant instant, Writing writing) {
  object point{{"dateTime", base::to_text(instant)}};
  if (writing == Writing::over) point["date"] = nullptr;
  return point;
}

std::string written_text(const domain::Interval& time) {
  return base::to_text(time.start()) + "/" + base::to_text(time.end());
}
std::optional<domain::Interval> written_from(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == text.npos) return std::nullopt;
  const auto start = base::instant_from_text(text.substr(0, slash));
  const auto end = base::instant_from_text(text.substr(slash + 1));
  if (!start || !end || *end <= *start) return std::nullopt;
  return domain::Interval::between(*start, *end).value();
}

object body_of(const Shown& shown, Writing writing) {
  object body{{"start", point(shown.time.start(), writing)},
              {"end", point(shown.time.end(), writing)},
              {"extendedProperties", object{{"private", object{{written_property, written_text(shown.time)}}}}}};
  const std::pair<const char*, const std::string&> texts[] = {
      {"summary", shown.summary}, {"description", shown.description}, {"location", shown.location}};
  for (const auto& [name, text] : texts)
    if (!text.empty())
      body[name] = text;
    else if (writing == Writing::over)
      body[name] = nullptr;
  return body;
}

struct Writes {
  const std::string& calendar;

  HttpRequest operator()(const Insert& step) const {
    auto body = body_of(step.shown, Writing::anew);
    body["id"] = step.id;
    body["extendedProperties"].as_object()["private"].as_object()[booking_property] = step.booking;
    return with_body(request("POST", events_path(calendar), {{"sendUpdates", "none"}, {"fields", "etag"}}), body);
  }
  HttpRequest operator()(const Patch& step) const {
    auto body = body_of(step.shown, Writing::over);
    if (step.revive) body["status"] = "confirmed";
    auto patch =
        with_body(request("PATCH", event_path(calendar, step.id), {{"sendUpdates", "none"}, {"fields", "etag"}}), body);
    patch.headers.emplace_back("If-Match", step.etag);
    return patch;
  }
  HttpRequest operator()(const Get& step) const {
    return request("GET", event_path(calendar, step.id), {{"fields", event_wanted}});
  }
  HttpRequest operator()(const Remove& step) const {
    return request("DELETE", event_path(calendar, step.id), {{"sendUpdates", "none"}});
  }
  template <class Other>
  HttpRequest operator()(const Other&) const {
    throw base::Bug("no calendar is asked for this");
  }
};

/// The body of a 200.
Answer<object> body_of(const HttpAnswer& answer) {
  if (answer.status != 200) return tl::unexpected(failure_of(answer));
  auto body = base::parse_json_object(answer.body);
  if (!body) return tl::unexpected(unreadable_answer("no JSON"));
  return std::move(*body);
}

Listed listed(const object& item) {
  const auto role = text_of(item, "accessRole");
  const auto own_name = text_of(item, "summaryOverride");
  return {.id = std::string(text_of(item, "id")),
          .name = std::string(own_name.empty() ? text_of(item, "summary") : own_name),
          .zone = std::string(text_of(item, "timeZone")),
          .primary = flag_of(item, "primary"),
          .writable = role == "owner" || role == "writer",
          .only_busy = role == "freeBusyReader"};
}

Answer<domain::Zone> zone_in(const object& body) {
  auto zone = domain::Zone::load(std::string(text_of(body, "timeZone")));
  if (!zone) return tl::unexpected(unreadable_answer("a zone that is not known here"));
  return std::move(*zone);
}

Answer<Outcome> found(const object& item, const domain::Zone& zone) {
  const auto event = from_google(item, zone);
  if (!event) return tl::unexpected(unreadable_answer("an event that cannot be read"));
  const auto* properties = object_of(item, "extendedProperties");
  const auto* own = properties ? object_of(*properties, "private") : nullptr;
  return Found{std::string(text_of(item, "etag")), event->gone, event->booking, event->time,
               written_from(own ? text_of(*own, written_property) : "")};
}

Answer<Outcome> stored(const object& event) {
  const auto etag = text_of(event, "etag");
  if (etag.empty()) return tl::unexpected(unreadable_answer("an event without an etag"));
  return Stored{std::string(etag)};
}

}  // namespace

HttpRequest list_request(const std::string& page) {
  HttpFields query{{"maxResults", "250"},
                   {"fields", "nextPageToken,items(id,summary,summaryOverride,timeZone,primary,accessRole)"}};
  if (!page.empty()) query.emplace_back("pageToken", page);
  return request("GET", "/users/me/calendarList", query);
}

HttpRequest events_request(const std::string& calendar, const Ask& ask) {
  HttpFields query{{"singleEvents", "false"}, {"maxResults", "250"}, {"fields", events_wanted}};
  if (!ask.sync_token.empty()) query.emplace_back("syncToken", ask.sync_token);
  if (!ask.page.empty()) query.emplace_back("pageToken", ask.page);
  return request("GET", events_path(calendar), query);
}

HttpRequest zone_request(const std::string& calendar) {
  return request("GET", events_path(calendar), {{"maxResults", "1"}, {"fields", "timeZone"}});
}

HttpRequest write_request(const std::string& calendar, const Step& step) {
  return std::visit(Writes{calendar}, step);
}

HttpRequest watch_request(const std::string& calendar, const ChannelRequest& asked) {
  return with_body(request("POST", events_path(calendar) + "/watch"),
                   {{"id", asked.id},
                    {"type", "web_hook"},
                    {"address", asked.address},
                    {"token", asked.token.reveal()},
                    {"params", object{{"ttl", std::to_string(asked.lasts.count())}}}});
}

HttpRequest stop_request(const Channel& channel) {
  return with_body(request("POST", "/channels/stop"), {{"id", channel.id}, {"resourceId", channel.resource}});
}

HttpRequest busy_request(std::span<const std::string> calendars, const domain::Interval& span) {
  array items;
  for (const auto& id : calendars) items.push_back(object{{"id", id}});
  return with_body(request("POST", "/freeBusy"), {{"timeMin", base::to_text(span.start())},
                                                  {"timeMax", base::to_text(span.end())},
                                                  {"timeZone", "UTC"},
                                                  {"items", std::move(items)}});
}

Answer<ListPage> list_page_of(const HttpAnswer& answer) {
  const auto body = TRY(body_of(answer));
  ListPage page{.calendars = {}, .next_page = std::string(text_of(body, "nextPageToken"))};
  for (const auto& item : list_of(body, "items"))
    if (const auto* calendar = item.if_object(); calendar && !text_of(*calendar, "id").empty())
      page.calendars.push_back(listed(*calendar));
  return page;
}

Answer<Page> page_of(const HttpAnswer& answer) {
  auto read = body_of(answer);
  // Here nothing is forbidden for good but the calendar itself; a page that is too old is asked for from the first on.
  if (!read && read.error().why == Trouble::fixed)
    read.error().why = answer.status == 403 ? Trouble::missing : Trouble::later;
  const auto body = TRY(std::move(read));
  const auto zone = TRY(zone_in(body));
  Page page{.events = {},
            .next_page = std::string(text_of(body, "nextPageToken")),
            .sync_token = std::string(text_of(body, "nextSyncToken"))};
  // Without either the next reading would begin in the middle of nowhere.
  if (page.next_page.empty() && page.sync_token.empty()) return tl::unexpected(unreadable_answer("no sync token"));
  const auto& items = list_of(body, "items");
  page.events.reserve(items.size());
  for (const auto& item : items) {
    const auto* event = item.if_object();
    if (!event || text_of(*event, "id").empty()) return tl::unexpected(unreadable_answer("an event without an id"));
    auto known = from_google(*event, zone);
    page.events.push_back(known ? std::move(*known) : unreadable(*event, zone));
  }
  return page;
}

Answer<domain::Zone> zone_of(const HttpAnswer& answer) {
  return zone_in(TRY(body_of(answer)));
}

Answer<Outcome> outcome_of(const Step& step, const HttpAnswer& answer, const domain::Zone& zone) {
  const bool inserts = std::holds_alternative<Insert>(step);
  if (answer.status / 100 == 2) {
    if (std::holds_alternative<Remove>(step) && answer.body.empty()) return Gone{};
    const auto body = TRY(body_of(answer));
    return std::holds_alternative<Get>(step) ? found(body, zone) : stored(body);
  }
  auto failure = failure_of(answer);
  if (!inserts && (failure.why == Trouble::missing || failure.why == Trouble::expired)) return Gone{};
  if (inserts && answer.status == 409 && is_duplicate(answer)) return Taken{};
  if (std::holds_alternative<Patch>(step) && answer.status == 412) return Stale{};
  return tl::unexpected(std::move(failure));
}

bool takes_whole_days(const HttpAnswer& answer) {
  const auto body = base::parse_json_object(answer.body);
  const auto* start = body ? object_of(*body, "start") : nullptr;
  return start && !text_of(*start, "date").empty();
}

Answer<Channel> channel_of(const HttpAnswer& answer) {
  const auto body = TRY(body_of(answer));
  const auto id = text_of(body, "id"), resource = text_of(body, "resourceId"), until = text_of(body, "expiration");
  std::int64_t milliseconds = 0;
  const auto read = std::from_chars(until.data(), until.data() + until.size(), milliseconds);
  if (id.empty() || resource.empty() || read.ec != std::errc{} || milliseconds <= 0)
    return tl::unexpected(unreadable_answer("a channel without an end"));
  return Channel{std::string(id), std::string(resource), base::from_seconds(milliseconds / 1000)};
}

Answer<std::monostate> stopped(const HttpAnswer& answer) {
  if (answer.status / 100 == 2 && answer.body.empty()) return std::monostate{};
  auto failure = failure_of(answer);
  if (failure.why == Trouble::missing) return std::monostate{};
  return tl::unexpected(std::move(failure));
}

Answer<std::vector<domain::Interval>> busy_of(const HttpAnswer& answer, std::span<const std::string> calendars) {
  const auto body = TRY(body_of(answer));
  const auto* all = object_of(body, "calendars");
  std::vector<domain::Interval> busy;
  for (const auto& id : calendars) {
    const auto* calendar = all ? object_of(*all, id) : nullptr;
    if (calendar && calendar->contains("errors")) return tl::unexpected(failure_in(list_of(*calendar, "errors")));
    if (!calendar || !calendar->contains("busy"))
      return tl::unexpected(unreadable_answer("a calendar that it leaves out"));
    for (const auto& item : list_of(*calendar, "busy")) {
      const auto* times = item.if_object();
      const auto start = base::instant_from_text(times ? text_of(*times, "start") : "");
      const auto end = base::instant_from_text(times ? text_of(*times, "end") : "");
      if (!start || !end) return tl::unexpected(unreadable_answer("a time that is none"));
      if (*start < *end) busy.push_back(domain::Interval::between(*start, *end).value());
    }
  }
  return busy;
}

}  // namespace calendars
