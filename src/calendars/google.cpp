#include "calendars/google.h"

#include <algorithm>

#include "calendars/google_wire.h"

namespace calendars {

namespace {

/// Of 250 calendars each.
constexpr int most_list_pages = 40;
/// freeBusy takes 50 calendars, and about three months at a time.
constexpr std::size_t most_at_once = 50;
constexpr std::chrono::hours longest_at_once{60 * 24};

}  // namespace

Answer<net::HttpAnswer> Google::call(const base::Secret& token, net::HttpRequest request) {
  request.url.insert(0, api_);
  request.bearer = token;
  request.until = until_;
  auto answer = http_.send(request, breaker_);
  if (!answer) return tl::unexpected(Failure{Trouble::later, std::nullopt, std::move(answer.error().detail)});
  return std::move(*answer);
}

Answer<std::vector<Listed>> Google::calendars(const base::Secret& token) {
  std::vector<Listed> all;
  std::string next;
  for (int pages = 0; pages < most_list_pages; ++pages) {
    const auto answer = TRY(call(token, list_request(next)));
    auto page = TRY(list_page_of(answer));
    std::ranges::move(page.calendars, std::back_inserter(all));
    if (page.next_page.empty()) return all;
    next = std::move(page.next_page);
  }
  return tl::unexpected(Failure{Trouble::later, std::nullopt, "a list of calendars without end"});
}

Answer<Page> Google::events(const base::Secret& token, const std::string& calendar, const Ask& ask) {
  return page_of(TRY(call(token, events_request(calendar, ask))));
}

Answer<domain::Zone> Google::zone_of(const base::Secret& token, const std::string& calendar) {
  return calendars::zone_of(TRY(call(token, zone_request(calendar))));
}

Answer<Outcome> Google::write(const base::Secret& token, const std::string& calendar, const Step& step) {
  const auto answer = TRY(call(token, write_request(calendar, step)));
  const bool looks = std::holds_alternative<Get>(step);
  static const auto utc = domain::Zone::load("UTC").value();
  const auto zone = looks && takes_whole_days(answer) ? TRY(zone_of(token, calendar)) : utc;
  const auto outcome = TRY(outcome_of(step, answer, zone));
  // A calendar that is gone answers as an event does that is: nobody has deleted the event then.
  const bool gone = std::holds_alternative<Gone>(outcome) && !std::holds_alternative<Remove>(step);
  if (gone) TRY(zone_of(token, calendar));
  return outcome;
}

Answer<Channel> Google::watch(const base::Secret& token, const std::string& calendar, const ChannelRequest& request) {
  return channel_of(TRY(call(token, watch_request(calendar, request))));
}

Answer<std::monostate> Google::stop(const base::Secret& token, const Channel& channel) {
  return stopped(TRY(call(token, stop_request(channel))));
}

Answer<std::vector<domain::Interval>> Google::busy(const base::Secret& token, const std::vector<std::string>& calendars,
                                                   const domain::Interval& span) {
  std::vector<domain::Interval> all;
  for (auto from = span.start(); from < span.end(); from += longest_at_once) {
    const auto part = domain::Interval::between(from, std::min(from + longest_at_once, span.end())).value();
    for (std::size_t first = 0; first < calendars.size(); first += most_at_once) {
      const auto some = std::span(calendars).subspan(first, std::min(most_at_once, calendars.size() - first));
      const auto answer = TRY(call(token, busy_request(some, part)));
      std::ranges::move(TRY(busy_of(answer, some)), std::back_inserter(all));
    }
  }
  std::ranges::sort(all);
  return all;
}

net::HttpOptions google_calls(const base::CalendarSettings& settings) {
  return {.policy = {.connect_time = settings.connect_timeout,
                     .total_time = settings.connect_timeout + settings.read_timeout,
                     .breaker_failures = settings.breaker_failures},
          .largest = std::size_t{4} << 20};  // 250 events with all their guests' answers.
}

}  // namespace calendars
