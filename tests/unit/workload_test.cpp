// The workloads of the benchmark have answers that were computed by others, too.
#include "../../bench/micro/workload.h"

#include <gtest/gtest.h>

namespace workload {

void PrintTo(const Answer& answer, std::ostream* out) {
  *out << answer.distinct << " starts, " << answer.sum << " slots, hash " << std::hex << answer.hash << std::dec;
}

namespace workload_test {

std::size_t busy_spans(const Workload& work) {
  return work.bytes / sizeof(domain::Interval);
}

TEST(Workload, W1HasItsKnownAnswer) {
  const auto work = make(w1);
  EXPECT_EQ(busy_spans(work), 200u);
  EXPECT_EQ(answer(work), w1_answer);
  EXPECT_EQ(answer(work, Mapped(work)), w1_answer);
}

TEST(Workload, W2HasItsKnownAnswer) {
  const auto work = make(w2);
  EXPECT_EQ(busy_spans(work), 19'647u);
  EXPECT_EQ(answer(work), w2_answer);
  EXPECT_EQ(answer(work, Mapped(work)), w2_answer);
}

TEST(Workload, OddStartsAreFoundInTheMapsToo) {
  const auto work = make(w5);
  EXPECT_EQ(answer(work), w5_answer);
  EXPECT_EQ(answer(work, Mapped(work)), w5_answer);
}

}  // namespace workload_test
}  // namespace workload
