/// An authenticator as Web Authentication describes it, with keys of OpenSSL: it makes passkeys, signs what it is
/// asked, and says what no honest one would.
#pragma once

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <boost/json/serialize.hpp>
#include <memory>

#include "base/crypto.h"
#include "base/result.h"

namespace testing_support {

using base::Bytes;

/// What can be wrong about an answer.
struct Twist {
  std::string origin = "https://school.example", type{}, rp_id = "school.example";  ///< "": the right type.
  unsigned char flags = 0x05;                                                       ///< Present and verified.
  bool cross_origin = false;
};

class Authenticator {
 public:
  enum class Kind { es256, eddsa, rs256, es384 };
  explicit Authenticator(Kind kind_ = Kind::es256) : kind(kind_), key(make(kind_), &EVP_PKEY_free) {}

  struct Registration {
    Bytes client_data, authenticator_data;
  };
  Registration create(base::ByteView challenge, const Twist& twist = {}) const {
    auto data = head(twist, static_cast<unsigned char>(twist.flags | 0x40));
    data.insert(data.end(), 16, 0);  // No model is told.
    data.push_back(static_cast<unsigned char>(id.size() >> 8));
    data.push_back(static_cast<unsigned char>(id.size()));
    append(data, id);
    append(data, cose_key());
    return {client_data(challenge, twist, "webauthn.create"), data};
  }

  struct Assertion {
    Bytes client_data, authenticator_data, signature;
  };
  Assertion get(base::ByteView challenge, const Twist& twist = {}) const {
    Assertion made{client_data(challenge, twist, "webauthn.get"), head(twist, twist.flags), {}};
    auto signed_bytes = made.authenticator_data;
    append(signed_bytes, base::sha256(made.client_data));
    made.signature = sign(signed_bytes);
    return made;
  }

  const Kind kind;
  Bytes id = base::random_bytes(32);
  std::uint32_t count = 0;

 private:
  static void append(Bytes& bytes, base::ByteView more) { bytes.insert(bytes.end(), more.begin(), more.end()); }
  static EVP_PKEY* make(Kind kind) {
    auto* made = kind == Kind::es256   ? EVP_EC_gen("P-256")
                 : kind == Kind::es384 ? EVP_EC_gen("P-384")
                 : kind == Kind::rs256 ? EVP_RSA_gen(2048u)
                                       : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    CHECK(made != nullptr);
    return made;
  }

  Bytes head(const Twist& twist, unsigned char flags) const {
    Bytes data;
    append(data, base::sha256(base::bytes_of(twist.rp_id)));
    data.push_back(flags);
    for (int shift = 24; shift >= 0; shift -= 8) data.push_back(static_cast<unsigned char>(count >> shift));
    return data;
  }
  static Bytes client_data(base::ByteView challenge, const Twist& twist, std::string_view type) {
    const auto text = boost::json::serialize(boost::json::object{{"type", twist.type.empty() ? type : twist.type},
                                                                 {"challenge", base::to_base64url(challenge)},
                                                                 {"origin", twist.origin},
                                                                 {"crossOrigin", twist.cross_origin}});
    return {text.begin(), text.end()};
  }
  Bytes number(const char* name, std::size_t size) const {
    BIGNUM* value = nullptr;
    CHECK(EVP_PKEY_get_bn_param(key.get(), name, &value) == 1);
    Bytes bytes(size);
    CHECK(BN_bn2binpad(value, bytes.data(), static_cast<int>(size)) == static_cast<int>(size));
    BN_free(value);
    return bytes;
  }
  /// CBOR, as RFC 9052 and RFC 9053 write keys.
  Bytes cose_key() const {
    Bytes cbor;
    if (kind == Kind::es256 || kind == Kind::es384) {
      const bool small = kind == Kind::es256;
      const std::size_t size = small ? 32 : 48;
      cbor = small ? Bytes{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32}
                   : Bytes{0xa5, 1, 2, 3, 0x38, 0x22, 0x20, 2, 0x21, 0x58, 48};
      append(cbor, number("qx", size));
      append(cbor, Bytes{0x22, 0x58, static_cast<unsigned char>(size)});
      append(cbor, number("qy", size));
    } else if (kind == Kind::eddsa) {
      cbor = {0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32};
      Bytes raw(32);
      auto size = raw.size();
      CHECK(EVP_PKEY_get_raw_public_key(key.get(), raw.data(), &size) == 1);
      append(cbor, raw);
    } else {
      cbor = {0xa4, 1, 3, 3, 0x39, 1, 0, 0x20, 0x59, 1, 0};
      append(cbor, number("n", 256));
      append(cbor, Bytes{0x21, 0x43, 1, 0, 1});
    }
    return cbor;
  }
  Bytes sign(const Bytes& data) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    const auto* hash = kind == Kind::eddsa ? nullptr : kind == Kind::es384 ? EVP_sha384() : EVP_sha256();
    CHECK(EVP_DigestSignInit(context.get(), nullptr, hash, nullptr, key.get()) == 1);
    std::size_t size = 0;
    CHECK(EVP_DigestSign(context.get(), nullptr, &size, data.data(), data.size()) == 1);
    Bytes signature(size);
    CHECK(EVP_DigestSign(context.get(), signature.data(), &size, data.data(), data.size()) == 1);
    signature.resize(size);
    return signature;
  }

  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key;
};

}  // namespace testing_support
