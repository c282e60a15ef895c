#include "store/people.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "store/calendars.h"
#include "store/connections.h"

namespace store {

namespace {

constexpr std::string_view role_names[] = {"admin", "office", "instructor", "learner", "guardian"};
constexpr std::string_view purpose = "person";

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::string stream_of(base::PersonId id) {
  return "person/" + base::to_text(id);
}

/// The unique index on addresses refused the row.
bool is_taken_address(const ConstraintError& error) {
  return error.name.find("email_hash") != std::string::npos;
}
base::Done address_taken() {
  return base::refuse(base::Error{.code = base::Code::invalid_input,
                                  .detail = "Somebody else has this e-mail address.",
                                  .fields = {{"/email", "Somebody else in this school has this address."}}});
}

std::optional<domain::Date> birth_date_in(const boost::json::object& opened) {
  const auto* text = opened.if_contains("birth_date");
  if (!text) return std::nullopt;
  return base::date_from_text(std::string_view(text->as_string())).value();
}

boost::json::object state(base::PersonId id, Role role, bool active, const std::vector<std::string>& fields) {
  return {{"id", base::to_text(id)},
          {"role", to_string(role)},
          {"active", active},
          {"fields", boost::json::array(fields.begin(), fields.end())}};
}

}  // namespace

std::string_view to_string(Role role) {
  return role_names[static_cast<std::size_t>(role)];
}

std::optional<Role> role_from_text(std::string_view text) {
  for (std::size_t i = 0; i < std::size(role_names); ++i)
    if (role_names[i] == text) return static_cast<Role>(i);
  return std::nullopt;
}

std::string normalised_email(std::string_view email) {
  return lower(email);
}

SealedPerson People::seal(base::SchoolId school, base::PersonId id, const Details& details) {
  boost::json::object plain{{"name", details.name}, {"email", details.email}, {"phone", details.phone}};
  if (details.birth_date) plain["birth_date"] = base::to_text(*details.birth_date);
  return {.id = id,
          .sealed = keys_.seal({school, id}, purpose, boost::json::serialize(plain)),
          .email_hash = email_hash(school, details.email)};
}

base::Bytes People::email_hash(base::SchoolId school, std::string_view email) {
  const auto hash = keys_.keyed_hash(school, "email", normalised_email(email));
  return {hash.begin(), hash.end()};
}

std::optional<Details> People::known(KeyOwner owner, std::int64_t version) {
  const std::lock_guard lock(mutex_);
  const auto found = cache_.find(owner);
  if (found == cache_.end() || found->second.version != version) return std::nullopt;
  return found->second.details;
}

Details People::open(KeyOwner owner, std::int64_t version, base::ByteView sealed) {
  Details details;
  if (sealed.empty()) return details;
  const auto plain = keys_.open(owner, purpose, sealed);
  if (!plain) return details;  // Erased; the row follows.
  const auto json = boost::json::parse(*plain).as_object();
  details = {json.at("name").as_string().c_str(), json.at("email").as_string().c_str(),
             json.at("phone").as_string().c_str()};
  details.birth_date = birth_date_in(json);
  const std::lock_guard lock(mutex_);
  if (cache_.size() >= cache_limit_) cache_.erase(cache_.begin());
  cache_.insert_or_assign(owner, Known{version, details});
  return details;
}

void People::forget(base::SchoolId school, base::PersonId id) {
  const std::lock_guard lock(mutex_);
  cache_.erase({school, id});
}

void People::committed(const std::vector<Touched>& touched) {
  for (const auto& each : touched) {
    if (each.kind != "erased") continue;
    forget({each.school}, {each.id});
    keys_.forget({{each.school}, {each.id}});
  }
}

std::optional<Person> People::find(Transaction& tx, base::SchoolId school, base::PersonId id) {
  for (const Row row :
       tx.query("select role, active, version, languages, areas, sealed from people where school_id = $1 and id = $2",
                school, id)) {
    Person person{id, *role_from_text(row.view(0)),           row.flag(1), row.integer(2),
                  {}, teaching_from(row.view(3), row.view(4))};
    const auto remembered = known({school, id}, person.version);
    person.details = remembered ? *remembered : open({school, id}, person.version, row.bytes(5));
    return person;
  }
  return std::nullopt;
}

std::vector<Person> People::list(Transaction& tx, base::SchoolId school, std::span<const Role> roles) {
  std::vector<Person> found;
  std::vector<std::pair<std::size_t, base::Bytes>> closed;  // Which of `found` are not in memory.
  for (const Role role : roles)
    // `sealed` comes last, so that the engine reads it only for rows that are not in memory.
    for (const Row row : tx.query("select id, active, version, languages, areas, sealed from people"
                                  " where school_id = $1 and role = $2 and erased_at is null order by id",
                                  school, to_string(role))) {
      Person person{
          row.id<base::PersonId>(0), role, row.flag(1), row.integer(2), {}, teaching_from(row.view(3), row.view(4))};
      if (auto remembered = known({school, person.id}, person.version))
        person.details = std::move(*remembered);
      else
        closed.emplace_back(found.size(), row.bytes(5));
      found.push_back(std::move(person));
    }
  std::vector<base::PersonId> owners;
  owners.reserve(closed.size());
  for (const auto& [index, sealed] : closed) owners.push_back(found[index].id);
  keys_.fetch(school, owners);
  for (const auto& [index, sealed] : closed)
    found[index].details = open({school, found[index].id}, found[index].version, sealed);

  std::vector<std::pair<std::string, Person>> sorted;
  sorted.reserve(found.size());
  for (auto& person : found) sorted.emplace_back(lower(person.details.name), std::move(person));
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second.id) < std::tie(b.first, b.second.id);
  });
  std::vector<Person> people;
  people.reserve(sorted.size());
  for (auto& [name, person] : sorted) people.push_back(std::move(person));
  return people;
}

std::optional<domain::Date> birth_date_of(Transaction& tx, KeyStore& keys, base::SchoolId school, base::PersonId id) {
  for (const Row row : tx.query("select sealed from people where school_id = $1 and id = $2", school, id)) {
    const auto plain = row.null(0) ? std::nullopt : keys.open({school, id}, purpose, row.bytes(0));
    if (plain) return birth_date_in(boost::json::parse(*plain).as_object());
  }
  return std::nullopt;
}

std::optional<base::PersonId> person_with_email(Transaction& tx, base::SchoolId school, const base::Bytes& email_hash) {
  const auto id = tx.number("select id from people where school_id = $1 and email_hash = $2", school, email_hash);
  return id ? std::optional(base::PersonId{*id}) : std::nullopt;
}

namespace {

constexpr std::string_view insert_people =
    "insert into people (school_id, id, role, sealed, email_hash, active, version, created_at)";
constexpr std::string_view insert_person =
    "insert into people (school_id, id, role, sealed, email_hash, active, version, created_at, languages, areas)";
constexpr std::int64_t first_version = 1;

NewEvent added(base::PersonId id, Role role, bool active, const domain::Teaching& teaching = {}) {
  std::vector<std::string> fields{"name", "email", "phone"};
  if (!teaching.languages.empty()) fields.emplace_back("languages");
  if (!teaching.areas.empty()) fields.emplace_back("areas");
  return {stream_of(id), first_version, "person_added", state(id, role, active, fields)};
}

}  // namespace

base::Done add_person(Transaction& tx, const Author& author, const SealedPerson& person, Role role, bool active,
                      const domain::Teaching& teaching) {
  const auto [languages, areas] = to_columns(teaching);
  try {
    tx.run(with_values(insert_person, 1, 10), author.school, person.id, to_string(role), person.sealed,
           person.email_hash, active, first_version, author.now, languages, areas);
  } catch (const ConstraintError& error) {
    if (!is_taken_address(error)) throw;
    return address_taken();
  }
  append(tx, author, std::array{added(person.id, role, active, teaching)});
  if (role == Role::instructor) bump_rules(tx, author.school);
  return base::done();
}

std::set<base::Bytes> addresses_taken(Transaction& tx, base::SchoolId school) {
  std::set<base::Bytes> hashes;
  for (const Row row :
       tx.query("select email_hash from people where school_id = $1 and email_hash is not null", school))
    hashes.insert(row.bytes(0));
  return hashes;
}

void add_learners(Transaction& tx, const Author& author, std::span<const NewLearner> learners) {
  const auto role = to_string(Role::learner);
  std::vector<std::tuple<base::SchoolId, base::PersonId, std::string_view, const base::Bytes&, const base::Bytes&, bool,
                         std::int64_t, base::Instant>>
      rows;
  std::vector<NewEvent> events;
  std::vector<std::int64_t> ids;
  for (const auto& [person, active] : learners) {
    rows.emplace_back(author.school, person.id, role, person.sealed, person.email_hash, active, first_version,
                      author.now);
    events.push_back(added(person.id, Role::learner, active));
    ids.push_back(person.id.value);
  }
  try {
    tx.insert_later(insert_people, rows);
    append(tx, author, events);
    make_calendars(tx, author.school, Kind::learner, ids);
    (void)tx.number("select 1");  // Whatever waits has been heard of then.
  } catch (const ConstraintError& error) {
    if (!is_taken_address(error)) throw;
    throw SerializationError("Somebody was added meanwhile with one of the addresses.");
  }
}

base::Done change_person(Transaction& tx, const Author& author, const PersonChange& change) {
  std::optional<std::string> languages, areas;
  if (change.teaching) std::tie(languages, areas) = to_columns(*change.teaching);
  try {
    const auto rows = tx.run(
        "update people set role = $3, sealed = $4, email_hash = $5, active = $6, version = $7,"
        " languages = coalesce(cast($8 as text), languages), areas = coalesce(cast($9 as text), areas)"
        " where school_id = $1 and id = $2",
        author.school, change.person.id, to_string(change.role), change.person.sealed, change.person.email_hash,
        change.active, change.version, languages, areas);
    if (rows == 0) throw SerializationError("The person was removed meanwhile.");
  } catch (const ConstraintError& error) {
    if (!is_taken_address(error)) throw;
    return address_taken();
  }
  append(tx, author, stream_of(change.person.id), change.version, "person_changed",
         state(change.person.id, change.role, change.active, change.fields));
  const auto changes = [&](const char* field) {
    return std::ranges::find(change.fields, field) != change.fields.end();
  };
  const bool is_of_rules = changes("active") || changes("languages") || changes("areas");
  if (changes("role") || (is_of_rules && change.role == Role::instructor)) bump_rules(tx, author.school);
  return base::done();
}

void remove_person(Transaction& tx, const Author& author, base::PersonId id) {
  std::optional<std::int64_t> version;
  for (const Row row :
       tx.query("select version, role from people where school_id = $1 and id = $2", author.school, id)) {
    version = row.integer(0);
    if (row.view(1) != to_string(Role::instructor)) break;
    bump_rules(tx, author.school);
    break;
  }
  CHECK(version.has_value());
  for (const auto& connection : list_connections(tx, author.school, id))
    remove_connection(tx, author.school, connection);
  for (const auto* sql : {"delete from passwords where school_id = $1 and person_id = $2",
                          "delete from sessions where school_id = $1 and person_id = $2",
                          "delete from totp where school_id = $1 and person_id = $2",
                          "delete from backup_codes where school_id = $1 and person_id = $2",
                          "delete from passkeys where school_id = $1 and person_id = $2",
                          "delete from one_time_tokens where school_id = $1 and person_id = $2",
                          "delete from email_proofs where school_id = $1 and person_id = $2",
                          "delete from api_keys where school_id = $1 and person_id = $2",
                          "delete from feeds where school_id = $1 and person_id = $2",
                          "delete from identities where school_id = $1 and person_id = $2",
                          "delete from guest_holds where school_id = $1 and person_id = $2",
                          "delete from guest_links where school_id = $1 and person_id = $2",
                          "delete from documents where school_id = $1 and person_id = $2",
                          "delete from exports where school_id = $1 and person_id = $2",
                          "delete from guardianships where school_id = $1 and guardian_id = $2",
                          "delete from guardianships where school_id = $1 and learner_id = $2",
                          "delete from guardian_consents where school_id = $1 and guardian_id = $2",
                          "delete from guardian_consents where school_id = $1 and learner_id = $2",
                          "delete from impersonations where school_id = $1 and admin_id = $2",
                          "delete from impersonations where school_id = $1 and person_id = $2",
                          "delete from legal_holds where school_id = $1 and person_id = $2",
                          "delete from data_requests where school_id = $1 and person_id = $2",
                          "delete from agreements where school_id = $1 and person_id = $2",
                          "delete from places where school_id = $1 and person_id = $2",
                          "delete from texts where school_id = $1 and person_id = $2",
                          "delete from people where school_id = $1 and id = $2"})
    tx.run(sql, author.school, id);
  append(tx, author, stream_of(id), *version + 1, "person_removed", {{"id", base::to_text(id)}});
}

std::int64_t active_admins(Transaction& tx, base::SchoolId school) {
  return *tx.number("select count(*) from people where school_id = $1 and role = 'admin' and active = 1", school);
}

}  // namespace store
