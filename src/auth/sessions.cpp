#include "auth/sessions.h"

#include "store/audit.h"
#include "store/factors.h"
#include "store/schedules.h"

namespace auth {

namespace {

constexpr std::size_t id_size = 8, secret_size = 32, proof_size = 16;

base::Bytes body_of(base::SchoolId school, std::int64_t sid, base::ByteView secret) {
  base::Bytes body;
  base::put_number(body, school.value);
  base::put_number(body, sid);
  body.insert(body.end(), secret.begin(), secret.end());
  return body;
}

/// HMAC under a label, so that one key serves several ends.
base::Digest labelled(const base::Key& key, std::string_view label, base::ByteView data) {
  base::Bytes text(label.begin(), label.end());
  text.insert(text.end(), data.begin(), data.end());
  return base::hmac_sha256(key.bytes(), text);
}
base::Bytes hash_of(base::ByteView data) {
  const auto digest = base::sha256(data);
  return {digest.begin(), digest.end()};
}

void record_end(store::Transaction& tx, const store::Session& session, std::string action, base::Instant now) {
  const store::Deed deed{.at = now, .action = std::move(action), .actor = session.person};
  store::record(tx, session.school, std::span(&deed, 1));
}

bool must_enrol(store::Transaction& tx, base::SchoolId school, store::Role role, bool second_factor) {
  return store::is_staff(role) && !second_factor && store::second_factor_required(tx, school);
}

auto signed_out() {
  return base::refuse(base::Code::unauthenticated, "Please sign in again.");
}

}  // namespace

Sessions::Sessions(store::Database& database, const std::vector<base::NamedKey>& keys, std::string issuer,
                   base::Instant now)
    : database_(database), tokens_(keys, std::move(issuer)) {
  for (const auto& key : keys)
    refresh_keys_.emplace_back(
        base::hmac_sha256(base::bytes_of(key.bytes.reveal()), base::bytes_of("roadbook refresh tokens")));
  const auto since = now - access_lifetime - clock_leeway;
  database_.read(store::no_school, [&](store::Transaction& tx) {
    for (const auto school : store::all_schools(tx)) {
      tx.enter(school);
      for (const auto& session : store::sessions_ended(tx, school, since))
        ended_.emplace(session.id, session.ended_at + access_lifetime + clock_leeway);
    }
  });
}

base::Result<Principal> Sessions::authenticate(std::string_view access_token, base::Instant now) {
  auto principal = tokens_.verify(access_token, now);
  if (!principal) return principal;
  const std::shared_lock lock(mutex_);
  if (ended_.contains(principal->sid)) return signed_out();
  return principal;
}

void Sessions::committed(const std::vector<store::Touched>& touched) {
  for (const auto& each : touched) {
    if (each.kind != "session") continue;
    const auto ended_at = base::from_seconds(each.version);
    const std::unique_lock lock(mutex_);
    std::erase_if(ended_, [&](const auto& entry) { return entry.second < ended_at; });
    ended_.insert_or_assign(each.id, ended_at + access_lifetime + clock_leeway);
  }
}

/// school, sid, secret, and a proof that it is one of ours: without it, whoever knows a sid could end the session by
/// sending an invented token.
std::string Sessions::text_of(base::SchoolId school, std::int64_t sid, base::ByteView secret) const {
  auto bytes = body_of(school, sid, secret);
  const auto proof = labelled(refresh_keys_.front(), "proof", bytes);
  bytes.insert(bytes.end(), proof.begin(), proof.begin() + proof_size);
  return base::to_base64url(bytes);
}

std::optional<Sessions::Parsed> Sessions::parse(std::string_view token) const {
  constexpr std::size_t body_size = 2 * id_size + secret_size;
  if (token.size() > 2 * (body_size + proof_size)) return std::nullopt;
  const auto bytes = base::from_base64url(token);
  if (!bytes || bytes->size() != body_size + proof_size) return std::nullopt;
  const auto body = base::ByteView(*bytes).first(body_size), proof = base::ByteView(*bytes).subspan(body_size);
  for (const auto& key : refresh_keys_)
    if (base::equal(base::ByteView(labelled(key, "proof", body)).first(proof_size), proof))
      return Parsed{
          {base::number_at(body, 0)}, base::number_at(body, id_size), {body.begin() + 2 * id_size, body.end()}};
  return std::nullopt;
}

/// The same for the same token, so that whoever asks twice within the grace gets the same answer.
base::Bytes Sessions::successor_of(const Parsed& token) const {
  const auto secret = labelled(refresh_keys_.front(), "successor", body_of(token.school, token.sid, token.secret));
  return {secret.begin(), secret.end()};
}

SignedIn Sessions::start(store::Transaction& tx, base::SchoolId school, base::PersonId person, store::Role role,
                         base::Instant now, const std::string& browser, Proof proof) {
  const auto sid = base::make_id();
  const auto secret = base::random_bytes(secret_size);
  store::add_session(tx, {.school = school,
                          .id = sid,
                          .person = person,
                          .refresh_hash = hash_of(secret),
                          .created_at = now,
                          .used_at = now,
                          .expires_at = now + absolute_lifetime,
                          .browser = browser,
                          .second_factor = proof == Proof::two_factors});
  const Principal principal{.school = school,
                            .person = person,
                            .role = role,
                            .sid = sid,
                            .must_enrol = must_enrol(tx, school, role, proof == Proof::two_factors)};
  return {principal, tokens_.sign(principal, now), text_of(school, sid, secret)};
}

base::Result<Sessions::Refreshed> Sessions::use(store::Transaction& tx, const Parsed& token, base::Instant now) {
  auto session = store::find_session(tx, token.school, token.sid);
  if (!session || session->ended_at || now >= session->expires_at || now >= session->used_at + idle_lifetime)
    return signed_out();
  const auto hash = hash_of(token.secret);
  const bool newest = base::equal(hash, session->refresh_hash);
  const bool predecessor = base::equal(hash, session->previous_hash) && now <= session->previous_until;
  if (!newest && !predecessor) {
    store::end_session(tx, token.school, token.sid, now);
    record_end(tx, *session, "session_stolen", now);
    return Refreshed{Use::stolen, std::nullopt};
  }
  const auto account = store::find_account(tx, token.school, session->person);
  if (!account || !account->active) return signed_out();
  const auto secret = successor_of(token);
  if (newest) {
    session->previous_hash = hash;
    session->previous_until = now + refresh_grace;
  }
  session->refresh_hash = hash_of(secret);
  session->used_at = now;
  store::renew_session(tx, *session);
  const Principal principal{.school = token.school,
                            .person = session->person,
                            .role = account->role,
                            .sid = token.sid,
                            .must_enrol = must_enrol(tx, token.school, account->role, session->second_factor)};
  return Refreshed{newest ? Use::fresh : Use::again,
                   SignedIn{principal, tokens_.sign(principal, now), text_of(token.school, token.sid, secret)}};
}

base::Result<SignedIn> Sessions::refresh(std::string_view refresh_token, base::Instant now) {
  const auto token = parse(refresh_token);
  if (!token) return signed_out();
  auto refreshed =
      TRY(database_.transact<Refreshed>(token->school, [&](store::Transaction& tx) { return use(tx, *token, now); }));
  if (refreshed.use != Use::stolen) return std::move(*refreshed.signed_in);
  return signed_out();
}

base::Done Sessions::end(std::string_view refresh_token, base::Instant now) {
  const auto token = parse(refresh_token);
  if (!token) return base::done();
  TRY(database_.transact<bool>(token->school, [&](store::Transaction& tx) -> base::Result<bool> {
    const auto session = store::find_session(tx, token->school, token->sid);
    // A token from long ago signs nobody out: that would be a way to annoy, not to protect.
    const auto hash = hash_of(token->secret);
    const bool theirs =
        session && (base::equal(hash, session->refresh_hash) || base::equal(hash, session->previous_hash));
    if (!theirs || !store::end_session(tx, token->school, token->sid, now)) return false;
    record_end(tx, *session, "signed_out", now);
    return true;
  }));
  return base::done();
}

std::string_view refresh_cookie_name(Transport transport) {
  return transport == Transport::https ? "__Secure-roadbook_refresh" : "roadbook_refresh";
}

namespace {
std::string session_cookie(std::string_view value, base::seconds lifetime, Transport transport) {
  return fmt::format("{}={}; Path=/api/v1/auth; Max-Age={}; HttpOnly; {}SameSite=Strict",
                     refresh_cookie_name(transport), value, lifetime.count(),
                     transport == Transport::https ? "Secure; " : "");
}
}  // namespace

std::string refresh_cookie(std::string_view refresh_token, Transport transport) {
  return session_cookie(refresh_token, idle_lifetime, transport);
}
std::string cleared_refresh_cookie(Transport transport) {
  return session_cookie("", base::seconds{0}, transport);
}

LinkToken make_link_token(base::SchoolId school) {
  base::Bytes bytes;
  base::put_number(bytes, school.value);
  const auto secret = base::random_bytes(secret_size);
  bytes.insert(bytes.end(), secret.begin(), secret.end());
  return {base::to_base64url(bytes), hash_of(bytes)};
}

std::optional<ParsedLink> parse_link_token(std::string_view text) {
  if (text.size() > 100) return std::nullopt;
  const auto bytes = base::from_base64url(text);
  if (!bytes || bytes->size() != id_size + secret_size) return std::nullopt;
  return ParsedLink{{base::number_at(*bytes, 0)}, hash_of(*bytes)};
}

}  // namespace auth
