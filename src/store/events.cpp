#include "store/events.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <sstream>

#include "base/crypto.h"

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

/// What of an event goes into its link.
struct Said {
  const std::string& stream;
  std::int64_t version;
  const std::string &type, &data;
  base::PersonId actor;
  base::Instant at;
};

/// Where the log ends, while events are added to it.
struct End {
  std::int64_t position = 0;
  Bytes hash{};

  void extend(Transaction& tx, base::SchoolId school, base::EventId id, const Said& e) {
    hash = link(hash, ++position, e.stream, e.version, e.type, e.data, e.actor, e.at);
    tx.run("insert into event_order (school_id, position, event_id, chain_hash) values ($1, $2, $3, $4)", school,
           position, id, hash);
  }
  void keep(Transaction& tx, base::SchoolId school) const {
    tx.run(
        "insert into event_cursor (school_id, position, chain_hash) values ($1, $2, $3)"
        " on conflict (school_id) do update set position = excluded.position, chain_hash = excluded.chain_hash",
        school, position, hash);
  }
};

End end_of_log(Transaction& tx, base::SchoolId school) {
  for (const Row row : tx.query("select position, chain_hash from event_cursor where school_id = $1", school))
    return {row.integer(0), row.bytes(1)};
  return {};
}

/// The places that events were given, written in one statement.
void insert_places(Transaction& tx, base::SchoolId school, const boost::json::array& places) {
  tx.run(
      "insert into event_order (school_id, position, event_id, chain_hash) select $1, (place->>0)::bigint,"
      " (place->>1)::bigint, decode(place->>2, 'base64') from json_array_elements($2::json) place",
      school, boost::json::serialize(places));
}

bool put_in_order(Transaction& tx, base::SchoolId school, int limit) {
  tx.enter(school);
  auto end = end_of_log(tx, school);
  boost::json::array places;
  int count = 0;
  // One statement: what commits between a reading and a deletion would be deleted unread.
  for (const Row row : tx.query("with taken as (delete from event_inbox where n in (select n from event_inbox"
                                " where school_id = $1 order by n limit $2) returning n, event_id, signal),"
                                " told as (insert into signals (school_id, signal) select $1, signal from taken"
                                " where signal is not null order by n)"
                                " select e.id, e.stream, e.version, e.type, e.data, e.actor, e.at from taken"
                                " left join events e on e.school_id = $1 and e.id = taken.event_id order by taken.n",
                                school, limit)) {
    ++count;
    if (row.null(0)) continue;
    const auto stream = row.text(1), type = row.text(3), data = row.text(4);
    end.hash =
        link(end.hash, ++end.position, stream, row.integer(2), type, data, row.id<base::PersonId>(5), row.instant(6));
    places.push_back({end.position, row.integer(0), base::to_base64(end.hash)});
  }
  if (!places.empty()) {
    insert_places(tx, school, places);
    end.keep(tx, school);
  }
  return count == limit;
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

void append(Transaction& tx, const Author& author, std::span<const NewEvent> events) {
  using Written = std::tuple<base::SchoolId, base::EventId, std::string, std::int64_t, std::string, std::string,
                             base::PersonId, std::string, base::Instant, bool>;
  std::vector<Written> rows;
  std::vector<std::tuple<base::SchoolId, base::EventId>> waiting;
  for (const auto& event : events) {
    const auto id = base::make<base::EventId>();
    auto said = event.data;
    if (author.acting_for) said["acting_for"] = base::to_text(author.acting_for);
    rows.emplace_back(author.school, id, event.stream, event.version, event.type, boost::json::serialize(said),
                      author.person, author.correlation_id, author.now, author.quiet);
    waiting.emplace_back(author.school, id);
  }
  tx.insert_later("insert into events (school_id, id, stream, version, type, data, actor, correlation_id, at, quiet)",
                  rows);
  // One row that every transaction moved would have them wait in line.
  if (tx.engine() == Engine::postgresql)
    return tx.insert_later("insert into event_inbox (school_id, event_id)", waiting);
  auto end = end_of_log(tx, author.school);
  for (const auto& [school, id, stream, version, type, data, actor, correlation, at, quiet] : rows)
    end.extend(tx, school, id, {stream, version, type, data, actor, at});
  end.keep(tx, author.school);
  tx.position = end.position;
}

void append(Transaction& tx, const Author& author, const std::string& stream, std::int64_t version,
            const std::string& type, const boost::json::object& data) {
  append(tx, author, std::array{NewEvent{stream, version, type, data}});
}

bool put_in_order(Transaction& tx, int limit) {
  if (tx.engine() == Engine::sqlite) return false;
  // Positions of signals are then seen in their order: nobody gets one before the one in front of it is committed.
  tx.query("select pg_advisory_xact_lock(7239002)");
  std::vector<base::SchoolId> schools;
  for (const Row row : tx.query("select distinct school_id from event_inbox order by 1"))
    schools.push_back(row.id<base::SchoolId>(0));
  bool more = false;
  for (const auto school : schools) more = put_in_order(tx, school, limit) || more;
  if (!schools.empty()) tx.query("select pg_notify('roadbook', '')");
  return more;
}

std::string signal_text(const std::vector<Touched>& touched) {
  std::string text;
  for (const auto& each : touched) text += fmt::format("{} {} {} {}\n", each.kind, each.school, each.id, each.version);
  return text;
}

Signals signals_after(Transaction& tx, std::int64_t position, int limit) {
  Signals signals{
      .position = position, .touched = {}, .more = false, .waits = false, .oldest_waiting = {}, .log_position = {}};
  int count = 0;
  for (const Row row : tx.query("select position, signal from signals where position > $1 order by position limit $2",
                                position, limit)) {
    std::istringstream text(row.text(1));
    signals.position = row.integer(0);
    for (Touched each; text >> each.kind >> each.school >> each.id >> each.version;) {
      each.position = signals.position;
      signals.touched.push_back(each);
    }
    ++count;
  }
  signals.more = count == limit;
  for (const Row row : tx.query("select (extract(epoch from clock_timestamp() - min(at)) * 1000)::bigint,"
                                " pg_current_wal_insert_lsn()::text from event_inbox")) {
    signals.waits = !row.null(0);
    signals.oldest_waiting = std::chrono::milliseconds{signals.waits ? std::max(row.integer(0), std::int64_t{0}) : 0};
    signals.log_position = row.text(1);
  }
  return signals;
}

std::int64_t newest_signal(Transaction& tx) {
  if (tx.engine() == Engine::sqlite) return 0;
  return tx.number("select max(position) from signals").value_or(0);
}

std::int64_t forget_signals(Transaction& tx, base::Instant before, int limit) {
  if (tx.engine() == Engine::sqlite) return 0;
  return tx.run(
      "delete from signals where position in (select position from signals where at < $1 order by position limit $2)",
      before, limit);
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

namespace {

constexpr int read_at_once = 5'000;

/// Where the reading of a log stands, and how it ends: "" while all is well.
struct Reading {
  Bytes before{};
  std::int64_t position = 0;
  std::string fault{};

  void take(const Row& row, const std::function<void(const Event&)>& visit) {
    if (row.integer(9) != ++position)
      fault = fmt::format("position {} is missing from the log", position);
    else if (row.null(0))
      fault = fmt::format("the event at position {} is missing", position);
    if (!fault.empty()) return;
    const auto event = event_from(row);
    before = link(before, position, event.stream, event.version, event.type, row.text(4), event.actor, event.at);
    if (before != row.bytes(10))
      fault = fmt::format("the event at position {} was changed after it was written", position);
    else
      visit(event);
  }
};

}  // namespace

std::string read_log(Transaction& tx, base::SchoolId school, const std::function<void(const Event&)>& visit) {
  Reading reading;
  auto& [before, position, fault] = reading;
  for (int count = read_at_once; count == read_at_once;) {  // A page at a time: PostgreSQL sends all that it is asked.
    count = 0;
    for (const Row row : tx.query(
             "select e.id, e.stream, e.version, e.type, e.data, e.actor, e.correlation_id, e.at,"
             " e.quiet, o.position, o.chain_hash from event_order o left join events e on e.school_id = o.school_id"
             " and e.id = o.event_id where o.school_id = $1 and o.position > $2 order by o.position limit $3",
             school, position, read_at_once)) {
      ++count;
      reading.take(row, visit);
      if (!fault.empty()) return fault;
    }
  }
  const auto events = tx.number("select count(*) from events where school_id = $1", school).value_or(0);
  if (events != position) return fmt::format("{} events have no place in the order", events - position);
  for (const Row row : tx.query("select position, chain_hash from event_cursor where school_id = $1", school))
    if (row.integer(0) != position || row.bytes(1) != before) return "the cursor does not stand at the end of the log";
  return "";
}

}  // namespace store
