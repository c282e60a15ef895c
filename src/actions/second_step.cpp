#include "actions/second_step.h"

#include "store/factors.h"

namespace actions {

namespace {

using auth::Challenges;
using base::Code;
using base::Result;
using store::Transaction;

auto again() {
  return base::refuse(Code::unauthenticated, "This took too long, or was used before. Please sign in again.");
}
auto does_not_fit() {
  return base::refuse(Code::unauthenticated, "This passkey does not fit. Try again, or sign in another way.");
}
base::Done wrong_code() {
  return base::refuse(base::Error{.code = Code::invalid_input,
                                  .detail = "This code is not right.",
                                  .fields = {{"/code", "This code is not right, or was used before."}}});
}

/// What a code turned out to be, before the transaction that takes it.
struct KnownCode {
  store::Totp totp;
  std::optional<std::int64_t> step{};
  std::optional<base::Bytes> backup{};
};

KnownCode known_code(const Identity& identity, base::SchoolId school, base::PersonId person, const std::string& text,
                     base::Instant now) {
  const auto code = auth::normalised_code(text);
  KnownCode known;
  std::vector<store::Bytes> hashes;
  identity.context.database.read(school, [&](Transaction& tx) {
    known.totp = store::totp_of(tx, school, person);
    hashes = store::backup_codes_of(tx, school, person);
  });
  if (known.totp.sealed.empty()) return known;
  if (const auto secret = identity.context.keys.open({school, person}, totp_purpose, known.totp.sealed))
    known.step = auth::totp_step_of(base::bytes_of(*secret), code, now);
  const auto hash = backup_code_hash(identity, school, person, code);
  for (const auto& each : hashes)
    if (base::equal(each, hash)) known.backup = each;
  return known;
}

bool take(Transaction& tx, base::SchoolId school, base::PersonId person, const KnownCode& known) {
  if (known.step) return store::take_totp_step(tx, school, person, known.totp.sealed, *known.step);
  return known.backup && store::spend_backup_code(tx, school, person, *known.backup);
}

std::int64_t number_at(base::ByteView bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (const auto byte : bytes.subspan(at, 8)) number = number << 8 | byte;
  return static_cast<std::int64_t>(number);
}

/// The passkey of this credential, if it is kept under this handle.
struct Owned {
  base::SchoolId school;
  store::Passkey passkey;
};
std::optional<Owned> owned(const Identity& identity, const PasskeySignIn& input) {
  if (input.user_handle.size() != 16) return std::nullopt;
  const base::SchoolId school{number_at(input.user_handle, 0)};
  if (school.value <= 0) return std::nullopt;
  const auto passkey = identity.context.database.read(
      school, [&](Transaction& tx) { return store::find_passkey(tx, school, input.credential_id); });
  if (!passkey || passkey->person.value != number_at(input.user_handle, 8)) return std::nullopt;
  return Owned{school, *passkey};
}

}  // namespace

base::Bytes backup_code_hash(const Identity& identity, base::SchoolId school, base::PersonId person,
                             std::string_view code) {
  const auto hash = identity.context.keys.keyed_hash(school, "backup code",
                                                     base::to_text(person) + "/" + auth::normalised_code(code));
  return {hash.begin(), hash.end()};
}

Admission admit(const Identity& identity, Transaction& tx, const Entrant& entrant, base::Instant now,
                const std::string& browser) {
  const auto& [school, person, role] = entrant;
  const auto factors = store::factors_of(tx, school, person);
  if (factors.totp) return {.by_code = true};
  const bool staff = store::is_staff(role);
  if (factors.passkeys > 0 && staff && store::second_factor_required(tx, school)) return {};
  return {.tokens = identity.sessions.start(tx, school, person, role, now, browser)};
}

Result<SignInView> admitted(const Identity& identity, Admission admission, const Entrant& entrant, base::Instant now) {
  if (admission.tokens) return shown_to(identity, std::move(*admission.tokens));
  base::Error asked{.code = Code::second_factor_asked, .detail = "Sign in with your passkey."};
  if (admission.by_code) {
    asked.detail = "Give the code of your authenticator app, or one of your backup codes.";
    asked.challenge = base::to_base64url(
        identity.second_step.challenges.make({Challenges::Purpose::second_step, entrant.school, entrant.person}, now));
  }
  return base::refuse(std::move(asked));
}

Result<SignInView> sign_in_with_code(const Identity& identity, const SecondStepInput& input, base::Instant now) {
  const auto challenge = identity.second_step.challenges.open(input.challenge, now);
  if (!challenge || challenge->subject.purpose != Challenges::Purpose::second_step) return again();
  const auto school = challenge->subject.school;
  const auto person = challenge->subject.person;
  const auto account = fmt::format("{}/{}", school.value, person.value), source = auth::source_of(input.address);
  if (const auto wait = identity.second_step.throttle.attempt(account, source, now))
    return base::refuse(too_many(*wait));
  const auto known = known_code(identity, school, person, input.code, now);
  const auto enter = [&](Transaction& tx) -> Result<auth::SignedIn> {
    const auto found = store::find_account(tx, school, person);
    if (!found || !found->active || !store::spend_challenge(tx, school, challenge->hash, challenge->expires_at))
      return again();
    if (!take(tx, school, person, known)) TRY(wrong_code());
    return identity.sessions.start(tx, school, person, found->role, now, input.browser,
                                   auth::Sessions::Proof::two_factors);
  };
  auto tokens = TRY(identity.context.database.transact<auth::SignedIn>(school, enter));
  identity.second_step.throttle.succeeded(account, source, now);
  return shown_to(identity, std::move(tokens));
}

Tried tried(const Identity& identity, const SecondStepInput& input, base::Instant now) {
  const auto challenge = identity.second_step.challenges.open(input.challenge, now);
  if (!challenge || challenge->subject.purpose != Challenges::Purpose::second_step) return {};
  return {challenge->subject.school, challenge->subject.person};
}

Result<SignInView> sign_in_with_passkey(const Identity& identity, const PasskeySignIn& input, base::Instant now) {
  const auto client = TRY(auth::read_client_data(input.client_data));
  const auto challenge = identity.second_step.challenges.open(client.challenge, now);
  if (!challenge || challenge->subject != Challenges::Subject{Challenges::Purpose::passkey_sign_in}) return again();
  const auto owner = owned(identity, input);
  if (!owner) return does_not_fit();
  const auto& [school, passkey] = *owner;
  const auto count = TRY(auth::verify_assertion(auth::relying_party(identity.public_url),
                                                {input.client_data, input.authenticator_data, input.signature},
                                                passkey.algorithm, passkey.public_key));
  auto tokens =
      TRY(identity.context.database.transact<auth::SignedIn>(school, [&](Transaction& tx) -> Result<auth::SignedIn> {
        const auto found = store::find_account(tx, owner->school, owner->passkey.person);
        if (!found || !found->active) return does_not_fit();
        if (!store::spend_challenge(tx, owner->school, challenge->hash, challenge->expires_at)) return again();
        // Of two devices with one key, one is a copy.
        if (!store::use_passkey(tx, owner->school, owner->passkey.id, count, now)) return does_not_fit();
        return identity.sessions.start(tx, owner->school, owner->passkey.person, found->role, now, input.browser,
                                       auth::Sessions::Proof::two_factors);
      }));
  return shown_to(identity, std::move(tokens));
}

Tried tried(const Identity& identity, const PasskeySignIn& input) {
  const auto owner = owned(identity, input);
  return owner ? Tried{owner->school, owner->passkey.person} : Tried{};
}

base::Bytes user_handle(base::SchoolId school, base::PersonId person) {
  base::Bytes bytes;
  for (const auto number : {school.value, person.value})
    for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<unsigned char>(number >> shift));
  return bytes;
}

}  // namespace actions
