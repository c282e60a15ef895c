// Any text: parsed strictly, and every kind of member asked for.
#include "base/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto object = base::parse_json_object({reinterpret_cast<const char*>(data), size});
  if (!object) return 0;
  base::JsonReader reader(*object);
  constexpr std::pair<std::string_view, int> modes[] = {{"a", 1}, {"b", 2}};
  reader.text("text", {.lines = base::TextLimits::Lines::many});
  reader.integer("n", {-5, 5});
  reader.boolean("yes");
  reader.optional_instant("at");
  reader.optional_date("day");
  reader.optional_time_of_day("time");
  reader.optional_choice<int>("mode", modes);
  reader.optional_id<base::VehicleKind>("id");
  reader.optional_ids<base::VehicleKind>("ids", 3);
  reader.optional_texts("texts", 3);
  reader.objects("list", 3, [](base::JsonReader& inner) { inner.text("text"); });
  if (const auto done = reader.finish(); !done) CHECK(!done.error().fields.empty());
  return 0;
}
