/// Calendars and rules in memory, each at one version, so that availability is answered without the database.
///
/// An entry is one resource, loaded whole from the Monday of the current week on and labelled by the version that its
/// snapshot saw. The writer tells of every version that moved, after the commit and before anybody is answered: the
/// entry goes, and one that was loaded from an older snapshot meanwhile is not taken. So what is found here is current.
#pragma once

#include <atomic>
#include <list>

#include "store/calendars.h"

namespace cache {

struct CacheOptions {
  std::size_t entries = 50'000;  ///< The least recently used go beyond that.
  bool enabled = true;           ///< Off: every question goes to the database; answers are the same.
};

struct CacheFigures {
  std::atomic<std::int64_t> hits{0}, misses{0}, evicted{0};
};

class CalendarCache {
 public:
  explicit CalendarCache(CacheOptions options = {}) : options_(options) {}

  /// From a reader's snapshot only: what a transaction of the writer sees may never come to be.
  std::shared_ptr<const store::SchoolRules> rules(store::Transaction& tx, base::SchoolId school);
  /// For the writer: the cached rules where they are of the version that the transaction sees, else loaded and not
  /// kept.
  std::shared_ptr<const store::SchoolRules> rules_for_decision(store::Transaction& tx, base::SchoolId school);

  /// Whether rules() would have to load and could keep what it loads.
  bool wants_rules(base::SchoolId school);

  /// Null where there is no such calendar. `from` bounds what must be in it (domain::Question says how far back).
  std::shared_ptr<const domain::Instructor> instructor(store::Transaction& tx, base::SchoolId school,
                                                       base::InstructorId id, base::Instant from, base::Instant now);
  std::shared_ptr<const domain::Learner> learner(store::Transaction& tx, base::SchoolId school, base::LearnerId id,
                                                 base::Instant from, base::Instant now);
  std::shared_ptr<const domain::Vehicle> vehicle(store::Transaction& tx, base::SchoolId school,
                                                 const domain::Vehicle& vehicle, std::int64_t rules_version,
                                                 base::Instant from, base::Instant now);

  /// What Database::on_commit tells.
  void committed(const std::vector<store::Touched>& touched);

  CacheFigures figures;

 private:
  struct Key {
    std::string kind;
    std::int64_t school, id;
    auto operator<=>(const Key&) const = default;
  };
  struct Entry {
    std::shared_ptr<const void> value;
    std::int64_t version;
    std::int64_t rules_version;  ///< Of vehicles, which are loaded on top of the rules; else 0.
    base::Instant from, valid_until;
    std::list<Key>::iterator age;
  };
  std::shared_ptr<const void> find(const Key& key, std::int64_t rules_version, base::Instant from, base::Instant now);
  void keep(const Key& key, Entry entry);
  template <class Calendar, class Load>
  std::shared_ptr<const Calendar> get(const Key& key, std::int64_t rules_version, base::Instant from, base::Instant now,
                                      Load load);

  const CacheOptions options_;
  std::mutex mutex_;
  std::map<Key, Entry> entries_;
  std::map<Key, std::int64_t> newest_;  ///< The version that a commit moved each key to; older loads are not kept.
  std::list<Key> ages_;                 ///< Most recently used first.
};

}  // namespace cache
