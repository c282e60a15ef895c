#include "actions/import_people.h"

namespace actions {

namespace {

using base::LineError;
using base::Result;
using store::Transaction;
using Lines = std::vector<LineError>;
using MadeCount = Made<std::int64_t>;

constexpr std::size_t lines_told = 100;

/// A row that nothing is wrong with, as far as the file alone can tell.
struct Newcomer {
  std::int64_t line;
  store::Details details;
  base::Bytes email_hash;
  bool active;
};

tl::unexpected<base::Error> wrong_lines(Lines lines) {
  std::stable_sort(lines.begin(), lines.end(), [](const auto& l, const auto& r) { return l.line < r.line; });
  const auto count = static_cast<std::int64_t>(lines.size());
  if (lines.size() > lines_told) lines.resize(lines_told);
  return base::refuse(base::Error{.code = base::Code::invalid_input,
                                  .detail = "Some lines cannot be taken over, so none was.",
                                  .count = count,
                                  .lines = std::move(lines)});
}

LineError taken(std::int64_t line) {
  return {line, "email", "Somebody in this school has this address."};
}

/// One fault for each field of a row, by the rules for one person.
void check_row(const LearnerFile::Row& row, const store::Details& details, Lines& wrong) {
  Faults faults;
  check_details(faults, details);
  const auto verdict = faults.verdict();
  if (verdict) return;
  std::string last;
  for (const auto& fault : verdict.error().fields)
    if (std::exchange(last, fault.pointer) != fault.pointer)
      wrong.push_back({row.line, fault.pointer.substr(1), fault.message});
}

std::vector<Newcomer> newcomers(const Identity& identity, const Caller& caller, const LearnerFile& file, Lines& wrong) {
  std::vector<Newcomer> people;
  std::map<std::string, std::int64_t> lines;  // By address.
  for (const auto& row : file.rows) {
    const auto& input = row.input;
    const store::Details details{input.name.value_or(""), input.email.value_or(""), input.phone.value_or("")};
    check_row(row, details, wrong);
    if (details.email.empty()) continue;
    const auto [first, fresh] = lines.emplace(store::normalised_email(details.email), row.line);
    if (!fresh) wrong.push_back({row.line, "email", fmt::format("Line {} has this address too.", first->second)});
    people.push_back(
        {row.line, details, identity.people.email_hash(caller.school(), details.email), input.active.value_or(true)});
  }
  return people;
}

Lines known_already(Transaction& tx, const Caller& caller, const std::vector<Newcomer>& people) {
  const auto addresses = store::addresses_taken(tx, caller.school());
  Lines wrong;
  for (const auto& person : people)
    if (addresses.contains(person.email_hash)) wrong.push_back(taken(person.line));
  return wrong;
}

/// Adds who is known already to `wrong`; what this very request led to before, if anything.
Result<std::optional<store::Outcome>> look_around(const Context& context, const Caller& caller,
                                                  const std::vector<Newcomer>& people, const store::RequestKey& key,
                                                  Lines& wrong) {
  Lines known;
  auto earlier = context.database.read(caller.school(), [&](Transaction& tx) -> Result<std::optional<store::Outcome>> {
    known.clear();
    if (const auto before = TRY(store::find_outcome(tx, key))) return before;
    known = known_already(tx, caller, people);
    return std::nullopt;
  });
  std::ranges::copy(known, std::back_inserter(wrong));
  return earlier;
}

/// Their rows, ready to be written: keys made and synced, values sealed.
std::vector<store::NewLearner> sealed(const Identity& identity, const Caller& caller,
                                      const std::vector<Newcomer>& people) {
  std::vector<base::PersonId> ids;
  for (std::size_t i = 0; i < people.size(); ++i) ids.push_back(base::make<base::PersonId>());
  identity.people.keys().make_keys_ahead(caller.school(), ids, caller.now);
  identity.people.keys().fetch(caller.school(), ids);
  std::vector<store::NewLearner> rows;
  for (std::size_t i = 0; i < people.size(); ++i)
    rows.push_back({identity.people.seal(caller.school(), ids[i], people[i].details), people[i].active});
  return rows;
}

Result<MadeCount> write(Transaction& tx, const Caller& caller, const std::vector<Newcomer>& people,
                        const std::vector<store::NewLearner>& rows, const store::RequestKey& key, Import mode) {
  if (const auto earlier = TRY(store::claim(tx, key, caller.now))) return MadeCount{earlier->resource, true};
  auto author = caller.author();
  author.quiet = mode != Import::invite;
  if (auto wrong = known_already(tx, caller, people); !wrong.empty())
    return wrong_lines(std::move(wrong));  // Somebody was faster.
  store::add_learners(tx, author, rows);
  const auto count = static_cast<std::int64_t>(rows.size());
  store::remember(tx, key, {200, count});
  return MadeCount{count};
}

}  // namespace

Result<MadeCount> import_learners(const Identity& identity, const Caller& caller, LearnerFile file,
                                  const store::RequestKey& key, Import mode) {
  TRY(auth::may(caller.principal, auth::Action::manage_learners));
  auto wrong = std::move(file.faults);
  const auto people = newcomers(identity, caller, file, wrong);
  if (const auto earlier = TRY(look_around(identity.context, caller, people, key, wrong)))
    return MadeCount{earlier->resource, true};
  if (!wrong.empty()) return wrong_lines(std::move(wrong));
  if (mode == Import::dry_run) return MadeCount{static_cast<std::int64_t>(people.size())};

  const auto rows = sealed(identity, caller, people);
  auto made = identity.context.database.transact<MadeCount>(
      caller.school(), [&](Transaction& tx) { return write(tx, caller, people, rows, key, mode); });
  std::vector<base::PersonId> ids;
  ids.reserve(rows.size());
  for (const auto& row : rows) ids.push_back(row.person.id);
  auto& keys = identity.people.keys();
  const bool kept = made && !made->replayed;
  if (kept)
    keys.settle_keys(caller.school(), ids);
  else
    keys.destroy(caller.school(), ids);
  return made;
}

}  // namespace actions
