// Writes lessons into calendars elsewhere, and hears what people have done to them there.
#include <cmath>

#include "actions/wording.h"
#include "base/crypto.h"
#include "jobs/sync_parts.h"

namespace jobs {

namespace {

using base::Instant;
using calendars::Failure;
using calendars::Push;
using calendars::Shown;
using calendars::Trouble;
using domain::Booking;
using domain::Status;
using store::Job;
using store::KeyOwner;
using store::OutsideCalendar;
using store::ShownLesson;
using store::Transaction;

constexpr int written_at_once = 16;
// Then it gives back the rest: what is claimed must be settled before another worker may take it.
constexpr auto writes_for = store::claim_lasts / 2;

/// A lesson and one calendar in which it stands or is to stand.
struct Writing {
  Job job;
  base::SchoolId school;
  Booking booking;
  OutsideCalendar calendar;
  store::CalendarConnection connection;
  actions::Remote remote;
  ShownLesson shown;
  std::optional<Shown> wanted;  ///< None: it is to stand there no more.
  std::optional<store::Conflict> asked{};
  bool decided = false;  ///< What was asked about is put back.

  KeyOwner owner() const { return {school, calendar.person}; }
};

bool is_shown(Status status) {
  return status == Status::booked || status == Status::delivered || status == Status::no_show;
}

/// Tells nothing of what was written, and is another one for anything else.
std::string print_of(store::KeyStore& keys, base::SchoolId school, const Shown& shown) {
  const auto text = fmt::format("{}\n{}\n{}\n{}\n{}", base::to_seconds(shown.time.start()),
                                base::to_seconds(shown.time.end()), shown.summary, shown.description, shown.location);
  return base::to_base64url(keys.keyed_hash(school, "shown-lesson", text));
}

Shown in_words(const SyncOffice& office, actions::Wording& words, base::SchoolId school, const Booking& booking,
               store::Detail detail) {
  const auto lesson = words.lesson(booking);
  Shown shown{.time = booking.lesson, .summary = "Driving lesson", .description = {}, .location = {}, .print = {}};
  if (detail == store::Detail::lesson) shown.summary = lesson.type;
  if (detail == store::Detail::learner) {
    shown.summary = notify::title_for(lesson, notify::Side::instructor);
    shown.location = lesson.pickup;
  }
  shown.description = fmt::format("{}\n{}/week", words.rules().name, office.public_url);
  shown.print = print_of(office.context.keys, school, shown);
  return shown;
}

/// What the job is about, in one snapshot: wherever the lesson stands or is to stand in this person's calendars.
std::vector<Writing> writings(const SyncOffice& office, const Job& job, Instant now) {
  return office.context.database.read(job.school, [&](Transaction& tx) {
    std::vector<Writing> found;
    const auto booking = store::find_booking(tx, job.school, job.key.booking);
    if (!booking) return found;
    const auto shown = store::shown_lessons(tx, job.school, booking->id);
    const bool theirs = is_shown(booking->status) && booking->instructor.value == job.key.person.value;
    actions::Wording words(office.context, office.people, tx, job.school);
    for (auto& calendar : store::calendars_of(tx, job.school, job.key.person)) {
      const auto stands = std::ranges::find(shown, calendar.id, &ShownLesson::calendar);
      const bool is_there = stands != shown.end();
      const bool wanted = theirs && calendar.shows && (is_there || booking->lesson.end() > now);
      if (!is_there && !wanted) continue;
      auto connection = store::find_connection(tx, job.school, calendar.connection);
      auto remote = actions::opened_remote(office.context.keys, {job.school, calendar.person}, calendar.sealed);
      // Once somebody has connected it anew, everything is written again.
      if (!remote || !connection || connection->state == store::ConnectionState::needs_consent) continue;
      Writing writing{job, job.school, *booking, calendar, *connection, std::move(*remote), {}, std::nullopt};
      writing.shown = is_there ? *stands
                               : ShownLesson{.booking = booking->id,
                                             .calendar = calendar.id,
                                             .person = calendar.person,
                                             .event_id = calendars::event_id(base::to_text(booking->id), 0)};
      if (wanted) writing.wanted = in_words(office, words, job.school, *booking, connection->detail);
      // A conflict is waited for as long as the lesson is what it was and nobody touches the event again.
      writing.asked = store::find_conflict(tx, job.school, booking->id, calendar.id);
      if (writing.asked) {
        writing.decided = !wanted || writing.asked->booking_version != booking->version || writing.asked->decided_at;
        if (!writing.decided && !writing.shown.doubted) continue;
      }
      found.push_back(std::move(writing));
    }
    return found;
  });
}

calendars::Written written(const ShownLesson& shown, bool begun) {
  return {.generation = shown.generation,
          .begun = begun,
          .etag = shown.etag,
          .time = shown.as,
          .print = shown.print,
          .doubted = shown.doubted};
}

/// Whoever has seen something there meanwhile has moved the job, which comes once more: it may have been done since.
bool seen_meanwhile(Transaction& tx, const Writing& writing) {
  if (store::job_stands(tx, writing.job)) return false;
  const auto all = store::shown_lessons(tx, writing.school, writing.booking.id);
  const auto row = std::ranges::find(all, writing.calendar.id, &ShownLesson::calendar);
  return row != all.end() && row->doubted;
}

enum class As { begun, asked, settled };

/// False: another worker writes this lesson by now, and knows better.
bool keep(const SyncOffice& office, const Writing& writing, const calendars::Written& state, As as) {
  auto shown = writing.shown;
  shown.generation = state.generation;
  shown.event_id = calendars::event_id(base::to_text(writing.booking.id), state.generation);
  shown.etag = state.etag;
  shown.as = state.time;
  shown.print = state.print;
  return committed(office.context, writing.school, [&](Transaction& tx) {
    if (!store::job_is_held(tx, writing.job)) return false;
    if (as != As::begun) shown.doubted = state.doubted || seen_meanwhile(tx, writing);
    const bool there = store::find_outside(tx, writing.school, writing.calendar.id).has_value();
    if (!state.begun || !there)
      store::drop_shown(tx, writing.school, shown);
    else
      store::put_shown(tx, writing.school, shown);
    // Whatever was asked about is as the school wants it now.
    if (as == As::settled && writing.asked)
      if (const auto conflict = store::find_conflict(tx, writing.school, shown.booking, shown.calendar))
        store::drop_conflict(tx, writing.school, conflict->id);
    return true;
  });
}

bool is_held(const SyncOffice& office, const Writing& writing) {
  return office.context.database.read(writing.school,
                                      [&](Transaction& tx) { return store::job_is_held(tx, writing.job); });
}

/// Until the calendar shows the lesson as it is, or somebody has to decide. Why not, where it does not work.
std::optional<Failure> write(const SyncOffice& office, const Writing& writing, bool begun, Instant now) {
  const Failure too_late{.why = Trouble::later, .retry_after = {}, .detail = "another worker writes this lesson"};
  Push push(base::to_text(writing.booking.id), writing.wanted, written(writing.shown, begun),
            writing.decided ? std::optional(calendars::Deed{writing.asked->moved_to}) : std::nullopt);
  for (auto step = push.first();;) {
    if (const auto* begin = std::get_if<calendars::Begin>(&step)) {
      if (!keep(office, writing, begin->state, As::begun)) return too_late;
      step = push.begun();
    } else if (const auto* settled = std::get_if<calendars::Settled>(&step)) {
      if (!keep(office, writing, settled->state, As::settled)) return too_late;
      return std::nullopt;
    } else if (const auto* human = std::get_if<calendars::ByHuman>(&step)) {
      const actions::HumanChange change{writing.booking.id, writing.calendar.person, writing.calendar.id,
                                        human->moved_to};
      const bool known = writing.asked && writing.asked->moved_to == human->moved_to;
      if (!known && !actions::follow_human(office.context, writing.school, change, now))
        return Failure{.why = Trouble::later, .detail = "the lesson is changing"};
      auto state = human->state;
      state.doubted = false;
      if (!keep(office, writing, state, As::asked)) return too_late;
      return std::nullopt;
    } else if (!is_held(office, writing)) {
      return too_late;
    } else {
      auto outcome = actions::asked(
          office.outside, writing.owner(), writing.connection.id, now,
          [&](auto& provider, const auto& token) { return provider.write(token, writing.remote.id, step); });
      note_outcome(office, writing.school, writing.connection, outcome ? nullptr : &outcome.error(), now);
      if (!outcome) return outcome.error();
      step = push.next(*outcome);
    }
  }
}

bool is_begun(const SyncOffice& office, const Writing& writing) {
  return office.context.database.read(writing.school, [&](Transaction& tx) {
    const auto all = store::shown_lessons(tx, writing.school, writing.booking.id);
    return std::ranges::find(all, writing.calendar.id, &ShownLesson::calendar) != all.end();
  });
}

/// The worst of what came of all its calendars.
std::optional<Failure> write_lesson(const SyncOffice& office, const Job& job, std::int64_t& version, Instant now) {
  std::optional<Failure> failed;
  for (const auto& writing : writings(office, job, now)) {
    version = writing.booking.version;
    auto failure = write(office, writing, is_begun(office, writing), now);
    if (failure && (!failed || failure->why == Trouble::later)) failed = std::move(failure);
  }
  return failed;
}

Instant again_at(const SyncOffice& office, const Job& job, const Failure& failure, Instant now) {
  const auto& settings = office.outside.settings;
  const double chance = std::ldexp(static_cast<double>(any_number() >> 11), -53);
  const auto wait = calendars::wait_after({settings.poll, settings.retry_base, settings.retry_cap}, failure.why,
                                          job.attempts, chance);
  auto pause = std::chrono::ceil<base::seconds>(wait);
  if (failure.retry_after) pause = std::max(pause, *failure.retry_after);
  return now + pause;
}

void settle(const SyncOffice& office, const Job& job, const std::optional<Failure>& failure, std::int64_t version,
            Instant now) {
  committed(office.context, job.school, [&](Transaction& tx) {
    // A calendar that is gone for one answer may be there in the next.
    if (failure && (failure->why == Trouble::missing || failure->why == Trouble::later)) {
      store::fail_job(tx, job, failure->detail, again_at(office, job, *failure, now));
    } else if (failure && failure->why == Trouble::fixed) {
      store::fail_job(tx, job, failure->detail, std::nullopt);
    } else {
      store::finish_job(tx, job);
      // What was changed while it was written is written once more.
      const auto booking = store::find_booking(tx, job.school, job.key.booking);
      if (version > 0 && booking && booking->version != version) store::put_job(tx, job.school, job.key, now, now);
    }
    return true;
  });
}

}  // namespace

bool write_due_lessons(const SyncOffice& office, Instant now) {
  auto& database = office.context.database;
  const auto due = [&](Transaction& tx) { return store::job_is_due(tx, now, store::Work::calendars); };
  if (!office.outside.tokens || !database.read(store::no_school, due)) return false;
  std::vector<Job> claimed;
  committed(office.context, store::no_school, [&](Transaction& tx) {
    claimed = store::claim_jobs(tx, now, base::make_id(), written_at_once, store::Work::calendars);
    return true;
  });
  const auto until = std::chrono::steady_clock::now() + writes_for;
  for (const auto& job : claimed) {
    if (std::chrono::steady_clock::now() > until) {
      committed(office.context, job.school, [&](Transaction& tx) {
        store::release_job(tx, job);
        return true;
      });
      continue;
    }
    std::int64_t version = 0;
    std::optional<Failure> failure;
    try {
      failure = write_lesson(office, job, version, now);
    } catch (const std::exception& error) {
      office.report(error.what());
      failure = Failure{.why = Trouble::later, .detail = "it could not be written; the log says why"};
    }
    settle(office, job, failure, version, now);
  }
  return !claimed.empty();
}

}  // namespace jobs
