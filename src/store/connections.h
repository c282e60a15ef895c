/// Accounts at providers of calendars that instructors have connected, and the tokens that speak for them. Tokens and
/// addresses are sealed under the person's key before they come here.
#pragma once

#include "store/database.h"

namespace store {

inline constexpr std::string_view connection_seal = "connection";  ///< The account's address.
inline constexpr std::string_view refresh_seal = "connection/refresh-token";
inline constexpr std::string_view access_seal = "connection/access-token";

/// How it stands with the calendars of a connection.
enum class ConnectionState {
  connected,
  degraded,      ///< The provider has not answered for a while; what was known last goes on taking time.
  needs_consent  ///< Nothing helps but the person's consent at the provider.
};
std::string_view to_string(ConnectionState state);

/// What an event there says of a lesson.
enum class Detail {
  busy,    ///< That there is one.
  lesson,  ///< Which kind.
  learner  ///< Also with whom, and where it begins.
};
std::string_view to_string(Detail detail);
std::optional<Detail> detail_from(std::string_view text);

struct CalendarConnection {
  std::int64_t id;
  base::PersonId person;
  std::string provider;
  Bytes subject_hash;
  Bytes sealed;        ///< For connection_seal.
  std::string scopes;  ///< As granted, parted by spaces.
  Detail detail = Detail::lesson;
  bool tentative = true;  ///< What is tentative there takes time here.
  ConnectionState state = ConnectionState::connected;
  std::optional<base::Instant> failing_since{};
  base::Instant connected_at;
  std::int64_t version = 1;
};

/// Makes it, or what is there of the same account new again: a person consents to one account as often as they like.
/// Returns its id.
std::int64_t put_connection(Transaction& tx, base::SchoolId school, const CalendarConnection& connection);
std::optional<CalendarConnection> find_connection(Transaction& tx, base::SchoolId school, std::int64_t id);
/// Of this person, or (none) of everybody, the oldest first.
std::vector<CalendarConnection> list_connections(Transaction& tx, base::SchoolId school, base::PersonId person);
/// What the person chooses about it; the version is the new one.
void change_connection(Transaction& tx, base::SchoolId school, const CalendarConnection& connection);
/// With its calendars and all that is known of them; what they took of the instructor's time is free again.
void remove_connection(Transaction& tx, base::SchoolId school, const CalendarConnection& connection);

/// Whether it is another one than before; once it is `connected`, nothing fails any more.
bool set_state(Transaction& tx, base::SchoolId school, std::int64_t id, ConnectionState state);
/// A call has failed; since when they do.
base::Instant note_failure(Transaction& tx, base::SchoolId school, std::int64_t id, base::Instant now);

struct SealedTokens {
  Bytes refresh, access;  ///< Empty: none.
  base::Instant access_until;
};
std::optional<SealedTokens> tokens_of(Transaction& tx, base::SchoolId school, std::int64_t id);
/// False: somebody, perhaps on another node, asks the provider for new ones until then, at most, or the access token
/// that lasted until `known_until` has been replaced.
bool begin_refresh(Transaction& tx, base::SchoolId school, std::int64_t id, base::Instant known_until,
                   base::Instant now, base::Instant until);
/// Also ends the refresh. An empty refresh token leaves the one that is there.
void keep_tokens(Transaction& tx, base::SchoolId school, std::int64_t id, const SealedTokens& tokens);
/// Nothing came of the refresh.
void end_refresh(Transaction& tx, base::SchoolId school, std::int64_t id);

}  // namespace store
