/// What people may ask about their data, and until when they are answered (GDPR).
#pragma once

#include "domain/months.h"

namespace domain {

enum class DataRight {
  access,         ///< Art. 15
  rectification,  ///< Art. 16
  erasure,        ///< Art. 17
  restriction,    ///< Art. 18
  portability,    ///< Art. 20
  objection       ///< Art. 21
};
inline constexpr std::pair<std::string_view, DataRight> data_rights[] = {
    {"access", DataRight::access},           {"rectification", DataRight::rectification},
    {"erasure", DataRight::erasure},         {"restriction", DataRight::restriction},
    {"portability", DataRight::portability}, {"objection", DataRight::objection}};

/// Within a month of its receipt; three where it was extended, which it is once (art. 12(3)).
inline Date answer_due_on(Date received, bool extended) {
  return months_later(received, extended ? 3 : 1);
}
/// How long before the due date whoever answers is reminded.
inline constexpr std::chrono::days data_request_leads[] = {std::chrono::days{7}, std::chrono::days{0}};
inline constexpr Minutes data_request_hour{8 * 60};  ///< On those days, by the school's clocks.

}  // namespace domain
