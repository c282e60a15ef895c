#include "actions/addresses.h"

#include "actions/account.h"
#include "actions/people.h"
#include "actions/policies.h"
#include "store/jobs.h"
#include "store/proofs.h"

namespace actions {

namespace {

using base::Result;
using store::EmailProof;
using store::ProofPurpose;
using store::Transaction;

/// How long the address from before waits for mail to leave.
constexpr base::days told_within{30};

base::Done check_email(const std::string& email) {
  Faults faults;
  faults.unless(is_email(email), "/email", "Must be an e-mail address such as ada@example.com.");
  return faults.verdict();
}

/// The person has a key.
EmailProof proof_of(const Identity& identity, store::KeyOwner owner, ProofPurpose purpose, const std::string& email,
                    base::Instant expires_at) {
  return {.person = owner.person,
          .purpose = purpose,
          .email_hash = identity.people.email_hash(owner.school, email),
          .sealed = identity.people.keys().seal(owner, store::proof_seal, email),
          .expires_at = expires_at};
}

base::Done ask_for_proof(const Identity& identity, base::SchoolId school, const EmailProof& proof, base::Instant now) {
  TRY(identity.context.database.transact<std::monostate>(school, [&](Transaction& tx) {
    store::put_proof(tx, school, proof);
    store::put_job(tx, school, {store::JobKind::address_proof, {}, proof.person}, now, now);
    return base::done();
  }));
  return base::done();
}

struct Opened {
  base::SchoolId school;
  base::Bytes token_hash;
  EmailProof proof;
  std::string email;
};
Result<Opened> open_link(const Identity& identity, std::string_view token, ProofPurpose purpose, base::Instant now) {
  const auto link = auth::parse_link_token(token);
  const auto proof = !link ? std::nullopt : identity.context.database.read(link->school, [&](Transaction& tx) {
    return store::find_proof(tx, link->school, link->hash, now);
  });
  if (!proof || proof->purpose != purpose) TRY(spent_link());
  const auto email = identity.people.keys().open({link->school, proof->person}, store::proof_seal, proof->sealed);
  if (!email) TRY(spent_link());
  return Opened{link->school, link->hash, *proof, *email};
}

/// Of two who use the link at once, one is first.
base::Done spend(Transaction& tx, const Opened& link, base::Instant now) {
  const bool good = store::find_proof(tx, link.school, link.token_hash, now).has_value();
  return good && store::spend_proof(tx, link.school, link.token_hash) ? base::done() : spent_link();
}

/// What the store says of "/email" is about the link here.
base::Done unless_taken(base::Done done) {
  if (!done && done.error().code == base::Code::invalid_input)
    return invalid("/token", "There is an account with this address by now. Sign in with it.");
  return done;
}

}  // namespace

base::Done ask_to_register(const Identity& identity, const std::string& email, const std::optional<std::string>& slug,
                           const std::string& address, base::Instant now) {
  const auto school = TRY(school_asked(identity, slug));
  if (!school) return invalid("/school", "There is no school of this name here.");
  TRY(check_email(email));
  auto& database = identity.context.database;
  if (!database.read(*school, [&](Transaction& tx) { return store::find_school(tx, *school).registration; }))
    return base::refuse(base::Code::forbidden, "This school makes the accounts itself. Ask it for yours.");
  if (const auto wait = identity.mail_throttle.attempt(account_key(*school, email), auth::source_of(address), now))
    return base::refuse(too_many(*wait));
  const store::KeyOwner owner{*school, base::make<base::PersonId>()};
  identity.people.keys().make_keys_ahead(*school, std::span(&owner.person, 1), now);
  return ask_for_proof(identity, *school,
                       proof_of(identity, owner, ProofPurpose::registration, email, now + proof_lifetime), now);
}

Result<SignInView> register_learner(const Identity& identity, const Registration& input, base::Instant now,
                                    const std::string& correlation_id, const std::string& browser) {
  const auto link = TRY(open_link(identity, input.token, ProofPurpose::registration, now));
  const store::Details details{input.name, link.email, input.phone};
  Faults faults;
  check_details(faults, details);
  TRY(faults.verdict());
  TRY(auth::check_password(input.password, link.email));
  const auto hash = TRY(identity.passwords.hash(input.password));
  const auto id = link.proof.person;
  const auto sealed = identity.people.seal(link.school, id, details);
  // Quiet: nobody has to invite who is in.
  const store::Author author{link.school, id, correlation_id, now, true};
  const auto join = [&](Transaction& tx) -> Result<auth::SignedIn> {
    TRY(spend(tx, link, now));
    TRY(unless_taken(store::add_person(tx, author, sealed, store::Role::learner, true)));
    store::make_calendar(tx, link.school, store::Kind::learner, id.value);
    store::set_password(tx, link.school, id, hash, now);
    TRY(keep_notice(tx, author, input.notice_version));
    store::drop_registrations(tx, link.school, link.proof.email_hash);
    return identity.sessions.start(tx, link.school, id, store::Role::learner, now, browser);
  };
  auto tokens = TRY(identity.context.database.transact<auth::SignedIn>(link.school, join));
  identity.people.keys().settle_keys(link.school, std::span(&id, 1));
  return shown_to(identity, std::move(tokens));
}

base::Done ask_to_change_email(const Identity& identity, const Caller& caller, const EmailChange& change,
                               const std::string& address) {
  TRY(check_email(change.email));
  TRY(check_own_password(identity, caller, change.current_password, address));
  const auto school = caller.school();
  const auto source = auth::source_of(address);
  if (const auto wait = identity.mail_throttle.attempt(account_key(school, change.email), source, caller.now))
    return base::refuse(too_many(*wait));
  const store::KeyOwner owner{school, caller.principal.person};
  return ask_for_proof(identity, school,
                       proof_of(identity, owner, ProofPurpose::change, change.email, caller.now + proof_lifetime),
                       caller.now);
}

Result<Proven> change_email(const Identity& identity, std::string_view token, base::Instant now,
                            const std::string& correlation_id) {
  const auto link = TRY(open_link(identity, token, ProofPurpose::change, now));
  const auto id = link.proof.person;
  const store::KeyOwner owner{link.school, id};
  auto& database = identity.context.database;
  const auto before =
      database.read(link.school, [&](Transaction& tx) { return identity.people.find(tx, owner.school, id); });
  if (!before || !before->active) TRY(spent_link());
  auto details = before->details;
  details.email = link.email;
  const auto sealed = identity.people.seal(link.school, id, details);
  const auto old = proof_of(identity, owner, ProofPurpose::replaced, before->details.email, now + told_within);
  const store::Author author{link.school, id, correlation_id, now, false};
  const auto change = [&](Transaction& tx) -> base::Done {
    const auto current = identity.people.find(tx, link.school, id);
    if (!current || !current->active) return spent_link();
    TRY(expect(before->version, current->version));
    TRY(spend(tx, link, now));
    const auto next = current->version + 1;
    TRY(unless_taken(store::change_person(tx, author, {sealed, current->role, current->active, next, {"email"}})));
    store::drop_links(tx, link.school, id);
    store::put_proof(tx, link.school, old);
    store::put_job(tx, link.school, {store::JobKind::address_changed, {}, id}, now, now);
    return base::done();
  };
  TRY(database.transact<std::monostate>(link.school, change));
  return Proven{link.school, id};
}

}  // namespace actions
