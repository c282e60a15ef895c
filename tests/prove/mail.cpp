#include "prove/mail.h"

#include <random>
#include <set>
#include <thread>

#include "api/client.h"
#include "base/clock.h"
#include "prove/server.h"
#include "prove/sink.h"
#include "prove/tables.h"

namespace prove {

namespace {

constexpr std::size_t bookings_wanted = 60;

/// An admin of the demo school at the server's API.
class Admin {
 public:
  explicit Admin(std::uint16_t port) : client_(port), token_(sign_in(port)) {}

  api::Answer ask(const std::string& method, const std::string& path, const std::string& body = "",
                  const api::Headers& more = {}) {
    api::Headers headers = {{"Authorization", "Bearer " + token_}};
    headers.insert(headers.end(), more.begin(), more.end());
    auto answer = client_.request(method, path, headers, body);
    if (answer.status >= 500 || answer.status == 0) throw std::runtime_error(path + ": " + answer.head + answer.body);
    return answer;
  }
  void lift_limits() {
    const auto answer = ask("PUT", "/api/v1/constraints", R"({"items":[]})",
                            {{"If-Match", ask("GET", "/api/v1/constraints").header("etag")}});
    if (answer.status != 200) throw std::runtime_error(answer.body);
  }
  /// Books the next free times of anybody for one learner after the other; cancels each fifth at once. Ids that stay,
  /// and those that do not.
  void book(std::set<std::string>& kept, std::set<std::string>& cancelled) {
    const auto types = ask("GET", "/api/v1/lesson-types").json();
    const auto type = std::string(types.at("items").at(0).at("id").as_string());
    const auto learners = ask("GET", "/api/v1/learners?limit=200").json().at("items").as_array();
    for (std::size_t i = 0; kept.size() < bookings_wanted && i < 5 * learners.size(); ++i) {
      const auto learner = std::string(learners.at(i % learners.size()).at("id").as_string());
      const auto made = book_one(type, learner, i);
      if (made.status != 201) continue;
      const auto id = std::string(made.json().at("id").as_string());
      if (i % 5 == 4) {
        ask("POST", "/api/v1/calendar/bookings/" + id + "/cancellation", "{}", {{"If-Match", made.header("etag")}});
        cancelled.insert(id);
      } else {
        kept.insert(id);
      }
    }
  }

 private:
  api::Answer book_one(const std::string& type, const std::string& learner, std::size_t number) {
    const auto day = [](int offset) {
      return base::to_text(base::now() + std::chrono::hours{24 * offset}).substr(0, 10);
    };
    const auto free =
        ask("GET", fmt::format("/api/v1/calendar/availability?lesson_type_id={}&learner_id={}&from={}&to={}", type,
                               learner, day(3), day(24)))
            .json();
    const auto& slots = free.at("slots").as_array();
    if (slots.empty()) return {};
    const auto start = std::string(slots.at(number % slots.size()).at("start").as_string());
    return ask("POST", "/api/v1/calendar/bookings",
               fmt::format(R"({{"lesson_type_id":"{}","learner_id":"{}","start":"{}"}})", type, learner, start),
               {{"Idempotency-Key", fmt::format("mail-{}", number)}});
  }

  api::Client client_;
  const std::string token_;
};

}  // namespace

std::int64_t notices_waiting(const std::string& address) {
  Tables tables(address);
  std::int64_t waiting = 0;
  tables.each("select count(*) from jobs where kind = 'notice' and dead = 0",
              [&](const Tables::Values& values) { waiting = number_in(values[0]); });
  return waiting;
}

namespace {

/// "UID:<booking>@host" of the entry that comes with a notice; "" for a reminder, which has none.
std::string booking_of(const boost::json::object& mail) {
  const auto* calendar = mail.at("parts").as_object().if_contains("text/calendar");
  if (!calendar) return "";
  const std::string text(calendar->as_string());
  const auto from = text.find("UID:") + 4;
  return text.substr(from, text.find('@', from) - from);
}

}  // namespace

void count_mails(const Sink& sink, const std::set<std::string>& kept, const std::set<std::string>& cancelled,
                 MailProof& proof) {
  std::map<std::pair<std::string, std::string>, std::set<std::string>> ids;  // By booking and reader.
  std::set<std::string> seen;
  for (const auto& mail : sink.mails()) {
    const auto booking = booking_of(mail);
    const std::string id(mail.at("headers").at("Message-ID").as_string());
    ++proof.mails;
    if (!seen.insert(id).second) ++proof.twice;
    if (!booking.empty()) ids[{booking, std::string(mail.at("to").at(0).as_string())}].insert(id);
  }
  std::map<std::string, int> readers;
  for (const auto& [key, messages] : ids) {
    ++readers[key.first];
    if (messages.size() != 1)
      proof.faults.push_back(fmt::format("booking {} was told {} times to one person", key.first, messages.size()));
    if (cancelled.contains(key.first)) proof.faults.push_back("told of what was taken back: booking " + key.first);
  }
  for (const auto& id : kept)
    if (readers[id] != 2) proof.faults.push_back(fmt::format("booking {} was told to {} people", id, readers[id]));
}

MailProof mail_under_kills(const std::string& program, const std::string& path, std::int64_t kills,
                           std::uint64_t seed) {
  Sink sink(path + ".mail", {"--delay", "0.02"});
  const Settings settings{"SMTP_URL=" + sink.url(), "MAIL_FROM=lessons@demo.test"};
  std::mt19937_64 random(seed);
  MailProof proof;
  std::set<std::string> kept, cancelled;
  {
    Server server(program, path, settings);
    server.ready();
    Admin admin(server.port);
    admin.lift_limits();
    admin.book(kept, cancelled);
    std::this_thread::sleep_for(std::chrono::seconds{8});  // The first mails are about to leave.
    server.end(SIGKILL);
  }
  for (; proof.kills < kills; ++proof.kills) {
    Server server(program, path, settings);
    server.ready();
    std::this_thread::sleep_for(std::chrono::milliseconds{random() % 700});
    server.end(SIGKILL);
  }
  Server server(program, path, settings);
  server.ready();
  for (int i = 0; notices_waiting(path) > 0 && i < 600; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  if (server.end(SIGTERM) != 0) proof.faults.emplace_back("the server did not end well");
  proof.told = static_cast<std::int64_t>(kept.size());
  proof.untold = static_cast<std::int64_t>(cancelled.size());
  if (kept.size() < bookings_wanted / 2) proof.faults.emplace_back("too few times were free");
  count_mails(sink, kept, cancelled, proof);
  return proof;
}

}  // namespace prove
