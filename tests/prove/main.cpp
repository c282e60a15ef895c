#include <fmt/format.h>
#include "prove/audit.h"
#include "prove/contention.h"
#include "prove/file.h"
#include <filesystem>
int main(int argc, char** argv) {
  if (argc > 2) { std::filesystem::remove_all("/tmp/prv"); std::filesystem::create_directory("/tmp/prv"); const auto rate = prove::book_at_full_rate("/tmp/prv/a.db", {.attempts=prove::number_in(argv[1])}); fmt::print("rate {}\n", rate.bookings_per_second); for (auto& f : rate.faults) fmt::print("{}\n", f); return 0; }
  const std::int64_t attempts = argc > 1 ? prove::number_in(argv[1]) : 2000;
  std::filesystem::remove_all("/tmp/prv"); std::filesystem::create_directory("/tmp/prv");
  const auto plan = prove::contended_plan();
  prove::Clock clock;
  prove::Journal journal;
  auto t0 = std::chrono::steady_clock::now();
  auto school = prove::make_school("/tmp/prv/a.db", plan);
  for (int part = 0; part < 3; ++part) {
    if (part) { school.reset(); school = std::make_unique<prove::OpenSchool>("/tmp/prv/a.db"); }
    journal.append(prove::run_load(*school, plan, clock, {.attempts = attempts / 3, .seed = 1u + part}));
  }
  auto t1 = std::chrono::steady_clock::now();
  school.reset();
  auto audit = prove::audit_journal("/tmp/prv/a.db", plan, journal);
  auto t2 = std::chrono::steady_clock::now();
  for (auto& f : audit.faults) fmt::print("FAULT {}\n", f);
  fmt::print("{} accepted {} refused, {} events {} bookings {} blocking, load {} s audit {} s\n", audit.accepted, audit.refused, audit.events, audit.bookings, audit.blocking, std::chrono::duration<double>(t1-t0).count(), std::chrono::duration<double>(t2-t1).count());
  for (auto& [c, n] : audit.refused_by) fmt::print("  {} {}\n", c, n);
}
