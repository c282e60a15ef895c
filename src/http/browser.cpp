#include "http/browser.h"

#include <utility>

namespace http {

namespace {

using Names = std::pair<std::string_view, std::string_view>;

// The first that is found counts: nearly everybody claims to be Safari, and most Chrome.
constexpr Names browsers[] = {{"Edg/", "Edge"},
                              {"EdgA/", "Edge"},
                              {"EdgiOS/", "Edge"},
                              {"OPR/", "Opera"},
                              {"SamsungBrowser/", "Samsung Internet"},
                              {"Firefox/", "Firefox"},
                              {"FxiOS/", "Firefox"},
                              {"CriOS/", "Chrome"},
                              {"Chrome/", "Chrome"},
                              {"Safari/", "Safari"}};
constexpr Names systems[] = {{"iPhone", "iPhone"}, {"iPad", "iPad"},    {"Android", "Android"}, {"Windows", "Windows"},
                             {"CrOS", "ChromeOS"}, {"Mac OS X", "Mac"}, {"Linux", "Linux"}};

template <std::size_t size>
std::string_view named(std::string_view text, const Names (&names)[size]) {
  for (const auto& [sign, name] : names)
    if (text.find(sign) != std::string_view::npos) return name;
  return {};
}

}  // namespace

std::string browser_of(std::string_view user_agent) {
  const auto browser = named(user_agent, browsers), system = named(user_agent, systems);
  if (browser.empty() || system.empty()) return std::string(browser.empty() ? system : browser);
  return std::string(browser) + " on " + std::string(system);
}

}  // namespace http
