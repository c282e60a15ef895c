#include "auth/second_step.h"

#include <fmt/format.h>
#include <liboath/oath.h>

#include <memory>
#include <stdexcept>

namespace auth {

namespace {

constexpr std::string_view sealed_as = "roadbook challenge";
/// Crockford's base32: nothing that is mistaken for something else.
constexpr std::string_view letters = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr int letters_in_code = 12, letters_in_group = 4;

/// RFC 3986, section 2.1.
std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string code_at(base::ByteView secret, std::int64_t step) {
  char code[totp_digits + 1] = {};
  const auto seconds = static_cast<unsigned>(totp_step.count());
  if (oath_totp_generate(reinterpret_cast<const char*>(secret.data()), secret.size(),
                         static_cast<std::time_t>(step) * seconds, seconds, 0, totp_digits, code) != OATH_OK)
    throw std::runtime_error("A code cannot be computed.");
  return code;
}

}  // namespace

Challenges::Challenges(const std::vector<base::NamedKey>& keys) {
  for (const auto& key : keys)
    keys_.emplace_back(base::hmac_sha256(base::bytes_of(key.bytes.reveal()), base::bytes_of("roadbook challenges")));
}

base::Bytes Challenges::make(const Subject& subject, base::Instant now) const {
  base::Bytes plain{static_cast<unsigned char>(subject.purpose)};
  for (const auto number : {subject.school.value, subject.person.value, subject.sid, base::to_seconds(now + lifetime)})
    base::put_number(plain, number);
  return base::seal(keys_.front(), "", plain, sealed_as);
}

std::optional<Challenges::Opened> Challenges::open(base::ByteView challenge, base::Instant now) const {
  constexpr std::size_t size = 1 + 4 * 8;
  if (challenge.size() != base::sealed_overhead(0) + size) return std::nullopt;
  for (const auto& key : keys_) {
    const auto plain = base::open(key, challenge, sealed_as);
    if (!plain) continue;
    const auto expires_at = base::from_seconds(base::number_at(*plain, 25));
    if (now >= expires_at) return std::nullopt;
    const auto hash = base::sha256(challenge);
    return Opened{{static_cast<Purpose>(plain->front()),
                   {base::number_at(*plain, 1)},
                   {base::number_at(*plain, 9)},
                   base::number_at(*plain, 17)},
                  expires_at,
                  {hash.begin(), hash.end()}};
  }
  return std::nullopt;
}

base::Bytes make_totp_secret() {
  return base::random_bytes(20);
}

std::string totp_text(base::ByteView secret) {
  char* text = nullptr;
  std::size_t size = 0;
  if (oath_base32_encode(reinterpret_cast<const char*>(secret.data()), secret.size(), &text, &size) != OATH_OK)
    throw std::bad_alloc();
  const std::unique_ptr<char, decltype(&std::free)> owned(text, &std::free);
  const std::string padded(text, size);
  return padded.substr(0, padded.find('='));
}

std::optional<std::int64_t> totp_step_of(base::ByteView secret, std::string_view code, base::Instant now) {
  const auto present = base::to_seconds(now) / totp_step.count();
  std::optional<std::int64_t> found;
  // All three, so that the time tells nothing.
  for (const auto step : {present - 1, present, present + 1})
    if (base::equal(base::bytes_of(code_at(secret, step)), base::bytes_of(code))) found = step;
  return found;
}

std::string totp_uri(std::string_view issuer, std::string_view account, base::ByteView secret) {
  return fmt::format("otpauth://totp/{0}:{1}?secret={2}&issuer={0}&algorithm=SHA1&digits={3}&period={4}",
                     percent_encoded(issuer), percent_encoded(account), totp_text(secret), totp_digits,
                     totp_step.count());
}

std::string make_backup_code() {
  std::string code;
  for (const auto byte : base::random_bytes(letters_in_code)) {
    if (!code.empty() && code.size() % (letters_in_group + 1) == letters_in_group) code += '-';
    code += letters[byte % letters.size()];
  }
  return code;
}

std::string normalised_code(std::string_view text) {
  std::string code;
  for (char c : text) {
    if (c == ' ' || c == '-') continue;
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    code += c == 'o' ? '0' : c == 'i' || c == 'l' ? '1' : c;
  }
  return code;
}

}  // namespace auth
