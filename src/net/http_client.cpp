#include "net/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <memory>

namespace net {

namespace {

struct Cleanup {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

auto unavailable() {
  return base::refuse(base::Code::unavailable, "The other service does not answer at the moment. Try again soon.");
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

bool plain_on_loopback(const std::string& url) {
  for (const auto* host : {"http://127.", "http://localhost:", "http://localhost/", "http://[::1]"})
    if (url.starts_with(host)) return true;
  return false;
}

/// The host alone: paths and queries may hold what is nobody's business.
std::string host_of(const std::string& url) {
  const auto from = url.find("://");
  return from == std::string::npos ? "?" : url.substr(from + 3, url.find('/', from + 3) - from - 3);
}

}  // namespace

std::string form_of(const HttpClient::Fields& fields) {
  std::string form;
  for (const auto& [name, value] : fields) form += (form.empty() ? "" : "&") + encoded(name) + "=" + encoded(value);
  return form;
}

struct HttpClient::Call {
  explicit Call(std::string url_) : curl(curl_easy_init()), url(std::move(url_)) {
    if (!curl) throw std::bad_alloc();
  }
  void header(const std::string& line) {
    auto* longer = curl_slist_append(headers.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    (void)headers.release();  // The same list, with one line more.
    headers.reset(longer);
  }
  static std::size_t receive(char* bytes, std::size_t, std::size_t count, void* self) {
    auto& call = *static_cast<Call*>(self);
    if (call.body.size() + count > call.largest) return 0;  // libcurl gives up.
    call.body.append(bytes, count);
    return count;
  }

  std::unique_ptr<CURL, Cleanup> curl;
  std::unique_ptr<curl_slist, Cleanup> headers;
  std::string url, sent, body;
  std::size_t largest = 0;
};

HttpClient::HttpClient(HttpOptions options) : options_(std::move(options)), breaker_(options_.policy) {}

base::Result<HttpAnswer> HttpClient::perform(Call& call) {
  auto* curl = call.curl.get();
  if (!call.url.starts_with("https://") && !(options_.plain_on_this_machine && plain_on_loopback(call.url))) {
    options_.report(fmt::format("{}: only https is called", host_of(call.url)));
    return unavailable();
  }
  if (!breaker_.allows()) return unavailable();
  struct Place {
    explicit Place(std::atomic<int>& count_) : count(count_), taken(++count_) {}
    ~Place() { --count; }
    std::atomic<int>& count;
    const int taken;
  } const place(under_way_);
  if (place.taken > options_.at_once) return unavailable();

  call.largest = options_.largest;
  call.header("Accept: application/json");
  curl_easy_setopt(curl, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "127.0.0.1,localhost,::1");
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, long(CURL_SSLVERSION_TLSv1_2));
  if (!options_.authority.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options_.authority.c_str());
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, long(options_.policy.connect_time.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, long(options_.policy.total_time.count()));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "roadbook");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, call.headers.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Call::receive);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &call);
  const auto code = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (code != CURLE_OK || status >= 500) {
    breaker_.failed();
    const auto why = code == CURLE_OK ? fmt::format("answers {}", status) : std::string(curl_easy_strerror(code));
    options_.report(fmt::format("{}: {}", host_of(call.url), why));
    return unavailable();
  }
  breaker_.answered();
  return HttpAnswer{status, std::move(call.body)};
}

base::Result<HttpAnswer> HttpClient::get(const std::string& url, const base::Secret& bearer) {
  Call call(url);
  if (!bearer.empty()) call.header("Authorization: Bearer " + bearer.reveal());
  return perform(call);
}

base::Result<HttpAnswer> HttpClient::post_form(const std::string& url, const Fields& fields,
                                               const HttpCredentials& credentials) {
  Call call(url);
  call.sent = form_of(fields);
  curl_easy_setopt(call.curl.get(), CURLOPT_POSTFIELDSIZE, long(call.sent.size()));
  curl_easy_setopt(call.curl.get(), CURLOPT_POSTFIELDS, call.sent.c_str());
  if (!credentials.user.empty()) {
    curl_easy_setopt(call.curl.get(), CURLOPT_USERNAME, encoded(credentials.user).c_str());
    curl_easy_setopt(call.curl.get(), CURLOPT_PASSWORD, encoded(credentials.password.reveal()).c_str());
  }
  return perform(call);
}

}  // namespace net
