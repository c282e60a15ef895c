#include <set>

#include "actions/school.h"

namespace actions {

namespace {

using base::Code;
using base::Result;
using domain::Minutes;
using store::Transaction;

constexpr std::size_t constraints_at_most = 500;
constexpr Code settable[] = {Code::learner_daily_maximum, Code::learner_weekly_maximum, Code::instructor_daily_minutes,
                             Code::break_needed, Code::open_bookings};

ConstraintsView view(Transaction& tx, const Caller& caller) {
  return {store::load_rules(tx, caller.school()).school.constraints,
          std::max<std::int64_t>(1, store::constraints_version(tx, caller.school()))};
}

}  // namespace

bool is_settable(Code rule) {
  return std::find(std::begin(settable), std::end(settable), rule) != std::end(settable);
}

base::Done check_constraints(Transaction& tx, const Caller& caller, const std::vector<domain::Constraint>& items) {
  Faults faults;
  faults.unless(items.size() <= constraints_at_most, "/items", "At most 500.");
  std::set<std::pair<Code, std::int64_t>> seen;
  for (std::size_t i = 0; i < items.size() && i < constraints_at_most; ++i) {
    const auto& item = items[i];
    const auto at = [&](std::string_view name) { return fmt::format("/items/{}/{}", i, name); };
    faults.unless(is_settable(item.rule), at("rule"), "No limit can be set for this rule.");
    faults.unless(item.value >= 1 && item.value <= 10'080, at("value"), "Must be between 1 and 10080.");
    if (item.rule == Code::break_needed)
      faults.minutes(item.break_length, at("break_minutes"), Minutes{5}, Minutes{720});
    else
      faults.unless(item.break_length == Minutes{0}, at("break_minutes"), "Only for the rule break.");
    faults.text(item.message, at("message"), 200, 0);
    if (item.instructor)
      faults.unless(store::is_instructor(tx, caller.school(), *item.instructor), at("scope/id"),
                    "There is no such instructor.");
    faults.unless(seen.insert({item.rule, item.instructor.value_or(base::InstructorId{}).value}).second, at("rule"),
                  "This rule stands twice for the same scope.");
  }
  return faults.verdict();
}

Result<ConstraintsView> get_constraints(const Context& context, const Caller& caller) {
  TRY(auth::may(caller.principal, auth::Action::read_constraints));
  return context.database.read(caller.school(), [&](Transaction& tx) { return view(tx, caller); });
}

Result<ConstraintsView> set_constraints(const Context& context, const Caller& caller, std::int64_t version,
                                        std::vector<domain::Constraint> items) {
  TRY(auth::may(caller.principal, auth::Action::change_constraints));
  return change_rules<ConstraintsView>(context, caller, [&](Transaction& tx) -> Result<ConstraintsView> {
    const auto current = store::constraints_version(tx, caller.school());
    TRY(expect(version, std::max<std::int64_t>(1, current)));
    TRY(check_constraints(tx, caller, items));
    // Where nothing was set yet, version 1 was shown for it: it becomes an event of its own.
    if (current == 0) store::put_constraints(tx, caller.author(), 1, {});
    store::put_constraints(tx, caller.author(), std::max<std::int64_t>(1, current) + 1, items);
    return view(tx, caller);
  });
}

}  // namespace actions
