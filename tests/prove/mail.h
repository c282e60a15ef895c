/// Mail of a server that is killed again and again while it sends.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "prove/sink.h"

namespace prove {

struct MailProof {
  std::int64_t kills = 0;
  std::int64_t told = 0;    ///< Bookings that stayed: each side has exactly one mail, by Message-ID.
  std::int64_t untold = 0;  ///< Bookings that were cancelled within the undo window: nobody has any.
  std::int64_t mails = 0;
  std::int64_t twice =
      0;  ///< Sent again, with the same Message-ID: the kill fell between the relay's 250 and our commit.
  std::vector<std::string> faults;
};

/// Jobs of notices that have not been done.
std::int64_t notices_waiting(const std::string& address);
/// Holds what the relay has against what was kept and what was cancelled within the undo window.
void count_mails(const Sink& sink, const std::set<std::string>& kept, const std::set<std::string>& cancelled,
                 MailProof& proof);

/// Books over HTTP in the demo school, takes back a fifth of it, and sends SIGKILL at random moments until the mail is
/// out; a real SMTP relay counts what arrives.
MailProof mail_under_kills(const std::string& program, const std::string& path, std::int64_t kills, std::uint64_t seed);

}  // namespace prove
