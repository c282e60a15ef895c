/// What a mail about a lesson or an account says, read from one snapshot. The worker sends it.
#pragma once

#include "actions/guardians.h"
#include "actions/guests.h"
#include "actions/retention.h"
#include "actions/wording.h"
#include "jobs/worker.h"
#include "store/connections.h"
#include "store/data_requests.h"
#include "store/factors.h"
#include "store/identities.h"
#include "store/proofs.h"
#include "store/schedules.h"
#include "store/sign_in.h"

namespace jobs {

using base::Instant;
using base::PersonId;
using domain::Booking;
using notify::Lesson;
using store::Transaction;

/// Within their lifetime, to one person: an end of all the mails that somebody could have sent to somebody else,
/// however many nodes they ask. A mail that has to be tried eight times stays below.
inline constexpr int most_links = 10;

/// A mail with what becomes of the job once it is sent.
struct Prepared {
  std::optional<net::Mail> mail;            ///< None: there is nothing to say, or nobody who can be reached.
  std::int64_t told = 0;                    ///< The version of the booking that the reader then knows.
  std::vector<store::Job> done{};           ///< All the jobs that this mail is the end of.
  std::optional<store::GuestLink> guest{};  ///< Who has a link in it, and to which lesson,
  Instant link_until{};                     ///< until then; none: all links to it end.
};

/// Reads what a mail says, in one snapshot.
class Desk {
 public:
  Desk(const Office& office, Transaction& tx, const store::Job& job, Instant now)
      : office_(office), tx_(tx), job_(job), now_(now), words_(office.context, office.people, tx, job.school) {}

  Prepared notice(const auth::LinkToken& token) {
    const auto events = store::events_of(tx_, job_.school, store::stream_of(job_.key.booking));
    if (events.empty()) return {};
    const auto booking = store::booking_after(events.back());
    const auto told = store::told_version(tx_, job_.school, job_.key.booking, job_.key.person);
    const auto known = state_at(events, told);
    const auto news = domain::news(known, booking, reader(booking, known, events.back().actor));
    Prepared prepared{.told = booking.version, .done = {job_}};
    const auto lead = store::is_of_guest(events) ? guest_lead(booking, token, prepared) : notify::Lead{};
    const auto to = addressee(booking, known);
    if (!news || !to) return prepared;
    const bool theirs = !to->child.empty() || booking.learner.value == job_.key.person.value ||
                        booking.instructor.value == job_.key.person.value;
    auto shown = theirs || !known ? booking : *known;
    shown.version = booking.version;
    notify::Occasion occasion{.news = *news, .lesson = words_.lesson(shown), .before = {}, .reason = {}, .lead = lead};
    if (known) occasion.before = words_.lesson(*known);
    occasion.reason = words_.text(actions::text_in(events.back(), "reason"));
    occasion.other = partner(shown, to->side);
    prepared.mail = notify::news_mail(sender(), *to, occasion,
                                      base::to_text(job_.id) + "-" + std::to_string(booking.version), now_);
    return prepared;
  }

  /// `token` is good once it is kept, before the mail leaves.
  Prepared invitation(const auth::LinkToken& token) {
    const auto to = words_.mailbox(job_.key.person);
    Prepared prepared{.done = {job_}};
    if (to.address.empty() || store::password_of(tx_, job_.school, job_.key.person)) return prepared;
    prepared.mail = account_mail(to, notify::AccountNews::invitation, "/welcome#" + token.text);
    return prepared;
  }

  /// Also to who has no password yet: it proves the address as well as a first link does.
  Prepared password_reset(const auth::LinkToken& token) {
    const auto to = words_.mailbox(job_.key.person);
    Prepared prepared{.done = {job_}};
    const auto sent = store::count_links(tx_, job_.school, job_.key.person, store::LinkPurpose::reset, now_);
    if (to.address.empty() || sent >= most_links) return prepared;
    prepared.mail = account_mail(to, notify::AccountNews::password_reset, "/reset#" + token.text);
    return prepared;
  }

  Prepared password_changed() {
    const auto to = words_.mailbox(job_.key.person);
    Prepared prepared{.done = {job_}};
    if (!to.address.empty()) prepared.mail = account_mail(to, notify::AccountNews::password_changed, "/forgot");
    return prepared;
  }

  Prepared factors_changed() {
    const auto to = words_.mailbox(job_.key.person);
    Prepared prepared{.done = {job_}};
    if (to.address.empty()) return prepared;
    const auto factors = store::factors_of(tx_, job_.school, job_.key.person);
    prepared.mail =
        notify::account_mail(sender(), to, notify::AccountNews::factors_changed, "/account", base::to_text(job_.id),
                             {{"Authenticator app", factors.totp ? "set up" : "none"},
                              {"Backup codes", std::to_string(factors.backup_codes)},
                              {"Passkeys", std::to_string(factors.passkeys)}});
    return prepared;
  }

  Prepared identities_changed() {
    const auto to = words_.mailbox(job_.key.person);
    Prepared prepared{.done = {job_}};
    if (to.address.empty()) return prepared;
    std::vector<std::string_view> names;
    for (const auto& each : store::identities_of(tx_, job_.school, job_.key.person))
      names.emplace_back(each.provider == "google"     ? "Google"
                         : each.provider == "supabase" ? "Supabase"
                                                       : "another account");
    prepared.mail = notify::account_mail(
        sender(), to, notify::AccountNews::identities_changed, "/account", base::to_text(job_.id),
        {{"Connected with", names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, ", "))}});
    return prepared;
  }

  /// To the address that is to be proven: a link, of `token`, or word that it is somebody's already.
  /// Whoever cannot sign in yet, a guest mostly, makes of themselves what registers: `welcome` is who they are.
  Prepared address_proof(const store::EmailProof& proof, const std::string& address, const auth::LinkToken& token,
                         bool& with_link, std::optional<PersonId>& welcome) {
    Prepared prepared{.done = {job_}};
    if (store::count_proofs(tx_, job_.school, proof.email_hash, now_) >= most_links) return prepared;
    const auto taken = store::person_with_email(tx_, job_.school, proof.email_hash);
    with_link = !taken;
    if (taken && proof.purpose == store::ProofPurpose::registration && is_guest(*taken)) {
      const auto sent = store::count_links(tx_, job_.school, *taken, store::LinkPurpose::welcome, now_);
      if (sent >= most_links) return prepared;
      welcome = *taken;
      prepared.mail = account_mail(words_.mailbox(*taken), notify::AccountNews::registration, "/welcome#" + token.text);
    } else if (taken) {
      const auto to = words_.mailbox(*taken);
      if (!to.address.empty()) prepared.mail = account_mail(to, notify::AccountNews::address_taken, "/sign-in");
    } else if (proof.purpose == store::ProofPurpose::registration) {
      prepared.mail = account_mail({"", address}, notify::AccountNews::registration, "/join#" + token.text);
    } else {
      const auto name = words_.mailbox(job_.key.person).name;
      prepared.mail = account_mail({name, address}, notify::AccountNews::address_change, "/confirm#" + token.text);
    }
    return prepared;
  }

  Prepared address_changed(const std::string& before) {
    Prepared prepared{.done = {job_}};
    const net::Mailbox to{words_.mailbox(job_.key.person).name, before};
    prepared.mail = account_mail(to, notify::AccountNews::address_changed, "/account");
    return prepared;
  }

  /// Also to who is switched off: it is a right of theirs.
  Prepared data_export(const auth::LinkToken& token) {
    const auto person = office_.people.find(tx_, job_.school, job_.key.person);
    Prepared prepared{.done = {job_}};
    if (!person || person->details.email.empty()) return prepared;
    prepared.mail = account_mail({person->details.name, person->details.email}, notify::AccountNews::data_export,
                                 "/export#" + token.text);
    return prepared;
  }

  /// To whoever answers, as long as it waits and they do. Not whose it is: that is read behind a sign-in.
  Prepared data_request() {
    const auto request = store::find_data_request(tx_, job_.school, job_.key.booking.value);
    const auto answering = store::people_who_answer(tx_, job_.school);
    Prepared prepared{.done = {job_}};
    if (!request || request->closed_at || std::ranges::find(answering, job_.key.person) == answering.end())
      return prepared;
    const auto to = words_.mailbox(job_.key.person);
    const auto news = job_.key.kind == store::JobKind::data_request ? notify::AccountNews::data_request
                                                                    : notify::AccountNews::data_request_due;
    if (!to.address.empty())
      prepared.mail = notify::account_mail(
          sender(), to, news, "/manage/requests", base::to_text(job_.id),
          {{"About", notify::right_text(request->right)}, {"To be answered by", notify::date_text(request->due)}});
    return prepared;
  }

  /// Also to who is switched off: it is a right of theirs.
  Prepared data_request_news() {
    const auto request = store::find_data_request(tx_, job_.school, job_.key.booking.value);
    const auto person = office_.people.find(tx_, job_.school, job_.key.person);
    Prepared prepared{.done = {job_}};
    if (!request || !person || person->details.email.empty()) return prepared;
    notify::Facts facts{{"About", notify::right_text(request->right)}};
    auto news = notify::AccountNews::data_request_extended;
    auto words = words_.text(request->extension);
    if (request->outcome) {
      const bool refused = *request->outcome == store::DataOutcome::refused;
      news = refused ? notify::AccountNews::data_request_refused : notify::AccountNews::data_request_done;
      words = words_.text(request->answer);
    } else {
      facts.emplace_back("To be answered by", notify::date_text(request->due));
    }
    if (!words.empty()) facts.emplace_back("Your school writes", words);
    prepared.mail = notify::account_mail(sender(), {person->details.name, person->details.email}, news, "/account",
                                         base::to_text(job_.id) + "-" + std::to_string(request->version), facts);
    return prepared;
  }

  Prepared guest_code(const store::Details& guest, const Booking& held, const std::string& code) {
    Prepared prepared{.done = {job_}};
    const auto path = "/guest?school=" + store::find_school(tx_, job_.school).slug;
    prepared.mail = notify::account_mail(sender(), {guest.name, guest.email}, notify::AccountNews::guest_code, path,
                                         base::to_text(job_.id), {{"Lesson", notify::when_text(held)}, {"Code", code}});
    return prepared;
  }

  /// To the owner of a calendar and to the office, while it stands like that.
  Prepared calendar_trouble() {
    const auto to = words_.mailbox(job_.key.person);
    const auto account = store::find_account(tx_, job_.school, job_.key.person);
    Prepared prepared{.done = {job_}};
    if (to.address.empty() || !account) return prepared;
    const bool own = account->role == store::Role::instructor;
    notify::Facts facts;
    for (const auto& each : store::list_connections(tx_, job_.school, own ? job_.key.person : PersonId{})) {
      if (each.state == store::ConnectionState::connected) continue;
      const bool consent = each.state == store::ConnectionState::needs_consent;
      facts.emplace_back(own ? "Your Google calendar" : words_.mailbox(each.person).name,
                         consent ? "has to be connected again" : "cannot be reached");
    }
    if (!facts.empty())
      prepared.mail = notify::account_mail(sender(), to, notify::AccountNews::calendar_trouble, "/calendars",
                                           base::to_text(job_.id), facts);
    return prepared;
  }

  /// One mail for everything that this person is to be reminded of by now.
  Prepared reminder(const std::vector<store::Job>& due, const auth::LinkToken& token) {
    Prepared prepared{.done = due};
    std::map<std::pair<Instant, base::BookingId>, Lesson> ahead;
    for (const auto& job : prepared.done) {
      const auto booking = store::find_booking(tx_, job_.school, job.key.booking);
      if (booking && booking->status == domain::Status::booked && booking->lesson.start() > now_ &&
          actions::unless_restricted(tx_, job_.school, booking->learner))
        ahead.try_emplace({booking->lesson.start(), booking->id}, words_.lesson(*booking));
    }
    const auto to = ahead.empty() ? std::nullopt : addressee(ahead.begin()->second.booking, std::nullopt);
    if (!to) return prepared;
    std::vector<Lesson> lessons;
    lessons.reserve(ahead.size());
    for (auto& [when, each] : ahead) lessons.push_back(std::move(each));
    const auto reply_to = lessons.size() == 1 ? partner(lessons[0].booking, to->side) : net::Mailbox{};
    notify::Lead lead;  // One link is one lesson's: with several, those of the mails before are good.
    const auto stream = store::stream_of(lessons[0].booking.id);
    if (lessons.size() == 1 && store::is_of_guest(store::events_of(tx_, job_.school, stream)))
      lead = guest_lead(lessons[0].booking, token, prepared);
    prepared.mail = notify::reminder_mail(sender(), *to, lessons, reply_to, base::to_text(job_.id), lead);
    return prepared;
  }

 private:
  /// A learner who has nothing to sign in with.
  bool is_guest(PersonId id) {
    const auto account = store::find_account(tx_, job_.school, id);
    return account->role == store::Role::learner && account->active && !store::has_way_in(tx_, job_.school, id);
  }
  static std::optional<Booking> state_at(const std::vector<store::Event>& events, std::int64_t version) {
    for (const auto& event : events)
      if (event.version == version) return store::booking_after(event);
    return std::nullopt;
  }
  notify::Sender sender() const {
    auto from = office_.from;
    from.name = words_.rules().name;
    const auto school = store::find_school(tx_, job_.school);
    return {school.name, from, office_.public_url, school.colour, school.words};
  }
  net::Mail account_mail(const net::Mailbox& to, notify::AccountNews news, const std::string& path) const {
    return notify::account_mail(sender(), to, news, path, base::to_text(job_.id));
  }
  /// For a learner who cannot sign in: to this lesson alone, and once it is over to the page where they found it.
  notify::Lead guest_lead(const Booking& booking, const auth::LinkToken& token, Prepared& prepared) {
    if (booking.learner.value != job_.key.person.value) return {};
    if (store::has_way_in(tx_, job_.school, job_.key.person)) return {};
    prepared.guest = {booking.id, job_.key.person};
    if (!actions::leads_to(booking, now_))
      return {"Book another lesson", "/guest?school=" + store::find_school(tx_, job_.school).slug};
    prepared.link_until = booking.lesson.end() + actions::guest_link_lasts;
    return {"See, move or cancel this lesson", "/lesson#" + token.text};
  }
  /// The job's person, if mail reaches them; on the side on which they stand or stood.
  std::optional<notify::Addressee> addressee(const Booking& booking, const std::optional<Booking>& known) {
    const auto box = words_.mailbox(job_.key.person);
    if (box.address.empty()) return std::nullopt;
    if (!is_party(booking, known)) {
      if (!is_guardian(booking)) return std::nullopt;
      return notify::Addressee{box, notify::Side::learner, words_.lesson(booking).learner};
    }
    const bool learner =
        booking.learner.value == job_.key.person.value || (known && known->learner.value == job_.key.person.value);
    return notify::Addressee{box, learner ? notify::Side::learner : notify::Side::instructor};
  }
  bool is_party(const Booking& booking, const std::optional<Booking>& known) const {
    const auto in = [&](const Booking& each) {
      return each.learner.value == job_.key.person.value || each.instructor.value == job_.key.person.value;
    };
    return in(booking) || (known && in(*known));
  }
  /// Still, when the mail is written.
  bool is_guardian(const Booking& booking) {
    const PersonId child{booking.learner.value};
    const auto learner = office_.people.find(tx_, job_.school, child);
    return learner && actions::is_minor(*learner, words_.rules().school.zone, now_) &&
           store::find_guardianship(tx_, job_.school, job_.key.person, child);
  }
  /// A guardian reads as their child would, and has done themselves what they did in its name.
  domain::Reader reader(const Booking& booking, const std::optional<Booking>& known, PersonId changed_by) const {
    if (is_party(booking, known)) return {job_.key.person, changed_by};
    const PersonId child{booking.learner.value};
    return {child, changed_by == job_.key.person ? child : changed_by};
  }
  net::Mailbox partner(const Booking& booking, notify::Side side) {
    return words_.mailbox({side == notify::Side::learner ? booking.instructor.value : booking.learner.value});
  }

  const Office& office_;
  Transaction& tx_;
  const store::Job& job_;
  const Instant now_;
  actions::Wording words_;
};

}  // namespace jobs
