#include "jobs/follow.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "jobs/worker.h"
#include "store/postgres.h"

namespace jobs {

namespace {
using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds looks_every{250};
constexpr std::chrono::seconds connect_within{1}, connect_again_after{5};
constexpr int at_once = 1'000;
/// Whoever has heard nothing for so long may have missed signals: they are kept for twice that.
constexpr auto too_long = std::chrono::minutes{store::signals_kept} / 2;
}  // namespace

Follower::Follower(actions::Context context, std::string listen_address)
    : context_(context),
      listen_address_(std::move(listen_address)),
      bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      position_(
          context_.database.read(store::no_school, [](store::Transaction& tx) { return store::newest_signal(tx); })),
      heard_(Clock::now()) {
  CHECK(bell_ >= 0);
}

Follower::~Follower() {
  context_.database.on_commit({});
  thread_.request_stop();
  wake();
  if (thread_.joinable()) thread_.join();
  ::close(bell_);
}

void Follower::start(Told told) {
  told_ = std::move(told);
  if (context_.database.engine() == store::Engine::sqlite) {
    context_.database.on_commit([this](const auto& touched) {
      told_.moved(touched);
      told_.ordered(touched);
    });
    return;
  }
  context_.database.on_commit([this](const auto& touched) {
    told_.moved(touched);
    wake();
  });
  thread_ = std::jthread([this](const std::stop_token& stop) { loop(stop); });
}

void Follower::wake() {
  const std::uint64_t one = 1;
  (void)!::write(bell_, &one, sizeof one);  // Full: it rings already.
}

/// Until something may have happened. Without the listening connection the clock does it.
void Follower::wait() {
  pollfd bell{bell_, POLLIN, 0};
  try {
    if (!listening_ && !listen_address_.empty() && Clock::now() >= listen_next_) {
      listen_next_ = Clock::now() + connect_again_after;
      listening_ = std::make_unique<store::PostgresConnection>(listen_address_, Clock::now() + connect_within);
      listening_->execute("listen roadbook");
    }
    if (listening_)
      listening_->wait_for_notice(bell_, looks_every);
    else
      ::poll(&bell, 1, static_cast<int>(looks_every.count()));
  } catch (const store::SqlError& error) {
    listening_.reset();
    told_.report(std::string("waits without NOTIFY: ") + error.what());
  }
  std::uint64_t rung = 0;
  (void)!::read(bell_, &rung, sizeof rung);
}

void Follower::round() {
  if (Clock::now() - heard_ > too_long) told_.lost();
  for (;;) {
    const auto asked = Clock::now();
    const auto signals = context_.database.read(
        store::no_school, [&](store::Transaction& tx) { return store::signals_after(tx, position_, at_once); });
    if (!signals.touched.empty()) {
      told_.moved(signals.touched);
      told_.ordered(signals.touched);
    }
    position_ = signals.position;
    heard_ = asked - signals.oldest_waiting;
    context_.database.followed({heard_, signals.log_position});
    if (signals.waits) {
      dispatch(context_);
      if (told_.numbered) told_.numbered();
    }
    if (!signals.waits && !signals.more) return;
  }
}

void Follower::loop(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    wait();
    try {
      round();
    } catch (const std::exception& error) {
      told_.report(error.what());
    }
  }
}

}  // namespace jobs
