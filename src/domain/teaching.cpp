#include "domain/teaching.h"

#include <algorithm>

namespace domain {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
char small_letter(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
char capital_letter(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
std::string in_small_letters(std::string_view text) {
  std::string small(text);
  std::transform(small.begin(), small.end(), small.begin(), small_letter);
  return small;
}

bool all_letters(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_letter);
}
bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}
bool is_script(std::string_view subtag) {
  return subtag.size() == 4 && all_letters(subtag);
}
bool is_region(std::string_view subtag) {
  return (subtag.size() == 2 && all_letters(subtag)) || (subtag.size() == 3 && all_digits(subtag));
}
bool is_variant(std::string_view subtag) {
  const bool plain = std::all_of(subtag.begin(), subtag.end(), [](char c) { return is_letter(c) || is_digit(c); });
  return plain && ((subtag.size() >= 5 && subtag.size() <= 8) || (subtag.size() == 4 && is_digit(subtag.front())));
}

constexpr std::size_t longest_tag = 35;  // RFC 5646, section 4.4.1.

std::vector<std::string> subtags_of(std::string_view tag) {
  std::vector<std::string> subtags(1);
  for (const char c : tag) {
    if (c == '-')
      subtags.emplace_back();
    else
      subtags.back() += small_letter(c);
  }
  return subtags;
}

}  // namespace

std::optional<std::string> canonical_language(std::string_view tag) {
  if (tag.size() > longest_tag) return std::nullopt;
  auto subtags = subtags_of(tag);
  auto& language = subtags.front();
  // No language of more letters was ever registered, and a word is none.
  if (!all_letters(language) || language.size() < 2 || language.size() > 3) return std::nullopt;
  std::size_t at = 1;
  if (at < subtags.size() && is_script(subtags[at])) {
    subtags[at].front() = capital_letter(subtags[at].front());
    ++at;
  }
  if (at < subtags.size() && is_region(subtags[at])) {
    std::transform(subtags[at].begin(), subtags[at].end(), subtags[at].begin(), capital_letter);
    ++at;
  }
  for (const auto first = subtags.begin() + static_cast<std::ptrdiff_t>(at); at < subtags.size(); ++at) {
    const auto variant = subtags.begin() + static_cast<std::ptrdiff_t>(at);
    if (!is_variant(*variant) || std::find(first, variant, *variant) != variant) return std::nullopt;
  }
  std::string canonical;
  for (const auto& subtag : subtags) canonical += (canonical.empty() ? "" : "-") + subtag;
  return canonical;
}

bool fits(const Teaching& teaching, const WantedTeaching& wanted) {
  const auto same_area = [small = in_small_letters(wanted.area)](const std::string& area) {
    return in_small_letters(area) == small;
  };
  return (wanted.language.empty() || std::ranges::count(teaching.languages, wanted.language) > 0) &&
         (wanted.area.empty() || std::ranges::any_of(teaching.areas, same_area));
}

std::string_view without_spaces_around(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

std::vector<std::string> each_language_once(std::vector<std::string> languages) {
  std::sort(languages.begin(), languages.end());
  languages.erase(std::unique(languages.begin(), languages.end()), languages.end());
  return languages;
}

std::vector<std::string> each_area_once(std::vector<std::string> areas) {
  std::stable_sort(areas.begin(), areas.end(), [](const auto& left, const auto& right) {
    return in_small_letters(left) < in_small_letters(right);
  });
  const auto same = [](const auto& left, const auto& right) {
    return in_small_letters(left) == in_small_letters(right);
  };
  areas.erase(std::unique(areas.begin(), areas.end(), same), areas.end());
  return areas;
}

}  // namespace domain
