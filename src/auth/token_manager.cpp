#include "auth/token_manager.h"

#include <thread>

namespace auth {

namespace {

using base::Code;
using base::Result;
using base::Secret;
using store::KeyOwner;
using store::Transaction;

/// A token that ends while it is on its way helps nobody.
constexpr std::chrono::seconds lasts_at_least{60};
/// Longer than a call to the provider may take; then whoever was at it is gone.
constexpr std::chrono::seconds refresh_takes{20};
constexpr std::chrono::milliseconds look_again{100};

auto consent_needed() {
  return base::refuse(Code::unauthenticated, "The calendar's owner has to connect it again.");
}
auto later() {
  return base::refuse(Code::unavailable, "The calendar's provider does not answer at the moment.");
}

bool is_good(const Secret& access, base::Instant until, base::Instant now) {
  return !access.empty() && now + lasts_at_least < until;
}

bool commit(store::Database& database, base::SchoolId school, const std::function<bool(Transaction&)>& body) {
  const auto done = database.transact<bool>(school, [&](Transaction& tx) -> Result<bool> { return body(tx); });
  if (!done) throw std::runtime_error(done.error().detail);
  return *done;
}

}  // namespace

store::SealedTokens TokenManager::sealed(KeyOwner owner, const Grant& grant) {
  store::SealedTokens tokens{.refresh = {},
                             .access = keys_.seal(owner, store::access_seal, grant.access_token.reveal()),
                             .access_until = grant.expires_at};
  if (!grant.refresh_token.empty())
    tokens.refresh = keys_.seal(owner, store::refresh_seal, grant.refresh_token.reveal());
  return tokens;
}

std::optional<TokenManager::Opened> TokenManager::opened(KeyOwner owner, std::int64_t connection) {
  const auto tokens =
      database_.read(owner.school, [&](Transaction& tx) { return store::tokens_of(tx, owner.school, connection); });
  if (!tokens) return std::nullopt;
  const auto open = [&](std::string_view purpose, const base::Bytes& sealed) {
    return Secret(sealed.empty() ? "" : keys_.open(owner, purpose, sealed).value_or(""));
  };
  return Opened{open(store::refresh_seal, tokens->refresh), open(store::access_seal, tokens->access),
                tokens->access_until};
}

Result<Secret> TokenManager::access_token(KeyOwner owner, std::int64_t connection, base::Instant now,
                                          const Secret& refused) {
  const auto begun = std::chrono::steady_clock::now();
  for (;;) {
    const auto time = now + std::chrono::floor<base::seconds>(std::chrono::steady_clock::now() - begun);
    if (time >= now + refresh_takes) return later();
    const auto known = opened(owner, connection);
    if (!known || known->refresh.empty()) return consent_needed();
    if (is_good(known->access, known->access_until, time) && known->access.reveal() != refused.reveal())
      return known->access;
    const bool mine = commit(database_, owner.school, [&](Transaction& tx) {
      return store::begin_refresh(tx, owner.school, connection, known->access_until, time, time + refresh_takes);
    });
    if (mine) return renew(owner, connection, known->refresh, time);
    std::this_thread::sleep_for(look_again);  // Somebody is at it.
  }
}

std::optional<Secret> TokenManager::held_token(KeyOwner owner, std::int64_t connection, base::Instant now) {
  const auto known = opened(owner, connection);
  if (!known || !is_good(known->access, known->access_until, now)) return std::nullopt;
  return known->access;
}

Result<Secret> TokenManager::renew(KeyOwner owner, std::int64_t connection, const Secret& refresh, base::Instant now) {
  const auto granted = provider_.refresh(refresh, now);
  if (!granted) {
    const bool gone = granted.error().code == Code::forbidden;
    commit(database_, owner.school, [&](Transaction& tx) {
      store::end_refresh(tx, owner.school, connection);
      return true;
    });
    if (gone) return consent_needed();
    return base::refuse(Code::unavailable, granted.error().detail);
  }
  const auto tokens = sealed(owner, *granted);
  commit(database_, owner.school, [&](Transaction& tx) {
    store::keep_tokens(tx, owner.school, connection, tokens);
    return true;
  });
  return granted->access_token;
}

base::Done TokenManager::revoke(KeyOwner owner, std::int64_t connection) {
  const auto known = opened(owner, connection);
  if (!known) return base::done();
  const auto& token = known->refresh.empty() ? known->access : known->refresh;
  return token.empty() ? base::done() : provider_.revoke(token);
}

}  // namespace auth
