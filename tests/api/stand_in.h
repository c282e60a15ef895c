/// A provider of OpenID Connect that says whatever a test wants it to say, behind a real socket; signed with OpenSSL,
/// not with the library under test. The real provider is in tests/browser.
#pragma once

#include <openssl/evp.h>
#include <sys/socket.h>

#include <boost/json.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "base/crypto.h"

namespace api {

/// A key pair of the algorithm "RS256", "PS256" or "ES256".
class SigningKey {
 public:
  SigningKey(std::string id, std::string algorithm, int bits = 2048);
  /// Of its public half. Without `algorithm`, the member "alg" is left out.
  boost::json::object jwk(bool with_algorithm = true) const;
  /// With this header, whatever it says.
  std::string token(const boost::json::object& header, const boost::json::object& claims) const;
  const std::string id, algorithm;

 private:
  base::Bytes sign(const std::string& text) const;
  std::shared_ptr<EVP_PKEY> pair_;
};

/// Signed with HMAC.
std::string hs256(std::string_view secret, const boost::json::object& header, const boost::json::object& claims);
/// The parts put together as they are.
std::string unsigned_token(const boost::json::object& header, const boost::json::object& claims);

class StandIn {
 public:
  StandIn();
  ~StandIn();
  StandIn(const StandIn&) = delete;

  const std::string& url() const { return url_; }
  struct Asked {
    std::string method, path, authorization, body;
  };
  /// Its answer to a path; a default for each that OpenID Connect knows. Status and JSON.
  using Answering = std::function<std::pair<int, std::string>(const Asked&)>;
  void answer(const std::string& path, Answering answering);
  int asked(const std::string& path);
  Asked last(const std::string& path);
  /// Takes connections and says nothing from now on.
  void fall_silent() { silent_ = true; }

 private:
  void serve();
  void talk(int socket);

  int listener_;
  std::string url_;
  std::mutex mutex_;
  std::map<std::string, Answering> answers_;
  std::map<std::string, std::vector<Asked>> asked_;
  std::vector<int> held_;
  std::atomic<bool> silent_ = false;
  std::thread thread_;
};

}  // namespace api
