/// The few cryptographic primitives everybody shares: sealing (AES-256-GCM), keyed hashes, random bytes, base64.
/// Passwords stand in auth/passwords, tokens in auth/tokens.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace base {

using Bytes = std::vector<unsigned char>;
using ByteView = std::span<const unsigned char>;
using Digest = std::array<unsigned char, 32>;

inline ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}
inline std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// 256 bits that are wiped when they go.
class Key {
 public:
  static Key random();
  /// `bytes` are exactly 32 (checked).
  explicit Key(ByteView bytes);
  Key(const Key&) = default;
  Key& operator=(const Key&) = default;
  ~Key();
  ByteView bytes() const { return bytes_; }

 private:
  Key() = default;
  std::array<unsigned char, 32> bytes_{};
};

/// Eight bytes, the most significant first.
void put_number(Bytes& bytes, std::int64_t number);
/// There are eight bytes from `at` on.
std::int64_t number_at(ByteView bytes, std::size_t at);

Bytes random_bytes(std::size_t count);
Digest sha256(ByteView data);
Digest hmac_sha256(ByteView key, ByteView data);
/// In a time that depends on the lengths only.
bool equal(ByteView left, ByteView right);

/// Without padding, RFC 4648 §5. Reading takes this alphabet only, no padding, no white space, no stray bits.
std::string to_base64(ByteView data);  ///< With padding, for mail.
std::string to_base64url(ByteView data);
std::optional<Bytes> from_base64url(std::string_view text);

/// Layout: 1, length of the key's id, the id, 12 random bytes of nonce, ciphertext, 16 bytes of tag. The id names the
/// key to open it with and is authenticated, as is `context`, which says what the value is and whose: a sealed value
/// that was copied into another row does not open there.
Bytes seal(const Key& key, std::string_view key_id, ByteView plain, std::string_view context);
/// Nothing where the key, the context or any byte is another one.
std::optional<Bytes> open(const Key& key, ByteView sealed, std::string_view context);
/// The id in the header, "" for a value that has none; nothing where this is no sealed value.
std::optional<std::string_view> sealed_by(ByteView sealed);

/// How much longer a sealed value is than what it seals.
constexpr std::size_t sealed_overhead(std::size_t key_id_length) {
  return 2 + key_id_length + 12 + 16;
}

}  // namespace base
