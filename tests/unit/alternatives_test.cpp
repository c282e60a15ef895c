#include "domain/alternatives.h"

#include <gtest/gtest.h>

#include "times.h"

namespace alternatives_test {

using namespace domain;
using namespace times;

constexpr base::InstructorId anna{1}, ben{2}, carl{3};

/// Free hours of one instructor in March 2027, as "01T10" for the first at 10:00 UTC.
FreeTimes free_at(base::InstructorId instructor, const std::vector<std::string>& starts) {
  FreeTimes free{instructor, {}};
  for (const auto& start : starts)
    free.slots.push_back(
        {Interval::of(utc("2027-03-" + start + ":00:00Z"), std::chrono::hours{1}), {instructor.value + 10}});
  return free;
}

/// The alternatives to a wish for the 10th at 10:00 in London, as "1@10T09": instructor @ day T hour.
std::vector<std::string> ranked(base::InstructorId wished, const std::vector<FreeTimes>& free) {
  std::vector<std::string> texts;
  for (const auto& each : rank_alternatives({utc("2027-03-10T10:00:00Z"), wished}, free, zone("Europe/London"))) {
    EXPECT_EQ(each.end - each.start, 3600);
    EXPECT_EQ(each.vehicle, each.instructor + 10);
    texts.push_back(std::to_string(each.instructor) + "@" + base::to_text(base::from_seconds(each.start)).substr(8, 5));
  }
  return texts;
}

using Texts = std::vector<std::string>;

TEST(Alternatives, AreFirstTheSameDayThenTheSameTimeThenTheNearest) {
  EXPECT_EQ(ranked(anna, {free_at(anna, {"09T10", "10T08", "10T09", "10T16"}), free_at(ben, {"10T10", "10T12"}),
                          free_at(carl, {"10T11"})}),
            (Texts{"1@10T09", "1@10T08", "2@10T10", "3@10T11", "2@10T12"}));
}

TEST(Alternatives, AreAtMostTwoAtTheSameTimeBeforeTheNearest) {
  EXPECT_EQ(ranked(anna, {free_at(ben, {"10T10"}), free_at(carl, {"10T09", "10T10"}), free_at({4}, {"10T10"})}),
            (Texts{"2@10T10", "3@10T10", "4@10T10", "3@10T09"}));
}

TEST(Alternatives, FillUpWithMoreOfTheSameDay) {
  EXPECT_EQ(ranked(anna, {free_at(anna, {"10T11", "10T12", "10T13", "10T14", "10T15", "10T16"})}),
            (Texts{"1@10T11", "1@10T12", "1@10T13", "1@10T14", "1@10T15"}));
}

TEST(Alternatives, MayBeTheTimeItselfOrNothing) {
  EXPECT_EQ(ranked(anna, {free_at(anna, {"10T10"})}), Texts{"1@10T10"});
  EXPECT_EQ(ranked(anna, {}), Texts{});
}

TEST(Alternatives, ForAnyInstructorBeginWithThoseAtTheSameTime) {
  EXPECT_EQ(ranked({}, {free_at(ben, {"10T10", "10T09"}), free_at(carl, {"10T10"})}),
            (Texts{"2@10T10", "3@10T10", "2@10T09"}));
}

TEST(Alternatives, CountTheDayOfTheSchool) {
  const auto here = zone("America/New_York");  // The 10th is there from 05:00 UTC to 05:00 UTC of the 11th.
  const auto free = {free_at(anna, {"10T04", "11T04", "11T05"}), free_at(ben, {"10T10"})};
  const auto best = rank_alternatives({utc("2027-03-10T10:00:00Z"), anna}, std::vector<FreeTimes>(free), here);
  ASSERT_EQ(best.size(), 4u);
  EXPECT_EQ(base::from_seconds(best[0].start), utc("2027-03-11T04:00:00Z"));
  EXPECT_EQ(best[1].instructor, ben.value);
  EXPECT_EQ(base::from_seconds(best[2].start), utc("2027-03-10T04:00:00Z"));
}

}  // namespace alternatives_test
