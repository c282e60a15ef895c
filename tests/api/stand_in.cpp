#include "api/stand_in.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>
#include <unistd.h>

#include <charconv>
#include <stdexcept>

namespace api {

namespace {

std::string part(const boost::json::object& object) {
  return base::to_base64url(base::bytes_of(boost::json::serialize(object)));
}

std::string number_of(EVP_PKEY* pair, const char* name, int size) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(pair, name, &number) != 1) throw std::runtime_error(name);
  base::Bytes bytes(static_cast<std::size_t>(size > 0 ? size : BN_num_bytes(number)));
  BN_bn2binpad(number, bytes.data(), static_cast<int>(bytes.size()));
  BN_free(number);
  return base::to_base64url(bytes);
}

/// r and s, 32 bytes each (RFC 7518, section 3.4).
base::Bytes joined(const base::Bytes& der) {
  const auto* at = der.data();
  auto* signature = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  base::Bytes raw(64);
  BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw.data(), 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw.data() + 32, 32);
  ECDSA_SIG_free(signature);
  return raw;
}

}  // namespace

SigningKey::SigningKey(std::string id_, std::string algorithm_, int bits)
    : id(std::move(id_)), algorithm(std::move(algorithm_)) {
  auto* made = algorithm == "ES256" ? EVP_EC_gen("P-256") : EVP_RSA_gen(static_cast<unsigned>(bits));
  pair_ = std::shared_ptr<EVP_PKEY>(made, EVP_PKEY_free);
}

boost::json::object SigningKey::jwk(bool with_algorithm) const {
  boost::json::object key{{"kid", id}, {"use", "sig"}};
  if (with_algorithm) key["alg"] = algorithm;
  if (algorithm == "ES256") {
    key["kty"] = "EC", key["crv"] = "P-256";
    key["x"] = number_of(pair_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32);
    key["y"] = number_of(pair_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32);
  } else {
    key["kty"] = "RSA";
    key["n"] = number_of(pair_.get(), OSSL_PKEY_PARAM_RSA_N, 0);
    key["e"] = number_of(pair_.get(), OSSL_PKEY_PARAM_RSA_E, 0);
  }
  return key;
}

base::Bytes SigningKey::sign(const std::string& text) const {
  auto* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* options = nullptr;
  EVP_DigestSignInit(context, &options, EVP_sha256(), nullptr, pair_.get());
  if (algorithm == "PS256") {
    EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST);
  }
  base::Bytes signature(512);
  auto length = signature.size();
  const auto bytes = base::bytes_of(text);
  if (EVP_DigestSign(context, signature.data(), &length, bytes.data(), bytes.size()) != 1)
    throw std::runtime_error("EVP_DigestSign");
  EVP_MD_CTX_free(context);
  signature.resize(length);
  return algorithm == "ES256" ? joined(signature) : signature;
}

std::string SigningKey::token(const boost::json::object& header, const boost::json::object& claims) const {
  const auto text = part(header) + "." + part(claims);
  return text + "." + base::to_base64url(sign(text));
}

std::string hs256(std::string_view secret, const boost::json::object& header, const boost::json::object& claims) {
  const auto text = part(header) + "." + part(claims);
  return text + "." + base::to_base64url(base::hmac_sha256(base::bytes_of(secret), base::bytes_of(text)));
}

std::string unsigned_token(const boost::json::object& header, const boost::json::object& claims) {
  return part(header) + "." + part(claims) + ".";
}

StandIn::StandIn() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), length) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0)
    throw std::runtime_error("cannot listen");
  url_ = fmt::format("http://127.0.0.1:{}", ntohs(address.sin_port));
  answer("/.well-known/openid-configuration", [this](const Asked&) {
    return std::pair(
        200, boost::json::serialize(boost::json::object{{"issuer", url_},
                                                        {"authorization_endpoint", url_ + "/auth"},
                                                        {"token_endpoint", url_ + "/token"},
                                                        {"jwks_uri", url_ + "/jwks"},
                                                        {"userinfo_endpoint", url_ + "/me"},
                                                        {"authorization_response_iss_parameter_supported", true}}));
  });
  thread_ = std::thread([this] { serve(); });
}

StandIn::~StandIn() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
  for (const int socket : held_) ::close(socket);
}

void StandIn::answer(const std::string& path, Answering answering) {
  const std::lock_guard lock(mutex_);
  answers_[path] = std::move(answering);
}

int StandIn::asked(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(asked_[path].size());
}

StandIn::Asked StandIn::last(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return asked_.at(path).back();
}

void StandIn::serve() {
  for (int socket; (socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    if (silent_)
      held_.push_back(socket);
    else
      talk(socket);
  }
}

void StandIn::talk(int socket) {
  std::string text;
  char bytes[8192];
  std::size_t end = std::string::npos, length = 0;
  while (end == std::string::npos || text.size() < end + 4 + length) {
    const auto count = ::recv(socket, bytes, sizeof bytes, 0);
    if (count <= 0) break;
    text.append(bytes, static_cast<std::size_t>(count));
    end = text.find("\r\n\r\n");
    if (const auto at = text.find("Content-Length: "); at != std::string::npos)
      std::from_chars(text.data() + at + 16, text.data() + text.size(), length);
  }
  const auto space = text.find(' '), second = text.find(' ', space + 1);
  Asked asked{.method = text.substr(0, space),
              .path = text.substr(space + 1, second - space - 1),
              .body = text.substr(end + 4)};
  if (const auto at = text.find("Authorization: "); at != std::string::npos)
    asked.authorization = text.substr(at + 15, text.find("\r\n", at) - at - 15);
  Answering answering;
  {
    const std::lock_guard lock(mutex_);
    asked_[asked.path].push_back(asked);
    if (const auto found = answers_.find(asked.path); found != answers_.end()) answering = found->second;
  }
  const auto [status, body] = answering ? answering(asked) : std::pair(404, std::string("{}"));
  const auto answer = fmt::format(
      "HTTP/1.1 {} X\r\nContent-Type: application/json\r\nConnection: close\r\nLocation: {}/elsewhere\r\n"
      "Content-Length: {}\r\n\r\n{}",
      status, url_, body.size(), body);
  (void)::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL);
  ::close(socket);
}

}  // namespace api
