#include "base/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <memory>
#include <stdexcept>

#include "base/result.h"

namespace base {

namespace {

constexpr unsigned char layout = 1;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Cipher new_cipher() {
  Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  if (!cipher) throw std::bad_alloc();
  return cipher;
}

/// OpenSSL fails here only when memory or the library itself is broken.
void must(int code) {
  if (code != 1) throw std::runtime_error("OpenSSL failed");
}

/// The id in the header and where the nonce begins; nothing where the value is too short to be sealed.
std::optional<std::pair<std::string_view, std::size_t>> header_of(ByteView sealed) {
  if (sealed.size() < sealed_overhead(0) || sealed[0] != layout) return std::nullopt;
  const std::size_t id_length = sealed[1];
  if (sealed.size() < sealed_overhead(id_length)) return std::nullopt;
  return std::pair{text_of(sealed.subspan(2, id_length)), 2 + id_length};
}

}  // namespace

Key Key::random() {
  Key key;
  randombytes_buf(key.bytes_.data(), key.bytes_.size());
  return key;
}

Key::Key(ByteView bytes) {
  CHECK(bytes.size() == bytes_.size());
  std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}

Key::~Key() {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

void put_number(Bytes& bytes, std::int64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<unsigned char>(number >> shift));
}
std::int64_t number_at(ByteView bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (const auto byte : bytes.subspan(at, 8)) number = number << 8 | byte;
  return static_cast<std::int64_t>(number);
}

Bytes random_bytes(std::size_t count) {
  Bytes bytes(count);
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

Digest sha256(ByteView data) {
  Digest digest;
  // Looked up once: EVP_sha256() would look for it each time.
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  must(method != nullptr && EVP_Digest(data.data(), data.size(), digest.data(), nullptr, method, nullptr));
  return digest;
}

Digest hmac_sha256(ByteView key, ByteView data) {
  Digest digest;
  unsigned length = 0;
  // A null key would mean "the key of the call before".
  static constexpr unsigned char none = 0;
  const auto* result = HMAC(EVP_sha256(), key.empty() ? &none : key.data(), static_cast<int>(key.size()), data.data(),
                            data.size(), digest.data(), &length);
  must(result && length == digest.size() ? 1 : 0);
  return digest;
}

bool equal(ByteView left, ByteView right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

namespace {
std::string encoded(ByteView data, int variant) {
  std::string text(sodium_base64_ENCODED_LEN(data.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), data.data(), data.size(), variant);
  text.pop_back();  // The terminating zero.
  return text;
}
}  // namespace

std::string to_base64(ByteView data) {
  return encoded(data, sodium_base64_VARIANT_ORIGINAL);
}

std::string to_base64url(ByteView data) {
  return encoded(data, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::optional<Bytes> from_base64url(std::string_view text) {
  Bytes bytes(text.size() * 3 / 4 + 1);
  std::size_t length = 0;
  const char* end = nullptr;
  const int code = sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length, &end,
                                     sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  if (code != 0 || end != text.data() + text.size()) return std::nullopt;
  bytes.resize(length);
  return bytes;
}

Bytes seal(const Key& key, std::string_view key_id, ByteView plain, std::string_view context) {
  CHECK(key_id.size() <= 255);
  Bytes sealed(sealed_overhead(key_id.size()) + plain.size());
  sealed[0] = layout;
  sealed[1] = static_cast<unsigned char>(key_id.size());
  std::copy(key_id.begin(), key_id.end(), sealed.begin() + 2);
  const std::size_t header_size = 2 + key_id.size();
  auto* nonce = sealed.data() + header_size;
  auto* text = nonce + nonce_size;
  randombytes_buf(nonce, nonce_size);

  const auto cipher = new_cipher();
  int written = 0;
  must(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.bytes().data(), nonce));
  must(EVP_EncryptUpdate(cipher.get(), nullptr, &written, sealed.data(), static_cast<int>(header_size)));
  const auto about = bytes_of(context);
  if (!about.empty())
    must(EVP_EncryptUpdate(cipher.get(), nullptr, &written, about.data(), static_cast<int>(about.size())));
  if (!plain.empty())
    must(EVP_EncryptUpdate(cipher.get(), text, &written, plain.data(), static_cast<int>(plain.size())));
  must(EVP_EncryptFinal_ex(cipher.get(), text + plain.size(), &written));
  must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_size, text + plain.size()));
  return sealed;
}

std::optional<Bytes> open(const Key& key, ByteView sealed, std::string_view context) {
  const auto header = header_of(sealed);
  if (!header) return std::nullopt;
  const auto nonce = sealed.subspan(header->second, nonce_size);
  const auto text = sealed.subspan(header->second + nonce_size, sealed.size() - header->second - nonce_size - tag_size);
  Bytes tag(sealed.end() - tag_size, sealed.end());
  Bytes plain(text.size());

  const auto cipher = new_cipher();
  int written = 0;
  must(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.bytes().data(), nonce.data()));
  must(EVP_DecryptUpdate(cipher.get(), nullptr, &written, sealed.data(), static_cast<int>(header->second)));
  const auto about = bytes_of(context);
  if (!about.empty())
    must(EVP_DecryptUpdate(cipher.get(), nullptr, &written, about.data(), static_cast<int>(about.size())));
  if (!text.empty())
    must(EVP_DecryptUpdate(cipher.get(), plain.data(), &written, text.data(), static_cast<int>(text.size())));
  must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()));
  unsigned char rest[16];
  if (EVP_DecryptFinal_ex(cipher.get(), rest, &written) != 1) return std::nullopt;
  return plain;
}

std::optional<std::string_view> sealed_by(ByteView sealed) {
  const auto header = header_of(sealed);
  return header ? std::optional(header->first) : std::nullopt;
}

}  // namespace base
