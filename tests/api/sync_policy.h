/// The policy of docs/calendars.md as the slow obvious model: what is to be found here and there once all is quiet.
#pragma once

#include "api/synced_school.h"

namespace sync_policy {

using domain::Booking;
using domain::Interval;
using domain::Status;
using memory_google::SyncedSchool;

/// Of every series.
inline constexpr int occurrences = 4;

class Policy {
 public:
  /// Requests of people here that were done.
  std::set<std::string> done_here;
  /// Moves there that were moves here, and that were asked about, so far.
  int followed = 0, asked = 0;
  std::string next_request() { return fmt::format("here-{}", ++requests_); }

  /// A human is about to move a lesson in this calendar, or (nothing) to delete it.
  void by_human(SyncedSchool& world, const std::string& calendar, const memory_google::Item& item,
                const std::optional<Interval>& to) {
    const auto& id = item.event.booking;
    humans_[id].insert(to);
    if (to == item.event.time) return;  // Dropped where it was taken from.
    const base::BookingId booking{base::id_from_text(id).value()};
    const auto [known, shown] = world.read([&](store::Transaction& tx) {
      return std::pair{store::find_booking(tx, world.school.school, booking),
                       store::shown_lessons(tx, world.school.school, booking)};
    });
    const auto fresh =
        std::ranges::any_of(shown, [&](const auto& one) { return one.as == item.event.time && !one.doubted; });
    const bool owed = owed_.contains(id) && owed_.at(id).version == known->version;
    const bool theirs = SyncedSchool::address(known->instructor) == calendar;  // Else it goes away anyway.
    if (!theirs || (!fresh && !owed)) return;
    if (owed && owed_.at(id).decided && owed_.at(id).to == to && unwritten(world, booking)) return;  // The same again.
    if (to == std::optional(known->lesson))
      owed_.erase(id);
    else
      owed_.insert_or_assign(id, Owed{known->version, to});
  }
  /// What was decided about is owed no more; what is done after it, before it is written, is.
  void settled(const store::Conflict& conflict) {
    const auto owed = owed_.find(base::to_text(conflict.booking));
    if (owed != owed_.end() && owed->second.to == conflict.moved_to) owed->second.decided = true;
  }
  /// A conflict is about what somebody has done there.
  void explain(const store::Conflict& conflict) {
    ++asked;
    EXPECT_TRUE(humans_[base::to_text(conflict.booking)].contains(conflict.moved_to))
        << base::to_text(conflict.booking) << ": nobody did " << text(conflict.moved_to);
  }

  void check(SyncedSchool& world) {
    check_overlaps(world);
    check_lessons(world);
    check_busy(world);
    check_log(world);
    check_writes(world);
  }

 private:
  /// Nobody here has heard yet that the calendar shows what was decided.
  static bool unwritten(SyncedSchool& world, base::BookingId booking) {
    const auto all = world.conflicts();
    return std::ranges::find(all, booking, &store::Conflict::booking) != all.end();
  }
  static std::string text(const std::optional<Interval>& time) {
    return time ? base::to_text(time->start()) + " to " + base::to_text(time->end()) : "a deletion";
  }

  static void check_overlaps(SyncedSchool& world) {
    const auto all = world.bookings();
    for (const auto& one : all)
      for (const auto& other : all) {
        if (one.id >= other.id || !domain::blocks(one.status) || !domain::blocks(other.status)) continue;
        if (one.instructor == other.instructor) {
          EXPECT_FALSE(one.occupied.overlaps(other.occupied));
        }
        if (one.learner == other.learner) {
          EXPECT_FALSE(one.lesson.overlaps(other.lesson));
        }
        if (one.vehicle == other.vehicle) {
          EXPECT_FALSE(one.lesson.overlaps(other.lesson));
        }
      }
  }

  /// Living events of each booking: where, and when.
  using Events = std::map<std::string, std::vector<std::pair<std::string, std::optional<Interval>>>>;
  static Events events_of(SyncedSchool& world) {
    Events events;
    for (int i = 1; i <= world.instructors; ++i)
      for (const auto& [id, item] : world.google.items(SyncedSchool::address(i)))
        if (item.living() && item.lesson())
          events[item.event.booking].emplace_back(SyncedSchool::address(i), item.event.time);
    return events;
  }

  void check_lessons(SyncedSchool& world) {
    auto events = events_of(world);
    const auto conflicts = world.conflicts();
    for (const auto& booking : world.bookings()) {
      const auto id = base::to_text(booking.id);
      const auto there = std::exchange(events[id], {});
      events.erase(id);
      EXPECT_LE(there.size(), 1u) << id << ": two events of one lesson";
      if (booking.status == Status::cancelled) {
        EXPECT_TRUE(there.empty()) << id << " is cancelled";
      }
      if (booking.status != Status::booked || booking.lesson.end() <= world.now) continue;
      const auto owed = owed_.find(id);
      const bool asks = owed != owed_.end() && owed->second.version == booking.version && !owed->second.decided;
      const auto conflict = std::ranges::find(conflicts, booking.id, &store::Conflict::booking);
      if (conflict != conflicts.end()) {
        EXPECT_EQ(conflict->booking_version, booking.version) << id << ": what was decided is still asked about";
        check_conflict(*conflict, there);
        continue;
      }
      EXPECT_FALSE(asks) << id << ": " << text(owed->second.to) << " was undone without a word";
      ASSERT_EQ(there.size(), 1u) << id << " at " << text(booking.lesson);
      EXPECT_EQ(there[0].first, SyncedSchool::address(booking.instructor)) << id;
      EXPECT_EQ(text(there[0].second), text(booking.lesson)) << id;
    }
    EXPECT_TRUE(events.empty()) << events.begin()->first << ": an event of no lesson";
    const auto left = world.school.number("select count(*) from jobs where kind = 'calendar'");
    EXPECT_EQ(left, 0) << "what is still to be written";
  }
  void check_conflict(const store::Conflict& conflict, const Events::mapped_type& there) {
    explain(conflict);
    EXPECT_FALSE(conflict.decided_at) << base::to_text(conflict.booking) << ": decided, and not written";
    const auto stands = there.empty() ? std::nullopt : there[0].second;
    EXPECT_EQ(text(stands), text(conflict.moved_to)) << base::to_text(conflict.booking) << ": where it stands there";
  }

  using Ticks = std::set<base::Instant>;
  static void add(Ticks& ticks, const Interval& time, base::Instant from) {
    const auto tick = std::chrono::seconds{300};
    auto at = time.start() - time.start().time_since_epoch() % tick;
    for (; at < time.end(); at += tick)
      if (at >= from) ticks.insert(at);
  }

 public:
  static void check_busy(SyncedSchool& world) {
    for (int i = 1; i <= world.instructors; ++i) {
      Ticks known, taken;
      world.read([&](store::Transaction& tx) {
        known.clear();
        for (const store::Row row :
             tx.query("select starts_at, ends_at from busy where calendar_id = $1", world.calendar(i)))
          add(known, Interval::between(row.instant(0), row.instant(1)).value(), world.now);
      });
      for (const auto& time : taken_by(world.google.items(SyncedSchool::address(i)))) add(taken, time, world.now);
      EXPECT_TRUE(known == taken) << "busy times of instructor " << i << ": " << first_difference(known, taken);
    }
  }

 private:
  static std::string first_difference(const Ticks& known, const Ticks& taken) {
    for (const auto at : known)
      if (!taken.contains(at)) return base::to_text(at) + " is free there";
    for (const auto at : taken)
      if (!known.contains(at)) return base::to_text(at) + " is not known here";
    return "none";
  }

 public:
  /// What living events of others take, event by event.
  static std::vector<Interval> taken_by(const std::map<std::string, memory_google::Item>& items) {
    std::vector<Interval> times;
    std::set<std::pair<std::string, base::Instant>> exceptions;
    for (const auto& [id, item] : items)
      if (item.event.original) exceptions.emplace(item.event.series, *item.event.original);
    for (const auto& [id, item] : items) {
      const auto& event = item.event;
      if (!item.living() || item.lesson() || event.shows == calendars::Shows::free) continue;
      for (int day = 0; day < (event.repeats ? occurrences : 1); ++day) {
        const auto start = event.time->start() + std::chrono::days{day};
        if (!exceptions.contains({id, start})) times.push_back(Interval::of(start, event.time->length()));
      }
    }
    return times;
  }

 private:
  /// Who did what is in the log: people here in requests of theirs, humans there by what they did, and nobody else.
  void check_log(SyncedSchool& world) {
    std::map<base::BookingId, Booking> now;
    for (const auto& [position, event] :
         world.read([&](store::Transaction& tx) { return store::events_after(tx, world.school.school, 0, 100'000); })) {
      if (!event.stream.starts_with("booking/")) continue;
      const auto after = store::booking_after(event);
      const auto id = base::to_text(after.id);
      if (event.correlation_id.starts_with("here-")) {
        EXPECT_TRUE(done_here.contains(event.correlation_id)) << id << ": " << event.type;
      } else {
        ++followed;
        EXPECT_EQ(event.type, "booking_moved") << id << " by " << event.correlation_id;
        EXPECT_TRUE(humans_[id].contains(after.lesson)) << id << ": nobody moved it to " << text(after.lesson);
        EXPECT_EQ(refused(now, now.at(after.id), after, event.at), "") << id << " to " << text(after.lesson);
      }
      now.insert_or_assign(after.id, after);
      written_[id].insert(after.lesson);
    }
  }
  /// Why the lesson would not have booked at its new time, by the rules of the test's school; "": it would.
  static std::string refused(const std::map<base::BookingId, Booking>& all, const Booking& before, const Booking& after,
                             base::Instant at) {
    if (before.lesson.length() != after.lesson.length()) return "another length";
    const std::chrono::hh_mm_ss time{after.lesson.start() -
                                     std::chrono::floor<std::chrono::days>(after.lesson.start())};
    const auto weekday = std::chrono::weekday{std::chrono::floor<std::chrono::days>(after.lesson.start())};
    const auto minutes = std::chrono::floor<std::chrono::minutes>(time.to_duration());
    if (weekday == std::chrono::Saturday || weekday == std::chrono::Sunday) return "closed";
    if (minutes < std::chrono::hours{9} || minutes + after.lesson.length() > std::chrono::hours{18}) return "hours";
    if (minutes % std::chrono::minutes{15} != std::chrono::minutes{0}) return "grid";
    if (after.lesson.start() < at + std::chrono::hours{24}) return "notice";
    for (const auto& [id, other] : all) {
      if (id == after.id || !domain::blocks(other.status)) continue;
      if (other.instructor == after.instructor && other.occupied.overlaps(after.occupied)) return "instructor";
      if (other.learner == after.learner && other.lesson.overlaps(after.lesson)) return "learner";
    }
    return "";
  }

  /// Lessons' events alone were written, and only with times that the lesson had.
  void check_writes(SyncedSchool& world) {
    for (const auto& wrong : world.google.wrongs) ADD_FAILURE() << wrong;
    std::map<std::string, std::string> bookings;
    for (const auto& [booking, times] : written_)
      for (int generation = 0; generation < 20; ++generation)
        bookings.emplace(calendars::event_id(booking, generation), booking);
    for (const auto& call : world.google.calls)
      if (call.time) {
        EXPECT_TRUE(written_[bookings[call.id]].contains(*call.time)) << call.what << " to " << text(call.time);
      }
  }

  /// What a human has done to a lesson of this version is followed or asked about.
  struct Owed {
    std::int64_t version;
    std::optional<Interval> to;
    bool decided = false;
  };
  std::map<std::string, Owed> owed_;
  int requests_ = 0;
  std::map<std::string, std::set<std::optional<Interval>>> humans_;  ///< By booking.
  std::map<std::string, std::set<Interval>> written_;
};

}  // namespace sync_policy
