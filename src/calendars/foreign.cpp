#include "calendars/foreign.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <set>

#include "calendars/members.h"

namespace calendars {

namespace {

using base::Result;
using boost::json::object;
using domain::Instant;
using domain::Interval;
using domain::Series;
using domain::Zone;

tl::unexpected<base::Error> unclear(const std::string& what) {
  return base::refuse(base::Code::invalid_input, "The event cannot be read: " + what);
}

/// `start`, `end` or `originalStartTime`: a date, or an instant with the zone in which it was meant.
struct Point {
  bool date;
  Instant instant;
  std::chrono::local_seconds wall;
  Zone zone;
};

Result<Point> point_of(const object* value, const char* key, const Zone& calendar) {
  if (!value) return unclear(std::string(key) + " is missing.");
  if (const auto day = text_of(*value, "date"); !day.empty()) {
    const auto date = base::date_from_text(day);
    if (!date) return unclear(std::string(key) + " is no date.");
    return Point{true, calendar.at(*date, domain::Minutes{0}), std::chrono::local_days{*date}, calendar};
  }
  auto zone = calendar;
  if (const auto name = text_of(*value, "timeZone"); !name.empty()) {
    auto known = Zone::load(std::string(name));
    if (!known) return unclear("there is no zone " + std::string(name) + ".");
    zone = std::move(*known);
  }
  const auto instant = base::instant_from_text(text_of(*value, "dateTime"));
  if (!instant) return unclear(std::string(key) + " is no time with an offset.");
  return Point{false, *instant, zone.wall(*instant), zone};
}

/// Transparency, the owner's own answer and the kind of event [eventType]; what is not known takes time.
Shows shows(const object& item) {
  const auto kind = text_of(item, "eventType");
  if (text_of(item, "transparency") == "transparent" || kind == "workingLocation" || kind == "birthday")
    return Shows::free;
  for (const auto& guest : list_of(item, "attendees")) {
    const auto* person = guest.if_object();
    if (!person || !flag_of(*person, "self")) continue;
    const auto answer = text_of(*person, "responseStatus");
    if (answer == "declined") return Shows::free;
    if (answer != "accepted") return Shows::tentative;
  }
  return text_of(item, "status") == "tentative" ? Shows::tentative : Shows::busy;
}

Result<std::vector<std::string>> lines_of(const object& item) {
  std::vector<std::string> lines;
  const auto* value = item.if_contains("recurrence");
  if (!value) return lines;
  if (!value->is_array()) return unclear("its series is no list.");
  for (const auto& line : value->get_array()) {
    if (!line.is_string()) return unclear("a line of its series is no text.");
    lines.emplace_back(line.get_string());
  }
  return lines;
}

base::Done read_when(const object& item, const Zone& calendar, ForeignEvent& event) {
  const auto start = TRY(point_of(object_of(item, "start"), "start", calendar));
  const auto end = TRY(point_of(object_of(item, "end"), "end", calendar));
  if (start.date != end.date) return unclear("it begins on a day and ends at a time.");
  auto lines = TRY(lines_of(item));
  if (start.instant >= end.instant) return base::done();
  event.time = Interval::between(start.instant, end.instant).value();
  const auto length = start.date ? std::chrono::seconds{end.wall - start.wall} : event.time->length();
  if (!lines.empty())
    event.repeats = Series{
        .zone = start.zone, .start = start.wall, .all_day = start.date, .length = length, .lines = std::move(lines)};
  return base::done();
}

std::string booking_of(const object& item) {
  const auto* properties = object_of(item, "extendedProperties");
  const auto* own = properties ? object_of(*properties, "private") : nullptr;
  return own ? std::string(text_of(*own, booking_property)) : "";
}

Interval on_ticks(const Interval& time) {
  const auto start = std::chrono::floor<domain::Minutes>(time.start().time_since_epoch());
  const auto end = std::chrono::ceil<domain::Minutes>(time.end().time_since_epoch());
  const auto before = start % domain::tick, over = end % domain::tick;
  const auto after = over == domain::Minutes{0} ? over : domain::tick - over;
  return Interval::between(Instant{start - before}, Instant{end + after}).value();
}

/// Sorted; what overlaps or touches is one.
std::vector<Interval> merged(std::vector<Interval> times) {
  std::ranges::sort(times);
  std::vector<Interval> found;
  for (const auto& time : times)
    if (!found.empty() && time.start() <= found.back().end())
      found.back() = Interval::between(found.back().start(), std::max(found.back().end(), time.end())).value();
    else
      found.push_back(time);
  return found;
}

Result<std::vector<Interval>> times_of(const ForeignEvent& event, Instant from, Instant to) {
  if (event.repeats) return domain::occurrences(*event.repeats, from, to);
  const bool touches = event.time->start() < to && from < event.time->end();
  return touches ? std::vector{*event.time} : std::vector<Interval>();
}

}  // namespace

Result<ForeignEvent> from_google(const object& item, const Zone& calendar) {
  ForeignEvent event{.id = std::string(text_of(item, "id")),
                     .series = std::string(text_of(item, "recurringEventId")),
                     .gone = text_of(item, "status") == "cancelled"};
  if (event.id.empty()) return unclear("id is missing.");
  if (!event.series.empty())
    event.original = TRY(point_of(object_of(item, "originalStartTime"), "originalStartTime", calendar)).instant;
  event.booking = booking_of(item);
  if (event.gone) return event;
  event.shows = shows(item);
  const auto read = read_when(item, calendar, event);
  if (!read && event.shows != Shows::free) return base::refuse(read.error());  // A birthday may be of 1950.
  return event;
}

ForeignEvent unreadable(const object& item, const Zone& calendar) {
  ForeignEvent event{.id = std::string(text_of(item, "id")), .series = std::string(text_of(item, "recurringEventId"))};
  CHECK(!event.id.empty());
  constexpr std::chrono::seconds some{1};
  event.time = Interval::of(Instant{}, some);
  event.repeats = Series{.zone = calendar, .start = {}, .length = some, .lines = {"UNREADABLE"}};
  return event;
}

std::string to_state(const ForeignEvent& event) {
  object state{{"shows", static_cast<int>(event.shows)}};
  if (!event.series.empty()) state["series"] = event.series;
  if (event.original) state["original"] = base::to_seconds(*event.original);
  if (event.gone) state["gone"] = true;
  if (event.time)
    state["time"] = boost::json::array{base::to_seconds(event.time->start()), base::to_seconds(event.time->end())};
  if (const auto& series = event.repeats)
    state["repeats"] = {{"zone", series->zone.name()},
                        {"start", series->start.time_since_epoch().count()},
                        {"all_day", series->all_day},
                        {"length", series->length.count()},
                        {"lines", boost::json::value_from(series->lines)}};
  if (!event.booking.empty()) state["booking"] = event.booking;
  return boost::json::serialize(state);
}

ForeignEvent from_state(const std::string& id, std::string_view text) {
  const auto state = boost::json::parse(text).as_object();
  ForeignEvent event{.id = id,
                     .series = std::string(text_of(state, "series")),
                     .gone = state.contains("gone"),
                     .shows = static_cast<Shows>(state.at("shows").as_int64()),
                     .booking = std::string(text_of(state, "booking"))};
  if (const auto* original = state.if_contains("original")) event.original = base::from_seconds(original->as_int64());
  if (const auto* time = state.if_contains("time"))
    event.time = Interval::between(base::from_seconds(time->as_array().at(0).as_int64()),
                                   base::from_seconds(time->as_array().at(1).as_int64()))
                     .value();
  if (const auto* repeats = object_of(state, "repeats"))
    event.repeats = Series{.zone = Zone::load(std::string(text_of(*repeats, "zone"))).value(),
                           .start = std::chrono::local_seconds{std::chrono::seconds{repeats->at("start").as_int64()}},
                           .all_day = repeats->at("all_day").as_bool(),
                           .length = std::chrono::seconds{repeats->at("length").as_int64()},
                           .lines = boost::json::value_to<std::vector<std::string>>(repeats->at("lines"))};
  return event;
}

void ForeignCalendar::apply(ForeignEvent event) {
  const bool exception = !event.series.empty();
  if (event.gone && !exception) {
    std::erase_if(events_, [&](const auto& other) { return other.second.series == event.id; });
    events_.erase(event.id);
    return;
  }
  events_.insert_or_assign(event.id, std::move(event));
}

void ForeignCalendar::replace(std::vector<ForeignEvent> events) {
  events_.clear();
  for (auto& event : events) apply(std::move(event));
}

ForeignCalendar::Busy ForeignCalendar::busy(Instant from, Instant to, bool tentative) const {
  std::map<std::string, std::set<Instant>> moved;  // By series.
  for (const auto& [id, event] : events_)
    if (event.original) moved[event.series].insert(*event.original);
  Busy busy;
  for (const auto& [id, event] : events_) {
    if (event.gone || !event.time || !event.booking.empty()) continue;
    if (event.shows == Shows::free || (event.shows == Shows::tentative && !tentative)) continue;
    const auto times = times_of(event, from, to);
    if (!times) {
      busy.unreadable.push_back(id);
      continue;
    }
    const auto& exceptions = moved[id];
    for (const auto& time : *times)
      if (!exceptions.contains(time.start())) busy.times.push_back(on_ticks(time));
  }
  busy.times = merged(std::move(busy.times));
  return busy;
}

}  // namespace calendars
