/// Calendars and rules in memory, each at one version, so that availability is answered without the database.
///
/// An entry is one resource, loaded whole from the Monday of the current week on and labelled by the version that its
/// snapshot saw. The writer tells of every version that moved, after the commit and before anybody is answered: what
/// bookings of this node moved by one version is changed where they lie; otherwise the entry goes. One that was loaded
/// from an older snapshot meanwhile is not taken. So what is found here is current.
/// Where other nodes write too, their signals do the same a moment later; where those stay away
/// (Transaction::in_doubt), every entry is asked for its version before it is used.
///
/// Instructors and vehicles are kept with their maps (domain/bitmaps.h), of a window around now: one that has gone by
/// is mapped again when it is asked for. Whoever has the same hours shares the maps of them.
///
/// What is not here may have been loaded by another node (cache/shared_calendars): one question for the versions, one
/// for all that is missing.
#pragma once

#include <atomic>
#include <list>
#include <map>
#include <span>
#include <unordered_map>

#include "cache/shared_calendars.h"

namespace cache {

struct CacheOptions {
  std::size_t entries = 50'000;  ///< The least recently used go beyond that.
  bool enabled = true;           ///< Off: every question goes to the database; answers are the same.
};

struct CacheFigures {
  std::atomic<std::int64_t> hits{0}, misses{0}, evicted{0}, changed{0};
};

class CalendarCache {
 public:
  explicit CalendarCache(CacheOptions options = {}, SharedCalendars* shared = nullptr)
      : options_(options), shared_(shared) {}

  /// From a reader's snapshot only: what a transaction of the writer sees may never come to be.
  std::shared_ptr<const store::SchoolRules> rules(store::Transaction& tx, base::SchoolId school);
  /// The school whose pages have this in their address, where its rules were asked for before.
  std::optional<base::SchoolId> school_with_slug(std::string_view slug);
  /// For the writer: the cached rules where they are of the version that the transaction sees, else loaded and not
  /// kept.
  std::shared_ptr<const store::SchoolRules> rules_for_decision(store::Transaction& tx, base::SchoolId school);

  /// For whoever has locked the calendar and by that moved it to `version`: as it was before and hence still is, where
  /// that is here. Else null: it has to be loaded.
  std::shared_ptr<const domain::Instructor> locked_instructor(base::SchoolId school, base::InstructorId id,
                                                              std::int64_t version, const store::Span& span);
  std::shared_ptr<const domain::Learner> locked_learner(base::SchoolId school, base::LearnerId id, std::int64_t version,
                                                        const store::Span& span);
  /// For the writer: those that are here at the version that the transaction sees, the others loaded and not kept.
  std::vector<std::shared_ptr<const domain::Vehicle>> vehicles_for_decision(
      store::Transaction& tx, base::SchoolId school, const std::vector<const domain::Vehicle*>& vehicles,
      std::int64_t rules_version, const store::Span& span);

  /// Whether rules() would have to load and could keep what it loads.
  bool wants_rules(base::SchoolId school);

  /// Null where there is no such calendar. `from` bounds what must be in it (domain::Question says how far back).
  std::shared_ptr<const domain::MappedInstructor> instructor(store::Transaction& tx, const domain::School& school,
                                                             base::InstructorId id, base::Instant from,
                                                             base::Instant now);
  std::shared_ptr<const domain::Learner> learner(store::Transaction& tx, base::SchoolId school, base::LearnerId id,
                                                 base::Instant from, base::Instant now);
  /// Many at once, in their order.
  std::vector<std::shared_ptr<const domain::MappedInstructor>> instructors(store::Transaction& tx,
                                                                           const domain::School& school,
                                                                           const std::vector<base::InstructorId>& ids,
                                                                           base::Instant from, base::Instant now);
  std::vector<std::shared_ptr<const domain::MappedVehicle>> vehicles(
      store::Transaction& tx, base::SchoolId school, const std::vector<const domain::Vehicle*>& vehicles,
      std::int64_t rules_version, base::Instant from, base::Instant now);

  /// What Database::on_commit tells.
  void committed(const std::vector<store::Touched>& all);
  /// What commits have taken out since this was last asked, for whoever loads it again.
  struct Dropped {
    std::string kind;
    std::int64_t school, id;
    base::Instant from;  ///< It held what blocks from here on,
    base::Instant used;  ///< and was last looked at then.
  };
  std::vector<Dropped> dropped();
  /// How often rules() was asked of each school since this was last asked.
  std::map<std::int64_t, std::int64_t> asked();
  /// All of it: nobody knows what was committed meanwhile.
  void forget();

  CacheFigures figures;

 private:
  struct Key {
    std::string kind;
    std::int64_t school, id;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const {
      const auto id = static_cast<std::uint64_t>(key.id), school = static_cast<std::uint64_t>(key.school);
      return std::hash<std::uint64_t>()(id * 0x9e3779b97f4a7c15 + school) ^ key.kind.size();
    }
  };
  struct Entry {
    std::shared_ptr<const void> value;
    std::int64_t version;
    std::int64_t rules_version;  ///< Of vehicles, which are loaded on top of the rules; else 0.
    base::Instant from, valid_until;
    base::Instant loaded_at;
    std::list<Key>::iterator age{};
    base::Instant used = loaded_at;
  };
  /// What is there of one kind for these, in their order.
  std::vector<std::shared_ptr<const void>> find(std::string_view kind, std::int64_t school,
                                                std::span<const std::int64_t> ids, std::int64_t rules_version,
                                                base::Instant from, base::Instant now);
  /// What is here at this version, if it says what a loading with `span` would.
  std::shared_ptr<const void> at_version(const Key& key, std::int64_t version, const store::Span& span,
                                         std::int64_t rules_version = 0);
  void keep(const Key& key, Entry entry);
  /// Whether the entry could follow what bookings did to its calendar.
  static bool follow(Entry& entry, const store::Touched& touched);
  /// Puts `value` in the place of `before`, if that is still kept.
  void replace(const Key& key, const std::shared_ptr<const void>& before, std::shared_ptr<const void> value);
  std::shared_ptr<const domain::Days> days_of(const domain::Zone& zone, base::Instant now);
  std::shared_ptr<const domain::OpenMaps> open_maps(const domain::Hours& hours,
                                                    const std::shared_ptr<const domain::Days>& days);
  /// How calendars of one kind are come by where they are not in memory, and how they are kept.
  template <class Calendar, class Kept = Calendar>
  struct Source;
  template <class Calendar, class Kept>
  std::vector<std::shared_ptr<const Kept>> get(store::Transaction& tx, const Source<Calendar, Kept>& source,
                                               const std::vector<std::int64_t>& ids, base::Instant from,
                                               base::Instant now);

  const CacheOptions options_;
  SharedCalendars* const shared_;  ///< Null: there is no level two.
  std::mutex mutex_;
  std::unordered_map<Key, Entry, Hash> entries_;
  std::unordered_map<Key, std::int64_t, Hash>
      newest_;           ///< The version that a commit moved each key to; older loads are not kept.
  std::list<Key> ages_;  ///< Most recently used first.
  std::unordered_map<Key, Dropped, Hash> dropped_;
  std::map<std::int64_t, std::int64_t> asked_;
  std::map<std::string, base::SchoolId, std::less<>> slugs_;                          ///< They never change.
  std::unordered_multimap<std::size_t, std::weak_ptr<const domain::OpenMaps>> open_;  ///< By OpenMaps::hash_of.
  std::map<std::string, std::shared_ptr<const domain::Days>> days_;  ///< Of the window of now, by zone.
  std::size_t open_at_most_{1'000};                                  ///< Then those that nobody uses are taken out.
};

}  // namespace cache
