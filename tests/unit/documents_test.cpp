#include "http/documents.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "http/problem.h"

namespace documents_test {

TEST(Documents, RulesListsEveryCodeWithItsStatus) {
  for (int i = 0; i < base::code_count; ++i) {
    const auto code = static_cast<base::Code>(i);
    const auto text = http::rule_text(base::to_string(code));
    ASSERT_TRUE(text) << base::to_string(code);
    const auto status = "HTTP " + std::to_string(http::kind_of(code).status);
    EXPECT_NE(text->find(status), std::string::npos) << *text;
  }
  EXPECT_FALSE(http::rule_text("no-such-code"));
  EXPECT_FALSE(http::rule_text(""));
  EXPECT_FALSE(http::rule_text("Other problems"));
}

TEST(Documents, TheDescriptionIsJson) {
  EXPECT_EQ(boost::json::parse(http::openapi_json()).at("openapi"), "3.1.0");
}

}  // namespace documents_test
