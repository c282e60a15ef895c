// Any bytes as what a browser and an authenticator say: nothing is ever verified, and nothing breaks.
#include "auth/webauthn.h"
#include "base/json.h"

namespace {

base::Bytes headed(const auth::RelyingParty& party, unsigned char flags, base::ByteView rest) {
  const auto hash = base::sha256(base::bytes_of(party.id));
  base::Bytes data(hash.begin(), hash.end());
  data.push_back(flags);
  data.insert(data.end(), rest.begin(), rest.end());
  return data;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto party = auth::relying_party("https://school.example");
  static const std::string create =
      R"({"type":"webauthn.create","challenge":"AAAA","origin":"https://school.example","crossOrigin":false})";
  static const std::string get =
      R"({"type":"webauthn.get","challenge":"AAAA","origin":"https://school.example","crossOrigin":false})";
  const base::ByteView bytes{data, size};
  (void)auth::read_client_data(bytes).has_value();
  (void)auth::read_registration(party, bytes, bytes).has_value();
  // Past the first checks, so that the reader of CBOR is met.
  const auto made = auth::read_registration(party, base::bytes_of(create), headed(party, 0x45, bytes));
  if (made) {
    CHECK(!made->credential_id.empty());
    const auto said = headed(party, 0x05, base::Bytes{0, 0, 0, 1});
    CHECK(!auth::verify_assertion(party, {base::bytes_of(get), said, bytes}, made->algorithm, made->public_key));
  }
  // Without and with extensions.
  for (const unsigned char flags : {0x05, 0x85})
    for (const int algorithm : auth::passkey_algorithms)
      CHECK(
          !auth::verify_assertion(party, {base::bytes_of(get), headed(party, flags, bytes), bytes}, algorithm, bytes));
  return 0;
}
