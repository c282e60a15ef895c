#include "actions/faults.h"

#include "base/json.h"

namespace actions {

void Faults::text(std::string_view value, const std::string& pointer, std::size_t max, std::size_t min) {
  if (auto problem = base::text_problem(value, {.min = min, .max = max})) unless(false, pointer, std::move(*problem));
}

void Faults::minutes(domain::Minutes value, const std::string& pointer, domain::Minutes min, domain::Minutes max) {
  unless(value >= min && value <= max && domain::on_tick(value), pointer,
         fmt::format("Must be a multiple of 5 between {} and {}.", min.count(), max.count()));
}

base::Done Faults::verdict() const {
  if (fields_.empty()) return base::done();
  return base::refuse(base::Error{
      .code = base::Code::invalid_input, .detail = "Some of this cannot be taken over.", .fields = fields_});
}

}  // namespace actions
