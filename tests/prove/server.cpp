#include "prove/server.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <random>
#include <thread>

#include "api/client.h"
#include "prove/sink.h"
#include "prove/tables.h"
#include "store/schedules.h"

namespace prove {

namespace {

using Watch = std::chrono::steady_clock;

constexpr int kind_id = 5001;

/// The demo school with the plan's people besides its own, and without limits.
void make_demo(const std::string& program, const std::string& path, const Plan& plan) {
  {
    Server server(program, path);
    server.ready();
    server.end(SIGTERM);
  }
  add_to_demo(path, plan);
}

struct HttpLoad {
  std::vector<std::string> booked;  ///< Ids that were answered with 201.
  std::map<int, std::int64_t> statuses;
};

/// Each attempt a free time: the next free hour of the next of the plan's instructors, from next week on.
class HttpClients {
 public:
  HttpClients(const Plan& plan, const std::string& run)
      : plan_(plan),
        run_(run),
        monday_((base::to_seconds(base::now()) - first_monday) / week * week + first_monday + week) {}

  /// Until `attempts` were made or the server is gone.
  HttpLoad run(std::uint16_t port, const std::string& token, int clients, std::int64_t attempts) {
    HttpLoad all;
    std::mutex mutex;
    std::atomic<std::int64_t> left{attempts};
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(clients));
    for (int number = 0; number < clients; ++number)
      threads.emplace_back([&] {
        HttpLoad mine;
        try {
          api::Client client(port, 15);
          while (left.fetch_sub(1) > 0 && attempt(client, token, mine)) {
          }
        } catch (const std::exception&) {  // The server is gone amid an answer: nothing was acknowledged.
          ++mine.statuses[0];
        }
        const std::lock_guard lock(mutex);
        all.booked.insert(all.booked.end(), mine.booked.begin(), mine.booked.end());
        for (const auto& [status, count] : mine.statuses) all.statuses[status] += count;
      });
    for (auto& thread : threads) thread.join();
    return all;
  }

 private:
  bool attempt(api::Client& client, const std::string& token, HttpLoad& load) {
    const auto at = next_.fetch_add(1);
    const auto number = at % plan_.instructors, turn = at / plan_.instructors, days = turn / 7;
    const auto start = monday_ + (days / 6 * 7 + days % 6) * day + 9 * hour + turn % 7 * hour;
    const auto body = fmt::format(R"({{"lesson_type_id":"{}","start":"{}","instructor_id":"{}","learner_id":"{}"}})",
                                  base::to_text(kind_id), base::to_text(base::from_seconds(start)),
                                  base::to_text(plan_.instructor(number)), base::to_text(plan_.learner(number)));
    const auto answer = client.request(
        "POST", "/api/v1/calendar/bookings",
        {{"Authorization", "Bearer " + token}, {"Idempotency-Key", fmt::format("{}-{}", run_, at)}}, body);
    ++load.statuses[answer.status];
    if (answer.status == 201) load.booked.emplace_back(answer.json().at("id").as_string());
    return answer.status != 0;
  }

  const Plan& plan_;
  const std::string run_;
  const Seconds monday_;
  std::atomic<std::int64_t> next_{0};
};

void find_lost(const std::string& path, const std::vector<std::string>& booked, std::vector<std::string>& faults) {
  Tables tables(path);
  std::set<std::string> there;
  tables.each("select stream from events where version = 1", [&](const Tables::Values& v) { there.insert(v[0]); });
  for (const auto& id : booked)
    if (!there.contains("booking/" + id) && faults.size() < 5) faults.push_back("acknowledged and lost: booking " + id);
}

void note_errors(const HttpLoad& load, std::vector<std::string>& faults) {
  for (const auto& [status, count] : load.statuses)
    if (status >= 500 && status != 503) faults.push_back(fmt::format("{} answers of {}", count, status));
}

}  // namespace

Plan http_plan() {
  auto plan = roomy_plan(64);
  plan.kinds[0].horizon_days = 1'000;
  return plan;
}

void add_to_demo(const std::string& address, const Plan& plan) {
  store::Database database({.path = address});
  const base::SchoolId school{
      database.read({1}, [](store::Transaction& tx) { return tx.number("select school_id from schools").value(); })};
  const store::Author author{.school = school, .correlation_id = "fill", .quiet = true};
  add_calendars(database, author, plan);
  const auto done = database.transact<int>(school, [&](store::Transaction& tx) -> base::Result<int> {
    store::put_constraints(tx, author, store::constraints_version(tx, school) + 1, {});
    store::bump_rules(tx, school);
    return 0;
  });
  CHECK(done.has_value());
}

Server::Server(const std::string& program, const std::string& path, const Settings& settings)
    : Server(program, std::vector<std::string>{"demo"}, [&] {
        auto all = settings;
        all.push_back("DATABASE_URL=sqlite://" + path);
        return all;
      }()) {}

Server::Server(const std::string& program, const std::vector<std::string>& arguments, Settings settings,
               std::uint16_t port_)
    : port(port_ ? port_ : free_port()), begun_(Watch::now()) {
  settings.push_back(fmt::format("LISTEN=127.0.0.1:{}", port));
  settings.push_back("LOG_LEVEL=error");
  settings.push_back("HOME=/");
  std::vector<char*> environment;
  for (auto& each : settings) environment.push_back(each.data());
  environment.push_back(nullptr);
  std::vector<const char*> command{program.c_str()};
  for (const auto& each : arguments) command.push_back(each.c_str());
  command.push_back(nullptr);
  process_ = ::fork();
  CHECK(process_ >= 0);
  if (process_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!std::freopen("/dev/null", "w", stdout)) ::_exit(126);
  ::execve(program.c_str(), const_cast<char**>(command.data()), environment.data());
  ::_exit(127);
}

double Server::ready() {
  while (seconds_since(begun_) < 120) try {
      if (api::Client(port, 2).get("/readyz").status == 200) return seconds_since(begun_);
      std::this_thread::sleep_for(std::chrono::milliseconds{2});
    } catch (const std::runtime_error&) {  // Nobody listens yet.
      std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
  throw std::runtime_error("the server does not become ready");
}

int Server::end(int signal) {
  if (process_ <= 0) return 0;
  ::kill(process_, signal);
  int status = 0;
  ::waitpid(process_, &status, 0);
  process_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::string sign_in(std::uint16_t port, const std::string& email) {
  const auto answer = api::Client(port).request("POST", "/api/v1/auth/login", {},
                                                fmt::format(R"({{"email":"{}","password":"roadbook-demo"}})", email));
  if (answer.status != 200) throw std::runtime_error("cannot sign in: " + answer.body);
  return std::string(answer.json().at("access_token").as_string());
}

Stops stop_server(const std::string& program, const std::string& path, std::int64_t stops, int signal,
                  const RunOptions& options) {
  const auto plan = http_plan();
  make_demo(program, path, plan);
  HttpClients clients(plan, "stop");
  std::mt19937_64 random(options.seed);
  Stops result;
  std::vector<std::string> booked;
  for (; result.stops < stops && result.faults.empty(); ++result.stops) {
    Server server(program, path);
    result.slowest_ready = std::max(result.slowest_ready, server.ready());
    const auto token = sign_in(server.port);
    HttpLoad load;
    std::thread asking([&] { load = clients.run(server.port, token, options.clients, 1'000'000); });
    std::this_thread::sleep_for(std::chrono::microseconds{100'000 + random() % 400'000});
    const auto begun = Watch::now();
    const int status = server.end(signal);
    result.slowest_stop = std::max(result.slowest_stop, seconds_since(begun));
    asking.join();
    if (signal == SIGTERM && status != 0) result.faults.push_back(fmt::format("exit status {}", status));
    note_errors(load, result.faults);
    booked.insert(booked.end(), load.booked.begin(), load.booked.end());
    find_lost(path, booked, result.faults);
  }
  if (signal == SIGTERM && result.slowest_stop > 10)
    result.faults.emplace_back("it took more than ten seconds to stop");
  result.acknowledged = static_cast<std::int64_t>(booked.size());
  const auto audit = audit_tables(path);
  result.faults.insert(result.faults.end(), audit.faults.begin(), audit.faults.end());
  return result;
}

std::vector<HttpRate> book_over_http(const std::string& program, const std::string& path,
                                     const std::vector<int>& clients, std::vector<std::string>& faults) {
  const auto plan = http_plan();
  make_demo(program, path, plan);
  HttpClients load(plan, "rate");
  std::vector<HttpRate> rates;
  Server server(program, path);
  server.ready();
  const auto token = sign_in(server.port);
  for (const int count : clients) {
    const auto begun = Watch::now();
    const auto answers = load.run(server.port, token, count, 200 + 60 * count);
    rates.push_back({count, static_cast<double>(answers.booked.size()) / seconds_since(begun)});
    note_errors(answers, faults);
    if (answers.booked.empty()) faults.emplace_back("nothing was booked");
  }
  if (server.end(SIGTERM) != 0) faults.emplace_back("the server did not end well");
  const auto audit = audit_tables(path);
  faults.insert(faults.end(), audit.faults.begin(), audit.faults.end());
  return rates;
}

}  // namespace prove
