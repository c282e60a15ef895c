#include "calendars/pull.h"

#include <algorithm>

namespace calendars {

namespace {

using std::chrono::milliseconds;

/// Of 250 events each; whoever never comes to the last page is in trouble.
constexpr int most_pages = 1'000;

/// Between looks for a calendar that is not there: doubles, up to this.
constexpr std::chrono::minutes looks_again{1}, looks_again_at_most{60};

/// It doubles with each failure before this one.
milliseconds doubled(milliseconds base, int failures, milliseconds most) {
  return std::min(base * (std::int64_t{1} << std::min(failures, 20)), most);
}

}  // namespace

Pull::Pull(PullPolicy policy, std::string sync_token, std::uint64_t seed, Time now, int failures)
    : policy_(policy), random_(seed), kept_token_(std::move(sync_token)), due_(now), failures_(failures) {}

Pull::Time Pull::after(milliseconds wait, double from, double to, Time now) {
  const double part = std::uniform_real_distribution(from, to)(random_);
  return now + milliseconds{static_cast<std::int64_t>(static_cast<double>(wait.count()) * part)};
}

Effect Pull::due(Time now) {
  if (stopped_ || !due_ || now < *due_) return {};
  due_.reset();
  again_ = false;
  return first_page();
}

void Pull::notified(Time now) {
  if (stopped_) return;
  again_ = true;
  // After a failure the wait stays: a burst of notifications must not make it shorter.
  if (due_ && failures_ == 0) due_ = std::min(*due_, now);
}

Effect Pull::first_page() {
  events_.clear();
  pages_ = 1;
  return Ask{kept_token_, ""};
}

Effect Pull::answered(Page page, Time now) {
  std::ranges::move(page.events, std::back_inserter(events_));
  if (!page.next_page.empty() && ++pages_ > most_pages) return failed(Trouble::later, std::nullopt, now);
  if (!page.next_page.empty()) return Ask{kept_token_, page.next_page};
  new_token_ = std::move(page.sync_token);
  return Keep{std::exchange(events_, {}), kept_token_.empty(), new_token_};
}

void Pull::kept(Time now) {
  kept_token_ = std::move(new_token_);
  failures_ = 0;
  due_ = again_ ? now : after(policy_.poll, 0.75, 1.25, now);
}

Effect Pull::failed(Trouble why, std::optional<std::chrono::seconds> retry_after, Time now) {
  if (why == Trouble::consent) {
    stopped_ = true;
    due_.reset();
    return Tell{why};
  }
  if (why == Trouble::missing) {
    due_ = after(doubled(looks_again, failures_++, looks_again_at_most), 0.5, 1, now);
    return Tell{why};
  }
  if (why == Trouble::expired && !kept_token_.empty()) {
    kept_token_.clear();
    return first_page();
  }
  due_ = after(doubled(policy_.base, failures_++, policy_.cap), 0.5, 1, now);
  if (retry_after) due_ = std::max(*due_, now + *retry_after);
  return {};
}

void Pull::resumed(Time now) {
  stopped_ = false;
  failures_ = 0;
  due_ = now;
}

}  // namespace calendars
