#include <random>

#include "actions/bookings.h"
#include "actions/catalogue.h"
#include "actions/demo_school.h"
#include "actions/find_times.h"
#include "actions/school.h"
#include "actions/setup.h"
#include "actions/working_time.h"

namespace actions {

namespace {

using base::Result;
using domain::Minutes;
using std::chrono::days;
using std::chrono::hours;
using store::Transaction;

constexpr days filled_before{14}, filled_after{21}, booked_ahead{10};
constexpr int lessons_a_day = 2;  ///< Tried with each teacher.

/// The school as the steps below need it.
struct Cast {
  base::SchoolId school;
  Caller admin;
  std::vector<base::InstructorId> teachers;  ///< In the order of demo::teachers, likewise the others.
  std::vector<base::LearnerId> learners;
  std::vector<base::LessonTypeId> offers;
};

Caller caller_of(base::SchoolId school, base::PersonId admin, base::Instant now) {
  return {.principal = {.school = school, .person = admin, .role = store::Role::admin},
          .now = now,
          .correlation_id = "demo",
          .quiet = true};
}
/// These steps are repeated by nobody.
const store::RequestKey no_key{};

std::string address_of(std::string_view name) {
  std::string address;
  for (const char c : name)
    if (c == ' ')
      address += '.';
    else if (c != '\'')
      address += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return address + "@demo.test";
}

Result<base::PersonId> add_person(const Identity& identity, const Caller& admin, Group group,
                                  const PersonInput& input) {
  return TRY(create_person(identity, admin, group, input, no_key)).value.person.id;
}

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text)
    if (c == ' ')
      words.emplace_back();
    else
      words.back() += c;
  return words;
}

Result<base::InstructorId> add_teacher(const Identity& identity, const Caller& admin, const demo::Teacher& teacher) {
  const auto person = TRY(add_person(identity, admin, Group::instructors,
                                     {.name = std::string(teacher.name),
                                      .email = std::string(teacher.email),
                                      .phone = std::string(teacher.phone),
                                      .languages = words_in(teacher.languages),
                                      .areas = words_in(teacher.areas)}));
  const base::InstructorId id{person.value};
  std::vector<domain::Hours::Weekly> weekly;
  for (const char day : teacher.days) {
    const auto weekday = static_cast<unsigned>(day - '0');
    const bool short_day = weekday == 6;  // Saturdays end at noon or begin then, whoever it is.
    const int lunch = (teacher.first_hour + teacher.last_hour) / 2;
    weekly.push_back({weekday, {hours{teacher.first_hour}, hours{lunch}}});
    if (!short_day) weekly.push_back({weekday, {hours{lunch} + Minutes{45}, hours{teacher.last_hour}}});
  }
  TRY(set_hours(identity.context, admin, id, 1, weekly));
  return id;
}

Result<std::vector<base::InstructorId>> add_teachers(const Identity& identity, const Caller& admin) {
  std::vector<base::InstructorId> ids;
  ids.reserve(std::size(demo::teachers));
  for (const auto& teacher : demo::teachers) ids.push_back(TRY(add_teacher(identity, admin, teacher)));
  return ids;
}

base::Done add_cars(const Identity& identity, const Caller& admin, const std::vector<base::InstructorId>& teachers) {
  for (const auto& car : demo::cars) {
    std::vector<base::InstructorId> drivers;
    for (std::size_t i = 0; i < teachers.size(); ++i)
      if (car.automatic ? demo::teachers[i].automatic : demo::teachers[i].manual) drivers.push_back(teachers[i]);
    TRY(create_vehicle(identity.context, admin,
                       {.name = std::string(car.name),
                        .transmission = car.automatic ? domain::Transmission::automatic : domain::Transmission::manual,
                        .drivers = drivers},
                       no_key));
  }
  return base::done();
}

base::Done add_offers(const Identity& identity, const Caller& admin) {
  for (const auto& offer : demo::offers)
    TRY(create_lesson_type(
        identity.context, admin,
        {.name = std::string(offer.name),
         .length = Minutes{offer.length_minutes},
         .step = Minutes{30},
         .buffer_after = Minutes{offer.buffer_after_minutes},
         .notice_book = hours{12},
         .notice_move = hours{24},
         .notice_cancel = hours{48},
         .horizon = days{75},
         .price = domain::Money{offer.price_minor, "GBP"},
         .transmission = offer.automatic ? domain::Transmission::automatic : domain::Transmission::manual},
        no_key));
  return base::done();
}

base::Done add_learners(const Identity& identity, const Caller& admin) {
  for (std::size_t i = 0; i < demo::learners.size(); ++i) {
    const auto name = demo::learners[i];
    const auto email = i == 0 ? std::string(demo_accounts[2]) : address_of(name);
    const auto id =
        TRY(add_person(identity, admin, Group::learners,
                       {.name = std::string(name), .email = email, .phone = fmt::format("020 7946 {:04}", 200 + i)}));
    const auto street = demo::streets[i % demo::streets.size()];
    TRY(create_place(identity.context, admin, {id.value}, fmt::format("{} {}", 3 + i * 7 % 90, street),
                     fmt::format("N{} {}QX", 1 + i % 9, 1 + i % 8), no_key));
  }
  return base::done();
}

base::Done add_rules(const Identity& identity, const Caller& admin, const domain::Zone& zone,
                     base::InstructorId resting) {
  using base::Code;
  TRY(set_constraints(identity.context, admin, 1,
                      {{.rule = Code::learner_daily_maximum, .value = 2},
                       {.rule = Code::learner_weekly_maximum, .value = 4},
                       {.rule = Code::instructor_daily_minutes, .value = 480},
                       {.rule = Code::break_needed, .value = 240, .break_length = Minutes{30}},
                       {.rule = Code::open_bookings, .value = 10}}));
  const auto today = std::chrono::sys_days{zone.day_of(admin.now)};
  TRY(create_closure(identity.context, admin,
                     {.name = "Staff training", .from = today + days{24}, .to = today + days{25}}, no_key));
  const auto from = zone.at(today + days{16}, Minutes{0}), to = zone.at(today + days{19}, Minutes{0});
  TRY(add_time_off(identity.context, admin, resting, {from, to}, no_key));
  return base::done();
}

base::Done add_passwords(const Identity& identity, const Caller& admin) {
  const auto hash = TRY(identity.passwords.hash(demo_password));
  return identity.context.database.transact<std::monostate>(admin.school(), [&](Transaction& tx) {
    for (const auto email : demo_accounts) {
      const auto id = store::person_with_email(tx, admin.school(), identity.people.email_hash(admin.school(), email));
      store::set_password(tx, admin.school(), *id, hash, admin.now);
      store::drop_links(tx, admin.school(), *id);
    }
    return base::done();
  });
}

base::Done make_school(const Identity& identity, base::Instant now) {
  const auto made = TRY(set_up(identity,
                               {.slug = std::string(demo::slug),
                                .name = std::string(demo::school_name),
                                .zone = "Europe/London",
                                .currency = "GBP",
                                .admin_name = "Helen Marsh",
                                .admin_email = std::string(demo_accounts[0])},
                               now, "demo"));
  const auto admin = caller_of(made.school, made.admin, now);
  TRY(update_school(identity.context, admin, 1, {.registration = true, .guests = true}));
  TRY(add_person(identity, admin, Group::users,
                 {.name = "Priya Nair", .email = "office@demo.test", .role = store::Role::office}));
  const auto teachers = TRY(add_teachers(identity, admin));
  TRY(add_cars(identity, admin, teachers));
  TRY(add_offers(identity, admin));
  TRY(add_learners(identity, admin));
  TRY(add_rules(identity, admin, domain::Zone::load("Europe/London").value(), teachers[4]));
  return add_passwords(identity, admin);
}

/// Who is there, found again by address: whoever was renamed or removed meanwhile is left out.
Cast find_cast(const Identity& identity, base::SchoolId school, base::Instant now) {
  return identity.context.database.read(school, [&](Transaction& tx) {
    const auto person = [&](std::string_view email) {
      const auto id = store::person_with_email(tx, school, identity.people.email_hash(school, email));
      return id ? id->value : 0;
    };
    Cast cast{.school = school, .admin = caller_of(school, {person(demo_accounts[0])}, now)};
    for (const auto& teacher : demo::teachers) cast.teachers.push_back({person(teacher.email)});
    for (std::size_t i = 0; i < demo::learners.size(); ++i)
      cast.learners.push_back({person(i == 0 ? demo_accounts[2] : address_of(demo::learners[i]))});
    for (const auto& lesson : store::load_rules(tx, school).lessons) cast.offers.push_back(lesson.rules.id);
    return cast;
  });
}

/// A lesson of this teacher with one of their learners on that day, at one of the times that are free.
bool book_one(const Identity& identity, const Cast& cast, std::size_t teacher, std::chrono::sys_days day,
              std::mt19937& random) {
  const auto learner = cast.learners[teacher + 6 * (random() % 5)];
  const bool automatic = !demo::teachers[teacher].manual;
  const auto offer = cast.offers[random() % 4 == 0 ? (automatic ? 3u : 2u) : (automatic ? 1u : 0u)];
  auto caller = cast.admin;  // As if the office had booked it some days before.
  caller.now = std::min(cast.admin.now, base::Instant{day - booked_ahead});
  if (!learner || !cast.teachers[teacher]) return false;
  const auto times = find_times(
      identity.context, caller,
      {.type = offer, .from = day, .to = day + days{1}, .instructor = cast.teachers[teacher], .learner = learner});
  if (!times || times->slots.empty()) return false;
  const auto& slot = times->slots[random() % times->slots.size()];
  return make_booking(
             identity.context, caller,
             {.type = offer, .start = slot.lesson.start(), .instructor = cast.teachers[teacher], .learner = learner},
             no_key)
      .has_value();
}

bool has_lessons(const Identity& identity, const Cast& cast, const domain::Zone& zone, std::chrono::sys_days day) {
  const auto from = zone.at(day, Minutes{0}), to = zone.at(day + days{1}, Minutes{0});
  return identity.context.database.read(cast.school, [&](Transaction& tx) {
    return !store::list_bookings(tx, cast.school, {.from = from, .to = to, .limit = 1}).empty();
  });
}

int fill(const Identity& identity, const Cast& cast, const domain::Zone& zone) {
  int booked = 0;
  const auto today = std::chrono::sys_days{zone.day_of(cast.admin.now)};
  for (auto day = today - filled_before; day < today + filled_after; day += days{1}) {
    if (has_lessons(identity, cast, zone, day)) continue;
    std::mt19937 random(static_cast<unsigned>(day.time_since_epoch().count()));  // The same day, the same lessons.
    for (std::size_t teacher = 0; teacher < cast.teachers.size(); ++teacher)
      for (int i = 0; i < lessons_a_day; ++i) booked += book_one(identity, cast, teacher, day, random);
  }
  return booked;
}

/// Lessons that are over got delivered, but for one in twenty-five whom nobody met.
int settle(const Identity& identity, const Cast& cast) {
  int settled = 0;
  const auto over = identity.context.database.read(cast.school, [&](Transaction& tx) {
    return store::list_bookings(tx, cast.school,
                                {.to = cast.admin.now - hours{3}, .status = domain::Status::booked, .limit = 2'000});
  });
  for (const auto& booking : over) {
    auto caller = cast.admin;
    caller.now = booking.lesson.end();
    const bool missed = booking.id.value % 25 == 0;
    settled += record_outcome(identity.context, caller, booking.id, booking.version,
                              missed ? domain::Status::no_show : domain::Status::delivered)
                   .has_value();
  }
  return settled;
}

}  // namespace

Result<Demo> make_demo(const Identity& identity, base::Instant now) {
  const auto find = [&] {
    return identity.context.database.read(store::no_school,
                                          [](Transaction& tx) { return store::school_with_slug(tx, demo::slug); });
  };
  auto school = find();
  Demo made{.fresh = !school};
  if (!school) {
    TRY(make_school(identity, now));
    school = find();
  }
  made.school = *school;
  const auto cast = find_cast(identity, *school, now);
  if (cast.offers.size() < demo::offers.size() || !cast.admin.principal.person) return made;
  const auto zone = identity.context.database.read(
      *school, [&](Transaction& tx) { return domain::Zone::load(store::find_school(tx, *school).zone).value(); });
  made.booked = fill(identity, cast, zone);
  made.settled = settle(identity, cast);
  return made;
}

}  // namespace actions
