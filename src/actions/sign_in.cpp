#include "actions/sign_in.h"

namespace actions {

namespace {

using base::Code;
using base::Result;
using store::Transaction;

/// What is known of who wants in, before the password is looked at.
struct Candidate {
  base::SchoolId school{};
  base::PersonId person{};
  store::Account account{};
  std::optional<std::string> hash{};
};

auto wrong() {
  return base::refuse(Code::unauthenticated, "The e-mail address or the password is not right.");
}
base::Done field_error(const char* pointer, std::string message) {
  return base::refuse(
      base::Error{.code = Code::invalid_input, .detail = message, .fields = {{pointer, std::move(message)}}});
}

Result<Candidate> candidate_of(const Identity& identity, const SignInInput& input) {
  const auto school =
      identity.context.database.read([&](Transaction& tx) { return store::school_of(tx, input.school); });
  if (!school && !input.school) {
    const auto any = identity.context.database.read([](Transaction& tx) { return tx.number("select 1 from schools"); });
    if (any) TRY(field_error("/school", "Say which school: there are several here."));
  }
  if (!school) return Candidate{};
  const auto email_hash = identity.people.email_hash(*school, input.email);
  return identity.context.database.read([&](Transaction& tx) -> Candidate {
    Candidate candidate{.school = *school};
    const auto person = store::person_with_email(tx, *school, email_hash);
    if (!person) return candidate;
    candidate.person = *person;
    candidate.account = *store::find_account(tx, *school, *person);
    candidate.hash = store::password_of(tx, *school, *person);
    return candidate;
  });
}

/// One name for all spellings of an account, known or not.
std::string account_key(const Candidate& candidate, const SignInInput& input) {
  const auto digest = base::sha256(base::bytes_of(store::normalised_email(input.email)));
  return fmt::format("{}/{}", candidate.school.value, base::to_base64url(digest));
}

Result<SignInView> shown(const Identity& identity, auth::SignedIn tokens) {
  return identity.context.database.read([&](Transaction& tx) -> Result<SignInView> {
    const auto person = identity.people.find(tx, tokens.principal.school, tokens.principal.person);
    if (!person) return base::refuse(Code::unauthenticated, "Please sign in again.");
    return SignInView{tokens, person->details.name, store::find_school(tx, tokens.principal.school).slug};
  });
}

}  // namespace

Result<SignInView> sign_in(const Identity& identity, const SignInInput& input, const std::string& address,
                           base::Instant now) {
  const auto candidate = TRY(candidate_of(identity, input));
  const auto account = account_key(candidate, input), source = auth::source_of(address);
  if (const auto wait = identity.throttle.attempt(account, source, now))
    return base::refuse(base::Error{.code = Code::rate_limited,
                                    .detail = fmt::format("Too many attempts. Try again in {} seconds.", wait->count()),
                                    .count = wait->count()});
  const auto verdict = TRY(identity.passwords.verify(input.password, candidate.hash));
  if (!verdict.right || !candidate.account.active) return wrong();
  identity.throttle.succeeded(account, source, now);

  std::string better;
  if (verdict.outdated) better = TRY(identity.passwords.hash(input.password));
  auto tokens = TRY(identity.context.database.transact<auth::SignedIn>([&](Transaction& tx) -> Result<auth::SignedIn> {
    if (!better.empty()) store::set_password(tx, candidate.school, candidate.person, better, now);
    return identity.sessions.start(tx, candidate.school, candidate.person, candidate.account.role, now);
  }));
  return shown(identity, std::move(tokens));
}

Result<SignInView> refresh_sign_in(const Identity& identity, std::string_view refresh_token, base::Instant now) {
  return shown(identity, TRY(identity.sessions.refresh(refresh_token, now)));
}

base::Done sign_out(const Identity& identity, std::string_view refresh_token, base::Instant now) {
  return identity.sessions.end(refresh_token, now);
}

namespace {

struct PasswordSet {
  auth::SignedIn tokens;
  std::vector<std::int64_t> ended;
};

auto spent() {
  return field_error("/token", "This link was used before, or it is too old. Ask the office for a new one.");
}

}  // namespace

Result<SignInView> set_password(const Identity& identity, std::string_view token, const std::string& password,
                                base::Instant now) {
  const auto link = auth::parse_link_token(token);
  const auto person = !link ? std::nullopt : identity.context.database.read([&](Transaction& tx) {
    const auto id = store::find_welcome(tx, link->school, link->hash, now);
    return id ? identity.people.find(tx, link->school, *id) : std::nullopt;
  });
  if (!person || !person->active) TRY(spent());
  TRY(auth::check_password(password, person->details.email));
  const auto hash = TRY(identity.passwords.hash(password));
  const auto change = [&](Transaction& tx) -> Result<PasswordSet> {
    // Asked again: of two who use the link at once, one is first.
    if (store::find_welcome(tx, link->school, link->hash, now) != person->id) TRY(spent());
    store::set_password(tx, link->school, person->id, hash, now);
    store::drop_welcomes(tx, link->school, person->id);
    auto ended = store::end_sessions(tx, link->school, person->id, now);
    return PasswordSet{identity.sessions.start(tx, link->school, person->id, person->role, now), std::move(ended)};
  };
  auto set = TRY(identity.context.database.transact<PasswordSet>(change));
  identity.sessions.refuse(set.ended, now);
  return shown(identity, std::move(set.tokens));
}

Result<MeView> me(const Identity& identity, const Caller& caller) {
  return identity.context.database.read([&](Transaction& tx) -> Result<MeView> {
    const auto person = identity.people.find(tx, caller.school(), caller.principal.person);
    if (!person) return base::refuse(Code::unauthenticated, "Please sign in again.");
    return MeView{*person, store::find_school(tx, caller.school())};
  });
}

}  // namespace actions
