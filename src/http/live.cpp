#include "http/live.h"

#include <fmt/format.h>

namespace http {

namespace {
constexpr std::size_t most_waiting = 200;
constexpr std::string_view resync = "event: resync\ndata: {}\n\n";
}  // namespace

LiveStream::LiveStream(auth::Principal principal, std::function<bool()> allowed)
    : principal_(principal), allowed_(std::move(allowed)) {}

/// Learners hear of what they could book, not of each other.
bool LiveStream::concerns(const store::Touched& touched) const {
  if (touched.school != principal_.school.value) return false;
  return principal_.staff() || touched.kind != "learner" || touched.id == principal_.person.value;
}

void LiveStream::put(const std::vector<store::Touched>& touched) {
  const std::lock_guard lock(mutex_);
  for (const auto& each : touched) {
    if (!concerns(each)) continue;
    if (waiting_.size() >= most_waiting) {
      waiting_.clear();
      behind_ = true;
    }
    if (!behind_)
      waiting_.push_back(fmt::format("event: moved\ndata: {{\"resource\":\"{}/{}\",\"version\":{}}}\n\n", each.kind,
                                     base::to_text(each.id), each.version));
  }
  if ((behind_ || !waiting_.empty()) && wake_) wake_();
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

base::Result<std::shared_ptr<LiveStream>> Live::open(const auth::Principal& principal, std::function<bool()> allowed) {
  const std::lock_guard lock(mutex_);
  std::erase_if(streams_, [](const auto& each) { return each.second.expired(); });
  if (streams_.size() >= limits_.streams || streams_.count(principal.person) >= limits_.of_a_person)
    return base::refuse(base::Code::unavailable, "Too many pages listen at once. Ask from time to time instead.");
  auto stream = std::make_shared<LiveStream>(principal, std::move(allowed));
  streams_.emplace(principal.person, stream);
  return stream;
}

void Live::committed(const std::vector<store::Touched>& touched) {
  if (touched.empty()) return;
  const std::lock_guard lock(mutex_);
  for (const auto& [person, weak] : streams_)
    if (const auto stream = weak.lock()) stream->put(touched);
}

}  // namespace http
