#include "actions/feeds.h"

#include <set>

#include "actions/wording.h"
#include "auth/roles.h"
#include "store/sign_in.h"

namespace actions {

namespace {

using base::Result;
using notify::Side;
using store::Transaction;

constexpr std::chrono::days past{90};
constexpr int most_lessons = 2'000;

base::Done has_lessons(const Caller& caller) {
  const auto role = caller.principal.role;
  if (role == auth::Role::instructor || role == auth::Role::learner) return base::done();
  return base::refuse(base::Code::forbidden, "Calendar feeds are for instructors and learners.");
}

bool shown(domain::Status status) {
  using enum domain::Status;
  return status == requested || status == booked || status == delivered || status == no_show;
}

FeedText calendar(const Identity& identity, Transaction& tx, base::SchoolId school, const store::Person& person,
                  base::Instant now) {
  const auto side = person.role == store::Role::learner ? Side::learner : Side::instructor;
  store::BookingFilter filter{.from = now - past, .to = {}, .limit = most_lessons};
  if (side == Side::learner) filter.learner = {person.id.value};
  if (side == Side::instructor) filter.instructor = {person.id.value};
  Wording words(identity.context, identity.people, tx, school);
  std::vector<notify::FeedEntry> entries;
  std::set<base::PersonId> learners;
  for (const auto& booking : store::list_bookings(tx, school, filter))
    if (shown(booking.status)) {
      entries.push_back(
          {words.lesson(booking), store::written_at(tx, school, store::stream_of(booking.id), booking.version)});
      learners.insert({booking.learner.value});
    }
  learners.erase(person.id);
  return {.text = notify::calendar_for_feed(words.rules().name, side, entries, notify::host_of(identity.public_url)),
          .school = school,
          .person = person.id,
          .learners = {learners.begin(), learners.end()}};
}

}  // namespace

Result<Feed> make_feed(const Identity& identity, const Caller& caller) {
  TRY(has_lessons(caller));
  const auto token = auth::make_link_token(caller.school());
  return identity.context.database.transact<Feed>(caller.school(), [&](Transaction& tx) -> Result<Feed> {
    store::put_feed(tx, caller.school(), caller.principal.person, token.hash, caller.now);
    return Feed{identity.public_url + "/feeds/" + token.text + ".ics", caller.now};
  });
}

Result<std::optional<Feed>> get_feed(const Context& context, const Caller& caller) {
  TRY(has_lessons(caller));
  const auto since = context.database.read(
      caller.school(), [&](Transaction& tx) { return store::feed_of(tx, caller.school(), caller.principal.person); });
  return since ? std::optional(Feed{"", *since}) : std::nullopt;
}

base::Done end_feed(const Context& context, const Caller& caller) {
  TRY(has_lessons(caller));
  return context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    store::drop_feed(tx, caller.school(), caller.principal.person);
    return base::done();
  });
}

Result<FeedText> read_feed(const Identity& identity, std::string_view token, base::Instant now) {
  const auto link = auth::parse_link_token(token);
  if (!link) return auth::not_found();
  return identity.context.database.read(link->school, [&](Transaction& tx) -> Result<FeedText> {
    const auto id = store::find_feed(tx, link->school, link->hash);
    const auto person = id ? identity.people.find(tx, link->school, *id) : std::nullopt;
    if (!person || !person->active) return auth::not_found();
    return calendar(identity, tx, link->school, *person, now);
  });
}

}  // namespace actions
