/// Short ways to write times in tests.
#pragma once

#include <gtest/gtest.h>

#include "domain/opening_hours.h"

namespace times {

using domain::Date;
using domain::Instant;
using domain::Interval;
using domain::Minutes;

inline Instant utc(std::string_view text) {
  return base::instant_from_text(text).value();
}
inline Date date(std::string_view text) {
  return base::date_from_text(text).value();
}
inline domain::Zone zone(const std::string& name) {
  return domain::Zone::load(name).value();
}
inline Interval span(std::string_view from, std::string_view to) {
  return Interval::between(utc(from), utc(to)).value();
}
inline Minutes clock(int hour, int minute = 0) {
  return Minutes{hour * 60 + minute};
}

/// Zones with a clock change each, and the local dates around it.
struct ZoneChange {
  std::string zone;
  Date day;
};
inline const std::vector<ZoneChange>& zone_changes() {
  static const std::vector<ZoneChange> changes = {
      {"Europe/London", date("2026-03-29")},       {"Europe/London", date("2026-10-25")},
      {"Europe/Berlin", date("2026-03-29")},       {"Europe/Berlin", date("2026-10-25")},
      {"Europe/Berlin", date("2050-10-30")},       {"America/New_York", date("2026-03-08")},
      {"America/New_York", date("2026-11-01")},    {"Australia/Lord_Howe", date("2026-04-05")},
      {"Australia/Lord_Howe", date("2026-10-04")}, {"Pacific/Apia", date("2011-12-30")},
      {"Africa/Casablanca", date("2025-02-23")},   {"Africa/Casablanca", date("2025-04-06")},
      {"Europe/Dublin", date("2026-03-29")},       {"Europe/Dublin", date("2026-10-25")},
      {"Asia/Kathmandu", date("2026-06-01")},      {"America/Havana", date("2026-11-01")},
      {"America/Asuncion", date("2024-03-24")},    {"Asia/Beirut", date("2026-03-29")},
      {"America/Nuuk", date("2026-10-24")},        {"America/New_York", date("2061-11-06")},
  };
  return changes;
}

}  // namespace times
