#include "http/static_files.h"

#include <fmt/format.h>
#include <sodium.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "http/conditions.h"

namespace http {

namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file) throw std::runtime_error(path.string() + " cannot be read");
  return std::move(content).str();
}

std::string content_type_of(const fs::path& path) {
  static const std::map<std::string, std::string> types = {{".html", "text/html; charset=utf-8"},
                                                           {".js", "text/javascript; charset=utf-8"},
                                                           {".css", "text/css; charset=utf-8"},
                                                           {".json", "application/json"},
                                                           {".map", "application/json"},
                                                           {".svg", "image/svg+xml"},
                                                           {".png", "image/png"},
                                                           {".webp", "image/webp"},
                                                           {".ico", "image/x-icon"},
                                                           {".woff2", "font/woff2"},
                                                           {".txt", "text/plain; charset=utf-8"},
                                                           {".webmanifest", "application/manifest+json"}};
  const auto found = types.find(path.extension().string());
  return found == types.end() ? "application/octet-stream" : found->second;
}

std::string strong_etag(std::string_view bytes) {
  std::array<unsigned char, 16> hash;
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                     nullptr, 0);
  std::string tag = "\"";
  for (const auto byte : hash) fmt::format_to(std::back_inserter(tag), "{:02x}", byte);
  return tag + "\"";
}

std::string joined(const boost::json::object& sources, std::string_view key) {
  std::string text;
  for (const auto& source : sources.at(key).as_array()) text += " " + std::string(source.as_string());
  return text;
}

}  // namespace

StaticFiles::StaticFiles(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto extension = entry.path().extension();
    if (!entry.is_regular_file() || extension == ".br" || extension == ".gz") continue;
    const auto path = "/" + entry.path().lexically_relative(folder).generic_string();
    if (path == "/csp.json") {
      const auto sources = boost::json::parse(content_of(entry.path())).as_object();
      script_hashes_ = joined(sources, "script");
      style_hashes_ = joined(sources, "style");
    } else {
      add(entry.path(), path);
    }
  }
}

void StaticFiles::add(const fs::path& file, const std::string& path) {
  const auto encoded = [](const fs::path& from) {
    auto bytes = std::make_shared<const std::string>(content_of(from));
    return Encoded{bytes, strong_etag(*bytes)};
  };
  auto& added = files_[path];
  added.content_type = content_type_of(file);
  // Files under /assets/ carry a hash of their content in their names; all others are asked for anew each time.
  added.cache_control = path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
  added.identity = encoded(file);
  if (fs::exists(file.string() + ".br")) added.brotli = encoded(file.string() + ".br");
  if (fs::exists(file.string() + ".gz")) added.gzip = encoded(file.string() + ".gz");
}

Response StaticFiles::answer(const File& file, const Request& request) {
  const auto accepted = request.header("accept-encoding");
  Response response{.content_type = file.content_type, .compress = Compress::no};
  const auto* chosen = &file.identity;
  if (file.brotli && accepts_coding(accepted, "br")) {
    chosen = &*file.brotli;
    response.set("Content-Encoding", "br");
  } else if (file.gzip && accepts_coding(accepted, "gzip")) {
    chosen = &*file.gzip;
    response.set("Content-Encoding", "gzip");
  }
  response.shared_body = chosen->bytes;
  response.set("ETag", chosen->etag);
  response.set("Cache-Control", file.cache_control);
  if (file.brotli || file.gzip) response.set("Vary", "Accept-Encoding");
  return response;
}

std::optional<Response> StaticFiles::find(const Request& request) const {
  if (const auto found = files_.find(request.path); found != files_.end()) return answer(found->second, request);
  const bool navigation = request.header("accept").find("text/html") != std::string_view::npos;
  const bool fallback = request.path == "/" ||
                        (navigation && !request.path.starts_with("/api/") && !request.path.starts_with("/assets/"));
  const auto index = files_.find("/index.html");
  if (!fallback || index == files_.end()) return std::nullopt;
  return answer(index->second, request);
}

fs::path find_web_folder(const fs::path& given, const fs::path& binary) {
  if (!given.empty()) return given;
  const auto beside = binary.parent_path();
  for (const auto& base : {beside, beside.parent_path().parent_path(), fs::current_path()})
    if (fs::exists(base / "web" / "dist" / "index.html")) return base / "web" / "dist";
  return {};
}

}  // namespace http
