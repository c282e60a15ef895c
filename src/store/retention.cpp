#include "store/retention.h"

#include <fmt/format.h>

#include <algorithm>

#include "domain/months.h"
#include "store/calendars.h"

namespace store {

namespace {

/// Not what a lesson or time off says that is not that old itself, nor why an admin acted in somebody's name, which is
/// kept as long as that is, nor what waits for an answer of whoever asks about their data. By whose it is first, which
/// is what the indexes know.
constexpr auto old_texts =
    "select id, person_id from texts where school_id = $1 and sealed is not null and created_at < $2"
    " and not exists (select 1 from bookings where bookings.school_id = $1 and learner_id = texts.person_id"
    " and ends_at >= $2 and note_id = texts.id)"
    " and not exists (select 1 from time_off where time_off.school_id = $1 and instructor_id = texts.person_id"
    " and ends_at >= $2 and title_id = texts.id)"
    " and not exists (select 1 from impersonations where impersonations.school_id = $1"
    " and impersonations.person_id = texts.person_id and reason_id = texts.id)"
    " and not exists (select 1 from data_requests where data_requests.school_id = $1"
    " and data_requests.person_id = texts.person_id and closed_at is null)"
    " and {} exists (select 1 from legal_holds where legal_holds.school_id = $1"
    " and legal_holds.person_id = texts.person_id) order by created_at limit $3";

constexpr auto old_documents =
    "select id, person_id from documents where school_id = $1 and valid_until is not null and valid_until < $2"
    " and not exists (select 1 from data_requests where data_requests.school_id = $1"
    " and data_requests.person_id = documents.person_id and closed_at is null)"
    " and {} exists (select 1 from legal_holds where legal_holds.school_id = $1"
    " and legal_holds.person_id = documents.person_id) order by valid_until limit $3";

/// One look into each index for each learner, and no further: a join would read the tables as a whole. A lesson is at
/// most a day long.
constexpr auto idle_learners =
    "select id, id from people where school_id = $1 and role = 'learner' and erased_at is null and created_at < $2"
    " and (select 1 from bookings where bookings.school_id = $1 and learner_id = people.id"
    " and starts_at > $2 - 86400 and ends_at >= $2 limit 1) is null"
    " and (select 1 from sessions where sessions.school_id = $1 and sessions.person_id = people.id"
    " and used_at >= $2 limit 1) is null"
    " and (select 1 from data_requests where data_requests.school_id = $1"
    " and data_requests.person_id = people.id and closed_at is null limit 1) is null"
    " and {} exists (select 1 from legal_holds where legal_holds.school_id = $1"
    " and legal_holds.person_id = people.id) order by created_at limit $3";

constexpr auto hold_columns = "select id, kind, person_id, reason_id, placed_by, placed_at from legal_holds";
LegalHold hold_from(const Row& row) {
  return {row.integer(0),          hold_from_text(row.view(1)).value(), row.id<base::PersonId>(2),
          row.id<base::TextId>(3), row.id<base::PersonId>(4),           row.instant(5)};
}

/// It begins as version 1 of a stream of its own and ends as version 2.
void tell_of_hold(Transaction& tx, const Author& author, const LegalHold& hold, int version, const char* type) {
  append(tx, author, "hold/" + base::to_text(hold.id), version, type,
         {{"id", base::to_text(hold.id)},
          {"kind", to_string(hold.kind)},
          {"person_id", base::to_text(hold.person)},
          {"reason", base::to_text(hold.reason)}});
  if (hold.kind == HoldKind::restriction) lock(tx, author.school, Kind::learner, hold.person.value);
}

boost::json::value number_or_null(const Months& months) {
  return months ? boost::json::value(*months) : boost::json::value(nullptr);
}

}  // namespace

std::string_view to_string(Kept kind) {
  switch (kind) {
    case Kept::texts:
      return "texts";
    case Kept::documents:
      return "documents";
    case Kept::learners:
      return "learners";
  }
  throw base::Bug("unknown store::Kept");
}

std::string_view to_string(HoldKind kind) {
  return kind == HoldKind::claim ? "claim" : "restriction";
}

std::optional<HoldKind> hold_from_text(std::string_view text) {
  const auto* found = std::ranges::find(all_holds, text, [](HoldKind kind) { return to_string(kind); });
  return found == std::end(all_holds) ? std::nullopt : std::optional(*found);
}

Months Retention::months(Kept kind) const {
  switch (kind) {
    case Kept::texts:
      return texts;
    case Kept::documents:
      return documents;
    case Kept::learners:
      return learners;
  }
  throw base::Bug("unknown store::Kept");
}

Retention find_retention(Transaction& tx, base::SchoolId school) {
  for (const Row row :
       tx.query("select text_months, document_months, learner_months, version from retention where school_id = $1",
                school)) {
    const auto months = [&](int at) { return row.null(at) ? Months() : Months(row.integer(at)); };
    return {months(0), months(1), months(2), row.integer(3)};
  }
  return {};
}

void put_retention(Transaction& tx, const Author& author, const Retention& retention) {
  tx.run(
      "insert into retention (school_id, text_months, document_months, learner_months, version)"
      " values ($1, $2, $3, $4, $5) on conflict (school_id) do update set text_months = excluded.text_months,"
      " document_months = excluded.document_months, learner_months = excluded.learner_months,"
      " version = excluded.version",
      author.school, retention.texts, retention.documents, retention.learners, retention.version);
  append(tx, author, "retention/" + base::to_text(author.school), retention.version, "retention_changed",
         {{"text_months", number_or_null(retention.texts)},
          {"document_months", number_or_null(retention.documents)},
          {"learner_months", number_or_null(retention.learners)}});
}

Cutoff cutoff(const domain::Zone& zone, base::Instant now, std::int64_t months) {
  const auto date = domain::months_later(zone.day_of(now), -static_cast<int>(months));
  return {zone.at(date, domain::Minutes{0}), date};
}

std::vector<TooOld> too_old(Transaction& tx, base::SchoolId school, Kept kind, const Cutoff& before, Holds holds,
                            int limit) {
  const auto* sql = kind == Kept::texts ? old_texts : kind == Kept::documents ? old_documents : idle_learners;
  const auto statement = fmt::format(fmt::runtime(sql), holds == Holds::respected ? "not" : "");
  std::vector<TooOld> found;
  const auto read = [&](const auto& end) {
    for (const Row row : tx.query(statement, school, end, limit))
      found.push_back({row.integer(0), row.id<base::PersonId>(1)});
  };
  kind == Kept::documents ? read(base::to_text(before.date)) : read(before.instant);
  return found;
}

void forget_texts(Transaction& tx, base::SchoolId school, std::span<const TooOld> texts) {
  for (const auto& each : texts)
    tx.run("update texts set sealed = null where school_id = $1 and id = $2", school, each.id);
}

void forget_documents(Transaction& tx, base::SchoolId school, std::span<const TooOld> documents) {
  for (const auto& each : documents) tx.run("delete from documents where school_id = $1 and id = $2", school, each.id);
}

std::optional<LegalHold> find_hold(Transaction& tx, base::SchoolId school, base::PersonId person, HoldKind kind) {
  for (const Row row : tx.query(fmt::format("{} where school_id = $1 and person_id = $2 and kind = $3", hold_columns),
                                school, person, to_string(kind)))
    return hold_from(row);
  return std::nullopt;
}

std::vector<LegalHold> list_holds(Transaction& tx, base::SchoolId school) {
  std::vector<LegalHold> holds;
  for (const Row row : tx.query(fmt::format("{} where school_id = $1 order by placed_at, id", hold_columns), school))
    holds.push_back(hold_from(row));
  return holds;
}

void place_hold(Transaction& tx, const Author& author, const LegalHold& hold) {
  tx.run(
      "insert into legal_holds (school_id, person_id, kind, id, reason_id, placed_by, placed_at)"
      " values ($1, $2, $3, $4, $5, $6, $7)",
      author.school, hold.person, to_string(hold.kind), hold.id, hold.reason, hold.placed_by, hold.placed_at);
  tell_of_hold(tx, author, hold, 1, "hold_placed");
}

void lift_hold(Transaction& tx, const Author& author, const LegalHold& hold) {
  tx.run("delete from legal_holds where school_id = $1 and person_id = $2 and kind = $3", author.school, hold.person,
         to_string(hold.kind));
  tell_of_hold(tx, author, hold, 2, "hold_lifted");
}

}  // namespace store
