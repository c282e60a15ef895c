/// Passkeys: what a browser says about one (Web Authentication, level 2), checked by libfido2. Attestation is neither
/// asked for nor looked at; user verification always is. No I/O.
#pragma once

#include "base/crypto.h"
#include "base/result.h"

namespace auth {

/// Who we are to authenticators: PUBLIC_URL and its host.
struct RelyingParty {
  std::string origin, id;
};
RelyingParty relying_party(const std::string& public_url);

/// COSE's numbers of what we take: ES256, EdDSA, RS256.
inline constexpr int passkey_algorithms[] = {-7, -8, -257};
inline constexpr std::size_t longest_client_data = 4'096, longest_authenticator_data = 4'096;

/// What the client says it was asked for. invalid_input at "/client_data" where it cannot be read.
struct ClientData {
  std::string type, origin;
  base::Bytes challenge;
  bool cross_origin;
};
base::Result<ClientData> read_client_data(base::ByteView json);

struct NewPasskey {
  base::Bytes credential_id;
  int algorithm;
  base::Bytes public_key;
  std::int64_t sign_count;
};
/// invalid_input at "/client_data" for another origin or type, at "/authenticator_data" for another relying party, a
/// user who was not verified, or a key that we do not take. Whether the challenge is ours is the caller's business.
base::Result<NewPasskey> read_registration(const RelyingParty& party, base::ByteView client_data,
                                           base::ByteView authenticator_data);

struct Assertion {
  base::ByteView client_data, authenticator_data, signature;
};
/// The authenticator's counter where this key signed this, for us, of a user whom it verified; else unauthenticated.
/// invalid_input for what cannot be read.
base::Result<std::int64_t> verify_assertion(const RelyingParty& party, const Assertion& assertion, int algorithm,
                                            base::ByteView public_key);

}  // namespace auth
