#include "http/documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/result.h"

namespace embedded {
extern const std::vector<std::pair<std::string_view, std::string_view>> documents;
}  // namespace embedded

namespace http {

namespace {

std::string_view document(std::string_view name) {
  for (const auto& [file, text] : embedded::documents)
    if (file == name) return text;
  throw base::Bug("no document " + std::string(name));
}

}  // namespace

std::string_view openapi_json() {
  return document("openapi.json");
}

std::optional<std::string> rule_text(std::string_view code) {
  const bool plain = std::ranges::all_of(code, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
  const auto heading = fmt::format("\n## {}\n", code);
  const auto rules = document("rules.md");
  const auto start = rules.find(heading);
  if (!plain || start == std::string_view::npos) return std::nullopt;
  const auto end = rules.find("\n## ", start + heading.size());
  const auto section =
      rules.substr(start + heading.size(), end == std::string_view::npos ? end : end - start - heading.size());
  return fmt::format("{}\n{}", code, section);
}

}  // namespace http
