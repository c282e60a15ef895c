/// A disk that can lose power and that can fail, between SQLite and the real one. The real file plays the page cache:
/// it has every write. What a sync has not yet made durable is remembered, and lost in part when the power goes.
#pragma once

#include <sqlite3.h>

#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace prove {

/// Which of the writes that were not synced are on the disk when the power returns.
enum class Survives {
  all,
  none,
  prefix,  ///< The first ones, the last of them cut within.
  torn     ///< Any 512-byte sectors of any of them.
};

enum class Operation { read, write, sync, open };

/// SQLite's default VFS while it lives; one at a time.
class PowerVfs {
 public:
  explicit PowerVfs(std::uint64_t seed);
  ~PowerVfs();
  PowerVfs(const PowerVfs&) = delete;

  /// The power goes at the n-th write, truncation or sync from now on; everything fails from then on.
  void lose_power_after(std::int64_t operations);
  bool powerless();
  /// The files are what a disk would hold, the index in shared memory is gone, and the power is back.
  void restore(Survives what);

  /// Syncs say OK and do nothing, as with synchronous=off.
  void ignore_syncs(bool ignore);
  /// This operation on files whose name ends so fails with an error of SQLite, until heal().
  void fail(Operation operation, const std::string& suffix, int code);
  void heal();
  std::int64_t syncs();

 private:
  struct Change {
    sqlite3_int64 offset;  ///< -1: the file is cut to `size`.
    std::vector<char> data;
    sqlite3_int64 size;
  };
  struct Disk {
    std::vector<char> durable;
    std::vector<Change> volatile_changes;
  };
  struct File;
  struct Methods;

  /// The error that this operation fails with, or SQLITE_OK.
  int fault(Operation operation, const std::string& path);
  static void apply(std::vector<char>& bytes, const Change& change);
  std::vector<char> survivors(const Disk& disk, Survives what);

  std::mutex mutex_;
  std::mt19937_64 random_;
  std::map<std::string, Disk> disks_;
  std::int64_t operations_left_ = -1;
  bool powerless_ = false, ignore_syncs_ = false;
  std::int64_t syncs_ = 0;
  struct Fault {
    Operation operation;
    std::string suffix;
    int code;
  };
  std::vector<Fault> faults_;
  sqlite3_vfs* real_;
  sqlite3_vfs own_{};
};

}  // namespace prove
