/// A folder of its own for each test, gone afterwards; and a migrated database in it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "store/database.h"

namespace testing_support {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "roadbook-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// The path of a fresh database with the newest schema, in `folder`.
inline std::string migrated(const TemporaryFolder& folder, const std::string& name = "roadbook.db") {
  store::migrate(folder.file(name));
  return folder.file(name);
}

}  // namespace testing_support
