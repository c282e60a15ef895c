#include "base/config.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include "base/address.h"
#include "base/config_values.h"

extern char** environ;

namespace base {

namespace {

enum class Sensitivity {
  open,
  address,  ///< May hold a password: a flag must not then, and it may be given as NAME_FILE.
  secret,
};

struct Setting {
  std::string_view name;
  std::string_view fallback;
  std::string_view doc;
  Sensitivity sensitivity;
  Done (*apply)(Config&, const std::string&);
};

template <class T>
Done assign(T& target, Result<T> value) {
  if (!value) return refuse(std::move(value).error());
  target = std::move(*value);
  return done();
}
/// For the plain numbers of `config.rate_limits` and `config.workers`.
template <int Config::*Member, int min, int max>
Done number(Config& config, const std::string& text) {
  return assign(config.*Member, int_from_text(text, min, max));
}
template <int RateLimits::*Member>
Done limit(Config& config, const std::string& text) {
  return assign(config.rate_limits.*Member, int_from_text(text, 0, 1'000'000));
}

/// A span of time of `config.calendars`, in its own unit.
template <auto CalendarSettings::*Member, int min, int max>
Done span(Config& config, const std::string& text) {
  config.calendars.*Member =
      std::remove_cvref_t<decltype(config.calendars.*Member)>{TRY(int_from_text(text, min, max))};
  return done();
}
template <std::string CalendarSettings::*Member>
Done calendar_url(Config& config, const std::string& text) {
  auto& url = config.calendars.*Member;
  url = TRY(provider_url_from_text(text));
  if (url.ends_with('/')) url.pop_back();
  return done();
}

template <OpenIdSettings Config::*Provider, std::string OpenIdSettings::*Member>
Done text(Config& config, const std::string& value) {
  (config.*Provider).*Member = value;
  return done();
}
template <OpenIdSettings Config::*Provider, std::string OpenIdSettings::*Member>
Done url(Config& config, const std::string& value) {
  return assign((config.*Provider).*Member, provider_url_from_text(value));
}
template <OpenIdSettings Config::*Provider>
Done hidden(Config& config, const std::string& value) {
  (config.*Provider).client_secret = Secret(value);
  return done();
}

using enum Sensitivity;
constexpr Setting keys[] = {
    {"APP_ENV", "production", "production, development or test; NODE_ENV is read where it is absent", open,
     [](Config& c, const std::string& v) { return assign(c.app_env, app_env_from_text(v)); }},
    {"DATABASE_URL", "sqlite:///var/lib/roadbook/roadbook.db",
     "where the school's data are: that or postgresql://user:password@host/name", address,
     [](Config& c, const std::string& v) { return assign(c.database, database_from_url(v)); }},
    {"DATABASE_DIRECT_URL", "", "PostgreSQL past PgBouncer: `migrate` as their owner; nodes listen there", address,
     [](Config& c, const std::string& v) { return assign(c.database_direct, postgres_from_url(v)); }},
    {"DATABASE_READ_URL", "", "a replica of PostgreSQL, for lists that may be a moment old", address,
     [](Config& c, const std::string& v) { return assign(c.database_read, postgres_from_url(v)); }},
    {"KEYS_URL", "", "where the keys of people are; default with SQLite: <database>.keys", address,
     [](Config& c, const std::string& v) { return assign(c.key_database, database_from_url(v)); }},
    {"REDIS_URL", "", "redis://:password@host:port/number, which spares many nodes work; all goes on without it",
     secret,
     [](Config& c, const std::string& v) -> Done {
       c.redis = TRY(redis_address(v));
       return done();
     }},
    {"LISTEN", "127.0.0.1:8080", "address and port of the HTTP server", open,
     [](Config& c, const std::string& v) { return assign(c.listen, endpoint_from_text(v)); }},
    {"PUBLIC_URL", "", "how browsers reach it; https in production; elsewhere default: http:// + LISTEN", open,
     [](Config& c, const std::string& v) { return assign(c.public_url, origin_from_text(v)); }},
    {"TRUSTED_PROXIES", "", "addresses or networks whose X-Forwarded-For is believed, with commas", open,
     [](Config& c, const std::string& v) { return assign(c.trusted_proxies, networks_from_text(v)); }},
    {"CORS_ORIGINS", "", "origins of other sites whose pages may call the API, with commas", open,
     [](Config& c, const std::string& v) { return assign(c.cors_origins, origins_from_text(v)); }},
    {"WORKERS", "64", "threads for requests that wait for the database", open, number<&Config::workers, 1, 1024>},
    {"LOG_LEVEL", "info", "debug, info, warn or error", open,
     [](Config& c, const std::string& v) { return assign(c.log_level, log_level_from_text(v)); }},
    {"RATE_LIMIT_REQUESTS", "100", "anonymous API requests of one address in a window; 0: no limit", open,
     limit<&RateLimits::requests>},
    {"RATE_LIMIT_WINDOW", "900000", "that window in milliseconds", open,
     [](Config& c, const std::string& v) {
       const auto milliseconds = int_from_text(v, 1000, 86'400'000);
       if (milliseconds) c.rate_limits.window = std::chrono::milliseconds{*milliseconds};
       return milliseconds ? done() : refuse(milliseconds.error());
     }},
    {"RATE_LIMIT_PERSON", "600", "API requests a minute of a signed-in learner; 0: no limit", open,
     limit<&RateLimits::person>},
    {"RATE_LIMIT_STAFF", "1200", "API requests a minute of signed-in staff; 0: no limit", open,
     limit<&RateLimits::staff>},
    {"ENCRYPTION_KEYS", "", "id:base64[,…] of 32 bytes: the first seals personal data, all open", secret,
     [](Config& c, const std::string& v) { return assign(c.encryption_keys, keys_from_text(v)); }},
    {"JWT_KEYS", "", "id:base64[,…]: the first signs sign-ins, all verify", secret,
     [](Config& c, const std::string& v) { return assign(c.jwt_keys, keys_from_text(v)); }},
    {"SMTP_URL", "", "smtp:// or smtps://user:password@host:port of the mail relay; without it nobody gets mail",
     secret, [](Config& c, const std::string& v) { return assign(c.smtp_url, smtp_url_from_text(v)); }},
    {"MAIL_FROM", "", "the address that mail comes from; needed with SMTP_URL", open,
     [](Config& c, const std::string& v) { return assign(c.mail_from, mail_address_from_text(v)); }},
    {"GOOGLE_CLIENT_ID", "", "of the OAuth client at Google, for signing in and for calendars", open,
     text<&Config::google, &OpenIdSettings::client_id>},
    {"GOOGLE_CLIENT_SECRET", "", "its secret", secret, hidden<&Config::google>},
    {"GOOGLE_ISSUER", "https://accounts.google.com", "who Google's ID tokens say that they are from", open,
     url<&Config::google, &OpenIdSettings::issuer>},
    {"GOOGLE_AUTH_URL", "https://accounts.google.com/o/oauth2/v2/auth", "where people sign in", open,
     url<&Config::google, &OpenIdSettings::auth_url>},
    {"GOOGLE_TOKEN_URL", "https://oauth2.googleapis.com/token", "where codes are exchanged", open,
     url<&Config::google, &OpenIdSettings::token_url>},
    {"GOOGLE_JWKS_URL", "https://www.googleapis.com/oauth2/v3/certs", "where Google's public keys are", open,
     url<&Config::google, &OpenIdSettings::jwks_url>},
    {"GOOGLE_REVOKE_URL", "https://oauth2.googleapis.com/revoke", "where what was granted is ended", open,
     url<&Config::google, &OpenIdSettings::revoke_url>},
    {"GOOGLE_API_BASE", "https://www.googleapis.com", "where Google's calendars are, without /calendar/v3", open,
     calendar_url<&CalendarSettings::google_api>},
    {"CALENDAR_WEBHOOK_URL", "", "where Google tells of changes; default: PUBLIC_URL/api/v1/calendar/webhooks/google",
     open, calendar_url<&CalendarSettings::webhook_url>},
    {"CALENDAR_CONNECT_TIMEOUT_MS", "5000", "how long connecting to a calendar's server may take", open,
     span<&CalendarSettings::connect_timeout, 100, 60'000>},
    {"CALENDAR_READ_TIMEOUT_MS", "15000", "how long its whole answer may take", open,
     span<&CalendarSettings::read_timeout, 100, 120'000>},
    {"CALENDAR_POLL_SECONDS", "300", "how often a calendar is read that says nothing, give or take a quarter", open,
     span<&CalendarSettings::poll, 1, 86'400>},
    {"CALENDAR_RETRY_BASE_MS", "1000", "the wait after a first failure, which doubles with each", open,
     span<&CalendarSettings::retry_base, 10, 60'000>},
    {"CALENDAR_RETRY_CAP_MS", "64000", "the longest such wait", open,
     span<&CalendarSettings::retry_cap, 10, 3'600'000>},
    {"CALENDAR_BREAKER_FAILURES", "5", "failures of an account in a row, before it is left alone for a while", open,
     [](Config& c, const std::string& v) { return assign(c.calendars.breaker_failures, int_from_text(v, 1, 1000)); }},
    {"CALENDAR_WEBHOOK_DEBOUNCE_MS", "1000", "changes told within this time are read at once", open,
     span<&CalendarSettings::webhook_debounce, 0, 60'000>},
    {"CALENDAR_RENEW_BEFORE_SECONDS", "86400", "how long before its end a channel of changes is renewed", open,
     span<&CalendarSettings::renew_before, 1, 604'800>},
    {"OIDC_ISSUER", "", "the issuer of any OpenID provider; the rest is discovered there", open,
     url<&Config::oidc, &OpenIdSettings::issuer>},
    {"OIDC_CLIENT_ID", "", "of the client there", open, text<&Config::oidc, &OpenIdSettings::client_id>},
    {"OIDC_CLIENT_SECRET", "", "its secret", secret, hidden<&Config::oidc>},
    {"OIDC_NAME", "OpenID", "what the button calls it", open,
     [](Config& c, const std::string& v) { return assign(c.oidc.name, provider_name_from_text(v)); }},
    {"SUPABASE_URL", "", "a project of Supabase whose sign-ins count here: https://<project>.supabase.co", open,
     [](Config& c, const std::string& v) { return assign(c.supabase.url, origin_from_text(v)); }},
    {"SUPABASE_JWT_SECRET", "", "its HS256 secret; without it, its public keys are fetched", secret,
     [](Config& c, const std::string& v) { return assign(c.supabase.jwt_secret, shared_secret_from_text(v)); }},
    {"WEB_DIST", "", "folder of the built pages; default: looked for beside the binary", open,
     [](Config& c, const std::string& v) {
       c.web_dist = v;
       return done();
     }},
};

const Setting* find_key(std::string_view name) {
  const auto* found = std::ranges::find(keys, name, &Setting::name);
  return found == std::end(keys) ? nullptr : found;
}

std::string flag_name(std::string_view key) {
  std::string name;
  for (const char c : key) name += c == '_' ? '-' : static_cast<char>(c - 'A' + 'a');
  return name;
}

struct Reading {
  std::map<std::string, std::string> values;
  std::vector<FieldError> mistakes;
};

Result<std::string> content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  if (!file || !(content << file.rdbuf()))
    return refuse(Code::invalid_input, "The file " + path.string() + " cannot be read.");
  return content.str();
}

/// `KEY` itself, or `KEY_FILE` for what may be secret, whose value is then the file's content without the line feed at
/// its end.
bool take(Reading& reading, const std::string& name, const std::string& value) {
  if (find_key(name) != nullptr) {
    reading.values[name] = value;
    return true;
  }
  if (!name.ends_with("_FILE")) return false;
  const auto* key = find_key(std::string_view(name).substr(0, name.size() - 5));
  if (key == nullptr || key->sensitivity == open) return false;
  auto content = content_of(value);
  if (!content) {
    reading.mistakes.push_back({name, content.error().detail});
    return true;
  }
  while (content->ends_with('\n') || content->ends_with('\r')) content->pop_back();
  reading.values[std::string(key->name)] = *content;
  return true;
}

/// Variables of other programs are none of our business; an empty one counts as absent, as Compose files write it.
void take_environment(Reading& reading, const std::map<std::string, std::string>& environment) {
  if (const auto node = environment.find("NODE_ENV"); node != environment.end() && !node->second.empty())
    reading.values["APP_ENV"] = node->second;
  for (const auto& [name, value] : environment) {
    if (value.empty() || take(reading, name, value) || !name.starts_with("ROADBOOK_")) continue;
    reading.mistakes.push_back({name, "There is no such setting."});
  }
}

/// Lines of KEY=value; empty ones and those that start with # are skipped; quotes around a value are taken off.
void take_file(Reading& reading, const std::string& path) {
  const auto content = content_of(path);
  if (!content) return reading.mistakes.push_back({"--config", content.error().detail});
  std::istringstream lines(*content);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line.starts_with('#')) continue;
    const auto equals = line.find('=');
    auto value = equals == std::string::npos ? std::string() : line.substr(equals + 1);
    if (value.size() >= 2 && value.front() == value.back() && (value[0] == '"' || value[0] == '\''))
      value = value.substr(1, value.size() - 2);
    if (equals == std::string::npos) {
      reading.mistakes.push_back({fmt::format("{}:{}", path, number), "Expected KEY=value."});
    } else if (!take(reading, line.substr(0, equals), value)) {
      reading.mistakes.push_back({line.substr(0, equals), "There is no such setting."});
    }
  }
}

bool holds_password(const std::string& url) {
  const auto read = postgres_address(url);
  return read && !read->password.empty();
}

void take_flags(Reading& reading, const std::map<std::string, std::string>& flags) {
  for (const auto& [flag, value] : flags) {
    if (flag == "config") continue;
    const auto* key = std::ranges::find(keys, flag, [](const Setting& k) { return flag_name(k.name); });
    if (key == std::end(keys)) {
      reading.mistakes.push_back({"--" + flag, "There is no such setting."});
    } else if (key->sensitivity == secret || (key->sensitivity == address && holds_password(value))) {
      reading.mistakes.push_back({"--" + flag, "Secrets on a command line are seen by everyone on the machine."});
    } else {
      reading.values[std::string(key->name)] = value;
    }
  }
}

/// Each of `names` where another of them was given.
void check_together(Reading& reading, std::initializer_list<const char*> names) {
  const auto given = [&](const char* name) { return reading.values.contains(name); };
  if (std::ranges::none_of(names, given)) return;
  for (const auto* name : names)
    if (!given(name)) reading.mistakes.push_back({name, "Must be given with the others of its kind."});
}

void check_providers(Reading& reading, const Config& config) {
  check_together(reading, {"GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"});
  check_together(reading, {"OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"});
  if (reading.values.contains("SUPABASE_JWT_SECRET")) check_together(reading, {"SUPABASE_URL", "SUPABASE_JWT_SECRET"});
  if (!config.production()) return;
  const std::pair<const char*, const std::string&> addresses[] = {
      {"GOOGLE_ISSUER", config.google.issuer},
      {"GOOGLE_AUTH_URL", config.google.auth_url},
      {"GOOGLE_TOKEN_URL", config.google.token_url},
      {"GOOGLE_JWKS_URL", config.google.jwks_url},
      {"OIDC_ISSUER", config.oidc.issuer},
      {"SUPABASE_URL", config.supabase.url},
      {"GOOGLE_REVOKE_URL", config.google.revoke_url},
      {"GOOGLE_API_BASE", config.calendars.google_api},
      {"CALENDAR_WEBHOOK_URL", config.calendars.webhook_url}};
  for (const auto& [name, url] : addresses)
    if (url.starts_with("http://")) reading.mistakes.push_back({name, "Must start with https:// in production."});
}

void check_calendars(Reading& reading, const CalendarSettings& calendars) {
  if (calendars.retry_cap < calendars.retry_base)
    reading.mistakes.push_back({"CALENDAR_RETRY_CAP_MS", "Must not be less than CALENDAR_RETRY_BASE_MS."});
}

/// Both name a database that one can tell to be the same.
bool same_database(const std::string& one, const std::string& other) {
  const auto first = postgres_address(one), second = postgres_address(other);
  return first && second ? first->same_database(*second) : one == other;
}

void check_databases(Reading& reading, Config& config) {
  auto& mistakes = reading.mistakes;
  const bool postgres = is_postgres_address(config.database);
  for (const auto* name : {"DATABASE_DIRECT_URL", "DATABASE_READ_URL", "REDIS_URL"})
    if (!postgres && reading.values.contains(name))
      mistakes.push_back({name, "Only where DATABASE_URL is one of PostgreSQL."});
  if (!reading.values.contains("KEYS_URL")) {
    if (!postgres) config.key_database = config.database + ".keys";
    if (postgres)
      mistakes.push_back({"KEYS_URL", "Must be given with PostgreSQL: another database, whose backups are apart."});
  } else if (!config.key_database.empty() && (same_database(config.key_database, config.database) ||
                                              same_database(config.key_database, config.database_direct))) {
    mistakes.push_back({"KEYS_URL", "Must be another database than DATABASE_URL: its backups are kept apart."});
  }
  if (!config.production()) return;
  const std::pair<const char*, const std::string&> addresses[] = {{"DATABASE_URL", config.database},
                                                                  {"DATABASE_DIRECT_URL", config.database_direct},
                                                                  {"DATABASE_READ_URL", config.database_read},
                                                                  {"KEYS_URL", config.key_database}};
  for (const auto& [name, url] : addresses)
    if (const auto read = postgres_address(url); read && !read->local() && !read->verified())
      mistakes.push_back({name,
                          "In production, a server on another machine must prove who it is: add"
                          " sslmode=verify-full&sslrootcert=/path/of/its/authority.crt after the ?"});
}

void check_production(const Config& config, std::vector<FieldError>& mistakes) {
  if (!config.secure()) mistakes.push_back({"PUBLIC_URL", "Must be given and start with https:// in production."});
  const std::pair<const char*, int> limits[] = {{"RATE_LIMIT_REQUESTS", config.rate_limits.requests},
                                                {"RATE_LIMIT_PERSON", config.rate_limits.person},
                                                {"RATE_LIMIT_STAFF", config.rate_limits.staff}};
  for (const auto& [name, value] : limits)
    if (value == 0) mistakes.push_back({name, "Must not be switched off in production."});
}

std::string fresh_key() {
  unsigned char bytes[32];
  randombytes_buf(bytes, sizeof bytes);
  char text[sodium_base64_ENCODED_LEN(sizeof bytes, sodium_base64_VARIANT_ORIGINAL)];
  sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_ORIGINAL);
  return fmt::format("k1:{}", text);
}

/// Written whole or not at all: a half-written key would lock everybody out of their own data.
void write_secrets(const std::filesystem::path& path, const std::string& content) {
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
  const auto temporary = path.string() + ".new";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  const bool written = file >= 0 && ::write(file, content.data(), content.size()) == ssize_t(content.size()) &&
                       ::fsync(file) == 0 && ::close(file) == 0 && ::rename(temporary.c_str(), path.c_str()) == 0;
  if (!written) throw std::system_error(errno, std::generic_category(), path.string());
}

/// Adds what secrets_file() holds to what was given; creates what is missing where that is allowed.
void complete_secrets(Reading& reading, const Config& config, Purpose purpose) {
  const auto path = config.secrets_file();
  Reading kept;
  if (!path.empty() && std::filesystem::exists(path)) take_file(kept, path);
  std::string created;
  for (const std::string name : {"ENCRYPTION_KEYS", "JWT_KEYS"}) {
    if (reading.values.contains(name)) continue;
    if (kept.values.contains(name)) {
      reading.values[name] = kept.values[name];
    } else if (path.empty()) {
      reading.mistakes.push_back({name, "Must be given: there is no file beside the database to keep it in."});
    } else if (config.production() && purpose == Purpose::serve) {
      reading.mistakes.push_back({name, "Must be given in production, or made once by `roadbook setup`."});
    } else {
      reading.values[name] = kept.values[name] = fresh_key();
      created += "made";
    }
  }
  if (created.empty() || !reading.mistakes.empty()) return;
  std::string content = "# Keys of this school's data. Without them nothing in it can be read.\n";
  for (const auto& [name, value] : kept.values) content += name + "=" + value + "\n";
  write_secrets(path, content);
}

enum class Round { addresses_and_open, secrets };

void apply(Reading& reading, Config& config, Round round) {
  for (const auto& key : keys) {
    if ((key.sensitivity == secret) != (round == Round::secrets)) continue;
    const auto given = reading.values.find(std::string(key.name));
    const auto value = given == reading.values.end() ? std::string(key.fallback) : given->second;
    if (value.empty()) continue;
    if (const auto applied = key.apply(config, value); !applied)
      reading.mistakes.push_back({std::string(key.name), applied.error().detail});
  }
}

}  // namespace

Result<Config> read_config(const ConfigSources& sources, Purpose purpose) {
  Reading reading;
  take_environment(reading, sources.environment);
  if (const auto file = sources.flags.find("config"); file != sources.flags.end()) take_file(reading, file->second);
  take_flags(reading, sources.flags);
  Config config;
  config.state = state_folder(sources.environment);
  apply(reading, config, Round::addresses_and_open);
  check_databases(reading, config);
  if (config.public_url.empty() && !config.production()) {
    const bool v6 = config.listen.host.find(':') != std::string::npos;
    config.public_url =
        fmt::format("http://{}:{}", v6 ? "[" + config.listen.host + "]" : config.listen.host, config.listen.port);
  }
  check_together(reading, {"SMTP_URL", "MAIL_FROM"});
  check_providers(reading, config);
  check_calendars(reading, config.calendars);
  if (config.calendars.webhook_url.empty())
    config.calendars.webhook_url = config.public_url + "/api/v1/calendar/webhooks/google";
  config.google.name = "Google";
  if (config.production() && purpose != Purpose::inspect) check_production(config, reading.mistakes);
  if (purpose != Purpose::inspect) complete_secrets(reading, config, purpose);
  apply(reading, config, Round::secrets);
  if (reading.mistakes.empty()) return config;
  return refuse(Error{
      .code = Code::invalid_input, .detail = "The configuration is not valid.", .fields = std::move(reading.mistakes)});
}

std::filesystem::path Config::secrets_file() const {
  if (!is_postgres_address(database)) return database + ".secrets";
  const auto read = postgres_address(database);
  if (production() || state.empty() || !read) return {};
  auto name = read->database;
  std::ranges::replace(name, '/', '_');
  return state / (name + ".secrets");
}

std::filesystem::path state_folder(const std::map<std::string, std::string>& environment) {
  const auto of = [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::filesystem::path() : std::filesystem::path(found->second);
  };
  if (const auto state = of("XDG_STATE_HOME"); !state.empty()) return state / "roadbook";
  return of("HOME").empty() ? std::filesystem::path() : of("HOME") / ".local/state/roadbook";
}

std::string config_help() {
  std::string text;
  for (const auto& key : keys)
    text += fmt::format("  {:<30} {}{}\n", key.name, key.doc,
                        key.fallback.empty() ? "" : fmt::format(" [{}]", key.fallback));
  return text;
}

std::map<std::string, std::string> environment_of_process() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      variables.emplace(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
  }
  return variables;
}

}  // namespace base
