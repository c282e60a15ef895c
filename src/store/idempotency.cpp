#include "store/idempotency.h"

namespace store {

base::Result<std::optional<Outcome>> claim(Transaction& tx, const RequestKey& request, base::Instant now) {
  if (request.key.empty()) return std::nullopt;
  const auto taken = tx.run(
      "insert into idempotency (school_id, principal, route, key, body_hash, status, resource_id, at)"
      " values ($1, $2, $3, $4, $5, 0, 0, $6) on conflict do nothing",
      request.school, request.person, request.route, request.key, request.body_hash, now);
  if (taken == 1) return std::nullopt;
  const auto outcome = TRY(find_outcome(tx, request));
  CHECK(outcome.has_value());
  return outcome;
}

base::Result<std::optional<Outcome>> find_outcome(Transaction& tx, const RequestKey& request) {
  for (const Row row : tx.query("select body_hash, status, resource_id from idempotency where school_id = $1"
                                " and principal = $2 and route = $3 and key = $4",
                                request.school, request.person, request.route, request.key)) {
    if (row.bytes(0) != request.body_hash)
      return base::refuse(base::Code::idempotency_mismatch,
                          "This Idempotency-Key was used for another request. Make a new one for a new request.");
    return Outcome{static_cast<int>(row.integer(1)), row.integer(2)};
  }
  return std::nullopt;
}

void remember(Transaction& tx, const RequestKey& request, const Outcome& outcome) {
  if (request.key.empty()) return;
  const auto changed = tx.run(
      "update idempotency set status = $5, resource_id = $6 where school_id = $1"
      " and principal = $2 and route = $3 and key = $4",
      request.school, request.person, request.route, request.key, outcome.status, outcome.resource);
  CHECK(changed == 1);
}

std::int64_t forget_requests(Transaction& tx, base::SchoolId school, base::Instant before, int limit) {
  // "+ 0" keeps the planner on the index by age, where what is old comes first.
  return tx.run(
      "delete from idempotency where school_id = $1 and (principal, route, key) in"
      " (select principal, route, key from idempotency where school_id + 0 = $1 and at < $2 order by at limit $3)",
      school, before, limit);
}

}  // namespace store
