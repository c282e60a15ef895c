#include "api/contract.h"

#include <map>
#include <regex>

#include "http/documents.h"

namespace api {

namespace json = boost::json;

namespace {

bool is_a(const json::value& value, std::string_view type) {
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_int64() || value.is_uint64();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_bool();
  if (type == "array") return value.is_array();
  if (type == "null") return value.is_null();
  return type == "object" && value.is_object();
}

bool has_type(const json::value& value, const json::value& type) {
  if (type.is_string()) return is_a(value, type.as_string());
  return std::ranges::any_of(type.as_array(), [&](const auto& each) { return is_a(value, each.as_string()); });
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c - 'a' + 'A');
  return out;
}

bool is_method(std::string_view key) {
  return key == "get" || key == "post" || key == "put" || key == "patch" || key == "delete";
}

}  // namespace

Contract::Contract() : document_(json::parse(http::openapi_json())) {}

const json::value& Contract::resolved(const json::value& value) const {
  const auto* object = value.if_object();
  const auto* reference = object ? object->if_contains("$ref") : nullptr;
  if (!reference) return value;
  return resolved(document_.at_pointer(std::string_view(reference->as_string()).substr(1)));
}

std::map<std::string, std::set<std::string>> Contract::operations() const {
  std::map<std::string, std::set<std::string>> found;
  for (const auto& path : document_.at("paths").as_object()) {
    for (const auto& entry : path.value().as_object()) {
      if (!is_method(entry.key())) continue;
      auto& names = found[upper(entry.key()) + " " + std::string(path.key())];
      const auto* parameters = entry.value().as_object().if_contains("parameters");
      for (const auto& each : parameters ? parameters->as_array() : json::array()) {
        const auto& parameter = resolved(each).as_object();
        if (parameter.at("in") == "query") names.insert(std::string(parameter.at("name").as_string()));
      }
    }
  }
  return found;
}

std::set<std::string> Contract::listed_statuses() const {
  std::set<std::string> listed;
  for (const auto& path : document_.at("paths").as_object())
    for (const auto& entry : path.value().as_object())
      if (is_method(entry.key()))
        for (const auto& answer : entry.value().at("responses").as_object())
          if (answer.key() != "default")
            listed.insert(upper(entry.key()) + " " + std::string(path.key()) + " " + std::string(answer.key()));
  return listed;
}

std::string Contract::operation_of(const std::string& method, const std::string& path) const {
  for (const auto& entry : document_.at("paths").as_object()) {
    const auto pattern = std::regex_replace(std::string(entry.key()), std::regex("\\{[a-z_]+\\}"), "[^/]+");
    if (!std::regex_match(path.substr(0, path.find('?')), std::regex(pattern))) continue;
    for (const auto& operation : entry.value().as_object())
      if (is_method(operation.key()) && upper(operation.key()) == method)
        return method + " " + std::string(entry.key());
  }
  return "";
}

std::string Contract::fault(const std::string& operation, int status, const std::string& body) const {
  const auto space = operation.find(' ');
  std::string method = operation.substr(0, space);
  for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
  const auto& responses = document_.at("paths").at(operation.substr(space + 1)).at(method).at("responses").as_object();
  const auto* answer = responses.if_contains(std::to_string(status));
  if (!answer && !document_.at("x-common-statuses").as_object().contains(std::to_string(status)))
    return operation + " does not list " + std::to_string(status);
  const auto& content = resolved(answer ? *answer : responses.at("default")).as_object();
  if (!content.contains("content")) return body.empty() ? "" : "a body where none is listed";
  const auto& media = content.at("content").as_object();
  if (media.contains("text/plain") || media.contains("text/csv") || media.contains("text/calendar") ||
      media.contains("text/html") || media.contains("text/event-stream") || media.contains("application/zip") ||
      media.contains("application/pdf"))
    return "";
  return schema_fault(media.begin()->value().at("schema"), json::parse(body), "");
}

std::string Contract::schema_fault(const json::value& unresolved, const json::value& value,
                                   const std::string& at) const {
  const auto& schema = resolved(unresolved).as_object();
  if (const auto* any = schema.if_contains("anyOf")) {
    const bool fits =
        std::ranges::any_of(any->as_array(), [&](const auto& each) { return schema_fault(each, value, at).empty(); });
    return fits ? "" : at + " fits none of its schemas";
  }
  if (const auto* type = schema.if_contains("type"); type && !has_type(value, *type))
    return at + " is not " + json::serialize(*type) + ": " + json::serialize(value);
  if (const auto* constant = schema.if_contains("const"); constant && *constant != value) return at + " is another";
  if (const auto* values = schema.if_contains("enum"))
    if (std::ranges::find(values->as_array(), value) == values->as_array().end()) return at + " is not one of its enum";
  if (value.is_object()) return object_fault(schema, value.get_object(), at);
  const auto* items = value.is_array() ? schema.if_contains("items") : nullptr;
  for (std::size_t i = 0; items && i < value.get_array().size(); ++i)
    if (auto found = schema_fault(*items, value.get_array()[i], at + "/" + std::to_string(i)); !found.empty())
      return found;
  return "";
}

/// Stricter than JSON schema: a member that the schema does not name is a fault unless it says otherwise.
std::string Contract::object_fault(const json::object& schema, const json::object& value, const std::string& at) const {
  const auto* required = schema.if_contains("required");
  for (const auto& name : required ? required->as_array() : json::array())
    if (!value.contains(name.as_string())) return at + "/" + std::string(name.as_string()) + " is missing";
  const auto* properties = schema.if_contains("properties");
  const auto* additional = schema.if_contains("additionalProperties");
  if (!properties && !additional) return "";
  for (const auto& member : value) {
    const auto place = at + "/" + std::string(member.key());
    const auto* known = properties ? properties->as_object().if_contains(member.key()) : nullptr;
    if (!known && additional && additional->is_object()) known = additional;
    if (!known && additional && *additional == json::value(true)) continue;
    if (!known) return place + " is not in the schema";
    if (auto found = schema_fault(*known, member.value(), place); !found.empty()) return found;
  }
  return "";
}

}  // namespace api
