/// Several files in one (ZIP), written by libzip in memory.
#pragma once

#include <span>
#include <string>

namespace notify {

struct ArchivedFile {
  std::string name, content;
};
std::string archive(std::span<const ArchivedFile> files);

}  // namespace notify
