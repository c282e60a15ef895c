// Durable bookings on PostgreSQL (tools/with-postgres, DURABLE=yes), each at a free time, through the action that the
// route calls, round by round beside pgbench, which says the very same statements (bench/booking.pgbench) to the same
// tables on the same server. Skipped where there is no PostgreSQL.
//
// Counters: `per_s`; `pgbench_s` a statement a flight, prepared by nobody, like ours; `flights_s` with what ours sends
// in one flight in one pipeline; `of_pgbench` and `of_flights` are per_s over each. `looked_s` is ours where everybody
// has looked at free times before, so that calendars are in memory; `followed_s` while a node numbers the events and
// makes jobs of them meanwhile. The label is a hash of what was booked, the same for all.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "booked.h"
#include "prove/load.h"
#include "prove/places.h"

namespace {

using Watch = std::chrono::steady_clock;
constexpr int instructors = 128;  // As bench/booking.pgbench has it.

/// A fresh school with nobody following it, or one node that does.
struct Place {
  explicit Place(prove::Follows follows)
      : plan(prove::roomy_plan(instructors)), school(prove::make_school(prove::fresh_postgres(), plan, 1, follows)) {}
  ~Place() {
    const auto address = school->address;
    school.reset();
    prove::drop_database(address);
  }
  const prove::Plan plan;
  std::unique_ptr<prove::OpenSchool> school;
};

enum class Before { nothing, looked };

double ours(int clients, std::int64_t bookings, prove::Follows follows, std::set<std::uint64_t>& hashes,
            Before before = Before::nothing) {
  const Place place(follows);
  if (before == Before::looked) booked::look_at_times(*place.school, place.plan);
  const auto begun = Watch::now();
  const auto journal = prove::run_roomy(*place.school, place.plan, {.clients = clients, .attempts = bookings});
  const auto seconds = std::chrono::duration<double>(Watch::now() - begun).count();
  if (!journal.faults.empty()) throw std::runtime_error(journal.faults.front());
  hashes.insert(booked::hash_of(place.school->address));
  return static_cast<double>(bookings) / seconds;
}

/// The script, with a pipeline for each flight.
std::string in_flights(const std::string& script) {
  std::string pipelined;
  std::istringstream lines(script);
  bool begun = false;
  for (std::string line; std::getline(lines, line);) {
    if (line == "begin;") pipelined += "\\startpipeline\n", begun = true;
    pipelined += line == "--flight" ? "\\endpipeline\n\\startpipeline\n" : line + "\n";
  }
  return begun ? pipelined + "\\endpipeline\n" : pipelined;
}

double pgbench(int clients, std::int64_t bookings, bool flights, std::set<std::uint64_t>& hashes) {
  const Place place(prove::Follows::nobody);
  std::ifstream file(std::string(ROADBOOK_SOURCE) + "/bench/booking.pgbench");
  std::stringstream script;
  script << file.rdbuf();
  const auto path = std::filesystem::temp_directory_path() / fmt::format("roadbook-{}.pgbench", base::make_id());
  std::ofstream(path) << (flights ? in_flights(script.str()) : script.str());
  const auto command = fmt::format("pgbench -n -M extended -f {} -c {} -j 2 -t {} -D turn=-1 -D clients={} '{}' 2>&1",
                                   path.string(), clients, bookings / clients, clients, place.school->address);
  std::string said;
  FILE* pipe = ::popen(command.c_str(), "r");
  for (char text[512]; std::fgets(text, sizeof text, pipe);) said += text;
  const int status = ::pclose(pipe);
  std::filesystem::remove(path);
  const auto rate = said.find("tps = ");
  if (status != 0 || rate == std::string::npos) throw std::runtime_error(said);
  hashes.insert(booked::hash_of(place.school->address));
  return std::strtod(said.c_str() + rate + 6, nullptr);
}

void book_on_postgres(benchmark::State& state) {
  if (prove::postgres_server().empty()) return state.SkipWithError("no PostgreSQL here");
  const auto clients = static_cast<int>(state.range(0));
  const std::int64_t bookings = 320 + 16 * clients;  // The same for each client.
  std::set<std::uint64_t> hashes;
  std::vector<double> own, looked, followed, plain, flights;
  for (auto _ : state) {
    own.push_back(ours(clients, bookings, prove::Follows::nobody, hashes));
    looked.push_back(ours(clients, bookings, prove::Follows::nobody, hashes, Before::looked));
    plain.push_back(pgbench(clients, bookings, false, hashes));
    flights.push_back(pgbench(clients, bookings, true, hashes));
    followed.push_back(ours(clients, bookings, prove::Follows::node, hashes));
    state.SetIterationTime(static_cast<double>(bookings) / own.back());
  }
  const auto median = [](std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
  };
  state.counters["per_s"] = median(own);
  state.counters["looked_s"] = median(looked);
  state.counters["followed_s"] = median(followed);
  state.counters["pgbench_s"] = median(plain);
  state.counters["flights_s"] = median(flights);
  state.counters["of_pgbench"] = median(own) / median(plain);
  state.counters["of_flights"] = median(own) / median(flights);
  if (hashes.size() != 1) state.SkipWithError("not the same was booked");
  state.SetLabel(fmt::format("{} bookings, hash {:x}", bookings, *hashes.begin()));
}

BENCHMARK(book_on_postgres)
    ->Arg(1)
    ->Arg(8)
    ->Arg(32)
    ->Arg(64)
    ->UseManualTime()
    ->Iterations(5)
    ->Unit(benchmark::kMillisecond);

}  // namespace
