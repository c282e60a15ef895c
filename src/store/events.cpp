#include "store/events.h"

#include <openssl/sha.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace store {

namespace {

/// SHA-256 over the link before and everything that the event says, fields divided by a byte that none contains.
Bytes link(const Bytes& before, std::int64_t position, const std::string& stream, std::int64_t version,
           const std::string& type, const std::string& data, base::PersonId actor, base::Instant at) {
  std::string text(before.begin(), before.end());
  text += fmt::format("{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}", position, stream, version, type, data, actor.value,
                      base::to_seconds(at));
  Bytes hash(SHA256_DIGEST_LENGTH);
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
  return hash;
}

Event event_from(const Row& row) {
  return {.id = row.id<base::EventId>(0),
          .stream = row.text(1),
          .version = row.integer(2),
          .type = row.text(3),
          .data = boost::json::parse(row.view(4)).as_object(),
          .actor = row.id<base::PersonId>(5),
          .correlation_id = row.text(6),
          .at = row.instant(7),
          .quiet = row.flag(8)};
}

}  // namespace

void append(Transaction& tx, const Author& author, const std::string& stream, std::int64_t version,
            const std::string& type, const boost::json::object& data) {
  const auto id = base::make<base::EventId>();
  const auto text = boost::json::serialize(data);
  tx.run(
      "insert into events (school_id, id, stream, version, type, data, actor, correlation_id, at, quiet)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      author.school, id, stream, version, type, text, author.person, author.correlation_id, author.now, author.quiet);
  std::int64_t position = 1;
  Bytes before;
  for (const Row row : tx.query("select position, chain_hash from event_cursor where school_id = $1", author.school)) {
    position = row.integer(0) + 1;
    before = row.bytes(1);
  }
  const auto hash = link(before, position, stream, version, type, text, author.person, author.now);
  tx.run(
      "insert into event_cursor (school_id, position, chain_hash) values ($1, $2, $3)"
      " on conflict (school_id) do update set position = excluded.position, chain_hash = excluded.chain_hash",
      author.school, position, hash);
  tx.run("insert into event_order (school_id, position, event_id, chain_hash) values ($1, $2, $3, $4)", author.school,
         position, id, hash);
  tx.position = position;
}

base::Instant written_at(Transaction& tx, base::SchoolId school, const std::string& stream, std::int64_t version) {
  const auto at =
      tx.number("select at from events where school_id = $1 and stream = $2 and version = $3", school, stream, version);
  CHECK(at.has_value());
  return base::from_seconds(*at);
}

std::vector<Event> events_of(Transaction& tx, base::SchoolId school, const std::string& stream) {
  std::vector<Event> events;
  for (const Row row : tx.query("select id, stream, version, type, data, actor, correlation_id, at, quiet from events"
                                " where school_id = $1 and stream = $2 order by version",
                                school, stream))
    events.push_back(event_from(row));
  return events;
}

std::vector<std::pair<std::int64_t, Event>> events_after(Transaction& tx, base::SchoolId school, std::int64_t position,
                                                         int limit) {
  std::vector<std::pair<std::int64_t, Event>> events;
  for (const Row row :
       tx.query("select e.id, e.stream, e.version, e.type, e.data, e.actor, e.correlation_id, e.at, e.quiet, o.position"
                " from event_order o join events e on e.school_id = o.school_id and e.id = o.event_id"
                " where o.school_id = $1 and o.position > $2 order by o.position limit $3",
                school, position, limit))
    events.emplace_back(row.integer(9), event_from(row));
  return events;
}

std::string read_log(Transaction& tx, base::SchoolId school, const std::function<void(const Event&)>& visit) {
  Bytes before;
  std::int64_t position = 0;
  for (const Row row :
       tx.query("select e.id, e.stream, e.version, e.type, e.data, e.actor, e.correlation_id, e.at,"
                " e.quiet, o.position, o.chain_hash from event_order o left join events e on e.school_id = o.school_id"
                " and e.id = o.event_id where o.school_id = $1 order by o.position",
                school)) {
    if (row.integer(9) != ++position) return fmt::format("position {} is missing from the log", position);
    if (row.null(0)) return fmt::format("the event at position {} is missing", position);
    const auto event = event_from(row);
    before = link(before, position, event.stream, event.version, event.type, row.text(4), event.actor, event.at);
    if (before != row.bytes(10))
      return fmt::format("the event at position {} was changed after it was written", position);
    visit(event);
  }
  const auto events = tx.number("select count(*) from events where school_id = $1", school).value_or(0);
  if (events != position) return fmt::format("{} events have no place in the order", events - position);
  for (const Row row : tx.query("select position, chain_hash from event_cursor where school_id = $1", school))
    if (row.integer(0) != position || row.bytes(1) != before) return "the cursor does not stand at the end of the log";
  return "";
}

}  // namespace store
