// docs/rules.md is what /problems/<code> shows: every code has its section, and says what the code does.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "domain/constraints.h"

namespace rules_doc_test {

std::string read(const char* path) {
  std::ifstream file(std::filesystem::path(ROADBOOK_SOURCE) / path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The first lines of each section, by its heading, in their order.
std::vector<std::pair<std::string, std::string>> sections(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> found;
  for (auto at = text.find("\n## "); at != std::string::npos; at = text.find("\n## ", at + 1)) {
    const auto line_end = text.find('\n', at + 1);
    found.emplace_back(text.substr(at + 4, line_end - at - 4), text.substr(line_end + 2, 20));
  }
  return found;
}

TEST(RulesDocument, HasASectionForEveryCodeInItsOrder) {
  std::vector<std::string> expected{"Rules about a lesson"}, found;
  for (int code = 0; code < base::code_count; ++code) {
    if (code == static_cast<int>(base::Code::malformed)) expected.emplace_back("Other problems");
    expected.emplace_back(base::to_string(static_cast<base::Code>(code)));
  }
  for (const auto& [heading, body] : sections(read("docs/rules.md"))) found.push_back(heading);
  EXPECT_EQ(found, expected);
}

TEST(RulesDocument, SaysWhatIsHard) {
  const auto all = sections(read("docs/rules.md"));
  for (const auto& rule : domain::rules()) {
    const auto name = base::to_string(rule.code);
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.first == name; });
    ASSERT_NE(found, all.end()) << name;
    const auto* strength = rule.strength == domain::Strength::hard ? ", hard rule" : ", soft rule";
    EXPECT_NE(found->second.find(strength), std::string::npos) << name << ": " << found->second;
  }
}

}  // namespace rules_doc_test
