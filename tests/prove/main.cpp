// Repeats the proofs on this machine and prints their figures.
// prove [--attempts N] [--kills N] [--clients N] [--seed N] [--folder PATH] [--only STEP]
#include <signal.h>

#include <filesystem>
#include <random>

#include "prove/crash.h"
#include "prove/file.h"
#include "prove/mail.h"
#include "prove/power.h"
#include "prove/server.h"

namespace {

using prove::RunOptions;

struct Settings {
  std::int64_t attempts = 1'000'000, kills = 200;
  int clients = 64;
  std::uint64_t seed = 20'260'105;
  std::string folder, only;
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
    else if (name == "--only" && !value.empty())
      settings.only = value;
    else
      throw std::runtime_error(
          "usage: prove [--attempts N] [--kills N] [--clients N] [--seed N] [--folder PATH] [--only STEP]");
  }
  return settings;
}

class Proofs {
 public:
  explicit Proofs(Settings settings) : settings_(std::move(settings)) {
    if (settings_.folder.empty()) settings_.folder = std::filesystem::temp_directory_path() / "roadbook-prove";
    fmt::print("seed {}, {} clients, files in {}\n", settings_.seed, settings_.clients, settings_.folder);
    std::fflush(stdout);  // Processes that are forked later would write it again.
  }

  int run() {
    const std::pair<std::string_view, void (Proofs::*)()> steps[] = {
        {"contention", &Proofs::contention}, {"same-key", &Proofs::same_key},     {"rate", &Proofs::rate},
        {"clocks", &Proofs::clocks},         {"kills", &Proofs::kills},           {"power", &Proofs::power_cuts},
        {"restart", &Proofs::restart},       {"syncs", &Proofs::syncs},           {"http-rate", &Proofs::http_rate},
        {"http-kills", &Proofs::http_kills}, {"http-stops", &Proofs::http_stops}, {"mail", &Proofs::mail}};
    for (const auto& [name, step] : steps)
      if (settings_.only.empty() || settings_.only == name) (this->*step)();
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

  void kills() {
    const auto crashes = prove::kill_under_load(settings_.folder + "/kill/roadbook.db", settings_.kills,
                                                {settings_.clients, 0, settings_.seed});
    tell("kill -9 under load", crashes.faults,
         fmt::format("{} kills, {} acknowledged, opened again in {:.3f} s at most", crashes.kills, crashes.acknowledged,
                     crashes.slowest_start));
  }

  /// Every way of surviving in turn; and a disk that ignores syncs, which must be seen to lose.
  void power_cuts() {
    std::mt19937_64 random(settings_.seed);
    std::vector<std::string> faults;
    std::int64_t acknowledged = 0, cuts = 0;
    for (; cuts < settings_.kills && faults.empty(); ++cuts) {
      const auto cut = prove::lose_power(fresh(), static_cast<std::int64_t>(1 + random() % 800),
                                         static_cast<prove::Survives>(cuts % 4), prove::Syncs::honoured,
                                         {.clients = 8, .attempts = 2'000, .seed = random()});
      acknowledged += cut.acknowledged;
      faults = cut.faults;
    }
    const auto lost = prove::lose_power(fresh(), 300, prove::Survives::none, prove::Syncs::ignored,
                                        {.clients = 8, .attempts = 2'000, .seed = 5});
    if (lost.faults.empty()) faults.push_back("a disk that ignores syncs lost nothing: the cut does not cut");
    tell("power cuts", faults, fmt::format("{} cuts, {} acknowledged", cuts, acknowledged));
  }

  void restart() {
    constexpr std::int64_t bookings = 100'000;
    auto crashes = prove::restart_with(fresh(), bookings, {settings_.clients, 0, settings_.seed});
    if (crashes.slowest_start > 2) crashes.faults.push_back("not ready again within 2 s");
    tell("restart after kill -9", crashes.faults,
         fmt::format("{} bookings, {} kills, first booking after {:.3f} s at most", bookings + crashes.acknowledged,
                     crashes.kills, crashes.slowest_start));
  }

  void syncs() {
    const auto bookings = std::min<std::int64_t>(10'000, settings_.attempts);
    const auto syncing = prove::count_syncs(fresh(), bookings);
    if (!syncing)
      return fmt::print("{:<24} skipped: strace is missing or not permitted here\n", "syncs before answers");
    std::vector<std::string> faults;
    if (syncing->unsynced > 0) faults.push_back("answers without a sync of their own");
    if (syncing->answers != bookings) faults.push_back("answers are missing from the trace");
    tell("syncs before answers", faults,
         fmt::format("{} answers, {} syncs, {} answers before their sync", syncing->answers, syncing->syncs,
                     syncing->unsynced));
  }

  void http_rate() {
    std::vector<std::string> faults;
    std::string figures;
    for (const auto& rate : prove::book_over_http(server(), fresh(), {1, 8, 64}, faults))
      figures += fmt::format("{}{:.0f} with {}", figures.empty() ? "" : ", ", rate.bookings_per_second, rate.clients);
    tell("bookings/s over HTTP", faults, figures + " clients");
  }

  void http_kills() {
    tell_stops("server, kill -9", prove::stop_server(server(), fresh(), std::min<std::int64_t>(20, settings_.kills),
                                                     SIGKILL, {.clients = 16, .seed = settings_.seed}));
  }

  void http_stops() {
    tell_stops("server, SIGTERM", prove::stop_server(server(), fresh(), std::min<std::int64_t>(10, settings_.kills),
                                                     SIGTERM, {.clients = 16, .seed = settings_.seed}));
  }

  void mail() {
    const auto proof =
        prove::mail_under_kills(server(), fresh(), std::min<std::int64_t>(30, settings_.kills), settings_.seed);
    tell("mail, kill -9", proof.faults,
         fmt::format(
             "{} kills, {} bookings told to both sides, {} taken back told to nobody, {} mails, {} of them twice",
             proof.kills, proof.told, proof.untold, proof.mails, proof.twice));
  }

  void tell_stops(std::string_view name, const prove::Stops& stops) {
    tell(name, stops.faults,
         fmt::format("{} times, {} acknowledged, ready again in {:.2f} s, ended in {:.2f} s at most", stops.stops,
                     stops.acknowledged, stops.slowest_ready, stops.slowest_stop));
  }

  /// Built beside this program.
  static std::string server() { return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "roadbook"; }

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
