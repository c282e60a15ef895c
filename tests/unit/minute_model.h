/// The slow obvious model of availability: walks through a lesson minute by minute and reads the school's clock at
/// each. Shares no code with src/domain but the data that goes in.
#pragma once

#include <memory>

#include "domain/availability.h"

namespace minute_model {

/// What a clock on the wall shows over some days.
struct Clock;

class Model {
 public:
  /// Answers about starts on the local dates [from, to).
  Model(const domain::Question& question, domain::Date from, domain::Date to);

  /// The instants of the dates at which a five-minute tick begins.
  std::vector<domain::Instant> ticks() const;
  std::vector<base::Code> refusals(domain::Instant start) const;
  /// Of a start that is not refused.
  base::VehicleId vehicle(domain::Instant start) const;

 private:
  using Owners = std::vector<std::uint32_t>;  ///< By minute: one bit for each who blocks it.
  struct Range {
    int begin;  ///< First minute.
    int end;
  };

  int minute(domain::Instant instant) const;
  std::int64_t day_of(int at) const;
  void read_hours();
  void paint(Owners& owners, const domain::Interval& span, std::uint32_t owner) const;
  std::uint32_t owners_in(const Owners& owners, int begin, int end) const;

  bool second_pass(int start) const;
  bool off_grid(int start) const;
  bool outside_hours(int start) const;
  bool closed(int start) const;
  bool under_age(int start) const;
  bool vehicle_fits(const domain::Vehicle& vehicle) const;
  bool vehicle_free(std::size_t vehicle, int start) const;
  std::optional<base::Code> vehicle_problem(int start) const;
  std::int64_t lessons_of_learner(int start, int days) const;
  std::int64_t minutes_of_day(int start) const;
  std::int64_t minutes_in_a_row(int start, std::int64_t break_length) const;
  std::optional<domain::Constraint> limit(base::Code rule) const;

  const domain::Question& question_;
  domain::Date from_;
  domain::Date to_;
  int length_;
  std::shared_ptr<const Clock> clock_;
  std::vector<Range> ranges_;
  Owners time_off_, bare_, wide_, learner_;
  std::vector<Owners> vehicles_;
  struct Lesson {
    std::int64_t day;  ///< Local, of the start, since 1970.
    std::int64_t minutes;
  };
  std::vector<Lesson> lessons_;   ///< Of the instructor, in the order of their bits in `bare_`.
  std::vector<Lesson> learners_;  ///< Of the learner.
};

}  // namespace minute_model
