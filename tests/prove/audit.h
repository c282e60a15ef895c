/// Looks at the tables alone, with SQL and a model of its own, and holds the clients' journal against it.
#pragma once

#include "prove/model.h"

namespace prove {

struct Audit {
  std::vector<std::string> faults;  ///< At most a few of each kind.
  std::int64_t events = 0, bookings = 0, blocking = 0;
  std::int64_t accepted = 0, refused = 0;          ///< Attempts of the journal.
  std::map<std::string, std::int64_t> refused_by;  ///< How often each code was the first refusal.
  bool clean() const { return faults.empty(); }
};

/// Of any database, also after a crash: it is whole; no two blocking bookings share an instructor, a learner or a
/// vehicle; rows, events, order, chain and idempotency keys agree.
Audit audit_tables(const std::string& address);

/// Besides: every accepted attempt is in the log and nothing else is, each was acceptable where it stands in the log,
/// and each refused one had to be refused, with these very rules, at a moment between question and answer.
Audit audit_journal(const std::string& address, const Plan& plan, const Journal& journal);

/// Besides audit_tables(): all that was acknowledged is there; what is there beyond it is at most `unanswered` changes.
Audit audit_acknowledged(const std::string& address, const std::map<std::int64_t, std::int64_t>& versions,
                         std::int64_t acknowledged, std::int64_t unanswered);

}  // namespace prove
