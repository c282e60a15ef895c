#include "cache/calendar_cache.h"

#include <algorithm>
#include <functional>

#include "domain/booking.h"

namespace cache {

namespace {
const auto the_end = base::Instant{std::chrono::days{365 * 250}};
constexpr std::size_t dropped_at_most = 10'000;
/// So that nothing is sorted that does not fit into memory, and what was loaded stays if the request ends before it.
constexpr std::size_t loaded_at_once = 500;
}  // namespace

std::vector<std::shared_ptr<const void>> CalendarCache::find(std::string_view kind, std::int64_t school,
                                                             std::span<const std::int64_t> ids,
                                                             std::int64_t rules_version, base::Instant from,
                                                             base::Instant now) {
  std::vector<std::shared_ptr<const void>> all(ids.size());
  if (!options_.enabled) return all;
  Key key{std::string(kind), school, 0};
  std::int64_t hits = 0;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    key.id = ids[i];
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second.from > from || now >= found->second.valid_until ||
        found->second.rules_version != rules_version)
      continue;
    ages_.splice(ages_.begin(), ages_, found->second.age);
    found->second.used = std::max(found->second.used, now);
    all[i] = found->second.value;
    ++hits;
  }
  figures.hits += hits;
  figures.misses += static_cast<std::int64_t>(ids.size()) - hits;
  return all;
}

std::shared_ptr<const void> CalendarCache::at_version(const Key& key, std::int64_t version, const store::Span& span,
                                                      std::int64_t rules_version) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  const auto& entry = found->second;
  // What was over as it was loaded is left out of it, and may not be over for somebody whose clock is behind.
  const bool says_so = entry.version == version && entry.rules_version == rules_version && entry.from <= span.from &&
                       entry.loaded_at <= span.now && span.now < entry.valid_until;
  return says_so ? entry.value : nullptr;
}

std::shared_ptr<const domain::Instructor> CalendarCache::locked_instructor(base::SchoolId school, base::InstructorId id,
                                                                           std::int64_t version,
                                                                           const store::Span& span) {
  return std::static_pointer_cast<const domain::MappedInstructor>(
      at_version({"instructor", school.value, id.value}, version - 1, span));
}

std::shared_ptr<const domain::Learner> CalendarCache::locked_learner(base::SchoolId school, base::LearnerId id,
                                                                     std::int64_t version, const store::Span& span) {
  return std::static_pointer_cast<const domain::Learner>(
      at_version({"learner", school.value, id.value}, version - 1, span));
}

std::vector<std::shared_ptr<const domain::Vehicle>> CalendarCache::vehicles_for_decision(
    store::Transaction& tx, base::SchoolId school, const std::vector<const domain::Vehicle*>& vehicles,
    std::int64_t rules_version, const store::Span& span) {
  std::vector<std::int64_t> ids;
  ids.reserve(vehicles.size());
  for (const auto* vehicle : vehicles) ids.push_back(vehicle->id.value);
  const auto versions =
      ids.empty() ? std::map<std::int64_t, std::int64_t>() : store::calendar_versions(tx, school, "vehicle", ids);
  std::vector<std::shared_ptr<const domain::Vehicle>> all;
  std::vector<const domain::Vehicle*> missing;
  for (const auto& [id, version] : versions)
    if (auto known = at_version({"vehicle", school.value, id}, version, span, rules_version))
      all.push_back(std::static_pointer_cast<const domain::MappedVehicle>(known));
  for (const auto* vehicle : vehicles)
    if (std::ranges::find(all, vehicle->id, [](const auto& each) { return each->id; }) == all.end())
      missing.push_back(vehicle);
  for (auto& [id, loaded] : store::load_vehicles(tx, school, missing, span))
    all.push_back(std::make_shared<const domain::Vehicle>(std::move(loaded.calendar)));
  return all;
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

void CalendarCache::replace(const Key& key, const std::shared_ptr<const void>& before,
                            std::shared_ptr<const void> value) {
  const std::lock_guard lock(mutex_);
  const auto known = entries_.find(key);
  if (known != entries_.end() && known->second.value == before) known->second.value = std::move(value);
}

std::shared_ptr<const domain::Days> CalendarCache::days_of(const domain::Zone& zone, base::Instant now) {
  const auto window = domain::Bitmap::window(now);
  const std::lock_guard lock(mutex_);
  auto& days = days_[zone.name()];
  if (!days || !days->of(zone, window)) days = std::make_shared<const domain::Days>(zone, window);
  return days;
}

std::shared_ptr<const domain::OpenMaps> CalendarCache::open_maps(const domain::Hours& hours,
                                                                 const std::shared_ptr<const domain::Days>& days) {
  const auto hash = domain::OpenMaps::hash_of(hours);
  const std::lock_guard lock(mutex_);
  for (auto [same, end] = open_.equal_range(hash); same != end; ++same)
    if (auto maps = same->second.lock(); maps && maps->of(hours, *days)) return maps;
  if (open_.size() >= open_at_most_) {
    std::erase_if(open_, [](const auto& each) { return each.second.expired(); });
    open_at_most_ = std::max(open_at_most_, 2 * open_.size());
  }
  auto made = std::make_shared<const domain::OpenMaps>(hours, days);
  open_.emplace(hash, made);
  return made;
}

namespace {

/// How a booking blocks this calendar.
std::optional<domain::Taken> taken_in(std::string_view kind, std::int64_t id, const domain::Booking& booking) {
  if (!domain::blocks(booking.status)) return std::nullopt;
  if (kind == "instructor" && booking.instructor.value == id)
    return domain::Taken{booking.id, booking.lesson, booking.occupied};
  if (kind == "learner" && booking.learner.value == id)
    return domain::Taken{booking.id, booking.lesson, booking.lesson};
  if (kind == "vehicle" && booking.vehicle.value == id)
    return domain::Taken{booking.id, booking.lesson,
                         *domain::Interval::between(booking.lesson.start(), booking.vehicle_until)};
  return std::nullopt;
}

template <class Calendar>
std::shared_ptr<const void> after(const std::shared_ptr<const void>& before,
                                  std::span<const domain::CalendarChange> changes) {
  return std::make_shared<const Calendar>(*static_cast<const Calendar*>(before.get()), changes);
}

std::shared_ptr<const void> learner_after(const std::shared_ptr<const void>& before,
                                          std::span<const domain::CalendarChange> changes) {
  auto learner = std::make_shared<domain::Learner>(*static_cast<const domain::Learner*>(before.get()));
  ++learner->version;
  domain::apply(learner->taken, changes);
  return learner;
}

}  // namespace

bool CalendarCache::follow(Entry& entry, const store::Touched& touched) {
  if (!touched.bookings || touched.version != entry.version + 1) return false;
  std::vector<domain::CalendarChange> changes;
  for (const auto& booking : *touched.bookings) {
    auto now = taken_in(touched.kind, touched.id, booking);
    if (now && now->span.end() <= entry.from) now.reset();
    if (now && booking.expires_at) entry.valid_until = std::min(entry.valid_until, *booking.expires_at);
    const auto earlier = std::ranges::find(changes, booking.id, &domain::CalendarChange::booking);
    if (earlier == changes.end())
      changes.push_back({booking.id, now});
    else
      earlier->now = now;
  }
  if (touched.kind == "instructor") entry.value = after<domain::MappedInstructor>(entry.value, changes);
  if (touched.kind == "vehicle") entry.value = after<domain::MappedVehicle>(entry.value, changes);
  if (touched.kind == "learner") entry.value = learner_after(entry.value, changes);
  ++entry.version;
  return true;
}

void CalendarCache::committed(const std::vector<store::Touched>& all) {
  const std::lock_guard lock(mutex_);
  for (const auto& touched : all) {
    const auto& [kind, school, id, version, position, bookings] = touched;
    if (kind == "session" || kind == "erased") continue;
    const Key key{kind, school, id};
    auto& newest = newest_[key];
    newest = std::max(newest, version);
    const auto known = entries_.find(key);
    if (known == entries_.end() || known->second.version >= version) continue;
    if (follow(known->second, touched)) {
      ++figures.changed;
      continue;
    }
    if (dropped_.size() < dropped_at_most)
      dropped_.insert_or_assign(key, Dropped{kind, school, id, known->second.from, known->second.used});
    ages_.erase(known->second.age), entries_.erase(known);
  }
}

std::vector<CalendarCache::Dropped> CalendarCache::dropped() {
  const std::lock_guard lock(mutex_);
  std::vector<Dropped> all;
  for (auto& [key, entry] : std::exchange(dropped_, {})) all.push_back(std::move(entry));
  return all;
}

std::map<std::int64_t, std::int64_t> CalendarCache::asked() {
  const std::lock_guard lock(mutex_);
  return std::exchange(asked_, {});
}

template <class Calendar, class Kept>
struct CalendarCache::Source {
  std::string_view kind;
  base::SchoolId school;
  std::int64_t rules_version = 0;
  std::function<std::map<std::int64_t, store::Loaded<Calendar>>(const std::vector<std::int64_t>& ids,
                                                                const store::Span&)>
      load;
  std::function<std::shared_ptr<const Kept>(Calendar&&)> map;
  /// Whether what was kept is of the window of now.
  std::function<bool(const Kept&)> current = [](const Kept&) { return true; };
  /// To and from level two; without them the kind is not kept there.
  std::function<SharedCalendar(const Calendar&)> pack{};
  std::function<Calendar(std::int64_t id, SharedCalendar&&)> unpack{};
};

namespace {

/// The versions that the snapshot sees, asked for once and only where somebody wants to know.
class Versions {
 public:
  Versions(store::Transaction& tx, base::SchoolId school, std::string_view kind, const std::vector<std::int64_t>& ids)
      : tx_(tx), school_(school), kind_(kind), ids_(ids) {}
  std::optional<std::int64_t> of(std::int64_t id) {
    if (!known_) {
      known_.emplace();
      if (ids_.size() > 1) {
        *known_ = store::calendar_versions(tx_, school_, kind_);
      } else if (const auto only = store::calendar_version(tx_, school_, kind_, id)) {
        known_->emplace(id, *only);
      }
    }
    const auto found = known_->find(id);
    return found == known_->end() ? std::nullopt : std::optional(found->second);
  }

 private:
  store::Transaction& tx_;
  const base::SchoolId school_;
  const std::string_view kind_;
  const std::vector<std::int64_t>& ids_;
  std::optional<std::map<std::int64_t, std::int64_t>> known_;
};

}  // namespace

template <class Calendar, class Kept>
std::vector<std::shared_ptr<const Kept>> CalendarCache::get(store::Transaction& tx,
                                                            const Source<Calendar, Kept>& source,
                                                            const std::vector<std::int64_t>& ids, base::Instant from,
                                                            base::Instant now) {
  std::vector<std::shared_ptr<const Kept>> calendars;
  const auto key = [&](std::int64_t id) { return Key{std::string(source.kind), source.school.value, id}; };
  Versions versions(tx, source.school, source.kind, ids);
  std::vector<std::size_t> missing;
  calendars.reserve(ids.size());
  auto there = find(source.kind, source.school.value, ids, source.rules_version, from, now);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto id = ids[i];
    auto known = std::static_pointer_cast<const Kept>(std::move(there[i]));
    if (known && tx.in_doubt && versions.of(id) != known->version) known.reset();
    if (known && !source.current(*known)) {
      auto again = source.map(Calendar(*known));
      replace(key(id), known, again);
      known = std::move(again);
    }
    if (!known) missing.push_back(calendars.size());
    calendars.push_back(std::move(known));
  }
  const auto take = [&](std::size_t at, Calendar&& loaded, base::Instant since, base::Instant valid_until) {
    auto calendar = source.map(std::move(loaded));
    keep(key(ids[at]), {calendar, calendar->version, source.rules_version, since, valid_until, now});
    calendars[at] = std::move(calendar);
  };
  const bool shares = shared_ && source.pack && !tx.memory_only;
  // One that is missing alone was just booked, as a rule, and nobody has loaded it yet: asking would be in vain.
  if (shares && missing.size() > 1) {
    std::vector<Wanted> wanted;
    wanted.reserve(missing.size());
    for (const auto at : missing) wanted.push_back({ids[at], versions.of(ids[at]).value_or(0)});
    auto found = shared_->find(source.kind, source.school, wanted, from, now);
    for (std::size_t i = 0; i < found.size(); ++i)
      if (auto& one = found[i]) {
        const auto since = one->from, until = one->valid_until;
        take(missing[i], source.unpack(ids[missing[i]], std::move(*one)), since, until);
      }
  }
  std::erase_if(missing, [&](std::size_t at) { return calendars[at] != nullptr; });
  if (missing.empty()) return calendars;
  std::vector<std::pair<std::int64_t, SharedCalendar>> fresh;
  for (auto rest = std::span(missing); !rest.empty(); rest = rest.subspan(std::min(rest.size(), loaded_at_once))) {
    const auto some = rest.first(std::min(rest.size(), loaded_at_once));
    std::vector<std::int64_t> to_load;
    to_load.reserve(some.size());
    for (const auto at : some) to_load.push_back(ids[at]);
    auto all = source.load(to_load, store::Span{from, the_end, now});
    for (const auto at : some) {
      const auto loaded = all.find(ids[at]);
      if (loaded == all.end()) continue;
      auto& [calendar, valid_until] = loaded->second;
      if (shares) {
        auto& packed = fresh.emplace_back(ids[at], source.pack(calendar)).second;
        packed.version = calendar.version;
        packed.from = from, packed.valid_until = valid_until;
      }
      take(at, std::move(calendar), from, valid_until);
    }
  }
  if (shares) shared_->keep(source.kind, source.school, fresh);
  return calendars;
}

std::vector<std::shared_ptr<const domain::MappedInstructor>> CalendarCache::instructors(
    store::Transaction& tx, const domain::School& school, const std::vector<base::InstructorId>& ids,
    base::Instant from, base::Instant now) {
  using domain::Instructor, domain::MappedInstructor;
  const auto days = days_of(school.zone, now);
  const auto window = domain::Bitmap::window(now);
  const Source<Instructor, MappedInstructor> source{
      .kind = "instructor",
      .school = school.id,
      .load = [&](const auto& missing,
                  const auto& span) { return store::load_instructors(tx, school.id, missing, span); },
      .map =
          [&](Instructor&& it) {
            auto open = open_maps(it.hours, days);
            return std::make_shared<const MappedInstructor>(std::move(it), std::move(open), window);
          },
      .current = [&](const MappedInstructor& it) { return it.open->of(*days); },
      .pack =
          [](const Instructor& it) {
            return SharedCalendar{
                .active = it.active, .hours = it.hours, .time_off = it.time_off, .busy = it.busy, .taken = it.taken};
          },
      .unpack =
          [](auto id, SharedCalendar&& it) {
            return Instructor{{id},
                              it.version,
                              it.active,
                              std::move(it.hours),
                              std::move(it.time_off),
                              std::move(it.taken),
                              std::move(it.busy)};
          }};
  std::vector<std::int64_t> values;
  values.reserve(ids.size());
  for (const auto id : ids) values.push_back(id.value);
  return get(tx, source, values, from, now);
}

std::shared_ptr<const domain::MappedInstructor> CalendarCache::instructor(store::Transaction& tx,
                                                                          const domain::School& school,
                                                                          base::InstructorId id, base::Instant from,
                                                                          base::Instant now) {
  return instructors(tx, school, {id}, from, now).front();
}

std::shared_ptr<const domain::Learner> CalendarCache::learner(store::Transaction& tx, base::SchoolId school,
                                                              base::LearnerId id, base::Instant from,
                                                              base::Instant now) {
  // Two statements load a learner: asking for the version and then level two would be two as well.
  const Source<domain::Learner> source{
      .kind = "learner",
      .school = school,
      .load =
          [&](const auto& missing, const auto& span) {
            std::map<std::int64_t, store::Loaded<domain::Learner>> loaded;
            for (const auto one : missing)
              if (auto learner = store::load_learner(tx, school, {one}, span)) loaded.emplace(one, std::move(*learner));
            return loaded;
          },
      .map = [](domain::Learner&& it) { return std::make_shared<const domain::Learner>(std::move(it)); }};
  return get(tx, source, {id.value}, from, now).front();
}

std::vector<std::shared_ptr<const domain::MappedVehicle>> CalendarCache::vehicles(
    store::Transaction& tx, base::SchoolId school, const std::vector<const domain::Vehicle*>& vehicles,
    std::int64_t rules_version, base::Instant from, base::Instant now) {
  using domain::Vehicle, domain::MappedVehicle;
  const auto window = domain::Bitmap::window(now);
  const auto of_rules = [&](std::int64_t id) -> const Vehicle& {
    return **std::ranges::find(vehicles, base::VehicleId{id}, &Vehicle::id);
  };
  const Source<Vehicle, MappedVehicle> source{
      .kind = "vehicle",
      .school = school,
      .rules_version = rules_version,
      .load =
          [&](const auto& missing, const auto& span) {
            std::vector<const Vehicle*> of_missing;
            of_missing.reserve(missing.size());
            for (const auto id : missing) of_missing.push_back(&of_rules(id));
            return store::load_vehicles(tx, school, of_missing, span);
          },
      .map = [&](Vehicle&& it) { return std::make_shared<const MappedVehicle>(std::move(it), window); },
      .current = [&](const MappedVehicle& it) { return it.occupied.first_word() == window; },
      .pack = [](const Vehicle& it) { return SharedCalendar{.taken = it.taken}; },
      .unpack =
          [&](auto id, SharedCalendar&& it) {
            auto vehicle = of_rules(id);
            vehicle.version = it.version;
            vehicle.taken = std::move(it.taken);
            return vehicle;
          }};
  std::vector<std::int64_t> ids;
  ids.reserve(vehicles.size());
  for (const auto* vehicle : vehicles) ids.push_back(vehicle->id.value);
  return get(tx, source, ids, from, now);
}

std::shared_ptr<const store::SchoolRules> CalendarCache::rules(store::Transaction& tx, base::SchoolId school) {
  const Key key{"rules", school.value, school.value};
  {
    const std::lock_guard lock(mutex_);
    ++asked_[school.value];
  }
  if (auto known = std::static_pointer_cast<const store::SchoolRules>(
          find(key.kind, school.value, std::array{school.value}, 0, {}, {}).front()))
    if (!tx.in_doubt || store::rules_version(tx, school) == known->version) return known;
  if (!store::rules_version(tx, school)) return nullptr;
  auto loaded = std::make_shared<const store::SchoolRules>(store::load_rules(tx, school));
  if (options_.enabled) {
    const std::lock_guard lock(mutex_);
    slugs_.emplace(loaded->slug, school);
  }
  keep(key, {loaded, loaded->version, 0, {}, base::Instant::max(), {}});
  return loaded;
}

std::optional<base::SchoolId> CalendarCache::school_with_slug(std::string_view slug) {
  const std::lock_guard lock(mutex_);
  const auto known = slugs_.find(slug);
  return known == slugs_.end() ? std::nullopt : std::optional(known->second);
}

void CalendarCache::forget() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
  ages_.clear();
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
  if (const auto known = find("rules", school.value, std::array{school.value}, 0, {}, {}).front()) {
    auto rules = std::static_pointer_cast<const store::SchoolRules>(known);
    if (rules->version == version) return rules;
  }
  return std::make_shared<const store::SchoolRules>(store::load_rules(tx, school));
}

}  // namespace cache
