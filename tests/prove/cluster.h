/// Three nodes, a worker and nginx as processes, over the PostgreSQL of tools/with-postgres: the demo's school with the
/// people of a plan besides.
#pragma once

#include "prove/server.h"
#include "prove/sink.h"
#include "prove/web.h"

namespace prove {

class Cluster {
 public:
  /// Keeps its files in `folder`. Returns when every node is ready and nginx listens.
  Cluster(const std::string& program, const std::string& folder, const Plan& plan);
  ~Cluster();
  Cluster(const Cluster&) = delete;

  static constexpr int nodes = 3;
  /// SIGKILL, and started again. Seconds until it is ready. The one behind the nodes is the worker.
  double kill(int node);
  void stop_worker();
  void start_worker();
  /// SIGTERM to all; what did not end well.
  std::vector<std::string> stop();

  std::unique_ptr<Web> web() const { return std::make_unique<Web>(base_, folder_ + "/certificate.pem"); }
  /// The access token of the demo's admin; "" where nobody answers.
  static std::string sign_in(Web& web, const std::string& email = "admin@demo.test");
  /// What runs, by name.
  std::vector<std::pair<std::string, pid_t>> processes() const;

  const std::string address;  ///< Of the database.
  Sink sink;

 private:
  std::unique_ptr<Server> start(int node, std::uint16_t port) const;
  void start_nginx();

  const std::string program_, folder_;
  const std::uint16_t port_;
  const std::string base_;
  Settings settings_;
  std::vector<std::unique_ptr<Server>> servers_;  ///< The nodes and, last, the worker.
  pid_t nginx_ = 0;
};

}  // namespace prove
