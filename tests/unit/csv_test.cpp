#include "base/csv.h"

#include <gtest/gtest.h>

#include <random>

namespace csv_test {

using Table = std::vector<std::vector<std::string>>;

Table table(std::string_view text) {
  Table fields;
  auto csv = base::parse_csv(text, 100);
  EXPECT_TRUE(csv.faults.empty());
  for (auto& record : csv.records) fields.push_back(std::move(record.fields));
  return fields;
}

/// "line message" of the fault, and how many records came before it.
std::pair<std::string, std::size_t> fault(std::string_view text) {
  const auto csv = base::parse_csv(text, 100);
  if (csv.faults.size() != 1) return {std::to_string(csv.faults.size()) + " faults", 0};
  return {std::to_string(csv.faults[0].line) + " " + csv.faults[0].message.substr(0, 17), csv.records.size()};
}

TEST(Csv, LinesEndAsTheyLikeAndTheLastNeedNot) {
  const Table wanted = {{"a", "b"}, {"1", "2"}};
  for (const auto* text : {"a,b\r\n1,2\r\n", "a,b\n1,2\n", "a,b\n1,2",
                           "\xEF\xBB\xBF"
                           "a,b\r\n1,2",
                           "a;b\r\n1;2\r\n", "a,b\n\n\r\n,\n1,2\n\n"})
    EXPECT_EQ(table(text), wanted) << text;
  EXPECT_EQ(table(""), Table());
  EXPECT_EQ(table("a,b\n1,\n"), (Table{{"a", "b"}, {"1", ""}}));
}

TEST(Csv, QuotesHoldWhatWouldDivide) {
  EXPECT_EQ(table("n,t\n\"Lovelace, Ada\",\"says \"\"hi\"\"\"\n"),
            (Table{{"n", "t"}, {"Lovelace, Ada", "says \"hi\""}}));
  EXPECT_EQ(table("\"a,b\";c\n1;2,3\n"), (Table{{"a,b", "c"}, {"1", "2,3"}}));
  EXPECT_EQ(table("a,b\n\"\",\"\"\"\"\n"), (Table{{"a", "b"}, {"", "\""}}));
  EXPECT_EQ(table("a\n\"one\r\ntwo\"\n"), (Table{{"a"}, {"one\r\ntwo"}}));
}

TEST(Csv, LinesAreCountedThroughQuotesAndEmptyOnes) {
  const auto csv = base::parse_csv("a,b\r\n\"x\r\ny\",1\r\n\r\nz,2\r\n", 100);
  ASSERT_EQ(csv.records.size(), 3u);
  EXPECT_EQ(csv.records[1].line, 2);
  EXPECT_EQ(csv.records[2].line, 5);
}

TEST(Csv, SaysWhereQuotesDoNotMatch) {
  EXPECT_EQ(fault("a,b\nx\"y,1\n"), std::pair("2 A quote stands wi" + std::string(), std::size_t{1}));
  EXPECT_EQ(fault("a\n1\n\"open\n\n\n"), std::pair("3 A quote is opened" + std::string(), std::size_t{2}));
  EXPECT_EQ(fault("a\n\"x\"y\n"), std::pair("2 Something stands " + std::string(), std::size_t{1}));
}

TEST(Csv, ReadsOneMoreThanWanted) {
  EXPECT_EQ(base::parse_csv("a\n1\n2\n3\n", 2).records.size(), 3u);
  EXPECT_EQ(base::parse_csv("a\n1\n", 2).records.size(), 2u);
}

// Whatever a program writes by the rules is read as it was.
TEST(Csv, ReadsWhatWasWritten) {
  std::mt19937 random(20261123);  // Fixed seed: a failure is reproducible.
  const std::string letters = "ab,;\"\r\n x";
  for (int round = 0; round < 2'000; ++round) {
    const char separator = round % 2 == 0 ? ',' : ';';
    Table wanted = {{"first", "second"}};
    std::string text = std::string("first") + separator + "second\n";
    for (auto rows = random() % 4; rows > 0; --rows) {
      auto& row = wanted.emplace_back();
      for (int column = 0; column < 2; ++column) {
        std::string field = "k", quoted = "k";
        for (auto length = random() % 6; length > 0; --length) {
          const char c = letters[random() % letters.size()];
          field += c;
          quoted += c;
          if (c == '"') quoted += c;
        }
        row.push_back(field);
        text += (column == 0 ? "" : std::string(1, separator)) + "\"" + quoted + "\"";
      }
      text += random() % 2 == 0 ? "\r\n" : "\n";
    }
    EXPECT_EQ(table(text), wanted) << text;
  }
}

TEST(Csv, WritesWhatItReadsAndNoFormulas) {
  const std::vector<std::string> fields = {"a", "", "b,c", "say \"no\"", "two\r\nlines", "=1+1", "@x", "-5", "5-"};
  const auto line = base::csv_line(fields);
  EXPECT_EQ(line, "a,,\"b,c\",\"say \"\"no\"\"\",\"two\r\nlines\",'=1+1,'@x,'-5,5-\r\n");
  auto read = fields;
  for (const std::size_t formula : {5u, 6u, 7u}) read[formula].insert(0, 1, '\'');
  EXPECT_EQ(table(line), Table{read});
}

}  // namespace csv_test
