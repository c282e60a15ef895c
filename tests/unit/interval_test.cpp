#include "domain/interval.h"

#include <gtest/gtest.h>

#include "times.h"

namespace interval_test {

using namespace domain;
using namespace times;
using std::chrono::seconds;

TEST(Interval, IsNeverEmpty) {
  const auto ten = utc("2027-03-01T10:00:00Z");
  EXPECT_TRUE(Interval::between(ten, ten + seconds{1}));
  EXPECT_FALSE(Interval::between(ten, ten));
  EXPECT_FALSE(Interval::between(ten, ten - seconds{1}));
  EXPECT_THROW((void)Interval::of(ten, seconds{0}), base::Bug);
  static_assert(!std::is_constructible_v<Interval, Instant, Instant>);
}

TEST(Interval, OverlapsWhatSharesASecondWithIt) {
  const auto span_of = [](int from, int to) { return Interval::of(Instant{seconds{from}}, seconds{to - from}); };
  EXPECT_FALSE(span_of(10, 11).overlaps(span_of(11, 12)));
  EXPECT_FALSE(span_of(11, 12).overlaps(span_of(10, 11)));
  EXPECT_TRUE(span_of(10, 12).overlaps(span_of(11, 13)));
  EXPECT_TRUE(span_of(11, 13).overlaps(span_of(10, 12)));
  EXPECT_TRUE(span_of(10, 20).overlaps(span_of(14, 15)));
  EXPECT_TRUE(span_of(10, 20).contains(span_of(10, 20)));
  EXPECT_FALSE(span_of(10, 20).contains(span_of(9, 20)));
  EXPECT_FALSE(span_of(10, 20).contains(span_of(10, 21)));
}

TEST(Interval, IsWidenedButNeverNarrowed) {
  const auto hour = span("2027-03-01T10:00:00Z", "2027-03-01T11:00:00Z");
  EXPECT_EQ(hour.widened(Minutes{10}, Minutes{0}), span("2027-03-01T09:50:00Z", "2027-03-01T11:00:00Z"));
  EXPECT_EQ(hour.widened(Minutes{0}, Minutes{15}), span("2027-03-01T10:00:00Z", "2027-03-01T11:15:00Z"));
  EXPECT_THROW((void)hour.widened(Minutes{-5}, Minutes{0}), base::Bug);
  EXPECT_THROW((void)hour.widened(Minutes{0}, Minutes{-5}), base::Bug);
}

TEST(Tick, IsFiveMinutes) {
  EXPECT_TRUE(on_tick(utc("2027-03-01T10:05:00Z")));
  EXPECT_FALSE(on_tick(utc("2027-03-01T10:05:01Z")));
  EXPECT_FALSE(on_tick(utc("2027-03-01T10:04:00Z")));
  EXPECT_TRUE(on_tick(Minutes{25}));
  EXPECT_FALSE(on_tick(Minutes{26}));
}

}  // namespace interval_test
