#include "store/personal.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>

#include "store/connections.h"
#include "store/outside.h"
#include "store/role.h"

namespace store {

namespace {

using enum AtErasure;

constexpr std::string_view lessons_count = "what was taught and charged still counts";
constexpr std::string_view by_event = "removed with an event, as the office would (actions/erasure)";
constexpr std::string_view accounted =
    "who saw whose data is accounted for as long as the school keeps it (audit_months)";

constexpr PersonalTable known_tables[] = {
    {"people", "id", cleared, "", "account", ""},
    {"places", "person_id", cleared, "", "places", ""},
    {"texts", "person_id", cleared, "", "words", ""},
    {"passwords", "person_id", removed, "", "password", ""},
    {"sessions", "person_id", removed, "", "sign_ins", ""},
    {"one_time_tokens", "person_id", removed, "", "links", ""},
    {"feeds", "person_id", removed, "", "calendar_feed", ""},
    {"email_proofs", "person_id", removed, "", "addresses", ""},
    {"totp", "person_id", removed, "", "second_factors", ""},
    {"backup_codes", "person_id", removed, "", "", "codes that sign in, of which only a hash is kept"},
    {"passkeys", "person_id", removed, "", "passkeys", ""},
    {"identities", "person_id", removed, "", "identities", ""},
    {"api_keys", "person_id", removed, "", "programs", ""},
    {"guest_holds", "person_id", removed, "", "",
     "what a guest typed, until the time is booked or given up, minutes later"},
    {"guest_links", "person_id", removed, "", "", "keys to one lesson each, of which only a hash is kept"},
    {"exports", "person_id", removed, "", "exports", ""},
    {"exports", "asked_by", kept, "goes with the copy, within days", "", "it is another one's copy"},
    {"documents", "person_id", removed, "", "documents", ""},
    {"documents", "uploaded_by", kept, "goes with the document", "", "it is another one's document"},
    {"guardianships", "guardian_id", removed, "", "children", ""},
    {"guardianships", "learner_id", removed, "", "guardians", ""},
    {"guardian_consents", "guardian_id", kept, "shows what was agreed to for a learner", "consents_given", ""},
    {"guardian_consents", "learner_id", removed, "", "consents", ""},
    {"impersonations", "person_id", kept, accounted, "acted_for", ""},
    {"impersonations", "admin_id", kept, accounted, "", "the activity says as much"},
    {"agreements", "person_id", removed, "", "agreements", ""},
    {"conflicts", "person_id", removed, "", "", "the lessons and the calendar there say as much"},
    {"shown_lessons", "person_id", removed, "", "", "where lessons stand in a calendar of theirs elsewhere"},
    {"outside_calendars", "person_id", removed, "", "outside_calendars", ""},
    {"connections", "person_id", removed, "", "calendar_connections", ""},
    {"legal_holds", "person_id", removed, "", "holds", ""},
    {"legal_holds", "placed_by", kept, "goes with the hold", "", "it is on another one"},
    {"data_requests", "person_id", kept, "shows what was asked for and when it was answered", "requests", ""},
    {"data_requests", "filed_by", kept, "goes with the request", "", "it is another one's request"},
    {"idempotency", "principal", removed, "", "", "the name of a request, kept for a day in case it comes again"},
    {"bookings", "learner_id", kept, lessons_count, "lessons", ""},
    {"bookings", "instructor_id", kept, lessons_count, "lessons", ""},
    {"bookings", "created_by", kept, lessons_count, "lessons", ""},
    {"busy", "instructor_id", removed, "", "busy", ""},
    {"hours", "instructor_id", kept, by_event, "hours", ""},
    {"time_off", "instructor_id", kept, by_event, "time_off", ""},
    {"constraints", "instructor_id", kept, by_event, "rules", ""},
    {"calendars", "id", kept, "the lock of lessons that are over", "", "a number that counts changes"},
    {"events", "actor", kept, "the log is never changed; ids only", "history", ""},
    {"audit", "actor", kept, accounted, "activity", ""},
    {"audit", "whose", kept, accounted, "", "what others looked at says as much of them"},
    {"notices", "person_id", kept, "the version of a lesson that a mail told of", "", "the lessons say as much"},
    {"jobs", "person_id", kept, "ends by itself where there is nobody to write to", "", "mail that is on its way"},
};
constexpr std::string_view nobodys[] = {"schools",         "lesson_types",
                                        "vehicles",        "closures",
                                        "event_cursor",    "event_order",
                                        "dispatch_cursor", "audit_chain",
                                        "event_inbox",     "signals",
                                        "spent_states",    "spent_challenges",
                                        "migrations",      "guardian_consent_texts",
                                        "policies",        "retention",
                                        "calendar_turns",  "outside_events"};

enum class As {
  id,
  instant,
  text,
  number,
  yes_no,
  sealed_person,
  sealed_place,
  sealed_text,
  sealed_passkey,
  sealed_account,
  sealed_outside
};
struct PersonalColumn {
  std::string_view name;
  As as;
};
struct Source {
  std::string_view part, sql;
  std::vector<PersonalColumn> columns;
};

/// Who acts for whom, and papers. `$1` is the school, `$2` the person. The first column of what is sealed is its id.
std::vector<Source> sources_of_papers() {
  using enum As;
  return {
      {"children",
       "select learner_id, created_at from guardianships where school_id = $1 and guardian_id = $2",
       {{"learner", id}, {"since", instant}}},
      {"guardians",
       "select guardian_id, created_at from guardianships where school_id = $1 and learner_id = $2",
       {{"guardian", id}, {"since", instant}}},
      {"consents_given",
       "select id, learner_id, text_version, given_at, withdrawn_at from guardian_consents"
       " where school_id = $1 and guardian_id = $2",
       {{"id", id}, {"learner", id}, {"text_version", number}, {"given_at", instant}, {"withdrawn_at", instant}}},
      {"consents",
       "select id, guardian_id, text_version, given_at, withdrawn_at from guardian_consents"
       " where school_id = $1 and learner_id = $2",
       {{"id", id}, {"guardian", id}, {"text_version", number}, {"given_at", instant}, {"withdrawn_at", instant}}},
      {"agreements",
       "select id, kind, version, given, at from agreements where school_id = $1 and person_id = $2 order by id",
       {{"id", id}, {"kind", text}, {"version", number}, {"given", yes_no}, {"at", instant}}},
      {"calendar_connections",
       "select id, sealed, provider, detail, connected_at from connections where school_id = $1 and person_id = $2",
       {{"id", id}, {"account", sealed_account}, {"provider", text}, {"detail", text}, {"since", instant}}},
      {"outside_calendars",
       "select id, sealed, blocks, shows, read_at from outside_calendars where school_id = $1 and person_id = $2",
       {{"id", id}, {"calendar", sealed_outside}, {"blocks", yes_no}, {"shows", yes_no}, {"read_at", instant}}},
      {"holds",
       "select id, kind, reason_id, placed_at from legal_holds where school_id = $1 and person_id = $2",
       {{"id", id}, {"kind", text}, {"reason", id}, {"since", instant}}},
      {"requests",
       "select id, data_right, words_id, received_on, due_on, extension_id, outcome, answer_id, closed_at"
       " from data_requests where school_id = $1 and person_id = $2 order by id",
       {{"id", id},
        {"right", text},
        {"text", id},
        {"received_on", text},
        {"due_on", text},
        {"extension_reason", id},
        {"outcome", text},
        {"answer", id},
        {"closed_at", instant}}},
      {"acted_for",
       "select id, reason_id, started_at, expires_at, ended_at from impersonations"
       " where school_id = $1 and person_id = $2",
       {{"id", id}, {"reason", id}, {"since", instant}, {"until", instant}, {"ended_at", instant}}},
      {"documents",
       "select id, kind, media, size, valid_until, uploaded_at from documents where school_id = $1 and person_id = $2"
       " order by id",
       {{"id", id},
        {"kind", text},
        {"media_type", text},
        {"bytes", number},
        {"valid_until", text},
        {"uploaded_at", instant}}}};
}

std::vector<Source> sources_of_the_rest() {
  using enum As;
  return {
      {"account",
       "select id, sealed, role, active, created_at, languages, areas from people where school_id = $1 and id = $2",
       {{"id", id},
        {"", sealed_person},
        {"role", text},
        {"active", yes_no},
        {"created_at", instant},
        {"languages", text},
        {"areas", text}}},
      {"places",
       "select id, sealed, created_at from places where school_id = $1 and person_id = $2 order by id",
       {{"id", id}, {"", sealed_place}, {"created_at", instant}}},
      {"words",
       "select id, sealed, created_at from texts where school_id = $1 and person_id = $2 order by id",
       {{"id", id}, {"text", sealed_text}, {"created_at", instant}}},
      {"password",
       "select changed_at from passwords where school_id = $1 and person_id = $2",
       {{"changed_at", instant}}},
      {"sign_ins",
       "select created_at, used_at, expires_at, ended_at, browser from sessions where school_id = $1 and person_id = "
       "$2",
       {{"since", instant}, {"used_at", instant}, {"until", instant}, {"ended_at", instant}, {"browser", text}}},
      {"links",
       "select purpose, expires_at from one_time_tokens where school_id = $1 and person_id = $2",
       {{"purpose", text}, {"until", instant}}},
      {"calendar_feed", "select created_at from feeds where school_id = $1 and person_id = $2", {{"since", instant}}},
      {"addresses",
       "select purpose, expires_at from email_proofs where school_id = $1 and person_id = $2",
       {{"purpose", text}, {"until", instant}}},
      {"programs",
       "select name, scopes, created_at, expires_at, used_at, ended_at from api_keys"
       " where school_id = $1 and person_id = $2",
       {{"name", text},
        {"scopes", text},
        {"since", instant},
        {"until", instant},
        {"used_at", instant},
        {"ended_at", instant}}},
      {"second_factors",
       "select case when sealed is null then 0 else 1 end from totp where school_id = $1 and person_id = $2",
       {{"confirmed", yes_no}}},
      {"passkeys",
       "select id, sealed, created_at, used_at from passkeys where school_id = $1 and person_id = $2 order by id",
       {{"id", id}, {"name", sealed_passkey}, {"since", instant}, {"used_at", instant}}},
      {"identities",
       "select id, provider, created_at from identities where school_id = $1 and person_id = $2 order by id",
       {{"id", id}, {"provider", text}, {"since", instant}}},
      {"exports",
       "select asked_at, expires_at from exports where school_id = $1 and person_id = $2",
       {{"asked_at", instant}, {"until", instant}}},
      {"busy",
       "select starts_at, ends_at from busy where school_id = $1 and instructor_id = $2",
       {{"start", instant}, {"end", instant}}},
      {"hours",
       "select weekly, overrides from hours where school_id = $1 and instructor_id = $2",
       {{"weekly", text}, {"dates", text}}},
      {"time_off",
       "select id, starts_at, ends_at, title_id from time_off where school_id = $1 and instructor_id = $2",
       {{"id", id}, {"start", instant}, {"end", instant}, {"title", id}}},
      {"rules",
       "select rule, enabled, value, message from constraints where school_id = $1 and instructor_id = $2",
       {{"rule", text}, {"enabled", yes_no}, {"value", number}, {"message", text}}},
      {"activity",
       "select at, action, what, network from audit where school_id = $1 and actor = $2 order by id",
       {{"at", instant}, {"action", text}, {"what", text}, {"network", text}}}};
}

const std::vector<Source>& sources() {
  static const auto all = [] {
    auto both = sources_of_papers();
    for (auto& source : sources_of_the_rest()) both.push_back(std::move(source));
    return both;
  }();
  return all;
}

boost::json::object opened(KeyStore& keys, KeyOwner owner, const std::string& purpose, const base::Bytes& sealed) {
  const auto plain = keys.open(owner, purpose, sealed);
  return plain ? boost::json::parse(*plain).as_object() : boost::json::object();
}

/// What the column says, as the members of an object: one, or those that were sealed.
boost::json::object members(KeyStore& keys, KeyOwner owner, const Row& row, int at, const PersonalColumn& column) {
  const std::string name(column.name);
  if (row.null(at)) return name.empty() ? boost::json::object() : boost::json::object{{name, nullptr}};
  const auto id = [&] { return base::to_text(row.integer(0)); };
  switch (column.as) {
    case As::id:
      return {{name, base::to_text(row.integer(at))}};
    case As::instant:
      return {{name, base::to_text(row.instant(at))}};
    case As::text:
      return {{name, row.text(at)}};
    case As::number:
      return {{name, row.integer(at)}};
    case As::yes_no:
      return {{name, row.flag(at)}};
    case As::sealed_text:
      return {{name, keys.open(owner, "text/" + id(), row.bytes(at)).value_or("")}};
    case As::sealed_passkey:
      return {{name, keys.open(owner, "passkey/" + id(), row.bytes(at)).value_or("")}};
    case As::sealed_account:
      return {{name, keys.open(owner, connection_seal, row.bytes(at)).value_or("")}};
    case As::sealed_outside:
      return {{name, opened(keys, owner, std::string(outside_seal), row.bytes(at))}};
    case As::sealed_person:
      return opened(keys, owner, "person", row.bytes(at));
    case As::sealed_place:
      return opened(keys, owner, "place/" + id(), row.bytes(at));
  }
  throw base::Bug("unknown As");
}

}  // namespace

std::vector<Part> parts_of(Transaction& tx, KeyStore& keys, KeyOwner owner) {
  std::vector<Part> parts;
  for (const auto& [part, sql, columns] : sources()) {
    auto& rows = parts.emplace_back(Part{std::string(part), {}}).rows;
    for (const Row row : tx.query(sql, owner.school, owner.person)) {
      boost::json::object object;
      for (std::size_t at = 0; at < columns.size(); ++at)
        for (auto& member : members(keys, owner, row, static_cast<int>(at), columns[at]))
          object[member.key()] = std::move(member.value());
      rows.emplace_back(std::move(object));
    }
  }
  return parts;
}

std::span<const PersonalTable> personal_tables() {
  return known_tables;
}
std::span<const std::string_view> tables_of_nobody() {
  return nobodys;
}

void erase_person(Transaction& tx, const Author& author, base::PersonId id) {
  std::int64_t version = 0;
  std::string role;
  for (const Row row :
       tx.query("select version, role from people where school_id = $1 and id = $2", author.school, id)) {
    version = row.integer(0);
    role = row.text(1);
  }
  CHECK(version > 0);
  for (const auto& connection : list_connections(tx, author.school, id))
    remove_connection(tx, author.school, connection);
  for (const auto& [table, whose, at_erasure, why, exported, not_because] : known_tables) {
    if (at_erasure == removed)
      tx.run(fmt::format("delete from {} where school_id = $1 and {} = $2", table, whose), author.school, id);
    if (at_erasure == cleared)
      tx.run(fmt::format("update {} set sealed = null where school_id = $1 and {} = $2", table, whose), author.school,
             id);
  }
  tx.run(
      "update people set email_hash = null, active = 0, languages = '[]', areas = '[]', version = $3, erased_at = $4"
      " where school_id = $1 and id = $2",
      author.school, id, version + 1, author.now);
  append(tx, author, "person/" + base::to_text(id), version + 1, "person_erased",
         {{"id", base::to_text(id)}, {"role", role}});
  tx.touched.push_back({"erased", author.school.value, id.value, version + 1});
}

bool is_erased(Transaction& tx, base::SchoolId school, base::PersonId id) {
  return tx.number("select 1 from people where school_id = $1 and id = $2 and erased_at is not null", school, id)
      .has_value();
}

std::vector<base::PersonId> erased_people(Transaction& tx, base::SchoolId school) {
  std::vector<base::PersonId> people;
  for (const Row row :
       tx.query("select id from people where school_id = $1 and erased_at is not null order by id", school))
    people.push_back(row.id<base::PersonId>(0));
  return people;
}

}  // namespace store
