#include "net/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace net {

namespace {

struct Cleanup {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Lines = std::unique_ptr<curl_slist, Cleanup>;

constexpr std::chrono::seconds longest_wait{86'400};

tl::unexpected<base::Error> unanswered(std::string why) {
  return base::refuse(base::Code::unavailable, std::move(why));
}
auto unavailable() {
  return unanswered("The other service does not answer at the moment. Try again soon.");
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

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string form_of(const HttpFields& fields) {
  std::string form;
  for (const auto& [name, value] : fields)
    form += (form.empty() ? "" : "&") + percent_encoded(name) + "=" + percent_encoded(value);
  return form;
}

/// What libcurl reads from and writes to while it calls.
struct HttpClient::Call {
  Call(CURL* curl_, const HttpOptions& options_, const HttpRequest& request_)
      : curl(curl_), options(options_), request(request_) {
    set_limits();
    set_request();
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
  }
  /// The handle keeps its connections, and nothing of this call.
  ~Call() { curl_easy_reset(curl); }
  Call(const Call&) = delete;

  std::chrono::milliseconds longest() const {
    const auto most = options.policy.total_time;
    if (!request.until) return most;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*request.until - std::chrono::steady_clock::now());
    return std::clamp(left, std::chrono::milliseconds{1}, most);  // 0 would be for ever.
  }
  void set_limits() {
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "127.0.0.1,localhost,::1");
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, long(CURL_SSLVERSION_TLSv1_2));
    if (!options.authority.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options.authority.c_str());
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, long(options.policy.connect_time.count()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, long(longest().count()));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    // Google packs answers for those alone who ask for it twice (guides/performance).
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "roadbook (gzip)");
  }
  void set_request() {
    header("Accept: application/json");
    for (const auto& [name, value] : request.headers) header(name + ": " + value);
    if (!request.bearer.empty()) header("Authorization: Bearer " + request.bearer.reveal());
    if (!request.credentials.user.empty()) {
      curl_easy_setopt(curl, CURLOPT_USERNAME, percent_encoded(request.credentials.user).c_str());
      curl_easy_setopt(curl, CURLOPT_PASSWORD, percent_encoded(request.credentials.password.reveal()).c_str());
    }
    if (!request.type.empty()) {
      header("Content-Type: " + request.type);
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, long(request.body.size()));
      curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  }
  void header(const std::string& line) {
    CHECK(line.find_first_of("\r\n") == std::string::npos);
    auto* longer = curl_slist_append(headers.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    (void)headers.release();  // The same list, with one line more.
    headers.reset(longer);
  }
  static std::size_t receive(char* bytes, std::size_t, std::size_t count, void* self) {
    auto& call = *static_cast<Call*>(self);
    if (call.body.size() + count > call.options.largest) return 0;  // libcurl gives up.
    call.body.append(bytes, count);
    return count;
  }
  /// Why there is none, or the answer.
  base::Result<HttpAnswer> perform() {
    const auto code = curl_easy_perform(curl);
    if (code != CURLE_OK) return unanswered(curl_easy_strerror(code));
    HttpAnswer answer{.status = 0, .body = std::move(body)};
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_off_t wait = 0;  // 0: the header was not there.
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait);
    if (wait > 0) answer.retry_after = std::chrono::seconds{std::min<curl_off_t>(wait, longest_wait.count())};
    return answer;
  }

  CURL* const curl;
  const HttpOptions& options;
  const HttpRequest& request;
  Lines headers;
  std::string body;
};

HttpClient::HttpClient(HttpOptions options) : options_(std::move(options)), breaker_(options_.policy) {}

HttpClient::Handle HttpClient::take() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) {
    Handle made(curl_easy_init(), curl_easy_cleanup);
    if (!made) throw std::bad_alloc();
    return made;
  }
  auto last = std::move(idle_.back());
  idle_.pop_back();
  return last;
}

void HttpClient::put_back(Handle handle) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(handle));
}

base::Result<HttpAnswer> HttpClient::send_once(const HttpRequest& request) {
  auto handle = take();
  auto answer = Call(handle.get(), options_, request).perform();
  put_back(std::move(handle));
  return answer;
}

base::Result<HttpAnswer> HttpClient::send(const HttpRequest& request, Breaker& breaker) {
  if (!request.url.starts_with("https://") && !(options_.plain_on_this_machine && plain_on_loopback(request.url))) {
    options_.report(fmt::format("{}: only https is called", host_of(request.url)));
    return unanswered("only https is called");
  }
  struct Place {
    explicit Place(std::atomic<int>& count_) : count(count_), taken(++count_) {}
    ~Place() { --count; }
    std::atomic<int>& count;
    const int taken;
  } const place(under_way_);
  if (place.taken > options_.at_once) return unanswered("too many calls are under way");
  if (!breaker.allows()) return unanswered("it has failed too often to be asked now");
  auto answer = send_once(request);
  if (answer && answer->status < 500) {
    breaker.answered();
    return answer;
  }
  breaker.failed();
  const auto why = answer ? fmt::format("answers {}", answer->status) : answer.error().detail;
  options_.report(fmt::format("{}: {}", host_of(request.url), why));
  return answer;
}

base::Result<HttpAnswer> HttpClient::get(const std::string& url, const base::Secret& bearer) {
  auto answer = send({.method = "GET", .url = url, .bearer = bearer}, breaker_);
  if (!answer || answer->status >= 500) return unavailable();
  return answer;
}

base::Result<HttpAnswer> HttpClient::post_form(const std::string& url, const Fields& fields,
                                               const HttpCredentials& credentials) {
  auto answer = send({.method = "POST",
                      .url = url,
                      .credentials = credentials,
                      .type = "application/x-www-form-urlencoded",
                      .body = form_of(fields)},
                     breaker_);
  if (!answer || answer->status >= 500) return unavailable();
  return answer;
}

}  // namespace net
