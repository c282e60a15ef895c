#include "actions/guests.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "actions/change.h"
#include "actions/people.h"
#include "actions/school.h"
#include "actions/sign_in.h"
#include "base/crypto.h"
#include "store/jobs.h"

namespace actions {

namespace {

using base::Code;
using base::Result;
using domain::Booking;
using store::Transaction;

base::Bytes keyed(const Identity& identity, base::SchoolId school, std::string_view purpose, const std::string& text) {
  const auto hash = identity.people.keys().keyed_hash(school, purpose, text);
  return {hash.begin(), hash.end()};
}

/// Somebody who is not there: idempotency keys of one source or token are not another's.
base::PersonId stranger_with(const base::Bytes& hash) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8 | hash.at(i);
  return {static_cast<std::int64_t>(number >> 1)};
}

Caller nobody(base::SchoolId school, const GuestCall& call) {
  return {.principal = {.school = school, .person = {}, .role = store::Role::learner},
          .now = call.now,
          .correlation_id = call.correlation_id};
}

auto over() {
  return base::refuse(Code::hold_expired, "This time is no longer kept for you. Choose it again.");
}

base::Done guests_are_welcome(Transaction& tx, base::SchoolId school) {
  if (store::find_school(tx, school).guests) return base::done();
  return base::refuse(Code::forbidden, "This school wants an account from whoever books. Sign in, or ask it for one.");
}

struct KeptTime {
  base::SchoolId school;
  base::Bytes token_hash;
  store::GuestHold hold;
};
Result<KeptTime> kept_by(Transaction& tx, const auth::ParsedLink& link, base::Instant now) {
  auto hold = store::find_guest_hold(tx, link.school, link.hash, now);
  if (!hold) return over();
  return KeptTime{link.school, link.hash, std::move(*hold)};
}
Result<KeptTime> kept_by(const Identity& identity, std::string_view token, base::Instant now) {
  const auto link = auth::parse_link_token(token);
  if (!link) return over();
  return identity.context.database.read(link->school, [&](Transaction& tx) { return kept_by(tx, *link, now); });
}

/// Kept longer, or given back.
Result<Booking> change_hold(const Identity& identity, const GuestCall& call, std::string_view token,
                            const std::string& event, const Decision& decision) {
  const auto link = auth::parse_link_token(token);
  if (!link) return over();
  const auto caller = nobody(link->school, call);
  const auto change = [&](Transaction& tx) -> Result<BookingView> {
    const auto kept = TRY(kept_by(tx, *link, call.now));
    const auto held = *store::find_booking(tx, link->school, kept.hold.booking);
    lock_calendars(tx, link->school, held);
    return save_next(identity.context, tx, caller, TRY(decision(held)), {event, {{"guest", true}}});
  };
  auto changed = TRY(decide_booking(identity.context, caller, change));
  return std::move(changed.booking);
}

std::string text_of(const store::Details& details) {
  return boost::json::serialize(
      boost::json::object{{"name", details.name}, {"email", details.email}, {"phone", details.phone}});
}

auto wrong_guest_code() {
  return invalid("/code", "This is not the code in the mail. Look again, or ask for another one.");
}

/// The attempt counts before anything is compared, in a transaction of its own: what is refused is not written.
Result<KeptTime> with_code(const Identity& identity, std::string_view token, const std::string& code,
                           base::Instant now) {
  auto kept = TRY(kept_by(identity, token, now));
  TRY(identity.context.database.transact<std::monostate>(kept.school, [&](Transaction& tx) -> base::Done {
    if (store::count_try(tx, kept.school, kept.hold.booking)) return base::done();
    return invalid("/code", "There were too many wrong codes. Choose the time again to get a new one.");
  }));
  const auto hash = guest_code_hash(identity.people.keys(), kept.school, kept.hold.booking, code);
  if (kept.hold.code_hash.empty() || !base::equal(hash, kept.hold.code_hash)) TRY(wrong_guest_code());
  return kept;
}

/// Whose lesson it will be.
struct Guest {
  base::PersonId person;
  store::SealedPerson sealed;  ///< As they are made, where there is nobody with the address.
};
Result<Guest> guest_of(const Identity& identity, const KeptTime& kept) {
  const auto details = guest_details(identity.people.keys(), kept.school, kept.hold);
  if (!details) return over();
  return Guest{kept.hold.person, identity.people.seal(kept.school, kept.hold.person, *details)};
}

/// Whoever has the address, made where there is nobody. Who can sign in does.
Result<base::PersonId> come_in(Transaction& tx, const Caller& caller, const Guest& guest) {
  const auto school = caller.school();
  if (const auto known = store::person_with_email(tx, school, guest.sealed.email_hash)) {
    const auto account = store::find_account(tx, school, *known);
    const bool learner = account->role == store::Role::learner && account->active;
    if (learner && !store::has_way_in(tx, school, *known)) return *known;
    return base::refuse(Code::account_exists,
                        "There is an account with this address. Sign in with it and book the time there.");
  }
  auto author = caller.author();
  author.person = guest.person;
  author.quiet = true;  // Nobody has to invite who did not ask for an account.
  TRY(store::add_person(tx, author, guest.sealed, store::Role::learner, true));
  store::make_calendar(tx, school, store::Kind::learner, guest.person.value);
  return guest.person;
}

/// What is kept, decided again with the rules of whoever it is for; its time stays its own meanwhile.
Wish wish_for(const Booking& held, base::LearnerId learner) {
  return {.type = held.type,
          .start = held.lesson.start(),
          .length = std::chrono::duration_cast<domain::Minutes>(held.lesson.length()),
          .instructor = held.instructor,
          .learner = learner,
          .vehicle = held.vehicle,
          .notice = Notice::none,
          .moving = &held,
          .overruled = {Code::too_soon, Code::beyond_horizon}};
}

Result<BookingView> book(const Identity& identity, Transaction& tx, Caller caller, const KeptTime& kept,
                         const Guest& guest, const store::RequestKey& key) {
  const auto school = caller.school();
  if (const auto earlier = TRY(store::claim(tx, key, caller.now))) {
    auto shown = view(caller, *store::find_booking(tx, school, {earlier->resource}),
                      *identity.context.cache.rules_for_decision(tx, school));
    shown.replayed = true;
    return shown;
  }
  TRY(guests_are_welcome(tx, school));
  // Whoever enters the same code at the same time waits here, and then finds the hold gone.
  const auto seen = store::find_booking(tx, school, kept.hold.booking);
  CHECK(seen && store::lock_for_bookings(tx, school, store::Kind::instructor, seen->instructor.value));
  const auto now_kept = TRY(kept_by(tx, {school, kept.token_hash}, caller.now));
  if (now_kept.hold.code_hash != kept.hold.code_hash) TRY(wrong_guest_code());
  const auto held = *store::find_booking(tx, school, now_kept.hold.booking);
  caller.principal.person = TRY(come_in(tx, caller, guest));
  const base::LearnerId learner{caller.principal.person.value};
  const auto rules = identity.context.cache.rules_for_decision(tx, school);
  TRY(decide(identity.context, tx, caller, *rules, wish_for(held, learner)));
  auto next = TRY(domain::confirmed(held, rules->approval, caller.now));
  next.learner = learner;
  next.created_by = caller.principal.person;
  const auto* type = rules->approval ? "booking_requested" : "booking_made";
  auto shown = TRY(save_next(identity.context, tx, caller, std::move(next), {type, {{"guest", true}}}));
  store::drop_guest_hold(tx, school, held.id);
  store::remember(tx, key, {201, held.id.value});
  return shown;
}

/// The answer to a request that came before: its token opens nothing any more.
std::optional<Result<BookingView>> booked_before(const Identity& identity, const Caller& caller,
                                                 const store::RequestKey& key) {
  return identity.context.database.read(caller.school(), [&](Transaction& tx) -> std::optional<Result<BookingView>> {
    const auto earlier = store::find_outcome(tx, key);
    if (!earlier) return base::refuse(earlier.error());
    if (!*earlier) return std::nullopt;
    auto shown = view(caller, *store::find_booking(tx, caller.school(), {(*earlier)->resource}),
                      *identity.context.cache.rules(tx, caller.school()));
    shown.replayed = true;
    return shown;
  });
}

/// For whoever proved the address, by their own rules where they have been here before.
std::vector<base::Alternative> other_times(const Identity& identity, Caller caller, const KeptTime& kept,
                                           const Guest& guest, const domain::WantedTeaching& wanted) {
  const auto found = identity.context.database.read(caller.school(), [&](Transaction& tx) {
    if (const auto known = store::person_with_email(tx, caller.school(), guest.sealed.email_hash))
      caller.principal.person = *known;
    return store::find_booking(tx, caller.school(), kept.hold.booking);
  });
  auto wish = wish_for(*found, {caller.principal.person.value});
  wish.moving = nullptr;
  wish.wanted = wanted;
  return alternatives(identity.context, caller, wish);
}

}  // namespace

std::optional<store::Details> guest_details(store::KeyStore& keys, base::SchoolId school,
                                            const store::GuestHold& hold) {
  const auto text = keys.open({school, hold.person}, store::guest_seal, hold.sealed);
  if (!text) return std::nullopt;
  const auto json = boost::json::parse(*text).as_object();
  const auto member = [&](const char* name) { return std::string(json.at(name).as_string()); };
  return store::Details{member("name"), member("email"), member("phone")};
}

base::Bytes guest_code_hash(store::KeyStore& keys, base::SchoolId school, base::BookingId hold,
                            const std::string& code) {
  const auto hash = keys.keyed_hash(school, "guest-code", base::to_text(hold) + "/" + code);
  return {hash.begin(), hash.end()};
}

Result<GuestHoldView> hold_for_guest(const Identity& identity, const GuestCall& call, std::string_view slug,
                                     const BookingInput& input, store::RequestKey key) {
  auto& database = identity.context.database;
  const auto school = TRY(school_with_slug(identity.context, slug));
  TRY(database.read(school, [&](Transaction& tx) { return guests_are_welcome(tx, school); }));
  const auto source = keyed(identity, school, "guest-source", auth::source_of(call.address));
  key.school = school;
  // Not of the source alone: that goes with the hold, and this stays for a day.
  key.person = stranger_with(keyed(identity, school, "guest-request", std::string(base::text_of(source)) + key.key));
  const auto token = auth::make_link_token(school);
  const auto also = [&](Transaction& tx, const Booking& held) -> base::Done {
    if (store::add_guest_hold(tx, school, held, token.hash, source, call.now)) return base::done();
    return base::refuse(Code::too_many_holds,
                        "Five times are being kept for you already. Book or release one of them first.");
  };
  auto held = TRY(hold_slot(identity.context, nobody(school, call), input, key, also));
  if (held.replayed)
    TRY(database.transact<std::monostate>(school, [&](Transaction& tx) -> base::Done {
      if (!store::renew_guest_token(tx, school, held.booking.id, token.hash)) return over();
      return base::done();
    }));
  return GuestHoldView{std::move(held.booking), token.text, held.replayed};
}

Result<Booking> extend_guest_hold(const Identity& identity, const GuestCall& call, std::string_view token) {
  return change_hold(identity, call, token, "booking_hold_extended",
                     [&](const Booking& held) { return domain::extended(held, call.now); });
}

base::Done release_guest_hold(const Identity& identity, const GuestCall& call, std::string_view token) {
  TRY(change_hold(identity, call, token, "booking_released",
                  [&](const Booking& held) { return domain::released(held, call.now); }));
  return base::done();
}

base::Done ask_for_guest_code(const Identity& identity, const GuestCall& call, std::string_view token,
                              const store::Details& details) {
  Faults faults;
  check_details(faults, details);
  faults.text(details.phone, "/phone", 40);
  TRY(faults.verdict());
  auto kept = TRY(kept_by(identity, token, call.now));
  const auto account = account_key(kept.school, details.email), source = auth::source_of(call.address);
  if (const auto wait = identity.mail_throttle.attempt(account, source, call.now)) return base::refuse(too_many(*wait));
  auto& keys = identity.people.keys();
  auto& hold = kept.hold;
  if (!hold.person) {
    hold.person = base::make<base::PersonId>();
    keys.make_keys_ahead(kept.school, std::span(&hold.person, 1), call.now);
  }
  hold.email_hash = identity.people.email_hash(kept.school, details.email);
  hold.sealed = keys.seal({kept.school, hold.person}, store::guest_seal, text_of(details));
  TRY(identity.context.database.transact<std::monostate>(kept.school, [&](Transaction& tx) -> base::Done {
    if (!store::ask_for_code(tx, kept.school, hold)) {
      if (!store::find_guest_hold(tx, kept.school, hold.booking)) return over();
      return base::refuse(Code::rate_limited, "Three codes were sent for this time. Choose it again for another one.");
    }
    store::put_job(tx, kept.school, {store::JobKind::guest_code, hold.booking, hold.person}, call.now, call.now);
    return base::done();
  }));
  return base::done();
}

Result<BookingView> book_as_guest(const Identity& identity, const GuestCall& call, std::string_view token,
                                  const std::string& code, store::RequestKey key,
                                  const domain::WantedTeaching& wanted) {
  const auto link = auth::parse_link_token(token);
  if (!link) return over();
  const auto caller = nobody(link->school, call);
  key.school = link->school;
  key.person = stranger_with(link->hash);
  if (auto earlier = booked_before(identity, caller, key)) return std::move(*earlier);
  const auto kept = TRY(with_code(identity, token, code, call.now));
  const auto guest = TRY(guest_of(identity, kept));
  auto result = decide_booking(identity.context, caller,
                               [&](Transaction& tx) { return book(identity, tx, caller, kept, guest, key); });
  if (!result && !result.error().refusals.empty())
    result.error().alternatives = other_times(identity, caller, kept, guest, wanted);
  // Where the address was somebody's already, the key that was made ahead is nobody's and is swept.
  if (result && result->booking.created_by == guest.person)
    identity.people.keys().settle_keys(link->school, std::span(&guest.person, 1));
  return result;
}

bool leads_to(const Booking& booking, base::Instant now) {
  const bool stands = booking.status == domain::Status::booked || booking.status == domain::Status::requested;
  return stands && booking.learner && now < booking.lesson.end() + guest_link_lasts;
}

Result<ByLink> by_guest_link(const Identity& identity, const GuestCall& call, std::string_view token) {
  const auto parsed = auth::parse_link_token(token);
  const auto nowhere = [] {
    return base::refuse(Code::not_found, "This link leads to no lesson any more: it was cancelled or is over.");
  };
  if (!parsed) return nowhere();
  return identity.context.database.read(parsed->school, [&](Transaction& tx) -> Result<ByLink> {
    const auto link = store::find_guest_link(tx, parsed->school, parsed->hash);
    if (!link) return nowhere();
    const auto booking = store::find_booking(tx, parsed->school, link->booking);
    const auto account = store::find_account(tx, parsed->school, link->person);
    const bool theirs = booking && booking->learner.value == link->person.value && account && account->active;
    if (!theirs || !leads_to(*booking, call.now)) return nowhere();
    auto caller = nobody(parsed->school, call);
    caller.principal.person = link->person;
    return ByLink{std::move(caller), link->booking};
  });
}

GuestLesson shown_to_guest(const Identity& identity, base::SchoolId school, BookingView view) {
  return identity.context.database.read(school, [&](Transaction& tx) {
    const auto rules = identity.context.cache.rules(tx, school);
    const auto instructor = identity.people.find(tx, school, {view.booking.instructor.value});
    std::erase(view.can, "undo");  // Offered where there are ten seconds and a button: the page asks before it acts.
    return GuestLesson{.view = view,
                       .lesson_type = rules->lesson(view.booking.type)->name,
                       .instructor = instructor ? instructor->details.name : "",
                       .school = rules->name};
  });
}

Result<GuestLesson> guest_lesson(const Identity& identity, const ByLink& link) {
  return shown_to_guest(identity, link.caller.school(), TRY(get_booking(identity.context, link.caller, link.booking)));
}

}  // namespace actions
