#include "store/connections.h"

#include <fmt/format.h>

#include "store/outside.h"

namespace store {

namespace {

constexpr std::array<std::string_view, 3> states{"connected", "degraded", "needs_consent"};
constexpr std::array<std::string_view, 3> details{"busy", "lesson", "learner"};

template <class Enum>
Enum named(std::span<const std::string_view> names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  CHECK(found != names.end());
  return static_cast<Enum>(found - names.begin());
}

template <class... Values>
std::vector<CalendarConnection> connections_where(Transaction& tx, std::string_view condition,
                                                  const Values&... values) {
  std::vector<CalendarConnection> found;
  for (const Row row :
       tx.query(fmt::format("select id, person_id, provider, subject_hash, sealed, scopes, detail, tentative, state,"
                            " failing_since, connected_at, version from connections where {}",
                            condition),
                values...))
    found.push_back({.id = row.integer(0),
                     .person = row.id<base::PersonId>(1),
                     .provider = row.text(2),
                     .subject_hash = row.bytes(3),
                     .sealed = row.bytes(4),
                     .scopes = row.text(5),
                     .detail = named<Detail>(details, row.view(6)),
                     .tentative = row.flag(7),
                     .state = named<ConnectionState>(states, row.view(8)),
                     .failing_since = row.null(9) ? std::nullopt : std::optional(row.instant(9)),
                     .connected_at = row.instant(10),
                     .version = row.integer(11)});
  return found;
}

}  // namespace

std::string_view to_string(ConnectionState state) {
  return states[static_cast<std::size_t>(state)];
}
std::string_view to_string(Detail detail) {
  return details[static_cast<std::size_t>(detail)];
}
std::optional<Detail> detail_from(std::string_view text) {
  const auto found = std::ranges::find(details, text);
  return found == details.end() ? std::nullopt : std::optional(static_cast<Detail>(found - details.begin()));
}

std::int64_t put_connection(Transaction& tx, base::SchoolId school, const CalendarConnection& connection) {
  tx.run(
      "insert into connections (school_id, id, person_id, provider, subject_hash, sealed, scopes, detail, tentative,"
      " state, connected_at, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)"
      " on conflict (school_id, person_id, provider, subject_hash) do update set sealed = excluded.sealed,"
      " scopes = excluded.scopes, state = excluded.state, failing_since = null, version = connections.version + 1",
      school, connection.id, connection.person, connection.provider, connection.subject_hash, connection.sealed,
      connection.scopes, to_string(connection.detail), connection.tentative, to_string(connection.state),
      connection.connected_at);
  return *tx.number(
      "select id from connections where school_id = $1 and person_id = $2 and provider = $3 and subject_hash = $4",
      school, connection.person, connection.provider, connection.subject_hash);
}

std::optional<CalendarConnection> find_connection(Transaction& tx, base::SchoolId school, std::int64_t id) {
  auto found = connections_where(tx, "school_id = $1 and id = $2", school, id);
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<CalendarConnection> list_connections(Transaction& tx, base::SchoolId school, base::PersonId person) {
  if (person) return connections_where(tx, "school_id = $1 and person_id = $2 order by id", school, person);
  return connections_where(tx, "school_id = $1 order by id", school);
}

void change_connection(Transaction& tx, base::SchoolId school, const CalendarConnection& connection) {
  tx.run("update connections set detail = $3, tentative = $4, version = $5 where school_id = $1 and id = $2", school,
         connection.id, to_string(connection.detail), connection.tentative, connection.version);
}

void remove_connection(Transaction& tx, base::SchoolId school, const CalendarConnection& connection) {
  for (const auto& calendar : calendars_of(tx, school, connection.id)) remove_outside(tx, school, calendar);
  tx.run("delete from connections where school_id = $1 and id = $2", school, connection.id);
}

bool set_state(Transaction& tx, base::SchoolId school, std::int64_t id, ConnectionState state) {
  if (state == ConnectionState::connected)
    tx.run("update connections set failing_since = null where school_id = $1 and id = $2 and failing_since is not null",
           school, id);
  return tx.run("update connections set state = $3 where school_id = $1 and id = $2 and state <> $3", school, id,
                to_string(state)) == 1;
}

base::Instant note_failure(Transaction& tx, base::SchoolId school, std::int64_t id, base::Instant now) {
  tx.run("update connections set failing_since = $3 where school_id = $1 and id = $2 and failing_since is null", school,
         id, now);
  const auto since = tx.number("select failing_since from connections where school_id = $1 and id = $2", school, id);
  return since ? base::from_seconds(*since) : now;
}

std::optional<SealedTokens> tokens_of(Transaction& tx, base::SchoolId school, std::int64_t id) {
  for (const Row row : tx.query("select refresh_token, access_token, access_until from connections"
                                " where school_id = $1 and id = $2",
                                school, id))
    return SealedTokens{row.bytes(0), row.bytes(1), row.instant(2)};
  return std::nullopt;
}

bool begin_refresh(Transaction& tx, base::SchoolId school, std::int64_t id, base::Instant known_until,
                   base::Instant now, base::Instant until) {
  return tx.run(
             "update connections set refreshing_until = $4 where school_id = $1 and id = $2 and refreshing_until <= $3"
             " and access_until = $5",
             school, id, now, until, known_until) == 1;
}

void keep_tokens(Transaction& tx, base::SchoolId school, std::int64_t id, const SealedTokens& tokens) {
  tx.run(
      "update connections set access_token = $3, access_until = $4, refreshing_until = 0 where school_id = $1"
      " and id = $2",
      school, id, tokens.access, tokens.access_until);
  if (!tokens.refresh.empty())
    tx.run("update connections set refresh_token = $3 where school_id = $1 and id = $2", school, id, tokens.refresh);
}

void end_refresh(Transaction& tx, base::SchoolId school, std::int64_t id) {
  tx.run("update connections set refreshing_until = 0 where school_id = $1 and id = $2", school, id);
}

}  // namespace store
