/// Google Calendar (API v3) as a provider of calendars. What is asked and how answers are read: google_wire.h.
#pragma once

#include "base/config.h"
#include "calendars/provider.h"
#include "net/http_client.h"

namespace calendars {

// What the person grants; each alone does nothing for the others.
inline constexpr std::string_view google_events_scope = "https://www.googleapis.com/auth/calendar.events";
inline constexpr std::string_view google_list_scope = "https://www.googleapis.com/auth/calendar.calendarlist.readonly";
inline constexpr std::string_view google_busy_scope = "https://www.googleapis.com/auth/calendar.freebusy";

/// Of one account: cheap to make, for as long as it is needed.
class Google final : public Provider {
 public:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;
  /// The client may be one for all accounts; the breaker is this account's. `api` is GOOGLE_API_BASE. No call is waited
  /// for beyond `until`.
  Google(net::HttpClient& http, net::Breaker& breaker, std::string api, Deadline until = {})
      : http_(http), breaker_(breaker), api_(std::move(api)), until_(until) {}

  Answer<std::vector<Listed>> calendars(const base::Secret& token) override;
  Answer<Page> events(const base::Secret& token, const std::string& calendar, const Ask& ask) override;
  Answer<Outcome> write(const base::Secret& token, const std::string& calendar, const Step& step) override;
  Answer<Channel> watch(const base::Secret& token, const std::string& calendar, const ChannelRequest& request) override;
  Answer<std::monostate> stop(const base::Secret& token, const Channel& channel) override;
  Answer<std::vector<domain::Interval>> busy(const base::Secret& token, const std::vector<std::string>& calendars,
                                             const domain::Interval& span) override;

 private:
  Answer<net::HttpAnswer> call(const base::Secret& token, net::HttpRequest request);
  Answer<domain::Zone> zone_of(const base::Secret& token, const std::string& calendar);

  net::HttpClient& http_;
  net::Breaker& breaker_;
  const std::string api_;
  const Deadline until_;
};

/// For the client of all accounts, and for the breaker of each.
net::HttpOptions google_calls(const base::CalendarSettings& settings);

}  // namespace calendars
