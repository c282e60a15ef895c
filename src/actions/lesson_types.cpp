#include "actions/catalogue.h"

namespace actions {

namespace {

using base::Result;
using domain::Minutes;
using store::OfferedLesson;
using store::Transaction;

constexpr Minutes one_day{1'440}, half_day{720}, one_year{525'600};

void take_over(OfferedLesson& lesson, const LessonTypeInput& input) {
  auto& rules = lesson.rules;
  lesson.name = input.name.value_or(lesson.name);
  lesson.price = input.price.value_or(lesson.price);
  rules.length = input.length.value_or(rules.length);
  rules.step = input.step.value_or(rules.step);
  rules.buffer_before = input.buffer_before.value_or(rules.buffer_before);
  rules.buffer_after = input.buffer_after.value_or(rules.buffer_after);
  rules.notice_book = input.notice_book.value_or(rules.notice_book);
  rules.notice_move = input.notice_move.value_or(rules.notice_move);
  rules.notice_cancel = input.notice_cancel.value_or(rules.notice_cancel);
  rules.horizon = input.horizon.value_or(rules.horizon);
  rules.transmission = input.transmission.value_or(rules.transmission);
  rules.needs_vehicle = input.needs_vehicle.value_or(rules.needs_vehicle);
  rules.active = input.active.value_or(rules.active);
}

base::Done check(const OfferedLesson& lesson, const std::string& currency) {
  Faults faults;
  const auto& rules = lesson.rules;
  faults.text(lesson.name, "/name");
  faults.minutes(rules.length, "/length_minutes", Minutes{5}, one_day);
  faults.minutes(rules.step, "/step_minutes", Minutes{5}, one_day);
  faults.minutes(rules.buffer_before, "/buffer_before_minutes", Minutes{0}, half_day);
  faults.minutes(rules.buffer_after, "/buffer_after_minutes", Minutes{0}, half_day);
  faults.minutes(rules.notice_book, "/notice_book_minutes", Minutes{0}, one_year);
  faults.minutes(rules.notice_move, "/notice_move_minutes", Minutes{0}, one_year);
  faults.minutes(rules.notice_cancel, "/notice_cancel_minutes", Minutes{0}, one_year);
  faults.unless(rules.length + rules.buffer_before + rules.buffer_after <= one_day, "/length_minutes",
                "With its buffers a lesson lasts at most 24 hours.");
  // So that lesson and turnaround together stay within the longest block.
  faults.unless(!rules.needs_vehicle || rules.length <= half_day, "/length_minutes",
                "A lesson that needs a vehicle lasts at most 12 hours.");
  faults.unless(rules.horizon >= std::chrono::days{1} && rules.horizon <= std::chrono::days{730}, "/horizon_days",
                "Must be between 1 and 730.");
  faults.unless(lesson.price.amount_minor >= 0 && lesson.price.amount_minor <= 100'000'000, "/price/amount_minor",
                "Must be between 0 and 100000000.");
  faults.unless(lesson.price.currency == currency, "/price/currency",
                fmt::format("This school counts in {}.", currency));
  return faults.verdict();
}

Result<OfferedLesson> known_lesson(Transaction& tx, const Caller& caller, base::LessonTypeId id) {
  const auto rules = store::load_rules(tx, caller.school());
  const auto* lesson = rules.lesson(id);
  if (!lesson) return auth::not_found();
  return *lesson;
}

}  // namespace

Result<Made<OfferedLesson>> create_lesson_type(const Context& context, const Caller& caller,
                                               const LessonTypeInput& input, const store::RequestKey& key) {
  TRY(auth::may(caller.principal, auth::Action::manage_catalogue));
  Faults missing;
  missing.unless(input.name.has_value(), "/name", "Required.");
  missing.unless(input.length.has_value(), "/length_minutes", "Required.");
  missing.unless(input.price.has_value(), "/price", "Required.");
  TRY(missing.verdict());
  return change_rules<Made<OfferedLesson>>(context, caller, [&](Transaction& tx) -> Result<Made<OfferedLesson>> {
    if (const auto earlier = TRY(store::claim(tx, key, caller.now)))
      return Made<OfferedLesson>{TRY(known_lesson(tx, caller, {earlier->resource})), true};
    OfferedLesson lesson{.rules = {.id = base::make<base::LessonTypeId>(), .step = Minutes{15}}, .version = 1};
    take_over(lesson, input);
    TRY(check(lesson, store::find_school(tx, caller.school()).currency));
    store::put_lesson(tx, caller.author(), lesson);
    store::remember(tx, key, {201, lesson.rules.id.value});
    return Made<OfferedLesson>{lesson};
  });
}

Result<OfferedLesson> update_lesson_type(const Context& context, const Caller& caller, base::LessonTypeId id,
                                         std::int64_t version, const LessonTypeInput& input) {
  TRY(auth::may(caller.principal, auth::Action::manage_catalogue));
  return change_rules<OfferedLesson>(context, caller, [&](Transaction& tx) -> Result<OfferedLesson> {
    auto lesson = TRY(known_lesson(tx, caller, id));
    TRY(expect(version, lesson.version));
    take_over(lesson, input);
    TRY(check(lesson, store::find_school(tx, caller.school()).currency));
    ++lesson.version;
    store::put_lesson(tx, caller.author(), lesson);
    return lesson;
  });
}

base::Done delete_lesson_type(const Context& context, const Caller& caller, base::LessonTypeId id) {
  TRY(auth::may(caller.principal, auth::Action::manage_catalogue));
  return change_rules<std::monostate>(context, caller, [&](Transaction& tx) -> base::Done {
    const auto lesson = TRY(known_lesson(tx, caller, id));
    TRY(unless_in_use(store::bookings_with(tx, caller.school(), id)));
    store::remove_lesson(tx, caller.author(), lesson);
    return base::done();
  });
}

Result<OfferedLesson> get_lesson_type(const Context& context, const Caller& caller, base::LessonTypeId id) {
  TRY(auth::may(caller.principal, auth::Action::read_catalogue));
  return context.database.read(caller.school(), [&](Transaction& tx) -> Result<OfferedLesson> {
    const auto rules = context.cache.rules(tx, caller.school());
    const auto* lesson = rules->lesson(id);
    if (!lesson) return auth::not_found();
    return *lesson;
  });
}

Result<Page<OfferedLesson>> list_lesson_types(const Context& context, const Caller& caller, const PageQuery& page) {
  TRY(auth::may(caller.principal, auth::Action::read_catalogue));
  auto all = context.database.read(
      caller.school(), [&](Transaction& tx) { return context.cache.rules(tx, caller.school())->lessons; },
      caller.freshness);
  return page_of(std::move(all), page, [](const OfferedLesson& lesson) { return lesson.rules.id.value; });
}

}  // namespace actions
