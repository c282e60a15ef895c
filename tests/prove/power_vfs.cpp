#include "prove/power_vfs.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace prove {

/// What SQLite gets as its file; the real one lies behind it in the same memory.
struct PowerVfs::File {
  sqlite3_file base;
  PowerVfs* vfs;
  std::string* path;  ///< Null: a temporary file, which is nobody's loss.
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

struct PowerVfs::Methods {
  static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
  static PowerVfs& of(sqlite3_vfs* vfs) { return *static_cast<PowerVfs*>(vfs->pAppData); }

  static int close(sqlite3_file* file) {
    auto& mine = of(file);
    const int code = mine.real()->pMethods->xClose(mine.real());
    delete mine.path;
    return code;
  }
  static int read(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
    auto& mine = of(file);
    if (mine.path) {
      const std::lock_guard lock(mine.vfs->mutex_);
      if (const int code = mine.vfs->fault(Operation::read, *mine.path)) return code;
    }
    return mine.real()->pMethods->xRead(mine.real(), data, size, offset);
  }
  static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    const auto* bytes = static_cast<const char*>(data);
    return change(of(file), {offset, {bytes, bytes + size}, 0},
                  [&](sqlite3_file* real) { return real->pMethods->xWrite(real, data, size, offset); });
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    return change(of(file), {-1, {}, size}, [&](sqlite3_file* real) { return real->pMethods->xTruncate(real, size); });
  }
  template <class Real>
  static int change(File& mine, Change change, const Real& real) {
    if (mine.path) {
      const std::lock_guard lock(mine.vfs->mutex_);
      if (const int code = mine.vfs->fault(Operation::write, *mine.path)) return code;
      mine.vfs->disks_[*mine.path].volatile_changes.push_back(std::move(change));
    }
    return real(mine.real());
  }
  static int sync(sqlite3_file* file, int) {
    auto& mine = of(file);
    if (!mine.path) return SQLITE_OK;
    const std::lock_guard lock(mine.vfs->mutex_);
    if (const int code = mine.vfs->fault(Operation::sync, *mine.path)) return code;
    ++mine.vfs->syncs_;
    if (mine.vfs->ignore_syncs_) return SQLITE_OK;
    auto& disk = mine.vfs->disks_[*mine.path];
    for (const auto& each : disk.volatile_changes) apply(disk.durable, each);
    disk.volatile_changes.clear();
    return SQLITE_OK;
  }
  static int size(sqlite3_file* file, sqlite3_int64* bytes) {
    return of(file).real()->pMethods->xFileSize(of(file).real(), bytes);
  }
  static int lock(sqlite3_file* file, int kind) { return of(file).real()->pMethods->xLock(of(file).real(), kind); }
  static int unlock(sqlite3_file* file, int kind) { return of(file).real()->pMethods->xUnlock(of(file).real(), kind); }
  static int reserved(sqlite3_file* file, int* result) {
    return of(file).real()->pMethods->xCheckReservedLock(of(file).real(), result);
  }
  static int control(sqlite3_file* file, int what, void* argument) {
    return of(file).real()->pMethods->xFileControl(of(file).real(), what, argument);
  }
  static int sector(sqlite3_file* file) { return of(file).real()->pMethods->xSectorSize(of(file).real()); }
  static int device(sqlite3_file* file) { return of(file).real()->pMethods->xDeviceCharacteristics(of(file).real()); }
  static int map(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
    return of(file).real()->pMethods->xShmMap(of(file).real(), page, size, extend, memory);
  }
  static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return of(file).real()->pMethods->xShmLock(of(file).real(), offset, count, flags);
  }
  static void barrier(sqlite3_file* file) { of(file).real()->pMethods->xShmBarrier(of(file).real()); }
  static int unmap(sqlite3_file* file, int erase) {
    return of(file).real()->pMethods->xShmUnmap(of(file).real(), erase);
  }

  static constexpr sqlite3_io_methods io{2,        close,   read,   write,  truncate, sync,     size,    lock, unlock,
                                         reserved, control, sector, device, map,      shm_lock, barrier, unmap};

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto& self = of(vfs);
    auto& mine = *new (file) File{{}, &self, nullptr};
    constexpr int kept = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
    if (name && (flags & kept)) {
      const std::lock_guard lock(self.mutex_);
      if (const int code = self.fault(Operation::open, name)) return code;
      if (!self.disks_.contains(name)) {  // Whatever was there before us is durable.
        std::ifstream before(name, std::ios::binary);
        self.disks_[name].durable.assign(std::istreambuf_iterator<char>(before), {});
      }
    }
    const int code = self.real_->xOpen(self.real_, name, mine.real(), flags, out_flags);
    if (code != SQLITE_OK) return code;
    if (name && (flags & kept)) mine.path = new std::string(name);
    mine.base.pMethods = &io;
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    auto& self = of(vfs);
    if (self.powerless()) return SQLITE_IOERR_DELETE;
    const std::lock_guard lock(self.mutex_);
    self.disks_.erase(name);
    return self.real_->xDelete(self.real_, name, sync_folder);
  }
};

PowerVfs::PowerVfs(std::uint64_t seed) : random_(seed), real_(sqlite3_vfs_find(nullptr)), own_(*real_) {
  own_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
  own_.zName = "power";
  own_.pNext = nullptr;
  own_.pAppData = this;
  own_.xOpen = Methods::open;
  own_.xDelete = Methods::remove;
  // The rest of the real VFS looks into its own pAppData: it must be given itself.
  static sqlite3_vfs* real = nullptr;
  real = real_;
  own_.xAccess = [](sqlite3_vfs*, const char* name, int flags, int* result) {
    return real->xAccess(real, name, flags, result);
  };
  own_.xFullPathname = [](sqlite3_vfs*, const char* name, int size, char* path) {
    return real->xFullPathname(real, name, size, path);
  };
  sqlite3_vfs_register(&own_, 1);
}

PowerVfs::~PowerVfs() {
  sqlite3_vfs_unregister(&own_);
  sqlite3_vfs_register(real_, 1);
}

void PowerVfs::lose_power_after(std::int64_t operations) {
  const std::lock_guard lock(mutex_);
  operations_left_ = operations;
}

bool PowerVfs::powerless() {
  const std::lock_guard lock(mutex_);
  return powerless_;
}

void PowerVfs::ignore_syncs(bool ignore) {
  const std::lock_guard lock(mutex_);
  ignore_syncs_ = ignore;
}

void PowerVfs::fail(Operation operation, const std::string& suffix, int code) {
  const std::lock_guard lock(mutex_);
  faults_.push_back({operation, suffix, code});
}

void PowerVfs::heal() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
}

std::int64_t PowerVfs::syncs() {
  const std::lock_guard lock(mutex_);
  return syncs_;
}

int PowerVfs::fault(Operation operation, const std::string& path) {
  if (powerless_) return SQLITE_IOERR;
  for (const auto& each : faults_)
    if (each.operation == operation && path.ends_with(each.suffix)) return each.code;
  const bool counted = operation == Operation::write || operation == Operation::sync;
  if (!counted || operations_left_ < 0 || --operations_left_ > 0) return SQLITE_OK;
  operations_left_ = -1;
  powerless_ = true;
  return SQLITE_IOERR;
}

void PowerVfs::apply(std::vector<char>& bytes, const Change& change) {
  if (change.offset < 0) return bytes.resize(static_cast<std::size_t>(change.size));
  const auto end = static_cast<std::size_t>(change.offset) + change.data.size();
  if (bytes.size() < end) bytes.resize(end);
  std::copy(change.data.begin(), change.data.end(), bytes.begin() + change.offset);
}

std::vector<char> PowerVfs::survivors(const Disk& disk, Survives what) {
  constexpr std::size_t sector = 512;
  auto bytes = disk.durable;
  const auto& changes = disk.volatile_changes;
  if (what == Survives::none) return bytes;
  const auto whole = what == Survives::prefix && !changes.empty() ? random_() % changes.size() : changes.size();
  for (std::size_t at = 0; at < changes.size(); ++at) {
    const bool cut = what == Survives::prefix && at == whole;
    if (at > whole) break;
    if (what != Survives::torn && !cut) {
      apply(bytes, changes[at]);
      continue;
    }
    for (std::size_t from = 0; from < changes[at].data.size(); from += sector) {
      if (random_() % 2) {
        if (cut) break;
        continue;
      }
      const auto length = std::min(sector, changes[at].data.size() - from);
      const auto begin = changes[at].data.begin() + static_cast<std::ptrdiff_t>(from);
      apply(bytes, {changes[at].offset + static_cast<sqlite3_int64>(from),
                    {begin, begin + static_cast<std::ptrdiff_t>(length)},
                    0});
    }
  }
  return bytes;
}

void PowerVfs::restore(Survives what) {
  const std::lock_guard lock(mutex_);
  for (const auto& [path, disk] : disks_) {
    const auto bytes = survivors(disk, what);
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    std::filesystem::remove(path + "-shm");
  }
  disks_.clear();
  powerless_ = false;
  operations_left_ = -1;
}

}  // namespace prove
