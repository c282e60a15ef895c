#include "cache/shared_calendars.h"

#include <fmt/format.h>

namespace cache {

namespace {

using base::Instant;
using domain::Interval;

/// The number is that of the format: nodes of two versions do not read each other's.
std::string key_of(base::SchoolId school) {
  return fmt::format("roadbook:calendars:1:{}", school.value);
}
std::string field_of(std::string_view kind, std::int64_t id) {
  return fmt::format("{}:{}", kind, id);
}
constexpr const char* kept_for_seconds = "3600";
constexpr std::size_t seal_bytes = 16;

struct Unreadable : std::runtime_error {
  Unreadable() : std::runtime_error("this is no calendar") {}
};

/// Seven bits a byte, the lowest first; signs in the lowest bit, so that small numbers are short whatever their sign.
/// Instants follow one another closely, so each is written as its distance from the one before.
class Writer {
 public:
  void number(std::int64_t value) {
    auto rest = (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
    for (; rest >= 0x80; rest >>= 7) text.push_back(static_cast<char>(rest | 0x80));
    text.push_back(static_cast<char>(rest));
  }
  void instant(Instant value) {
    number(base::to_seconds(value) - last_);
    last_ = base::to_seconds(value);
  }
  void interval(const Interval& value) { instant(value.start()), instant(value.end()); }
  template <class Items, class Write>
  void list(const Items& items, Write write) {
    number(static_cast<std::int64_t>(items.size()));
    for (const auto& item : items) write(item);
  }
  std::string text;

 private:
  std::int64_t last_ = 0;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}
  std::int64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) throw Unreadable();
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
    }
    throw Unreadable();
  }
  Instant instant() { return base::from_seconds(last_ += number()); }
  Interval interval() {
    const auto start = instant();
    const auto read = Interval::between(start, instant());
    if (!read) throw Unreadable();
    return *read;
  }
  template <class Items, class Read>
  void list(Items& items, Read read) {
    const auto count = number();
    if (count < 0 || count > static_cast<std::int64_t>(rest_.size())) throw Unreadable();
    items.reserve(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) items.push_back(read());
  }
  void end() const {
    if (!rest_.empty()) throw Unreadable();
  }

 private:
  std::string_view rest_;
  std::int64_t last_ = 0;
};

void write(Writer& out, const domain::WallRange& range) {
  out.number(range.start.count()), out.number(range.end.count());
}
domain::WallRange wall_range(Reader& in) {
  const domain::Minutes start{in.number()};
  return {start, domain::Minutes{in.number()}};
}

std::string packed(const SharedCalendar& calendar) {
  Writer out;
  out.number(calendar.version);
  out.instant(calendar.from);
  const bool forever = calendar.valid_until == Instant::max();
  out.number(forever);
  if (!forever) out.instant(calendar.valid_until);
  out.number(calendar.active);
  out.list(calendar.hours.weekly, [&](const auto& entry) { out.number(entry.weekday), write(out, entry.range); });
  out.list(calendar.hours.overrides, [&](const auto& entry) {
    out.number(std::chrono::sys_days{entry.date}.time_since_epoch().count());
    out.list(entry.ranges, [&](const auto& range) { write(out, range); });
  });
  for (const auto* spans : {&calendar.time_off, &calendar.busy})
    out.list(*spans, [&](const auto& span) { out.interval(span); });
  out.list(calendar.taken, [&](const auto& taken) {
    out.number(taken.booking.value), out.interval(taken.lesson), out.interval(taken.span);
  });
  return std::move(out.text);
}

SharedCalendar unpacked(std::string_view text) {
  Reader in(text);
  SharedCalendar calendar;
  calendar.version = in.number();
  calendar.from = in.instant();
  if (in.number() == 0) calendar.valid_until = in.instant();
  calendar.active = in.number() != 0;
  in.list(calendar.hours.weekly, [&] {
    const auto weekday = static_cast<unsigned>(in.number());
    return domain::Hours::Weekly{weekday, wall_range(in)};
  });
  in.list(calendar.hours.overrides, [&] {
    domain::Hours::Override entry{std::chrono::sys_days{std::chrono::days{in.number()}}, {}};
    in.list(entry.ranges, [&] { return wall_range(in); });
    return entry;
  });
  for (auto* spans : {&calendar.time_off, &calendar.busy}) in.list(*spans, [&] { return in.interval(); });
  in.list(calendar.taken, [&] {
    const base::BookingId booking{in.number()};
    const auto lesson = in.interval();
    return domain::Taken{booking, lesson, in.interval()};
  });
  in.end();
  return calendar;
}

}  // namespace

std::string SharedCalendars::sealed(const std::string& name, const std::string& plain) const {
  const auto digest = base::hmac_sha256(key_.bytes(), base::bytes_of(name + '\n' + plain));
  return std::string(base::text_of(digest).substr(0, seal_bytes)) + plain;
}

std::optional<SharedCalendar> SharedCalendars::opened(const std::string& name, std::string_view value) const {
  if (value.size() < seal_bytes) return std::nullopt;
  const auto plain = value.substr(seal_bytes);
  if (!base::equal(base::bytes_of(sealed(name, std::string(plain))), base::bytes_of(value))) return std::nullopt;
  try {
    return unpacked(plain);
  } catch (const Unreadable&) {  // Counted by find().
    return std::nullopt;
  }
}

std::vector<std::optional<SharedCalendar>> SharedCalendars::find(std::string_view kind, base::SchoolId school,
                                                                 const std::vector<Wanted>& wanted, Instant from,
                                                                 Instant now) {
  std::vector<std::optional<SharedCalendar>> found(wanted.size());
  const auto key = key_of(school);
  net::RedisCommand command{"HMGET", key};
  for (const auto& [id, version] : wanted) command.push_back(field_of(kind, id));
  const auto reply = redis_.ask(std::move(command));
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool there =
        reply && reply->items.size() == wanted.size() && reply->items[i].kind == net::RedisReply::Kind::text;
    if (there) found[i] = opened(key + ' ' + field_of(kind, wanted[i].id), reply->items[i].text);
    if (there && !found[i]) ++figures.unreadable;
    const auto& calendar = found[i];
    const bool usable =
        calendar && calendar->version == wanted[i].version && calendar->from <= from && now < calendar->valid_until;
    ++(usable ? figures.hits : figures.misses);
    if (!usable) found[i].reset();
  }
  return found;
}

void SharedCalendars::keep(std::string_view kind, base::SchoolId school,
                           const std::vector<std::pair<std::int64_t, SharedCalendar>>& calendars) {
  if (calendars.empty()) return;
  const auto key = key_of(school);
  net::RedisCommand command{"HSET", key};
  for (const auto& [id, calendar] : calendars) {
    const auto field = field_of(kind, id);
    command.push_back(field);
    command.push_back(sealed(key + ' ' + field, packed(calendar)));
  }
  redis_.tell(std::move(command));
  redis_.tell({"EXPIRE", key, kept_for_seconds, "NX"});
}

}  // namespace cache
