#include "cache/calendar_cache.h"

namespace cache {

namespace {
const auto the_end = base::Instant{std::chrono::days{365 * 250}};
}

std::shared_ptr<const void> CalendarCache::find(const Key& key, std::int64_t rules_version, base::Instant from,
                                                base::Instant now) {
  if (!options_.enabled) return nullptr;
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  const bool usable = found != entries_.end() && found->second.from <= from && now < found->second.valid_until &&
                      found->second.rules_version == rules_version;
  ++(usable ? figures.hits : figures.misses);
  if (!usable) return nullptr;
  ages_.splice(ages_.begin(), ages_, found->second.age);
  return found->second.value;
}

void CalendarCache::keep(const Key& key, Entry entry) {
  if (!options_.enabled) return;
  const std::lock_guard lock(mutex_);
  const auto newest = newest_.find(key);
  if (newest != newest_.end() && entry.version < newest->second) return;  // A commit overtook the load.
  const auto known = entries_.find(key);
  if (known != entries_.end() && known->second.version > entry.version) return;
  if (known != entries_.end()) ages_.erase(known->second.age), entries_.erase(known);
  ages_.push_front(key);
  entry.age = ages_.begin();
  entries_.emplace(key, std::move(entry));
  while (entries_.size() > options_.entries) {
    entries_.erase(ages_.back());
    ages_.pop_back();
    ++figures.evicted;
  }
}

void CalendarCache::committed(const std::vector<store::Touched>& touched) {
  const std::lock_guard lock(mutex_);
  for (const auto& [kind, school, id, version, position] : touched) {
    const Key key{kind, school, id};
    auto& newest = newest_[key];
    newest = std::max(newest, version);
    if (const auto known = entries_.find(key); known != entries_.end() && known->second.version < version)
      ages_.erase(known->second.age), entries_.erase(known);
  }
}

template <class Calendar, class Load>
std::shared_ptr<const Calendar> CalendarCache::get(const Key& key, std::int64_t rules_version, base::Instant from,
                                                   base::Instant now, Load load) {
  if (auto known = find(key, rules_version, from, now)) return std::static_pointer_cast<const Calendar>(known);
  auto loaded = load(store::Span{from, the_end, now});
  if (!loaded) return nullptr;
  auto calendar = std::make_shared<const Calendar>(std::move(loaded->calendar));
  keep(key, {calendar, calendar->version, rules_version, from, loaded->valid_until, {}});
  return calendar;
}

std::shared_ptr<const domain::Instructor> CalendarCache::instructor(store::Transaction& tx, base::SchoolId school,
                                                                    base::InstructorId id, base::Instant from,
                                                                    base::Instant now) {
  return get<domain::Instructor>({"instructor", school.value, id.value}, 0, from, now,
                                 [&](const store::Span& span) { return store::load_instructor(tx, school, id, span); });
}

std::shared_ptr<const domain::Learner> CalendarCache::learner(store::Transaction& tx, base::SchoolId school,
                                                              base::LearnerId id, base::Instant from,
                                                              base::Instant now) {
  return get<domain::Learner>({"learner", school.value, id.value}, 0, from, now,
                              [&](const store::Span& span) { return store::load_learner(tx, school, id, span); });
}

std::shared_ptr<const domain::Vehicle> CalendarCache::vehicle(store::Transaction& tx, base::SchoolId school,
                                                              const domain::Vehicle& vehicle,
                                                              std::int64_t rules_version, base::Instant from,
                                                              base::Instant now) {
  return get<domain::Vehicle>({"vehicle", school.value, vehicle.id.value}, rules_version, from, now,
                              [&](const store::Span& span) -> std::optional<store::Loaded<domain::Vehicle>> {
                                return store::load_vehicle(tx, school, vehicle, span);
                              });
}

std::shared_ptr<const store::SchoolRules> CalendarCache::rules(store::Transaction& tx, base::SchoolId school) {
  const Key key{"rules", school.value, school.value};
  if (auto known = find(key, 0, {}, {})) return std::static_pointer_cast<const store::SchoolRules>(known);
  if (!store::rules_version(tx, school)) return nullptr;
  auto loaded = std::make_shared<const store::SchoolRules>(store::load_rules(tx, school));
  keep(key, {loaded, loaded->version, 0, {}, base::Instant::max(), {}});
  return loaded;
}

bool CalendarCache::wants_rules(base::SchoolId school) {
  if (!options_.enabled) return false;
  const std::lock_guard lock(mutex_);
  return !entries_.contains({"rules", school.value, school.value});
}

std::shared_ptr<const store::SchoolRules> CalendarCache::rules_for_decision(store::Transaction& tx,
                                                                            base::SchoolId school) {
  const auto version = store::rules_version(tx, school);
  if (!version) return nullptr;
  if (const auto known = find({"rules", school.value, school.value}, 0, {}, {})) {
    auto rules = std::static_pointer_cast<const store::SchoolRules>(known);
    if (rules->version == version) return rules;
  }
  return std::make_shared<const store::SchoolRules>(store::load_rules(tx, school));
}

}  // namespace cache
