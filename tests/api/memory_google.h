/// Google as a provider of calendars, in memory: what it keeps, what humans do there, and how its calls go wrong. After
/// tools/google-sim, whose sources say where each rule is written.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "calendars/provider.h"

namespace memory_google {

using calendars::ForeignEvent;
using domain::Interval;
using domain::Series;

/// What becomes of a call. What is dropped may have had its effect all the same; in a crash the caller is gone.
enum class Fate {
  fine,
  unavailable,
  limited,
  dropped_before,
  dropped_after,
  crash_before,
  crash_after,
  refused,
  missing
};
struct Crash {};  // No std::exception: nobody is left to catch it.

struct Item {
  ForeignEvent event;
  int version = 0;               ///< Its etag, and what sync tokens count.
  bool copy = false;             ///< By a human, of a lesson's event.
  bool elsewhere = false;        ///< Moved to another calendar: says no more than that it is gone.
  std::optional<Interval> as{};  ///< As it was written last (calendars::written_property).
  std::string summary, description, location, colour;

  bool living() const { return !event.gone; }
  bool lesson() const { return !event.booking.empty() && !copy; }
  std::string etag() const { return fmt::format("\"{}\"", version); }
};

struct Call {
  std::string what, calendar, id;  ///< "insert", …, "events", "watch"; of an event.
  base::Instant at;
  Fate fate = Fate::fine;
  std::optional<Interval> time{};  ///< That was written.
};

class Google {
 public:
  // What the test decides.
  std::function<base::Instant()> clock;
  std::function<Fate(const Call&)> fate = [](const Call&) { return Fate::fine; };
  std::function<void(const Call&)> meanwhile = [](const Call&) {};  ///< While a call is on its way.
  std::function<void(const std::string& calendar)> changed = [](const std::string&) {};
  std::function<std::size_t(std::size_t most)> page_size = [](std::size_t most) {
    return most;
  };  ///< Of the next page.
  std::chrono::seconds retry_after{30};

  // What came of it.
  std::vector<Call> calls;
  std::vector<std::string> wrongs;                                      ///< What a client never does.
  std::map<std::string, std::pair<std::string, std::string>> channels;  ///< By calendar: id and token.

  std::map<std::string, Item>& items(const std::string& calendar) { return calendars_[calendar].items; }

  // Humans.
  std::string create(const std::string& calendar, ForeignEvent event) {
    if (event.id.empty()) event.id = fmt::format("human{}", ++made_);
    auto id = event.id;
    Item item{.event = std::move(event)};
    item.summary = "Private";
    keep(calendar, std::move(item));
    return id;
  }
  void change(const std::string& calendar, const std::string& id, const std::function<void(Item&)>& how) {
    auto item = items(calendar).at(id);
    how(item);
    keep(calendar, std::move(item));
  }
  /// A series takes its exceptions along.
  void erase(const std::string& calendar, const std::string& id) {
    change(calendar, id, [](Item& item) { item.event.gone = true; });
    std::erase_if(items(calendar), [&](const auto& other) { return other.second.event.series == id; });
  }
  void expire_tokens(const std::string& calendar) { calendars_[calendar].oldest = version_ + 1; }
  /// Nothing is left of what was deleted a while ago, and no token is as old.
  void forget_deleted(const std::string& calendar) {
    std::erase_if(items(calendar),
                  [](const auto& entry) { return !entry.second.living() && entry.second.event.series.empty(); });
    expire_tokens(calendar);
  }

  // The API.
  calendars::Answer<calendars::Page> list(const std::string& id, const calendars::Ask& ask);
  calendars::Outcome operator()(const std::string& calendar, const calendars::Insert& step);
  calendars::Outcome operator()(const std::string& calendar, const calendars::Patch& step);
  calendars::Outcome operator()(const std::string& calendar, const calendars::Get& step);
  calendars::Outcome operator()(const std::string& calendar, const calendars::Remove& step);
  template <class Other>
  calendars::Outcome operator()(const std::string&, const Other&) {
    throw base::Bug("not asked of a calendar");
  }

  /// One call, with whatever goes wrong on its way.
  template <class Answer>
  Answer through(Call call, const std::function<Answer()>& effect);

 private:
  struct Listing {
    std::vector<ForeignEvent> left;
    std::string token;
  };
  struct Calendar {
    std::map<std::string, Item> items;
    std::map<std::string, Listing> listings;  ///< By page token.
    int oldest = 0;                           ///< Tokens before it have expired.
  };

  calendars::Outcome keep(const std::string& calendar, Item item) {
    item.version = ++version_;
    const auto etag = item.etag(), id = item.event.id;
    items(calendar).insert_or_assign(id, std::move(item));
    changed(calendar);
    return calendars::Stored{etag};
  }
  void wrong_unless(bool right, const std::string& what) {
    if (!right) wrongs.push_back(what);
  }
  Listing listing(const std::string& calendar, int since);

  std::map<std::string, Calendar> calendars_;
  int version_ = 1, made_ = 0, pages_ = 0;
};

inline Google::Listing Google::listing(const std::string& calendar, int since) {
  Listing listing{.left = {}, .token = std::to_string(version_)};
  for (const auto& [id, item] : items(calendar)) {
    const auto& event = item.event;
    if (item.version <= since || (event.gone && since == 0 && event.series.empty())) continue;
    if (!event.gone) listing.left.push_back(event);
    if (event.gone)
      listing.left.push_back({.id = id, .series = event.series, .original = event.original, .gone = true});
  }
  return listing;
}

inline calendars::Answer<calendars::Page> Google::list(const std::string& id, const calendars::Ask& ask) {
  using calendars::Trouble;
  auto& calendar = calendars_[id];
  Listing listing;
  if (ask.page.empty()) {
    const int since = ask.sync_token.empty() ? 0 : std::stoi(ask.sync_token);
    if (!ask.sync_token.empty() && since < calendar.oldest) return tl::unexpected(calendars::Failure{Trouble::expired});
    listing = this->listing(id, since);
  } else {
    const auto known = calendar.listings.find(ask.page);
    if (known == calendar.listings.end()) return tl::unexpected(calendars::Failure{Trouble::later});
    listing = std::move(known->second);
    calendar.listings.erase(known);
  }
  const auto size = std::min(page_size(listing.left.size()), listing.left.size());
  calendars::Page page;
  page.events.assign(listing.left.begin(), listing.left.begin() + static_cast<std::ptrdiff_t>(size));
  listing.left.erase(listing.left.begin(), listing.left.begin() + static_cast<std::ptrdiff_t>(size));
  if (listing.left.empty()) {
    page.sync_token = listing.token;
    return page;
  }
  page.next_page = fmt::format("page {}", ++pages_);
  calendar.listings.emplace(page.next_page, std::move(listing));
  return page;
}

inline calendars::Outcome Google::operator()(const std::string& calendar, const calendars::Insert& step) {
  wrong_unless(!step.booking.empty() && !step.shown.summary.empty(), "an insert of " + step.id + " without its fields");
  if (items(calendar).contains(step.id)) return calendars::Taken{};
  Item item{.event = {.id = step.id, .series = {}, .time = step.shown.time, .booking = step.booking}};
  item.as = step.shown.time;
  std::tie(item.summary, item.description, item.location) =
      std::tie(step.shown.summary, step.shown.description, step.shown.location);
  return keep(calendar, std::move(item));
}

inline calendars::Outcome Google::operator()(const std::string& calendar, const calendars::Patch& step) {
  wrong_unless(!step.etag.empty(), "a patch of " + step.id + " without If-Match");
  const auto found = items(calendar).find(step.id);
  if (found == items(calendar).end()) return calendars::Gone{};
  auto item = found->second;
  if (step.etag != item.etag()) return calendars::Stale{};
  wrong_unless(item.lesson() && !item.elsewhere, "a patch of " + step.id + ", which is no lesson's");
  item.event.time = item.as = step.shown.time;
  std::tie(item.summary, item.description, item.location) =
      std::tie(step.shown.summary, step.shown.description, step.shown.location);
  if (step.revive) item.event.gone = false;
  return keep(calendar, std::move(item));
}

inline calendars::Outcome Google::operator()(const std::string& calendar, const calendars::Get& step) {
  const auto found = items(calendar).find(step.id);
  if (found == items(calendar).end()) return calendars::Gone{};
  const auto& item = found->second;
  if (item.elsewhere) return calendars::Found{item.etag(), true, "", std::nullopt};
  return calendars::Found{item.etag(), item.event.gone, item.event.booking, item.event.time, item.as};
}

inline calendars::Outcome Google::operator()(const std::string& calendar, const calendars::Remove& step) {
  const auto found = items(calendar).find(step.id);
  if (found == items(calendar).end() || found->second.event.gone) return calendars::Gone{};
  wrong_unless(found->second.lesson(), "a deletion of " + step.id + ", which is no lesson's");
  erase(calendar, step.id);
  return calendars::Gone{};
}

template <class Answer>
Answer Google::through(Call call, const std::function<Answer()>& effect) {
  using calendars::Failure;
  using calendars::Trouble;
  call.at = clock();
  call.fate = fate(call);
  const auto fails = [](Trouble why, std::optional<std::chrono::seconds> wait = {}) {
    return tl::unexpected(Failure{why, wait, "a fault of the test"});
  };
  calls.push_back(call);
  if (call.fate == Fate::crash_before) throw Crash{};
  meanwhile(call);
  if (call.fate == Fate::unavailable || call.fate == Fate::dropped_before) return fails(Trouble::later);
  if (call.fate == Fate::limited) return fails(Trouble::later, retry_after);
  if (call.fate == Fate::refused) return fails(Trouble::refused);
  if (call.fate == Fate::missing) return fails(Trouble::missing);
  auto answer = effect();
  if (call.fate == Fate::crash_after) throw Crash{};
  meanwhile(call);
  if (call.fate == Fate::dropped_after) return fails(Trouble::later);
  return answer;
}

/// What the program is given.
class Provider final : public calendars::Provider {
 public:
  explicit Provider(Google& google) : google_(google) {}

  calendars::Answer<std::vector<calendars::Listed>> calendars(const base::Secret&) override {
    return tl::unexpected(calendars::Failure{calendars::Trouble::later});
  }
  calendars::Answer<calendars::Page> events(const base::Secret&, const std::string& calendar,
                                            const calendars::Ask& ask) override {
    return google_.through<calendars::Answer<calendars::Page>>({"events", calendar, "", {}},
                                                               [&] { return google_.list(calendar, ask); });
  }
  calendars::Answer<calendars::Outcome> write(const base::Secret&, const std::string& calendar,
                                              const calendars::Step& step) override {
    return std::visit([&](const auto& one) { return write_one(calendar, one); }, step);
  }
  calendars::Answer<calendars::Channel> watch(const base::Secret&, const std::string& calendar,
                                              const calendars::ChannelRequest& request) override {
    return google_.through<calendars::Answer<calendars::Channel>>({"watch", calendar, "", {}}, [&] {
      google_.channels[calendar] = {request.id, request.token.reveal()};
      return calendars::Channel{request.id, "resource", google_.clock() + request.lasts};
    });
  }
  calendars::Answer<std::monostate> stop(const base::Secret&, const calendars::Channel&) override {
    return std::monostate{};
  }
  calendars::Answer<std::vector<Interval>> busy(const base::Secret&, const std::vector<std::string>&,
                                                const Interval&) override {
    return tl::unexpected(calendars::Failure{calendars::Trouble::later});
  }

 private:
  static const char* name_of(const calendars::Insert&) { return "insert"; }
  static const char* name_of(const calendars::Patch&) { return "patch"; }
  static const char* name_of(const calendars::Get&) { return "get"; }
  static const char* name_of(const calendars::Remove&) { return "remove"; }

  template <class Step>
  calendars::Answer<calendars::Outcome> write_one(const std::string& calendar, const Step& step) {
    if constexpr (requires { name_of(step); }) {
      Call call{name_of(step), calendar, step.id, {}};
      if constexpr (requires { step.shown; }) call.time = step.shown.time;
      return google_.through<calendars::Answer<calendars::Outcome>>(call, [&] { return google_(calendar, step); });
    } else {
      throw base::Bug("not asked of a calendar");
    }
  }

  Google& google_;
};

}  // namespace memory_google
