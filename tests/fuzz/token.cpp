// Any bytes as an access token, and as the header and the claims of one: none is ever good.
#include "auth/sessions.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auth::AccessTokens tokens({{"k1", base::Secret(std::string(32, 'k'))}}, "http://school.test", 16);
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const base::Instant now{std::chrono::seconds{1'800'000'000}};
  CHECK(!tokens.verify(text, now));
  const auto part = [](std::string_view bytes) { return base::to_base64url(base::bytes_of(bytes)); };
  const auto half = text.find('\n');
  const auto header = text.substr(0, half), claims = half == text.npos ? "" : text.substr(half + 1);
  const auto signature = base::to_base64url(base::Bytes(64, 1));
  CHECK(!tokens.verify(part(header) + "." + part(claims) + "." + signature, now));
  const std::string good = R"({"alg":"ES256","kid":"k1","typ":"at+jwt"})";
  CHECK(!tokens.verify(part(good) + "." + part(text) + "." + signature, now));
  if (const auto link = auth::parse_link_token(text)) CHECK(link->hash.size() == 32);
  return 0;
}
