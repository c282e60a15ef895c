#include "base/json.h"

#include <gtest/gtest.h>

namespace json_test {

using base::Code;
using base::JsonReader;

boost::json::object object(std::string_view text) {
  auto parsed = base::parse_json_object(text);
  if (!parsed) throw std::runtime_error(parsed.error().detail);
  return *parsed;
}

std::vector<base::FieldError> mistakes(JsonReader& reader) {
  const auto done = reader.finish();
  return done ? std::vector<base::FieldError>{} : done.error().fields;
}

TEST(ParseJson, TextThatIsNoJsonIsMalformed) {
  const auto deep = std::string(17, '[') + std::string(17, ']');
  const auto in_object = "{\"a\":" + deep + "}";
  const std::string nul("{\"a\":\"\0\"}", 9);
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("{}x"), std::string("{'a':1}"), std::string("{\"a\":01}"),
        std::string("{\"a\":\"\xff\"}"), std::string("{\"a\":NaN}"), std::string("{\"a\":1,}"), std::string("// c\n{}"),
        std::string("{\"a\":\"\\ud800\"}"), in_object, nul}) {
    const auto parsed = base::parse_json_object(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Code::malformed) << text;
  }
}

TEST(ParseJson, JsonThatIsNoObjectOrRepeatsAKeyIsInvalidInput) {
  for (const auto* text : {"[]", "1", "null", "\"a\"", "{\"a\":1,\"a\":2}", "{\"b\":{\"a\":1,\"\\u0061\":2}}",
                           "{\"b\":[{\"x\":1,\"y\":2,\"x\":1}]}"}) {
    const auto parsed = base::parse_json_object(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Code::invalid_input) << text;
  }
  EXPECT_TRUE(base::parse_json_object("{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":1}]}"));
}

TEST(JsonReader, ReadsEveryKindOfMember) {
  const auto id = base::make<base::VehicleId>();
  const auto body =
      object(R"({"text":"Zoë\n😀","n":-3,"yes":true,"at":"2026-03-29T10:00:00+01:00","day":"2026-02-28",
    "time":"24:00","mode":"b","ids":[")" +
             to_text(id) + R"("],"texts":["x"],"inner":{"n":1},"list":[{"n":2}],"id":")" + to_text(id) + "\"}");
  JsonReader reader(body);
  constexpr std::pair<std::string_view, int> modes[] = {{"a", 1}, {"b", 2}};
  EXPECT_EQ(reader.text("text", {.max = 5, .lines = base::TextLimits::Lines::many}), "Zoë\n😀");
  EXPECT_EQ(reader.integer("n", {-3, 3}), -3);
  EXPECT_TRUE(reader.boolean("yes"));
  EXPECT_EQ(base::to_text(reader.instant("at")), "2026-03-29T09:00:00Z");
  EXPECT_EQ(base::to_text(reader.date("day")), "2026-02-28");
  EXPECT_EQ(reader.time_of_day("time"), std::chrono::minutes{1440});
  EXPECT_EQ(reader.choice<int>("mode", modes), 2);
  EXPECT_EQ(reader.id<base::VehicleKind>("id"), id);
  EXPECT_EQ(reader.optional_ids<base::VehicleKind>("ids", 3), std::vector{id});
  EXPECT_EQ(reader.optional_texts("texts", 1), std::vector<std::string>{"x"});
  int sum = 0;
  const auto add = [&](JsonReader& inner) { sum += int(inner.integer("n", {0, 9})); };
  reader.object("inner", add);
  reader.objects("list", 1, add);
  EXPECT_EQ(sum, 3);
  EXPECT_EQ(reader.optional_text("absent"), std::nullopt);
  EXPECT_EQ(reader.optional_id<base::PlaceKind>("absent"), std::nullopt);
  EXPECT_TRUE(reader.finish());
}

TEST(JsonReader, ReportsEveryMistakeWithItsPointer) {
  const auto body = object(R"({"n":1.0,"big":99999999999999999999,"at":"2026-02-30T00:00:00Z","who":"x","mode":"z",
    "list":[{"n":1},{"m":1},3],"a/b~c":1,"time":"24:01"})");
  JsonReader reader(body);
  constexpr std::pair<std::string_view, int> modes[] = {{"a", 1}, {"b", 2}};
  reader.integer("n", {0, 9});
  reader.integer("big", {0, 9});
  reader.instant("at");
  reader.id<base::VehicleKind>("who");
  reader.choice<int>("mode", modes);
  reader.text("gone");
  reader.time_of_day("time");
  reader.objects("list", 9, [](JsonReader& inner) { inner.integer("n", {0, 9}); });
  const std::vector<base::FieldError> expected = {{"/n", "Must be a whole number."},
                                                  {"/big", "Must be a whole number."},
                                                  {"/at", "Expected an instant such as 2026-03-29T09:00:00Z."},
                                                  {"/who", "There is nothing with this id."},
                                                  {"/mode", "Must be one of: a, b."},
                                                  {"/gone", "This field is required."},
                                                  {"/time", "Expected a time of day such as 09:30."},
                                                  {"/list/1/n", "This field is required."},
                                                  {"/list/1/m", "There is no such field here."},
                                                  {"/list/2", "Must be an object."},
                                                  {"/a~1b~0c", "There is no such field here."}};
  EXPECT_EQ(mistakes(reader), expected);
}

TEST(JsonReader, NullIsAbsentWhereAbsenceIsAllowed) {
  const auto body = object(R"({"a":null,"b":null})");
  JsonReader reader(body);
  EXPECT_EQ(reader.optional_integer("a", {0, 1}), std::nullopt);
  EXPECT_TRUE(reader.is_null("a"));
  reader.integer("b", {0, 1});
  EXPECT_EQ(mistakes(reader), (std::vector<base::FieldError>{{"/b", "Must be a whole number."}}));
}

TEST(TextProblem, CountsCodePointsAndRefusesControlsAndBrokenUtf8) {
  using enum base::TextLimits::Lines;
  EXPECT_FALSE(base::text_problem("😀😀", {.max = 2}));
  EXPECT_TRUE(base::text_problem("😀😀😀", {.max = 2}));
  EXPECT_TRUE(base::text_problem("", {}));
  EXPECT_FALSE(base::text_problem("", {.min = 0}));
  for (const std::string_view text :
       {std::string_view("\0", 1), std::string_view("a\nb"), std::string_view("\x7f"), std::string_view("\xc2\x85"),
        std::string_view("\xc0\x80"), std::string_view("\xed\xa0\x80"), std::string_view("\xf4\x90\x80\x80"),
        std::string_view("\xe2\x82"), std::string_view("\x80")})
    EXPECT_TRUE(base::text_problem(text, {})) << text;
  EXPECT_FALSE(base::text_problem("a\n\tb", {.lines = many}));
  EXPECT_TRUE(base::text_problem("a\rb", {.lines = many}));
}

}  // namespace json_test
