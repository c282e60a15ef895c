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
  std::string browser{};       ///< "Firefox on Linux", no closer; empty: not known.
  bool second_factor = false;  ///< Two factors were shown at its start, or one was set up in it.
};
void add_session(Transaction& tx, const Session& session);
std::optional<Session> find_session(Transaction& tx, base::SchoolId school, std::int64_t id);
/// Writes the hashes and times of use.
void renew_session(Transaction& tx, const Session& session);
/// The person's sessions that go on, the one used last first, at most 200.
struct SessionSummary {
  std::int64_t id;
  base::Instant created_at, used_at;
  std::string browser;
};
std::vector<SessionSummary> list_sessions(Transaction& tx, base::SchoolId school, base::PersonId person,
                                          base::Instant used_since, base::Instant now);
/// Ends all sessions of the person, but for one where that is said.
void end_sessions(Transaction& tx, base::SchoolId school, base::PersonId person, base::Instant now,
                  std::optional<std::int64_t> but = std::nullopt);
bool end_session(Transaction& tx, base::SchoolId school, std::int64_t id, base::Instant now);
struct EndedSession {
  std::int64_t id;
  base::Instant ended_at;
};
/// Of all schools, ended at or after `since`.
std::vector<EndedSession> sessions_ended(Transaction& tx, base::SchoolId school, base::Instant since);
/// Rows of sessions over since before `before`, at most `limit`; returns how many went.
std::int64_t forget_sessions(Transaction& tx, base::SchoolId school, base::Instant before, int limit);

/// A person as a session needs them; the role as it is now.
struct Account {
  Role role;
  bool active;
};
std::optional<Account> find_account(Transaction& tx, base::SchoolId school, base::PersonId person);

/// Whether there is anything that they sign in with.
bool has_way_in(Transaction& tx, base::SchoolId school, base::PersonId person);

/// Of a link by which somebody sets a password: whoever is new, or has forgotten theirs.
enum class LinkPurpose { welcome, reset };
/// One more link by which the person may set a password; using one spends all.
void add_link(Transaction& tx, base::SchoolId school, base::PersonId person, LinkPurpose purpose, const Bytes& hash,
              base::Instant expires_at);
/// Whose link this is, while it is good; it stays.
std::optional<base::PersonId> find_link(Transaction& tx, base::SchoolId school, const Bytes& hash, base::Instant now);
/// How many links of the person are good.
std::int64_t count_links(Transaction& tx, base::SchoolId school, base::PersonId person, LinkPurpose purpose,
                         base::Instant now);
/// False: somebody else did meanwhile.
bool spend_link(Transaction& tx, base::SchoolId school, const Bytes& hash);
/// Spends all links of the person.
void drop_links(Transaction& tx, base::SchoolId school, base::PersonId person);

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
