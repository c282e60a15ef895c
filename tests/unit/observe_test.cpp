#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <thread>

#include "observe/health.h"
#include "observe/log.h"
#include "observe/metrics.h"

namespace observe_test {

using base::LogLevel;

TEST(Log, WritesOneJsonObjectALineWhateverTheTextHolds) {
  std::string lines;
  {
    observe::Log log(LogLevel::info, [&](std::string_view text) { lines += text; });
    const std::string hostile = "a\"b\\c\nd\x1b[31m\xff";
    log.write(LogLevel::warn, hostile, "r-1", {{"n", 3}, {"ms", 0.25}, {"ok", true}, {"text", hostile}});
    log.write(LogLevel::debug, "not wanted");
  }
  ASSERT_EQ(std::ranges::count(lines, '\n'), 1);
  const auto line = boost::json::parse(lines).as_object();
  EXPECT_EQ(line.at("level"), "warn");
  EXPECT_EQ(line.at("correlation_id"), "r-1");
  EXPECT_EQ(line.at("msg"), "a\"b\\c\nd\x1b[31m\xEF\xBF\xBD");
  EXPECT_EQ(line.at("n"), 3);
  EXPECT_EQ(line.at("ok"), true);
  EXPECT_EQ(line.at("ts").as_string().size(), std::string("2026-03-29T09:00:00.000Z").size());
}

TEST(Log, ASlowSinkCostsInformationButNoWarning) {
  std::string lines;
  std::mutex gate;
  gate.lock();
  observe::Log log(LogLevel::info, [&](std::string_view text) {
    const std::lock_guard wait(gate);
    lines += text;
  });
  const std::string big(1 << 20, 'x');
  for (int i = 0; i < 12; ++i) log.info(big);
  log.warn("kept");
  EXPECT_GT(log.dropped(), 0u);
  gate.unlock();
  log.flush();
  EXPECT_NE(lines.find("kept"), std::string::npos);
}

TEST(Log, LinesOfManyThreadsStayWhole) {
  std::string lines;
  {
    observe::Log log(LogLevel::info, [&](std::string_view text) { lines += text; });
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 500; ++i) log.info("line", {{"i", i}});
      });
  }
  std::size_t count = 0;
  for (std::size_t at = 0; at < lines.size(); ++count) {
    const auto end = lines.find('\n', at);
    EXPECT_NO_THROW(boost::json::parse(lines.substr(at, end - at)));
    at = end + 1;
  }
  EXPECT_EQ(count, 2000u);
}

TEST(Metrics, AreLabelledByRoutePatternAndOutcome) {
  observe::Metrics metrics;
  const auto route = metrics.route("GET", "/api/v1/calendar/bookings/{id}");
  route->observe(200, 0.002);
  route->observe(404, 0.001);
  metrics.booking_outcomes.increment("slot-taken");
  const auto text = metrics.text();
  for (const auto* expected :
       {"roadbook_http_request_seconds_count{method=\"GET\",route=\"/api/v1/calendar/bookings/{id}\",status=\"4xx\"} 1",
        "roadbook_booking_attempts_total{outcome=\"slot-taken\"} 1", "roadbook_bugs_total 0"})
    EXPECT_NE(text.find(expected), std::string::npos) << expected;
}

TEST(Health, AnExceptionOrARefusalIsAProblemByName) {
  const auto reports =
      observe::run_checks({{"good", [] { return base::done(); }},
                           {"refuses", [] { return base::Done(base::refuse(base::Code::unavailable, "no")); }},
                           {"throws", []() -> base::Done { throw std::runtime_error("gone"); }}});
  EXPECT_EQ(reports[0].problem, "");
  EXPECT_EQ(reports[1].problem, "no");
  EXPECT_EQ(reports[2].problem, "gone");
}

}  // namespace observe_test
