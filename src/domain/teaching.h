/// By what learners choose an instructor besides the name: in which languages they teach, and where.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace domain {

inline constexpr std::size_t languages_at_most = 20;
inline constexpr std::size_t areas_at_most = 50;
inline constexpr std::size_t area_length = 60;  ///< In characters.

struct Teaching {
  std::vector<std::string> languages;  ///< As canonical_language() writes them; sorted, each once.
  std::vector<std::string> areas;      ///< In the school's own words; sorted, each once.
  bool operator==(const Teaching&) const = default;
};

/// What is asked for; an empty text asks for nothing.
struct WantedTeaching {
  std::string language;  ///< Canonical.
  std::string area;
  bool anything() const { return !language.empty() || !area.empty(); }
};
/// Areas are the same whatever the case of their letters A to Z.
bool fits(const Teaching& teaching, const WantedTeaching& wanted);

/// A language tag (RFC 5646) of a language and, where they are needed, script, region and variants, in the case of its
/// section 2.1.1: "pt-BR", "zh-Hant-TW". Nothing for any other text: those are the tags that have a name to show.
std::optional<std::string> canonical_language(std::string_view tag);

std::string_view without_spaces_around(std::string_view text);

/// Sorted, each once: of areas that differ in case only, the first.
std::vector<std::string> each_language_once(std::vector<std::string> languages);
std::vector<std::string> each_area_once(std::vector<std::string> areas);

}  // namespace domain
