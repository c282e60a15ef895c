#include "actions/sign_in.h"

#include "actions/policies.h"

#include "actions/faults.h"
#include "actions/second_step.h"
#include "store/jobs.h"

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

Result<Candidate> candidate_of(const Identity& identity, const SignInInput& input) {
  const auto school = TRY(school_asked(identity, input.school));
  if (!school) return Candidate{};
  const auto email_hash = identity.people.email_hash(*school, input.email);
  return identity.context.database.read(*school, [&](Transaction& tx) -> Candidate {
    Candidate candidate{.school = *school};
    const auto person = store::person_with_email(tx, *school, email_hash);
    if (!person) return candidate;
    candidate.person = *person;
    candidate.account = *store::find_account(tx, *school, *person);
    candidate.hash = store::password_of(tx, *school, *person);
    return candidate;
  });
}

}  // namespace

Result<SignInView> shown_to(const Identity& identity, auth::SignedIn tokens) {
  return identity.context.database.read(tokens.principal.school, [&](Transaction& tx) -> Result<SignInView> {
    const auto person = identity.people.find(tx, tokens.principal.school, tokens.principal.person);
    if (!person) return base::refuse(Code::unauthenticated, "Please sign in again.");
    return SignInView{tokens, person->details.name, store::find_school(tx, tokens.principal.school).slug};
  });
}

Result<std::optional<base::SchoolId>> school_asked(const Identity& identity, const std::optional<std::string>& slug) {
  auto& database = identity.context.database;
  const auto school = database.read(store::no_school, [&](Transaction& tx) { return store::school_of(tx, slug); });
  if (school || slug) return school;
  const auto any =
      database.read(store::no_school, [](Transaction& tx) { return tx.number("select 1 from schools limit 1"); });
  if (any) TRY(invalid("/school", "Say which school: there are several here."));
  return school;
}

std::string account_key(base::SchoolId school, std::string_view email) {
  const auto digest = base::sha256(base::bytes_of(store::normalised_email(email)));
  return fmt::format("{}/{}", school.value, base::to_base64url(digest));
}

base::Error too_many(base::seconds wait) {
  return {.code = Code::rate_limited,
          .detail = fmt::format("Too many attempts. Try again in {} seconds.", wait.count()),
          .count = wait.count()};
}

Result<SignInView> sign_in(const Identity& identity, const SignInInput& input, const std::string& address,
                           base::Instant now) {
  const auto candidate = TRY(candidate_of(identity, input));
  const auto account = account_key(candidate.school, input.email), source = auth::source_of(address);
  if (const auto wait = identity.throttle.attempt(account, source, now)) return base::refuse(too_many(*wait));
  const auto verdict = TRY(identity.passwords.verify(input.password, candidate.hash));
  if (!verdict.right || !candidate.account.active) return wrong();
  identity.throttle.succeeded(account, source, now);

  std::string better;
  if (verdict.outdated) better = TRY(identity.passwords.hash(input.password));
  const Entrant entrant{candidate.school, candidate.person, candidate.account.role};
  auto admission =
      TRY(identity.context.database.transact<Admission>(candidate.school, [&](Transaction& tx) -> Result<Admission> {
        if (!better.empty()) store::set_password(tx, candidate.school, candidate.person, better, now);
        return admit(identity, tx, entrant, now, input.browser);
      }));
  return admitted(identity, std::move(admission), entrant, now);
}

Tried tried(const Identity& identity, const SignInInput& input) {
  const auto candidate = candidate_of(identity, input);
  return candidate ? Tried{candidate->school, candidate->person} : Tried{};
}

Result<SignInView> refresh_sign_in(const Identity& identity, std::string_view refresh_token, base::Instant now) {
  return shown_to(identity, TRY(identity.sessions.refresh(refresh_token, now)));
}

base::Done sign_out(const Identity& identity, std::string_view refresh_token, base::Instant now) {
  return identity.sessions.end(refresh_token, now);
}

Result<SignInView> set_password(const Identity& identity, std::string_view token, const std::string& password,
                                base::Instant now, const std::string& browser, const Joining& joining) {
  const auto link = auth::parse_link_token(token);
  const auto person = !link ? std::nullopt : identity.context.database.read(link->school, [&](Transaction& tx) {
    const auto id = store::find_link(tx, link->school, link->hash, now);
    return id ? identity.people.find(tx, link->school, *id) : std::nullopt;
  });
  if (!person || !person->active) TRY(spent_link());
  TRY(auth::check_password(password, person->details.email));
  const auto hash = TRY(identity.passwords.hash(password));
  const Entrant entrant{link->school, person->id, person->role};
  const auto change = [&](Transaction& tx) -> Result<Admission> {
    // Asked again: of two who use the link at once, one is first.
    if (store::find_link(tx, link->school, link->hash, now) != person->id ||
        !store::spend_link(tx, link->school, link->hash))
      TRY(spent_link());
    const bool first = !store::password_of(tx, link->school, person->id);
    store::set_password(tx, link->school, person->id, hash, now);
    if (!first) store::put_job(tx, link->school, {store::JobKind::password_changed, {}, person->id}, now, now);
    store::drop_links(tx, link->school, person->id);
    store::end_sessions(tx, link->school, person->id, now);
    TRY(keep_notice(tx, {link->school, person->id, joining.correlation_id, now}, joining.notice_version));
    return admit(identity, tx, entrant, now, browser);
  };
  auto admission = TRY(identity.context.database.transact<Admission>(link->school, change));
  return admitted(identity, std::move(admission), entrant, now);
}

Tried link_owner(const Identity& identity, std::string_view token, base::Instant now) {
  const auto link = auth::parse_link_token(token);
  if (!link) return {};
  const auto person = identity.context.database.read(
      link->school, [&](Transaction& tx) { return store::find_link(tx, link->school, link->hash, now); });
  return person ? Tried{link->school, *person} : Tried{};
}

Result<MeView> me(const Identity& identity, const Caller& caller) {
  return identity.context.database.read(caller.school(), [&](Transaction& tx) -> Result<MeView> {
    const auto person = identity.people.find(tx, caller.school(), caller.principal.person);
    if (!person) return base::refuse(Code::unauthenticated, "Please sign in again.");
    return MeView{*person, store::find_school(tx, caller.school())};
  });
}

}  // namespace actions
