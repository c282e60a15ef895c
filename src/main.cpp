// The commands. Each builds what it needs in order, in one function that can be read from top to bottom.
#include <fmt/format.h>
#include <sodium.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "actions/api_keys.h"
#include "actions/setup.h"
#include "base/address.h"
#include "base/config_values.h"
#include "base/memory.h"
#include "http/documents.h"
#include "node.h"
#include "store/doctor.h"
#include "store/move.h"
#include "store/verify.h"

namespace {

using Flags = std::map<std::string, std::string>;

constexpr const char* usage = R"(roadbook: calendar and bookings of a driving school

  roadbook COMMAND [--config FILE] [--setting=value …]

Commands
  serve      answer HTTP; brings SQLite to the newest schema first, and refuses to start on a PostgreSQL that is not.
             --no-worker leaves mail and housekeeping to others (PostgreSQL)
  work       what serve does besides answering, in a process of its own (PostgreSQL), which answers for its health only;
             --only=mail or --only=housekeeping: one of the two
  setup      make a school and its first admin: --name=… --slug=… --time-zone=Europe/London --currency=GBP
             --admin-name=… --admin-email=…; prints the link by which the admin sets a password
  demo       serve a school full of invented people and lessons, on this machine only
  migrate    bring the database to the newest schema and do no more. With --from=sqlite:///path and
             --to=postgresql://user@host/name (otherwise DATABASE_URL): also move everything in that file there; its
             keys are in <path>.keys or where --from-keys=sqlite:///path says, and go to KEYS_URL
  rotate     wrap the keys of people and schools with the first of ENCRYPTION_KEYS, beside servers that run; prints how
             many another one had wrapped. At 0 the others may be left out
  verify     replay the log and compare it with the rows
  schools    list the schools: slug, name, zone, people, lessons to come
  doctor     list lessons whose wall time changed with new zone data
  token      an API key of --school=…, by which a program asks in the name of --person=… (an e-mail address):
             --name=… --scopes=bookings:read,bookings:write --days=365; shown once. Without --person: lists the keys
             of the school. --end=ID ends one, on every node within a second
  openapi    print the description of the HTTP interface
  --version  --help

Settings: from the environment, then from the file, then from flags (--listen=… for LISTEN). A secret may be given as
NAME_FILE with the path of a file.
)";

/// What --name value and --name=value both work for; settings take the second form only.
constexpr std::array<std::string_view, 4> spaced{"--config", "--from", "--from-keys", "--to"};

std::optional<Flags> parse_flags(const std::vector<std::string>& arguments) {
  Flags flags;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& argument = arguments[i];
    const auto equals = argument.find('=');
    if (std::ranges::count(spaced, argument) > 0 && i + 1 < arguments.size()) {
      flags[argument.substr(2)] = arguments[++i];
    } else if (argument == "--no-worker") {
      flags["no-worker"] = "";
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

int refused(const base::Error& error) {
  fmt::print(stderr, "roadbook: {}\n", error.detail);
  for (auto [field, message] : error.fields) {
    std::replace(field.begin(), field.end(), '_', '-');
    fmt::print(stderr, "  --{}: {}\n", field.substr(1), message);
  }
  return 1;
}

int setup(const base::Config& config, const actions::NewSchool& school) {
  node::prepare(config, node::School::own);
  store::Database database({.path = config.database});
  store::KeyStore keys(config.key_database, config.encryption_keys);
  node::require_schema(database, keys);
  cache::CalendarCache cache;
  store::People people(keys);
  auth::PasswordHasher passwords;
  auth::Throttle throttle, mail_throttle{auth::mail_limits};
  auth::SecondStep second_step(config.jwt_keys);
  auth::Sessions sessions(database, config.jwt_keys, config.public_url, base::now());
  const auto made = actions::set_up(
      {{database, cache, keys}, people, passwords, sessions, throttle, mail_throttle, config.public_url, second_step},
      school, base::now(), "setup");
  if (made) {
    fmt::print("{} is ready. Within seven days, {} sets a password here:\n{}\n", school.name, school.admin_email,
               made->welcome_url);
    return 0;
  }
  return refused(made.error());
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
  const auto app_env = flags.contains("app-env") ? flags.at("app-env") : environment["APP_ENV"];
  if (app_env == "production" || (app_env.empty() && environment["NODE_ENV"] == "production")) {
    fmt::print(stderr, "roadbook: the demo has accounts that everybody knows and does not run in production\n");
    return std::nullopt;
  }
  if (environment["APP_ENV"].empty()) environment["APP_ENV"] = "development";
  for (const auto* limit : {"RATE_LIMIT_REQUESTS", "RATE_LIMIT_PERSON", "RATE_LIMIT_STAFF"})
    environment.try_emplace(limit, "0");
  const bool given = environment.contains("DATABASE_URL") || environment.contains("DATABASE_URL_FILE");
  if (!given && !flags.contains("database-url")) {
    const auto folder = base::state_folder(environment);
    std::filesystem::create_directories(folder);
    environment["DATABASE_URL"] = "sqlite://" + (folder / "demo.db").string();
  }
  std::erase_if(environment, [](const auto& entry) { return entry.second.empty(); });
  return configured({environment, flags}, base::Purpose::setup);
}

int migrate(const base::Config& config) {
  const int count = node::migrate_all(config);
  const auto engine = base::is_postgres_address(config.database) ? store::Engine::postgresql : store::Engine::sqlite;
  fmt::print("{}: {} migrations run, schema {}\n", base::printable(config.database), count,
             store::newest_migration(engine));
  return 0;
}

/// The path of a file of SQLite that a flag names; nothing, after saying so, where it names none.
std::optional<std::string> file_from(const std::string& flag, const std::string& url) {
  const auto path = base::database_from_url(url);
  if (path && !base::is_postgres_address(*path)) return *path;
  fmt::print(stderr, "roadbook: --{}: Expected sqlite:///absolute/path.\n", flag);
  return std::nullopt;
}

/// `migrate` with --from, which is no setting, and is taken out of `flags` with what belongs to it.
int move_school(Flags flags) {
  const auto from = file_from("from", flags.extract("from").mapped());
  if (!from) return 2;
  const auto named_keys = flags.extract("from-keys");
  const auto keys = named_keys.empty() ? *from + ".keys" : file_from("from-keys", named_keys.mapped());
  if (!keys) return 2;
  if (auto to = flags.extract("to"); !to.empty()) flags["database-url"] = to.mapped();
  const auto config = configured({base::environment_of_process(), flags}, base::Purpose::inspect);
  if (!config) return 2;
  if (!base::is_postgres_address(config->database)) {
    fmt::print(stderr, "roadbook: --to: Expected postgresql://user@host/name.\n");
    return 2;
  }
  if (!base::is_postgres_address(config->key_database) && config->key_database != *keys) {
    fmt::print(stderr, "roadbook: KEYS_URL: Expected a database of PostgreSQL, or {} to leave it there.\n", *keys);
    return 2;
  }
  migrate(*config);
  const auto& owner = config->database_direct.empty() ? config->database : config->database_direct;
  const auto moved = store::move_to_postgres({*from, *keys, owner, config->key_database});
  for (const auto& [name, rows, hash] : moved.tables) fmt::print("{:<16} {:>10} rows  {}\n", name, rows, hash);
  fmt::print("{}: rows and hashes are equal on both sides, {} events replayed on both, 0 faults.\n",
             base::printable(config->database), moved.events);
  fmt::print("{} is as it was. Give the new servers the ENCRYPTION_KEYS and JWT_KEYS that it had{}.\n", *from,
             std::filesystem::exists(*from + ".secrets") ? ", from " + *from + ".secrets" : "");
  return 0;
}

int verify(const base::Config& config) {
  const auto verification = store::verify(config.database);
  for (const auto& fault : verification.faults) fmt::print(stderr, "{}\n", fault);
  fmt::print("{} events, {} faults\n", verification.events, verification.faults.size());
  return verification.faults.empty() ? 0 : 1;
}

/// `token` with flags that are no settings.
struct TokenOrder {
  std::string school, end;
  actions::ApiKeyInput key;
};
std::optional<TokenOrder> token_order(Flags& flags) {
  const auto take = [&](const std::string& name) {
    const auto found = flags.extract(name);
    return found.empty() ? std::string() : found.mapped();
  };
  TokenOrder order{
      .school = take("school"), .end = take("end"), .key = {take("person"), take("name"), take("scopes"), 365}};
  if (const auto days = take("days"); !days.empty()) {
    const auto [end, error] = std::from_chars(days.data(), days.data() + days.size(), order.key.days);
    if (error != std::errc{} || end != days.data() + days.size()) order.key.days = 0;
  }
  if (!order.school.empty() && (order.end.empty() || order.key.person.empty())) return order;
  fmt::print(stderr, "roadbook: token takes --school=…, and one of --person=… and --end=…\n");
  return std::nullopt;
}

/// Beside a server: what it writes is nothing that a server has in memory.
int token(const base::Config& config, const TokenOrder& order) {
  store::Database database({.path = config.database, .exclusive = false});
  store::KeyStore keys(config.key_database, config.encryption_keys);
  node::require_schema(database, keys);
  const auto school = database.read(store::no_school,
                                    [&](store::Transaction& tx) { return store::school_with_slug(tx, order.school); });
  if (!school) return refused({.code = base::Code::not_found, .detail = "There is no school " + order.school + "."});
  if (!order.end.empty()) {
    const auto id = base::id_from_text(order.end);
    const auto done =
        id ? actions::end_api_key(database, *school, *id, base::now()) : base::Done(base::refuse(id.error()));
    return done ? 0 : refused(done.error());
  }
  if (!order.key.person.empty()) {
    store::People people(keys);
    const auto made = actions::make_api_key(database, people, *school, order.key, base::now());
    if (!made) return refused(made.error());
    fmt::print("{}\n", *made);
    return 0;
  }
  for (const auto& key :
       database.read(*school, [&](store::Transaction& tx) { return store::list_api_keys(tx, *school); }))
    fmt::print("{}  {:<24} {}  until {}{}{}\n", base::to_text(key.id), key.name, key.scopes,
               base::to_text(key.expires_at), key.used_at ? ", used " + base::to_text(*key.used_at) : "",
               key.ended_at ? ", ended " + base::to_text(*key.ended_at) : "");
  return 0;
}

/// What an operator has to know of many schools: nothing personal, and no key is needed to read it.
int schools(const base::Config& config) {
  store::Database database({.path = config.database, .exclusive = false});
  for (const auto& school : store::list_schools(database, base::now()))
    fmt::print("{:<24} {:<32} {:<24} {:>6} people {:>8} lessons to come\n", school.slug, school.name, school.zone,
               school.people, school.ahead);
  return 0;
}

int rotate(const base::Config& config) {
  store::KeyStore keys(config.key_database, config.encryption_keys);
  keys.require_tables();
  fmt::print("{} keys wrapped with {}\n", keys.rewrap(), config.encryption_keys.front().id);
  return 0;
}

int doctor(const base::Config& config) {
  store::Database database({.path = config.database, .exclusive = false});
  std::vector<std::string> changed;
  database.read(store::no_school, [&](store::Transaction& tx) {
    for (const auto school : store::all_schools(tx)) {
      tx.enter(school);
      std::ranges::copy(store::changed_wall_times(tx, school, base::now()), std::back_inserter(changed));
    }
  });
  for (const auto& lesson : changed) fmt::print("{}\n", lesson);
  fmt::print("{} lessons whose wall time changed\n", changed.size());
  return changed.empty() ? 0 : 1;
}

/// What a process does, from flags that are no settings and are taken out of `flags`. Nothing where they say nothing
/// that it could do.
std::optional<node::Duties> duties_of(const std::string& command, Flags& flags) {
  const auto no_worker = flags.extract("no-worker");
  const auto only = flags.extract("only");
  if (command == "serve" && only.empty())
    return node::Duties{.mail = no_worker.empty(), .housekeeping = no_worker.empty()};
  if (command == "work" && no_worker.empty()) {
    if (only.empty()) return node::Duties{.requests = false};
    if (only.mapped() == "mail") return node::Duties{.requests = false, .housekeeping = false};
    if (only.mapped() == "housekeeping") return node::Duties{.requests = false, .mail = false};
  }
  fmt::print(stderr,
             "roadbook: only `serve` knows --no-worker, only `work` knows --only=mail and --only=housekeeping\n");
  return std::nullopt;
}

int run_node(const std::string& command, Flags flags) {
  const auto duties = duties_of(command, flags);
  if (!duties) return 2;
  const auto config = configured({base::environment_of_process(), flags}, base::Purpose::serve);
  return config ? node::run(*config, node::School::own, *duties) : 2;
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
  const std::map<std::string, int (*)(const base::Config&)> inspections = {
      {"migrate", migrate}, {"verify", verify}, {"doctor", doctor}, {"schools", schools}};
  const auto found = inspections.find(command);
  constexpr std::string_view others[] = {"serve", "work", "setup", "demo", "token", "rotate"};
  const bool known = found != inspections.end() || std::ranges::count(others, command) > 0;
  if (!known) {
    fmt::print(stderr, "roadbook: there is no command {}; see roadbook --help\n", command);
    return 2;
  }
  auto flags = parse_flags(arguments);
  if (!flags) return 2;
  if (command == "serve" || command == "work") return run_node(command, std::move(*flags));
  if (command == "demo") {
    const auto config = demo_config(*flags);
    return config ? node::run(*config, node::School::demo, {}) : 2;
  }
  if (command == "setup") {
    const auto school = new_school(*flags);
    const auto config = configured({base::environment_of_process(), *flags}, base::Purpose::setup);
    return config ? setup(*config, school) : 2;
  }
  if (command == "rotate") {
    const auto config = configured({base::environment_of_process(), *flags}, base::Purpose::setup);
    return config ? rotate(*config) : 2;
  }
  if (command == "token") {
    const auto order = token_order(*flags);
    const auto config =
        order ? configured({base::environment_of_process(), *flags}, base::Purpose::setup) : std::nullopt;
    return config ? token(*config, *order) : 2;
  }
  if (command == "migrate" && flags->contains("from")) return move_school(std::move(*flags));
  const auto config = configured({base::environment_of_process(), *flags}, base::Purpose::inspect);
  return config ? found->second(*config) : 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (sodium_init() < 0) return 1;
  base::settle_heap();
  // Keys and people are in its memory: a crash leaves no image of it.
  const rlimit no_core{0, 0};
  if (::setrlimit(RLIMIT_CORE, &no_core) != 0) return 1;
  const std::vector<std::string> arguments(argv + std::min(argc, 2), argv + argc);
  try {
    return run(argc > 1 ? argv[1] : "--help", arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "roadbook: {}\n", error.what());
    return 1;
  }
}
