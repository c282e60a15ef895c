#include "prove/load.h"

#include <random>
#include <thread>

#include "prove/places.h"
#include "prove/tables.h"
#include "store/schedules.h"

namespace prove {

namespace {

using base::Code;
using Answer = base::Result<actions::BookingView>;

/// The bookings that clients know of, and fight about: some of this is out of date, on purpose.
class Known {
 public:
  void add(const domain::Booking& booking, bool forgetful) {
    const std::lock_guard lock(mutex_);
    const auto same = std::find_if(bookings_.begin(), bookings_.end(),
                                   [&](const auto& known) { return known && known->id == booking.id; });
    if (same == bookings_.end())
      bookings_[next_++ % bookings_.size()] = booking;
    else if (!forgetful)
      *same = booking;
  }
  std::optional<domain::Booking> any(std::mt19937_64& random) {
    const std::lock_guard lock(mutex_);
    return bookings_[random() % bookings_.size()];
  }

 private:
  std::mutex mutex_;
  std::array<std::optional<domain::Booking>, 128> bookings_;
  std::size_t next_ = 0;
};

constexpr std::array<Code, 8> soft{Code::off_grid,     Code::too_soon,     Code::outside_hours,
                                   Code::closure,      Code::time_off,     Code::learner_daily_maximum,
                                   Code::break_needed, Code::open_bookings};

class Client {
 public:
  Client(OpenSchool& school, const Plan& plan, Clock& clock, Known& known, const LoadOptions& options, int number)
      : plan_(plan),
        clock_(clock),
        known_(known),
        options_(options),
        context_(school.context(number)),
        position_(school.address, school.node(number).told),
        random_(options.seed * 1'000'003 + static_cast<std::uint64_t>(number)),
        prefix_(fmt::format("{}/{}/", options.seed, number)) {}

  Journal run(std::atomic<std::int64_t>& left) {
    while (left.fetch_sub(1) > 0) try {
        act();
      } catch (const std::exception& error) {
        if (!options_.failed) journal_.faults.push_back(fmt::format("an exception: {}", error.what()));
        if (options_.failed && !options_.failed(error)) break;
      }
    return std::move(journal_);
  }

 private:
  std::int64_t upto(std::int64_t end) { return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(end)); }
  bool chance(int percent) { return upto(100) < percent; }

  actions::Caller caller(const Attempt& attempt, auth::Role role) const {
    return {.principal = {{school_id}, {attempt.person}, role},
            .now = base::from_seconds(attempt.now),
            .correlation_id = "proof"};
  }

  void act() {
    Attempt attempt{.verb = Verb::make};
    attempt.now = clock_.now.fetch_add(clock_.step) + upto(3 * clock_.step + 1);
    if (options_.blocks && upto(400) == 0) return block();
    const auto about = chance(55) ? std::nullopt : known_.any(random_);
    about ? change(attempt, *about) : place(attempt);
  }

  void block() {
    const bool time_off = chance(50);
    const auto start = clock_.now / day * day + upto(8) * day + 7 * hour + upto(130) * 5 * minute;
    Block block{plan_.instructor(upto(plan_.instructors)), start, start + (1 + upto(18)) * 5 * minute, time_off};
    block.note = "note/" + base::to_text(base::EventId{base::make_id()});
    const auto span =
        domain::Interval::of(base::from_seconds(block.start), std::chrono::seconds{block.end - block.start});
    const store::Author office{
        .school = {school_id}, .person = {office_id}, .correlation_id = "proof", .now = span.start()};
    const auto done = context_.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
      CHECK(store::lock(tx, {school_id}, store::Kind::instructor, block.instructor).has_value());
      store::append(tx, office, block.note, 1, "note_taken", {});
      if (time_off)
        store::put_time_off(tx, office, {base::make<base::TimeOffId>(), {block.instructor}, span, 1});
      else
        tx.run("insert into busy (school_id, instructor_id, id, starts_at, ends_at) values ($1, $2, $3, $4, $5)",
               school_id, block.instructor, base::make_id(), block.start, block.end);
      return 0;
    });
    CHECK(done.has_value());
    journal_.blocks.push_back(block);
  }

  Seconds some_start(const LessonKind& kind, Seconds now) {
    const auto of_day = now / day * day + upto(9) * day;
    if (chance(90)) return of_day + plan_.opens + upto((plan_.closes - plan_.opens) / kind.step) * kind.step;
    return of_day + 7 * hour + upto(12 * 12) * 5 * minute;
  }

  /// Who asks, and for which learner.
  auth::Role choose_caller(Attempt& attempt) {
    attempt.learner = plan_.learner(upto(plan_.learners));
    const auto role = chance(60) ? auth::Role::learner : chance(70) ? auth::Role::office : auth::Role::instructor;
    attempt.staff = role != auth::Role::learner;
    attempt.person = role == auth::Role::learner  ? attempt.learner
                     : role == auth::Role::office ? office_id
                                                  : plan_.instructor(upto(plan_.instructors));
    return role;
  }

  std::vector<std::string> choose_overrides(Attempt& attempt) {
    std::vector<std::string> names;
    if (!attempt.staff || !chance(50)) return names;
    for (const auto rule : soft)
      if (chance(40)) attempt.overruled.set(static_cast<std::size_t>(rule)), names.emplace_back(to_string(rule));
    return names;
  }

  void place(Attempt& attempt) {
    const auto role = choose_caller(attempt);
    const auto& kind = plan_.kinds[static_cast<std::size_t>(upto(static_cast<std::int64_t>(plan_.kinds.size())))];
    attempt.verb = chance(25) ? Verb::hold : Verb::make;
    attempt.kind = kind.id;
    attempt.length = kind.length;
    attempt.start = some_start(kind, attempt.now);
    attempt.instructor = role == auth::Role::instructor ? attempt.person
                         : chance(25)                   ? 0
                                                        : plan_.instructor(upto(plan_.instructors));
    if (kind.needs_vehicle && chance(10))
      attempt.vehicle = plan_.cars[static_cast<std::size_t>(upto(static_cast<std::int64_t>(plan_.cars.size())))].id;
    const auto overruled = choose_overrides(attempt);
    const actions::BookingInput input{.type = {attempt.kind},
                                      .start = base::from_seconds(attempt.start),
                                      .instructor = {attempt.instructor},
                                      .learner = {attempt.staff ? attempt.learner : 0},
                                      .vehicle = {attempt.vehicle},
                                      .overruled = overruled,
                                      .reason = overruled.empty() ? "" : "as agreed"};
    const bool hold = attempt.verb == Verb::hold;
    const auto who = caller(attempt, role);
    const auto key = fresh_key(attempt.person, hold);
    const auto send = [&] {
      return hold ? actions::hold_slot(context_, who, input, key) : actions::make_booking(context_, who, input, key);
    };
    const auto answer = ask(attempt, send);
    if (answer && chance(5)) repeat(*answer, send);
  }

  store::RequestKey fresh_key(std::int64_t person, bool hold) {
    return {{school_id}, {person}, hold ? "POST holds" : "POST bookings", prefix_ + std::to_string(++keys_), {1, 2, 3}};
  }

  /// The same request again leads to the same booking.
  template <class Send>
  void repeat(const actions::BookingView& first, const Send& send) {
    const Answer again = send();
    ++journal_.replays;
    if (!again || !again->replayed || again->booking.id != first.booking.id)
      journal_.faults.push_back("a repeated request did not answer with its booking " +
                                base::to_text(first.booking.id));
  }

  void change(Attempt& attempt, const domain::Booking& about) {
    attempt.booking = about.id.value;
    attempt.version = about.version;
    attempt.learner = about.learner.value;
    const auto role = chance(50) ? auth::Role::office : auth::Role::learner;
    attempt.staff = role == auth::Role::office;
    attempt.person = attempt.staff ? office_id : attempt.learner;
    attempt.verb = next_verb(about, attempt.staff);
    const auto changed = attempt.verb == Verb::move      ? move(attempt, role, about)
                         : attempt.verb == Verb::confirm ? confirm(attempt, role, about)
                                                         : settle(attempt, role);
    const bool undoable = attempt.verb == Verb::move || attempt.verb == Verb::cancel || attempt.verb == Verb::deliver;
    if (!changed || !undoable || !chance(50)) return;
    Attempt undo{.verb = Verb::undo,
                 .now = attempt.now + upto(13),
                 .person = attempt.person,
                 .staff = attempt.staff,
                 .learner = attempt.learner,
                 .booking = attempt.booking,
                 .version = changed->booking.version};
    (void)settle(undo, role);  // What came of it stands in the record of attempts.
  }

  Verb next_verb(const domain::Booking& about, bool staff) {
    const auto dice = upto(100);
    if (about.status == domain::Status::held)
      return dice < 60 ? Verb::confirm : dice < 75 ? Verb::extend : Verb::release;
    if (about.status == domain::Status::requested && staff && dice < 75)
      return dice < 55 ? Verb::approve : Verb::refuse;
    if (about.status == domain::Status::cancelled && dice < 50) return Verb::undo;
    return dice < 40 ? Verb::move : dice < 85 || !staff ? Verb::cancel : Verb::deliver;
  }

  Answer settle(Attempt& attempt, auth::Role role) {
    const auto who = caller(attempt, role);
    const auto context = context_;
    const base::BookingId id{attempt.booking};
    return ask(attempt, [&]() -> Answer {
      switch (attempt.verb) {
        case Verb::extend:
          return actions::extend_hold(context, who, id);
        case Verb::release:
          return released(context, who, id);
        case Verb::approve:
          return actions::approve_booking(context, who, id, attempt.version);
        case Verb::refuse:
          return actions::refuse_booking(context, who, id, attempt.version, "");
        case Verb::cancel:
          return actions::cancel_booking(context, who, id, attempt.version, "");
        case Verb::undo:
          return actions::undo_change(context, who, id, attempt.version);
        default:
          return actions::record_outcome(context, who, id, attempt.version, domain::Status::delivered);
      }
    });
  }

  /// A hold has no version for its client; what it led to is asked for, to be audited like the rest.
  Answer released(const actions::Context& context, const actions::Caller& who, base::BookingId id) {
    const auto done = actions::release_hold(context, who, id);
    if (!done) return base::refuse(done.error());
    return actions::get_booking(context, who, id);
  }

  Answer confirm(Attempt& attempt, auth::Role role, const domain::Booking& about) {
    const auto who = caller(attempt, role);
    const auto key = fresh_key(attempt.person, false);
    attempt.start = base::to_seconds(about.lesson.start());
    const actions::BookingInput input{.type = about.type,
                                      .start = about.lesson.start(),
                                      .learner = {attempt.staff ? attempt.learner : 0},
                                      .hold = about.id};
    return ask(attempt, [&] { return actions::make_booking(context_, who, input, key); });
  }

  Answer move(Attempt& attempt, auth::Role role, const domain::Booking& about) {
    const auto& kind = plan_.kind(about.type.value);
    actions::MoveInput input;
    attempt.start = some_start(kind, attempt.now);
    attempt.length = base::to_seconds(about.lesson.end()) - base::to_seconds(about.lesson.start());
    input.start = base::from_seconds(attempt.start);
    if (attempt.staff && chance(30)) {
      attempt.length = (1 + upto(24)) * 5 * minute;
      input.end = base::from_seconds(attempt.start + attempt.length);
    }
    attempt.instructor = chance(30) ? plan_.instructor(upto(plan_.instructors)) : about.instructor.value;
    input.instructor = {attempt.instructor};
    if (kind.needs_vehicle && chance(15))
      attempt.vehicle = plan_.cars[static_cast<std::size_t>(upto(static_cast<std::int64_t>(plan_.cars.size())))].id;
    input.vehicle = {attempt.vehicle};
    input.overruled = choose_overrides(attempt);
    input.reason = input.overruled.empty() ? "" : "as agreed";
    const auto who = caller(attempt, role);
    return ask(attempt,
               [&] { return actions::move_booking(context_, who, {attempt.booking}, attempt.version, input); });
  }

  template <class Send>
  Answer ask(Attempt& attempt, const Send& send) {
    attempt.before = position_.before();
    Answer answer = send();
    attempt.after = position_.after();
    attempt.accepted = answer.has_value();
    if (answer) {
      attempt.got = answer->booking.id.value;
      attempt.got_version = answer->booking.version;
      known_.add(answer->booking, chance(10));
    } else {
      attempt.code = answer.error().code;
      if (attempt.code == Code::unavailable && !options_.failed)
        journal_.faults.push_back("a client was sent away: " + answer.error().detail);
      for (const auto& refusal : answer.error().refusals) attempt.refusals.set(static_cast<std::size_t>(refusal.rule));
    }
    if (options_.answered) options_.answered(attempt);
    journal_.attempts.push_back(attempt);
    return answer;
  }

  const Plan& plan_;
  Clock& clock_;
  Known& known_;
  const LoadOptions& options_;
  const actions::Context context_;
  Position position_;
  std::mt19937_64 random_;
  const std::string prefix_;
  int keys_ = 0;
  Journal journal_;
};

/// Runs `body(number)` on that many threads; what they return, together.
template <class Body>
Journal in_parallel(int clients, const Body& body) {
  std::vector<Journal> journals(static_cast<std::size_t>(clients));
  std::vector<std::thread> threads;
  threads.reserve(journals.size());
  for (int number = 0; number < clients; ++number)
    threads.emplace_back([&, number] { journals[static_cast<std::size_t>(number)] = body(number); });
  for (auto& thread : threads) thread.join();
  Journal all;
  for (auto& journal : journals) all.append(std::move(journal));
  return all;
}

}  // namespace

Node::Node(const std::string& address, store::KeyStore& keys_, Follows follows)
    : database({.path = address, .patience = std::chrono::minutes{1}}),
      keys(keys_),
      follower_(context(), store::is_postgres(address) ? address : "") {
  told = database.read({school_id}, [](store::Transaction& tx) {
    return tx.number("select position from event_cursor where school_id = 1").value_or(0);
  });
  if (follows == Follows::nobody) {
    database.on_commit([this](const auto& touched) { moved(touched); });
    return;
  }
  follower_.start({.moved = [this](const auto& touched) { moved(touched); },
                   .ordered = [](const auto&) {},
                   .lost = [this] { cache.forget(); },
                   .report =
                       [this](const std::string& failure) {
                         const std::lock_guard lock(mutex_);
                         troubles_.push_back(failure);
                       }});
}

void Node::moved(const std::vector<store::Touched>& touched) {
  cache.committed(touched);
  for (const auto& each : touched)
    if (each.position > told) told = each.position;
}

std::vector<std::string> Node::troubles() {
  const std::lock_guard lock(mutex_);
  return std::exchange(troubles_, {});
}

namespace {
std::vector<std::unique_ptr<Node>> open_nodes(const std::string& address, store::KeyStore& keys, int count,
                                              Follows follows) {
  std::vector<std::unique_ptr<Node>> nodes;
  nodes.reserve(static_cast<std::size_t>(count));
  for (int number = 0; number < count; ++number) nodes.push_back(std::make_unique<Node>(address, keys, follows));
  return nodes;
}
}  // namespace

OpenSchool::OpenSchool(const std::string& address_, int count, Follows follows)
    : address(address_),
      keys(keys_of(address), {{"proof", base::Secret(std::string(32, 'k'))}}),
      nodes(open_nodes(address, keys, count, follows)),
      database(nodes.front()->database) {}

std::int64_t OpenSchool::repetitions() const {
  std::int64_t all = 0;
  for (const auto& node : nodes) all += node->database.figures().rerun_alone;
  return all;
}

std::unique_ptr<OpenSchool> make_school(const std::string& address, const Plan& plan, int nodes, Follows follows) {
  make_database(address);
  auto school = std::make_unique<OpenSchool>(address, nodes, follows);
  fill(school->database, school->keys, plan);
  return school;
}

Journal run_load(OpenSchool& school, const Plan& plan, Clock& clock, const LoadOptions& options) {
  Known known;
  std::atomic<std::int64_t> left{options.attempts};
  auto journal = in_parallel(options.clients, [&](int number) -> Journal {
    try {
      return Client(school, plan, clock, known, options, number).run(left);
    } catch (const std::exception& error) {  // The database cannot even be opened any more.
      if (options.failed) return {};
      return {.faults = {fmt::format("an exception: {}", error.what())}};
    }
  });
  for (const auto& node : school.nodes)
    for (const auto& trouble : node->troubles()) journal.faults.push_back("a node: " + trouble);
  return journal;
}

Journal run_roomy(OpenSchool& school, const Plan& plan, const LoadOptions& options, std::int64_t first) {
  const auto slots_a_day = (plan.closes - plan.opens) / plan.kinds[0].length;
  std::atomic<std::int64_t> next{first};
  return in_parallel(options.clients, [&](int client) {
    Journal journal;
    for (std::int64_t at; (at = next.fetch_add(1)) < first + options.attempts;) {
      const auto number = at % plan.instructors, turn = at / plan.instructors;
      const auto days = turn / slots_a_day;
      Attempt attempt{.verb = Verb::make, .now = first_monday - hour, .person = plan.learner(number)};
      attempt.kind = plan.kinds[0].id;
      attempt.start = first_monday + (days / 6 * 7 + days % 6) * day + plan.opens + turn % slots_a_day * hour;
      attempt.instructor = plan.instructor(number);
      const actions::Caller who{
          {{school_id}, {attempt.person}, auth::Role::learner}, base::from_seconds(attempt.now), "proof"};
      const store::RequestKey key{{school_id}, {attempt.person}, "POST bookings", std::to_string(at), {1}};
      const auto answer = actions::make_booking(
          school.context(client), who,
          {.type = {attempt.kind}, .start = base::from_seconds(attempt.start), .instructor = {attempt.instructor}},
          key);
      attempt.accepted = answer.has_value();
      if (answer) attempt.got = answer->booking.id.value, attempt.got_version = answer->booking.version;
      if (!answer) journal.faults.push_back("a free time was refused: " + answer.error().detail);
      if (options.answered) options.answered(attempt);
      journal.attempts.push_back(attempt);
    }
    return journal;
  });
}

std::vector<std::string> send_repeatedly(OpenSchool& school, const Plan& plan, int keys, int sends) {
  std::vector<std::set<std::int64_t>> booked(static_cast<std::size_t>(keys));
  std::mutex mutex;
  auto journal = in_parallel(sends, [&](int client) {
    Journal mine;
    for (int key = 0; key < keys; ++key) try {
        const auto learner = plan.learner(key);
        const actions::Caller who{
            {{school_id}, {learner}, auth::Role::learner}, base::from_seconds(first_monday), "proof"};
        const auto start = first_monday + day + plan.opens + key % 8 * hour;
        const auto answer =
            actions::make_booking(school.context(client), who,
                                  {.type = {plan.kinds[0].id},
                                   .start = base::from_seconds(start),
                                   .instructor = {key % 2 ? plan.instructor(key) : 0}},
                                  {{school_id}, {learner}, "POST bookings", "repeated-" + std::to_string(key), {1}});
        const std::lock_guard lock(mutex);
        if (answer)
          booked[static_cast<std::size_t>(key)].insert(answer->booking.id.value);
        else
          mine.faults.push_back(fmt::format("key {} was refused: {}", key, answer.error().detail));
      } catch (const std::exception& error) {
        mine.faults.push_back(fmt::format("key {}: {}", key, error.what()));
      }
    return mine;
  });
  for (const auto& ids : booked)
    if (ids.size() > 1) journal.faults.push_back(fmt::format("one key led to {} bookings", ids.size()));
  return journal.faults;
}

}  // namespace prove
