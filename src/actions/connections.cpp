#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "actions/faults.h"
#include "actions/outside.h"
#include "auth/roles.h"
#include "base/crypto.h"
#include "calendars/google.h"
#include "store/jobs.h"
#include "store/sign_in.h"

namespace actions {

namespace {

using auth::Action;
using base::Code;
using base::Result;
using calendars::Failure;
using calendars::Listed;
using calendars::Trouble;
using store::CalendarConnection;
using store::KeyOwner;
using store::OutsideCalendar;
using store::Transaction;

constexpr std::string_view provider_name = "google";
constexpr int most_lessons_ahead = 2'000, most_busy_times = 10'000, most_busy_days = 42;

Purpose connecting_calendars() {
  return {.id = "google-calendar",
          .path = "/api/v1/calendar/connections/google/callback",
          .scope = fmt::format("openid email {} {} {}", calendars::google_events_scope, calendars::google_list_scope,
                               calendars::google_busy_scope),
          .extra = auth::offline_access};
}

/// Without these there is nothing to connect; free/busy answers are a help that can be done without.
bool enough(const auth::Grant& grant) {
  return grant.covers(calendars::google_events_scope) && grant.covers(calendars::google_list_scope);
}

auto no_provider() {
  return base::refuse(Code::not_found, "There is no provider of calendars here.");
}

tl::unexpected<base::Error> in_words(const Failure& failure) {
  if (failure.why == Trouble::consent)
    return base::refuse(Code::wrong_status, "Google does not let us in any more. Connect the calendar again.");
  return base::refuse(Code::unavailable, "Google does not answer at the moment. Try again soon.");
}

Result<CalendarConnection> own_connection(Transaction& tx, const Caller& caller, std::int64_t id, Action action) {
  const auto found = store::find_connection(tx, caller.school(), id);
  TRY(auth::unless_never(caller.principal, action));
  if (!found) return auth::not_found();
  TRY(auth::may(caller.principal, action, {found->person}));
  return *found;
}

Result<CalendarConnection> own_connection(const Context& context, const Caller& caller, std::int64_t id) {
  return context.database.read(caller.school(), [&](Transaction& tx) -> Result<CalendarConnection> {
    return own_connection(tx, caller, id, Action::connect_calendars);
  });
}

OutsideCalendar new_calendar(store::KeyStore& keys, KeyOwner owner, std::int64_t connection, const Remote& remote) {
  return {.id = base::make_id(),
          .connection = connection,
          .person = owner.person,
          .remote_hash = remote_hash(keys, owner.school, remote.id),
          .sealed = sealed_remote(keys, owner, remote)};
}

ConnectionView view_of(const Context& context, const Caller& caller, CalendarConnection connection,
                       std::vector<OutsideCalendar> calendars) {
  const KeyOwner owner{caller.school(), connection.person};
  const bool own = connection.person == caller.principal.person;
  ConnectionView view;
  if (own) view.account = context.keys.open(owner, store::connection_seal, connection.sealed).value_or("");
  for (auto& calendar : calendars) {
    if (!calendar.blocks && !calendar.shows) continue;
    auto remote = own ? opened_remote(context.keys, owner, calendar.sealed) : std::nullopt;
    view.calendars.push_back({std::move(calendar), remote.value_or(Remote{})});
  }
  view.connection = std::move(connection);
  return view;
}

/// What a new connection begins with: the account's main calendar takes time, and lessons stand in it where they stand
/// nowhere yet.
void begin_with(Transaction& tx, base::SchoolId school, OutsideCalendar calendar, bool writable, base::Instant now) {
  const auto before = store::calendars_of(tx, school, calendar.person);
  const auto same = std::ranges::find(before, calendar.remote_hash, &OutsideCalendar::remote_hash);
  if (same != before.end() && same->connection == calendar.connection) return;  // Connected before, and chosen then.
  calendar.blocks = true;
  calendar.shows = writable && std::ranges::none_of(before, &OutsideCalendar::shows);
  store::add_outside(tx, school, calendar);
  store::put_turn(tx, school, calendar.id, now);
}

struct NewConnection {
  CalendarConnection connection;
  store::SealedTokens tokens;
  std::optional<std::pair<OutsideCalendar, bool>> main;  ///< And whether it can be written.
};

Result<std::int64_t> keep(const Context& context, const auth::OauthStart& start, NewConnection fresh,
                          base::Instant now) {
  return context.database.transact<std::int64_t>(start.school, [&](Transaction& tx) -> Result<std::int64_t> {
    if (!goes_on(tx, start, now)) return base::refuse(Code::unauthenticated, "The session is over.");
    const auto id = store::put_connection(tx, start.school, fresh.connection);
    store::keep_tokens(tx, start.school, id, fresh.tokens);
    if (fresh.main) {
      auto [calendar, writable] = *fresh.main;
      calendar.connection = id;
      begin_with(tx, start.school, calendar, writable, now);
    }
    for (const auto& calendar : store::calendars_of(tx, start.school, id))
      store::put_turn(tx, start.school, calendar.id, now);
    show_lessons_again(tx, start.school, start.person, now);
    return id;
  });
}

/// Those that are used from now on, out of what is there.
Result<std::vector<OutsideCalendar>> chosen(const Context& context, KeyOwner owner,
                                            const CalendarConnection& connection, const std::vector<Listed>& there,
                                            const std::vector<CalendarUse>& uses) {
  std::vector<OutsideCalendar> all;
  Faults faults;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const auto& use = uses[i];
    const auto pointer = fmt::format("/calendars/{}", i);
    const auto listed = std::ranges::find(there, use.id, &Listed::id);
    faults.unless(listed != there.end(), pointer + "/id", "There is no such calendar in this account.");
    if (listed == there.end()) continue;
    faults.unless(!use.shows || listed->writable, pointer + "/shows", "Google does not let you write into it.");
    auto calendar = new_calendar(context.keys, owner, connection.id, {listed->id, listed->name});
    calendar.blocks = use.blocks;
    calendar.shows = use.shows;
    faults.unless(std::ranges::find(all, calendar.remote_hash, &OutsideCalendar::remote_hash) == all.end(),
                  pointer + "/id", "It stands in the list before.");
    all.push_back(std::move(calendar));
  }
  faults.unless(std::ranges::count_if(uses, &CalendarUse::shows) <= 1, "/calendars",
                "Lessons are written into one calendar only.");
  TRY(faults.verdict());
  return all;
}

/// What is not used any more is forgotten; what is used anew is read at once.
void use(Transaction& tx, base::SchoolId school, const CalendarConnection& connection,
         std::vector<OutsideCalendar> wanted, base::Instant now) {
  for (const auto& before : store::calendars_of(tx, school, connection.id)) {
    const auto still = std::ranges::find(wanted, before.remote_hash, &OutsideCalendar::remote_hash);
    if (still == wanted.end()) {
      store::remove_outside(tx, school, before);
      continue;
    }
    still->id = before.id;
    store::use_outside(tx, school, *still);
    store::put_turn(tx, school, before.id, now);
    wanted.erase(still);
  }
  for (const auto& fresh : wanted) {
    store::add_outside(tx, school, fresh);
    store::put_turn(tx, school, fresh.id, now);
  }
}

}  // namespace

OutsideGoogle::OutsideGoogle(const Context& context, auth::OpenIdProvider& provider,
                             const base::CalendarSettings& settings, net::HttpOptions calls)
    : settings_(settings),
      tokens_(context.database, context.keys, provider),
      policy_(calls.policy),
      http_(std::move(calls)) {}

net::Breaker& OutsideGoogle::breaker_of(std::int64_t connection) {
  const std::lock_guard lock(mutex_);
  return breakers_.try_emplace(connection, policy_).first->second;
}

Outside OutsideGoogle::outside() {
  return {.tokens = &tokens_,
          .provider = [this](std::int64_t connection) -> std::unique_ptr<calendars::Provider> {
            return std::make_unique<calendars::Google>(http_, breaker_of(connection), settings_.google_api);
          },
          .settings = settings_};
}

base::Bytes remote_hash(store::KeyStore& keys, base::SchoolId school, const std::string& id) {
  const auto digest = keys.keyed_hash(school, "outside-calendar", id);
  return {digest.begin(), digest.end()};
}

base::Bytes sealed_remote(store::KeyStore& keys, KeyOwner owner, const Remote& remote) {
  const boost::json::object plain{{"id", remote.id}, {"name", remote.name}};
  return keys.seal(owner, store::outside_seal, boost::json::serialize(plain));
}

std::optional<Remote> opened_remote(store::KeyStore& keys, KeyOwner owner, const base::Bytes& sealed) {
  const auto plain = keys.open(owner, store::outside_seal, sealed);
  if (!plain) return std::nullopt;
  const auto object = boost::json::parse(*plain).as_object();
  return Remote{std::string(object.at("id").as_string()), std::string(object.at("name").as_string())};
}

Result<Departure> start_calendar_connection(const Providing& providing, const Outside& outside, const Caller& caller) {
  TRY(auth::may(caller.principal, Action::connect_calendars, {caller.principal.person}));
  auto* provider = providing.providers.open_id(provider_name);
  if (!provider || !outside.tokens) return no_provider();
  auto fresh = auth::start_oauth(connecting_calendars().id, caller.school(), "/calendars", providing.now);
  fresh.person = caller.principal.person;
  fresh.sid = caller.principal.sid;
  auto departure = depart(providing, *provider, connecting_calendars(), fresh);
  if (departure) return departure;
  providing.report("google-calendar: " + departure.error().detail);
  return base::refuse(Code::unavailable, "Google does not answer at the moment. Try again soon.");
}

tl::expected<KeyOwner, Failed> finish_calendar_connection(const Providing& providing, const Outside& outside,
                                                          const Arrival& arrival) {
  auto* provider = providing.providers.open_id(provider_name);
  CHECK(provider && outside.tokens);
  const auto back = returned(providing, *provider, connecting_calendars(), arrival);
  if (!back) return tl::unexpected(back.error());
  const auto& [start, exchanged] = *back;
  const auto failed = [&, &start = start](Unmet unmet) {
    return tl::unexpected(Failed{unmet, start.next, true, true, start.school});
  };
  if (!enough(exchanged.grant)) return failed(Unmet::scopes);
  if (exchanged.grant.refresh_token.empty()) return failed(Unmet::provider);
  const auto& context = providing.identity.context;
  const KeyOwner owner{start.school, start.person};
  const auto subject =
      context.keys.keyed_hash(start.school, "identity", exchanged.who.issuer + "\n" + exchanged.who.subject);
  std::string scopes;
  for (const auto& scope : exchanged.grant.scopes) scopes += (scopes.empty() ? "" : " ") + scope;
  NewConnection fresh{.connection = {.id = base::make_id(),
                                     .person = start.person,
                                     .provider = std::string(provider_name),
                                     .subject_hash = {subject.begin(), subject.end()},
                                     .sealed = context.keys.seal(owner, store::connection_seal, exchanged.who.email),
                                     .scopes = std::move(scopes),
                                     .connected_at = providing.now},
                      .tokens = outside.tokens->sealed(owner, exchanged.grant),
                      .main = {}};
  const auto there = outside.provider(fresh.connection.id)->calendars(exchanged.grant.access_token);
  if (there)
    for (const auto& listed : *there)
      if (listed.primary)
        fresh.main = {new_calendar(context.keys, owner, fresh.connection.id, {listed.id, listed.name}),
                      listed.writable};
  if (!keep(context, start, std::move(fresh), providing.now)) return failed(Unmet::ended);
  return owner;
}

Result<std::vector<ConnectionView>> list_connections(const Context& context, const Caller& caller) {
  TRY(auth::unless_never(caller.principal, Action::read_connections));
  const bool all = auth::reach(caller.principal.role, Action::read_connections) == auth::Reach::any;
  return context.database.read(caller.school(), [&](Transaction& tx) -> Result<std::vector<ConnectionView>> {
    std::vector<ConnectionView> views;
    const auto whose = all ? base::PersonId{} : caller.principal.person;
    std::map<std::int64_t, std::vector<OutsideCalendar>> calendars;
    for (auto& calendar : store::calendars_of(tx, caller.school(), whose))
      calendars[calendar.connection].push_back(std::move(calendar));
    for (auto& connection : store::list_connections(tx, caller.school(), whose)) {
      auto& own = calendars[connection.id];
      views.push_back(view_of(context, caller, std::move(connection), std::move(own)));
    }
    return views;
  });
}

Result<std::vector<Listed>> calendars_there(const Context& context, const Outside& outside, const Caller& caller,
                                            std::int64_t id) {
  const auto connection = TRY(own_connection(context, caller, id));
  if (!outside.tokens) return no_provider();
  auto there = asked(outside, {caller.school(), connection.person}, id, caller.now,
                     [](auto& provider, const auto& token) { return provider.calendars(token); });
  if (!there) return in_words(there.error());
  return std::move(*there);
}

Result<ConnectionView> change_connection(const Context& context, const Outside& outside, const Caller& caller,
                                         std::int64_t id, std::int64_t version, const ConnectionChange& change) {
  const auto school = caller.school();
  std::optional<std::vector<OutsideCalendar>> wanted;
  if (change.calendars) {
    const auto there = TRY(calendars_there(context, outside, caller, id));
    const auto connection = TRY(own_connection(context, caller, id));
    wanted = TRY(chosen(context, {school, connection.person}, connection, there, *change.calendars));
  }
  return context.database.transact<ConnectionView>(school, [&](Transaction& tx) -> Result<ConnectionView> {
    auto connection = TRY(own_connection(tx, caller, id, Action::connect_calendars));
    TRY(expect(version, connection.version));
    connection.detail = change.detail.value_or(connection.detail);
    connection.tentative = change.tentative.value_or(connection.tentative);
    ++connection.version;
    store::change_connection(tx, school, connection);
    if (wanted) use(tx, school, connection, *wanted, caller.now);
    for (const auto& calendar : store::calendars_of(tx, school, id)) {
      auto again = calendar;
      again.expanded_at = {};  // What takes time may be something else now.
      store::note_read(tx, school, again);
      store::hurry_turn(tx, school, calendar.id, caller.now, caller.now);
    }
    show_lessons_again(tx, school, connection.person, caller.now);
    auto calendars = store::calendars_of(tx, school, id);
    return view_of(context, caller, std::move(connection), std::move(calendars));
  });
}

Result<std::vector<store::BusyTime>> list_busy(const Context& context, const Caller& caller, const BusyQuery& query) {
  TRY(auth::unless_never(caller.principal, Action::read_hours));
  Faults faults;
  const auto days = (std::chrono::sys_days{query.to} - std::chrono::sys_days{query.from}).count();
  faults.unless(days > 0 && days <= most_busy_days, "to",
                fmt::format("Must be 1 to {} days after from.", most_busy_days));
  TRY(faults.verdict());
  const bool all = auth::reach(caller.principal.role, Action::read_hours) == auth::Reach::any;
  base::PersonId whose{query.instructor.value};
  if (!all && whose && whose != caller.principal.person) return auth::not_found();
  if (!all) whose = caller.principal.person;
  return context.database.read(caller.school(), [&](Transaction& tx) -> Result<std::vector<store::BusyTime>> {
    const auto& zone = context.cache.rules(tx, caller.school())->school.zone;
    return store::busy_times(tx, caller.school(), whose, zone.at(query.from, domain::Minutes{0}),
                             zone.at(query.to, domain::Minutes{0}), most_busy_times);
  });
}

base::Done sync_connection(const Context& context, const Caller& caller, std::int64_t id) {
  return context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    const auto connection = TRY(own_connection(tx, caller, id, Action::connect_calendars));
    for (const auto& calendar : store::calendars_of(tx, caller.school(), id))
      store::hurry_turn(tx, caller.school(), calendar.id, caller.now, caller.now);
    show_lessons_again(tx, caller.school(), connection.person, caller.now);
    return base::done();
  });
}

base::Done disconnect_calendars(const Context& context, const Outside& outside, const Caller& caller, std::int64_t id) {
  const auto school = caller.school();
  const auto connection = TRY(own_connection(context, caller, id));
  const KeyOwner owner{school, connection.person};
  std::vector<store::OutsideChannel> channels;
  context.database.read(school, [&](Transaction& tx) {
    channels.clear();
    for (const auto& calendar : store::calendars_of(tx, school, id))
      if (auto channel = store::channel_of(tx, school, calendar.id); !channel.id.empty())
        channels.push_back(std::move(channel));
  });
  if (outside.tokens) {
    // Channels need a token that is still good. What does not work ends by itself at the provider.
    for (const auto& channel : channels)
      (void)asked(outside, owner, id, caller.now, [&](auto& provider, const auto& token) {
        return provider.stop(token, {channel.id, channel.resource, channel.until});
      });
    (void)outside.tokens->revoke(owner, id);
  }
  return context.database.transact<std::monostate>(school, [&](Transaction& tx) -> base::Done {
    const auto still = TRY(own_connection(tx, caller, id, Action::connect_calendars));
    store::remove_connection(tx, school, still);
    return base::done();
  });
}

void notified(const Context& context, const Outside& outside, std::string_view channel, std::string_view token,
              base::Instant now) {
  // Ours begin with the school's id, as rows are a school's (jobs/read_calendar.cpp makes them).
  const auto school = base::id_from_text(channel.substr(0, channel.find('-')));
  if (!school) return;
  const auto digest = base::sha256(base::bytes_of(token));
  const store::Bytes hash(digest.begin(), digest.end());
  const auto at = now + std::chrono::ceil<base::seconds>(outside.settings.webhook_debounce);
  const auto calendar = context.database.read(base::SchoolId{*school}, [&](Transaction& tx) {
    return store::calendar_of_channel(tx, {*school}, channel, hash);
  });
  if (!calendar) return;
  (void)context.database.transact<std::monostate>(base::SchoolId{*school}, [&](Transaction& tx) -> base::Done {
    store::notify_turn(tx, {*school}, *calendar, at, now);
    return base::done();
  });
}

void show_lessons_again(Transaction& tx, base::SchoolId school, base::PersonId instructor, base::Instant now) {
  const store::BookingFilter ahead{
      .from = now, .to = {}, .instructor = {instructor.value}, .limit = most_lessons_ahead};
  for (const auto& booking : store::list_bookings(tx, school, ahead))
    store::put_job(tx, school, {store::JobKind::calendar, booking.id, instructor}, now, now);
}

}  // namespace actions
