// Any line as the rule of a series: it is read or refused, within its bounds.
#include "domain/recurrence.h"

#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto zone = domain::Zone::load("Europe/London").value();
  const domain::Series series{.zone = zone,
                              .start = std::chrono::local_days{std::chrono::year{2026} / 3 / 1} + std::chrono::hours{9},
                              .length = std::chrono::hours{1},
                              .lines = {std::string(reinterpret_cast<const char*>(data), size)}};
  const auto from = base::instant_from_text("2026-01-01T00:00:00Z").value();
  const auto to = base::instant_from_text("2028-01-01T00:00:00Z").value();
  if (const auto found = domain::occurrences(series, from, to))
    for (std::size_t i = 0; i < found->size(); ++i) {
      CHECK((*found)[i].start() < to && from < (*found)[i].end());
      CHECK(i == 0 || (*found)[i - 1] < (*found)[i]);
    }
  return 0;
}
