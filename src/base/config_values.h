/// One parser per kind of setting; each refuses with what was expected.
#pragma once

#include <string>
#include <vector>

#include "base/config.h"

namespace base {

Result<Endpoint> endpoint_from_text(const std::string& text);
/// sqlite:///absolute/path gives the path, postgresql://user@host/database itself.
Result<std::string> database_from_url(const std::string& url);
Result<std::string> postgres_from_url(const std::string& url);
/// http:// or https:// and a host, without path, query or trailing slash.
Result<std::string> origin_from_text(std::string text);
Result<std::vector<std::string>> origins_from_text(const std::string& text);
Result<std::vector<Network>> networks_from_text(const std::string& text);
/// smtp:// or smtps:// and a host, with user and password where needed.
Result<std::string> smtp_url_from_text(const std::string& text);
Result<std::string> mail_address_from_text(const std::string& text);
/// https://host/path, or http:// on this machine; neither query nor fragment. As given: issuers are compared as text.
Result<std::string> provider_url_from_text(const std::string& text);
/// A name that people read on a button.
Result<std::string> provider_name_from_text(const std::string& text);
/// At least as long as the hash that it keys (RFC 7518, section 3.2).
Result<Secret> shared_secret_from_text(const std::string& text);
Result<int> int_from_text(const std::string& text, int min, int max);
Result<AppEnv> app_env_from_text(const std::string& text);
Result<LogLevel> log_level_from_text(const std::string& text);
/// `id:base64[,…]`, each key of at least 32 bytes.
Result<std::vector<NamedKey>> keys_from_text(const std::string& text);

}  // namespace base
