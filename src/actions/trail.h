/// Takes down who did and saw what, beside the work: readings wait in memory for a tenth of a second and are written
/// together, so that they hold up nobody; what must not be lost is on disk before its answer leaves
/// (docs/decisions/0016).
#pragma once

#include <condition_variable>
#include <map>
#include <thread>

#include "actions/context.h"
#include "store/audit.h"

namespace actions {

class Trail {
 public:
  /// `report` hears why something could not be written yet, on a thread of the trail's own.
  using Report = std::function<void(const std::string& failure)>;
  Trail(Context context, Report report);
  ~Trail();  ///< Writes what waits.
  Trail(const Trail&) = delete;

  /// The same deed again within `same_deed` from the same address is the same deed: people reload pages. Refuses with
  /// `unavailable` where so much waits that the database must be away: what cannot be taken down is not shown.
  base::Done note(base::SchoolId school, store::Deed deed, const std::string& address);
  /// Returns when it is on disk.
  base::Done keep(base::SchoolId school, store::Deed deed, const std::string& address);

  static constexpr std::chrono::milliseconds gathered{100};
  static constexpr std::chrono::minutes same_deed{15};

 private:
  struct Waiting {
    base::SchoolId school;
    store::Deed deed;
    std::string address;
  };
  bool known(base::SchoolId school, const store::Deed& deed, const std::string& address);
  void write(std::span<Waiting> waiting);
  void loop();

  Context context_;
  Report report_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Waiting> queue_;
  std::map<base::Digest, base::Instant> lately_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace actions
