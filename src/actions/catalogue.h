/// What a school offers and what it offers it with: lesson types, vehicles, closures. Everybody in the school reads
/// them, admin and office change them. Inputs have what was given; the rest stays as it is, or as new ones begin.
#pragma once

#include "actions/faults.h"
#include "store/idempotency.h"
#include "store/schedules.h"

namespace actions {

struct LessonTypeInput {
  std::optional<std::string> name{};
  std::optional<domain::Minutes> length{}, step{}, buffer_before{}, buffer_after{};
  std::optional<domain::Minutes> notice_book{}, notice_move{}, notice_cancel{};
  std::optional<std::chrono::days> horizon{};
  std::optional<domain::Money> price{};
  std::optional<domain::Transmission> transmission{};
  std::optional<bool> needs_vehicle{}, active{};
};
base::Result<Made<store::OfferedLesson>> create_lesson_type(const Context& context, const Caller& caller,
                                                            const LessonTypeInput& input, const store::RequestKey& key);
base::Result<store::OfferedLesson> update_lesson_type(const Context& context, const Caller& caller,
                                                      base::LessonTypeId id, std::int64_t version,
                                                      const LessonTypeInput& input);
base::Done delete_lesson_type(const Context& context, const Caller& caller, base::LessonTypeId id);
base::Result<store::OfferedLesson> get_lesson_type(const Context& context, const Caller& caller, base::LessonTypeId id);
base::Result<Page<store::OfferedLesson>> list_lesson_types(const Context& context, const Caller& caller,
                                                           const PageQuery& page);

struct VehicleInput {
  std::optional<std::string> name{};
  std::optional<domain::Transmission> transmission{};  ///< manual or automatic.
  std::optional<domain::Minutes> turnaround{};
  std::optional<std::vector<base::InstructorId>> drivers{};
  std::optional<bool> active{};
};
base::Result<Made<store::VehicleRow>> create_vehicle(const Context& context, const Caller& caller,
                                                     const VehicleInput& input, const store::RequestKey& key);
base::Result<store::VehicleRow> update_vehicle(const Context& context, const Caller& caller, base::VehicleId id,
                                               std::int64_t version, const VehicleInput& input);
base::Done delete_vehicle(const Context& context, const Caller& caller, base::VehicleId id);
base::Result<store::VehicleRow> get_vehicle(const Context& context, const Caller& caller, base::VehicleId id);
base::Result<Page<store::VehicleRow>> list_vehicles(const Context& context, const Caller& caller,
                                                    const PageQuery& page);

struct ClosureInput {
  std::optional<std::string> name{};
  std::optional<domain::Date> from{}, to{};
};
/// With the bookings, requested or booked and not over, that lie in it: they stay until somebody decides about them.
struct ClosureView {
  store::ClosureRow closure;
  std::vector<base::BookingId> affected;
};
base::Result<Made<ClosureView>> create_closure(const Context& context, const Caller& caller, const ClosureInput& input,
                                               const store::RequestKey& key);
base::Result<ClosureView> update_closure(const Context& context, const Caller& caller, base::ClosureId id,
                                         std::int64_t version, const ClosureInput& input);
base::Done delete_closure(const Context& context, const Caller& caller, base::ClosureId id);
base::Result<ClosureView> get_closure(const Context& context, const Caller& caller, base::ClosureId id);
base::Result<Page<ClosureView>> list_closures(const Context& context, const Caller& caller, const PageQuery& page);

}  // namespace actions
