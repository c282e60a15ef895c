/// What stands in the tables after a benchmark.
#pragma once

#include "prove/tables.h"

namespace booked {

/// FNV-1a over what was booked, without ids and versions of chance.
inline std::uint64_t hash_of(const std::string& address) {
  std::uint64_t hash = 14'695'981'039'346'656'037u;
  prove::Tables tables(address);
  tables.each(
      "select instructor_id, learner_id, vehicle_id, starts_at, ends_at, status, price_minor from bookings"
      " order by starts_at, instructor_id",
      [&](const prove::Tables::Values& values) {
        for (const auto& value : values)
          for (const char c : value + "\n") hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
      });
  return hash;
}

}  // namespace booked
