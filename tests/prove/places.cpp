#include "prove/places.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "store/keys.h"
#include "store/postgres.h"

namespace prove {

namespace {

constexpr std::string_view owner = "//owner@", server_role = "//roadbook@";

std::string name_of(const std::string& address) {
  return address.substr(address.rfind('/') + 1);
}

void on_server(const std::string& script) {
  store::PostgresConnection(postgres_server(), std::chrono::steady_clock::now() + std::chrono::seconds{30})
      .execute(script);
}

}  // namespace

std::string postgres_server() {
  const char* url = std::getenv("TEST_POSTGRES_URL");
  return url ? url : "";
}

std::string fresh_postgres() {
  static std::atomic<int> made{0};
  auto address = postgres_server();
  address.replace(address.find(owner), owner.size(), server_role);
  return address.substr(0, address.rfind('/') + 1) + fmt::format("proof_{}_{}", ::getpid(), ++made);
}

std::string as_owner(const std::string& address) {
  const auto at = address.find(server_role);
  auto owned = address;
  return at == std::string::npos ? address : owned.replace(at, server_role.size(), owner);
}

std::string keys_of(const std::string& address) {
  return address + (store::is_postgres(address) ? "_keys" : ".keys");
}

void make_database(const std::string& address) {
  if (!store::is_postgres(address)) {
    store::migrate(address);
    return;
  }
  on_server("create database " + name_of(address));
  on_server("create database " + name_of(keys_of(address)));
  store::migrate(as_owner(address), "roadbook");
  store::migrate_keys(as_owner(keys_of(address)), "roadbook");
}

void drop_database(const std::string& address) {
  if (!store::is_postgres(address)) return;  // Also of "".
  on_server("drop database if exists " + name_of(address) + " with (force)");
  on_server("drop database if exists " + name_of(keys_of(address)) + " with (force)");
}

namespace {

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  if (!value) throw std::runtime_error(std::string(name) + " is not set: run under tools/with-postgres");
  return value;
}

/// What a server leaves behind works in its folder and keeps its memory in use, so that it cannot start again.
void kill_what_is_left_in(const std::string& folder) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::error_code gone;
    const auto name = entry.path().filename().string();
    if (!std::isdigit(static_cast<unsigned char>(name.front()))) continue;
    if (std::filesystem::read_symlink(entry.path() / "cwd", gone) == folder) ::kill(std::stoi(name), SIGKILL);
  }
}

/// Every backend is a process group of its own; its parent is the postmaster.
std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (!std::isdigit(static_cast<unsigned char>(name.front()))) continue;
    std::ifstream file(entry.path() / "stat");
    std::string stat;
    std::getline(file, stat);
    const auto end = stat.rfind(')');        // Of the program's name, which may hold anything.
    if (end == std::string::npos) continue;  // It has ended meanwhile.
    char state = 0;
    pid_t its_parent = 0;
    std::istringstream(stat.substr(end + 1)) >> state >> its_parent;
    if (its_parent == parent) children.push_back(std::stoi(name));
  }
  return children;
}

}  // namespace

double crash_postgres() {
  const auto begun = std::chrono::steady_clock::now();
  pid_t postmaster = 0;
  std::ifstream(from_environment("TEST_POSTGRES_DATA") + "/postmaster.pid") >> postmaster;
  if (postmaster <= 0) throw std::runtime_error("PostgreSQL is not running");
  const auto children = children_of(postmaster);
  ::kill(postmaster, SIGKILL);
  for (const auto child : children) ::kill(child, SIGKILL);
  // One that was forked meanwhile ends by itself; until then its memory is in use and the start is refused.
  (void)from_environment("TEST_POSTGRES_START");
  const char* start = R"(bash -c "$TEST_POSTGRES_START" >/dev/null 2>&1)";
  for (int tries = 0; std::system(start) != 0; ++tries) {
    if (tries == 600) {
      const auto tail = "tail -n 20 '" + from_environment("TEST_POSTGRES_LOG") + "' >&2";
      (void)std::system(tail.c_str());
      throw std::runtime_error("PostgreSQL does not start again");
    }
    kill_what_is_left_in(from_environment("TEST_POSTGRES_DATA"));
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

}  // namespace prove
