#include "prove/soak.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "prove/audit.h"
#include "prove/cluster.h"

namespace prove {

namespace {

using Watch = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr int soak_clients = 6, pages = 6;
constexpr auto pause = 250ms;  // Of each client between two requests.

struct Counts {
  void count(long status) {
    const std::lock_guard lock(mutex);
    ++statuses[status];
  }
  std::mutex mutex;
  std::map<long, std::int64_t> statuses;
  std::atomic<std::int64_t> told{0};
  std::atomic<bool> stopping{false};
};

/// Books a time of its own, moves it by a week, looks at lists and cancels: the calendars stay as full as they were.
class Visitor {
 public:
  Visitor(const Cluster& cluster, const Plan& plan, Counts& counts, int number)
      : web_(cluster.web()),
        plan_(plan),
        counts_(counts),
        number_(number),
        monday_((base::to_seconds(base::now()) - first_monday) / week * week + first_monday + week) {}

  void run() {
    for (std::int64_t turn = 0; !counts_.stopping; ++turn) {
      if (turn % 20 == 0) sign_in();
      visit(turn);
    }
  }

 private:
  void sign_in() {
    const auto reply =
        web_->ask("POST", "/api/v1/auth/login", {}, R"({"email":"admin@demo.test","password":"roadbook-demo"})");
    counts_.count(reply.status);
    if (reply.status == 200)
      authorization_ =
          "Authorization: Bearer " + std::string(boost::json::parse(reply.body).at("access_token").as_string());
  }

  Web::Reply ask(const std::string& method, const std::string& path, const std::string& body = "",
                 const std::string& header = "X-Soak: 1") {
    std::this_thread::sleep_for(pause);
    auto reply = web_->ask(method, path, {authorization_, header}, body);
    counts_.count(reply.status);
    return reply;
  }

  void visit(std::int64_t turn) {
    const auto who = number_ + soak_clients * (turn % (plan_.instructors / soak_clients));
    const auto start = monday_ + turn % 6 * day + (9 + turn / 6 % 7) * hour;
    const auto at = [](Seconds instant) { return base::to_text(base::from_seconds(instant)); };
    const auto kind = base::to_text(plan_.kinds[0].id), learner = base::to_text(plan_.learner(who)),
               instructor = base::to_text(plan_.instructor(who));
    const auto dates = fmt::format("from={}&to={}", at(monday_).substr(0, 10), at(monday_ + 2 * week).substr(0, 10));
    ask("GET", fmt::format("/api/v1/calendar/availability?lesson_type_id={}&learner_id={}&{}", kind, learner, dates));
    const auto made =
        ask("POST", "/api/v1/calendar/bookings",
            fmt::format(R"({{"lesson_type_id":"{}","start":"{}","instructor_id":"{}","learner_id":"{}"}})", kind,
                        at(start), instructor, learner),
            fmt::format("Idempotency-Key: soak-{}-{}", number_, turn));
    ask("GET", "/api/v1/calendar/bookings?" + dates);
    if (made.status != 201) return;
    const auto path = "/api/v1/calendar/bookings/" + std::string(boost::json::parse(made.body).at("id").as_string());
    const auto moved =
        ask("PATCH", path, fmt::format(R"({{"start":"{}"}})", at(start + week)), "If-Match: " + made.etag);
    ask("GET", path + "/history");
    ask("POST", path + "/cancellation", "{}", "If-Match: " + moved.etag);
  }

  const std::unique_ptr<Web> web_;
  const Plan& plan_;
  Counts& counts_;
  const int number_;
  const Seconds monday_;
  std::string authorization_;
};

/// An open page; it comes back a minute later, as after a walk through a tunnel.
void keep_page_open(const Cluster& cluster, Counts& counts) {
  const auto web = cluster.web();
  while (!counts.stopping) {
    const auto token = Cluster::sign_in(*web, "instructor@demo.test");
    const auto until = Watch::now() + 1min;
    const auto status =
        web->follow("/api/v1/calendar/live", {"Authorization: Bearer " + token}, [&](std::string_view text) {
          counts.told += text.find("data:") != std::string_view::npos;
          return !counts.stopping && Watch::now() < until;
        });
    counts.count(status);
    if (status != 200) std::this_thread::sleep_for(1s);
  }
}

struct Sample {
  double hours, megabytes;
  int descriptors;
};

Sample sample_of(pid_t process, double hours) {
  Sample sample{hours, 0, 0};
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) sample.megabytes = static_cast<double>(std::stol(line.substr(6))) / 1024;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", process)))
    ++sample.descriptors;
  return sample;
}

/// The median of the slopes between all pairs (Theil and Sen): hashing a password takes 19 MB for a moment, and a
/// sample that falls into it must not bend the line.
double slope(const std::vector<Sample>& samples) {
  std::vector<double> slopes;
  for (auto first = samples.begin(); first != samples.end(); ++first)
    for (auto second = first + 1; second != samples.end(); ++second)
      slopes.push_back((second->megabytes - first->megabytes) / (second->hours - first->hours));
  if (slopes.empty()) return 0;
  std::ranges::sort(slopes);
  return slopes[slopes.size() / 2];
}

int median_descriptors(std::vector<Sample> samples) {
  std::ranges::sort(samples, {}, &Sample::descriptors);
  return samples[samples.size() / 2].descriptors;
}

Soak::Process judged(const std::string& name, std::vector<Sample> samples) {
  samples.erase(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 3));
  const auto third = static_cast<std::ptrdiff_t>(std::max<std::size_t>(samples.size() / 3, 1));
  return {.name = name,
          .megabytes = samples.back().megabytes,
          .megabytes_per_hour = slope(samples),
          .descriptors_first = median_descriptors({samples.begin(), samples.begin() + third}),
          .descriptors_last = median_descriptors({samples.end() - third, samples.end()})};
}

void find_faults(Soak& result, bool long_enough) {
  for (const auto& [status, count] : result.statuses)
    if (status == 0 || status >= 500) result.faults.push_back(fmt::format("{} answers of {}", count, status));
  if (result.told == 0) result.faults.emplace_back("no live page heard of anything");
  if (!long_enough) return;
  for (const auto& each : result.processes) {
    if (each.megabytes_per_hour > 1) result.faults.push_back(each.name + " grows");
    if (each.descriptors_last > each.descriptors_first + 5) result.faults.push_back(each.name + " keeps descriptors");
  }
}

}  // namespace

Soak soak(const std::string& program, const std::string& folder, std::chrono::seconds length) {
  const auto plan = http_plan();
  Cluster cluster(program, folder, plan);
  Counts counts;
  std::vector<std::thread> threads;
  threads.reserve(soak_clients + pages);
  for (int number = 0; number < soak_clients; ++number)
    threads.emplace_back([&, number] { Visitor(cluster, plan, counts, number).run(); });
  for (int number = 0; number < pages; ++number) threads.emplace_back([&] { keep_page_open(cluster, counts); });

  const auto period = std::min<std::chrono::seconds>(10s, std::max<std::chrono::seconds>(length / 15, 1s));
  std::map<std::string, std::vector<Sample>> samples;
  std::ofstream table(folder + "/samples.csv");
  Soak result;
  for (const auto begun = Watch::now(); Watch::now() - begun < length; std::this_thread::sleep_for(period)) {
    ++result.samples;
    const auto hours = std::chrono::duration<double, std::ratio<3600>>(Watch::now() - begun).count();
    for (const auto& [name, process] : cluster.processes()) {
      samples[name].push_back(sample_of(process, hours));
      const auto& last = samples[name].back();
      table << fmt::format("{:.4f},{},{:.3f},{}\n", hours, name, last.megabytes, last.descriptors) << std::flush;
    }
  }
  counts.stopping = true;
  for (auto& thread : threads) thread.join();
  for (auto& fault : cluster.stop()) result.faults.push_back(std::move(fault));
  for (const auto& [name, all] : samples) result.processes.push_back(judged(name, all));
  result.statuses = counts.statuses;
  result.told = counts.told;
  find_faults(result, length >= 30min);
  const auto audit = audit_tables(cluster.address);
  result.faults.insert(result.faults.end(), audit.faults.begin(), audit.faults.end());
  return result;
}

}  // namespace prove
