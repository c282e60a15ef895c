/// Level two: calendars that one node has loaded, in Redis for all of them, each labelled by the version that its
/// snapshot saw. Whoever asks has read in its own snapshot which version is wanted, so nothing here can be stale.
///
/// Only ids and times, sealed with a keyed hash: what somebody else wrote is not believed. A school's calendars are the
/// fields of one hash, "instructor:1001", so that a school is forgotten by UNLINK and an instructor by HDEL; it goes by
/// itself an hour after it was first written.
#pragma once

#include "base/crypto.h"
#include "net/redis.h"
#include "store/calendars.h"

namespace cache {

/// What is kept of an instructor, or of a vehicle, which has no more than its version and what is taken.
struct SharedCalendar {
  std::int64_t version = 0;
  base::Instant from{}, valid_until = base::Instant::max();
  bool active = true;
  domain::Hours hours{};
  std::vector<domain::Interval> time_off{}, busy{};
  std::vector<domain::Taken> taken{};
};

struct Wanted {
  std::int64_t id, version;
};

struct SharedFigures {
  std::atomic<std::int64_t> hits{0}, misses{0};
  std::atomic<std::int64_t> unreadable{0};  ///< Misses that are no calendar of ours.
};

class SharedCalendars {
 public:
  SharedCalendars(net::Redis& redis, const base::Key& key) : redis_(redis), key_(key) {}

  /// One round trip for all: for each of `wanted` what is there of exactly its version, good at `now` and holding what
  /// blocks from `from` on.
  std::vector<std::optional<SharedCalendar>> find(std::string_view kind, base::SchoolId school,
                                                  const std::vector<Wanted>& wanted, base::Instant from,
                                                  base::Instant now);
  /// Nobody waits for it.
  void keep(std::string_view kind, base::SchoolId school,
            const std::vector<std::pair<std::int64_t, SharedCalendar>>& calendars);

  SharedFigures figures;

 private:
  std::string sealed(const std::string& name, const std::string& plain) const;
  std::optional<SharedCalendar> opened(const std::string& name, std::string_view value) const;

  net::Redis& redis_;
  const base::Key key_;
};

}  // namespace cache
