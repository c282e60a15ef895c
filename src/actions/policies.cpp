#include "actions/policies.h"

#include "actions/people.h"
#include "store/sign_in.h"

namespace actions {

namespace {

using base::Result;
using store::Policy;
using store::PolicyKind;
using store::Transaction;

base::Done not_current(std::string pointer, std::string message, std::int64_t current) {
  return base::refuse(base::Error{.code = base::Code::invalid_input,
                                  .detail = message,
                                  .fields = {{std::move(pointer), std::move(message)}},
                                  .version = current});
}

std::vector<AgreementView> views_of(Transaction& tx, base::SchoolId school, base::PersonId person) {
  std::vector<AgreementView> views;
  for (auto& policy : store::current_policies(tx, school)) {
    auto said = store::last_agreement(tx, school, person, policy.kind);
    views.push_back({std::move(policy), std::move(said)});
  }
  return views;
}

void say(Transaction& tx, const store::Author& author, base::PersonId person, PolicyKind kind, std::int64_t version,
         bool given = true) {
  store::add_agreement(tx, author, {base::make_id(), person, kind, version, given, author.now});
}

/// Who decides themselves: an admin who acts in a learner's name cannot agree to anything for them, a guardian can.
bool decides(Transaction& tx, const Caller& caller) {
  if (caller.principal.staff()) return false;
  if (!caller.acting) return true;
  const auto account = store::find_account(tx, caller.school(), caller.acting);
  return account && account->role == store::Role::guardian;
}

}  // namespace

Result<std::vector<Policy>> public_policies(const Context& context, std::string_view slug) {
  return context.database.read(store::no_school, [&](Transaction& tx) -> Result<std::vector<Policy>> {
    const auto id = store::school_with_slug(tx, slug);
    if (!id) return auth::not_found();
    tx.enter(*id);
    return store::current_policies(tx, *id);
  });
}

Result<std::vector<Policy>> notice_behind(const Context& context, std::string_view token) {
  const auto link = auth::parse_link_token(token);
  if (!link) TRY(spent_link());
  return context.database.read(link->school, [&](Transaction& tx) {
    auto policies = store::current_policies(tx, link->school);
    std::erase_if(policies, [](const Policy& policy) { return policy.kind != PolicyKind::notice; });
    return policies;
  });
}

Result<std::vector<Policy>> list_policies(const Context& context, const Caller& caller) {
  TRY(auth::may(caller.principal, auth::Action::read_school));
  return context.database.read(
      caller.school(), [&](Transaction& tx) { return store::list_policies(tx, caller.school()); }, caller.freshness);
}

Result<Policy> publish_policy(const Context& context, const Caller& caller, PolicyKind kind, std::int64_t version,
                              const std::string& text) {
  TRY(auth::may(caller.principal, auth::Action::change_school));
  // The terms are part of the rules by which is booked.
  return change_rules<Policy>(context, caller, [&](Transaction& tx) -> Result<Policy> {
    const auto before = store::newest_policy(tx, caller.school(), kind);
    TRY(expect(version, before ? before->version : 0));
    if (before && before->text == text) return *before;
    if (!before && text.empty()) TRY(invalid("/text", "Write down what it says."));
    Policy policy{kind, version + 1, text, caller.now};
    store::publish(tx, caller.author(), policy);
    return policy;
  });
}

Result<std::vector<AgreementView>> my_agreements(const Context& context, const Caller& caller) {
  return context.database.read(
      caller.school(), [&](Transaction& tx) { return views_of(tx, caller.school(), caller.principal.person); },
      caller.freshness);
}

Result<std::vector<AgreementView>> agreements_of(const Identity& identity, const Caller& caller,
                                                 base::PersonId learner) {
  TRY(get_person(identity, caller, Group::learners, learner));
  return identity.context.database.read(
      caller.school(), [&](Transaction& tx) { return views_of(tx, caller.school(), learner); }, caller.freshness);
}

base::Done agree(const Context& context, const Caller& caller, PolicyKind purpose, std::int64_t version) {
  return context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    const auto policy = store::newest_policy(tx, caller.school(), purpose);
    if (!policy || policy->text.empty()) return auth::not_found();
    if (policy->version != version)
      return not_current("/version", "The text has changed meanwhile. Read it again.", policy->version);
    const auto person = caller.principal.person;
    const auto said = store::last_agreement(tx, caller.school(), person, purpose);
    if (said && said->given && said->version == version) return base::done();
    say(tx, caller.author(), person, purpose, version);
    return base::done();
  });
}

base::Done withdraw(const Context& context, const Caller& caller, PolicyKind purpose) {
  return context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    const auto person = caller.principal.person;
    const auto said = store::last_agreement(tx, caller.school(), person, purpose);
    if (!said || !said->given) return auth::not_found();
    say(tx, caller.author(), person, purpose, said->version, false);
    return base::done();
  });
}

base::Done accept_terms(Transaction& tx, const Caller& caller, std::int64_t current, std::int64_t accepted) {
  if (current == 0 || !decides(tx, caller)) return base::done();
  if (accepted != 0 && accepted != current)
    return not_current("/terms_version", "The terms of the school have changed. Read and accept them as they are now.",
                       current);
  const auto learner = caller.principal.person;
  const auto said = store::last_agreement(tx, caller.school(), learner, PolicyKind::terms);
  if (said && said->version == current) return base::done();
  if (accepted == 0) return not_current("/terms_version", "Read and accept the terms of the school to book.", current);
  say(tx, caller.author(), learner, PolicyKind::terms, current);
  return base::done();
}

base::Done keep_notice(Transaction& tx, const store::Author& author, std::optional<std::int64_t> shown) {
  if (!shown) return base::done();
  const auto notice = store::newest_policy(tx, author.school, PolicyKind::notice);
  const auto current = notice && !notice->text.empty() ? notice->version : 0;
  if (*shown != current)
    return not_current("/notice_version", "The privacy notice has changed meanwhile. Look at it as it is now.",
                       current);
  say(tx, author, author.person, PolicyKind::notice, current);
  return base::done();
}

}  // namespace actions
