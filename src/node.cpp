#include "node.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <thread>

#include "actions/erasure.h"
#include "actions/housekeeping.h"
#include "actions/setup.h"
#include "auth/api_keys.h"
#include "auth/providers.h"
#include "base/address.h"
#include "calendars/google.h"
#include "http/api.h"
#include "http/letter_box.h"
#include "http/live.h"
#include "http/routes/routes.h"
#include "http/server.h"
#include "http/shared_limits.h"
#include "http/site.h"
#include "jobs/follow.h"
#include "jobs/nightly.h"
#include "jobs/sync.h"
#include "jobs/warmer.h"
#include "jobs/worker.h"
#include "net/redis.h"
#include "net/smtp.h"
#include "store/verify.h"

namespace node {

namespace {

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

std::vector<observe::HealthCheck> health(store::Database& database, store::KeyStore& keys, const net::Redis* redis) {
  std::vector<observe::HealthCheck> checks = {{"database", [&] { return trouble(database.trouble()); }},
                                              {"keys", [&] { return trouble(keys.trouble()); }}};
  if (redis) checks.push_back({"redis", [=] { return trouble(redis->present() ? "" : "Redis is away."); }, false});
  return checks;
}

/// Longer than a mail may take with all its time-outs.
constexpr std::chrono::minutes longest_job{3};

/// Requests of signed-in people count by person; the token's signature has been seen before, as a rule.
http::Identify caller_of(const http::App& app) {
  return [&app](const http::Request& request) -> std::optional<http::Caller> {
    const auto token = http::bearer_token(request);
    if (token.empty()) return std::nullopt;
    const auto principal = app.recognise(token, request.now);
    if (!principal) return std::nullopt;
    // A key has a limit of its own: a program in a loop does not shut its person out.
    return http::Caller{base::to_text(principal->api_key != 0 ? principal->api_key : principal->person.value),
                        principal->staff()};
  };
}

/// All nodes have the same. Idempotency keys live for a day; the oldest encryption key is the one that outlives a
/// rotation.
base::Key hash_key(const base::Config& config, std::string_view purpose) {
  const auto& secret = config.encryption_keys.back().bytes.reveal();
  return base::Key(base::hmac_sha256(base::bytes_of(secret), base::bytes_of(purpose)));
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
      verify_at, [&] { verify_tonight(config.database, log, metrics); },
      [&](const std::string& failure) {
        log.error("verify failed", {{"what", failure}});
      });
}

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

/// "relay.example:587" of smtps://user:password@relay.example:587/: never a user or a password.
std::string place_of(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?"));
  if (const auto user = url.rfind('@'); user != std::string_view::npos) url.remove_prefix(user + 1);
  return std::string(url);
}

/// Whom the settings name, for the record of processing.
std::vector<actions::Recipient> recipients(const base::Config& config) {
  using store::HandedTo;
  std::vector<actions::Recipient> all;
  const auto add = [&](const std::string& who, const char* what, std::string_view url, HandedTo kind) {
    if (!url.empty()) all.push_back({who, what, place_of(url), kind});
  };
  add("mail server", "names, addresses, what the mails say", config.smtp_url, HandedTo::mail);
  for (const auto* provider : {&config.google, &config.oidc})
    if (!provider->client_id.empty())
      add(provider->name, "that somebody signs in", provider->issuer, HandedTo::providers);
  if (!config.google.client_id.empty())
    add("Google Calendar", "lessons of whoever connects a calendar, as they chose", config.calendars.google_api,
        HandedTo::calendars);
  add("Supabase", "that somebody signs in", config.supabase.url, HandedTo::providers);
  const std::tuple<const char*, const char*, std::string_view> servers[] = {
      {"database server", "everything, personal values encrypted", config.database},
      {"server of a copy", "everything, personal values encrypted", config.database_read},
      {"key server", "keys of people, encrypted", config.key_database}};
  for (const auto& [who, what, url] : servers)
    if (base::is_postgres_address(url)) add(who, what, url, HandedTo::nobody);
  if (config.redis) add("Redis", "calendars by ids, counters of requests", config.redis->host, HandedTo::nobody);
  return all;
}

/// The demo's mail goes nowhere and comes from nowhere.
std::string mail_from(const base::Config& config) {
  return config.mail_from.empty() ? "lessons@demo.test" : config.mail_from;
}

/// What is remembered here hears of what is committed anywhere.
jobs::Told told(cache::CalendarCache& cache, auth::Sessions& sessions, store::People& people, http::Live& live,
                observe::Log& log, std::function<void()> numbered) {
  return {.moved =
              [&](const auto& touched) {
                cache.committed(touched);
                sessions.committed(touched);
                people.committed(touched);
              },
          .ordered = [&](const auto& touched) { live.committed(touched); },
          .lost =
              [&] {
                cache.forget();
                live.forget();
              },
          .report =
              [&](const std::string& failure) {
                log.warn("commits of other nodes come late", {{"what", failure}});
              },
          .numbered = std::move(numbered)};
}

/// What a node with Redis has: one connection that is asked, and one that listens for the bells of other nodes.
struct Helper {
  Helper(const base::Config& config, observe::Log& log_)
      : log(log_),
        redis({.address = *config.redis, .report = reporter()}),
        calendars(redis, hash_key(config, "calendars in Redis")) {}
  void ring() { redis.tell({"PUBLISH", bell_name, name}); }
  /// Whoever rang themselves knows already.
  net::RedisOptions listening(const base::Config& config, jobs::Follower& follower) const {
    return {.address = *config.redis, .channel = bell_name, .heard = [&, own = name](const auto& from) {
              if (from != own) follower.wake();
            }};
  }
  std::function<void(const std::string&)> reporter() const {
    return [&log = log](const auto& what) { log.warn("redis", {{"what", what}}); };
  }

  static constexpr const char* bell_name = "roadbook:bell";
  observe::Log& log;
  const std::string name = base::to_text(base::make_id());
  net::Redis redis;
  cache::SharedCalendars calendars;
};

std::unique_ptr<Helper> helper(const base::Config& config, observe::Log& log) {
  return config.redis ? std::make_unique<Helper>(config, log) : nullptr;
}

}  // namespace

int migrate_all(const base::Config& config) {
  const auto read = base::postgres_address(config.database);
  const auto serving = read ? read->user : "";
  const auto& url = config.database_direct.empty() ? config.database : config.database_direct;
  const int count = store::migrate(url, serving);
  store::migrate_keys(config.key_database, serving);
  return count;
}

int prepare(const base::Config& config, School school) {
  if (school == School::demo) return migrate_all(config);
  return base::is_postgres_address(config.database) ? 0 : store::migrate(config.database);
}

void require_schema(store::Database& database, store::KeyStore& keys) {
  const int newest = store::newest_migration(database.engine());
  const auto [applied, works_with] = database.read(store::no_school, [&](store::Transaction& tx) {
    return std::pair(store::applied_migration(tx), store::oldest_that_works(tx));
  });
  if (works_with > newest)
    throw std::runtime_error(
        fmt::format("The database has schema {}, newer than the {} this program knows.", applied, newest));
  if (applied < newest)
    throw std::runtime_error(
        fmt::format("The database has schema {}, and this program needs {}: run `roadbook migrate`.", applied, newest));
  keys.require_tables();
}

namespace {

/// Before anybody reads a table.
actions::Context opened(store::Database& database, cache::CalendarCache& cache, store::KeyStore& keys) {
  require_schema(database, keys);
  return {database, cache, keys};
}

net::HttpOptions provider_calls(const base::Config& config, observe::Log& log) {
  return {.plain_on_this_machine = !config.production(), .report = [&log](const auto& what) {
            log.warn("provider of identities", {{"what", what}});
          }};
}

net::HttpOptions calendar_calls(const base::Config& config, observe::Log& log) {
  auto calls = calendars::google_calls(config.calendars);
  calls.plain_on_this_machine = !config.production();
  calls.report = [&log](const auto& what) { log.warn("provider of calendars", {{"what", what}}); };
  return calls;
}

std::unique_ptr<actions::OutsideGoogle> google_calendars(auth::Providers& providers, const actions::Context& context,
                                                         const base::Config& config, observe::Log& log) {
  auto* provider = providers.open_id("google");
  if (!provider) return nullptr;
  return std::make_unique<actions::OutsideGoogle>(context, *provider, config.calendars, calendar_calls(config, log));
}

/// What requests get: they may ask calendars elsewhere.
actions::Context asking(actions::Context context, actions::OutsideGoogle* google) {
  if (google)
    context.ask_elsewhere = [google, plain = context](const auto& caller, const auto& question) {
      return google->ask(plain, caller, question);
    };
  return context;
}

/// What every process has, in the order in which it is built.
struct Parts {
  Parts(const base::Config& config_, School school)
      : config(config_),
        log(config.log_level, observe::to_descriptor(STDOUT_FILENO)),
        migrations(prepare(config, school)),
        database({.path = config.database, .replica = config.database_read, .queue = 1024}),
        keys(config.key_database, config.encryption_keys),
        redis(helper(config, log)),
        cache({}, redis ? &redis->calendars : nullptr),
        people(keys),
        context(opened(database, cache, keys)),
        erased_again(actions::replay_erasures(context, base::now())),
        follower(context, config.database_direct.empty() ? config.database : config.database_direct),
        sessions(database, config.jwt_keys, config.public_url, base::now()),
        api_keys(database),
        deliver(delivery(config, school, smtp, letters)),
        providers(config, hash_key(config, "sign-ins at providers"), provider_calls(config, log)),
        google(google_calendars(providers, context, config, log)),
        trail(context,
              [this](const std::string& failure) {
                log.error("audit", {{"what", failure}});
              }),
        app{.context = asking(context, google.get()),
            .identity = {context, people, passwords, sessions, throttle, mail_throttle, config.public_url, second_step},
            .providers = providers,
            .trail = trail,
            .outside = google ? google->outside() : actions::Outside{},
            .transport = config.secure() ? auth::Transport::https : auth::Transport::http,
            .log = log,
            .metrics = metrics,
            .health = health(database, keys, redis ? &redis->redis : nullptr),
            .live = &live,
            .letters = school == School::demo ? &letters : nullptr,
            .redis = redis ? &redis->redis : nullptr,
            .shared = redis ? &redis->calendars : nullptr,
            .recipients = recipients(config),
            .body_hash_key = hash_key(config, "bodies of requests"),
            .authenticate =
                [this](auto token, auto now) {
                  return token.starts_with(auth::api_key_prefix) ? api_keys.authenticate(token, now)
                                                                 : sessions.authenticate(token, now);
                },
            .recognise = [this](auto token, auto now) -> std::optional<auth::Principal> {
              if (token.starts_with(auth::api_key_prefix)) return api_keys.known(token);
              const auto principal = sessions.authenticate(token, now);
              return principal ? std::optional(*principal) : std::nullopt;
            }} {
    follower.start(told(cache, sessions, people, live, log, [this] {
      if (redis) redis->ring();
    }));
    if (redis) bell.emplace(redis->listening(config, follower));
  }

  const base::Config& config;
  observe::Log log;
  observe::Metrics metrics;
  const int migrations;
  store::Database database;
  store::KeyStore keys;
  const std::unique_ptr<Helper> redis;
  cache::CalendarCache cache;
  http::Live live;
  store::People people;
  auth::PasswordHasher passwords;
  auth::Throttle throttle, mail_throttle{auth::mail_limits};
  auth::SecondStep second_step{config.jwt_keys};
  const actions::Context context;
  const int erased_again;  ///< Whom a restored copy of one of the stores knew.
  jobs::Follower follower;
  std::optional<net::Redis> bell;  ///< Rings the follower.
  auth::Sessions sessions;
  auth::ApiKeys api_keys;
  std::optional<net::Smtp> smtp;
  http::LetterBox letters;
  const std::optional<jobs::Deliver> deliver;
  auth::Providers providers;
  const std::unique_ptr<actions::OutsideGoogle> google;  ///< Calendars there.
  actions::Trail trail;
  http::App app;
};

std::unique_ptr<jobs::Sync> calendar_sync(Parts& parts) {
  if (!parts.google) return nullptr;
  return std::make_unique<jobs::Sync>(jobs::SyncOffice{
      .context = parts.context,
      .people = parts.people,
      .outside = parts.app.outside,
      .public_url = parts.config.public_url,
      .report =
          [&log = parts.log](const auto& failure) {
            log.warn("calendars", {{"what", failure}});
          },
      .count = [&metrics = parts.metrics](auto outcome) { metrics.calendar_calls.increment(outcome); }});
}

std::unique_ptr<jobs::Worker> mail_worker(Parts& parts) {
  if (!parts.deliver) {
    parts.log.warn("SMTP_URL is not set: nobody gets mail");
    return nullptr;
  }
  return std::make_unique<jobs::Worker>(jobs::Office{.context = parts.context,
                                                     .people = parts.people,
                                                     .deliver = *parts.deliver,
                                                     .from = {"", mail_from(parts.config)},
                                                     .public_url = parts.config.public_url,
                                                     .report =
                                                         [&log = parts.log](const auto& failure) {
                                                           log.error("jobs failed", {{"what", failure}});
                                                         },
                                                     .interrupt =
                                                         [&smtp = parts.smtp] {
                                                           if (smtp) smtp->interrupt();
                                                         }});
}

struct Household {
  Household(Parts& parts, actions::Housekeeper::Report report)
      : housekeeper(parts.context, std::move(report)),
        nightly(nightly_verify(parts.config, parts.log, parts.metrics)) {}
  actions::Housekeeper housekeeper;
  jobs::Nightly nightly;
};

std::unique_ptr<Household> household(Parts& parts) {
  const auto report = [&log = parts.log](const auto& done, const std::string& failure) {
    if (!failure.empty()) log.error("housekeeping failed", {{"what", failure}});
    if (done.expired > 0) log.info("ended", {{"expired", done.expired}});
  };
  return std::make_unique<Household>(parts, report);
}

void require_engine(const base::Config& config, const Duties& duties) {
  const bool everything = duties.requests && duties.mail && duties.housekeeping;
  if (!everything && !base::is_postgres_address(config.database))
    throw std::runtime_error("A file of SQLite has one process, `roadbook serve`, which does all the work.");
}

}  // namespace

int run(const base::Config& config, School school, const Duties& duties) {
  require_engine(config, duties);
  const auto stop_signals = blocked_stop_signals();
  raise_file_limit();
  Parts parts(config, school);
  const auto worker = duties.mail ? mail_worker(parts) : nullptr;
  if (worker && !duties.requests)
    parts.app.health.push_back(
        {"jobs", [&] { return trouble(worker->quiet_for() < longest_job ? "" : "A job does not end."); }});
  const auto sync = duties.mail ? calendar_sync(parts) : nullptr;
  const auto house = duties.housekeeping ? household(parts) : nullptr;
  const auto web =
      duties.requests ? http::find_web_folder(config.web_dist, std::filesystem::read_symlink("/proc/self/exe")) : "";
  http::Site site(site_options(config), duties.requests ? http::api_routes(parts.app) : http::service_routes(parts.app),
                  web.empty() ? http::StaticFiles() : http::StaticFiles(web), caller_of(parts.app), parts.log,
                  parts.metrics);
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));  // 0 where nobody knows.
  http::Server server({.listen = config.listen,
                       .trusted_proxies = config.trusted_proxies,
                       .io_threads = cores,
                       .workers = config.workers},
                      site);
  std::optional<http::SharedLimits> limits;
  if (parts.redis && duties.requests)
    limits.emplace(site.limiter(), parts.redis->redis, hash_key(config, "limits in Redis"));
  std::optional<jobs::Warmer> warmer;
  if (duties.requests) {
    warmer.emplace(parts.context, parts.app.redis ? &parts.redis->redis : nullptr, [&](const auto& failure) {
      parts.log.warn("warming failed", {{"what", failure}});
    });
    parts.app.warmed = &warmer->warmed;
  }
  if (school == School::demo) fill_demo(parts.app.identity);
  server.start();
  parts.log.info(duties.requests ? "serving" : "working", {{"url", config.public_url},
                                                           {"port", server.port()},
                                                           {"migrations", parts.migrations},
                                                           {"erased_again", parts.erased_again},
                                                           {"pages", web.empty() ? "none" : web.string()}});
  int signal = 0;
  sigwait(&stop_signals, &signal);
  parts.log.info("stopping", {{"signal", signal}});
  server.stop();
  return 0;
}

}  // namespace node
