/// What Google Calendar is asked, and how its answers are read. Pure: no network, no clock.
///
/// After the reference of Calendar API v3. Of events nothing is asked for but what is kept: `fields` leaves titles,
/// guests and words with Google.
#pragma once

#include <span>

#include "calendars/provider.h"
#include "net/http_client.h"

namespace calendars {

// Requests, whose addresses are paths below GOOGLE_API_BASE.

net::HttpRequest list_request(const std::string& page);
/// Nothing that a sync token forbids, so that all pages and all readings are of the same parameters.
net::HttpRequest events_request(const std::string& calendar, const Ask& ask);
/// For what is known of a calendar by asking for its events: that it is there, and its zone.
net::HttpRequest zone_request(const std::string& calendar);
/// Insert, Patch, Get or Remove; anything else is a Bug. No guest is told of anything (sendUpdates=none).
net::HttpRequest write_request(const std::string& calendar, const Step& step);
net::HttpRequest watch_request(const std::string& calendar, const ChannelRequest& request);
net::HttpRequest stop_request(const Channel& channel);
/// At most 50 calendars and 90 days.
net::HttpRequest busy_request(std::span<const std::string> calendars, const domain::Interval& span);

// Answers.

struct ListPage {
  std::vector<Listed> calendars;
  std::string next_page;
};
Answer<ListPage> list_page_of(const net::HttpAnswer& answer);
/// An item that cannot be read is kept as unreadable(), one without an id fails the page.
Answer<Page> page_of(const net::HttpAnswer& answer);
Answer<domain::Zone> zone_of(const net::HttpAnswer& answer);
/// `zone` is the calendar's, for whole days. Gone of a Patch or a Get may also mean that the calendar is.
Answer<Outcome> outcome_of(const Step& step, const net::HttpAnswer& answer, const domain::Zone& zone);
/// Whether an event takes whole days, so that the calendar's zone is needed to read it.
bool takes_whole_days(const net::HttpAnswer& answer);
Answer<Channel> channel_of(const net::HttpAnswer& answer);
Answer<std::monostate> stopped(const net::HttpAnswer& answer);
/// Of these calendars; one that the answer does not speak of, or has errors for, is a failure: it is not free.
Answer<std::vector<domain::Interval>> busy_of(const net::HttpAnswer& answer, std::span<const std::string> calendars);

}  // namespace calendars
