#include "auth/webauthn.h"

#include <cbor.h>
#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#include <algorithm>
#include <memory>

#include "auth/jwt.h"
#include "base/json.h"

namespace auth {

namespace {

constexpr unsigned char user_present = 0x01, user_verified = 0x04;
constexpr std::size_t hash_size = 32, header_size = 37, attested_size = 18;

base::Done invalid(const char* pointer, std::string message) {
  return base::refuse(
      base::Error{.code = base::Code::invalid_input, .detail = message, .fields = {{pointer, std::move(message)}}});
}

/// libfido2 frees through a pointer to the pointer.
template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* pointer) const {
    Free(&pointer);
  }
};
using Credential = std::unique_ptr<fido_cred_t, Freed<fido_cred_free>>;
using Statement = std::unique_ptr<fido_assert_t, Freed<fido_assert_free>>;

template <class T>
T must(T pointer) {
  if (!pointer) throw std::bad_alloc();
  return pointer;
}

/// The key in the form that libfido2 verifies with; null where these bytes are none.
using PublicKey = std::shared_ptr<const void>;
PublicKey key_of(int algorithm, base::ByteView bytes) {
  if (algorithm == COSE_ES256) {
    const std::shared_ptr<es256_pk_t> key(must(es256_pk_new()), Freed<es256_pk_free>());
    return es256_pk_from_ptr(key.get(), bytes.data(), bytes.size()) == FIDO_OK ? key : nullptr;
  }
  if (algorithm == COSE_EDDSA) {
    const std::shared_ptr<eddsa_pk_t> key(must(eddsa_pk_new()), Freed<eddsa_pk_free>());
    return eddsa_pk_from_ptr(key.get(), bytes.data(), bytes.size()) == FIDO_OK ? key : nullptr;
  }
  if (algorithm == COSE_RS256) {
    const std::shared_ptr<rs256_pk_t> key(must(rs256_pk_new()), Freed<rs256_pk_free>());
    return rs256_pk_from_ptr(key.get(), bytes.data(), bytes.size()) == FIDO_OK ? key : nullptr;
  }
  return nullptr;
}

/// The credential in the authenticator's data, whichever of our algorithms it has; null where there is none.
Credential credential_in(base::ByteView authenticator_data) {
  for (const int algorithm : passkey_algorithms) {
    Credential credential(must(fido_cred_new()));
    if (fido_cred_set_type(credential.get(), algorithm) == FIDO_OK &&
        fido_cred_set_authdata_raw(credential.get(), authenticator_data.data(), authenticator_data.size()) == FIDO_OK &&
        fido_cred_id_len(credential.get()) > 0 && fido_cred_pubkey_len(credential.get()) > 0)
      return credential;
  }
  return nullptr;
}

/// libfido2 makes room for as many items as a list says it has before it reads the first; each takes a byte at least.
bool counts_fit(base::ByteView cbor) {
  struct Room {
    std::size_t items;
    bool enough = true;
    void take(std::size_t more, std::size_t each) {
      enough = more <= items / each;
      if (enough) items -= more * each;
    }
  } room{cbor.size()};
  auto heads = cbor_empty_callbacks;
  heads.array_start = [](void* to, std::size_t items) { static_cast<Room*>(to)->take(items, 1); };
  heads.map_start = [](void* to, std::size_t pairs) { static_cast<Room*>(to)->take(pairs, 2); };
  while (!cbor.empty() && room.enough) {
    const auto head = cbor_stream_decode(cbor.data(), cbor.size(), &heads, &room);
    if (head.status != CBOR_DECODER_FINISHED) break;  // Nor does libfido2 read on.
    cbor = cbor.subspan(head.read);
  }
  return room.enough;
}

/// What follows the credential's id (Web Authentication, 6.5.1): its key, and what extensions say.
base::ByteView after_id(base::ByteView authenticator_data) {
  constexpr auto fixed = header_size + attested_size;
  if (authenticator_data.size() < fixed) return {};
  const auto id_size = std::size_t{authenticator_data[fixed - 2]} << 8 | authenticator_data[fixed - 1];
  return authenticator_data.subspan(std::min(fixed + id_size, authenticator_data.size()));
}

base::Bytes bytes_at(const unsigned char* data, std::size_t size) {
  return {data, data + size};
}

bool fits(const ClientData& data, std::string_view type, const RelyingParty& party) {
  return data.type == type && data.origin == party.origin && !data.cross_origin;
}

auto not_verified() {
  return base::refuse(base::Code::unauthenticated, "This passkey does not fit. Try again, or sign in another way.");
}

}  // namespace

RelyingParty relying_party(const std::string& public_url) {
  const auto start = public_url.find("://") + 3;
  const auto port =
      public_url.find(':', public_url.find(']', start) == std::string::npos ? start : public_url.find(']', start));
  return {public_url, public_url.substr(start, port == std::string::npos ? port : port - start)};
}

base::Result<ClientData> read_client_data(base::ByteView json) {
  const auto unreadable = [] { return invalid("/client_data", "This is not what a browser says about a passkey."); };
  if (json.size() > longest_client_data) TRY(unreadable());
  const auto object = base::parse_json_object(base::text_of(json));
  if (!object) TRY(unreadable());
  const auto challenge = base::from_base64url(text_at(*object, "challenge"));
  const auto* cross = object->if_contains("crossOrigin");
  if (!challenge || (cross && !cross->is_bool())) TRY(unreadable());
  return ClientData{std::string(text_at(*object, "type")), std::string(text_at(*object, "origin")), *challenge,
                    cross && cross->get_bool()};
}

base::Result<NewPasskey> read_registration(const RelyingParty& party, base::ByteView client_data,
                                           base::ByteView authenticator_data) {
  const auto client = TRY(read_client_data(client_data));
  if (!fits(client, "webauthn.create", party)) TRY(invalid("/client_data", "This passkey was made for another site."));
  const auto refused = [](std::string message) { return invalid("/authenticator_data", std::move(message)); };
  if (authenticator_data.size() <= hash_size || authenticator_data.size() > longest_authenticator_data ||
      !counts_fit(after_id(authenticator_data)))
    TRY(refused("This is not what an authenticator says."));
  if (!base::equal(authenticator_data.first(hash_size), base::sha256(base::bytes_of(party.id))))
    TRY(refused("This passkey was made for another site."));
  const auto flags = authenticator_data[hash_size];
  if ((flags & user_present) == 0 || (flags & user_verified) == 0)
    TRY(refused("The device has not made sure that it is you: set up a PIN, a fingerprint or a face on it first."));
  const auto credential = credential_in(authenticator_data);
  if (!credential) TRY(refused("There is no key in it that can be used here."));
  NewPasskey passkey{
      .credential_id = bytes_at(fido_cred_id_ptr(credential.get()), fido_cred_id_len(credential.get())),
      .algorithm = fido_cred_type(credential.get()),
      .public_key = bytes_at(fido_cred_pubkey_ptr(credential.get()), fido_cred_pubkey_len(credential.get())),
      .sign_count = fido_cred_sigcount(credential.get())};
  if (!key_of(passkey.algorithm, passkey.public_key)) TRY(refused("There is no key in it that can be used here."));
  return passkey;
}

base::Result<std::int64_t> verify_assertion(const RelyingParty& party, const Assertion& assertion, int algorithm,
                                            base::ByteView public_key) {
  const auto client = TRY(read_client_data(assertion.client_data));
  if (!fits(client, "webauthn.get", party)) return not_verified();
  const auto& data = assertion.authenticator_data;
  const Statement statement(must(fido_assert_new()));
  const bool readable = data.size() >= header_size && data.size() <= longest_authenticator_data &&
                        counts_fit(data.subspan(header_size)) && fido_assert_set_count(statement.get(), 1) == FIDO_OK &&
                        fido_assert_set_authdata_raw(statement.get(), 0, data.data(), data.size()) == FIDO_OK;
  if (!readable) TRY(invalid("/authenticator_data", "This is not what an authenticator says."));
  const auto key = key_of(algorithm, public_key);
  const bool right =
      key &&
      fido_assert_set_clientdata(statement.get(), assertion.client_data.data(), assertion.client_data.size()) ==
          FIDO_OK &&
      fido_assert_set_rp(statement.get(), party.id.c_str()) == FIDO_OK &&
      fido_assert_set_up(statement.get(), FIDO_OPT_TRUE) == FIDO_OK &&
      fido_assert_set_uv(statement.get(), FIDO_OPT_TRUE) == FIDO_OK &&
      fido_assert_set_sig(statement.get(), 0, assertion.signature.data(), assertion.signature.size()) == FIDO_OK &&
      fido_assert_verify(statement.get(), 0, algorithm, key.get()) == FIDO_OK;
  if (!right) return not_verified();
  return std::int64_t{fido_assert_sigcount(statement.get(), 0)};
}

}  // namespace auth
