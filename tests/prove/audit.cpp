#include "prove/audit.h"

#include <algorithm>

#include "prove/tables.h"
#include "store/verify.h"

namespace prove {

namespace {

constexpr std::size_t shown_at_most = 8;

void note(Audit& audit, std::string fault) {
  if (audit.faults.size() < shown_at_most) audit.faults.push_back(std::move(fault));
}

/// In order of start, nothing may begin before all that came earlier has ended.
void find_overlaps(Tables& tables, Audit& audit, const std::string& owner, const std::string& start,
                   const std::string& end) {
  const auto sql = fmt::format(
      "select {0}, id from (select {0}, id, {1} as s, max({2}) over (partition by {0} order by {1}, id rows between"
      " unbounded preceding and 1 preceding) as e from bookings where blocks = 1 and {0} is not null) spans where e > "
      "s",
      owner, start, end);
  tables.each(sql, [&](const Tables::Values& v) {
    note(audit, fmt::format("booking {} overlaps another one of {} {}", v[1], owner, v[0]));
  });
}

void check_rows(Tables& tables, const Log& log, Audit& audit) {
  std::map<std::int64_t, Row> replayed;
  for (const auto& happening : log.happenings) {
    if (!happening.of_booking()) continue;
    auto& row = replayed[happening.row.id];
    if (happening.row.version != row.version + 1)
      note(audit, fmt::format("booking {} has no version {}", happening.row.id, row.version + 1));
    row = happening.row;
  }
  const auto rows = read_rows(tables);
  for (const auto& [id, row] : rows)
    if (const auto found = replayed.find(id); found == replayed.end() || found->second != row)
      note(audit, fmt::format("the row of booking {} is not what its events say", id));
  if (rows.size() != replayed.size()) note(audit, "bookings of the log have no row");
  audit.bookings = static_cast<std::int64_t>(rows.size());
  audit.blocking = std::count_if(rows.begin(), rows.end(), [](const auto& entry) { return entry.second.blocks(); });
}

/// Everything audit_tables() checks; hands the log back. On PostgreSQL verify gives what waits its place in the log.
Log check_tables(const std::string& address, Audit& audit) {
  Tables tables(address);
  for (auto& fault : tables.damage()) note(audit, std::move(fault));
  for (auto& fault : store::verify(address).faults) note(audit, "verify: " + fault);
  find_overlaps(tables, audit, "instructor_id", "occupied_start", "occupied_end");
  find_overlaps(tables, audit, "learner_id", "starts_at", "ends_at");
  find_overlaps(tables, audit, "vehicle_id", "starts_at", "vehicle_end");
  for (const auto& id : tables.column("select id from bookings where blocks <>"
                                      " case when status in ('held', 'requested', 'booked') then 1 else 0 end"))
    note(audit, fmt::format("booking {} does not block as its status says", id));
  for (const auto& key : tables.column("select key from idempotency i where status <> 201 or not exists"
                                       " (select 1 from bookings b where b.id = i.resource_id)"))
    note(audit, "half done: key " + key);
  auto log = read_log(tables);
  for (auto& fault : log.faults) note(audit, fault);
  check_rows(tables, log, audit);
  audit.events = static_cast<std::int64_t>(log.happenings.size());
  return log;
}

std::string describe(const Attempt& a) {
  std::string rules;
  for (int code = 0; code < base::code_count; ++code)
    if (a.refusals.test(static_cast<std::size_t>(code)))
      rules += fmt::format(" {}", to_string(static_cast<base::Code>(code)));
  return fmt::format(
      "{} kind {} instructor {} learner {} car {} start {} length {} booking {} version {} now {} by {}: {}{}",
      verb_names[static_cast<std::size_t>(a.verb)], a.kind, a.instructor, a.learner, a.vehicle, a.start, a.length,
      a.booking, a.version, a.now, a.person, a.accepted ? "accepted" : to_string(a.code), rules);
}

/// An attempt looks for a moment in [from, to] of the log at which its answer was the right one.
struct Pending {
  const Attempt* attempt;
  std::int64_t from, to;
  std::vector<std::int64_t> instructors{};  ///< Those for whom it had to be refused at some moment already.
};

bool is_any(const Attempt& attempt) {
  return attempt.instructor == 0 && (attempt.verb == Verb::make || attempt.verb == Verb::hold);
}

bool tells(const Attempt& attempt, const Verdict& verdict) {
  return !verdict.accepted && verdict.code == attempt.code && verdict.refusals == attempt.refusals;
}

/// With "any instructor" each one tried may have been refused at a moment of its own; five are tried at most. The rules
/// that were told are those of one of them, or of the ranking before.
bool explained_for_any(const State& state, const Plan& plan, Pending& pending) {
  auto& refused = pending.instructors;
  for (std::int64_t number = 0; number < plan.instructors; ++number) {
    const auto id = plan.instructor(number);
    if (state.expected(*pending.attempt, id).accepted) continue;
    if (std::find(refused.begin(), refused.end(), id) == refused.end()) refused.push_back(id);
  }
  return static_cast<std::int64_t>(refused.size()) >= std::min<std::int64_t>(5, plan.instructors);
}

bool explained(State& state, const Plan& plan, Pending& pending, std::int64_t accepted_with) {
  const auto& attempt = *pending.attempt;
  if (attempt.accepted) return state.expected(attempt, accepted_with).accepted;
  const auto told = [&] {
    return is_any(attempt) ? explained_for_any(state, plan, pending)
                           : tells(attempt, state.expected(attempt, attempt.instructor));
  };
  bool found = told();
  if (found || !state.any_lapsed_before(attempt.now)) return found;
  for (unsigned calendars = 1; calendars <= all_calendars && !found; ++calendars) {
    state.count_lapsed_holds(calendars);
    found = told();
  }
  state.count_lapsed_holds(0);
  return found;
}

/// Walks the log with the outside blocks in their places, and asks at each step about the attempts that may have been
/// answered there.
class Walk {
 public:
  Walk(const Plan& plan, const Log& log, const Journal& journal, Audit& audit)
      : plan_(plan), log_(log), audit_(audit), state_(plan) {
    std::map<std::string, const Block*> noted;
    for (const auto& block : journal.blocks) noted[block.note] = &block;
    for (std::size_t at = 0; at < log.happenings.size(); ++at) {
      const auto& happening = log.happenings[at];
      if (happening.of_booking())
        position_[{happening.row.id, happening.row.version}] = static_cast<std::int64_t>(at) + 1;
      if (const auto found = noted.find(happening.stream); found != noted.end())
        blocks_.emplace_back(static_cast<std::int64_t>(at), found->second);
    }
    if (blocks_.size() != journal.blocks.size()) note(audit_, "what came in meanwhile is not in the log");
    for (const auto& attempt : journal.attempts) add(attempt);
    std::sort(waiting_.begin(), waiting_.end(),
              [](const Pending& left, const Pending& right) { return left.from < right.from; });
  }

  void run() {
    auto block = blocks_.begin();
    const auto end = static_cast<std::int64_t>(log_.happenings.size());
    for (std::int64_t position = 0; position <= end; ++position) {
      if (position > 0) state_.apply(log_.happenings[static_cast<std::size_t>(position) - 1]);
      for (; next_ < waiting_.size() && waiting_[next_].from == position; ++next_) open_.push_back(waiting_[next_]);
      ask();
      for (; block != blocks_.end() && block->first == position; ++block) {
        state_.apply(*block->second);
        ask();
      }
      give_up(position);
    }
    for (const auto& [change, at] : position_)
      if (!answered_.contains(at) && log_.happenings[static_cast<std::size_t>(at) - 1].type != "booking_expired")
        note(audit_, fmt::format("nobody was told of version {} of booking {}", change.second, change.first));
  }

 private:
  void add(const Attempt& attempt) {
    ++(attempt.accepted ? audit_.accepted : audit_.refused);
    if (!attempt.accepted) {
      ++audit_.refused_by[std::string(to_string(attempt.code))];
      waiting_.push_back({&attempt, attempt.before, log_.position_of(attempt.after)});
      return;
    }
    const auto found = position_.find({attempt.got, attempt.got_version});
    if (found == position_.end()) return note(audit_, "accepted, but not in the log: " + describe(attempt));
    if (!answered_.insert(found->second).second) note(audit_, "accepted twice: " + describe(attempt));
    if (found->second <= attempt.before || found->second > log_.position_of(attempt.after))
      note(audit_, "acknowledged outside the time of its request: " + describe(attempt));
    waiting_.push_back({&attempt, found->second - 1, found->second - 1});
  }

  void ask() {
    std::erase_if(open_, [&](Pending& pending) {
      const auto with = pending.attempt->accepted && is_any(*pending.attempt)
                            ? log_.happenings[static_cast<std::size_t>(pending.to)].row.instructor
                            : pending.attempt->instructor;
      return explained(state_, plan_, pending, with);
    });
  }

  void give_up(std::int64_t position) {
    std::erase_if(open_, [&](const Pending& pending) {
      if (pending.to > position) return false;
      note(audit_, fmt::format("at no moment between {} and {} was this the answer: {}", pending.from, pending.to,
                               describe(*pending.attempt)));
      return true;
    });
  }

  const Plan& plan_;
  const Log& log_;
  Audit& audit_;
  State state_;
  std::vector<std::pair<std::int64_t, const Block*>> blocks_;  ///< Behind which position each came in.
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> position_;
  std::set<std::int64_t> answered_;
  std::vector<Pending> waiting_, open_;
  std::size_t next_ = 0;
};

}  // namespace

Audit audit_tables(const std::string& address) {
  Audit audit;
  check_tables(address, audit);
  return audit;
}

Audit audit_journal(const std::string& address, const Plan& plan, const Journal& journal) {
  Audit audit;
  const auto log = check_tables(address, audit);
  for (const auto& fault : journal.faults) note(audit, fault);
  Walk(plan, log, journal, audit).run();
  return audit;
}

Audit audit_acknowledged(const std::string& address, const std::map<std::int64_t, std::int64_t>& versions,
                         std::int64_t acknowledged, std::int64_t unanswered) {
  Audit audit;
  const auto log = check_tables(address, audit);
  std::map<std::int64_t, std::int64_t> newest;
  std::int64_t made = 0;
  for (const auto& happening : log.happenings) {
    if (!happening.of_booking()) continue;
    newest[happening.row.id] = happening.row.version;
    made += happening.type != "booking_expired";
  }
  for (const auto& [id, version] : versions)
    if (newest[id] < version) note(audit, fmt::format("acknowledged and lost: booking {} version {}", id, version));
  if (made > acknowledged + unanswered)
    note(audit,
         fmt::format("{} changes in the log, {} acknowledged, at most {} unanswered", made, acknowledged, unanswered));
  return audit;
}

}  // namespace prove
