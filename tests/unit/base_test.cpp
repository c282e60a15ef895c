#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/ids.h"

namespace base_test {

TEST(Instant, IsWrittenAndReadAsRfc3339) {
  const auto instant = base::from_seconds(1774774800);
  EXPECT_EQ(base::to_text(instant), "2026-03-29T09:00:00Z");
  for (const auto* text : {"2026-03-29T09:00:00Z", "2026-03-29T10:00:00+01:00", "2026-03-29T09:00:00.000Z"})
    EXPECT_EQ(base::instant_from_text(text), instant) << text;
}

TEST(Instant, RefusesWhatIsNotOne) {
  for (const auto* text : {"", "2026-03-29", "2026-03-29 09:00:00Z", "2026-02-30T09:00:00Z", "2026-03-29T24:00:00Z",
                           "2026-03-29T09:00:60Z", "2026-03-29T09:00:00", "2026-03-29T09:00:00.5Z",
                           "2026-03-29T09:00:00.Z", "2026-03-29T09:00:00+1:00", "1969-12-31T23:59:59Z",
                           "9999-01-01T00:00:00Z", "2026-03-29T09:00:00Zx", "2026-3-29T09:00:00Z"})
    EXPECT_FALSE(base::instant_from_text(text)) << text;
}

TEST(Ids, AreIncreasingPositiveAndSurviveTheirText) {
  std::int64_t last = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto id = base::make_id();
    ASSERT_GT(id, last);
    ASSERT_EQ(base::id_from_text(base::to_text(id)), id);
    last = id;
  }
}

TEST(Ids, RefuseTextThatNoIdHas) {
  for (const auto* text :
       {"", "0", "0000000000000", "000000000000i", "8000000000000", "00000000000010", "00000000 0001"})
    EXPECT_FALSE(base::id_from_text(text)) << text;
}

}  // namespace base_test
