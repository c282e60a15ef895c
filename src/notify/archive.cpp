#include "notify/archive.h"

#include <zip.h>

#include <memory>
#include <stdexcept>

namespace notify {

namespace {

void require(bool fine, const char* what) {
  if (!fine) throw std::runtime_error(std::string("libzip: ") + what);
}

}  // namespace

std::string archive(std::span<const ArchivedFile> files) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* memory = zip_source_buffer_create(nullptr, 0, 0, &error);
  require(memory != nullptr, "no memory");
  const std::unique_ptr<zip_source_t, decltype(&zip_source_free)> kept(memory, zip_source_free);
  zip_source_keep(memory);  // zip_close() gives one of the two away.
  zip_t* zip = zip_open_from_source(memory, ZIP_TRUNCATE, &error);
  if (!zip) zip_source_free(memory);
  require(zip != nullptr, "cannot be begun");
  for (const auto& file : files) {
    zip_source_t* content = zip_source_buffer(zip, file.content.data(), file.content.size(), 0);
    const bool added = content && zip_file_add(zip, file.name.c_str(), content, ZIP_FL_ENC_UTF_8) >= 0;
    if (content && !added) zip_source_free(content);
    if (!added) zip_discard(zip);
    require(added, "a file cannot be added");
  }
  const bool closed = zip_close(zip) == 0;
  if (!closed) zip_discard(zip);
  require(closed, "cannot be written");
  zip_stat_t stat;
  require(zip_source_stat(memory, &stat) == 0 && zip_source_open(memory) == 0, "cannot be read");
  std::string bytes(stat.size, '\0');
  const auto read = zip_source_read(memory, bytes.data(), bytes.size());
  zip_source_close(memory);
  zip_error_fini(&error);
  require(read == static_cast<zip_int64_t>(bytes.size()), "ended early");
  return bytes;
}

}  // namespace notify
