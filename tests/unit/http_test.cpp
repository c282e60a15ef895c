#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "http/conditions.h"
#include "http/head.h"
#include "http/limits.h"
#include "http/problem.h"
#include "http/query.h"
#include "http/router.h"
#include "http/site.h"

namespace http_test {

using base::Code;

TEST(Head, IsReadWithLowerCaseNamesAndTrimmedValues) {
  const auto head = http::parse_head("POST /a/b?x=1 HTTP/1.1\r\nHost: here\r\nX-Thing: \t v w \r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->method, "POST");
  EXPECT_EQ(head->path, "/a/b");
  EXPECT_EQ(head->query, "x=1");
  EXPECT_EQ(head->fields, (http::Pairs{{"host", "here"}, {"x-thing", "v w"}}));
}

TEST(Head, WhatTwoParsersCouldReadDifferentlyIsRefused) {
  const std::string nul("GET / HTTP/1.1\r\nHost: h\r\nA: \0\r\n\r\n", 34);
  for (const std::string& text :
       {std::string("GET / HTTP/1.1\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n"),
        std::string("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\n Host: h\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost : h\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: h\r\n: v\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: h\r\nA\r\n\r\n"),
        std::string("GET / HTTP/1.1\nHost: h\n\n"),
        std::string("GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n"),
        std::string("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"),
        std::string("GET / HTTP/2.0\r\nHost: h\r\n\r\n"),
        std::string("GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        std::string("G\"T / HTTP/1.1\r\nHost: h\r\n\r\n"),
        std::string("GET * HTTP/1.1\r\nHost: h\r\n\r\n"),
        std::string("GET /\xff HTTP/1.1\r\nHost: h\r\n\r\n"),
        std::string("GET /#a HTTP/1.1\r\nHost: h\r\n\r\n"),
        std::string("GET  HTTP/1.1\r\nHost: h\r\n\r\n"),
        nul,
        std::string("\r\n\r\n"),
        std::string()}) {
    const auto head = http::parse_head(text);
    ASSERT_FALSE(head) << text;
    EXPECT_EQ(head.error().code, Code::malformed) << text;
  }
}

TEST(Head, LimitsAreExact) {
  const auto head_with = [](std::size_t target, int fields, std::size_t padding) {
    std::string text = "GET /" + std::string(target - 1, 'a') + " HTTP/1.1\r\nHost: h\r\n";
    for (int i = 1; i < fields; ++i) text += "A: b\r\n";
    return text + "P: " + std::string(padding, 'p') + "\r\n\r\n";
  };
  EXPECT_TRUE(http::parse_head(head_with(http::max_target_bytes, 63, 1)));
  EXPECT_EQ(http::parse_head(head_with(http::max_target_bytes + 1, 1, 1)).error().code, Code::url_too_long);
  EXPECT_EQ(http::parse_head(head_with(1, 64, 1)).error().code, Code::header_too_large);
  const auto bare = head_with(1, 1, 0).size();
  EXPECT_TRUE(http::parse_head(head_with(1, 1, http::max_head_bytes - bare)));
  EXPECT_EQ(http::parse_head(head_with(1, 1, http::max_head_bytes - bare + 1)).error().code, Code::header_too_large);
  EXPECT_EQ(http::head_without_end("GET /" + std::string(20'000, 'a')).code, Code::url_too_long);
  EXPECT_EQ(http::head_without_end("GET / HTTP/1.1\r\nA: " + std::string(20'000, 'a')).code, Code::header_too_large);
}

TEST(Query, IsDecodedAndChecked) {
  EXPECT_EQ(*http::parse_query("a=1&b=x+y%2Bz&c&&d=%C3%A9"),
            (http::Pairs{{"a", "1"}, {"b", "x y+z"}, {"c", ""}, {"d", "é"}}));
  for (const auto* text : {"a=%", "a=%4", "a=%zz", "a=%00", "a=%ff", "%0a=1"})
    EXPECT_EQ(http::parse_query(text).error().code, Code::malformed) << text;
  const auto repeated = http::parse_query("a=1&a=2");
  EXPECT_EQ(repeated.error().code, Code::invalid_input);
  EXPECT_EQ(repeated.error().fields[0].pointer, "a");
}

http::Route route(std::string method, std::string pattern) {
  return {std::move(method), std::move(pattern), http::Kind::memory,
          [](const http::Request&) { return http::Response{}; }};
}

TEST(Router, LiteralSegmentsWinOverSuffixedOnesAndThoseOverPlainOnes) {
  observe::Metrics metrics;
  const http::Router router({route("GET", "/b/{id}"), route("GET", "/b/{id}.ics"), route("GET", "/b/mine"),
                             route("POST", "/b/{id}/undo"), route("PATCH", "/b/{id}")},
                            metrics);
  const auto pattern = [&](const char* method, const char* path) {
    const auto match = router.match(method, path);
    return match.entry ? match.entry->route.pattern : "-" + match.allow;
  };
  EXPECT_EQ(pattern("GET", "/b/mine"), "/b/mine");
  EXPECT_EQ(pattern("GET", "/b/7.ics"), "/b/{id}.ics");
  EXPECT_EQ(pattern("HEAD", "/b/7"), "/b/{id}");
  EXPECT_EQ(router.match("GET", "/b/7.ics").params, (http::Pairs{{"id", "7"}}));
  EXPECT_EQ(router.match("GET", "/b/a%20b").params, (http::Pairs{{"id", "a b"}}));
  EXPECT_EQ(pattern("DELETE", "/b/7"), "-GET, HEAD, OPTIONS, PATCH");
  EXPECT_EQ(pattern("GET", "/b/7/undo"), "-OPTIONS, POST");
  for (const auto* path : {"/b", "/b/", "/b/7/", "/b/.ics/x", "/", "//b/7", "*", ""})
    EXPECT_EQ(pattern("GET", path), "-") << path;
}

TEST(Problem, EveryCodeHasItsStatus) {
  using enum Code;
  const std::map<int, std::set<Code>> others = {
      {400, {malformed}},
      {401, {unauthenticated, second_factor_asked}},
      {403, {forbidden, second_factor_required}},
      {404, {not_found}},
      {405, {method_not_allowed}},
      {412, {stale_version}},
      {413, {too_large}},
      {414, {url_too_long}},
      {415, {unsupported_media_type}},
      {422,
       {off_grid, too_soon, beyond_horizon, outside_hours, closure, time_off, guardian_consent, wrong_transmission,
        who_may_drive, invalid_input, idempotency_mismatch, too_late}},
      {428, {precondition_required}},
      {429, {rate_limited}},
      {431, {header_too_large}},
      {500, {internal}},
      {503, {unavailable}}};
  for (int i = 0; i < base::code_count; ++i) {
    const auto code = static_cast<Code>(i);
    int expected = 409;
    for (const auto& [status, codes] : others)
      if (codes.contains(code)) expected = status;
    EXPECT_EQ(http::kind_of(code).status, expected) << base::to_string(code);
    EXPECT_NE(http::reason_phrase(expected), "Unknown") << expected;
  }
}

TEST(Problem, CarriesRefusalsAlternativesAndFields) {
  const base::Error error{.code = Code::slot_taken,
                          .detail = "This time is taken.",
                          .refusals = {{Code::slot_taken, "taken"}, {Code::buffer, "too close"}},
                          .fields = {{"/start", "x"}},
                          .alternatives = {{1774774800, 1774778400, 5, 0}}};
  const auto answer = http::problem(error, "r1");
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(boost::json::parse(answer.body), boost::json::parse(R"({"type":"/problems/slot-taken",
    "title":"The time is taken","status":409,"detail":"This time is taken.","instance":"/requests/r1",
    "refusals":[{"rule":"slot-taken","message":"taken"},{"rule":"buffer","message":"too close"}],
    "alternatives":[{"start":"2026-03-29T09:00:00Z","end":"2026-03-29T10:00:00Z",
                     "instructor_id":"0000000000005","vehicle_id":null}],
    "errors":[{"pointer":"/start","message":"x"}]})"));
  EXPECT_EQ(http::problem({Code::unauthenticated, ""}, "").header("WWW-Authenticate"), "Bearer realm=\"roadbook\"");
  EXPECT_EQ(http::problem({Code::unavailable, ""}, "").header("Retry-After"), "1");
}

http::Request with_header(std::string name, std::string value) {
  http::Request request;
  request.headers = {{std::move(name), std::move(value)}};
  return request;
}

TEST(Conditions, IfMatchIsOneVersion) {
  EXPECT_EQ(*http::if_match(with_header("if-match", http::etag(7))), 7);
  EXPECT_EQ(http::if_match({}).error().code, Code::precondition_required);
  for (const auto* text :
       {"7", "171", "\"\"", "\"-1\"", "\"7x\"", "*", "W/\"7\"", "\"7\", \"8\"", "\"99999999999999999999\"", "\""})
    EXPECT_EQ(http::if_match(with_header("if-match", text)).error().code, Code::invalid_input) << text;
}

TEST(Conditions, NoneMatchComparesWeakly) {
  EXPECT_TRUE(http::none_match("\"a\", W/\"b\"", "\"b\""));
  EXPECT_TRUE(http::none_match("*", "\"b\""));
  EXPECT_FALSE(http::none_match("\"a\"", "\"b\""));
  EXPECT_FALSE(http::none_match("", "\"b\""));
}

TEST(Conditions, IdempotencyKeyIsVisibleAsciiOfBoundedLength) {
  EXPECT_EQ(*http::idempotency_key(with_header("idempotency-key", "k-1")), "k-1");
  EXPECT_EQ(http::idempotency_key({}).error().code, Code::precondition_required);
  EXPECT_TRUE(http::idempotency_key(with_header("idempotency-key", std::string(255, 'k'))));
  for (const auto& text : {std::string(256, 'k'), std::string("a b"), std::string("\xc3\xa9")})
    EXPECT_EQ(http::idempotency_key(with_header("idempotency-key", text)).error().code, Code::invalid_input);
}

TEST(Conditions, CodingsHaveWeights) {
  EXPECT_TRUE(http::accepts_coding("gzip, deflate, br", "br"));
  EXPECT_TRUE(http::accepts_coding("gzip;q=0.5", "gzip"));
  EXPECT_TRUE(http::accepts_coding("*", "gzip"));
  EXPECT_FALSE(http::accepts_coding("gzip;q=0", "gzip"));
  EXPECT_FALSE(http::accepts_coding("gzip;q=0.0, *", "gzip"));
  EXPECT_FALSE(http::accepts_coding("identity", "gzip"));
  EXPECT_FALSE(http::accepts_coding("", "gzip"));
}

TEST(Limiter, AllowsABurstAndThenItsRate) {
  http::Limiter limiter;
  const http::Limit limit{3, std::chrono::seconds{30}};
  const auto start = http::Limiter::Clock::now();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limiter.take("a", limit, start).allowed);
  const auto refused = limiter.take("a", limit, start);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.reset, std::chrono::seconds{10});
  EXPECT_TRUE(limiter.take("b", limit, start).allowed);
  EXPECT_TRUE(limiter.take("a", limit, start + std::chrono::seconds{10}).allowed);
  EXPECT_FALSE(limiter.take("a", limit, start + std::chrono::seconds{11}).allowed);
  EXPECT_TRUE(limiter.take("a", {0, {}}, start).allowed);
}

TEST(Limiter, ManyAddressesCostBoundedMemoryAndAnIpv6NetworkIsOneClient) {
  http::Limiter limiter;
  const http::Limit limit{1, std::chrono::hours{1}};
  const auto now = http::Limiter::Clock::now();
  const auto ask_all = [&] {
    int allowed = 0;
    for (std::size_t i = 0; i < http::Limiter::max_buckets + 10; ++i)
      allowed += limiter.take(std::to_string(i), limit, now).allowed;
    return allowed;
  };
  EXPECT_EQ(ask_all(), http::Limiter::max_buckets + 10);
  EXPECT_GT(ask_all(), 0) << "some were forgotten to make room";
  EXPECT_EQ(http::address_key("2001:db8:1:2::1"), http::address_key("2001:db8:1:2:ffff::9"));
  EXPECT_NE(http::address_key("2001:db8:1:2::1"), http::address_key("2001:db8:1:3::1"));
  EXPECT_EQ(http::address_key("192.0.2.1"), "192.0.2.1");
}

TEST(CorrelationId, IsTakenWhereItIsPlainAndMadeElsewhere) {
  EXPECT_EQ(http::correlation_id("Abc-1._"), "Abc-1._");
  for (const auto& text : {std::string(), std::string("a b"), std::string("a\"b"), std::string(65, 'a')})
    EXPECT_EQ(http::correlation_id(text).size(), 13u) << text;
}

}  // namespace http_test
