/// Consent, tokens and their end against the stand-in for Google.
#include "api/google_sim.h"

namespace google_tokens_test {

using namespace calendars;
using namespace google_sim;

TEST_F(GoogleCalendar, ConsentSaysWhoItIsAndWhatMayBeDone) {
  const auto now = base::now();
  const auto exchange = exchange_of(code());
  const auto exchanged = provider.exchange(exchange, now);
  ASSERT_TRUE(exchanged) << exchanged.error().detail;
  EXPECT_EQ(exchanged->who.email, email);
  EXPECT_TRUE(exchanged->who.email_verified);
  EXPECT_FALSE(exchanged->who.subject.empty());
  const auto& grant = exchanged->grant;
  EXPECT_FALSE(grant.access_token.empty());
  EXPECT_FALSE(grant.refresh_token.empty());
  EXPECT_EQ(grant.expires_at, now + std::chrono::seconds{3599});
  for (const auto scope : {google_events_scope, google_list_scope, google_busy_scope})
    EXPECT_TRUE(grant.covers(scope)) << scope;
  EXPECT_FALSE(grant.covers("https://www.googleapis.com/auth/calendar"));

  const auto again = provider.exchange(exchange, now);
  ASSERT_FALSE(again) << "a code is good once";
  EXPECT_EQ(again.error().code, base::Code::unauthenticated);
  EXPECT_NE(again.error().detail.find("invalid_grant"), std::string::npos) << again.error().detail;
  auto other = exchange_of(code());
  other.verifier = std::string(43, 'w');
  EXPECT_FALSE(provider.exchange(other, now)) << "by whoever began";
}

TEST_F(GoogleCalendar, ARefreshTokenComesOnlyWhereItIsAskedFor) {
  connect();
  const auto second = provider.exchange(exchange_of(code(all_scopes, "decision=allow", {})), base::now());
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->grant.refresh_token.empty());
  EXPECT_NE(code(all_scopes, "decision=cancel").find("error=access_denied"), std::string::npos);
}

TEST_F(GoogleCalendar, WhatThePersonUnticksIsNotGranted) {
  const auto grant = connect(fmt::format("decision=allow&granular=yes&scope={}", google_events_scope));
  EXPECT_TRUE(grant.covers(google_events_scope));
  EXPECT_FALSE(grant.covers(google_list_scope));
  EXPECT_EQ(trouble(google.events(grant.access_token, email, {})), "answered");
  EXPECT_EQ(trouble(google.calendars(grant.access_token)), "consent");
  EXPECT_EQ(trouble(google.busy(grant.access_token, {email}, nine)), "consent");
}

TEST_F(GoogleCalendar, TokensAreRefreshed) {
  const auto grant = connect();
  const auto now = base::now();
  const auto refreshed = provider.refresh(grant.refresh_token, now);
  ASSERT_TRUE(refreshed) << refreshed.error().detail;
  EXPECT_NE(refreshed->access_token, grant.access_token);
  EXPECT_TRUE(refreshed->refresh_token.empty()) << "the one that is kept stays good";
  EXPECT_EQ(refreshed->expires_at, now + std::chrono::seconds{3599});
  EXPECT_TRUE(refreshed->covers(google_events_scope));
  sim.control("PATCH", "/settings", R"({"rotate_refresh_tokens":true})");
  const auto rotated = provider.refresh(grant.refresh_token, now);
  ASSERT_TRUE(rotated);
  EXPECT_FALSE(rotated->refresh_token.empty());
  EXPECT_EQ(provider.refresh(grant.refresh_token, now).error().code, base::Code::forbidden) << "it has a successor";
  EXPECT_TRUE(provider.refresh(rotated->refresh_token, now));
}

TEST_F(GoogleCalendar, AnEndedGrantIsToldFromEverythingElse) {
  const auto grant = connect();
  const auto code_of = [&](const base::Secret& refresh_token) {
    const auto refreshed = provider.refresh(refresh_token, base::now());
    EXPECT_FALSE(refreshed);
    if (refreshed) return base::Code::internal;
    EXPECT_EQ(refreshed.error().detail.find(refresh_token.reveal()), std::string::npos);
    return refreshed.error().code;
  };
  const std::pair<const char*, base::Code> faults[] = {
      {R"("status":500)", base::Code::unavailable},
      {R"("status":503,"body":"<html>")", base::Code::unavailable},
      {R"("torn":true,"times":2)", base::Code::unavailable},
      {R"("status":400,"body":"<html>")", base::Code::unauthenticated},
      {R"("status":400,"body":{"error":"invalid_request"})", base::Code::unauthenticated},
      {R"("status":401,"body":{"error":"invalid_client"})", base::Code::unauthenticated},
      {R"("status":401,"body":{"error":"invalid_grant"})", base::Code::unauthenticated},
      {R"("status":200,"body":{"expires_in":3599})", base::Code::unauthenticated},
      {R"("status":429)", base::Code::unauthenticated}};
  for (const auto& [answer, code] : faults) {
    fault(fmt::format(R"({{"method":"POST","path":"/token",{}}})", answer));
    EXPECT_EQ(code_of(grant.refresh_token), code) << answer;
    sim.control("DELETE", "/faults");
  }
  sim.control("POST", "/revoke", fmt::format(R"({{"account":"{}"}})", email));
  EXPECT_EQ(code_of(grant.refresh_token), base::Code::forbidden);
  EXPECT_EQ(trouble(google.events(grant.access_token, email, {})), "refused");
}

TEST_F(GoogleCalendar, RevokingTwiceIsFine) {
  const auto grant = connect();
  fault(R"({"path":"/revoke","status":503})");
  EXPECT_EQ(provider.revoke(grant.refresh_token).error().code, base::Code::unavailable);
  fault(R"({"path":"/revoke","status":400,"body":{"error":"invalid_request"}})");
  EXPECT_EQ(provider.revoke(grant.refresh_token).error().code, base::Code::unauthenticated);
  EXPECT_TRUE(provider.revoke(grant.refresh_token));
  EXPECT_TRUE(provider.revoke(grant.refresh_token));
  EXPECT_EQ(provider.refresh(grant.refresh_token, base::now()).error().code, base::Code::forbidden);
}

}  // namespace google_tokens_test
