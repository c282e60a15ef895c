/// What was answered to a request with an Idempotency-Key, so that a repeated request does not act twice. Kept for a
/// day.
#pragma once

#include "store/database.h"

namespace store {

/// Who asked which route with which key and body. The hash is keyed, so that a stored body cannot be guessed at.
struct RequestKey {
  base::SchoolId school;
  base::PersonId person;
  std::string route;
  std::string key;  ///< As the client sent it; empty: the request may be repeated freely.
  Bytes body_hash;
};

struct Outcome {
  int status;
  std::int64_t resource;
};

/// First statement of the transaction: what this very request has led to before, or nothing, and then the key is taken
/// until the transaction ends. idempotency_mismatch where the key came with another body.
base::Result<std::optional<Outcome>> claim(Transaction& tx, const RequestKey& request, base::Instant now);
/// The same without taking the key.
base::Result<std::optional<Outcome>> find_outcome(Transaction& tx, const RequestKey& request);
/// Last statement: what it led to.
void remember(Transaction& tx, const RequestKey& request, const Outcome& outcome);
/// Forgets keys from before `before`, at most `limit`; returns how many.
std::int64_t forget_requests(Transaction& tx, base::SchoolId school, base::Instant before, int limit);

}  // namespace store
