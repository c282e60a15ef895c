#include "store/audit.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <boost/json/parse.hpp>
#include <map>

namespace store {

namespace {

constexpr int rows_a_round = 2'000, most_rounds = 10, checked_at_once = 5'000;

std::string text_of(const std::vector<base::PersonId>& people) {
  std::string text;
  for (const auto person : people) text += (text.empty() ? "" : " ") + base::to_text(person);
  return text;
}

std::vector<base::PersonId> people_in(std::string_view text) {
  constexpr std::size_t width = 13;  // Of an id.
  std::vector<base::PersonId> people;
  for (; text.size() >= width; text.remove_prefix(std::min(width + 1, text.size())))
    people.push_back({base::id_from_text(text.substr(0, width)).value()});
  return people;
}

/// SHA-256 over the link before and all of the row, fields divided by a byte that none contains.
Bytes link(const Bytes& before, std::int64_t id, const Deed& deed, std::string_view whose) {
  std::string text(before.begin(), before.end());
  text += fmt::format("{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}", id, base::to_seconds(deed.at), deed.action,
                      deed.actor.value, whose, deed.what, deed.network, deed.address_hash, deed.correlation_id);
  Bytes hash(SHA256_DIGEST_LENGTH);
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
  return hash;
}

struct ChainEnd {
  std::int64_t id;
  Bytes hash;
};

/// Where the chain ends, and locked.
std::optional<ChainEnd> locked_end(Transaction& tx, base::SchoolId school) {
  for (const Row row : tx.query("update audit_chain set id = id where school_id = $1 returning id, chain_hash", school))
    return ChainEnd{row.integer(0), row.bytes(1)};
  return std::nullopt;
}

ChainEnd end_of_chain(Transaction& tx, base::SchoolId school) {
  if (auto end = locked_end(tx, school)) return *end;
  const Bytes none(SHA256_DIGEST_LENGTH, 0);
  tx.run(
      "insert into audit_chain (school_id, id, chain_hash, kept_after, kept_hash) values ($1, 0, $2, 0, $2)"
      " on conflict (school_id) do nothing",
      school, none);
  return locked_end(tx, school).value();
}

constexpr std::string_view entry_columns = "id, at, action, actor, whose, what, network, address_hash, correlation_id";

DeedRow row_from(const Row& row, const std::vector<base::PersonId>& whose) {
  return {row.integer(0),
          {.at = row.instant(1),
           .action = row.text(2),
           .actor = row.id<base::PersonId>(3),
           .whose = whose,
           .what = row.text(5),
           .network = row.text(6),
           .address_hash = row.text(7),
           .correlation_id = row.text(8)}};
}

boost::json::object object_in(std::string_view text) {
  return text.empty() ? boost::json::object() : boost::json::parse(text).as_object();
}

/// Looks through `rows` (a table and whose they are) a round at a time, from the newest id down, so that no search
/// holds anybody up. `take` is given the bounds of each round and returns false when it has enough.
std::int64_t in_rounds(Transaction& tx, base::SchoolId school, const AuditFilter& filter, std::string_view rows,
                       const std::function<bool(std::int64_t lowest, std::int64_t below)>& take) {
  const auto lowest = base::first_id_at(filter.from);
  auto before = filter.before;
  for (int round = 0; round < most_rounds; ++round) {
    const auto edge = tx.number(
        fmt::format("select id from {} and school_id = $1 and id >= $2 and id < $3 order by id desc limit 1 offset $4",
                    rows),
        school, lowest, before, rows_a_round - 1, filter.who);
    if (!take(edge.value_or(lowest), before) || !edge) return edge.value_or(0);
    before = *edge;
  }
  return before;
}

}  // namespace

void record(Transaction& tx, base::SchoolId school, std::span<const Deed> deeds) {
  auto [id, hash] = end_of_chain(tx, school);
  for (const auto& deed : deeds) {
    const auto whose = text_of(deed.whose);
    id = std::max(base::make_id(), id + 1);
    hash = link(hash, id, deed, whose);
    tx.run_later(
        "insert into audit (school_id, id, at, action, actor, whose, what, network, address_hash, correlation_id,"
        " chain_hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        school, id, deed.at, deed.action, deed.actor, whose, deed.what, deed.network, deed.address_hash,
        deed.correlation_id, hash);
  }
  tx.run("update audit_chain set id = $2, chain_hash = $3 where school_id = $1", school, id, hash);
}

Found<DeedRow> find_deeds(Transaction& tx, base::SchoolId school, const AuditFilter& filter) {
  auto sql = fmt::format("select {} from audit where school_id = $1 and id >= $2 and id < $3 and at >= $4 and at < $5",
                         entry_columns);
  if (filter.who) sql += " and actor = $6";
  if (filter.whose) sql += " and whose like $7";
  if (!filter.action.empty()) sql += " and action = $8";
  sql += " order by id desc limit $9";
  const auto* rows = filter.who ? "audit where actor = $5" : "audit where true";  // The first has an index.
  Found<DeedRow> found;
  found.reached = in_rounds(tx, school, filter, rows, [&](std::int64_t lowest, std::int64_t below) {
    for (const Row row : tx.query(sql, school, lowest, below, filter.from, filter.to, filter.who,
                                  "%" + base::to_text(filter.whose) + "%", filter.action,
                                  filter.limit - static_cast<int>(found.items.size())))
      found.items.push_back(row_from(row, people_in(row.view(4))));
    return static_cast<int>(found.items.size()) < filter.limit;
  });
  return found;
}

Found<ChangeRow> find_changes(Transaction& tx, base::SchoolId school, const AuditFilter& filter) {
  // What was before is looked up row by row, lest the engine reads all events for it.
  std::string sql =
      "select e.id, e.at, e.type, e.stream, e.actor, e.correlation_id, e.data, (select b.data from events b where"
      " b.school_id = e.school_id and b.stream = e.stream and b.version = e.version - 1) from events e"
      " where e.school_id = $1 and e.id >= $2 and e.id < $3 and e.at >= $4 and e.at < $5";
  if (filter.who) sql += " and e.actor = $6";
  if (filter.whose) sql += " and (e.data like $7 or e.stream like $7)";
  if (!filter.action.empty()) sql += " and e.type = $8";
  sql += " order by e.id desc limit $9";
  Found<ChangeRow> found;
  found.reached = in_rounds(tx, school, filter, "events where true", [&](std::int64_t lowest, std::int64_t below) {
    for (const Row row : tx.query(sql, school, lowest, below, filter.from, filter.to, filter.who,
                                  "%" + base::to_text(filter.whose) + "%", filter.action,
                                  filter.limit - static_cast<int>(found.items.size())))
      found.items.push_back({row.integer(0), row.instant(1), row.text(2), row.text(3), row.id<base::PersonId>(4),
                             row.text(5), object_in(row.view(6)), object_in(row.view(7))});
    return static_cast<int>(found.items.size()) < filter.limit;
  });
  return found;
}

std::vector<SeenPerson> seen_by(Transaction& tx, base::SchoolId school, base::PersonId who, base::Instant from,
                                base::Instant to) {
  std::map<base::PersonId, SeenPerson> seen;
  for (const Row row : tx.query("select at, whose from audit where school_id = $1 and actor = $2 and id >= $3"
                                " and at >= $4 and at < $5 and action in ('seen', 'feed_read')",
                                school, who, base::first_id_at(from), from, to))
    for (const auto person : people_in(row.view(1))) {
      auto& each = seen.try_emplace(person, SeenPerson{person, row.instant(0), row.instant(0), 0}).first->second;
      each.first = std::min(each.first, row.instant(0));
      each.last = std::max(each.last, row.instant(0));
      ++each.times;
    }
  std::vector<SeenPerson> people;
  people.reserve(seen.size());
  for (const auto& [person, each] : seen) people.push_back(each);
  std::ranges::stable_sort(people, {}, &SeenPerson::first);
  return people;
}

std::int64_t forget_deeds(Transaction& tx, base::SchoolId school, base::Instant before, int limit) {
  ChainEnd last{0, {}};
  std::int64_t count = 0;
  for (const Row row :
       tx.query("select id, chain_hash, at from audit where school_id = $1 order by id limit $2", school, limit)) {
    if (row.instant(2) >= before) break;
    last = {row.integer(0), row.bytes(1)};
    ++count;
  }
  if (count > 0)
    tx.run("update audit_chain set kept_after = $2, kept_hash = $3 where school_id = $1", school, last.id, last.hash);
  return count;
}

std::string audit_fault(Transaction& tx, base::SchoolId school) {
  ChainEnd reached{0, {}}, end{0, {}};
  for (const Row row :
       tx.query("select kept_after, kept_hash, id, chain_hash from audit_chain where school_id = $1", school)) {
    reached = {row.integer(0), row.bytes(1)};
    end = {row.integer(2), row.bytes(3)};
  }
  for (int count = checked_at_once; count == checked_at_once;) {  // A page at a time, as in read_log().
    count = 0;
    for (const Row row :
         tx.query(fmt::format("select {}, chain_hash from audit where school_id = $1 and id > $2 order by id limit $3",
                              entry_columns),
                  school, reached.id, checked_at_once)) {
      ++count;
      const auto [id, deed] = row_from(row, {});  // Who meddled may have written what is no id.
      reached = {id, link(reached.hash, id, deed, row.view(4))};
      if (reached.hash != row.bytes(9))
        return fmt::format("the audit was meddled with at row {} or just before it", base::to_text(id));
    }
  }
  if (reached.id != end.id || reached.hash != end.hash) return "the audit does not end where its chain does";
  return "";
}

}  // namespace store
