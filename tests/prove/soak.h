/// Everything that a school does, at a modest rate, for as long as one likes.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace prove {

struct Soak {
  struct Process {
    std::string name;
    double megabytes = 0;                             ///< Resident, at the end.
    double megabytes_per_hour = 0;                    ///< The slope of a line through all samples after the warm-up.
    int descriptors_first = 0, descriptors_last = 0;  ///< Medians of the first and of the last third after it.
  };
  std::vector<Process> processes;
  std::map<long, std::int64_t> statuses;  ///< Answers by status; 0: none.
  std::int64_t told = 0;                  ///< Changes that live pages heard of.
  int samples = 0;
  std::vector<std::string> faults;
};

/// Bookings, moves, cancellations, lists, free times, live pages and sign-ins over HTTPS on three nodes. A sample of
/// every process each `period`; the first third is the warm-up. Faults: answers of 5xx or none, descriptors that grow,
/// and, where it took half an hour, more than a megabyte an hour.
Soak soak(const std::string& program, const std::string& folder, std::chrono::seconds length);

}  // namespace prove
