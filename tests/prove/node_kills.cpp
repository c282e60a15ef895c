#include "prove/node_kills.h"

#include <random>
#include <thread>

#include "prove/audit.h"
#include "prove/cluster.h"
#include "prove/places.h"
#include "prove/tables.h"

namespace prove {

namespace {

using Watch = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr int clients = 12;
constexpr auto longest_outage = 60s;

/// Somebody signed in as the demo's admin, who asks until there is an answer.
class Stubborn {
 public:
  explicit Stubborn(const Cluster& cluster) : web_(cluster.web()) {}

  Web::Reply ask(const std::string& method, const std::string& path, const std::string& body = "",
                 const Web::Headers& more = {}) {
    const auto begun = Watch::now();
    for (;; ++tries, std::this_thread::sleep_for(30ms)) {
      if (token_.empty()) token_ = Cluster::sign_in(*web_);
      auto headers = more;
      headers.push_back("Authorization: Bearer " + token_);
      auto reply = token_.empty() ? Web::Reply{} : web_->ask(method, path, headers, body);
      slowest = std::max(slowest, std::chrono::duration<double>(Watch::now() - begun).count());
      if (reply.status == 401) token_.clear();
      if (reply.status != 0 && reply.status != 401 && reply.status < 500) return reply;
      if (reply.status == 500) internal.push_back(reply.body);
      if (Watch::now() - begun > longest_outage) return reply;
    }
  }

  std::int64_t tries = 0;  ///< Beyond the first one of each request.
  double slowest = 0;
  std::vector<std::string> internal;  ///< Answers of 500, which nothing excuses.

 private:
  const std::unique_ptr<Web> web_;
  std::string token_;
};

boost::json::object object_in(const Web::Reply& reply) {
  return boost::json::parse(reply.body).as_object();
}

/// What the clients were answered, by the time that they asked for.
struct Answers {
  std::map<std::int64_t, std::vector<std::string>> booked;  ///< Ids; one is right.
  std::vector<std::pair<std::int64_t, std::string>> refused;
  std::vector<std::string> faults;
};

/// Every two requests want the same hour of the same instructor.
class Crowd {
 public:
  Crowd(const Cluster& cluster, const Plan& plan)
      : cluster_(cluster),
        plan_(plan),
        monday_((base::to_seconds(base::now()) - first_monday) / week * week + first_monday + week) {}

  void start() {
    for (int number = 0; number < clients; ++number) threads_.emplace_back([this] { run(); });
  }
  void stop() {
    stopping_ = true;
    threads_.clear();
  }
  ~Crowd() { stop(); }
  Crowd(const Crowd&) = delete;
  Answers answers;
  std::int64_t sent_again = 0;
  double slowest = 0;

 private:
  void run() {
    Stubborn client(cluster_);
    Answers mine;
    while (!stopping_) {
      const auto request = next_.fetch_add(1);
      book(client, request, mine);
      std::this_thread::sleep_for(40ms);
    }
    for (const auto& body : client.internal) mine.faults.push_back("500: " + body);
    const std::lock_guard lock(mutex_);
    for (auto& [time, ids] : mine.booked)
      for (auto& id : ids) answers.booked[time].push_back(id);
    answers.refused.insert(answers.refused.end(), mine.refused.begin(), mine.refused.end());
    answers.faults.insert(answers.faults.end(), mine.faults.begin(), mine.faults.end());
    sent_again += client.tries;
    slowest = std::max(slowest, client.slowest);
  }

  void book(Stubborn& client, std::int64_t request, Answers& mine) {
    const auto at = request / 2, number = at % plan_.instructors, turn = at / plan_.instructors, days = turn / 7;
    const auto start = monday_ + (days / 6 * 7 + days % 6) * day + 9 * hour + turn % 7 * hour;
    // Many kills take so long that the demo's closure comes in their way.
    const auto body = fmt::format(R"({{"lesson_type_id":"{}","start":"{}","instructor_id":"{}","learner_id":"{}",)"
                                  R"("override":["closure"],"reason":"Whatever comes"}})",
                                  base::to_text(plan_.kinds[0].id), base::to_text(base::from_seconds(start)),
                                  base::to_text(plan_.instructor(number)), base::to_text(plan_.learner(number)));
    const auto reply =
        client.ask("POST", "/api/v1/calendar/bookings", body, {fmt::format("Idempotency-Key: crowd-{}", request)});
    if (reply.status == 201)
      mine.booked[at].emplace_back(object_in(reply).at("id").as_string());
    else if (reply.status == 409)
      mine.refused.emplace_back(at, object_in(reply).at("type").as_string());
    else
      mine.faults.push_back(fmt::format("{}: {}", reply.status, reply.body));
  }

  const Cluster& cluster_;
  const Plan& plan_;
  const Seconds monday_;
  std::atomic<std::int64_t> next_{0};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<std::jthread> threads_;
};

/// Lessons of the demo's own people, who have addresses; a fifth is taken back at once.
class Told {
 public:
  explicit Told(const Cluster& cluster) : client_(cluster) {}
  void start() {
    thread_ = std::jthread([this] { run(); });
  }
  ~Told() { stopping_ = true; }
  Told(const Told&) = delete;
  void stop() {
    stopping_ = true;
    thread_.join();
    for (const auto& body : client_.internal) faults.push_back("500: " + body);
  }
  std::set<std::string> kept, cancelled;
  std::vector<std::string> faults;

 private:
  void run() try {
    const auto types = object_in(client_.ask("GET", "/api/v1/lesson-types"));
    const auto type = std::string(types.at("items").at(0).at("id").as_string());
    const auto learners = with_address("learners"), instructors = with_address("instructors");
    for (std::size_t number = 0; !stopping_; ++number) {
      book(type, learners.at(number % learners.size()), instructors.at(number % instructors.size()), number);
      std::this_thread::sleep_for(300ms);
    }
  } catch (const std::exception& error) {
    faults.push_back(std::string("lessons with mail: ") + error.what());
  }

  /// Those of the plan have none.
  std::vector<std::string> with_address(const std::string& people) {
    std::vector<std::string> ids;
    const auto list = object_in(client_.ask("GET", "/api/v1/" + people + "?limit=200"));
    for (const auto& each : list.at("items").as_array())
      if (const auto* email = each.as_object().if_contains("email");
          email && email->is_string() && !email->as_string().empty())
        ids.emplace_back(each.at("id").as_string());
    return ids;
  }

  void book(const std::string& type, const std::string& learner, const std::string& instructor, std::size_t number) {
    const auto date = [](int offset) {
      return base::to_text(base::now() + std::chrono::hours{24 * offset}).substr(0, 10);
    };
    const auto free = object_in(client_.ask(
        "GET",
        fmt::format("/api/v1/calendar/availability?lesson_type_id={}&learner_id={}&instructor_id={}&from={}&to={}",
                    type, learner, instructor, date(3), date(60))));
    const auto& slots = free.at("slots").as_array();
    if (slots.empty()) return;
    const auto start = std::string(slots.at(number * 7 % slots.size()).at("start").as_string());
    const auto begun = Watch::now();
    const auto made =
        client_.ask("POST", "/api/v1/calendar/bookings",
                    fmt::format(R"({{"lesson_type_id":"{}","learner_id":"{}","instructor_id":"{}","start":"{}"}})",
                                type, learner, instructor, start),
                    {fmt::format("Idempotency-Key: told-{}", number)});
    if (made.status != 201) return;
    const auto id = std::string(object_in(made).at("id").as_string());
    if (number % 5 != 4) {
      kept.insert(id);
      return;
    }
    // Where the answer was lost it is 412 the second time.
    client_.ask("POST", "/api/v1/calendar/bookings/" + id + "/cancellation", "{}", {"If-Match: " + made.etag});
    if (Watch::now() - begun < 8s) cancelled.insert(id);  // Else they may have been told before.
  }

  Stubborn client_;
  std::atomic<bool> stopping_{false};
  std::jthread thread_;
};

/// The rows of the plan's people are those that were acknowledged, each time once; each refusal has a row before it.
void compare(const std::string& address, const Plan& plan, const Answers& answers, std::vector<std::string>& faults) {
  const auto note = [&](std::string fault) {
    if (faults.size() < 8) faults.push_back(std::move(fault));
  };
  for (const auto& fault : answers.faults) note(fault);
  Tables tables(address);
  std::set<std::string> there;
  tables.each(fmt::format("select id from bookings where learner_id between {} and {}", plan.learner(0),
                          plan.learner(plan.learners - 1)),
              [&](const Tables::Values& v) { there.insert(base::to_text(base::BookingId{number_in(v[0])})); });
  std::size_t acknowledged = 0;
  for (const auto& [time, ids] : answers.booked) {
    acknowledged += ids.size();
    if (ids.size() > 1) note(fmt::format("time {} was given {} times", time, ids.size()));
    for (const auto& id : ids)
      if (!there.contains(id)) note("acknowledged and lost: booking " + id);
  }
  if (there.size() != acknowledged)
    note(fmt::format("{} bookings are there, {} were acknowledged", there.size(), acknowledged));
  for (const auto& [time, type] : answers.refused)
    if (!answers.booked.contains(time)) note(fmt::format("nobody has time {}, which was refused: {}", time, type));
}

/// What is known of notices that do not leave.
void waiting_for(const std::string& address, std::vector<std::string>& faults) {
  Tables(address).each(
      "select count(*), attempts, problem, min(due_at - extract(epoch from now()))::bigint,"
      " max(taken_until - extract(epoch from now()))::bigint from jobs where kind = 'notice' and dead = 0"
      " group by attempts, problem",
      [&](const Tables::Values& v) {
        faults.push_back(
            fmt::format("{} notices wait: {} attempts, {}; due in {} s, taken for {} s", v[0], v[1], v[2], v[3], v[4]));
      });
}

/// Waits until the worker has nothing to tell. One that was killed has left its claims; time lets go of them.
void finish_mail(Cluster& cluster, NodeKills& result) {
  cluster.stop_worker();
  Tables(cluster.address).each("update jobs set taken_until = 0, claim = 0", [](const Tables::Values&) {});
  cluster.start_worker();
  for (int i = 0; notices_waiting(cluster.address) > 0; ++i) {
    if (i == 600) return waiting_for(cluster.address, result.faults);
    std::this_thread::sleep_for(100ms);
  }
}

void kill_one(Cluster& cluster, std::mt19937_64& random, NodeKills& result) {
  std::this_thread::sleep_for(std::chrono::milliseconds{200 + random() % 700});
  const auto victim = static_cast<int>(random() % 6);  // Two of six: PostgreSQL.
  ++result.kills;
  if (victim <= Cluster::nodes) {
    result.slowest_node = std::max(result.slowest_node, cluster.kill(victim));
  } else {
    ++result.of_postgres;
    result.slowest_postgres = std::max(result.slowest_postgres, crash_postgres());
  }
}

}  // namespace

NodeKills kill_nodes(const std::string& program, const std::string& folder, std::int64_t kills, std::uint64_t seed) {
  const auto plan = http_plan();
  NodeKills result;
  Cluster cluster(program, folder, plan);
  Crowd crowd(cluster, plan);
  Told told(cluster);
  crowd.start();
  told.start();
  std::mt19937_64 random(seed);
  try {
    while (result.kills < kills) kill_one(cluster, random, result);
  } catch (const std::exception& error) {  // What does not come back.
    result.faults.emplace_back(error.what());
  }
  std::this_thread::sleep_for(1s);
  crowd.stop();
  told.stop();
  finish_mail(cluster, result);
  for (auto& fault : cluster.stop()) result.faults.push_back(std::move(fault));
  compare(cluster.address, plan, crowd.answers, result.faults);
  count_mails(cluster.sink, told.kept, told.cancelled, result.mail);
  const auto audit = audit_tables(cluster.address);
  const std::vector<std::string>* all[]{&told.faults, &result.mail.faults, &audit.faults};
  for (const auto* faults : all) result.faults.insert(result.faults.end(), faults->begin(), faults->end());
  result.mail.told = static_cast<std::int64_t>(told.kept.size());
  result.mail.untold = static_cast<std::int64_t>(told.cancelled.size());
  result.acknowledged = static_cast<std::int64_t>(crowd.answers.booked.size());
  result.refused = static_cast<std::int64_t>(crowd.answers.refused.size());
  result.sent_again = crowd.sent_again;
  result.slowest_booking = crowd.slowest;
  return result;
}

}  // namespace prove
