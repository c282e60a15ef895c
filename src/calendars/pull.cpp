#include "calendars/pull.h"

#include <algorithm>

namespace calendars {

namespace {

using std::chrono::milliseconds;

/// Of 250 events each; whoever never comes to the last page is in trouble.
constexpr int most_pages = 1'000;

/// Between looks for a calendar that is not there: doubles, up to this.
constexpr std::chrono::minutes looks_again{1}, looks_again_at_most{60};

milliseconds part_of(milliseconds wait, double part) {
  return milliseconds{static_cast<std::int64_t>(static_cast<double>(wait.count()) * part)};
}

}  // namespace

milliseconds wait_after(const PullPolicy& policy, Trouble why, int failures, double chance) {
  const bool missing = why == Trouble::missing;
  const milliseconds first = missing ? looks_again : policy.base, most = missing ? looks_again_at_most : policy.cap;
  return part_of(std::min(first * (std::int64_t{1} << std::min(failures, 20)), most), 0.5 + chance / 2);
}

Pull::Pull(PullPolicy policy, std::string sync_token, std::uint64_t seed, Time now, int failures)
    : policy_(policy), random_(seed), kept_token_(std::move(sync_token)), due_(now), failures_(failures) {}

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
  due_ = again_ ? now : now + part_of(policy_.poll, 0.75 + chance() / 2);
}

Effect Pull::failed(Trouble why, std::optional<std::chrono::seconds> retry_after, Time now) {
  if (why == Trouble::consent) {
    stopped_ = true;
    due_.reset();
    return Tell{why};
  }
  if (why == Trouble::expired && !kept_token_.empty()) {
    kept_token_.clear();
    return first_page();
  }
  due_ = now + wait_after(policy_, why, failures_++, chance());
  if (why == Trouble::missing) return Tell{why};
  if (retry_after) due_ = std::max(*due_, now + *retry_after);
  return {};
}

void Pull::resumed(Time now) {
  stopped_ = false;
  failures_ = 0;
  due_ = now;
}

}  // namespace calendars
