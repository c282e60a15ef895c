#include "auth/api_keys.h"

#include <algorithm>
#include <array>

#include "auth/sessions.h"
#include "store/audit.h"

namespace auth {

namespace {

constexpr std::chrono::seconds believed_for{1};
constexpr std::chrono::hours noted_every{1};

constexpr std::array<std::string_view, 7> names{"school:read",   "school:write",   "people:read", "people:write",
                                                "bookings:read", "bookings:write", "audit:read"};

auto refused() {
  return base::refuse(base::Code::unauthenticated, "This API key is none, has ended, or is too old.");
}

std::optional<ParsedLink> parsed(std::string_view token) {
  return token.starts_with(api_key_prefix) ? parse_link_token(token.substr(api_key_prefix.size())) : std::nullopt;
}

}  // namespace

std::span<const std::string_view> scope_names() {
  return names;
}

std::optional<std::uint32_t> scopes_from(std::string_view text) {
  std::uint32_t all = 0;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto found = std::ranges::find(names, text.substr(0, comma));
    if (found == names.end()) return std::nullopt;
    all |= bit(static_cast<Scope>(found - names.begin()));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return all == 0 ? std::nullopt : std::optional(all);
}

NewApiKey make_api_key(base::SchoolId school) {
  auto link = make_link_token(school);
  return {std::string(api_key_prefix) + link.text, std::move(link.hash)};
}

base::Result<Principal> ApiKeys::authenticate(std::string_view token, base::Instant now) {
  const auto key = parsed(token);
  if (!key) return refused();
  const auto asked_at = std::chrono::steady_clock::now();
  {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(key->hash);
    if (found != known_.end() && asked_at - found->second.asked_at < believed_for) return found->second.principal;
  }
  const auto good = database_.read(
      key->school, [&](store::Transaction& tx) { return store::find_api_key(tx, key->school, key->hash, now); });
  if (!good) {
    const std::lock_guard lock(mutex_);
    known_.erase(key->hash);
    return refused();
  }
  const Principal principal{.school = key->school,
                            .person = good->key.person,
                            .role = good->role,
                            .api_key = good->key.id,
                            .scopes = scopes_from(good->key.scopes).value_or(0)};
  if (!good->key.used_at || now - *good->key.used_at >= noted_every) note(principal, good->key, now);
  const std::lock_guard lock(mutex_);
  known_.insert_or_assign(key->hash, Known{principal, asked_at});
  return principal;
}

std::optional<Principal> ApiKeys::known(std::string_view token) {
  const auto key = parsed(token);
  if (!key) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(key->hash);
  return found == known_.end() ? std::nullopt : std::optional(found->second.principal);
}

void ApiKeys::note(const Principal& principal, const store::ApiKey& key, base::Instant now) {
  const auto noted = database_.transact<int>(principal.school, [&](store::Transaction& tx) -> base::Result<int> {
    store::note_use(tx, principal.school, key.id, now);
    const store::Deed deed{
        .at = now, .action = "key_used", .actor = principal.person, .what = "api-key/" + base::to_text(key.id)};
    store::record(tx, principal.school, std::span(&deed, 1));
    return 0;
  });
  if (!noted) throw std::runtime_error("The use of an API key could not be noted: " + noted.error().detail);
}

}  // namespace auth
