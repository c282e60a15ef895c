#include "jobs/sync_parts.h"
#include "jobs/worker.h"

namespace jobs {

namespace {

using calendars::Trouble;
using store::ConnectionState;
using store::Transaction;

constexpr std::chrono::milliseconds looks_for_work_every{250};

std::string_view name_of(Trouble trouble) {
  switch (trouble) {
    case Trouble::later:
      return "later";
    case Trouble::expired:
      return "expired";
    case Trouble::consent:
      return "consent";
    case Trouble::missing:
      return "missing";
    case Trouble::refused:
      return "refused";
    case Trouble::fixed:
      return "fixed";
  }
  throw base::Bug("unknown Trouble");
}

/// The owner, and whoever is at the school's desk.
void tell(Transaction& tx, store::People& people, base::SchoolId school, base::PersonId owner, base::Instant now) {
  constexpr store::Role desk[] = {store::Role::admin, store::Role::office};
  std::set<base::PersonId> told{owner};
  for (const auto& person : people.list(tx, school, desk))
    if (person.active) told.insert(person.id);
  for (const auto person : told) store::put_job(tx, school, {store::JobKind::calendar_trouble, {}, person}, now, now);
}

}  // namespace

void note_outcome(const SyncOffice& office, base::SchoolId school, const store::CalendarConnection& connection,
                  const calendars::Failure* failure, base::Instant now) {
  office.count(failure ? name_of(failure->why) : "ok");
  // Of one event or one calendar, not of the account.
  if (failure && (failure->why == Trouble::fixed || failure->why == Trouble::missing)) failure = nullptr;
  const bool fine = connection.state == ConnectionState::connected && !connection.failing_since;
  if (!failure && fine) return;
  if (failure) office.report(fmt::format("calendar connection {}: {}", base::to_text(connection.id), failure->detail));
  committed(office.context, school, [&](Transaction& tx) {
    auto state = ConnectionState::connected;
    if (failure && failure->why == Trouble::consent)
      state = ConnectionState::needs_consent;
    else if (failure)
      state = now - store::note_failure(tx, school, connection.id, now) >= told_after ? ConnectionState::degraded
                                                                                      : connection.state;
    const bool fresh = store::set_state(tx, school, connection.id, state);
    if (fresh && state != ConnectionState::connected) tell(tx, office.people, school, connection.person, now);
    return true;
  });
}

Sync::Sync(SyncOffice office, int threads) : office_(std::move(office)) {
  // Only one process works on a file of SQLite: what is taken was taken by one that is gone.
  if (office_.context.database.engine() == store::Engine::sqlite)
    committed(office_.context, store::no_school, [](Transaction& tx) {
      store::release_turns(tx);
      return true;
    });
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { loop(); });
}

Sync::~Sync() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void Sync::loop() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, looks_for_work_every, [this] { return stopping_; })) {
    lock.unlock();
    try {
      while (dispatch(office_.context) > 0) {
      }
      // One of each in turn, so that a burst of one is no outage of the other.
      for (bool more = true; more;) {
        const auto now = base::now();
        const bool written = write_due_lessons(office_, now), read = read_due_calendar(office_, now);
        const std::lock_guard looking(mutex_);
        more = (written || read) && !stopping_;
      }
    } catch (const std::exception& error) {
      office_.report(error.what());
    }
    lock.lock();
  }
}

}  // namespace jobs
