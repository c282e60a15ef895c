#include "store/policies.h"

#include <algorithm>

namespace store {

namespace {

Policy policy_from(const Row& row) {
  return {policy_from_text(row.view(0)).value(), row.integer(1), row.text(2), row.instant(3)};
}

}  // namespace

std::string_view to_string(PolicyKind kind) {
  switch (kind) {
    case PolicyKind::terms:
      return "terms";
    case PolicyKind::notice:
      return "notice";
    case PolicyKind::photos:
      return "photos";
    case PolicyKind::news:
      return "news";
  }
  throw base::Bug("unknown store::PolicyKind");
}

std::optional<PolicyKind> policy_from_text(std::string_view text) {
  const auto* found = std::ranges::find(all_policies, text, [](PolicyKind kind) { return to_string(kind); });
  return found == std::end(all_policies) ? std::nullopt : std::optional(*found);
}

std::vector<Policy> list_policies(Transaction& tx, base::SchoolId school) {
  std::vector<Policy> policies;
  for (const Row row : tx.query("select kind, version, text, published_at from policies where school_id = $1"
                                " order by kind, version desc",
                                school))
    policies.push_back(policy_from(row));
  return policies;
}

std::optional<Policy> newest_policy(Transaction& tx, base::SchoolId school, PolicyKind kind) {
  for (const Row row : tx.query("select kind, version, text, published_at from policies where school_id = $1"
                                " and kind = $2 order by version desc limit 1",
                                school, to_string(kind)))
    return policy_from(row);
  return std::nullopt;
}

std::vector<Policy> current_policies(Transaction& tx, base::SchoolId school) {
  std::vector<Policy> policies;
  for (const auto kind : all_policies)
    if (auto policy = newest_policy(tx, school, kind); policy && !policy->text.empty())
      policies.push_back(std::move(*policy));
  return policies;
}

std::int64_t current_terms(Transaction& tx, base::SchoolId school) {
  const auto terms = newest_policy(tx, school, PolicyKind::terms);
  return terms && !terms->text.empty() ? terms->version : 0;
}

void publish(Transaction& tx, const Author& author, const Policy& policy) {
  const auto kind = to_string(policy.kind);
  tx.run("insert into policies (school_id, kind, version, text, published_at) values ($1, $2, $3, $4, $5)",
         author.school, kind, policy.version, policy.text, policy.published_at);
  append(tx, author, "policy/" + std::string(kind), policy.version, "policy_published",
         {{"kind", kind}, {"version", policy.version}, {"ended", policy.text.empty()}});
}

std::optional<Agreement> last_agreement(Transaction& tx, base::SchoolId school, base::PersonId person,
                                        PolicyKind kind) {
  for (const Row row : tx.query("select id, version, given, at from agreements where school_id = $1 and person_id = $2"
                                " and kind = $3 order by id desc limit 1",
                                school, person, to_string(kind)))
    return Agreement{row.integer(0), person, kind, row.integer(1), row.flag(2), row.instant(3)};
  return std::nullopt;
}

void add_agreement(Transaction& tx, const Author& author, const Agreement& agreement) {
  const auto kind = to_string(agreement.kind);
  tx.run(
      "insert into agreements (school_id, id, person_id, kind, version, given, at) values ($1, $2, $3, $4, $5, $6, $7)",
      author.school, agreement.id, agreement.person, kind, agreement.version, agreement.given, agreement.at);
  const auto id = base::to_text(agreement.id);
  append(tx, author, "agreement/" + id, 1, agreement.given ? "agreement_given" : "agreement_withdrawn",
         {{"id", id}, {"person_id", base::to_text(agreement.person)}, {"kind", kind}, {"version", agreement.version}});
}

}  // namespace store
