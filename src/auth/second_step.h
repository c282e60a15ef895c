/// What signing in takes besides a password: challenges that are good for minutes, codes of authenticator apps (RFC
/// 6238), backup codes.
#pragma once

#include "auth/throttle.h"
#include "base/crypto.h"
#include "base/ids.h"
#include "base/secret.h"

namespace auth {

/// Sealed, so that nothing is kept until one of them is used; that it is used once is the caller's business
/// (store::spend_challenge). All nodes have the same keys.
class Challenges {
 public:
  enum class Purpose : unsigned char { second_step, new_passkey, passkey_sign_in };
  /// What is 0 is not bound.
  struct Subject {
    Purpose purpose;
    base::SchoolId school{};
    base::PersonId person{};
    std::int64_t sid{0};
    bool operator==(const Subject&) const = default;
  };
  struct Opened {
    Subject subject;
    base::Instant expires_at;
    base::Bytes hash;  ///< By which it is remembered as used.
  };
  static constexpr base::minutes lifetime{5};

  /// `keys` are JWT_KEYS.
  explicit Challenges(const std::vector<base::NamedKey>& keys);
  base::Bytes make(const Subject& subject, base::Instant now) const;
  /// Nothing for what is not ours, or too old.
  std::optional<Opened> open(base::ByteView challenge, base::Instant now) const;

 private:
  std::vector<base::Key> keys_;
};

/// Guessing a code of six digits must take years, also for whoever has the password and many addresses.
inline const Throttle::Options code_limits{
    .source = {50, base::seconds{20}}, .pair = {5, base::seconds{120}}, .account = {10, base::seconds{600}}};

struct SecondStep {
  explicit SecondStep(const std::vector<base::NamedKey>& keys) : challenges(keys) {}
  const Challenges challenges;
  Throttle throttle{code_limits};  ///< Apart from that of passwords: wrong codes keep nobody from the first step.
};

inline constexpr base::seconds totp_step{30};
inline constexpr std::size_t totp_digits = 6;
/// 160 random bits, as RFC 4226 section 4 asks for.
base::Bytes make_totp_secret();
/// In base32, as people type it.
std::string totp_text(base::ByteView secret);
/// The step of this code (RFC 6238), if it is the present one or one beside it.
std::optional<std::int64_t> totp_step_of(base::ByteView secret, std::string_view code, base::Instant now);
/// "otpauth://totp/…", which apps read from a QR code.
std::string totp_uri(std::string_view issuer, std::string_view account, base::ByteView secret);

inline constexpr int backup_code_count = 10;
/// "4kq2-…": 60 random bits.
std::string make_backup_code();
/// The code however it was typed.
std::string normalised_code(std::string_view text);

}  // namespace auth
