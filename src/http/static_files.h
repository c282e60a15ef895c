/// The built pages, read into memory once: what is not in the table does not exist, so no path can leave the folder.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "http/message.h"

namespace http {

class StaticFiles {
 public:
  StaticFiles() = default;  ///< A server without pages.
  /// Reads every file below `folder` with its precompressed .br and .gz. Throws where one cannot be read.
  explicit StaticFiles(const std::filesystem::path& folder);

  /// The file at the request's path; index.html for "/" and, so that addresses inside the application can be opened,
  /// for any other HTML navigation. Never index.html for /api/ or /assets/: a stale page must not get HTML as a script.
  std::optional<Response> find(const Request& request) const;

  bool empty() const { return files_.empty(); }
  /// Content-Security-Policy sources that the build computed for inline scripts and styles, from csp.json.
  const std::string& script_hashes() const { return script_hashes_; }
  const std::string& style_hashes() const { return style_hashes_; }

 private:
  struct Encoded {
    std::shared_ptr<const std::string> bytes;
    std::string etag;
  };
  struct File {
    std::string content_type;
    std::string cache_control;
    Encoded identity;
    std::optional<Encoded> brotli;
    std::optional<Encoded> gzip;
  };
  void add(const std::filesystem::path& file, const std::string& path);
  static Response answer(const File& file, const Request& request);

  std::map<std::string, File, std::less<>> files_;
  std::string script_hashes_;
  std::string style_hashes_;
};

/// `given`, or the first of `web/dist` beside the binary, two folders above it (build/release/roadbook) and in the
/// working folder that has an index.html; empty where none has.
std::filesystem::path find_web_folder(const std::filesystem::path& given, const std::filesystem::path& binary);

}  // namespace http
