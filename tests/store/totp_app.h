/// An authenticator app, after RFC 4226 section 5.3.
#pragma once

#include <fmt/format.h>
#include <openssl/hmac.h>

#include "base/clock.h"
#include "base/crypto.h"

namespace testing_support {

/// Of the base32 that the app is given (RFC 4648, section 6).
inline base::Bytes totp_secret(std::string_view text) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  base::Bytes secret;
  std::uint32_t bits = 0, count = 0;
  for (const char c : text) {
    bits = bits << 5 | static_cast<std::uint32_t>(letters.find(c));
    if ((count += 5) < 8) continue;
    count -= 8;
    secret.push_back(static_cast<unsigned char>(bits >> count));
  }
  return secret;
}

/// What it shows at this time.
inline std::string totp_shown(base::ByteView secret, base::Instant at) {
  std::array<unsigned char, 8> step{};
  auto number = static_cast<std::uint64_t>(base::to_seconds(at)) / 30;
  for (std::size_t i = 8; i-- > 0; number >>= 8) step.at(i) = static_cast<unsigned char>(number);
  std::array<unsigned char, 20> hash{};
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), step.data(), step.size(), hash.data(), nullptr);
  const std::size_t offset = hash.back() & 15;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | hash.at(offset + i);
  return fmt::format("{:06}", (value & 0x7fffffff) % 1'000'000);
}

}  // namespace testing_support
