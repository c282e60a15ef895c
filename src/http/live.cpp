#include "http/live.h"

#include <fmt/format.h>

#include <algorithm>

namespace http {

namespace {
constexpr std::size_t most_waiting = 200;
constexpr std::string_view resync = "event: resync\ndata: {}\n\n";

/// Moves no calendar.
bool of_accounts(const store::Touched& touched) {
  return touched.kind == "session" || touched.kind == "erased";
}
}  // namespace

LiveStream::LiveStream(auth::Principal principal, std::function<bool()> allowed)
    : principal_(principal), allowed_(std::move(allowed)) {}

/// Learners hear of what they could book, not of each other.
bool LiveStream::concerns(const store::Touched& touched) const {
  if (touched.school != principal_.school.value || of_accounts(touched)) return false;
  return principal_.staff() || touched.kind != "learner" || touched.id == principal_.person.value;
}

/// A position is told with the last of what its transaction moved: whoever has it has all of it.
void LiveStream::put(std::span<const store::Touched> touched) {
  const std::lock_guard lock(mutex_);
  for (auto each = touched.begin(); each != touched.end(); ++each) {
    if (!concerns(*each)) continue;
    if (waiting_.size() >= most_waiting) {
      waiting_.clear();
      behind_ = true;
    }
    if (behind_) continue;
    const auto rest =
        std::find_if(each, touched.end(), [&](const auto& later) { return later.position != each->position; });
    const bool last = std::none_of(each + 1, rest, [&](const auto& later) { return concerns(later); });
    waiting_.push_back(fmt::format("{}event: moved\ndata: {{\"resource\":\"{}/{}\",\"version\":{}}}\n\n",
                                   last && each->position > 0 ? fmt::format("id: {}\n", each->position) : "",
                                   each->kind, base::to_text(each->id), each->version));
  }
  if ((behind_ || !waiting_.empty()) && wake_) wake_();
}

void LiveStream::resume(std::span<const store::Touched> missed) {
  {
    const std::lock_guard lock(mutex_);
    behind_ = false;
  }
  put(missed);
}

void LiveStream::fall_behind() {
  const std::lock_guard lock(mutex_);
  waiting_.clear();
  behind_ = true;
  if (wake_) wake_();
}

std::string LiveStream::take() {
  const std::lock_guard lock(mutex_);
  std::string text;
  if (behind_) text = resync;
  behind_ = false;
  for (const auto& each : waiting_) text += each;
  waiting_.clear();
  return text;
}

void LiveStream::on_ready(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
  if (wake_ && (behind_ || !waiting_.empty())) wake_();
}

base::Result<std::shared_ptr<LiveStream>> Live::open(const auth::Principal& principal, std::function<bool()> allowed,
                                                     std::optional<std::int64_t> seen) {
  const std::lock_guard lock(mutex_);
  std::erase_if(streams_, [](const auto& each) { return each.second.expired(); });
  if (streams_.size() >= limits_.streams || streams_.count(principal.person) >= limits_.of_a_person)
    return base::refuse(base::Code::unavailable, "Too many pages listen at once. Ask from time to time instead.");
  auto stream = std::make_shared<LiveStream>(principal, std::move(allowed));
  const auto school = principal.school.value;
  if (const auto known = known_from_.find(school); seen && known != known_from_.end() && known->second <= *seen) {
    std::vector<store::Touched> missed;
    for (const auto& each : recent_)
      if (each.school == school && each.position > *seen) missed.push_back(each);
    stream->resume(missed);
  }
  streams_.emplace(principal.person, stream);
  return stream;
}

void Live::remember(const store::Touched& touched) {
  if (of_accounts(touched)) return;
  if (touched.position == 0) {  // It has no place in the order: nobody can be told that they missed only this.
    known_from_.erase(touched.school);
    return;
  }
  known_from_.emplace(touched.school, touched.position);
  recent_.push_back(touched);
  if (recent_.size() <= limits_.remembered) return;
  const auto known = known_from_.find(recent_.front().school);
  if (known != known_from_.end()) known->second = std::max(known->second, recent_.front().position);
  recent_.pop_front();
}

void Live::forget() {
  const std::lock_guard lock(mutex_);
  known_from_.clear();
  recent_.clear();
  for (const auto& [person, weak] : streams_)
    if (const auto stream = weak.lock()) stream->fall_behind();
}

void Live::committed(const std::vector<store::Touched>& touched) {
  if (touched.empty()) return;
  const std::lock_guard lock(mutex_);
  for (const auto& each : touched) remember(each);
  for (const auto& [person, weak] : streams_)
    if (const auto stream = weak.lock()) stream->put(touched);
}

}  // namespace http
