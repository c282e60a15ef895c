/// JSON at the edge: a strict parser, and a reader of objects that reports every mistake at once.
#pragma once

#include <boost/json.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

namespace base {

inline constexpr std::size_t json_max_depth = 16;

/// Text that is not JSON (or deeper than json_max_depth) is refused with malformed; JSON that is no object, or in which
/// a key stands twice, with invalid_input.
Result<boost::json::object> parse_json_object(std::string_view text);

/// RFC 6901: "~" and "/" inside a name are written "~0" and "~1".
std::string json_pointer_part(std::string_view key);

/// Stored as given: nothing is trimmed or normalised. Lengths are in Unicode code points.
struct TextLimits {
  std::size_t min = 1;
  std::size_t max = 200;
  enum class Lines { one, many } lines = Lines::one;  ///< `many` also allows line feed and tab.
};

/// Why a text does not fit, in words for a person, or nothing. `text` need not be valid UTF-8.
std::optional<std::string> text_problem(std::string_view text, const TextLimits& limits);

/// `text` with U+FFFD in place of every byte that is not valid UTF-8.
std::string valid_utf8(std::string_view text);

struct IntegerRange {
  std::int64_t min;
  std::int64_t max;
};

/// Reads the members of one object and collects what is wrong with them. A member that is missing or wrong yields a
/// default value, so nothing read may be used before finish() has said that there was no mistake:
///
///   JsonReader reader(object);
///   const auto start = reader.instant("start");
///   const auto vehicle = reader.optional_id<VehicleKind>("vehicle_id");
///   TRY(reader.finish());
///
/// `null` counts as absent for the optional_ forms and as a wrong type for the others.
class JsonReader {
 public:
  explicit JsonReader(const boost::json::object& object);
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  bool has(std::string_view key) const { return object_.contains(key); }
  /// Present and null: a PATCH that clears a field.
  bool is_null(std::string_view key) const;

  std::string text(std::string_view key, TextLimits limits = {});
  std::int64_t integer(std::string_view key, IntegerRange range);
  bool boolean(std::string_view key);
  Instant instant(std::string_view key);
  std::chrono::year_month_day date(std::string_view key);
  /// "HH:MM" from 00:00 to 24:00, as minutes after midnight.
  minutes time_of_day(std::string_view key);
  template <class Kind>
  Id<Kind> id(std::string_view key) {
    return {id_value(key)};
  }
  template <class T>
  T choice(std::string_view key, std::span<const std::pair<std::string_view, T>> choices);

  std::optional<std::string> optional_text(std::string_view key, TextLimits limits = {});
  std::optional<std::int64_t> optional_integer(std::string_view key, IntegerRange range);
  std::optional<bool> optional_boolean(std::string_view key);
  std::optional<Instant> optional_instant(std::string_view key);
  std::optional<std::chrono::year_month_day> optional_date(std::string_view key);
  std::optional<minutes> optional_time_of_day(std::string_view key);
  template <class Kind>
  std::optional<Id<Kind>> optional_id(std::string_view key) {
    return present(key) ? std::optional(id<Kind>(key)) : std::nullopt;
  }
  template <class T>
  std::optional<T> optional_choice(std::string_view key, std::span<const std::pair<std::string_view, T>> choices) {
    return present(key) ? std::optional(choice<T>(key, choices)) : std::nullopt;
  }

  /// An array of texts, or an empty one where the member is absent.
  std::vector<std::string> optional_texts(std::string_view key, std::size_t max_items, TextLimits limits = {});
  std::optional<std::vector<std::int64_t>> optional_integers(std::string_view key, std::size_t max_items,
                                                             IntegerRange range);
  template <class Kind>
  std::vector<Id<Kind>> optional_ids(std::string_view key, std::size_t max_items) {
    std::vector<Id<Kind>> ids;
    for (const auto value : id_values(key, max_items)) ids.push_back({value});
    return ids;
  }

  /// Calls `read` with a reader of the object, or of each object of the array, at `key`; unknown fields in them are
  /// mistakes too. The required forms complain when the member is absent.
  using Read = std::function<void(JsonReader&)>;
  void object(std::string_view key, const Read& read);
  void optional_object(std::string_view key, const Read& read);
  void objects(std::string_view key, std::size_t max_items, const Read& read);

  /// A mistake that only the caller can see: reader.mistake("end", "Must be after the start.").
  void mistake(std::string_view key, std::string message);

  /// Complains about members that nobody asked for; refuses with invalid_input and all mistakes, if any.
  Done finish();

 private:
  JsonReader(const boost::json::object& object, std::string pointer, std::vector<FieldError>& errors);

  bool present(std::string_view key);
  const boost::json::value* required(std::string_view key);
  std::string_view string_at(std::string_view key);
  const boost::json::array* array_at(std::string_view key, std::size_t max_items);
  template <class T>
  T parsed(std::string_view key, Result<T> (*parse)(std::string_view));
  std::int64_t id_value(std::string_view key);
  std::vector<std::int64_t> id_values(std::string_view key, std::size_t max_items);
  std::optional<std::size_t> choice_index(std::string_view key, std::span<const std::string_view> names);
  void nested(std::string_view key, const boost::json::value& value, const Read& read);
  void complain_about_unknown();
  std::string pointer_to(std::string_view key) const;

  const boost::json::object& object_;
  std::string pointer_;
  std::vector<FieldError> own_errors_;
  std::vector<FieldError>& errors_;  ///< Of the outermost reader.
  std::vector<std::string_view> known_;
};

template <class T>
T JsonReader::choice(std::string_view key, std::span<const std::pair<std::string_view, T>> choices) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : choices) names.push_back(name);
  const auto index = choice_index(key, names);
  return index ? choices[*index].second : T{};
}

/// "HH:MM" as minutes after midnight, 00:00 to 24:00.
Result<minutes> time_of_day_from_text(std::string_view text);
std::string time_of_day_to_text(minutes time);

}  // namespace base
