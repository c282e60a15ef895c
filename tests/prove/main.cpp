// Repeats the proofs on this machine and prints their figures.
// prove [--attempts N] [--kills N] [--clients N] [--seed N] [--minutes N] [--folder PATH] [--only STEP]
// prove --history N --into PATH_OR_ADDRESS: adds so many past lessons to the one school of a database, for bin/bench.
#include <signal.h>

#include <filesystem>
#include <random>

#include "prove/abuse.h"
#include "prove/crash.h"
#include "prove/history.h"
#include "prove/mail.h"
#include "prove/node_kills.h"
#include "prove/places.h"
#include "prove/power.h"
#include "prove/server.h"
#include "prove/soak.h"
#include "prove/tables.h"
#include "store/schedules.h"

namespace {

struct Settings {
  std::int64_t attempts = 1'000'000, kills = 200;
  int clients = 64;
  std::chrono::seconds soak{20};  ///< Its figures mean something from half an hour on.
  std::uint64_t seed = 20'260'105;
  std::string folder, only;
  std::int64_t history = 0;
  std::string into;
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
    else if (name == "--minutes" && !value.empty())
      settings.soak = std::chrono::minutes{prove::number_in(value)};
    else if (name == "--seed" && !value.empty())
      settings.seed = static_cast<std::uint64_t>(prove::number_in(value));
    else if (name == "--folder" && !value.empty())
      settings.folder = value;
    else if (name == "--only" && !value.empty())
      settings.only = value;
    else if (name == "--history" && !value.empty())
      settings.history = prove::number_in(value);
    else if (name == "--into" && !value.empty())
      settings.into = value;
    else
      throw std::runtime_error(
          "usage: prove [--attempts N] [--kills N] [--clients N] [--seed N] [--minutes N] [--folder PATH] [--only "
          "STEP]");
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
    const std::pair<std::string_view, void (Proofs::*)()> steps[] = {{"contention", &Proofs::contention},
                                                                     {"same-key", &Proofs::same_key},
                                                                     {"rate", &Proofs::rate},
                                                                     {"clocks", &Proofs::clocks},
                                                                     {"kills", &Proofs::kills},
                                                                     {"power", &Proofs::power_cuts},
                                                                     {"restart", &Proofs::restart},
                                                                     {"syncs", &Proofs::syncs},
                                                                     {"http-rate", &Proofs::http_rate},
                                                                     {"http-kills", &Proofs::http_kills},
                                                                     {"http-stops", &Proofs::http_stops},
                                                                     {"abuse", &Proofs::abuse},
                                                                     {"mail", &Proofs::mail}};
    for (const auto& [name, step] : steps)
      if (settings_.only.empty() || settings_.only == name) (this->*step)();
    if (!prove::postgres_server().empty()) run_on_postgres();
    fmt::print("{} passed, {} failed\n", passed_, failed_);
    return failed_ == 0 ? 0 : 1;
  }

 private:
  void run_on_postgres() {
    on_postgres_ = true;
    const std::pair<std::string_view, void (Proofs::*)()> steps[] = {
        {"pg-contention", &Proofs::contention}, {"pg-same-key", &Proofs::same_key}, {"pg-rate", &Proofs::rate},
        {"pg-clocks", &Proofs::clocks},         {"pg-kills", &Proofs::node_kills},  {"soak", &Proofs::soak}};
    for (const auto& [name, step] : steps)
      if (settings_.only.empty() || settings_.only == name) (this->*step)();
  }

  int nodes() const { return on_postgres_ ? 3 : 1; }

  /// The address of a fresh database; what the step before left is gone.
  std::string fresh() {
    if (on_postgres_) {
      prove::drop_database(last_);
      return last_ = prove::fresh_postgres();
    }
    std::filesystem::remove_all(settings_.folder);
    std::filesystem::create_directories(settings_.folder);
    return settings_.folder + "/roadbook.db";
  }

  void tell(std::string_view name, const std::vector<std::string>& faults, const std::string& figures) {
    ++(faults.empty() ? passed_ : failed_);
    fmt::print("{:<24} {}  {}\n", (on_postgres_ ? "pg: " : "") + std::string(name),
               faults.empty() ? "ok    " : "FAILED", figures);
    for (const auto& fault : faults) fmt::print("    {}\n", fault);
    std::fflush(stdout);
  }

  /// Rounds of 50,000 attempts, each on a file of its own.
  void contention() {
    constexpr std::int64_t round = 50'000;
    prove::Audit total;
    double seconds = 0;
    std::int64_t repetitions = 0, deadlocks = 0;
    for (std::int64_t done = 0; done < settings_.attempts; done += round) {
      const auto run = prove::contend(fresh(), {.clients = settings_.clients,
                                                .attempts = std::min(round, settings_.attempts - done),
                                                .seed = settings_.seed + static_cast<std::uint64_t>(done / round),
                                                .nodes = nodes()});
      seconds += run.seconds;
      repetitions += run.repetitions;
      deadlocks += run.deadlocks;
      total.accepted += run.audit.accepted;
      total.refused += run.audit.refused;
      total.events += run.audit.events;
      for (const auto& [code, count] : run.audit.refused_by) total.refused_by[code] += count;
      total.faults.insert(total.faults.end(), run.audit.faults.begin(), run.audit.faults.end());
    }
    const auto attempts = total.accepted + total.refused;
    tell("contention", total.faults,
         fmt::format("{} attempts, {} accepted, {} refused, {} events, {:.0f} attempts/s", attempts, total.accepted,
                     total.refused, total.events, static_cast<double>(attempts) / seconds) +
             (on_postgres_
                  ? fmt::format(", {} transactions run again, {} of them after a deadlock", repetitions, deadlocks)
                  : ""));
    for (const auto& [code, count] : total.refused_by) fmt::print("    {:>8} {}\n", count, code);
  }

  void same_key() {
    constexpr int sends = 16;
    const int keys = on_postgres_ ? 48 : 480;  // So many instructors are looked at for "any".
    const auto plan = prove::roomy_plan(keys);
    const auto school = prove::make_school(fresh(), plan, nodes());
    tell("one key, many sends", prove::send_repeatedly(*school, plan, keys, sends),
         fmt::format("{} keys, each sent {} times at once", keys, sends));
  }

  void rate() {
    const auto attempts = std::min<std::int64_t>(20'000, settings_.attempts);
    const auto rate =
        prove::book_at_full_rate(fresh(), {.clients = settings_.clients, .attempts = attempts, .nodes = nodes()});
    tell("free times", rate.faults,
         fmt::format("{} bookings, {:.0f} durable bookings/s", attempts, rate.bookings_per_second));
  }

  void clocks() {
    const auto attempts = std::min<std::int64_t>(50'000, settings_.attempts);
    const auto audit = prove::book_with_jumping_clocks(
        fresh(), {.clients = settings_.clients, .attempts = attempts, .seed = settings_.seed, .nodes = nodes()});
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
    if (lost.faults.empty()) faults.emplace_back("a disk that ignores syncs lost nothing: the cut does not cut");
    tell("power cuts", faults, fmt::format("{} cuts, {} acknowledged", cuts, acknowledged));
  }

  void restart() {
    constexpr std::int64_t bookings = 100'000;
    auto crashes = prove::restart_with(fresh(), bookings, {settings_.clients, 0, settings_.seed});
    if (crashes.slowest_start > 2) crashes.faults.emplace_back("not ready again within 2 s");
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
    if (syncing->unsynced > 0) faults.emplace_back("answers without a sync of their own");
    if (syncing->answers != bookings) faults.emplace_back("answers are missing from the trace");
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

  void abuse() {
    const auto proof = prove::abuse(server(), fresh(), settings_.soak);
    std::string statuses;
    for (const auto& [status, count] : proof.statuses) statuses += fmt::format(" {} of {},", count, status);
    tell("abuse", proof.faults,
         fmt::format("{} s,{} {} decent requests, 99 in 100 within {:.1f} ms (alone {:.1f} ms), dribblers let go after"
                     " {:.1f} s at most, {:+.1f} MB",
                     settings_.soak.count(), statuses, proof.asked, proof.beside, proof.alone, proof.slowest_drop,
                     proof.megabytes));
  }

  void mail() {
    const auto proof =
        prove::mail_under_kills(server(), fresh(), std::min<std::int64_t>(30, settings_.kills), settings_.seed);
    tell("mail, kill -9", proof.faults,
         fmt::format(
             "{} kills, {} bookings told to both sides, {} taken back told to nobody, {} mails, {} of them twice",
             proof.kills, proof.told, proof.untold, proof.mails, proof.twice));
  }

  void node_kills() {
    const auto proof = prove::kill_nodes(server(), settings_.folder, settings_.kills, settings_.seed);
    tell("nodes, kill -9", proof.faults,
         fmt::format("{} kills, {} of PostgreSQL; {} acknowledged, {} refused, {} requests sent again; nodes ready in"
                     " {:.2f} s, PostgreSQL in {:.2f} s, answered within {:.2f} s at most; {} bookings told to both"
                     " sides, {} taken back told to nobody, {} mails, {} of them twice",
                     proof.kills, proof.of_postgres, proof.acknowledged, proof.refused, proof.sent_again,
                     proof.slowest_node, proof.slowest_postgres, proof.slowest_booking, proof.mail.told,
                     proof.mail.untold, proof.mail.mails, proof.mail.twice));
  }

  void soak() {
    const auto proof = prove::soak(server(), settings_.folder, settings_.soak);
    std::string statuses;
    for (const auto& [status, count] : proof.statuses) statuses += fmt::format(" {} of {},", count, status);
    tell("soak", proof.faults,
         fmt::format("{} s, {} samples,{} {} changes told to live pages", settings_.soak.count(), proof.samples,
                     statuses, proof.told));
    for (const auto& each : proof.processes)
      fmt::print("    {}: {:.1f} MB, {:+.2f} MB/h, descriptors {} → {}\n", each.name, each.megabytes,
                 each.megabytes_per_hour, each.descriptors_first, each.descriptors_last);
  }

  void tell_stops(std::string_view name, const prove::Stops& stops) {
    tell(name, stops.faults,
         fmt::format("{} times, {} acknowledged, ready again in {:.2f} s, ended in {:.2f} s at most", stops.stops,
                     stops.acknowledged, stops.slowest_ready, stops.slowest_stop));
  }

  /// Built beside this program.
  static std::string server() { return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "roadbook"; }

  Settings settings_;
  bool on_postgres_ = false;
  std::string last_;
  int passed_ = 0, failed_ = 0;
};

}  // namespace

int main(int count, char** values) try {
  const auto settings = read_settings(count, values);
  if (settings.history == 0) return Proofs(settings).run();
  store::Database database({.path = settings.into});
  const auto schools = database.read(store::no_school, [](store::Transaction& tx) { return store::all_schools(tx); });
  prove::add_history(database, schools.at(0), settings.history, base::now());
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 2;
}
