#include "domain/bitmaps.h"

#include <algorithm>

namespace domain {

void fill(std::span<std::uint64_t> row, std::int64_t first, Tick from, Tick to, bool value) {
  from = std::max<Tick>(from - first * ticks_a_word, 0);
  to = std::min<Tick>(to - first * ticks_a_word, std::int64_t(row.size()) * ticks_a_word);
  if (from >= to) return;
  const auto begin = std::size_t(word_of(from)), last = std::size_t(word_of(to - 1));
  for (auto word = begin; word <= last; ++word) {
    auto mask = ~std::uint64_t{0};
    if (word == begin) mask &= ~std::uint64_t{0} << (from % ticks_a_word);
    if (word == last) mask &= ~std::uint64_t{0} >> (ticks_a_word - 1 - (to - 1) % ticks_a_word);
    row[word] = value ? row[word] | mask : row[word] & ~mask;
  }
}

std::int64_t Bitmap::window(Instant now) {
  constexpr std::chrono::days step{4}, before{4};
  const auto days = std::chrono::floor<std::chrono::days>(now.time_since_epoch());
  return word_of(tick_of(Instant{days - days % step - before}));
}

Bitmap Bitmap::full(std::int64_t first_word) {
  Bitmap map(first_word);
  map.words_.fill(~std::uint64_t{0});
  return map;
}

Days::Days(const Zone& zone, std::int64_t first_word) : zone_(zone), first_word_(first_word) {
  const auto begin = start_of(first_word * ticks_a_word);
  const auto end = begin + std::int64_t(Bitmap::words) * ticks_a_word * tick;
  const auto first = zone.day_of(begin);
  const auto count = int((std::chrono::sys_days{zone.day_of(end)} - std::chrono::sys_days{first}).count()) + 1;
  const auto midnights = zone.midnights(first, count + 1);
  auto weekday = std::chrono::weekday{std::chrono::sys_days{first}}.iso_encoding();
  days_.reserve(std::size_t(count));
  for (int i = 0; i < count; ++i) {
    const auto midnight = midnights[std::size_t(i)], next = midnights[std::size_t(i) + 1];
    const bool plain = on_tick(midnight) && next - midnight == std::chrono::days{1};
    days_.push_back({add_days(first, i), weekday, tick_of(midnight), plain});
    weekday = weekday % 7 + 1;
  }
}

std::size_t OpenMaps::hash_of(const Hours& hours) {
  std::size_t hash = 0;
  const auto add = [&](std::int64_t value) { hash = (hash ^ std::size_t(value)) * 0x100000001b3u; };
  const auto add_range = [&](const WallRange& range) { add(range.start.count() * 1441 + range.end.count()); };
  for (const auto& [weekday, range] : hours.weekly) add(weekday), add_range(range);
  for (const auto& [date, ranges] : hours.overrides) {
    add(std::chrono::sys_days{date}.time_since_epoch().count());
    for (const auto& range : ranges) add_range(range);
  }
  return hash;
}

OpenMaps::OpenMaps(const Hours& hours, std::shared_ptr<const Days> days)
    : hours_(hours), days_(std::move(days)), closed_(Bitmap::full(days_->first_word_)) {
  ranges_.reserve(2 * days_->days_.size());
  const auto add_range = [&](Tick midnight, const WallRange& range) {
    add(midnight + range.start / tick, midnight + range.end / tick);
  };
  auto override_ = hours_.overrides.begin();
  for (const auto& [date, weekday, midnight, plain] : days_->days_) {
    if (!plain) {
      for (const auto& [span, grid] : open_ranges(hours_, days_->zone_, date, add_days(date, 1))) {
        if (!on_tick(span.start()) || !on_tick(span.end())) exact_ = false;
        add(tick_of(span.start()), tick_of(span.end()));
      }
      continue;
    }
    while (override_ != hours_.overrides.end() && override_->date < date) ++override_;
    if (override_ != hours_.overrides.end() && override_->date == date) {
      for (const auto& range : override_->ranges) add_range(midnight, range);
      continue;
    }
    for (const auto& weekly : hours_.weekly)
      if (weekly.weekday == weekday) add_range(midnight, weekly.range);
  }
}

void OpenMaps::add(Tick begin, Tick end) {
  fill(closed_.row(), days_->first_word_, begin, end - (widened_ticks - 1), false);
  if (!ranges_.empty() && ranges_.back().second == begin) seams_.push_back(begin);
  ranges_.emplace_back(begin, end);
}

const Bitmap& OpenMaps::grid(int step) const {
  const std::lock_guard lock(mutex_);
  if (const auto known = grids_.find(step); known != grids_.end()) return known->second;
  // Every step-th bit of a word, beginning with each of the first.
  std::vector<std::uint64_t> patterns(std::size_t(step), 0);
  for (int bit = 0; bit < int(ticks_a_word); ++bit) patterns[std::size_t(bit % step)] |= std::uint64_t{1} << bit;
  Bitmap grid(closed_.first_word());
  const auto words = grid.row();
  const auto first = grid.first_word();
  for (const auto& [begin, end] : ranges_) {
    const auto from = std::max(word_of(begin), first);
    const auto to = std::min(word_of(end - 1) + 1, first + std::int64_t(Bitmap::words));
    for (auto word = from; word < to; ++word) {
      const auto since = word * ticks_a_word - begin;  // Negative in the range's first word.
      auto bits = patterns[std::size_t(((-since) % step + step) % step)];
      if (since < 0) bits &= ~std::uint64_t{0} << -since;
      if (const auto left = end - word * ticks_a_word; left < ticks_a_word) bits &= ~(~std::uint64_t{0} << left);
      words[std::size_t(word - first)] |= bits;
    }
  }
  return grids_.emplace(step, grid).first->second;
}

void OpenMaps::starts(std::span<std::uint64_t> row, std::int64_t first, int step, int length) const {
  keep_free(row.data(), grid(step).at(first), closed_.at(first), {0, length}, row.size());
  for (const auto seam : seams_) fill(row, first, seam - length + 1, seam, false);
}

}  // namespace domain
