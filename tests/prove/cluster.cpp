#include "prove/cluster.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <filesystem>
#include <thread>

#include "base/crypto.h"
#include "prove/places.h"

namespace prove {

namespace {

void must(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

std::string secret(char letter) {
  return "a:" + base::to_base64(base::Bytes(32, static_cast<unsigned char>(letter)));
}

std::string clean(const std::string& folder) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder + "/nginx");
  return folder;
}

}  // namespace

Cluster::Cluster(const std::string& program, const std::string& folder, const Plan& plan)
    : address(fresh_postgres()),
      sink(clean(folder) + "/mails"),
      program_(program),
      folder_(folder),
      port_(free_port()),
      base_(fmt::format("https://127.0.0.1:{}", port_)) {
  make_database(address);
  const Settings secrets{"ENCRYPTION_KEYS=" + secret('e'), "JWT_KEYS=" + secret('j'),     "PUBLIC_URL=" + base_,
                         "SMTP_URL=" + sink.url(),         "MAIL_FROM=lessons@demo.test", "TRUSTED_PROXIES=127.0.0.1",
                         "RATE_LIMIT_REQUESTS=0",          "RATE_LIMIT_PERSON=0",         "RATE_LIMIT_STAFF=0"};
  {
    auto as_owner_of_all = secrets;
    as_owner_of_all.push_back("DATABASE_URL=" + as_owner(address));
    as_owner_of_all.push_back("KEYS_URL=" + as_owner(keys_of(address)));
    Server demo(program, std::vector<std::string>{"demo"}, as_owner_of_all);
    demo.ready();
    CHECK(demo.end(SIGTERM) == 0);
  }
  add_to_demo(as_owner(address), plan);
  settings_ = secrets;
  settings_.push_back("APP_ENV=development");
  settings_.push_back("DATABASE_URL=" + address);
  settings_.push_back("KEYS_URL=" + keys_of(address));
  for (int node = 0; node <= nodes; ++node) servers_.push_back(start(node, steady_port()));
  for (const auto& server : servers_) server->ready();
  start_nginx();
}

Cluster::~Cluster() {
  if (nginx_ > 0) {
    ::kill(nginx_, SIGTERM);
    ::waitpid(nginx_, nullptr, 0);
  }
  servers_.clear();
  try {
    drop_database(address);
  } catch (const std::exception& error) {  // Whatever let it go down is told by somebody else.
    fmt::print(stderr, "{} is left behind: {}\n", address, error.what());
  }
}

std::unique_ptr<Server> Cluster::start(int node, std::uint16_t port) const {
  const auto command =
      node < nodes ? std::vector<std::string>{"serve", "--no-worker"} : std::vector<std::string>{"work"};
  return std::make_unique<Server>(program_, command, settings_, port);
}

void Cluster::start_nginx() {
  const auto certificate = folder_ + "/certificate.pem", key = folder_ + "/key.pem", conf = folder_ + "/nginx.conf";
  must(
      fmt::format("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=proof"
                  " -addext subjectAltName=IP:127.0.0.1 -keyout {} -out {} 2>/dev/null",
                  key, certificate));
  std::string addresses;
  for (int node = 0; node < nodes; ++node)
    addresses += fmt::format("127.0.0.1:{} ", servers_[static_cast<std::size_t>(node)]->port);
  must(
      fmt::format("NODES='{}' PUBLIC_URL={} CERTIFICATE={} CERTIFICATE_KEY={} HTTPS=127.0.0.1:{} HTTP=127.0.0.1:{}"
                  " STATE={}/nginx ACCESS_LOG=/dev/null ERROR_LOG={}/nginx.log {}/deploy/nginx/render >{}",
                  addresses, base_, certificate, key, port_, free_port(), folder_, folder_, ROADBOOK_SOURCE, conf));
  nginx_ = ::fork();
  CHECK(nginx_ >= 0);
  if (nginx_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (!std::freopen("/dev/null", "w", stderr)) ::_exit(126);
    ::execlp("nginx", "nginx", "-c", conf.c_str(), nullptr);
    ::_exit(127);
  }
  const auto browser = web();
  for (int tries = 0; browser->ask("GET", "/healthz").status != 200; ++tries) {
    if (tries == 500) throw std::runtime_error("nginx does not answer");
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
}

double Cluster::kill(int node) {
  auto& server = servers_[static_cast<std::size_t>(node)];
  const auto port = server->port;
  server->end(SIGKILL);
  server = start(node, port);
  return server->ready();
}

void Cluster::stop_worker() {
  CHECK(servers_.back()->end(SIGTERM) == 0);
}

void Cluster::start_worker() {
  servers_.back() = start(nodes, steady_port());
  servers_.back()->ready();
}

std::vector<std::string> Cluster::stop() {
  std::vector<std::string> faults;
  for (const auto& server : servers_)
    if (server->end(SIGTERM) != 0) faults.emplace_back("a process did not end well");
  return faults;
}

std::string Cluster::sign_in(Web& web, const std::string& email) {
  const auto reply =
      web.ask("POST", "/api/v1/auth/login", {}, fmt::format(R"({{"email":"{}","password":"roadbook-demo"}})", email));
  if (reply.status != 200) return "";
  return std::string(boost::json::parse(reply.body).at("access_token").as_string());
}

std::vector<std::pair<std::string, pid_t>> Cluster::processes() const {
  std::vector<std::pair<std::string, pid_t>> all;
  for (int node = 0; node <= nodes; ++node)
    all.emplace_back(node < nodes ? fmt::format("node {}", node + 1) : "worker",
                     servers_[static_cast<std::size_t>(node)]->process());
  return all;
}

}  // namespace prove
