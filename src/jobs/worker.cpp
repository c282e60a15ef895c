#include "jobs/worker.h"

#include "actions/addresses.h"
#include "actions/export_person.h"
#include "actions/guardians.h"
#include "base/crypto.h"
#include "jobs/desk.h"
#include "store/outside.h"

namespace jobs {

namespace {

using base::Result;

constexpr std::chrono::milliseconds works_every{250};
// A commit each for the claim and for what nobody is told would be most of the work.
constexpr int claimed_at_once = 16;
// Then it gives back the rest: all must be settled before another worker may take it.
constexpr auto at_it_for = store::claim_lasts / 2;

/// Writes where nothing can be refused.
void commit(const actions::Context& context, base::SchoolId school, const std::function<void(Transaction&)>& body) {
  const auto done = context.database.transact<int>(school, [&](Transaction& tx) -> Result<int> {
    body(tx);
    return 0;
  });
  if (!done) throw std::runtime_error(done.error().detail);
}

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
  std::optional<PersonId> welcome;
  auto prepared = at_desk(office, due, now, [&](Desk& desk, Transaction& tx) {
    asked = waiting(office, tx, job, {store::ProofPurpose::registration, store::ProofPurpose::change}, now);
    return asked ? desk.address_proof(asked->proof, asked->address, token, with_link, welcome) : Prepared{.done = due};
  });
  if (welcome)
    commit(office.context, job.school, [&](Transaction& tx) {
      store::add_link(tx, job.school, *welcome, store::LinkPurpose::welcome, token.hash, now + actions::proof_lifetime);
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

/// Six digits for whoever reads this mailbox. They are made here, so that they are nowhere in clear but in the mail.
Prepared guest_code(const Office& office, const std::vector<store::Job>& due, Instant now) {
  const auto& job = due.front();
  std::uint64_t random = 0;
  std::memcpy(&random, base::random_bytes(sizeof random).data(), sizeof random);
  const auto code = fmt::format("{:06}", random % 1'000'000);
  auto& keys = office.people.keys();
  std::optional<store::GuestHold> hold;
  auto prepared = at_desk(office, due, now, [&](Desk& desk, Transaction& tx) {
    hold = store::find_guest_hold(tx, job.school, job.key.booking);
    if (!hold || hold->person != job.key.person) return Prepared{.done = due};
    const auto held = store::find_booking(tx, job.school, hold->booking);
    const auto details = actions::guest_details(keys, job.school, *hold);
    return held && details ? desk.guest_code(*details, *held, code) : Prepared{.done = due};
  });
  bool stands = true;
  if (prepared.mail) {
    hold->code_hash = actions::guest_code_hash(keys, job.school, hold->booking, code);
    commit(office.context, job.school, [&](Transaction& tx) { stands = store::send_code(tx, job.school, *hold); });
  }
  if (!stands) prepared.mail.reset();
  return prepared;
}

/// About a lesson; a guest's link is kept before the mail leaves.
Prepared about_lesson(const Office& office, const std::vector<store::Job>& due, Instant now, const auto& write) {
  const auto& job = due.front();
  const auto token = auth::make_link_token(job.school);
  auto prepared = at_desk(office, due, now, [&](Desk& desk, Transaction&) { return write(desk, token); });
  const bool led = prepared.link_until != Instant{};
  if (prepared.guest && (prepared.mail || !led))
    commit(office.context, job.school, [&](Transaction& tx) {
      if (led)
        store::add_guest_link(tx, job.school, *prepared.guest, token.hash, prepared.link_until);
      else
        store::drop_guest_links(tx, job.school, prepared.guest->booking);
    });
  return prepared;
}

Prepared prepare(const Office& office, const std::vector<store::Job>& due, Instant now) {
  switch (due.front().key.kind) {
    case store::JobKind::notice:
      return about_lesson(office, due, now, [](Desk& desk, const auto& token) { return desk.notice(token); });
    case store::JobKind::reminder:
      return about_lesson(office, due, now, [&](Desk& desk, const auto& token) { return desk.reminder(due, token); });
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
    case store::JobKind::guest_code:
      return guest_code(office, due, now);
    case store::JobKind::calendar_trouble:
      return at_desk(office, due, now, [](Desk& desk, Transaction&) { return desk.calendar_trouble(); });
    case store::JobKind::calendar:
      break;  // Not mail: jobs/write_lessons.cpp.
    case store::JobKind::data_request:
    case store::JobKind::data_request_due:
      return at_desk(office, due, now, [](Desk& desk, Transaction&) { return desk.data_request(); });
    case store::JobKind::data_request_news:
      return at_desk(office, due, now, [](Desk& desk, Transaction&) { return desk.data_request_news(); });
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
    for (const auto& [mail, told, done, guest, link_until] : all) {
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

/// Of the learner whose lesson the event is about; a guest's hold is nobody's.
std::vector<PersonId> guardians_of(Transaction& tx, base::SchoolId school, const store::Event& event) {
  std::vector<PersonId> guardians;
  if (!event.stream.starts_with("booking/")) return guardians;
  const PersonId learner{store::booking_after(event).learner.value};
  if (!learner) return guardians;
  for (const auto& link : store::guardians_of(tx, school, learner)) guardians.push_back(link.guardian);
  return guardians;
}

/// Lessons that have to be written anew in calendars elsewhere, each with whose calendars they are: what stands there,
/// or may have to, of the lesson; of a learner whose name is another one, or is erased, all that stands anywhere.
std::set<std::pair<base::BookingId, PersonId>> lessons_elsewhere(Transaction& tx, base::SchoolId school,
                                                                 const store::Event& event) {
  std::set<std::pair<base::BookingId, PersonId>> lessons;
  const auto add = [&](const std::vector<store::ShownLesson>& all) {
    for (const auto& shown : all) lessons.emplace(shown.booking, shown.person);
  };
  if (event.type == "person_changed" || event.type == "person_erased") {
    const auto id = base::id_from_text(std::string_view(event.data.at("id").as_string()));
    add(store::shown_of_learner(tx, school, {id.value()}));
  }
  if (!event.stream.starts_with("booking/")) return lessons;
  const auto booking = store::booking_after(event);
  add(store::shown_lessons(tx, school, booking.id));
  const PersonId instructor{booking.instructor.value};
  if (booking.status == domain::Status::booked && !store::calendars_of(tx, school, instructor).empty())
    lessons.emplace(booking.id, instructor);
  return lessons;
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
      tx.enter(school);
      if (!leads.contains(school)) leads[school] = store::find_school(tx, school).leads;
      for (const auto& wanted : jobs_after(event, leads[school], guardians_of(tx, school, event)))
        store::put_job(tx, school, wanted.key, wanted.due_at, event.at);
      for (const auto& [booking, owner] : lessons_elsewhere(tx, school, event))
        store::put_job(tx, school, {store::JobKind::calendar, booking, owner}, event.at, event.at);
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
