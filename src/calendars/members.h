/// Members of what a provider answers, which may lack anything.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string_view>

namespace calendars {

/// "" where it is absent or no text.
inline std::string_view text_of(const boost::json::object& item, std::string_view key) {
  const auto* value = item.if_contains(key);
  return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

inline const boost::json::object* object_of(const boost::json::object& item, std::string_view key) {
  const auto* value = item.if_contains(key);
  return value ? value->if_object() : nullptr;
}

/// Empty where it is absent or no list.
inline const boost::json::array& list_of(const boost::json::object& item, std::string_view key) {
  static const boost::json::array none;
  const auto* value = item.if_contains(key);
  return value && value->is_array() ? value->get_array() : none;
}

inline bool flag_of(const boost::json::object& item, std::string_view key) {
  const auto* value = item.if_contains(key);
  return value && value->is_bool() && value->get_bool();
}

}  // namespace calendars
