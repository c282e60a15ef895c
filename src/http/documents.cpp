#include "http/documents.h"

#include <fmt/format.h>

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

/// The cells of "| a | b |", trimmed, without the back quotes around code.
std::vector<std::string_view> cells_of(std::string_view row) {
  std::vector<std::string_view> cells;
  row.remove_prefix(1);
  for (auto bar = row.find('|'); bar != std::string_view::npos; bar = row.find('|')) {
    auto cell = row.substr(0, bar);
    row.remove_prefix(bar + 1);
    while (cell.starts_with(' ') || cell.starts_with('`')) cell.remove_prefix(1);
    while (cell.ends_with(' ') || cell.ends_with('`')) cell.remove_suffix(1);
    cells.push_back(cell);
  }
  return cells;
}

}  // namespace

std::string_view openapi_json() {
  return document("openapi.json");
}

std::optional<std::string> rule_text(std::string_view code) {
  auto rest = document("rules.md");
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (!line.starts_with("| `")) continue;
    const auto cells = cells_of(line);
    if (cells.size() < 3 || cells.front() != code) continue;
    return fmt::format("{}\n\nHTTP status {}.\n\n{}\n", code, cells[1], cells.back());
  }
  return std::nullopt;
}

}  // namespace http
