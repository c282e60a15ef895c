#include "calendars/push.h"

namespace calendars {

namespace {

constexpr std::string_view base32hex = "0123456789abcdefghijklmnopqrstuv";

}  // namespace

std::string event_id(std::string_view booking, int generation) {
  std::string id = "rb";
  unsigned bits = 0, count = 0;
  for (const unsigned char c : std::string(booking) + "/" + std::to_string(generation)) {
    bits = bits << 8 | c;
    for (count += 8; count >= 5; count -= 5) id += base32hex[bits >> (count - 5) & 31];
  }
  if (count > 0) id += base32hex[bits << (5 - count) & 31];
  return id;
}

Push::Push(std::string booking, std::optional<Shown> wanted, Written state, std::optional<Deed> overruled)
    : booking_(std::move(booking)), wanted_(std::move(wanted)), state_(std::move(state)), overruled_(overruled) {}

Step Push::first() {
  if (!wanted_ && !state_.begun) return settled();
  if (!wanted_ && !state_.time) return look();  // Somebody else's may have the id.
  if (!wanted_) {                               // If it comes back, a removal of which nobody heard is no human's.
    state_ = {.generation = state_.generation, .begun = true};
    at_ = At::remove;
    return Begin{state_};
  }
  if (!state_.begun) {
    state_.begun = true;
    return Begin{state_};
  }
  if (state_.doubted) return look();
  // Begun, and nobody heard of it: sent again it is taken at most.
  if (!state_.time) return insert();
  if (state_.print == wanted_->print && !overruled_) return settled();
  return state_.etag.empty() ? look() : patch(false);
}

Step Push::begun() {
  return at_ == At::remove ? remove() : insert();
}

Step Push::next(const Outcome& outcome) {
  if (const auto* stored = std::get_if<Stored>(&outcome)) {
    state_.etag = stored->etag;
    state_.time = wanted_->time;
    state_.print = wanted_->print;
    return settled();
  }
  if (const auto* seen = std::get_if<Found>(&outcome)) return found(*seen);
  if (std::holds_alternative<Gone>(outcome)) {
    if (at_ == At::remove || !wanted_) return settled();
    if (overruled_ == Deed{}) return insert();
    state_.etag.clear();
    return ByHuman{state_, std::nullopt};
  }
  return look();
}

Step Push::found(const Found& found) {
  const bool ours = found.booking == booking_;
  if (!wanted_) return ours && !found.cancelled ? remove() : settled();
  const bool known = state_.time.has_value();
  // Of what was moved to another calendar, and of much that was deleted, nothing is left but the id.
  const bool left = known && found.cancelled && found.booking.empty() && overruled_ != Deed{};
  if (!ours && !left) {  // Somebody else's, under our id.
    ++state_.generation;
    state_.begun = true;
    state_.time.reset();
    state_.etag.clear();
    return Begin{state_};
  }
  const auto as = found.as ? found.as : state_.time;
  const bool moved = as && found.time != as && found.time != std::optional(wanted_->time);
  const Deed deed{found.cancelled ? std::nullopt : found.time};
  if (overruled_ != deed && ((known && found.cancelled) || (moved && deed.moved_to))) {
    state_.time = as;
    state_.etag.clear();  // Whatever is wanted next, it is looked at again first.
    return ByHuman{state_, deed.moved_to};
  }
  state_.etag = found.etag;
  // Titles, colours and the like are the human's until the lesson changes.
  const bool right = !found.cancelled && state_.print == wanted_->print && found.time == std::optional(wanted_->time);
  return known && right && !overruled_ ? settled() : patch(found.cancelled);
}

Step Push::insert() {
  at_ = At::insert;
  return Insert{id(), *wanted_, booking_};
}

Step Push::patch(bool revive) {
  at_ = At::patch;
  return Patch{id(), state_.etag, *wanted_, revive};
}

Step Push::remove() {
  at_ = At::remove;
  return Remove{id()};
}

Step Push::look() {
  at_ = At::look;
  return Get{id()};
}

Step Push::settled() {
  if (!wanted_) state_ = Written{.generation = state_.generation};
  state_.doubted = false;
  return Settled{state_};
}

}  // namespace calendars
