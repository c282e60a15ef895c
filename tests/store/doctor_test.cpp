#include "store/doctor.h"

#include <gtest/gtest.h>

#include "store/school.h"

namespace doctor_test {

TEST(Doctor, NamesLessonsWhoseWallTimeIsNotTheOneThatWasPromised) {
  testing_support::TestSchool school;
  const auto kept = school.book(school.learner(1), school.at("2026-03-05T10:00")).value();
  const auto changed = school.book(school.learner(2), school.at("2026-03-05T12:00")).value();
  const auto find = [&] {
    return school.database.read(
        {1}, [&](store::Transaction& tx) { return store::changed_wall_times(tx, school.school, school.now); });
  };
  EXPECT_TRUE(find().empty());
  // As if London had been an hour further east when it was booked.
  school.execute("update bookings set local_start = '2026-03-05T13:00:00' where id = " +
                 std::to_string(changed.booking.id.value));
  EXPECT_EQ(find(), std::vector<std::string>{"booking " + base::to_text(changed.booking.id) +
                                             " was promised for 2026-03-05T13:00:00 in Europe/London and now stands at"
                                             " 2026-03-05T12:00:00"});
  school.now = kept.booking.lesson.start() + std::chrono::hours{4};
  EXPECT_TRUE(find().empty()) << "what is over is over";
}

}  // namespace doctor_test
