/// E-mail addresses and their proof: learners who register themselves, people who change theirs.
///
/// What anybody may ask for answers the same, in the same time, whoever has the address (store/proofs.h).
#pragma once

#include "actions/sign_in.h"

namespace actions {

inline constexpr std::chrono::hours proof_lifetime{12};

/// Mails a link to this address by which a learner makes an account; to who has one, word of it. `address` is the
/// client's. forbidden where the school does not take registrations; invalid_input at "/email", "/school"; rate_limited
/// after too many mails.
base::Done ask_to_register(const Identity& identity, const std::string& email, const std::optional<std::string>& school,
                           const std::string& address, base::Instant now);

struct Registration {
  std::string token, name, phone, password;
  std::optional<std::int64_t> notice_version{};  ///< Of the privacy notice that they were shown.
};
/// Makes the learner and signs them in. invalid_input at "/token" for a link that is spent, expired or none, and where
/// somebody has the address by now; else as for a person whom the office makes.
base::Result<SignInView> register_learner(const Identity& identity, const Registration& input, base::Instant now,
                                          const std::string& correlation_id, const std::string& browser);

struct EmailChange {
  std::string current_password, email;
};
/// Mails a link to the address that is to be the caller's. invalid_input at "/current_password", "/email";
/// rate_limited.
base::Done ask_to_change_email(const Identity& identity, const Caller& caller, const EmailChange& change,
                               const std::string& address);
/// It is theirs: they sign in with it from now on, links that set a password are spent, and the address from before is
/// told. Returns whose it is. invalid_input at "/token".
struct Proven {
  base::SchoolId school;
  base::PersonId person;
};
base::Result<Proven> change_email(const Identity& identity, std::string_view token, base::Instant now,
                                  const std::string& correlation_id);

}  // namespace actions
