// Durable bookings, each at a free time, with 1, 8 and 64 clients: through the action that the route calls, and over
// HTTP with the real server as a process of its own.
//
// Counters: `per_s`; `commits_s` is the ceiling of the same run, one row and one commit at a time in raw SQLite with
// synchronous=FULL, `grouped_s` another one, 64 rows a commit; `of_ceiling` is per_s over commits_s for one client and
// over grouped_s for many. The label is a hash of what was booked: the same for the same number of bookings, whoever
// came first.
#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <filesystem>

#include "booked.h"
#include "prove/server.h"

namespace {

using Watch = std::chrono::steady_clock;

class Folder {
 public:
  Folder() { std::filesystem::create_directories(path_); }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return path_ / name; }

 private:
  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / fmt::format("roadbook-bench-{}", base::make_id());
};

void must(sqlite3* database, const char* sql) {
  if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(database));
}

/// Rows a second that SQLite itself makes durable, so many to a commit.
double raw_rows_per_second(const std::string& path, int commits, int rows_a_commit) {
  sqlite3* database = nullptr;
  sqlite3_open(path.c_str(), &database);
  must(database,
       "pragma journal_mode = wal; pragma synchronous = full;"
       " create table if not exists t (id integer primary key, text text);");
  const auto begun = Watch::now();
  for (int commit = 0; commit < commits; ++commit) {
    must(database, "begin immediate");
    for (int row = 0; row < rows_a_commit; ++row) must(database, "insert into t (text) values (hex(zeroblob(150)))");
    must(database, "commit");
  }
  const auto seconds = std::chrono::duration<double>(Watch::now() - begun).count();
  sqlite3_close(database);
  return commits * rows_a_commit / seconds;
}

void book(benchmark::State& state) {
  const auto clients = static_cast<int>(state.range(0));
  const std::int64_t bookings = 300 + 100 * clients;
  double best = 0, single = 0, grouped = 0;
  std::uint64_t hash = 0;
  for (auto _ : state) {
    const Folder folder;
    const auto plan = prove::roomy_plan(128);
    const auto school = prove::make_school(folder.file("roadbook.db"), plan);
    booked::look_at_times(*school, plan);
    single = std::max(single, raw_rows_per_second(folder.file("raw.db"), 200, 1));
    grouped = std::max(grouped, raw_rows_per_second(folder.file("raw.db"), 100, 64));
    const auto begun = Watch::now();
    const auto journal = prove::run_roomy(*school, plan, {.clients = clients, .attempts = bookings});
    const auto seconds = std::chrono::duration<double>(Watch::now() - begun).count();
    state.SetIterationTime(seconds);
    best = std::max(best, static_cast<double>(bookings) / seconds);
    if (!journal.faults.empty()) state.SkipWithError(journal.faults.front().c_str());
    hash = booked::hash_of(folder.file("roadbook.db"));
  }
  state.counters["per_s"] = best;
  state.counters["commits_s"] = single;
  state.counters["grouped_s"] = grouped;
  state.counters["of_ceiling"] = best / (clients == 1 ? single : grouped);
  state.SetLabel(fmt::format("{} bookings, hash {:x}", bookings, hash));
}

void book_over_http(benchmark::State& state) {
  const auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "roadbook";
  double best = 0;
  for (auto _ : state) {
    const Folder folder;
    std::vector<std::string> faults;
    const auto rates = prove::book_over_http(program, folder.file("roadbook.db"), {int(state.range(0))}, faults);
    if (!faults.empty()) state.SkipWithError(faults.front().c_str());
    best = std::max(best, rates.front().bookings_per_second);
    state.SetIterationTime(1 / rates.front().bookings_per_second);
  }
  state.counters["per_s"] = best;
}

BENCHMARK(book_over_http)->Arg(1)->Arg(8)->Arg(64)->UseManualTime()->Iterations(3)->Unit(benchmark::kMillisecond);
BENCHMARK(book)->Arg(1)->Arg(8)->Arg(64)->UseManualTime()->Iterations(3)->Unit(benchmark::kMillisecond);

}  // namespace
