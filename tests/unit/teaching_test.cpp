#include "domain/teaching.h"

#include <gtest/gtest.h>

namespace teaching_test {

using domain::canonical_language;

TEST(Languages, AreWrittenAsTheirTagsAre) {
  for (const auto& [given, written] : std::vector<std::pair<std::string, std::string>>{
           {"en", "en"},
           {"PL", "pl"},
           {"pt-br", "pt-BR"},
           {"PT-BR", "pt-BR"},
           {"zh-HANT-tw", "zh-Hant-TW"},
           {"es-419", "es-419"},
           {"ast", "ast"},
           {"sl-Rozaj-BISKE", "sl-rozaj-biske"},
           {"de-1901", "de-1901"},
           {"sr-Latn", "sr-Latn"},
       })
    EXPECT_EQ(canonical_language(given), written) << given;
}

TEST(Languages, HaveATagWithANameToShow) {
  for (const auto* text : {"",
                           "e",
                           "english please",
                           "Polish language",
                           "en_GB",
                           "en-",
                           "-en",
                           "en--GB",
                           "e1",
                           "latn",
                           "abcdefghi",
                           "en-x-ours",
                           "x-ours",
                           "i-klingon",
                           "en-u-ca-buddhist",
                           "zh-cmn-Hans",
                           "en-GB-US",
                           "en-Latn-Cyrl",
                           "de-1901-1901",
                           "de-12a",
                           "pl ",
                           "pólski",
                           "en-abcd1-toolongvariant"})
    EXPECT_EQ(canonical_language(text), std::nullopt) << text;
  EXPECT_EQ(canonical_language("sl-rozaj-biske-nedis-solba-lipaw"), "sl-rozaj-biske-nedis-solba-lipaw");
  EXPECT_EQ(canonical_language("sl-rozaj-biske-nedis-solba-lipaw-osojs"), std::nullopt) << "38 letters";
}

TEST(Teaching, FitsWhoeverAsksForNothingOrForWhatThereIs) {
  const domain::Teaching teaching{{"en", "pl"}, {"Camden", "NW1", "Ørsted"}};
  EXPECT_TRUE(domain::fits(teaching, {}));
  EXPECT_TRUE(domain::fits({}, {}));
  EXPECT_TRUE(domain::fits(teaching, {"pl", ""}));
  EXPECT_TRUE(domain::fits(teaching, {"", "nw1"}));
  EXPECT_TRUE(domain::fits(teaching, {"en", "CAMDEN"}));
  EXPECT_TRUE(domain::fits(teaching, {"", "ØRSTED"})) << "letters A to Z only, and Ø is the same letter";
  EXPECT_FALSE(domain::fits(teaching, {"", "ørsted"}));
  EXPECT_FALSE(domain::fits(teaching, {"p", ""}));
  EXPECT_FALSE(domain::fits(teaching, {"", "Cam"}));
  EXPECT_FALSE(domain::fits(teaching, {"pl", "NW2"}));
  EXPECT_FALSE(domain::fits(teaching, {"fr", "NW1"}));
  EXPECT_FALSE(domain::fits({}, {"en", ""}));
}

TEST(Teaching, IsListedOnceAndInOrder) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(domain::each_language_once({"pl", "en", "pl"}), (Texts{"en", "pl"}));
  EXPECT_EQ(domain::each_area_once({"nw1", "Camden", "NW1", "angel"}), (Texts{"angel", "Camden", "nw1"}));
  EXPECT_EQ(domain::without_spaces_around("  Kentish Town "), "Kentish Town");
  EXPECT_EQ(domain::without_spaces_around("   "), "");
}

}  // namespace teaching_test
