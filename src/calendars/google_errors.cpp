#include "calendars/google_errors.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "calendars/members.h"

namespace calendars {

namespace {

using boost::json::array;
using boost::json::object;

/// After a quota that does not come back within a minute.
constexpr std::chrono::seconds long_pause{900};

/// What an error says of itself; all empty where nothing is said.
struct Told {
  std::string domain, reason, location;
  std::string info;   ///< The reason of `details`, in newer errors.
  bool page = false;  ///< It is no JSON: not the API speaks, but something on the way to it.

  bool is(std::string_view word) const { return reason == word || info == word; }
  bool is_any(std::initializer_list<std::string_view> words) const {
    return std::ranges::any_of(words, [this](auto word) { return is(word); });
  }
};

/// Names of reasons alone may be logged: messages have addresses in them.
std::string word(std::string_view text) {
  const bool plain = text.size() <= 60 && std::ranges::all_of(text, [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                              c == '.' || c == '-';
                     });
  return std::string(plain ? text : "?");
}

void take_first(const array& errors, Told& told) {
  const auto* first = errors.empty() ? nullptr : errors[0].if_object();
  if (!first) return;
  told.domain = word(text_of(*first, "domain"));
  told.reason = word(text_of(*first, "reason"));
  told.location = word(text_of(*first, "location"));
}

Told told_by(const std::string& body) {
  Told told;
  if (body.find_first_not_of(" \r\n\t") == std::string::npos) return told;
  const auto read = base::parse_json_object(body);
  told.page = !read;
  const auto* error = read ? object_of(*read, "error") : nullptr;
  if (!error) return told;
  take_first(list_of(*error, "errors"), told);
  for (const auto& detail : list_of(*error, "details"))
    if (const auto* info = detail.if_object(); info && !text_of(*info, "reason").empty())
      told.info = word(text_of(*info, "reason"));
  return told;
}

bool soon_over(const Told& told) {
  return told.is_any({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"});
}
/// Quotas of a day or of a calendar, and an API that the operator has not switched on.
bool is_limit(const Told& told) {
  return told.domain == "usageLimits" || soon_over(told) ||
         told.is_any({"quotaExceeded", "dailyLimitExceeded", "SERVICE_DISABLED"});
}

Trouble by_status(long status, const Told& told) {
  // Also answers that should have been fine, and redirects.
  const bool passes = status < 400 || status >= 500 || status == 408 || status == 409 || status == 429;
  if (passes || told.page) return Trouble::later;
  if (status == 403 && told.reason.empty()) return Trouble::later;
  if (status == 404) return Trouble::missing;
  if (status == 410) return Trouble::expired;
  return Trouble::fixed;
}

Trouble why(long status, const Told& told) {
  if (is_limit(told) || status >= 500) return Trouble::later;
  // About the address of a channel, even with 401: another token changes nothing.
  if (told.reason.starts_with("push")) return Trouble::fixed;
  if (status == 401) return Trouble::refused;
  if (told.is_any({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})) return Trouble::consent;
  if (told.is_any({"fullSyncRequired", "updatedMinTooLongAgo"})) return Trouble::expired;
  if (told.is("invalid") && told.location == "syncToken") return Trouble::expired;
  if (told.is("deleted")) return Trouble::missing;
  return by_status(status, told);
}

}  // namespace

Failure failure_of(const net::HttpAnswer& answer) {
  const auto told = told_by(answer.body);
  Failure failure{why(answer.status, told), answer.retry_after, {}};
  const auto& reason = told.reason.empty() ? told.info : told.reason;
  failure.detail =
      fmt::format("{} {}{}", answer.status, told.page ? "a page" : told.domain, reason.empty() ? "" : "/" + reason);
  if (is_limit(told) && !soon_over(told))
    failure.retry_after = std::max(answer.retry_after.value_or(long_pause), long_pause);
  return failure;
}

bool is_duplicate(const net::HttpAnswer& answer) {
  const auto told = told_by(answer.body);
  return told.reason.empty() || told.is("duplicate");
}

Failure failure_in(const array& errors) {
  Told told;
  take_first(errors, told);
  const bool missing = told.is_any({"notFound", "forbidden", "requiredAccessLevel"});
  return {missing ? Trouble::missing : Trouble::later, std::nullopt, "free/busy " + told.domain + "/" + told.reason};
}

Failure unreadable_answer(std::string what) {
  return {Trouble::later, std::nullopt, "an answer that cannot be read: " + std::move(what)};
}

}  // namespace calendars
