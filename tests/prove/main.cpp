// Repeats the proofs on this machine and prints their figures.
// prove [--attempts N] [--kills N] [--clients N] [--seed N] [--folder PATH]
#include <filesystem>

#include "prove/contention.h"
#include "prove/file.h"

namespace {

using prove::RunOptions;

struct Settings {
  std::int64_t attempts = 1'000'000, kills = 200;
  int clients = 64;
  std::uint64_t seed = 20'260'105;
  std::string folder;
};

Settings read_settings(int count, char** values) {
  Settings settings;
  for (int at = 1; at < count; at += 2) {
    const std::string name = values[at], value = at + 1 < count ? values[at + 1] : "";
    if (name == "--attempts" && !value.empty())
      settings.attempts = prove::number_in(value);
    else if (name == "--kills" && !value.empty())
      settings.kills = prove::number_in(value);
    else if (name == "--clients" && !value.empty())
      settings.clients = static_cast<int>(prove::number_in(value));
    else if (name == "--seed" && !value.empty())
      settings.seed = static_cast<std::uint64_t>(prove::number_in(value));
    else if (name == "--folder" && !value.empty())
      settings.folder = value;
    else
      throw std::runtime_error("usage: prove [--attempts N] [--kills N] [--clients N] [--seed N] [--folder PATH]");
  }
  return settings;
}

class Proofs {
 public:
  explicit Proofs(Settings settings) : settings_(std::move(settings)) {
    if (settings_.folder.empty()) settings_.folder = std::filesystem::temp_directory_path() / "roadbook-prove";
    fmt::print("seed {}, {} clients, files in {}\n", settings_.seed, settings_.clients, settings_.folder);
  }

  int run() {
    contention();
    same_key();
    rate();
    clocks();
    fmt::print("{} passed, {} failed\n", passed_, failed_);
    return failed_ == 0 ? 0 : 1;
  }

 private:
  /// A path for a fresh database; what the step before left is gone.
  std::string fresh() {
    std::filesystem::remove_all(settings_.folder);
    std::filesystem::create_directories(settings_.folder);
    return settings_.folder + "/roadbook.db";
  }

  void tell(std::string_view name, const std::vector<std::string>& faults, const std::string& figures) {
    ++(faults.empty() ? passed_ : failed_);
    fmt::print("{:<24} {}  {}\n", name, faults.empty() ? "ok    " : "FAILED", figures);
    for (const auto& fault : faults) fmt::print("    {}\n", fault);
    std::fflush(stdout);
  }

  /// Rounds of 50,000 attempts, each on a file of its own.
  void contention() {
    constexpr std::int64_t round = 50'000;
    prove::Audit total;
    double seconds = 0;
    for (std::int64_t done = 0; done < settings_.attempts; done += round) {
      const auto run = prove::contend(fresh(), {.clients = settings_.clients,
                                                .attempts = std::min(round, settings_.attempts - done),
                                                .seed = settings_.seed + static_cast<std::uint64_t>(done / round)});
      seconds += run.seconds;
      total.accepted += run.audit.accepted;
      total.refused += run.audit.refused;
      total.events += run.audit.events;
      for (const auto& [code, count] : run.audit.refused_by) total.refused_by[code] += count;
      total.faults.insert(total.faults.end(), run.audit.faults.begin(), run.audit.faults.end());
    }
    const auto attempts = total.accepted + total.refused;
    tell("contention", total.faults,
         fmt::format("{} attempts, {} accepted, {} refused, {} events, {:.0f} attempts/s", attempts, total.accepted,
                     total.refused, total.events, static_cast<double>(attempts) / seconds));
    for (const auto& [code, count] : total.refused_by) fmt::print("    {:>8} {}\n", count, code);
  }

  void same_key() {
    constexpr int keys = 480, sends = 16;
    const auto plan = prove::roomy_plan(keys);
    const auto school = prove::make_school(fresh(), plan);
    tell("one key, many sends", prove::send_repeatedly(*school, plan, keys, sends),
         fmt::format("{} keys, each sent {} times at once", keys, sends));
  }

  void rate() {
    const auto attempts = std::min<std::int64_t>(20'000, settings_.attempts);
    const auto rate = prove::book_at_full_rate(fresh(), {.clients = settings_.clients, .attempts = attempts});
    tell("free times", rate.faults,
         fmt::format("{} bookings, {:.0f} durable bookings/s", attempts, rate.bookings_per_second));
  }

  void clocks() {
    const auto attempts = std::min<std::int64_t>(50'000, settings_.attempts);
    const auto audit = prove::book_with_jumping_clocks(
        fresh(), {.clients = settings_.clients, .attempts = attempts, .seed = settings_.seed});
    tell("clocks that jump", audit.faults, fmt::format("{} accepted of about {}", audit.accepted, attempts));
  }

  Settings settings_;
  int passed_ = 0, failed_ = 0;
};

}  // namespace

int main(int count, char** values) try {
  return Proofs(read_settings(count, values)).run();
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 2;
}
