#include "jobs/worker.h"

#include "actions/wording.h"
#include "base/crypto.h"
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

constexpr std::chrono::milliseconds period{250};

/// Writes where nothing can be refused.
void commit(const actions::Context& context, const std::function<void(Transaction&)>& body) {
  const auto done = context.database.transact<int>([&](Transaction& tx) -> Result<int> {
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
    const auto news = domain::news(known, booking, {job_.key.person, events.back().actor});
    Prepared prepared{.told = booking.version, .done = {job_}};
    const auto to = addressee(booking, known);
    if (!news || !to) return prepared;
    const bool theirs =
        booking.learner.value == job_.key.person.value || booking.instructor.value == job_.key.person.value;
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
    prepared.mail =
        notify::invitation_mail(sender(), to, office_.public_url + "/welcome#" + token.text, base::to_text(job_.id));
    return prepared;
  }

  /// One mail for everything that this person is to be reminded of by now.
  Prepared reminder() {
    Prepared prepared{.done = store::due_reminders(tx_, job_.school, job_.key.person, now_)};
    std::map<std::pair<Instant, base::BookingId>, Lesson> ahead;
    for (const auto& job : prepared.done) {
      const auto booking = store::find_booking(tx_, job_.school, job.key.booking);
      if (booking && booking->status == domain::Status::booked && booking->lesson.start() > now_)
        ahead.try_emplace({booking->lesson.start(), booking->id}, words_.lesson(*booking));
    }
    const auto to = ahead.empty() ? std::nullopt : addressee(ahead.begin()->second.booking, std::nullopt);
    if (!to) return prepared;
    std::vector<Lesson> lessons;
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
  /// The job's person, if mail reaches them; on the side on which they stand or stood.
  std::optional<notify::Addressee> addressee(const Booking& booking, const std::optional<Booking>& known) {
    const auto box = words_.mailbox(job_.key.person);
    if (box.address.empty()) return std::nullopt;
    const bool learner =
        booking.learner.value == job_.key.person.value || (known && known->learner.value == job_.key.person.value);
    return notify::Addressee{box, learner ? notify::Side::learner : notify::Side::instructor};
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

Prepared prepare(const Office& office, const store::Job& job, Instant now) {
  const auto at_desk = [&](const auto& write) {
    return office.context.database.read([&](Transaction& tx) {
      Desk desk(office, tx, job, now);
      return write(desk);
    });
  };
  switch (job.key.kind) {
    case store::JobKind::notice:
      return at_desk([](Desk& desk) { return desk.notice(); });
    case store::JobKind::reminder:
      return at_desk([](Desk& desk) { return desk.reminder(); });
    case store::JobKind::invitation: {
      const auto token = auth::make_link_token(job.school);
      auto prepared = at_desk([&](Desk& desk) { return desk.invitation(token); });
      if (prepared.mail)
        commit(office.context, [&](Transaction& tx) {
          store::add_welcome(tx, job.school, job.key.person, token.hash, now + auth::welcome_lifetime);
        });
      return prepared;
    }
  }
  throw base::Bug("unknown store::JobKind");
}

void settle(const Office& office, const store::Job& job, const Prepared& prepared) {
  commit(office.context, [&](Transaction& tx) {
    if (prepared.told > 0) store::set_told(tx, job.school, job.key.booking, job.key.person, prepared.told);
    for (const auto& done : prepared.done) store::finish_job(tx, done);
  });
}

void put_off(const Office& office, const store::Job& job, const net::SendingResult& result, Instant now) {
  const bool last = result.sending == net::Sending::refused || job.attempts + 1 >= office.policy.tries;
  const auto bytes = base::random_bytes(8);
  std::uint64_t random = 0;
  std::memcpy(&random, bytes.data(), sizeof random);
  const auto again = now + net::pause_after(office.policy, job.attempts + 1, random);
  commit(office.context, [&](Transaction& tx) {
    store::fail_job(tx, job, result.problem, last ? std::nullopt : std::optional(again));
  });
}

}  // namespace

int dispatch(const actions::Context& context, int limit) {
  const auto waiting = context.database.read([&](Transaction& tx) { return store::undispatched(tx, 1).size(); });
  if (waiting == 0) return 0;
  int count = 0;
  commit(context, [&](Transaction& tx) {
    const auto events = store::undispatched(tx, limit);
    std::map<base::SchoolId, domain::Leads> leads;
    for (const auto& [school, position, event] : events) {
      if (!leads.contains(school)) leads[school] = store::find_school(tx, school).leads;
      for (const auto& wanted : jobs_after(event, leads[school]))
        store::put_job(tx, school, wanted.key, wanted.due_at, event.at);
      store::advance(tx, school, position);
    }
    count = static_cast<int>(events.size());
  });
  return count;
}

int run_due(const Office& office, Instant now, int limit) {
  const auto due = office.context.database.read([&](Transaction& tx) { return store::due_jobs(tx, now, limit); });
  for (const auto& job : due) {
    Prepared prepared;
    net::SendingResult result{net::Sending::sent, ""};
    try {
      prepared = prepare(office, job, now);
      if (prepared.mail) result = office.deliver(*prepared.mail);
    } catch (const std::exception& error) {
      office.report(error.what());
      result = {net::Sending::failed, "it could not be written; the log says why"};
    }
    if (result.sending == net::Sending::sent)
      settle(office, job, prepared);
    else
      put_off(office, job, result, now);
  }
  return static_cast<int>(due.size());
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
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, period, [this] { return stopping_.load(); })) {
    lock.unlock();
    try {
      while (dispatch(office_.context) > 0) {
      }
      while (!stopping_ && run_due(office_, base::now(), 1) > 0) {
      }
    } catch (const std::exception& error) {
      office_.report(error.what());
    }
    lock.lock();
  }
}

}  // namespace jobs
