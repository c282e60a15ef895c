/// Calls what other servers offer over HTTP, with libcurl: their certificates are verified, redirects are not followed,
/// time, size and how many ask at once are bounded. Connections are kept for the next call, HTTP/2 and gzip are used
/// with those who offer them.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "net/breaker.h"

namespace net {

struct HttpOptions {
  bool plain_on_this_machine = false;  ///< http:// to loopback, outside production.
  std::string authority = {};          ///< A file of certificates to trust in place of the system's; for tests.
  CallPolicy policy{.connect_time = std::chrono::seconds{2}, .total_time = std::chrono::seconds{5}};
  std::size_t largest = 256 * 1024;  ///< Bytes of an answer, unpacked.
  int at_once = 8;                   ///< Calls under way; more are refused, so that no partner holds up all workers.
  /// Hears why a call failed: for operators, without anything that was sent.
  std::function<void(const std::string&)> report = [](const std::string&) {};
};

using HttpFields = std::vector<std::pair<std::string, std::string>>;

struct HttpCredentials {
  std::string user;  ///< Neither this nor the password is encoded yet.
  base::Secret password;
};

struct HttpRequest {
  std::string method, url;
  HttpFields headers{};
  base::Secret bearer{};          ///< In the Authorization header, where it is given;
  HttpCredentials credentials{};  ///< or these, by Basic (RFC 6749, section 2.3.1).
  std::string type{}, body{};     ///< Without a type there is no body.
  /// Nobody waits for the answer any longer; none: as long as the policy says.
  std::optional<std::chrono::steady_clock::time_point> until{};
};

struct HttpAnswer {
  long status;
  std::string body;
  std::optional<std::chrono::seconds> retry_after{};  ///< Of Retry-After, a date too; at most a day.
};

/// One partner, with a breaker of its own. Thread-safe.
class HttpClient {
 public:
  explicit HttpClient(HttpOptions options);

  /// Any answer, whatever its status; unavailable, with the reason for operators, where there is none. `breaker` hears
  /// how it went: 5xx counts as a failure. Where a kept connection turns out to be closed, libcurl sends the request
  /// once more: what must not happen twice needs an id of its own.
  base::Result<HttpAnswer> send(const HttpRequest& request, Breaker& breaker);

  // Any answer but 5xx; unavailable, in words for a person, where there is none.
  base::Result<HttpAnswer> get(const std::string& url, const base::Secret& bearer = {});
  using Fields = HttpFields;
  /// As application/x-www-form-urlencoded.
  base::Result<HttpAnswer> post_form(const std::string& url, const Fields& fields,
                                     const HttpCredentials& credentials = {});

 private:
  struct Call;
  using Handle = std::unique_ptr<void, void (*)(void*)>;  ///< CURL
  Handle take();
  void put_back(Handle handle);
  base::Result<HttpAnswer> send_once(const HttpRequest& request);

  const HttpOptions options_;
  Breaker breaker_;
  std::atomic<int> under_way_ = 0;
  std::mutex mutex_;
  std::vector<Handle> idle_;  ///< With their connections; the one that was used last is used next.
};

/// name=value&…, encoded for a query or a form.
std::string form_of(const HttpFields& fields);
/// As one segment of a path, or one value of a query: whatever is not unreserved (RFC 3986, section 2.3) as %XX.
std::string percent_encoded(std::string_view text);

}  // namespace net
