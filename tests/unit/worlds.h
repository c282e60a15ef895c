/// Random schools, drawn so that every rule gets its turn to be the only one that refuses.
#pragma once

#include <random>

#include "domain/availability.h"

namespace worlds {

/// Everything one question borrows. Not movable: the question points into it.
struct World {
  World(const World&) = delete;
  explicit World(std::uint32_t seed);

  domain::School school;
  domain::LessonType type;
  domain::Instructor instructor;
  domain::Learner learner;
  std::vector<domain::Vehicle> vehicles;
  std::vector<const domain::Vehicle*> vehicle_pointers;
  domain::Question question;
  domain::Date from;
  domain::Date to;

 private:
  int below(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }
  /// Some worlds are made for one of the rarer rules to refuse, and for the others to stay quiet.
  bool made_for(base::Code rule) const { return rule == theme_; }
  bool made_for_vehicles() const { return made_for(base::Code::who_may_drive) || made_for(base::Code::vehicle_busy); }
  bool chance(int percent) { return below(100) < percent; }
  template <class T>
  T any_of(std::initializer_list<T> values) {
    return values.begin()[below(int(values.size()))];
  }
  domain::Minutes ticks(int count) { return below(count) * domain::tick; }
  domain::Interval span_near(domain::Instant around, int ticks_before, int ticks_after, domain::Minutes longest);
  std::vector<domain::WallRange> ranges();

  void draw_place_and_time();
  void draw_type();
  void draw_hours();
  void draw_cuts();
  void draw_vehicles();
  void draw_bookings();
  void draw_limits();

  std::mt19937 random_;
  base::Code theme_;
  domain::Instant noon_;  ///< About the middle of the window.
};

}  // namespace worlds
