/// Who else may say who somebody is, as it is configured.
#pragma once

#include "auth/oauth_cookie.h"
#include "auth/openid.h"
#include "auth/supabase.h"

namespace auth {

class Providers {
 public:
  /// `cookie_key` seals what browsers carry; all nodes have the same.
  Providers(const base::Config& config, const base::Key& cookie_key, const net::HttpOptions& http)
      : cookie_key_(cookie_key) {
    if (!config.google.client_id.empty())
      open_id_.push_back(std::make_unique<OpenIdProvider>("google", config.google, http));
    if (!config.oidc.client_id.empty()) open_id_.push_back(std::make_unique<OpenIdProvider>("oidc", config.oidc, http));
    if (!config.supabase.url.empty()) supabase_ = std::make_unique<Supabase>(config.supabase, http);
  }

  const base::Key& cookie_key() const { return cookie_key_; }
  const std::vector<std::unique_ptr<OpenIdProvider>>& open_id() const { return open_id_; }
  /// Null: there is none of that name.
  OpenIdProvider* open_id(std::string_view id) const {
    for (const auto& provider : open_id_)
      if (provider->id() == id) return provider.get();
    return nullptr;
  }
  Supabase* supabase() const { return supabase_.get(); }

 private:
  const base::Key cookie_key_;
  std::vector<std::unique_ptr<OpenIdProvider>> open_id_;
  std::unique_ptr<Supabase> supabase_;
};

}  // namespace auth
