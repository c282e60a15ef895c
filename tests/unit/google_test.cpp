#include "calendars/google_errors.h"
#include "calendars/google_wire.h"

#include <fmt/format.h>

#include "base/json.h"
#include "times.h"

namespace google_test {

using namespace calendars;
using namespace times;
using boost::json::object;

const auto utc_zone = zone("UTC");
const auto lesson = span("2027-03-01T09:00:00Z", "2027-03-01T10:00:00Z");

std::string error(const char* domain, const char* reason, const std::string& more = "") {
  return fmt::format(R"({{"error":{{"errors":[{{"domain":"{}","reason":"{}","message":"ada@example.com: no"{}}}]}}}})",
                     domain, reason, more);
}
const std::string html = "<!DOCTYPE html><html lang=en><title>Error</title><p>That is an error.";

/// "later" and the like, with the wait and what operators read.
std::string told(const Failure& failure) {
  constexpr const char* names[] = {"later", "expired", "consent", "missing", "refused", "fixed"};
  const std::string wait = failure.retry_after ? fmt::format(" in {} s", failure.retry_after->count()) : "";
  return fmt::format("{}{}: {}", names[static_cast<int>(failure.why)], wait, failure.detail);
}
template <class T>
std::string told(const Answer<T>& answer) {
  return answer ? "answered" : told(answer.error());
}

TEST(Google, ErrorsAreToldApartByTheirReasonFirst) {
  const auto* scope = R"({"error":{"code":403,"status":"PERMISSION_DENIED","details":[{"@type":"x"},)"
                      R"({"reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT","domain":"googleapis.com"}]}})";
  const auto* switched_off = R"({"error":{"code":403,"details":[{"reason":"SERVICE_DISABLED"}]}})";
  struct Case {
    long status;
    std::string body;
    const char* told;
  };
  const Case cases[] = {
      // 403 alone says nothing.
      {403, error("usageLimits", "rateLimitExceeded"), "later: 403 usageLimits/rateLimitExceeded"},
      {403, error("usageLimits", "userRateLimitExceeded"), "later: 403 usageLimits/userRateLimitExceeded"},
      {403, error("usageLimits", "quotaExceeded"), "later in 900 s: 403 usageLimits/quotaExceeded"},
      {403, error("usageLimits", "dailyLimitExceeded"), "later in 900 s: 403 usageLimits/dailyLimitExceeded"},
      {403, error("usageLimits", "accessNotConfigured"), "later in 900 s: 403 usageLimits/accessNotConfigured"},
      {403, switched_off, "later in 900 s: 403 /SERVICE_DISABLED"},
      {403, error("global", "insufficientPermissions"), "consent: 403 global/insufficientPermissions"},
      {403, scope, "consent: 403 /ACCESS_TOKEN_SCOPE_INSUFFICIENT"},
      {403, error("calendar", "forbiddenForNonOrganizer"), "fixed: 403 calendar/forbiddenForNonOrganizer"},
      {403, error("calendar", "requiredAccessLevel"), "fixed: 403 calendar/requiredAccessLevel"},
      {403, error("global", "forbidden"), "fixed: 403 global/forbidden"},
      {403, html, "later: 403 a page"},
      {403, "", "later: 403 "},
      {403, R"({"error":"access_denied"})", "later: 403 "},
      // Limits, whatever their status.
      {429, error("usageLimits", "rateLimitExceeded"), "later: 429 usageLimits/rateLimitExceeded"},
      {429, R"({"error":{"status":"RESOURCE_EXHAUSTED","details":[{"reason":"RATE_LIMIT_EXCEEDED"}]}})",
       "later: 429 /RATE_LIMIT_EXCEEDED"},
      {429, "", "later: 429 "},
      {400, error("usageLimits", "rateLimitExceeded"), "later: 400 usageLimits/rateLimitExceeded"},
      // What passes.
      {500, error("global", "backendError"), "later: 500 global/backendError"},
      {502, html, "later: 502 a page"},
      {503, "", "later: 503 "},
      {504, "{", "later: 504 a page"},
      {500, error("global", "notFound"), "later: 500 global/notFound"},
      {408, html, "later: 408 a page"},
      {409, error("global", "conflict"), "later: 409 global/conflict"},
      {301, html, "later: 301 a page"},
      // Tokens, of access and of synchronisation.
      {401, error("global", "authError"), "refused: 401 global/authError"},
      {401, html, "refused: 401 a page"},
      {401, error("global", "push.webhookUrlUnauthorized"), "fixed: 401 global/push.webhookUrlUnauthorized"},
      {401, "", "refused: 401 "},
      {410, error("calendar", "fullSyncRequired"), "expired: 410 calendar/fullSyncRequired"},
      {410, error("calendar", "updatedMinTooLongAgo"), "expired: 410 calendar/updatedMinTooLongAgo"},
      {410, "", "expired: 410 "},
      {400, error("global", "invalid", R"(,"location":"syncToken")"), "expired: 400 global/invalid"},
      {400, error("global", "invalid", R"(,"location":"pageToken")"), "fixed: 400 global/invalid"},
      // What is not there; not if something on the way says so.
      {404, error("global", "notFound"), "missing: 404 global/notFound"},
      {404, "", "missing: 404 "},
      {404, html, "later: 404 a page"},
      {410, error("global", "deleted"), "missing: 410 global/deleted"},
      {410, html, "later: 410 a page"},
      // The same again would be refused again.
      {400, error("calendar", "timeRangeEmpty"), "fixed: 400 calendar/timeRangeEmpty"},
      {400, error("global", "channelIdNotUnique"), "fixed: 400 global/channelIdNotUnique"},
      {400, html, "later: 400 a page"},
      // Names are told to operators, what looks like more is not.
      {400, error("global", "ada@example.com"), "fixed: 400 global/?"},
  };
  for (const auto& [status, body, expected] : cases)
    EXPECT_EQ(told(failure_of({status, body})), expected) << status << " " << body;
}

TEST(Google, TheWaitThatIsAskedForIsTold) {
  const auto seconds = [](int count) { return std::optional(std::chrono::seconds{count}); };
  EXPECT_EQ(failure_of({503, "", seconds(7)}).retry_after, seconds(7));
  EXPECT_EQ(failure_of({429, error("usageLimits", "rateLimitExceeded"), seconds(7)}).retry_after, seconds(7));
  EXPECT_EQ(failure_of({403, error("usageLimits", "quotaExceeded"), seconds(7)}).retry_after, seconds(900));
  EXPECT_EQ(failure_of({403, error("usageLimits", "quotaExceeded"), seconds(7000)}).retry_after, seconds(7000));
}

const Insert insert{"rb1", {lesson, "Lesson", "", "North St"}, "42"};
const Patch patch{"rb1", "\"e1\"", {lesson, "Lesson", "", "North St"}, false};

object sent(const net::HttpRequest& request) {
  EXPECT_EQ(request.type, "application/json");
  return boost::json::parse(request.body).as_object();
}

TEST(Google, AWriteSaysOnlyWhatIsOurs) {
  const auto inserted = write_request("a@b#c/d", insert);
  EXPECT_EQ(inserted.method, "POST");
  EXPECT_EQ(inserted.url, "/calendar/v3/calendars/a%40b%23c%2Fd/events?sendUpdates=none&fields=etag");
  EXPECT_EQ(sent(inserted), boost::json::parse(R"({"id":"rb1","summary":"Lesson","location":"North St",
      "start":{"dateTime":"2027-03-01T09:00:00Z"},"end":{"dateTime":"2027-03-01T10:00:00Z"},
      "extendedProperties":{"private":{"roadbookBooking":"42",
        "roadbookTime":"2027-03-01T09:00:00Z/2027-03-01T10:00:00Z"}}})"));
  EXPECT_TRUE(inserted.headers.empty()) << "there is no conditional insert";

  const auto patched = write_request("c", patch);
  EXPECT_EQ(patched.method, "PATCH");
  EXPECT_EQ(patched.url, "/calendar/v3/calendars/c/events/rb1?sendUpdates=none&fields=etag");
  EXPECT_EQ(patched.headers, (net::HttpFields{{"If-Match", "\"e1\""}}));
  EXPECT_EQ(sent(patched), boost::json::parse(R"({"summary":"Lesson","description":null,"location":"North St",
      "start":{"dateTime":"2027-03-01T09:00:00Z","date":null},"end":{"dateTime":"2027-03-01T10:00:00Z","date":null},
      "extendedProperties":{"private":{"roadbookTime":"2027-03-01T09:00:00Z/2027-03-01T10:00:00Z"}}})"))
      << "what was a whole day is none, and what a human has written elsewhere stays";
  auto revived = patch;
  revived.revive = true;
  EXPECT_EQ(sent(write_request("c", revived)).at("status"), "confirmed");

  const auto removed = write_request("c", Remove{"a_20270301T090000Z"});
  EXPECT_EQ(removed.method, "DELETE");
  EXPECT_EQ(removed.url, "/calendar/v3/calendars/c/events/a_20270301T090000Z?sendUpdates=none");
  EXPECT_EQ(removed.body, "");
  EXPECT_EQ(write_request("c", Get{"x/y"}).url.find("/calendar/v3/calendars/c/events/x%2Fy?fields="), 0u);
  EXPECT_THROW(write_request("c", Settled{}), base::Bug);
}

TEST(Google, AListingAsksForNothingThatATokenForbids) {
  const auto first = events_request("c", {}).url, second = events_request("c", {"", "p 2"}).url,
             later = events_request("c", {"t=1", ""}).url, later_still = events_request("c", {"t=1", "p2"}).url;
  EXPECT_EQ(second, first + "&pageToken=p%202") << "the same parameters on every page";
  EXPECT_EQ(later, first + "&syncToken=t%3D1") << "and in every reading";
  EXPECT_EQ(later_still, later + "&pageToken=p2");
  EXPECT_NE(first.find("singleEvents=false"), std::string::npos);
  for (const auto* forbidden : {"iCalUID", "orderBy", "ExtendedProperty=", "q=", "timeMin", "timeMax", "updatedMin",
                                "showDeleted", "summary", "description", "email"})
    EXPECT_EQ(first.find(forbidden), std::string::npos) << forbidden;
}

TEST(Google, AChannelIsAskedForAndStopped) {
  const auto watch =
      watch_request("c", {"id-1", base::Secret("secret"), "https://school.example/hook", std::chrono::hours{24 * 7}});
  EXPECT_EQ(watch.method + " " + watch.url, "POST /calendar/v3/calendars/c/events/watch");
  EXPECT_EQ(sent(watch), boost::json::parse(R"({"id":"id-1","type":"web_hook","address":"https://school.example/hook",
      "token":"secret","params":{"ttl":"604800"}})"));
  const auto stop = stop_request({"id-1", "resource", {}});
  EXPECT_EQ(stop.method + " " + stop.url, "POST /calendar/v3/channels/stop");
  EXPECT_EQ(sent(stop), boost::json::parse(R"({"id":"id-1","resourceId":"resource"})"));

  const auto channel = channel_of({200, R"({"id":"id-1","resourceId":"r","expiration":"1803891600999"})"});
  ASSERT_TRUE(channel);
  EXPECT_EQ(channel->expires_at, utc("2027-03-01T09:00:00Z"));
  for (const auto* unclear : {R"({"id":"id-1","resourceId":"r"})", R"({"id":"id-1","expiration":"1803891600000"})",
                              R"({"id":"i","resourceId":"r","expiration":"soon"})", "", "<html>"})
    EXPECT_EQ(channel_of({200, unclear}).error().why, Trouble::later) << unclear;
  EXPECT_EQ(channel_of({404, error("global", "notFound")}).error().why, Trouble::missing);
  EXPECT_TRUE(stopped({204, ""}));
  EXPECT_EQ(told(stopped({200, html})), "later: 200 a page");
  EXPECT_TRUE(stopped({404, error("global", "notFound")})) << "it has ended by itself";
  EXPECT_EQ(told(stopped({404, html})), "later: 404 a page");
  EXPECT_EQ(told(stopped({401, ""})), "refused: 401 ");
}

std::string outcome(const Step& step, long status, const std::string& body) {
  const auto answer = outcome_of(step, {status, body}, zone("Europe/Berlin"));
  if (!answer) return told(answer.error());
  if (const auto* stored = std::get_if<Stored>(&*answer)) return "stored " + stored->etag;
  if (const auto* found = std::get_if<Found>(&*answer))
    return fmt::format("found {} {}{} {}", found->etag, found->cancelled ? "cancelled " : "", found->booking,
                       found->time ? base::to_text(found->time->start()) : "without time");
  constexpr const char* names[] = {"", "taken", "stale", "gone"};
  return names[answer->index()];
}

TEST(Google, WhatCameOfAWrite) {
  const auto* event = R"({"id":"rb1","etag":"\"e2\"","status":"confirmed","start":{"dateTime":"2027-03-01T09:00:00Z"},
      "end":{"dateTime":"2027-03-01T10:00:00Z"},"extendedProperties":{"private":{"roadbookBooking":"42"}}})";
  const auto* deleted = R"({"id":"rb1","etag":"\"e3\"","status":"cancelled",
      "extendedProperties":{"private":{"roadbookBooking":"42"}}})";
  const auto* whole_day = R"({"id":"rb1","etag":"\"e4\"","start":{"date":"2027-03-01"},"end":{"date":"2027-03-02"}})";
  const auto* mixed = R"({"id":"rb1","etag":"\"e4\"","start":{"date":"2027-03-01"},"end":{}})";
  const Get get{"rb1"};
  const Remove remove{"rb1"};
  struct Case {
    const char* name;
    Step step;
    long status;
    std::string body;
    const char* outcome;
  };
  const Case cases[] = {
      {"made", insert, 200, R"({"etag":"\"e1\""})", "stored \"e1\""},
      {"made, and nobody knows how", insert, 200, "{}",
       "later: an answer that cannot be read: an event without an etag"},
      {"made, says a page", insert, 200, html, "later: an answer that cannot be read: no JSON"},
      {"the id is taken", insert, 409, error("global", "duplicate"), "taken"},
      {"the id is taken, in no words", insert, 409, "", "taken"},
      {"something else is in the way", insert, 409, error("global", "conflict"), "later: 409 global/conflict"},
      {"the calendar is gone", insert, 404, error("global", "notFound"), "missing: 404 global/notFound"},
      {"changed", patch, 200, R"({"etag":"\"e2\""})", "stored \"e2\""},
      {"a human was faster", patch, 412, error("global", "conditionNotMet"), "stale"},
      {"deleted before", patch, 404, error("global", "notFound"), "gone"},
      {"deleted a moment ago", patch, 410, error("global", "deleted"), "gone"},
      {"gone, in no words", patch, 410, "", "gone"},
      {"gone, says a page", patch, 404, html, "later: 404 a page"},
      {"a guest's", patch, 403, error("calendar", "forbiddenForNonOrganizer"),
       "fixed: 403 calendar/forbiddenForNonOrganizer"},
      {"too often", patch, 403, error("usageLimits", "rateLimitExceeded"), "later: 403 usageLimits/rateLimitExceeded"},
      {"there", get, 200, event, "found \"e2\" 42 2027-03-01T09:00:00Z"},
      {"there no more", get, 200, deleted, "found \"e3\" cancelled 42 without time"},
      {"made a whole day", get, 200, whole_day, "found \"e4\"  2027-02-28T23:00:00Z"},
      {"made something unknown", get, 200, mixed, "later: an answer that cannot be read: an event that cannot be read"},
      {"never there", get, 404, error("global", "notFound"), "gone"},
      {"taken away", remove, 204, "", "gone"},
      {"taken away, says a page with 200", remove, 200, html, "later: an answer that cannot be read: no JSON"},
      {"taken away twice", remove, 410, error("global", "deleted"), "gone"},
      {"taken away and never there", remove, 404, error("global", "notFound"), "gone"},
      {"taken away, says a page", remove, 404, html, "later: 404 a page"},
      {"not taken away", remove, 500, html, "later: 500 a page"},
      {"not with this token", remove, 401, error("global", "authError"), "refused: 401 global/authError"},
  };
  for (const auto& [name, step, status, body, expected] : cases)
    EXPECT_EQ(outcome(step, status, body), expected) << name;
  EXPECT_TRUE(takes_whole_days({200, whole_day}));
  EXPECT_FALSE(takes_whole_days({200, event}));
  EXPECT_FALSE(takes_whole_days({404, html}));
}

TEST(Google, APageIsReadInTheCalendarsZone) {
  const auto page = page_of({200, R"({"timeZone":"Europe/Berlin","nextSyncToken":"s","items":[
      {"id":"day","start":{"date":"2027-03-01"},"end":{"date":"2027-03-02"}},
      {"id":"gone","status":"cancelled"}]})"});
  ASSERT_TRUE(page) << told(page);
  EXPECT_EQ(page->sync_token, "s");
  EXPECT_EQ(page->next_page, "");
  ASSERT_EQ(page->events.size(), 2u);
  EXPECT_EQ(page->events[0].time, span("2027-02-28T23:00:00Z", "2027-03-01T23:00:00Z"));
  EXPECT_TRUE(page->events[1].gone);
  const auto empty = page_of({200, R"({"timeZone":"Europe/Berlin","nextPageToken":"p","items":[]})"});
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->next_page, "p") << "only the absence of a next page ends a listing";
}

TEST(Google, AnItemThatCannotBeReadIsNotFreeAndStopsNothing) {
  const auto page = page_of({200, R"({"timeZone":"Europe/Berlin","nextSyncToken":"s","items":[
      {"id":"old","start":{"date":"0001-01-01"},"end":{"date":"0001-01-02"},"recurrence":["RRULE:FREQ=YEARLY"]},
      {"id":"odd","start":{"dateTime":"2027-03-01T09:00:00Z","timeZone":"Moon/Base"},"end":{}},
      {"id":"born","eventType":"birthday","start":{"date":"1950-05-05"},"end":{"date":"1950-05-06"}},
      {"id":"fine","start":{"dateTime":"2027-03-01T09:00:00Z"},"end":{"dateTime":"2027-03-01T10:00:00Z"}}]})"});
  ASSERT_TRUE(page) << told(page);
  ForeignCalendar calendar;
  calendar.replace(page->events);
  const auto busy = calendar.busy(utc("2027-01-01T00:00:00Z"), utc("2028-01-01T00:00:00Z"), true);
  EXPECT_EQ(busy.unreadable, (std::vector<std::string>{"odd", "old"}));
  EXPECT_EQ(busy.times, std::vector{lesson});
  // Once it can be read it takes its time and no more.
  calendar.apply(page_of({200, R"({"timeZone":"UTC","nextSyncToken":"s","items":[{"id":"odd","status":"cancelled"},
      {"id":"old","start":{"date":"2027-01-01"},"end":{"date":"2027-01-02"}}]})"})
                     ->events.at(0));
  EXPECT_EQ(calendar.busy(utc("2027-01-01T00:00:00Z"), utc("2028-01-01T00:00:00Z"), true).unreadable,
            std::vector<std::string>{"old"});
}

TEST(Google, AListingThatCannotBeReadIsTriedAgain) {
  const std::pair<std::string, const char*> bodies[] = {
      {R"({"timeZone":"UTC","items":[]})", "later: an answer that cannot be read: no sync token"},
      {R"({"nextSyncToken":"s","items":[]})", "later: an answer that cannot be read: a zone that is not known here"},
      {R"({"timeZone":"Moon/Base","nextSyncToken":"s"})",
       "later: an answer that cannot be read: a zone that is not known here"},
      {R"({"timeZone":"UTC","nextSyncToken":"s","items":[{"status":"cancelled"}]})",
       "later: an answer that cannot be read: an event without an id"},
      {html, "later: an answer that cannot be read: no JSON"},
      {"", "later: an answer that cannot be read: no JSON"},
      {"[]", "later: an answer that cannot be read: no JSON"}};
  for (const auto& [body, expected] : bodies) EXPECT_EQ(told(page_of({200, body})), expected) << body;
  EXPECT_EQ(told(page_of({403, error("calendar", "requiredAccessLevel")})),
            "missing: 403 calendar/requiredAccessLevel");
  EXPECT_EQ(told(page_of({400, error("global", "invalid", R"(,"location":"pageToken")")})),
            "later: 400 global/invalid");
  EXPECT_EQ(told(page_of({404, error("global", "notFound")})), "missing: 404 global/notFound");
  EXPECT_EQ(told(page_of({410, error("calendar", "fullSyncRequired")})), "expired: 410 calendar/fullSyncRequired");
}

TEST(Google, CalendarsAreListedWithWhatMayBeDoneWithThem) {
  const auto page = list_page_of({200, R"({"nextPageToken":"p","items":[
      {"id":"ada@example.com","summary":"ada@example.com","summaryOverride":"Mine","timeZone":"Europe/Berlin",
       "primary":true,"accessRole":"owner"},
      {"id":"b","summary":"Office","timeZone":"UTC","accessRole":"writer"},
      {"id":"c","summary":"Holidays","accessRole":"reader"},
      {"id":"d","accessRole":"freeBusyReader"},{"summary":"no id"},7]})"});
  ASSERT_TRUE(page) << told(page);
  EXPECT_EQ(page->next_page, "p");
  ASSERT_EQ(page->calendars.size(), 4u);
  const auto& [own, office, holidays, hidden] =
      std::tie(page->calendars[0], page->calendars[1], page->calendars[2], page->calendars[3]);
  EXPECT_TRUE(own.name == "Mine" && own.primary && own.writable && !own.only_busy && own.zone == "Europe/Berlin");
  EXPECT_TRUE(office.writable && !office.primary && office.name == "Office");
  EXPECT_FALSE(holidays.writable || holidays.only_busy);
  EXPECT_TRUE(hidden.only_busy && !hidden.writable);
  EXPECT_EQ(told(list_page_of({403, error("global", "insufficientPermissions")})),
            "consent: 403 global/insufficientPermissions");
  EXPECT_EQ(list_request("").url.find("pageToken"), std::string::npos);
  EXPECT_NE(list_request("p 2").url.find("&pageToken=p%202"), std::string::npos);
}

TEST(Google, ErrorsInsideFreeBusyAreNotFree) {
  const std::vector<std::string> calendars{"a", "b"};
  const auto request = busy_request(calendars, lesson);
  EXPECT_EQ(request.method + " " + request.url, "POST /calendar/v3/freeBusy");
  EXPECT_EQ(sent(request), boost::json::parse(R"({"timeMin":"2027-03-01T09:00:00Z","timeMax":"2027-03-01T10:00:00Z",
      "timeZone":"UTC","items":[{"id":"a"},{"id":"b"}]})"));
  const auto busy = [&](const std::string& of_b) {
    return busy_of(
        {200, R"({"calendars":{"a":{"busy":[{"start":"2027-03-01T10:00:00+01:00","end":"2027-03-01T10:00:00Z"}]})" +
                  of_b + "}}"},
        calendars);
  };
  const auto fine = busy(R"(,"b":{"busy":[]})");
  ASSERT_TRUE(fine) << told(fine);
  EXPECT_EQ(*fine, std::vector{lesson});
  const std::pair<const char*, const char*> failures[] = {
      {R"(,"b":{"busy":[],"errors":[{"domain":"global","reason":"notFound"}]})", "missing: free/busy global/notFound"},
      {R"(,"b":{"errors":[{"domain":"global","reason":"notFound"}]})", "missing: free/busy global/notFound"},
      {R"(,"b":{"busy":[],"errors":[{"domain":"global","reason":"internalError"}]})",
       "later: free/busy global/internalError"},
      {"", "later: an answer that cannot be read: a calendar that it leaves out"},
      {R"(,"b":{})", "later: an answer that cannot be read: a calendar that it leaves out"},
      {R"(,"b":{"busy":[{"start":"2027-03-01T09:00:00Z"}]})",
       "later: an answer that cannot be read: a time that is none"},
      {R"(,"b":{"busy":[7]})", "later: an answer that cannot be read: a time that is none"}};
  for (const auto& [of_b, expected] : failures) EXPECT_EQ(told(busy(of_b)), expected) << of_b;
  EXPECT_EQ(told(busy_of({200, "{}"}, calendars)),
            "later: an answer that cannot be read: a calendar that it leaves out");
  EXPECT_EQ(told(busy_of({400, error("calendar", "timeRangeTooLong")}, calendars)),
            "fixed: 400 calendar/timeRangeTooLong");
}

}  // namespace google_test
