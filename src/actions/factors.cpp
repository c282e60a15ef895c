#include "actions/factors.h"

#include <algorithm>

#include "auth/roles.h"
#include "store/jobs.h"

namespace actions {

namespace {

using base::Code;
using base::Result;
using store::Transaction;
using Codes = std::vector<std::string>;

auto wrong_status(const char* detail) {
  return base::refuse(Code::wrong_status, detail);
}

bool required_of(Transaction& tx, const Caller& caller) {
  return caller.principal.staff() && store::find_school(tx, caller.school()).second_factor_required;
}

/// A session that may only set up a second factor is for those who have none: it has shown no more than a password.
base::Done may_add(Transaction& tx, const Caller& caller) {
  if (!caller.principal.must_enrol || !store::factors_of(tx, caller.school(), caller.principal.person).any())
    return base::done();
  return base::refuse(Code::forbidden, "You have a second factor: sign in with it.");
}

void tell(Transaction& tx, const Caller& caller, base::PersonId person) {
  store::put_job(tx, caller.school(), {store::JobKind::factors_changed, {}, person}, caller.now, caller.now);
}

/// Not the last factor of somebody of whom the school asks for one. After lock_factors().
base::Done may_remove(Transaction& tx, const Caller& caller) {
  const auto factors = store::factors_of(tx, caller.school(), caller.principal.person);
  const bool last = (factors.totp ? 1 : 0) + factors.passkeys == 1;
  if (last && caller.principal.staff() && store::second_factor_required(tx, caller.school()))
    return wrong_status("Your school asks its staff for a second factor: set up another one first.");
  return base::done();
}

/// One transaction that changes the caller's factors and nobody else's.
base::Done change(const Identity& identity, const Caller& caller, const std::function<base::Done(Transaction&)>& body) {
  const auto school = caller.school();
  const auto person = caller.principal.person;
  const auto sid = caller.principal.sid;
  const auto all = [&](Transaction& tx) -> base::Done {
    store::lock_factors(tx, school, person);
    const bool before = store::factors_of(tx, school, person).any();
    TRY(body(tx));
    const bool after = store::factors_of(tx, school, person).any();
    if (before != after) store::mark_session(tx, school, sid, after);
    store::end_sessions(tx, school, person, caller.now, sid);
    tell(tx, caller, person);
    return base::done();
  };
  return identity.context.database.transact<std::monostate>(school, all);
}

struct NewCodes {
  Codes codes;
  std::vector<base::Bytes> hashes;
};
NewCodes new_codes(const Identity& identity, const Caller& caller) {
  NewCodes made;
  for (int i = 0; i < auth::backup_code_count; ++i) {
    made.codes.push_back(auth::make_backup_code());
    made.hashes.push_back(backup_code_hash(identity, caller.school(), caller.principal.person, made.codes.back()));
  }
  return made;
}

std::string name_purpose(std::int64_t id) {
  return "passkey/" + base::to_text(id);
}

/// The person and the school, as authenticators show them.
MeView shown(const Identity& identity, const Caller& caller) {
  return identity.context.database.read(caller.school(), [&](Transaction& tx) {
    const auto person = identity.people.find(tx, caller.school(), caller.principal.person);
    CHECK(person.has_value());
    return MeView{*person, store::find_school(tx, caller.school())};
  });
}

}  // namespace

FactorsView my_factors(const Identity& identity, const Caller& caller) {
  const auto school = caller.school();
  const auto person = caller.principal.person;
  std::vector<store::Passkey> passkeys;
  auto view = identity.context.database.read(school, [&](Transaction& tx) {
    passkeys = store::passkeys_of(tx, school, person);
    return FactorsView{store::factors_of(tx, school, person), {}, required_of(tx, caller)};
  });
  for (const auto& each : passkeys)
    view.passkeys.push_back(
        {each.id, identity.context.keys.open({school, person}, name_purpose(each.id), each.sealed_name).value_or(""),
         each.created_at, each.used_at});
  return view;
}

Result<NewTotp> begin_totp(const Identity& identity, const Caller& caller, const std::string& password,
                           const std::string& address) {
  TRY(check_own_password(identity, caller, password, address));
  const auto school = caller.school();
  const auto id = caller.principal.person;
  const auto secret = auth::make_totp_secret();
  const auto sealed = identity.context.keys.seal({school, id}, totp_purpose, base::text_of(secret));
  const auto put = [&](Transaction& tx) -> base::Done {
    store::lock_factors(tx, school, id);
    TRY(may_add(tx, caller));
    store::put_pending_totp(tx, school, id, sealed, caller.now + totp_pending);
    return base::done();
  };
  TRY(identity.context.database.transact<std::monostate>(school, put));
  const auto [person, row] = shown(identity, caller);
  return NewTotp{auth::totp_text(secret), auth::totp_uri(row.name, person.details.email, secret)};
}

Result<Codes> confirm_totp(const Identity& identity, const Caller& caller, const std::string& code) {
  const auto school = caller.school();
  const auto id = caller.principal.person;
  const auto totp =
      identity.context.database.read(school, [&](Transaction& tx) { return store::totp_of(tx, school, id); });
  const auto over = [] { return wrong_status("There is nothing to confirm, or it took too long: begin anew."); };
  if (totp.pending.empty() || caller.now >= totp.pending_until) return over();
  const auto secret = identity.context.keys.open({school, id}, totp_purpose, totp.pending);
  if (!secret) return over();
  const auto step = auth::totp_step_of(base::bytes_of(*secret), auth::normalised_code(code), caller.now);
  if (!step)
    return base::refuse(
        base::Error{.code = Code::invalid_input,
                    .detail = "This code is not right.",
                    .fields = {{"/code", "This code is not right. Is the clock of your phone set by itself?"}}});
  const auto made = new_codes(identity, caller);
  const auto confirm = [&](Transaction& tx) -> base::Done {
    TRY(may_add(tx, caller));
    if (!store::confirm_totp(tx, school, id, totp.pending, *step)) return over();
    store::put_backup_codes(tx, school, id, made.hashes);
    return base::done();
  };
  TRY(change(identity, caller, confirm));
  return made.codes;
}

Result<Codes> renew_backup_codes(const Identity& identity, const Caller& caller, const std::string& password,
                                 const std::string& address) {
  TRY(check_own_password(identity, caller, password, address));
  const auto school = caller.school();
  const auto id = caller.principal.person;
  const auto made = new_codes(identity, caller);
  TRY(change(identity, caller, [&](Transaction& tx) -> base::Done {
    if (!store::factors_of(tx, school, id).totp) return wrong_status("Backup codes go with an authenticator app.");
    store::put_backup_codes(tx, school, id, made.hashes);
    return base::done();
  }));
  return made.codes;
}

base::Done remove_totp(const Identity& identity, const Caller& caller, const std::string& password,
                       const std::string& address) {
  TRY(check_own_password(identity, caller, password, address));
  return change(identity, caller, [&](Transaction& tx) -> base::Done {
    if (!store::factors_of(tx, caller.school(), caller.principal.person).totp)
      return wrong_status("There is no authenticator app to remove.");
    TRY(may_remove(tx, caller));
    store::drop_totp(tx, caller.school(), caller.principal.person);
    return base::done();
  });
}

Result<PasskeyOptions> passkey_options(const Identity& identity, const Caller& caller, const std::string& password,
                                       const std::string& address) {
  TRY(check_own_password(identity, caller, password, address));
  const auto school = caller.school();
  const auto id = caller.principal.person;
  const auto credentials = [&](Transaction& tx) -> Result<std::vector<base::Bytes>> {
    TRY(may_add(tx, caller));
    std::vector<base::Bytes> ids;
    for (auto& each : store::passkeys_of(tx, school, id)) ids.push_back(std::move(each.credential_id));
    return ids;
  };
  const auto known = TRY(identity.context.database.read(school, credentials));
  const auto [person, row] = shown(identity, caller);
  return PasskeyOptions{.challenge = identity.second_step.challenges.make(
                            {auth::Challenges::Purpose::new_passkey, school, id, caller.principal.sid}, caller.now),
                        .user_handle = user_handle(school, id),
                        .rp_id = auth::relying_party(identity.public_url).id,
                        .rp_name = row.name,
                        .email = person.details.email,
                        .name = person.details.name,
                        .known = known};
}

Result<PasskeyView> add_passkey(const Identity& identity, const Caller& caller, const PasskeyInput& input) {
  const auto school = caller.school();
  const auto person = caller.principal.person;
  const auto sid = caller.principal.sid;
  const auto not_ours = [] {
    return base::refuse(base::Error{.code = Code::invalid_input,
                                    .detail = "This took too long, or was used before. Begin anew.",
                                    .fields = {{"/client_data", "This took too long, or was used before."}}});
  };
  const auto client = TRY(auth::read_client_data(input.client_data));
  const auto challenge = identity.second_step.challenges.open(client.challenge, caller.now);
  if (!challenge ||
      challenge->subject != auth::Challenges::Subject{auth::Challenges::Purpose::new_passkey, school, person, sid})
    return not_ours();
  const auto made = TRY(
      auth::read_registration(auth::relying_party(identity.public_url), input.client_data, input.authenticator_data));
  const auto id = base::make_id();
  const store::Passkey passkey{
      .id = id,
      .person = person,
      .credential_id = made.credential_id,
      .algorithm = made.algorithm,
      .public_key = made.public_key,
      .sign_count = made.sign_count,
      .sealed_name = identity.context.keys.seal({school, person}, name_purpose(id), input.name),
      .created_at = caller.now};
  const auto add = [&](Transaction& tx) -> base::Done {
    TRY(may_add(tx, caller));
    if (!store::spend_challenge(tx, caller.school(), challenge->hash, challenge->expires_at)) return not_ours();
    if (store::factors_of(tx, caller.school(), passkey.person).passkeys >= std::int64_t{most_passkeys})
      return wrong_status("There are as many passkeys as there can be: remove one first.");
    if (!store::add_passkey(tx, caller.school(), passkey)) return wrong_status("This passkey is there already.");
    return base::done();
  };
  TRY(change(identity, caller, add));
  return PasskeyView{id, input.name, caller.now, std::nullopt};
}

base::Done rename_passkey(const Identity& identity, const Caller& caller, std::int64_t id, const std::string& name) {
  const auto school = caller.school();
  const auto person = caller.principal.person;
  const auto passkeys =
      identity.context.database.read(school, [&](Transaction& tx) { return store::passkeys_of(tx, school, person); });
  if (std::ranges::find(passkeys, id, &store::Passkey::id) == passkeys.end()) return auth::not_found();
  const auto sealed = identity.context.keys.seal({school, person}, name_purpose(id), name);
  TRY(identity.context.database.transact<std::monostate>(school, [&](Transaction& tx) -> base::Done {
    if (!store::rename_passkey(tx, school, person, id, sealed)) return auth::not_found();
    return base::done();
  }));
  return base::done();
}

base::Done remove_passkey(const Identity& identity, const Caller& caller, std::int64_t id, const std::string& password,
                          const std::string& address) {
  const auto school = caller.school();
  const auto person = caller.principal.person;
  const auto passkeys =
      identity.context.database.read(school, [&](Transaction& tx) { return store::passkeys_of(tx, school, person); });
  if (std::ranges::find(passkeys, id, &store::Passkey::id) == passkeys.end()) return auth::not_found();
  TRY(check_own_password(identity, caller, password, address));
  return change(identity, caller, [&](Transaction& tx) -> base::Done {
    TRY(may_remove(tx, caller));
    if (!store::remove_passkey(tx, school, person, id)) return auth::not_found();
    return base::done();
  });
}

base::Done drop_factors_of(const Identity& identity, const Caller& caller, base::PersonId person) {
  TRY(auth::may(caller.principal, auth::Action::manage_users));
  if (person == caller.principal.person)
    return wrong_status("Your own are on the page of your account, where your password is asked for.");
  TRY(identity.context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    if (!store::find_account(tx, caller.school(), person)) return auth::not_found();
    store::lock_factors(tx, caller.school(), person);
    if (!store::drop_factors(tx, caller.school(), person)) return base::done();
    store::end_sessions(tx, caller.school(), person, caller.now);
    tell(tx, caller, person);
    return base::done();
  }));
  return base::done();
}

}  // namespace actions
