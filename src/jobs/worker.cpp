#include "jobs/worker.h"

#include "actions/export_person.h"
#include "actions/guardians.h"
#include "actions/wording.h"
#include "base/crypto.h"
#include "store/factors.h"
#include "store/identities.h"
#include "store/proofs.h"
#include "store/schedules.h"
#include "store/sign_in.h"

namespace jobs {

namespace {

using base::Instant;
using base::PersonId;
using base::Result;
using domain::Booking;
using notify::Lesson;
using store::Transaction;

constexpr std::chrono::milliseconds works_every{250};
// A commit each for the claim and for what nobody is told would be most of the work.
constexpr int claimed_at_once = 16;
// Then it gives back the rest: all must be settled before another worker may take it.
constexpr auto at_it_for = store::claim_lasts / 2;
/// Within their lifetime, to one person: an end of all the mails that somebody could have sent to somebody else,
/// however many nodes they ask. A mail that has to be tried eight times stays below.
constexpr int most_links = 10;

/// Writes where nothing can be refused.
void commit(const actions::Context& context, base::SchoolId school, const std::function<void(Transaction&)>& body) {
  const auto done = context.database.transact<int>(school, [&](Transaction& tx) -> Result<int> {
    body(tx);
    return 0;
  });
  if (!done) throw std::runtime_error(done.error().detail);
}

/// A mail with what becomes of the job once it is sent.
struct Prepared {
  std::optional<net::Mail> mail;   ///< None: there is nothing to say, or nobody who can be reached.
  std::int64_t told = 0;           ///< The version of the booking that the reader then knows.
  std::vector<store::Job> done{};  ///< All the jobs that this mail is the end of.
};

/// Reads what a mail says, in one snapshot.
class Desk {
 public:
  Desk(const Office& office, Transaction& tx, const store::Job& job, Instant now)
      : office_(office), tx_(tx), job_(job), now_(now), words_(office.context, office.people, tx, job.school) {}

  Prepared notice() {
    const auto events = store::events_of(tx_, job_.school, store::stream_of(job_.key.booking));
    if (events.empty()) return {};
    const auto booking = store::booking_after(events.back());
    const auto told = store::told_version(tx_, job_.school, job_.key.booking, job_.key.person);
    const auto known = state_at(events, told);
    const auto news = domain::news(known, booking, reader(booking, known, events.back().actor));
    Prepared prepared{.told = booking.version, .done = {job_}};
    const auto to = addressee(booking, known);
    if (!news || !to) return prepared;
    const bool theirs = !to->child.empty() || booking.learner.value == job_.key.person.value ||
                        booking.instructor.value == job_.key.person.value;
    auto shown = theirs || !known ? booking : *known;
    shown.version = booking.version;
    notify::Occasion occasion{.news = *news, .lesson = words_.lesson(shown)};
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
  Prepared address_proof(const store::EmailProof& proof, const std::string& address, const auth::LinkToken& token,
                         bool& with_link) {
    Prepared prepared{.done = {job_}};
    if (store::count_proofs(tx_, job_.school, proof.email_hash, now_) >= most_links) return prepared;
    const auto taken = store::person_with_email(tx_, job_.school, proof.email_hash);
    with_link = !taken;
    if (taken) {
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

  /// One mail for everything that this person is to be reminded of by now.
  Prepared reminder(const std::vector<store::Job>& due) {
    Prepared prepared{.done = due};
    std::map<std::pair<Instant, base::BookingId>, Lesson> ahead;
    for (const auto& job : prepared.done) {
      const auto booking = store::find_booking(tx_, job_.school, job.key.booking);
      if (booking && booking->status == domain::Status::booked && booking->lesson.start() > now_)
        ahead.try_emplace({booking->lesson.start(), booking->id}, words_.lesson(*booking));
    }
    const auto to = ahead.empty() ? std::nullopt : addressee(ahead.begin()->second.booking, std::nullopt);
    if (!to) return prepared;
    std::vector<Lesson> lessons;
    lessons.reserve(ahead.size());
    for (auto& [when, each] : ahead) lessons.push_back(std::move(each));
    const auto reply_to = lessons.size() == 1 ? partner(lessons[0].booking, to->side) : net::Mailbox{};
    prepared.mail = notify::reminder_mail(sender(), *to, lessons, reply_to, base::to_text(job_.id));
    return prepared;
  }

 private:
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

/// Reads with `write(desk, tx)` what is to be sent, unless an event has moved the job.
Prepared at_desk(const Office& office, const std::vector<store::Job>& due, Instant now, const auto& write) {
  const auto& job = due.front();
  return office.context.database.read(job.school, [&](Transaction& tx) {
    if (!store::job_stands(tx, job)) return Prepared{.done = due};
    Desk desk(office, tx, job, now);
    return write(desk, tx);
  });
}

/// What waits to be proven or told under the person's key; nullopt where it is over or erased.
struct Waiting {
  store::EmailProof proof;
  std::string address;
};
std::optional<Waiting> waiting(const Office& office, Transaction& tx, const store::Job& job,
                               std::initializer_list<store::ProofPurpose> purposes, Instant now) {
  for (const auto purpose : purposes)
    if (const auto proof = store::find_proof(tx, job.school, job.key.person, purpose, now))
      if (const auto address =
              office.people.keys().open({job.school, job.key.person}, store::proof_seal, proof->sealed))
        return Waiting{*proof, *address};
  return std::nullopt;
}

Prepared address_proof(const Office& office, const std::vector<store::Job>& due, Instant now) {
  const auto& job = due.front();
  const auto token = auth::make_link_token(job.school);
  std::optional<Waiting> asked;
  bool with_link = false;
  auto prepared = at_desk(office, due, now, [&](Desk& desk, Transaction& tx) {
    asked = waiting(office, tx, job, {store::ProofPurpose::registration, store::ProofPurpose::change}, now);
    return asked ? desk.address_proof(asked->proof, asked->address, token, with_link) : Prepared{.done = due};
  });
  // Somebody who has asked for another address meanwhile gets another mail.
  bool stands = true;
  if (prepared.mail && with_link)
    commit(office.context, job.school,
           [&](Transaction& tx) { stands = store::send_proof(tx, job.school, asked->proof, token.hash); });
  if (!stands) prepared.mail.reset();
  return prepared;
}

Prepared address_changed(const Office& office, const std::vector<store::Job>& due, Instant now) {
  return at_desk(office, due, now, [&](Desk& desk, Transaction& tx) {
    const auto told = waiting(office, tx, due.front(), {store::ProofPurpose::replaced}, now);
    return told ? desk.address_changed(told->address) : Prepared{.done = due};
  });
}

Prepared link(const Office& office, const std::vector<store::Job>& due, Instant now, store::LinkPurpose purpose) {
  const auto& job = due.front();
  const bool welcome = purpose == store::LinkPurpose::welcome;
  const auto token = auth::make_link_token(job.school);
  auto prepared = at_desk(office, due, now, [&](Desk& desk, Transaction&) {
    return welcome ? desk.invitation(token) : desk.password_reset(token);
  });
  if (prepared.mail)
    commit(office.context, job.school, [&](Transaction& tx) {
      store::add_link(tx, job.school, job.key.person, purpose, token.hash,
                      now + (welcome ? base::seconds(auth::welcome_lifetime) : auth::reset_lifetime));
    });
  return prepared;
}

Prepared prepare(const Office& office, const std::vector<store::Job>& due, Instant now) {
  switch (due.front().key.kind) {
    case store::JobKind::notice:
      return at_desk(office, due, now, [](Desk& desk, Transaction&) { return desk.notice(); });
    case store::JobKind::reminder:
      return at_desk(office, due, now, [&](Desk& desk, Transaction&) { return desk.reminder(due); });
    case store::JobKind::invitation:
      return link(office, due, now, store::LinkPurpose::welcome);
    case store::JobKind::password_reset:
      return link(office, due, now, store::LinkPurpose::reset);
    case store::JobKind::password_changed:
      return at_desk(office, due, now, [](Desk& desk, Transaction&) { return desk.password_changed(); });
    case store::JobKind::address_proof:
      return address_proof(office, due, now);
    case store::JobKind::address_changed:
      return address_changed(office, due, now);
    case store::JobKind::factors_changed:
      return at_desk(office, due, now, [](Desk& desk, Transaction&) { return desk.factors_changed(); });
    case store::JobKind::identities_changed:
      return at_desk(office, due, now, [](Desk& desk, Transaction&) { return desk.identities_changed(); });
    case store::JobKind::data_export: {
      const auto token = auth::make_link_token(due.front().school);
      const store::KeyOwner owner{due.front().school, due.front().key.person};
      if (!actions::make_export(office.context, office.people, owner, token.hash, now, office.public_url))
        return {.done = due};
      return at_desk(office, due, now, [&](Desk& desk, Transaction&) { return desk.data_export(token); });
    }
  }
  throw base::Bug("unknown store::JobKind");
}

void settle(const Office& office, base::SchoolId school, const std::vector<Prepared>& all) {
  if (all.empty()) return;
  commit(office.context, school, [&](Transaction& tx) {
    for (const auto& [mail, told, done] : all) {
      const auto& key = done.front().key;
      if (told > 0) store::set_told(tx, school, key.booking, key.person, told);
      if (key.kind == store::JobKind::address_changed)
        store::drop_proof(tx, school, key.person, store::ProofPurpose::replaced);
      for (const auto& job : done) store::finish_job(tx, job);
    }
  });
}

void put_off(const Office& office, const std::vector<store::Job>& due, const net::SendingResult& result, Instant now) {
  const auto bytes = base::random_bytes(8);
  std::uint64_t random = 0;
  std::memcpy(&random, bytes.data(), sizeof random);
  commit(office.context, due.front().school, [&](Transaction& tx) {
    for (const auto& job : due) {
      const bool last = result.sending == net::Sending::refused || job.attempts + 1 >= office.policy.tries;
      const auto again = now + net::pause_after(office.policy, job.attempts + 1, random);
      store::fail_job(tx, job, result.problem, last ? std::nullopt : std::optional(again));
    }
  });
}

std::vector<store::Job> claim(const Office& office, Instant now, int limit) {
  std::vector<store::Job> due;
  if (!office.context.database.read(store::no_school, [&](Transaction& tx) { return store::job_is_due(tx, now); }))
    return due;
  commit(office.context, store::no_school,
         [&](Transaction& tx) { due = store::claim_jobs(tx, now, base::make_id(), limit); });
  return due;
}

/// Whether there is nothing to send: then what is prepared only has to be settled.
bool run(const Office& office, const std::vector<store::Job>& due, Instant now, Prepared& prepared) {
  net::SendingResult result{net::Sending::sent, ""};
  try {
    prepared = prepare(office, due, now);
    if (!prepared.mail) return true;
    result = office.deliver(*prepared.mail);
  } catch (const std::exception& error) {
    office.report(error.what());
    result = {net::Sending::failed, "it could not be written; the log says why"};
  }
  // At once, so that a crash repeats one mail at most.
  if (result.sending == net::Sending::sent)
    settle(office, due.front().school, {prepared});
  else
    put_off(office, due, result, now);
  return false;
}

void run_claimed(const Office& office, const std::vector<store::Job>& claimed, Instant now,
                 const std::function<bool()>& enough) {
  const auto school = claimed.front().school;
  const auto until = std::chrono::steady_clock::now() + at_it_for;
  std::vector<Prepared> silent;
  const auto one = [&](const std::vector<store::Job>& due) {
    Prepared prepared;
    if (run(office, due, now, prepared)) silent.push_back(std::move(prepared));
  };
  auto next = claimed.begin();
  if (next->key.kind == store::JobKind::reminder) one(claimed), next = claimed.end();
  for (; next != claimed.end() && !enough() && std::chrono::steady_clock::now() < until; ++next) one({*next});
  settle(office, school, silent);
  if (next == claimed.end()) return;
  commit(office.context, school, [&](Transaction& tx) {
    for (; next != claimed.end(); ++next) store::release_job(tx, *next);
  });
}

/// Of the learner whose lesson the event is about.
std::vector<PersonId> guardians_of(Transaction& tx, base::SchoolId school, const store::Event& event) {
  std::vector<PersonId> guardians;
  if (!event.stream.starts_with("booking/")) return guardians;
  for (const auto& link : store::guardians_of(tx, school, {store::booking_after(event).learner.value}))
    guardians.push_back(link.guardian);
  return guardians;
}

}  // namespace

int dispatch(const actions::Context& context, int limit) {
  const bool waiting = context.database.read(store::no_school, [](Transaction& tx) { return store::events_wait(tx); });
  if (!waiting) return 0;
  int count = 0;
  commit(context, store::no_school, [&](Transaction& tx) {
    const bool more = store::put_in_order(tx, limit);
    const auto events = store::undispatched(tx, limit);
    std::map<base::SchoolId, domain::Leads> leads;
    std::map<base::SchoolId, std::int64_t> reached;
    for (const auto& [school, position, event] : events) {
      if (!leads.contains(school)) leads[school] = store::find_school(tx, school).leads;
      for (const auto& wanted : jobs_after(event, leads[school], guardians_of(tx, school, event)))
        store::put_job(tx, school, wanted.key, wanted.due_at, event.at);
      reached[school] = position;
    }
    for (const auto& [school, position] : reached) store::advance(tx, school, position);
    count = std::max(static_cast<int>(events.size()), more ? 1 : 0);
  });
  return count;
}

int run_due(const Office& office, Instant now, int limit, const std::function<bool()>& enough) {
  int count = 0;
  while (count < limit && !enough()) {
    const auto claimed = claim(office, now, std::min(limit - count, claimed_at_once));
    if (claimed.empty()) break;
    run_claimed(office, claimed, now, enough);
    count += static_cast<int>(claimed.size());
  }
  return count;
}

Worker::Worker(Office office) : office_(std::move(office)), thread_([this] { loop(); }) {}

Worker::~Worker() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  office_.interrupt();
  thread_.join();
}

void Worker::loop() {
  // Only one process works on a file of SQLite: what is taken was taken by one that is gone.
  if (office_.context.database.engine() == store::Engine::sqlite)
    commit(office_.context, store::no_school, [](Transaction& tx) { store::release_jobs(tx); });
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, works_every, [this] { return stopping_.load(); })) {
    lock.unlock();
    const auto look = [this] { looked_ = std::chrono::steady_clock::now(); };
    look();
    try {
      while (dispatch(office_.context) > 0) {
      }
      while (run_due(office_, base::now(), claimed_at_once, [this] { return stopping_.load(); }) > 0) look();
    } catch (const std::exception& error) {
      office_.report(error.what());
    }
    lock.lock();
  }
}

}  // namespace jobs
