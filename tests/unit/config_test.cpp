#include "base/config.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <sstream>

#include "base/address.h"

namespace config_test {

using base::Purpose;
using base::read_config;
using Settings = std::map<std::string, std::string>;

class Config : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("roadbook-config-" + std::to_string(::getpid()) +
                                                        testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& content) {
    std::ofstream(folder_ / name) << content;
    return (folder_ / name).string();
  }
  Settings development() const {
    return {{"APP_ENV", "development"}, {"DATABASE_URL", "sqlite://" + (folder_ / "roadbook.db").string()}};
  }
  std::filesystem::path folder_;
};

std::set<std::string> names(const base::Result<base::Config>& config) {
  std::set<std::string> names;
  if (!config)
    for (const auto& field : config.error().fields) names.insert(field.pointer);
  return names;
}

const std::string key_a = "a:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

TEST_F(Config, DefaultsOutsideProduction) {
  const auto config = read_config({development(), {}}, Purpose::serve);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->listen, (base::Endpoint{"127.0.0.1", 8080}));
  EXPECT_EQ(config->public_url, "http://127.0.0.1:8080");
  EXPECT_EQ(config->key_database, (folder_ / "roadbook.db.keys").string());
  EXPECT_EQ(config->workers, 64);
  EXPECT_EQ(config->rate_limits.requests, 100);
  EXPECT_EQ(config->rate_limits.window, std::chrono::minutes{15});
  EXPECT_EQ(config->rate_limits.person, 600);
  EXPECT_EQ(config->rate_limits.staff, 1200);
}

TEST_F(Config, SecretsAreMadeOnceAndOnlyTheirOwnerMayReadThem) {
  const auto first = read_config({development(), {}}, Purpose::serve);
  const auto second = read_config({development(), {}}, Purpose::serve);
  ASSERT_TRUE(first && second);
  ASSERT_EQ(first->encryption_keys.size(), 1u);
  EXPECT_EQ(first->encryption_keys[0].bytes.reveal().size(), 32u);
  EXPECT_EQ(first->encryption_keys, second->encryption_keys);
  EXPECT_EQ(first->jwt_keys, second->jwt_keys);
  EXPECT_NE(first->jwt_keys, first->encryption_keys);
  struct stat status;
  ASSERT_EQ(::stat(first->secrets_file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(Config, ProductionRefusesWhatIsUnsafe) {
  auto settings = development();
  settings.erase("APP_ENV");
  EXPECT_EQ(names(read_config({settings, {}}, Purpose::serve)),
            (std::set<std::string>{"PUBLIC_URL", "ENCRYPTION_KEYS", "JWT_KEYS"}));
  settings.insert({{"PUBLIC_URL", "http://school.example"},
                   {"ENCRYPTION_KEYS", key_a},
                   {"JWT_KEYS", key_a},
                   {"RATE_LIMIT_REQUESTS", "0"},
                   {"RATE_LIMIT_PERSON", "0"},
                   {"RATE_LIMIT_STAFF", "0"}});
  EXPECT_EQ(names(read_config({settings, {}}, Purpose::serve)),
            (std::set<std::string>{"PUBLIC_URL", "RATE_LIMIT_REQUESTS", "RATE_LIMIT_PERSON", "RATE_LIMIT_STAFF"}));
  for (const auto* key : {"RATE_LIMIT_REQUESTS", "RATE_LIMIT_PERSON", "RATE_LIMIT_STAFF"}) settings[key] = "5";
  settings["PUBLIC_URL"] = "https://school.example/";
  const auto config = read_config({settings, {}}, Purpose::serve);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->public_url, "https://school.example");
  EXPECT_FALSE(std::filesystem::exists(config->secrets_file()));
}

TEST_F(Config, ProductionServesWithTheSecretsThatSetupMade) {
  auto settings = development();
  settings["APP_ENV"] = "production";
  settings["PUBLIC_URL"] = "https://school.example";
  const auto made = read_config({settings, {}}, Purpose::setup);
  const auto served = read_config({settings, {}}, Purpose::serve);
  ASSERT_TRUE(made && served);
  EXPECT_EQ(made->encryption_keys, served->encryption_keys);
}

TEST_F(Config, FileBeatsEnvironmentAndFlagsBeatBoth) {
  auto environment = development();
  environment.insert({{"WORKERS", "1"}, {"LOG_LEVEL", "warn"}, {"LISTEN", "127.0.0.1:1"}});
  const auto path = file("roadbook.conf", "# a comment\n\nLOG_LEVEL=\"error\"\nLISTEN=127.0.0.1:2\n");
  const auto config = read_config({environment, {{"config", path}, {"listen", "[::1]:3"}}}, Purpose::serve);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->workers, 1);
  EXPECT_EQ(config->log_level, base::LogLevel::error);
  EXPECT_EQ(config->listen, (base::Endpoint{"::1", 3}));
  EXPECT_EQ(config->public_url, "http://[::1]:3");
}

TEST_F(Config, ReportsEveryMistakeByTheNameOfItsKey) {
  auto environment = development();
  environment.insert({{"ROADBOOK_LISTEN", "x"},
                      {"WORKERS", "many"},
                      {"CORS_ORIGINS", "*"},
                      {"PATH", "/bin"},
                      {"TRUSTED_PROXIES", "10.0.0.0/33"},
                      {"JWT_KEYS", "a:c2hvcnQ="},
                      {"LISTEN", "localhost"},
                      {"ENCRYPTION_KEYS_FILE", "/nowhere"},
                      {"DATABASE_URL", "mysql://x"}});
  environment["DATABASE_URL"] = "mysql://x";
  const auto path = file("roadbook.conf", "COLOUR=blue\n");
  const auto config =
      read_config({environment, {{"config", path}, {"jwt-keys", key_a}, {"shape", "round"}}}, Purpose::inspect);
  EXPECT_EQ(names(config), (std::set<std::string>{"ROADBOOK_LISTEN", "WORKERS", "CORS_ORIGINS", "TRUSTED_PROXIES",
                                                  "JWT_KEYS", "LISTEN", "ENCRYPTION_KEYS_FILE", "DATABASE_URL",
                                                  "COLOUR", "--jwt-keys", "--shape"}));
}

TEST_F(Config, SecretsMayBeGivenAsFilesAndPrintAsStars) {
  auto environment = development();
  environment["ENCRYPTION_KEYS_FILE"] = file("keys", key_a + "\n");
  const auto config = read_config({environment, {}}, Purpose::serve);
  ASSERT_TRUE(config);
  const auto& secret = config->encryption_keys[0].bytes;
  EXPECT_EQ(secret.reveal(), "0123456789abcdef0123456789abcdef");
  std::ostringstream printed;
  printed << secret << fmt::format("{}", secret);
  EXPECT_EQ(printed.str(), "******");
}

TEST_F(Config, CalendarsHaveTheirDefaults) {
  const auto config = read_config({development(), {}}, Purpose::serve);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->google.revoke_url, "https://oauth2.googleapis.com/revoke");
  const auto& calendars = config->calendars;
  EXPECT_EQ(calendars.google_api, "https://www.googleapis.com");
  EXPECT_EQ(calendars.webhook_url, "http://127.0.0.1:8080/api/v1/calendar/webhooks/google");
  EXPECT_EQ(calendars.connect_timeout, std::chrono::seconds{5});
  EXPECT_EQ(calendars.read_timeout, std::chrono::seconds{15});
  EXPECT_EQ(calendars.poll, std::chrono::seconds{300});
  EXPECT_EQ(calendars.retry_base, std::chrono::seconds{1});
  EXPECT_EQ(calendars.retry_cap, std::chrono::seconds{64});
  EXPECT_EQ(calendars.breaker_failures, 5);
  EXPECT_EQ(calendars.webhook_debounce, std::chrono::seconds{1});
  EXPECT_EQ(calendars.renew_before, std::chrono::hours{24});
}

TEST_F(Config, CalendarsAreAskedAsTheOperatorSays) {
  auto settings = development();
  settings.insert({{"GOOGLE_REVOKE_URL", "http://127.0.0.1:1/revoke"},
                   {"GOOGLE_API_BASE", "http://127.0.0.1:1/"},
                   {"CALENDAR_WEBHOOK_URL", "https://hooks.example/google/"},
                   {"CALENDAR_CONNECT_TIMEOUT_MS", "100"},
                   {"CALENDAR_READ_TIMEOUT_MS", "120000"},
                   {"CALENDAR_POLL_SECONDS", "1"},
                   {"CALENDAR_RETRY_BASE_MS", "10"},
                   {"CALENDAR_RETRY_CAP_MS", "10"},
                   {"CALENDAR_BREAKER_FAILURES", "1"},
                   {"CALENDAR_WEBHOOK_DEBOUNCE_MS", "0"},
                   {"CALENDAR_RENEW_BEFORE_SECONDS", "604800"}});
  const auto config = read_config({settings, {}}, Purpose::serve);
  ASSERT_TRUE(config);
  const auto& calendars = config->calendars;
  EXPECT_EQ(config->google.revoke_url, "http://127.0.0.1:1/revoke");
  EXPECT_EQ(calendars.google_api, "http://127.0.0.1:1");
  EXPECT_EQ(calendars.webhook_url, "https://hooks.example/google");
  EXPECT_EQ(calendars.connect_timeout, std::chrono::milliseconds{100});
  EXPECT_EQ(calendars.read_timeout, std::chrono::minutes{2});
  EXPECT_EQ(calendars.poll, std::chrono::seconds{1});
  EXPECT_EQ(calendars.retry_base, std::chrono::milliseconds{10});
  EXPECT_EQ(calendars.retry_cap, std::chrono::milliseconds{10});
  EXPECT_EQ(calendars.breaker_failures, 1);
  EXPECT_EQ(calendars.webhook_debounce, std::chrono::milliseconds{0});
  EXPECT_EQ(calendars.renew_before, std::chrono::days{7});
}

TEST_F(Config, SettingsOfCalendarsHaveLimits) {
  const std::pair<const char*, std::vector<const char*>> wrong[] = {
      {"GOOGLE_REVOKE_URL", {"http://google.example"}},
      {"GOOGLE_API_BASE", {"http://google.example", "google.example", "https://a/?b"}},
      {"CALENDAR_WEBHOOK_URL", {"http://hooks.example"}},
      {"CALENDAR_CONNECT_TIMEOUT_MS", {"99", "60001", "soon"}},
      {"CALENDAR_READ_TIMEOUT_MS", {"99", "120001"}},
      {"CALENDAR_POLL_SECONDS", {"0", "86401", "-1"}},
      {"CALENDAR_RETRY_BASE_MS", {"9", "60001"}},
      {"CALENDAR_RETRY_CAP_MS", {"9", "3600001", "999"}},
      {"CALENDAR_BREAKER_FAILURES", {"0", "1001"}},
      {"CALENDAR_WEBHOOK_DEBOUNCE_MS", {"-1", "60001"}},
      {"CALENDAR_RENEW_BEFORE_SECONDS", {"0", "604801"}}};
  for (const auto& [name, values] : wrong)
    for (const auto* value : values) {
      auto settings = development();
      settings[name] = value;
      EXPECT_EQ(names(read_config({settings, {}}, Purpose::serve)), std::set<std::string>{name}) << value;
    }
  auto production = development();
  production["APP_ENV"] = "production", production["PUBLIC_URL"] = "https://school.example";
  for (const auto* name : {"GOOGLE_REVOKE_URL", "GOOGLE_API_BASE", "CALENDAR_WEBHOOK_URL"}) {
    auto settings = production;
    settings[name] = "http://127.0.0.1:1";
    EXPECT_EQ(names(read_config({settings, {}}, Purpose::setup)), std::set<std::string>{name});
  }
}

TEST_F(Config, NodeEnvSpeaksForAnAbsentAppEnv) {
  auto environment = development();
  environment.erase("APP_ENV");
  environment["NODE_ENV"] = "test";
  EXPECT_EQ(read_config({environment, {}}, Purpose::serve)->app_env, base::AppEnv::test);
  environment["APP_ENV"] = "development";
  EXPECT_EQ(read_config({environment, {}}, Purpose::serve)->app_env, base::AppEnv::development);
}

TEST_F(Config, NetworksHoldTheirAddressesOfBothFamilies) {
  auto environment = development();
  environment["TRUSTED_PROXIES"] = "10.1.0.0/16, ::1";
  const auto networks = read_config({environment, {}}, Purpose::inspect)->trusted_proxies;
  ASSERT_EQ(networks.size(), 2u);
  EXPECT_TRUE(networks[0].contains(*base::address_from_text("10.1.255.1")));
  EXPECT_FALSE(networks[0].contains(*base::address_from_text("10.2.0.1")));
  EXPECT_TRUE(networks[1].contains(*base::address_from_text("::1")));
  EXPECT_FALSE(networks[1].contains(*base::address_from_text("127.0.0.1")));
}

TEST_F(Config, MailNeedsARelayAndAnAddress) {
  auto settings = development();
  settings["SMTP_URL"] = "smtp://user:secret@relay.example:587";
  EXPECT_EQ(names(read_config({settings, {}}, Purpose::serve)), std::set<std::string>{"MAIL_FROM"});
  settings["MAIL_FROM"] = "lessons@school.example";
  const auto config = read_config({settings, {}}, Purpose::serve);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->smtp_url, settings["SMTP_URL"]);
  for (const auto* wrong : {"relay", "http://relay", "smtp://", "smtp://a b"}) {
    settings["SMTP_URL"] = wrong;
    EXPECT_EQ(names(read_config({settings, {}}, Purpose::serve)), std::set<std::string>{"SMTP_URL"}) << wrong;
  }
  settings.erase("SMTP_URL");
  settings["MAIL_FROM"] = "a@b>, c@d";
  EXPECT_EQ(names(read_config({settings, {}}, Purpose::serve)), (std::set<std::string>{"MAIL_FROM", "SMTP_URL"}));
}

TEST_F(Config, ProvidersOfIdentitiesAreWholeOrNotThere) {
  const auto refused = [&](const Settings& more) {
    auto settings = development();
    settings.insert(more.begin(), more.end());
    return names(read_config({settings, {}}, Purpose::serve));
  };
  using Names = std::set<std::string>;
  EXPECT_EQ(refused({{"GOOGLE_CLIENT_ID", "x"}}), Names{"GOOGLE_CLIENT_SECRET"});
  EXPECT_EQ(refused({{"OIDC_ISSUER", "https://id.example"}}), (Names{"OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"}));
  EXPECT_EQ(refused({{"SUPABASE_JWT_SECRET", std::string(32, 's')}}), Names{"SUPABASE_URL"});
  EXPECT_EQ(refused({{"SUPABASE_URL", "https://x.supabase.co"}, {"SUPABASE_JWT_SECRET", "short"}}),
            Names{"SUPABASE_JWT_SECRET"});
  for (const auto* wrong : {"id.example", "http://id.example", "http://127.0.0.1.example", "https://", "https://a b",
                            "https://user@id.example", "https://id.example/?a", "https://id.example/#a"})
    EXPECT_EQ(refused({{"GOOGLE_AUTH_URL", wrong}}), Names{"GOOGLE_AUTH_URL"}) << wrong;
  for (const auto* right : {"https://id.example/", "http://127.0.0.1:1/x", "http://[::1]:1", "http://localhost"})
    EXPECT_EQ(refused({{"GOOGLE_AUTH_URL", right}}), Names{}) << right;

  auto settings = development();
  settings["OIDC_ISSUER"] = "http://localhost:9000/", settings["OIDC_CLIENT_ID"] = "roadbook";
  settings["OIDC_CLIENT_SECRET"] = "secret", settings["SUPABASE_URL"] = "https://x.supabase.co/";
  const auto config = read_config({settings, {}}, Purpose::serve);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->oidc.issuer, "http://localhost:9000/") << "as it was written";
  EXPECT_EQ(config->supabase.url, "https://x.supabase.co");
  EXPECT_EQ(config->google.client_id, "");
  settings["APP_ENV"] = "production";
  settings["PUBLIC_URL"] = "https://school.example", settings["JWT_KEYS"] = settings["ENCRYPTION_KEYS"] = key_a;
  EXPECT_EQ(names(read_config({settings, {}}, Purpose::serve)), Names{"OIDC_ISSUER"}) << "in clear";
}

struct DatabaseCase {
  std::string what;
  Settings settings;
  std::set<std::string> refused;
};
const std::string main_url = "postgresql://roadbook:hush@127.0.0.1/school", keys_url = "postgresql://k@127.0.0.1/keys";
const std::string far_away = "postgresql://roadbook:hush@db.example:6432/school";

TEST_F(Config, DatabasesOfPostgresql) {
  const DatabaseCase cases[] = {
      {"two databases of one server", {{"DATABASE_URL", main_url}, {"KEYS_URL", keys_url}}, {}},
      {"the other scheme", {{"DATABASE_URL", "postgres://r@[::1]:5433/s"}, {"KEYS_URL", keys_url}}, {}},
      {"a socket", {{"DATABASE_URL", "postgresql://r@%2Frun%2Fpg/s"}, {"KEYS_URL", "postgresql://r@/k?host=/run"}}, {}},
      {"keys in a file", {{"DATABASE_URL", main_url}, {"KEYS_URL", "sqlite:///srv/keys.db"}}, {}},
      {"only the keys", {{"KEYS_URL", keys_url}}, {}},
      {"an owner's address",
       {{"DATABASE_URL", main_url}, {"KEYS_URL", keys_url}, {"DATABASE_DIRECT_URL", main_url}},
       {}},
      {"keys nowhere", {{"DATABASE_URL", main_url}}, {"KEYS_URL"}},
      {"keys in the same place", {{"DATABASE_URL", main_url}, {"KEYS_URL", main_url}}, {"KEYS_URL"}},
      {"the same place in other words",
       {{"DATABASE_URL", main_url}, {"KEYS_URL", "postgres://k@localhost:5432/x?dbname=school"}},
       {"KEYS_URL"}},
      {"the same place past PgBouncer",
       {{"DATABASE_URL", far_away}, {"DATABASE_DIRECT_URL", main_url}, {"KEYS_URL", main_url}},
       {"KEYS_URL"}},
      {"an owner of a file", {{"DATABASE_DIRECT_URL", main_url}}, {"DATABASE_DIRECT_URL"}},
      {"a replica", {{"DATABASE_URL", main_url}, {"KEYS_URL", keys_url}, {"DATABASE_READ_URL", far_away}}, {}},
      {"a replica of a file", {{"DATABASE_READ_URL", main_url}}, {"DATABASE_READ_URL"}},
      {"an owner's file",
       {{"DATABASE_URL", main_url}, {"KEYS_URL", keys_url}, {"DATABASE_DIRECT_URL", "sqlite:///x"}},
       {"DATABASE_DIRECT_URL"}},
      {"far away, in development", {{"DATABASE_URL", far_away}, {"KEYS_URL", keys_url}}, {}},
  };
  for (const auto& [what, given, refused] : cases) {
    auto settings = development();
    for (const auto& [name, value] : given) settings[name] = value;
    const auto config = read_config({settings, {}}, Purpose::inspect);
    EXPECT_EQ(names(config), refused) << what;
    if (!config) {
      for (const auto& field : config.error().fields) EXPECT_EQ(field.message.find("hush"), std::string::npos) << what;
    }
  }
}

TEST_F(Config, RedisHelpsNodesOfPostgresqlAndTlsIsLeftToAProxy) {
  auto settings = development();
  settings["REDIS_URL_FILE"] = file("redis", "redis://:hu%3Ash@10.0.0.7:6400/3\n");
  EXPECT_EQ(names(read_config({settings, {}}, Purpose::inspect)), std::set<std::string>{"REDIS_URL"}) << "with a file";
  settings["DATABASE_URL"] = main_url, settings["KEYS_URL"] = keys_url;
  const auto config = read_config({settings, {}}, Purpose::inspect);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->redis->password, base::Secret("hu:sh"));
  EXPECT_EQ(fmt::format("{}:{}/{}", config->redis->host, config->redis->port, config->redis->database),
            "10.0.0.7:6400/3");
  EXPECT_EQ(base::redis_address("redis://redis")->port, 6379);
  EXPECT_EQ(base::redis_address("redis://node:hush@[::1]")->host, "::1");
  EXPECT_EQ(base::redis_address("redis://node:hush@[::1]")->user, "node");
  for (const auto* wrong : {"redis://", "redis://hush@host", "redis://:@host", "redis://:hush@host:0", "host:6379",
                            "redis://:hush@host/x", "redis://:hush@host?a=b", "rediss://:hush@host:6380"}) {
    const auto refused = base::redis_address(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().detail.find("hush"), std::string::npos) << wrong;
    EXPECT_EQ(refused.error().detail.find("stunnel") != std::string::npos, std::string(wrong).starts_with("rediss"));
  }
  EXPECT_EQ(names(read_config({development(), {{"redis-url", "redis://host"}}}, Purpose::inspect)),
            std::set<std::string>{"--redis-url"});
}

TEST_F(Config, InProductionAServerFarAwayProvesWhoItIs) {
  const std::pair<std::string, bool> cases[] = {
      {far_away, false},
      {far_away + "?sslmode=require", false},
      {far_away + "?sslmode=verify-full&sslmode=prefer", false},
      {far_away + "?sslmode=verify-full&sslrootcert=/etc/ca.crt", true},
      {far_away + "?sslmode=verify-ca", true},
      {"postgresql://r@127.0.0.1,db.example/s", false},
      {"postgresql://r@127.0.0.1/s?host=db.example", false},
      {"postgresql://r@127.0.0.1.example/s", false},
      {"postgresql://r@localhost/s", true},
      {"postgresql://r@%2Frun%2Fpostgresql/s", true},
  };
  for (const auto& [url, safe] : cases)
    for (const auto* key : {"DATABASE_URL", "DATABASE_DIRECT_URL", "DATABASE_READ_URL", "KEYS_URL"}) {
      Settings settings{{"DATABASE_URL", main_url}, {"KEYS_URL", keys_url}, {"PUBLIC_URL", "https://school.example"}};
      settings[key] = url;
      settings["ENCRYPTION_KEYS"] = settings["JWT_KEYS"] = key_a;
      EXPECT_EQ(names(read_config({settings, {}}, Purpose::serve)),
                safe ? std::set<std::string>() : std::set<std::string>{key})
          << key << " " << url;
    }
}

TEST_F(Config, SecretsOfADatabaseOfPostgresqlAreInTheUsersStateFolderOrGiven) {
  Settings settings{{"APP_ENV", "development"},
                    {"DATABASE_URL", main_url},
                    {"KEYS_URL", keys_url},
                    {"XDG_STATE_HOME", folder_.string()}};
  const auto first = read_config({settings, {}}, Purpose::serve), second = read_config({settings, {}}, Purpose::serve);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->secrets_file(), folder_ / "roadbook/school.secrets");
  EXPECT_EQ(first->encryption_keys, second->encryption_keys);
  settings.erase("APP_ENV");
  settings["PUBLIC_URL"] = "https://school.example";
  for (const auto purpose : {Purpose::serve, Purpose::setup})
    EXPECT_EQ(names(read_config({settings, {}}, purpose)), (std::set<std::string>{"ENCRYPTION_KEYS", "JWT_KEYS"}));
}

TEST_F(Config, AnAddressWithAPasswordIsGivenAsAFileAndNotAsAFlag) {
  auto settings = development();
  settings["KEYS_URL"] = keys_url;
  settings["DATABASE_URL_FILE"] = file("url", main_url + "\n");
  EXPECT_EQ(read_config({settings, {}}, Purpose::inspect)->database, main_url);
  EXPECT_EQ(names(read_config({settings, {{"database-url", main_url}}}, Purpose::inspect)),
            std::set<std::string>{"--database-url"});
  EXPECT_EQ(read_config({settings, {{"database-url", "postgresql://r@127.0.0.1/s"}}}, Purpose::inspect)->database,
            "postgresql://r@127.0.0.1/s");
}

TEST(PostgresAddress, IsReadAsLibpqReadsIt) {
  const auto read = base::postgres_address("postgresql://r%40d:a:b%2F@one.example:1,[::1]:2/s%20x?connect_timeout=3");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->user, "r@d");
  EXPECT_EQ(read->password, "a:b/");
  EXPECT_EQ(read->hosts, (std::vector<std::string>{"one.example", "::1"}));
  EXPECT_EQ(read->ports, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(read->database, "s x");
}

TEST(PostgresAddress, IsRefusedWhereLibpqWouldGuessOrComplain) {
  for (const auto* url : {"postgresql://",
                          "postgresql:///s",
                          "postgresql://h/s",
                          "postgresql://r@h",
                          "postgresql://r@h/",
                          "mysql://r@h/s",
                          "postgresql://r@/s",
                          "postgresql://r@h:x/s",
                          "postgresql://r@h:0/s",
                          "postgresql://r@[::1/s",
                          "postgresql://r@h/s?sslmode",
                          "postgresql://r@h/s?a=b=c",
                          "postgresql://r:%zz@h/s",
                          "postgresql://r:%0@h/s",
                          "postgresql://r:%00@h/s",
                          "postgresql://r@h/s?service=x",
                          "postgresql://r@h/s?hostaddr=10.0.0.1",
                          "postgresql://r@h/s?ssl=true",
                          "postgresql://r:a b@h/s",
                          "postgresql://r@h,/s"})
    EXPECT_FALSE(base::postgres_address(url)) << url;
}

TEST(PostgresAddress, IsPrintedWithoutItsPassword) {
  const std::pair<const char*, const char*> cases[] = {
      {"/srv/roadbook.db", "/srv/roadbook.db"},
      {"postgres://r:hush@db.example:6432/s?sslmode=verify-full", "postgresql://r@db.example:6432/s"},
      {"postgresql://r@one,two:7/s?password=hush", "postgresql://r@one,two:7/s"},
      {"postgresql://r:hush@[::1/s", "postgresql://…"},
  };
  for (const auto& [address, shown] : cases) EXPECT_EQ(base::printable(address), shown);
}

TEST(ConfigHelp, NamesEveryKeyWithItsDefault) {
  EXPECT_NE(base::config_help().find("LISTEN"), std::string::npos);
  EXPECT_NE(base::config_help().find("[127.0.0.1:8080]"), std::string::npos);
}

}  // namespace config_test
