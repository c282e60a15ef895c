// The commands. Each builds what it needs in order, in one function that can be read from top to bottom.
#include <fmt/format.h>
#include <signal.h>
#include <sodium.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "actions/housekeeping.h"
#include "actions/setup.h"
#include "base/config.h"
#include "http/api.h"
#include "http/documents.h"
#include "http/letter_box.h"
#include "http/live.h"
#include "http/server.h"
#include "http/site.h"
#include "jobs/nightly.h"
#include "jobs/worker.h"
#include "net/smtp.h"
#include "store/doctor.h"
#include "store/verify.h"

namespace {

using Flags = std::map<std::string, std::string>;

constexpr const char* usage = R"(roadbook: calendar and bookings of a driving school

  roadbook COMMAND [--config FILE] [--setting=value …]

Commands
  serve      answer HTTP; brings the database to the newest schema first
  setup      make a school and its first admin: --name=… --slug=… --time-zone=Europe/London --currency=GBP
             --admin-name=… --admin-email=…; prints the link by which the admin sets a password
  demo       serve a school full of invented people and lessons, on this machine only
  migrate    only that
  verify     replay the log and compare it with the rows
  doctor     list lessons whose wall time changed with new zone data
  openapi    print the description of the HTTP interface
  --version  --help

Settings: from the environment, then from the file, then from flags (--listen=… for LISTEN). A secret may be given as
NAME_FILE with the path of a file.
)";

/// "--name value" and "--name=value" both work for --config; settings take the second form only.
std::optional<Flags> parse_flags(const std::vector<std::string>& arguments) {
  Flags flags;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& argument = arguments[i];
    const auto equals = argument.find('=');
    if (argument == "--config" && i + 1 < arguments.size()) {
      flags["config"] = arguments[++i];
    } else if (argument.starts_with("--") && equals != std::string::npos) {
      flags[argument.substr(2, equals - 2)] = argument.substr(equals + 1);
    } else {
      fmt::print(stderr, "roadbook: {} is not understood; see roadbook --help\n", argument);
      return std::nullopt;
    }
  }
  return flags;
}

std::optional<base::Config> configured(const base::ConfigSources& sources, base::Purpose purpose) {
  auto config = base::read_config(sources, purpose);
  if (config) return std::move(*config);
  fmt::print(stderr, "roadbook: {}\n", config.error().detail);
  for (const auto& [key, message] : config.error().fields) fmt::print(stderr, "  {}: {}\n", key, message);
  return std::nullopt;
}

/// Every connection is a file. The soft limit is often 1,024 for the sake of programs that use select().
void raise_file_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// Blocked before any thread starts, so that only wait_for_stop() hears of them.
sigset_t blocked_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

base::Done trouble(const std::string& what) {
  return what.empty() ? base::done() : base::Done(base::refuse(base::Code::unavailable, what));
}

/// Requests of signed-in people count by person; the token's signature has been seen before, as a rule.
http::Identify caller_of(const http::App& app) {
  return [&app](const http::Request& request) -> std::optional<http::Caller> {
    const auto token = http::bearer_token(request);
    if (token.empty()) return std::nullopt;
    const auto principal = app.authenticate(token, request.now);
    if (!principal) return std::nullopt;
    return http::Caller{base::to_text(principal->person), principal->staff()};
  };
}

/// Idempotency keys live for a day; the oldest encryption key is the one that outlives a rotation.
base::Key body_hash_key(const base::Config& config) {
  const auto& secret = config.encryption_keys.back().bytes.reveal();
  return base::Key(base::hmac_sha256(base::bytes_of(secret), base::bytes_of("bodies of requests")));
}

http::SiteOptions site_options(const base::Config& config) {
  return {.cors_origins = config.cors_origins,
          .trusted_proxies = config.trusted_proxies,
          .rate_limits = config.rate_limits,
          .secure = config.secure()};
}

/// What demo does once everything stands and before anybody is answered.
void fill_demo(const actions::Identity& identity) {
  const auto demo = actions::make_demo(identity, base::now());
  if (!demo) throw std::runtime_error(demo.error().detail);
  fmt::print("The demo school is at {}\n", identity.public_url);
  for (const auto account : actions::demo_accounts) fmt::print("  {}  {}\n", account, actions::demo_password);
  std::fflush(stdout);
}

/// When schools sleep: half past two, UTC.
constexpr std::chrono::seconds verify_at = std::chrono::hours{2} + std::chrono::minutes{30};

/// What `roadbook verify` does, told to the log and to Prometheus.
void verify_tonight(const std::string& path, observe::Log& log, observe::Metrics& metrics) {
  const auto [events, faults] = store::verify(path);
  for (const auto& fault : faults) log.error("verify", {{"fault", fault}});
  log.info("verified", {{"events", events}, {"faults", faults.size()}});
  metrics.verify_faults.Set(static_cast<double>(faults.size()));
  metrics.verified_at.Set(static_cast<double>(base::to_seconds(base::now())));
}

jobs::Nightly nightly_verify(const base::Config& config, observe::Log& log, observe::Metrics& metrics) {
  return jobs::Nightly(
      verify_at, [&] { verify_tonight(config.database.string(), log, metrics); },
      [&](const std::string& failure) {
        log.error("verify failed", {{"what", failure}});
      });
}

enum class School { own, demo };

/// Mail goes to the relay, in a demo without one into its letter box; nullopt: nobody gets any.
std::optional<jobs::Deliver> delivery(const base::Config& config, School school, std::optional<net::Smtp>& smtp,
                                      http::LetterBox& letters) {
  if (!config.smtp_url.empty()) {
    smtp.emplace(net::SmtpOptions{.url = config.smtp_url});
    return [&smtp](const net::Mail& mail) { return smtp->send(mail); };
  }
  if (school == School::own) return std::nullopt;
  return [&letters](const net::Mail& mail) {
    letters.add({fmt::format("{} <{}>", mail.to.name, mail.to.address), mail.subject, mail.text});
    return net::SendingResult{net::Sending::sent, ""};
  };
}

/// The demo's mail goes nowhere and comes from nowhere.
std::string mail_from(const base::Config& config) {
  return config.mail_from.empty() ? "lessons@demo.test" : config.mail_from;
}

int serve(const base::Config& config, School school) {
  const auto stop_signals = blocked_stop_signals();
  raise_file_limit();
  observe::Log log(config.log_level, observe::to_descriptor(STDOUT_FILENO));
  observe::Metrics metrics;
  const int migrations = store::migrate(config.database);
  store::Database database({.path = config.database, .queue = 1024});
  store::KeyStore keys(config.key_database, config.encryption_keys);
  cache::CalendarCache cache;
  http::Live live;
  database.on_commit([&](const auto& touched) {
    cache.committed(touched);
    live.committed(touched);
  });
  store::People people(keys);
  auth::PasswordHasher passwords;
  auth::Throttle throttle;
  auth::Sessions sessions(database, config.jwt_keys, config.public_url, base::now());
  const actions::Context context{database, cache, keys};
  std::optional<net::Smtp> smtp;
  http::LetterBox letters;
  const auto deliver = delivery(config, school, smtp, letters);
  const http::App app{.context = context,
                      .identity = {context, people, passwords, sessions, throttle, config.public_url},
                      .transport = config.secure() ? auth::Transport::https : auth::Transport::http,
                      .log = log,
                      .metrics = metrics,
                      .health = {{"database", [&] { return trouble(database.trouble()); }}},
                      .live = &live,
                      .letters = school == School::demo ? &letters : nullptr,
                      .body_hash_key = body_hash_key(config),
                      .authenticate = [&](auto token, auto now) { return sessions.authenticate(token, now); }};
  const auto web = http::find_web_folder(config.web_dist, std::filesystem::read_symlink("/proc/self/exe"));
  http::Site site(site_options(config), http::api_routes(app),
                  web.empty() ? http::StaticFiles() : http::StaticFiles(web), caller_of(app), log, metrics);
  http::Server server({.listen = config.listen, .trusted_proxies = config.trusted_proxies, .workers = config.workers},
                      site);
  const actions::Housekeeper housekeeper(context, [&](const auto& done, const std::string& failure) {
    if (!failure.empty()) log.error("housekeeping failed", {{"what", failure}});
    if (done.expired > 0) log.info("ended", {{"expired", done.expired}});
  });
  if (school == School::demo) fill_demo(app.identity);
  const auto report = [&](const std::string& failure) { log.error("jobs failed", {{"what", failure}}); };
  const auto interrupt = [&] {
    if (smtp) smtp->interrupt();
  };
  std::optional<jobs::Worker> worker;
  if (deliver)
    worker.emplace(jobs::Office{.context = context,
                                .people = people,
                                .deliver = *deliver,
                                .from = {"", mail_from(config)},
                                .public_url = config.public_url,
                                .report = report,
                                .interrupt = interrupt});
  else
    log.warn("SMTP_URL is not set: nobody gets mail");
  const auto nightly = nightly_verify(config, log, metrics);
  server.start();
  log.info("serving", {{"url", config.public_url},
                       {"port", server.port()},
                       {"migrations", migrations},
                       {"pages", web.empty() ? "none" : web.string()}});
  int signal = 0;
  sigwait(&stop_signals, &signal);
  log.info("stopping", {{"signal", signal}});
  server.stop();
  return 0;
}

int serve_own(const base::Config& config) {
  return serve(config, School::own);
}

int setup(const base::Config& config, const actions::NewSchool& school) {
  store::migrate(config.database);
  store::Database database({.path = config.database});
  store::KeyStore keys(config.key_database, config.encryption_keys);
  cache::CalendarCache cache;
  store::People people(keys);
  auth::PasswordHasher passwords;
  auth::Throttle throttle;
  auth::Sessions sessions(database, config.jwt_keys, config.public_url, base::now());
  const auto made = actions::set_up({{database, cache, keys}, people, passwords, sessions, throttle, config.public_url},
                                    school, base::now(), "setup");
  if (made) {
    fmt::print("{} is ready. Within seven days, {} sets a password here:\n{}\n", school.name, school.admin_email,
               made->welcome_url);
    return 0;
  }
  fmt::print(stderr, "roadbook: {}\n", made.error().detail);
  for (auto [field, message] : made.error().fields) {
    std::replace(field.begin(), field.end(), '_', '-');
    fmt::print(stderr, "  --{}: {}\n", field.substr(1), message);
  }
  return 1;
}

/// Flags of setup that are no settings, taken out of `flags`.
actions::NewSchool new_school(Flags& flags) {
  const auto take = [&](const std::string& name, const std::string& otherwise) {
    const auto found = flags.extract(name);
    return found.empty() ? otherwise : found.mapped();
  };
  return {.slug = take("slug", ""),
          .name = take("name", ""),
          .zone = take("time-zone", "Europe/London"),
          .currency = take("currency", "GBP"),
          .admin_name = take("admin-name", ""),
          .admin_email = take("admin-email", "")};
}

/// The demo is a development installation without limits, with its data in the user's state folder unless
/// DATABASE_URL says otherwise. Nothing where it is asked for in production.
std::optional<base::Config> demo_config(const Flags& flags) {
  auto environment = base::environment_of_process();
  const auto given = flags.contains("app-env") ? flags.at("app-env") : environment["APP_ENV"];
  if (given == "production" || (given.empty() && environment["NODE_ENV"] == "production")) {
    fmt::print(stderr, "roadbook: the demo has accounts that everybody knows and does not run in production\n");
    return std::nullopt;
  }
  if (environment["APP_ENV"].empty()) environment["APP_ENV"] = "development";
  for (const auto* limit : {"RATE_LIMIT_REQUESTS", "RATE_LIMIT_PERSON", "RATE_LIMIT_STAFF"})
    environment.try_emplace(limit, "0");
  if (!environment.contains("DATABASE_URL") && !flags.contains("database-url")) {
    const auto home =
        environment["XDG_STATE_HOME"].empty() ? environment["HOME"] + "/.local/state" : environment["XDG_STATE_HOME"];
    const std::filesystem::path folder = std::filesystem::path(home) / "roadbook";
    std::filesystem::create_directories(folder);
    environment["DATABASE_URL"] = "sqlite://" + (folder / "demo.db").string();
  }
  std::erase_if(environment, [](const auto& entry) { return entry.second.empty(); });
  return configured({environment, flags}, base::Purpose::setup);
}

int migrate(const base::Config& config) {
  const int count = store::migrate(config.database);
  fmt::print("{}: {} migrations run, schema {}\n", config.database.string(), count, store::newest_migration());
  return 0;
}

int verify(const base::Config& config) {
  const auto verification = store::verify(config.database);
  for (const auto& fault : verification.faults) fmt::print(stderr, "{}\n", fault);
  fmt::print("{} events, {} faults\n", verification.events, verification.faults.size());
  return verification.faults.empty() ? 0 : 1;
}

int doctor(const base::Config& config) {
  store::Database database({.path = config.database, .exclusive = false});
  const auto changed = database.read([](store::Transaction& tx) { return store::changed_wall_times(tx, base::now()); });
  for (const auto& lesson : changed) fmt::print("{}\n", lesson);
  fmt::print("{} lessons whose wall time changed\n", changed.size());
  return changed.empty() ? 0 : 1;
}

int run(const std::string& command, const std::vector<std::string>& arguments) {
  if (command == "--version") {
    fmt::print("roadbook {}\n", ROADBOOK_VERSION);
    return 0;
  }
  if (command == "--help" || command == "help") {
    fmt::print("{}{}", usage, base::config_help());
    return 0;
  }
  if (command == "openapi") {
    fmt::print("{}\n", http::openapi_json());
    return 0;
  }
  const std::map<std::string, std::pair<base::Purpose, int (*)(const base::Config&)>> commands = {
      {"serve", {base::Purpose::serve, serve_own}},
      {"migrate", {base::Purpose::inspect, migrate}},
      {"verify", {base::Purpose::inspect, verify}},
      {"doctor", {base::Purpose::inspect, doctor}}};
  const auto found = commands.find(command);
  if (found == commands.end() && command != "setup" && command != "demo") {
    fmt::print(stderr, "roadbook: there is no command {}; see roadbook --help\n", command);
    return 2;
  }
  auto flags = parse_flags(arguments);
  if (!flags) return 2;
  if (command == "demo") {
    const auto config = demo_config(*flags);
    return config ? serve(*config, School::demo) : 2;
  }
  if (command == "setup") {
    const auto school = new_school(*flags);
    const auto config = configured({base::environment_of_process(), *flags}, base::Purpose::setup);
    return config ? setup(*config, school) : 2;
  }
  const auto config = configured({base::environment_of_process(), *flags}, found->second.first);
  return config ? found->second.second(*config) : 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (sodium_init() < 0) return 1;
  const std::vector<std::string> arguments(argv + std::min(argc, 2), argv + argc);
  try {
    return run(argc > 1 ? argv[1] : "--help", arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "roadbook: {}\n", error.what());
    return 1;
  }
}
