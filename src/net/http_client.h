/// Calls what other servers offer over HTTP, with libcurl: their certificates are verified, redirects are not followed,
/// time, size and how many ask at once are bounded.
#pragma once

#include <atomic>
#include <functional>
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
  std::size_t largest = 256 * 1024;  ///< Bytes of an answer.
  int at_once = 8;                   ///< Calls under way; more are refused, so that no partner holds up all workers.
  /// Hears why a call failed: for operators, without anything that was sent.
  std::function<void(const std::string&)> report = [](const std::string&) {};
};

struct HttpAnswer {
  long status;
  std::string body;
};

struct HttpCredentials {
  std::string user;  ///< Neither this nor the password is encoded yet.
  base::Secret password;
};

/// One partner, with a breaker of its own. Thread-safe.
class HttpClient {
 public:
  explicit HttpClient(HttpOptions options);

  /// Any answer but 5xx; unavailable where there is none. `bearer` goes into the Authorization header where it is
  /// given.
  base::Result<HttpAnswer> get(const std::string& url, const base::Secret& bearer = {});
  using Fields = std::vector<std::pair<std::string, std::string>>;
  /// As application/x-www-form-urlencoded; with credentials, by Basic (RFC 6749, section 2.3.1).
  base::Result<HttpAnswer> post_form(const std::string& url, const Fields& fields,
                                     const HttpCredentials& credentials = {});

 private:
  struct Call;
  base::Result<HttpAnswer> perform(Call& call);

  const HttpOptions options_;
  Breaker breaker_;
  std::atomic<int> under_way_ = 0;
};

/// name=value&…, encoded for a query or a form.
std::string form_of(const HttpClient::Fields& fields);

}  // namespace net
