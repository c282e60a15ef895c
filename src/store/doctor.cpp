#include "store/doctor.h"

namespace store {

std::vector<std::string> changed_wall_times(Transaction& tx, base::SchoolId school, base::Instant now) {
  std::map<std::string, domain::Zone> zones;
  std::vector<std::string> changed;
  for (const Row row : tx.query("select id, starts_at, local_start, zone from bookings where blocks = 1"
                                " and school_id = $1 and starts_at > $2 order by starts_at, id",
                                school, now)) {
    const auto name = row.text(3);
    auto zone = zones.find(name);
    if (zone == zones.end()) zone = zones.emplace(name, domain::Zone::load(name).value()).first;
    const auto shown = zone->second.wall_time(row.instant(1));
    if (shown != row.view(2))
      changed.push_back(fmt::format("booking {} was promised for {} in {} and now stands at {}",
                                    base::to_text(row.integer(0)), row.view(2), name, shown));
  }
  return changed;
}

}  // namespace store
