#include "base/config.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <sstream>

namespace {

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
  EXPECT_EQ(config->key_database, folder_ / "roadbook.db.keys");
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

TEST(ConfigHelp, NamesEveryKeyWithItsDefault) {
  EXPECT_NE(base::config_help().find("LISTEN"), std::string::npos);
  EXPECT_NE(base::config_help().find("[127.0.0.1:8080]"), std::string::npos);
}

}  // namespace
