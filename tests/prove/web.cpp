#include "prove/web.h"

#include <curl/curl.h>

#include <memory>
#include <stdexcept>
#include <string_view>

namespace prove {

namespace {

std::size_t keep(const char* data, std::size_t, std::size_t size, void* into) {
  static_cast<std::string*>(into)->append(data, size);
  return size;
}

std::size_t keep_etag(const char* data, std::size_t, std::size_t size, void* into) {
  const std::string_view line(data, size);
  constexpr std::string_view name = "etag: ";  // HTTP/2 has them in lower case.
  if (line.starts_with(name))
    *static_cast<std::string*>(into) = line.substr(name.size(), line.size() - name.size() - 2);
  return size;
}

using More = std::function<bool(std::string_view)>;

std::size_t tell(const char* data, std::size_t, std::size_t size, void* to) {
  return (*static_cast<const More*>(to))({data, size}) ? size : 0;
}

int ask_whether(void* whom, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return (*static_cast<const More*>(whom))({}) ? 0 : 1;
}

}  // namespace

Web::Web(std::string base, const std::string& certificate) : base_(std::move(base)), curl_(curl_easy_init()) {
  if (!curl_) throw std::runtime_error("no memory for curl");
  curl_easy_setopt(curl_, CURLOPT_CAINFO, certificate.c_str());
  curl_easy_setopt(curl_, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
}

Web::~Web() {
  curl_easy_cleanup(curl_);
}

Web::Reply Web::perform(const std::string& path, const Headers& headers) {
  curl_slist* list = nullptr;
  for (const auto& header : headers) list = curl_slist_append(list, header.c_str());
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> owner(list, curl_slist_free_all);
  Reply reply;
  curl_easy_setopt(curl_, CURLOPT_URL, (base_ + path).c_str());
  curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, keep_etag);
  curl_easy_setopt(curl_, CURLOPT_HEADERDATA, &reply.etag);
  curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, keep);
  curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &reply.body);
  if (curl_easy_perform(curl_) != CURLE_OK) return {};
  curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &reply.status);
  return reply;
}

Web::Reply Web::ask(const std::string& method, const std::string& path, const Headers& headers,
                    const std::string& body) {
  curl_easy_setopt(curl_, CURLOPT_TIMEOUT, 25L);
  curl_easy_setopt(curl_, CURLOPT_NOPROGRESS, 1L);
  auto all = headers;
  if (method == "GET") {
    curl_easy_setopt(curl_, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(curl_, CURLOPT_CUSTOMREQUEST, nullptr);
  } else {
    curl_easy_setopt(curl_, CURLOPT_CUSTOMREQUEST, method.c_str());
    curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(curl_, CURLOPT_COPYPOSTFIELDS, body.c_str());
    all.emplace_back("Content-Type: application/json");
  }
  return perform(path, all);
}

long Web::follow(const std::string& path, const Headers& headers, const More& more) {
  curl_easy_setopt(curl_, CURLOPT_HTTPGET, 1L);
  curl_easy_setopt(curl_, CURLOPT_CUSTOMREQUEST, nullptr);
  curl_easy_setopt(curl_, CURLOPT_TIMEOUT, 0L);
  curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_TIME, 60L);
  curl_easy_setopt(curl_, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl_, CURLOPT_XFERINFOFUNCTION, ask_whether);
  curl_easy_setopt(curl_, CURLOPT_XFERINFODATA, &more);
  curl_slist* list = nullptr;
  for (const auto& header : headers) list = curl_slist_append(list, header.c_str());
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> owner(list, curl_slist_free_all);
  std::string etag;
  curl_easy_setopt(curl_, CURLOPT_URL, (base_ + path).c_str());
  curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, keep_etag);
  curl_easy_setopt(curl_, CURLOPT_HEADERDATA, &etag);
  curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, tell);
  curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &more);
  (void)curl_easy_perform(curl_);  // However it ends: what was said came to `more`.
  long status = 0;
  curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_LIMIT, 0L);
  return status;
}

}  // namespace prove
