/// Access tokens of Supabase Auth. What they say of roles and metadata is Supabase's own business and not read here:
/// who signs in is their subject.
#pragma once

#include "auth/openid.h"

namespace auth {

class Supabase {
 public:
  Supabase(base::SupabaseSettings settings, net::HttpOptions http);

  /// Whose token it is; unauthenticated for what is none of the project's for a person, unavailable where its keys
  /// cannot be had.
  base::Result<Vouched> read(std::string_view token, base::Instant now);

 private:
  base::Result<std::optional<boost::json::object>> claims_of(std::string_view token);

  const base::SupabaseSettings settings_;
  const std::string issuer_;
  net::HttpClient http_;
  const std::optional<IssuerKeys> secret_;
  Kept<IssuerKeys> keys_;
};

}  // namespace auth
