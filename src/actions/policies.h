/// Terms, notices and consents: what a school publishes and what people say to it (docs/decisions/0023).
#pragma once

#include "actions/faults.h"
#include "actions/identity.h"
#include "store/policies.h"

namespace actions {

/// What holds in the school of this slug; for anybody.
base::Result<std::vector<store::Policy>> public_policies(const Context& context, std::string_view slug);
/// The privacy notice of the school in whose mail this link stood, or nothing where it has none; whether the link is
/// still good is not asked. invalid_input at "/token".
base::Result<std::vector<store::Policy>> notice_behind(const Context& context, std::string_view token);
/// Every version that the caller's school has had.
base::Result<std::vector<store::Policy>> list_policies(const Context& context, const Caller& caller);
/// A new version over the one that the caller has seen (0: none yet); an empty text ends it. The text that stands is no
/// new version.
base::Result<store::Policy> publish_policy(const Context& context, const Caller& caller, store::PolicyKind kind,
                                           std::int64_t version, const std::string& text);

/// A policy that holds, with what the person said last to any version of it.
struct AgreementView {
  store::Policy policy;
  std::optional<store::Agreement> said{};
};
base::Result<std::vector<AgreementView>> my_agreements(const Context& context, const Caller& caller);
/// Of a learner, for whoever may see the learner.
base::Result<std::vector<AgreementView>> agreements_of(const Identity& identity, const Caller& caller,
                                                       base::PersonId learner);

/// To the text as it is: invalid_input at "/version" with the current one otherwise. not_found where the school asks
/// for no such consent.
base::Done agree(const Context& context, const Caller& caller, store::PolicyKind purpose, std::int64_t version);
/// not_found where it does not stand.
base::Done withdraw(const Context& context, const Caller& caller, store::PolicyKind purpose);

/// In the transaction in which a learner books: keeps that they accept the terms of this version. invalid_input at
/// "/terms_version", with the current one, where they have not accepted it and do not. Staff are not asked, nor is an
/// admin who acts in the learner's name.
base::Done accept_terms(store::Transaction& tx, const Caller& caller, std::int64_t current, std::int64_t accepted);

/// In the transaction in which somebody makes their account: keeps which notice they were shown. invalid_input at
/// "/notice_version", with the current one, where it is another.
base::Done keep_notice(store::Transaction& tx, const store::Author& author, std::optional<std::int64_t> shown);

}  // namespace actions
