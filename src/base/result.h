/// Expected refusals as values. Environment failures are exceptions, bugs are CHECK()s (docs/decisions/0007).
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// A refusal that nobody reads does not compile. Version 1.0 of the library lacks the attribute; a declaration before
// its own gives it one.
namespace tl {
template <class T, class E>
class [[nodiscard]] expected;
}  // namespace tl
#include <tl/expected.hpp>

namespace base {

/// Why something was refused. Each code is one problem type, `/problems/<code with dashes>`, and one row of
/// docs/rules.md. The rules about one lesson come first, in the order in which refusals are reported: first those that
/// no other booking could change (422), then those about other bookings (409).
enum class Code {
  off_grid,
  too_soon,
  beyond_horizon,
  outside_hours,
  closure,
  time_off,
  guardian_consent,
  wrong_transmission,
  who_may_drive,
  slot_taken,
  learner_busy,
  vehicle_busy,
  buffer,
  learner_daily_maximum,
  learner_weekly_maximum,
  instructor_daily_minutes,
  break_needed,
  open_bookings,
  // The rest of this list never comes from a rule about a lesson.
  malformed,
  invalid_input,
  unauthenticated,
  forbidden,
  second_factor_asked,     ///< By whoever signs in with a password: it takes more.
  second_factor_required,  ///< By whoever is signed in and must set one up first.
  not_found,
  method_not_allowed,
  stale_version,
  precondition_required,
  idempotency_mismatch,
  hold_expired,
  too_many_holds,
  account_exists,  ///< Of whoever books as a guest and has proved the address: they sign in instead.
  wrong_status,
  too_late,
  in_use,
  too_large,
  header_too_large,
  url_too_long,
  unsupported_media_type,
  rate_limited,
  internal,
  unavailable,
};
inline constexpr int code_count = static_cast<int>(Code::unavailable) + 1;

/// The code as it stands in URLs and answers: "slot-taken". `break_needed` is "break", a keyword of C++.
std::string_view to_string(Code code);

/// One rule that refused, in words for whoever asked.
struct Refusal {
  Code rule;
  std::string message;
  bool operator==(const Refusal&) const = default;
};

/// A field that was wrong: a JSON pointer (RFC 6901) or the name of a query parameter.
struct FieldError {
  std::string pointer;
  std::string message;
  bool operator==(const FieldError&) const = default;
};

/// What is wrong on a line of a file; without a field, with the line as a whole.
struct LineError {
  std::int64_t line;
  std::string field;
  std::string message;
  bool operator==(const LineError&) const = default;
};

/// A time that would have booked instead; instants are seconds since 1970, ids as in base/ids.h.
struct Alternative {
  std::int64_t start;
  std::int64_t end;
  std::int64_t instructor;
  std::int64_t vehicle;  ///< 0 where the lesson needs none.
  bool operator==(const Alternative&) const = default;
};

struct Error {
  Code code;
  std::string detail;
  std::vector<Refusal> refusals{};          ///< Every rule that refused, in the order of Code.
  std::vector<FieldError> fields{};         ///< Every field that was wrong.
  std::vector<Alternative> alternatives{};  ///< At most five.
  std::int64_t count = 0;  ///< With in_use: lessons; with rate_limited: seconds to wait; with lines: all of them.
  std::vector<LineError> lines{};  ///< The first lines of a file that were wrong.
  std::string challenge{};         ///< With second_factor_asked: what is sent with a code; "": only a passkey helps.
  std::int64_t version = 0;        ///< With invalid_input at a version that is not the current one: which one is.
};

template <class T>
using Result = tl::expected<T, Error>;
using Done = Result<std::monostate>;

inline tl::unexpected<Error> refuse(Code code, std::string detail) {
  return tl::unexpected<Error>(Error{code, std::move(detail)});
}
inline tl::unexpected<Error> refuse(Error error) {
  return tl::unexpected<Error>(std::move(error));
}
inline Done done() {
  return std::monostate{};
}

/// A broken promise of our own code. Counted in `roadbook_bugs_total`, answered as 500.
struct Bug : std::logic_error {
  using std::logic_error::logic_error;
};
[[noreturn]] void bug(const char* condition, const char* file, int line);

}  // namespace base

/// Never compiled out.
#define CHECK(condition) ((condition) ? void() : ::base::bug(#condition, __FILE__, __LINE__))

/// The value of a Result, or an early return with its refusal.
#define TRY(expression)                                                    \
  ({                                                                       \
    auto&& try_result = (expression);                                      \
    if (!try_result) return tl::unexpected(std::move(try_result).error()); \
    *std::forward<decltype(try_result)>(try_result);                       \
  })
