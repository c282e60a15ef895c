#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json.h"

namespace base {

namespace {

constexpr std::string_view missing = "This field is required.";

}  // namespace

std::string json_pointer_part(std::string_view key) {
  std::string text;
  for (const char c : key) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

JsonReader::JsonReader(const boost::json::object& object) : object_(object), errors_(own_errors_) {}
JsonReader::JsonReader(const boost::json::object& object, std::string pointer, std::vector<FieldError>& errors)
    : object_(object), pointer_(std::move(pointer)), errors_(errors) {}

std::string JsonReader::pointer_to(std::string_view key) const {
  return pointer_ + "/" + json_pointer_part(key);
}

void JsonReader::mistake(std::string_view key, std::string message) {
  errors_.push_back({pointer_to(key), std::move(message)});
}

bool JsonReader::is_null(std::string_view key) const {
  const auto* value = object_.if_contains(key);
  return value != nullptr && value->is_null();
}

bool JsonReader::present(std::string_view key) {
  known_.push_back(key);
  const auto* value = object_.if_contains(key);
  return value != nullptr && !value->is_null();
}

const boost::json::value* JsonReader::required(std::string_view key) {
  known_.push_back(key);
  const auto* value = object_.if_contains(key);
  if (value == nullptr) mistake(key, std::string(missing));
  return value;
}

/// An empty view with a null pointer where it is missing or no string.
std::string_view JsonReader::string_at(std::string_view key) {
  const auto* value = required(key);
  if (value == nullptr) return {};
  if (const auto* string = value->if_string()) return {string->data(), string->size()};
  mistake(key, "Must be a string.");
  return {};
}

template <class T>
T JsonReader::parsed(std::string_view key, Result<T> (*parse)(std::string_view)) {
  const auto text = string_at(key);
  if (text.data() == nullptr) return T{};
  auto value = parse(text);
  if (value) return *value;
  mistake(key, value.error().detail);
  return T{};
}

std::string JsonReader::text(std::string_view key, TextLimits limits) {
  const auto text = string_at(key);
  if (text.data() == nullptr) return {};
  if (const auto problem = text_problem(text, limits)) mistake(key, *problem);
  return std::string(text);
}

std::int64_t JsonReader::integer(std::string_view key, IntegerRange range) {
  const auto* value = required(key);
  if (value == nullptr) return range.min;
  if (!value->is_int64() && !value->is_uint64()) {
    mistake(key, "Must be a whole number.");
    return range.min;
  }
  boost::json::error_code error;
  const auto number = value->to_number<std::int64_t>(error);
  if (!error && number >= range.min && number <= range.max) return number;
  mistake(key, fmt::format("Must be between {} and {}.", range.min, range.max));
  return range.min;
}

bool JsonReader::boolean(std::string_view key) {
  const auto* value = required(key);
  if (value == nullptr) return false;
  if (const auto* truth = value->if_bool()) return *truth;
  mistake(key, "Must be true or false.");
  return false;
}

Instant JsonReader::instant(std::string_view key) {
  return parsed<Instant>(key, instant_from_text);
}

std::chrono::year_month_day JsonReader::date(std::string_view key) {
  return parsed<std::chrono::year_month_day>(key, date_from_text);
}

minutes JsonReader::time_of_day(std::string_view key) {
  return parsed<minutes>(key, time_of_day_from_text);
}

std::int64_t JsonReader::id_value(std::string_view key) {
  return parsed<std::int64_t>(key, id_from_text);
}

std::optional<std::size_t> JsonReader::choice_index(std::string_view key, std::span<const std::string_view> names) {
  const auto text = string_at(key);
  if (text.data() == nullptr) return std::nullopt;
  const auto found = std::ranges::find(names, text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  mistake(key, fmt::format("Must be one of: {}.", fmt::join(names, ", ")));
  return std::nullopt;
}

std::optional<std::string> JsonReader::optional_text(std::string_view key, TextLimits limits) {
  return present(key) ? std::optional(text(key, limits)) : std::nullopt;
}
std::optional<std::int64_t> JsonReader::optional_integer(std::string_view key, IntegerRange range) {
  return present(key) ? std::optional(integer(key, range)) : std::nullopt;
}
std::optional<bool> JsonReader::optional_boolean(std::string_view key) {
  return present(key) ? std::optional(boolean(key)) : std::nullopt;
}
std::optional<Instant> JsonReader::optional_instant(std::string_view key) {
  return present(key) ? std::optional(instant(key)) : std::nullopt;
}
std::optional<std::chrono::year_month_day> JsonReader::optional_date(std::string_view key) {
  return present(key) ? std::optional(date(key)) : std::nullopt;
}
std::optional<minutes> JsonReader::optional_time_of_day(std::string_view key) {
  return present(key) ? std::optional(time_of_day(key)) : std::nullopt;
}

const boost::json::array* JsonReader::array_at(std::string_view key, std::size_t max_items) {
  const auto* value = required(key);
  if (value == nullptr) return nullptr;
  const auto* array = value->if_array();
  if (array == nullptr) mistake(key, "Must be a list.");
  if (array == nullptr || array->size() <= max_items) return array;
  mistake(key, fmt::format("Must have at most {} items.", max_items));
  return nullptr;
}

std::vector<std::string> JsonReader::optional_texts(std::string_view key, std::size_t max_items, TextLimits limits) {
  std::vector<std::string> texts;
  const auto* array = present(key) ? array_at(key, max_items) : nullptr;
  for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
    const auto* string = (*array)[i].if_string();
    const auto problem =
        string == nullptr ? "Must be a string." : text_problem({string->data(), string->size()}, limits);
    if (problem) {
      errors_.push_back({fmt::format("{}/{}", pointer_to(key), i), *problem});
    } else {
      texts.emplace_back(string->data(), string->size());
    }
  }
  return texts;
}

std::optional<std::vector<std::int64_t>> JsonReader::optional_integers(std::string_view key, std::size_t max_items,
                                                                       IntegerRange range) {
  if (!present(key)) return std::nullopt;
  std::vector<std::int64_t> integers;
  const auto* array = array_at(key, max_items);
  for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
    const auto* integer = (*array)[i].if_int64();
    if (integer && *integer >= range.min && *integer <= range.max)
      integers.push_back(*integer);
    else
      errors_.push_back({fmt::format("{}/{}", pointer_to(key), i),
                         fmt::format("Must be a whole number from {} to {}.", range.min, range.max)});
  }
  return integers;
}

std::vector<std::int64_t> JsonReader::id_values(std::string_view key, std::size_t max_items) {
  std::vector<std::int64_t> ids;
  const auto* array = present(key) ? array_at(key, max_items) : nullptr;
  for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
    const auto* string = (*array)[i].if_string();
    const auto id = id_from_text(string == nullptr ? std::string_view() : std::string_view(*string));
    if (id) {
      ids.push_back(*id);
    } else {
      errors_.push_back({fmt::format("{}/{}", pointer_to(key), i), id.error().detail});
    }
  }
  return ids;
}

void JsonReader::nested(std::string_view key, const boost::json::value& value, const Read& read) {
  const auto* object = value.if_object();
  if (object == nullptr) return mistake(key, "Must be an object.");
  JsonReader inner(*object, pointer_to(key), errors_);
  read(inner);
  inner.complain_about_unknown();
}

void JsonReader::object(std::string_view key, const Read& read) {
  if (const auto* value = required(key)) nested(key, *value, read);
}

void JsonReader::optional_object(std::string_view key, const Read& read) {
  if (present(key)) nested(key, object_.at(key), read);
}

void JsonReader::objects(std::string_view key, std::size_t max_items, const Read& read) {
  const auto* array = array_at(key, max_items);
  for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
    const auto* object = (*array)[i].if_object();
    const auto pointer = fmt::format("{}/{}", pointer_to(key), i);
    if (object == nullptr) {
      errors_.push_back({pointer, "Must be an object."});
      continue;
    }
    JsonReader inner(*object, pointer, errors_);
    read(inner);
    inner.complain_about_unknown();
  }
}

void JsonReader::complain_about_unknown() {
  for (const auto& member : object_) {
    const std::string_view key = member.key();
    if (std::ranges::find(known_, key) == known_.end()) mistake(key, "There is no such field here.");
  }
}

Done JsonReader::finish() {
  complain_about_unknown();
  if (errors_.empty()) return done();
  return refuse(Error{.code = Code::invalid_input,
                      .detail = errors_.size() == 1 ? "One field is not valid."
                                                    : fmt::format("{} fields are not valid.", errors_.size()),
                      .fields = errors_});
}

}  // namespace base
