/// Nodes, their worker and PostgreSQL killed under load through nginx.
#pragma once

#include "prove/mail.h"
#include "prove/server.h"

namespace prove {

struct NodeKills {
  std::int64_t kills = 0, of_postgres = 0;
  std::int64_t acknowledged = 0, refused = 0;
  std::int64_t sent_again = 0;  ///< Requests whose answer was lost or a 5xx.
  double slowest_node = 0;      ///< Seconds from the start of a killed process to its first 200 at /readyz.
  double slowest_postgres = 0;  ///< From kill -9 until the server answers again.
  double slowest_booking = 0;   ///< From the first try of a request to its answer, with all that was lost.
  MailProof mail;
  std::vector<std::string> faults;
};

/// Clients book over HTTPS, two of them each time; whatever answer is lost is asked for again with the same key. One
/// node, the worker or the whole PostgreSQL gets SIGKILL at random moments and is started again. In the end every
/// request has its answer, so that what stands in the tables must be what was acknowledged and nothing else.
NodeKills kill_nodes(const std::string& program, const std::string& folder, std::int64_t kills, std::uint64_t seed);

}  // namespace prove
