// Any bytes as what a provider of identities sends: a token, its keys, claims that are signed; and as what a browser
// brings back. None of it lets anybody in.
#include "auth/openid.h"
#include "auth/oauth_cookie.h"
#include "base/json.h"

namespace {

constexpr const char* jwks = R"({"keys":[{"kty":"EC","crv":"P-256","kid":"k","alg":"ES256",
  "x":"ny4nmjrsKCYhFbtt-jI2vWfWMkxg35OXTW4CxGM8v7g","y":"ISAM6LQ5d5kqmOHHEv2Bh-r5VC218FJn9vzAncUjyWA"}]})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto keys = auth::IssuerKeys::from_jwks(jwks);
  static const base::Key cookie_key(base::sha256(base::bytes_of("cookies")));
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const base::Instant now{std::chrono::seconds{1'800'000'000}};
  CHECK(keys && !keys->claims_of(text));
  (void)keys->has_key_of(text);
  const auto part = [](std::string_view bytes) { return base::to_base64url(base::bytes_of(bytes)); };
  const auto signature = base::to_base64url(base::Bytes(64, 1));
  CHECK(!keys->claims_of(part(text) + "." + part("{}") + "." + signature));
  CHECK(!keys->claims_of(part(R"({"alg":"ES256","kid":"k"})") + "." + part(text) + "." + signature));
  if (const auto own = auth::IssuerKeys::from_jwks(text)) CHECK(!own->claims_of(part("{}") + ".." + signature));
  if (const auto claims = base::parse_json_object(text)) {
    const auto vouched = auth::vouched_by(*claims, {.issuer = "i", .client_id = "c", .nonce = "n"}, now);
    CHECK(!vouched || (!vouched->subject.empty() && vouched->email.size() <= 254));
  }
  CHECK(!auth::opened(text, cookie_key, now));
  CHECK(!auth::is_own_path(text) || (text[0] == '/' && !text.starts_with("//") && !text.starts_with("/\\")));
  return 0;
}
