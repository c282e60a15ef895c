#include "prove/crash.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "store/bookings.h"

namespace prove {

namespace {

using Watch = std::chrono::steady_clock;

struct Reply {
  std::int64_t booking, version;
};

void write_all(int file, const void* data, std::size_t size) {
  CHECK(::write(file, data, size) == static_cast<ssize_t>(size));  // Below PIPE_BUF: whole or not at all.
}

/// A process that runs `body` with the writing end of a pipe; what it writes is read with next().
class Child {
 public:
  template <class Body>
  explicit Child(const Body& body) {
    int ends[2];
    CHECK(::pipe2(ends, O_CLOEXEC) == 0);
    process_ = ::fork();
    CHECK(process_ >= 0);
    if (process_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);  // So that strace may join where only parents may.
      ::close(ends[0]);
      body(ends[1]);
      ::_exit(0);
    }
    ::close(ends[1]);
    pipe_ = ends[0];
  }
  ~Child() {
    kill();
    ::close(pipe_);
  }
  Child(const Child&) = delete;

  /// False: nothing more came until `until`, or the process is gone.
  bool next(Reply& answer, Watch::time_point until) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Watch::now()).count();
    pollfd wait{pipe_, POLLIN, 0};
    if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0) return false;
    return ::read(pipe_, &answer, sizeof answer) == sizeof answer;
  }
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
  }
  pid_t id() const { return process_; }

 private:
  pid_t process_ = 0;
  int pipe_ = -1;
};

constexpr auto for_ever = std::chrono::minutes{10};

/// The contended load until somebody ends the process.
void load_until_killed(const std::string& path, const Plan& plan, const RunOptions& options, int answers, Seconds now) {
  OpenSchool school(path);
  Clock clock;
  clock.now = now;
  LoadOptions load{.clients = options.clients, .attempts = 10'000'000, .seed = options.seed};
  load.answered = [&](const Attempt& attempt) {
    const Reply answer{attempt.got, attempt.got_version};
    if (attempt.accepted) write_all(answers, &answer, sizeof answer);
  };
  run_load(school, plan, clock, load);
}

/// From opening the file to a booking made in it.
double time_to_first_booking(const std::string& path, const Plan& plan, std::int64_t number) {
  const auto begun = Watch::now();
  OpenSchool school(path);
  const auto journal = run_roomy(school, plan, {.clients = 1, .attempts = 1}, number);
  CHECK(journal.faults.empty());
  return std::chrono::duration<double>(Watch::now() - begun).count();
}

double time_to_open(const std::string& path) {
  const auto begun = Watch::now();
  OpenSchool school(path);
  school.database.read({1}, [](store::Transaction& tx) { return tx.number("select count(*) from schools"); });
  return std::chrono::duration<double>(Watch::now() - begun).count();
}

}  // namespace

Crashes kill_under_load(const std::string& path, std::int64_t kills, const RunOptions& options) {
  constexpr std::int64_t kills_a_file = 20;
  const auto plan = contended_plan();
  std::mt19937_64 random(options.seed);
  Crashes crashes;
  std::map<std::int64_t, std::int64_t> versions;
  std::int64_t acknowledged = 0;
  for (; crashes.kills < kills && crashes.faults.empty(); ++crashes.kills) {
    const auto turn = crashes.kills % kills_a_file;
    if (turn == 0) {
      std::filesystem::remove_all(std::filesystem::path(path).parent_path());
      std::filesystem::create_directories(std::filesystem::path(path).parent_path());
      make_school(path, plan).reset();
      versions.clear();
      acknowledged = 0;
    }
    auto run = options;
    run.seed = options.seed * 1'000 + static_cast<std::uint64_t>(crashes.kills);
    Child child(
        [&](int answers) { load_until_killed(path, plan, run, answers, first_monday - 12 * hour + turn * hour / 2); });
    const auto note = [&](const Reply& answer) {
      ++acknowledged, ++crashes.acknowledged;
      versions[answer.booking] = std::max(versions[answer.booking], answer.version);
    };
    Reply answer{};
    if (child.next(answer, Watch::now() + for_ever)) note(answer);
    const auto moment = Watch::now() + std::chrono::microseconds{random() % 600'000};
    while (child.next(answer, moment)) note(answer);
    child.kill();
    while (child.next(answer, Watch::now() + for_ever)) note(answer);  // What was in the pipe was answered.
    crashes.slowest_start = std::max(crashes.slowest_start, time_to_open(path));
    crashes.faults = audit_acknowledged(path, versions, acknowledged, (turn + 1) * options.clients).faults;
  }
  return crashes;
}

namespace {

/// Past bookings, one hour each, saved as the actions save them but without deciding.
void fill_with(store::Database& database, const Plan& plan, std::int64_t bookings) {
  constexpr std::int64_t at_once = 5'000;
  const domain::Money price{4200, "GBP"};
  for (std::int64_t first = 0; first < bookings; first += at_once) {
    const auto done = database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
      for (auto number = first; number < std::min(first + at_once, bookings); ++number) {
        const auto turn = number / plan.instructors, who = number % plan.instructors;
        const auto lesson = domain::Interval::of(
            base::from_seconds(first_monday - week - (turn / 10) * day + turn % 10 * hour), std::chrono::hours{1});
        domain::Booking booking{.id = base::make<base::BookingId>(),
                                .type = {plan.kinds[0].id},
                                .instructor = {plan.instructor(who)},
                                .learner = {plan.learner(who)},
                                .vehicle = {plan.cars[static_cast<std::size_t>(who)].id},
                                .lesson = lesson,
                                .occupied = lesson,
                                .vehicle_until = lesson.end(),
                                .local_start = "2025-01-01T00:00:00",
                                .zone = "Europe/London",
                                .price = price,
                                .cancel_free_until = lesson.start(),
                                .created_at = lesson.start(),
                                .created_by = {office_id}};
        TRY(store::save(tx,
                        {.school = {school_id}, .person = {office_id}, .correlation_id = "fill", .now = lesson.start()},
                        booking, {"booking_made"}));
      }
      return 0;
    });
    CHECK(done.has_value());
  }
}

}  // namespace

Crashes restart_with(const std::string& path, std::int64_t bookings, const RunOptions& options) {
  const auto plan = roomy_plan(std::max(20, options.clients));
  fill_with(make_school(path, plan)->database, plan, bookings);
  Crashes crashes;
  std::map<std::int64_t, std::int64_t> versions;
  std::mt19937_64 random(options.seed);
  constexpr std::int64_t each = 100'000;
  for (; crashes.kills < 5; ++crashes.kills) {
    Child child([&](int answers) {
      OpenSchool school(path);
      run_roomy(school, plan,
                {.clients = options.clients,
                 .attempts = each,
                 .answered =
                     [&](const Attempt& attempt) {
                       const Reply answer{attempt.got, attempt.got_version};
                       if (attempt.accepted) write_all(answers, &answer, sizeof answer);
                     }},
                crashes.kills * each);
    });
    Reply answer{};
    const auto moment = Watch::now() + std::chrono::milliseconds{300 + random() % 400};
    while (child.next(answer, moment)) versions[answer.booking] = answer.version;
    child.kill();
    while (child.next(answer, Watch::now() + for_ever)) versions[answer.booking] = answer.version;
    crashes.slowest_start =
        std::max(crashes.slowest_start, time_to_first_booking(path, plan, crashes.kills * each + each - 1));
  }
  crashes.acknowledged = static_cast<std::int64_t>(versions.size());
  crashes.faults = audit_acknowledged(path, versions, bookings + crashes.acknowledged + crashes.kills,
                                      crashes.kills * options.clients)
                       .faults;
  return crashes;
}

std::optional<Syncing> count_syncs(const std::string& path, std::int64_t bookings) {
  const auto plan = roomy_plan(40);
  make_school(path, plan).reset();
  int gate[2];
  CHECK(::pipe2(gate, O_CLOEXEC) == 0);
  Child child([&](int answers) {
    char go = 0;
    CHECK(::read(gate[0], &go, 1) == 1);
    OpenSchool school(path);
    run_roomy(school, plan, {.clients = 1, .attempts = bookings, .answered = [&](const Attempt& attempt) {
                               const Reply answer{attempt.got, attempt.got_version};
                               write_all(answers, &answer, sizeof answer);
                             }});
    ::_exit(0);
  });
  const auto trace = path + ".trace";
  const pid_t strace = ::fork();
  if (strace == 0) {
    const auto process = std::to_string(child.id());
    ::execlp("strace", "strace", "-f", "-qq", "-y", "-e", "trace=fdatasync,fsync,write", "-o", trace.c_str(), "-p",
             process.c_str(), nullptr);
    ::_exit(127);
  }
  for (int wait = 0; wait < 200 && !std::filesystem::exists(trace); ++wait)
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  std::this_thread::sleep_for(std::chrono::milliseconds{200});
  if (::waitpid(strace, nullptr, WNOHANG) != 0 || !std::filesystem::exists(trace)) return std::nullopt;
  write_all(gate[1], "g", 1);
  Reply answer{};
  std::int64_t seen = 0;
  while (seen < bookings && child.next(answer, Watch::now() + for_ever)) ++seen;
  child.kill();
  ::waitpid(strace, nullptr, 0);
  ::close(gate[0]), ::close(gate[1]);

  Syncing syncing;
  bool synced = false;
  std::ifstream lines(trace);
  for (std::string line; std::getline(lines, line);) {
    // "12 fdatasync(5</x/roadbook.db-wal>) = 0", or its second half, "12 <... fdatasync resumed>) = 0".
    const bool sync = line.find("fdatasync") != std::string::npos || line.find("fsync") != std::string::npos;
    if (sync && line.ends_with("= 0")) ++syncing.syncs, synced = true;
    if (line.find(" write(") == std::string::npos || line.find("<pipe:") == std::string::npos) continue;
    ++syncing.answers;
    syncing.unsynced += !synced;
    synced = false;
  }
  return syncing;
}

}  // namespace prove
