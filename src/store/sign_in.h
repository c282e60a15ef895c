/// Rows behind signing in: passwords, sessions, one-time links. Not events: they belong to no history of the school.
#pragma once

#include "store/database.h"
#include "store/role.h"

namespace store {

std::optional<std::string> password_of(Transaction& tx, base::SchoolId school, base::PersonId person);
void set_password(Transaction& tx, base::SchoolId school, base::PersonId person, const std::string& hash,
                  base::Instant now);

struct Session {
  base::SchoolId school;
  std::int64_t id;
  base::PersonId person;
  Bytes refresh_hash;
  Bytes previous_hash;  ///< Empty: the first token was not used yet.
  base::Instant previous_until{};
  base::Instant created_at;
  base::Instant used_at;
  base::Instant expires_at;
  std::optional<base::Instant> ended_at{};
};
void add_session(Transaction& tx, const Session& session);
std::optional<Session> find_session(Transaction& tx, base::SchoolId school, std::int64_t id);
/// Writes the hashes and times of use.
void renew_session(Transaction& tx, const Session& session);
/// Ends all sessions of the person; returns the ids of those that were not over before.
std::vector<std::int64_t> end_sessions(Transaction& tx, base::SchoolId school, base::PersonId person,
                                       base::Instant now);
bool end_session(Transaction& tx, base::SchoolId school, std::int64_t id, base::Instant now);
struct EndedSession {
  std::int64_t id;
  base::Instant ended_at;
};
/// Of all schools, ended at or after `since`.
std::vector<EndedSession> sessions_ended(Transaction& tx, base::Instant since);
/// Rows of sessions over since before `before`, at most `limit`; returns how many went.
std::int64_t forget_sessions(Transaction& tx, base::Instant before, int limit);

/// A person as a session needs them; the role as it is now.
struct Account {
  Role role;
  bool active;
};
std::optional<Account> find_account(Transaction& tx, base::SchoolId school, base::PersonId person);

/// One more link by which the person may set a first password; using one spends all.
void add_welcome(Transaction& tx, base::SchoolId school, base::PersonId person, const Bytes& hash,
                 base::Instant expires_at);
/// Whose link this is, while it is good; it stays.
std::optional<base::PersonId> find_welcome(Transaction& tx, base::SchoolId school, const Bytes& hash,
                                           base::Instant now);
/// Spends all links of the person.
void drop_welcomes(Transaction& tx, base::SchoolId school, base::PersonId person);

/// The person's calendar feed; it replaces the one they had.
void put_feed(Transaction& tx, base::SchoolId school, base::PersonId person, const Bytes& hash, base::Instant now);
/// Whose feed this is.
std::optional<base::PersonId> find_feed(Transaction& tx, base::SchoolId school, const Bytes& hash);
/// Since when the person has one.
std::optional<base::Instant> feed_of(Transaction& tx, base::SchoolId school, base::PersonId person);
void drop_feed(Transaction& tx, base::SchoolId school, base::PersonId person);

/// The school of this slug; without one, the only school there is.
std::optional<base::SchoolId> school_of(Transaction& tx, const std::optional<std::string>& slug);

}  // namespace store
