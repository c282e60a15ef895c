#include "jobs/warmer.h"

#include <fmt/format.h>

#include "actions/decide.h"
#include "net/redis.h"
#include "store/calendars.h"

namespace jobs {

namespace {

using base::Instant;
using store::Transaction;

constexpr std::chrono::milliseconds gathers_for{
    100};  ///< Commits that follow one another closely are one reason to load.
constexpr std::chrono::minutes asked_lately{15}, count_every{1}, ahead{10};
/// A school with fewer questions in such an hour, over the weeks, is not worth its load.
constexpr const char* busy_from = "20";
constexpr const char* schools_at_most = "200";
constexpr const char* remembered_seconds = "3024000";  // Five weeks.

std::string busy_key(Instant instant) {
  return fmt::format("roadbook:busy:{}", hour_of_week(instant));
}

}  // namespace

int hour_of_week(Instant instant) {
  return static_cast<int>(std::chrono::floor<std::chrono::hours>(instant).time_since_epoch().count() % 168);
}

Warmer::Warmer(actions::Context context, net::Redis* redis, std::function<void(const std::string&)> report)
    : context_(context),
      redis_(redis),
      report_(std::move(report)),
      thread_([this](const std::stop_token& stop) { loop(stop); }) {}

void Warmer::loop(const std::stop_token& stop) {
  Instant counted = base::now(), warmed_for{};
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, stop, gathers_for, [&] { return stop.stop_requested(); })) try {
      const auto now = base::now();
      again(now);
      if (!redis_ || !redis_->present()) continue;
      if (now >= counted + count_every) {
        count(now);
        counted = now;
      }
      if (const auto next = std::chrono::floor<std::chrono::hours>(now + ahead); next != warmed_for) {
        warmed_for = next;
        before(next, now);
      }
    } catch (const std::exception& error) {
      report_(error.what());
    }
}

void Warmer::again(Instant now) {
  std::map<base::SchoolId, std::vector<cache::CalendarCache::Dropped>> schools;
  for (auto& entry : context_.cache.dropped())
    if (entry.kind == "rules" || entry.used >= now - asked_lately) schools[{entry.school}].push_back(std::move(entry));
  for (const auto& [school, dropped] : schools) school_again(school, dropped, now);
}

void Warmer::school_again(base::SchoolId school, const std::vector<cache::CalendarCache::Dropped>& dropped,
                          Instant now) {
  auto& cache = context_.cache;
  context_.database.read(school, [&](Transaction& tx) {
    const auto rules = cache.rules(tx, school);
    if (!rules) return;
    auto from = now;
    std::vector<base::InstructorId> instructors;
    std::vector<const domain::Vehicle*> vehicles;
    for (const auto& entry : dropped) {
      if (entry.kind != "rules") from = std::min(from, entry.from);
      if (entry.kind == "instructor") instructors.push_back({entry.id});
      if (const auto* vehicle = rules->vehicle({entry.id}); vehicle && entry.kind == "vehicle")
        vehicles.push_back(vehicle);
    }
    cache.instructors(tx, rules->school, instructors, from, now);
    cache.vehicles(tx, school, vehicles, rules->version, from, now);
    warmed += static_cast<std::int64_t>(instructors.size() + vehicles.size());
  });
}

/// What people asked since the last time, in this hour of the week.
void Warmer::count(Instant now) {
  for (const auto& [school, questions] : context_.cache.asked())
    redis_->tell({"ZINCRBY", busy_key(now), std::to_string(questions), std::to_string(school)});
  redis_->tell({"EXPIRE", busy_key(now), remembered_seconds, "NX"});
}

void Warmer::before(Instant next, Instant now) {
  const auto busy =
      redis_->ask({"ZRANGE", busy_key(next), "+inf", busy_from, "BYSCORE", "REV", "LIMIT", "0", schools_at_most});
  if (!busy) return;
  auto& cache = context_.cache;
  for (const auto& item : busy->items) {
    const base::SchoolId school{std::strtoll(item.text.c_str(), nullptr, 10)};
    context_.database.read(school, [&](Transaction& tx) {
      const auto rules = cache.rules(tx, school);
      if (!rules) return;
      const auto from = actions::week_start(rules->school.zone, now);
      std::vector<const domain::Vehicle*> vehicles;
      for (const auto& vehicle : rules->vehicles) vehicles.push_back(&vehicle);
      const auto& instructors = rules->instructors;
      cache.instructors(tx, rules->school, instructors, from, now);
      cache.vehicles(tx, school, vehicles, rules->version, from, now);
      warmed += static_cast<std::int64_t>(instructors.size() + vehicles.size());
    });
  }
}

}  // namespace jobs
