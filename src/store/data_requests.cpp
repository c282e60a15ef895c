#include "store/data_requests.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/texts.h"

namespace store {

namespace {

constexpr std::string_view data_request_columns =
    "select id, person_id, data_right, words_id, received_on, due_on, filed_by, filed_at, extension_id, closed_at,"
    " outcome, answer_id, version from data_requests where school_id = $1 and ";

template <class T, std::size_t size>
T named_value(const std::pair<std::string_view, T> (&names)[size], std::string_view name) {
  const auto* found = std::ranges::find(names, name, &std::pair<std::string_view, T>::first);
  CHECK(found != std::end(names));
  return found->second;
}

DataRequest data_request_from(const Row& row) {
  return {.id = row.integer(0),
          .person = row.id<base::PersonId>(1),
          .right = named_value(domain::data_rights, row.view(2)),
          .words = row.id<base::TextId>(3),
          .received = base::date_from_text(row.view(4)).value(),
          .due = base::date_from_text(row.view(5)).value(),
          .filed_by = row.id<base::PersonId>(6),
          .filed_at = row.instant(7),
          .extension = row.id<base::TextId>(8),
          .closed_at = row.null(9) ? std::nullopt : std::optional(row.instant(9)),
          .outcome = row.null(10) ? std::nullopt : std::optional(named_value(data_outcomes, row.view(10))),
          .answer = row.id<base::TextId>(11),
          .version = row.integer(12)};
}

template <class... Values>
std::vector<DataRequest> data_requests_where(Transaction& tx, std::string_view condition, const Values&... values) {
  std::vector<DataRequest> found;
  for (const Row row : tx.query(fmt::format("{}{}", data_request_columns, condition), values...))
    found.push_back(data_request_from(row));
  return found;
}

std::string text_or_none(base::TextId id) {
  return id ? base::to_text(id) : "";
}

void tell_of_data_request(Transaction& tx, const Author& author, const DataRequest& request, const char* event) {
  append(tx, author, "data-request/" + base::to_text(request.id), request.version, event,
         {{"id", base::to_text(request.id)},
          {"person_id", base::to_text(request.person)},
          {"right", to_string(request.right)},
          {"words", text_or_none(request.words)},
          {"received_on", base::to_text(request.received)},
          {"due_on", base::to_text(request.due)},
          {"extension", text_or_none(request.extension)},
          {"outcome", request.outcome ? boost::json::value(to_string(*request.outcome)) : nullptr},
          {"answer", text_or_none(request.answer)}});
}

}  // namespace

std::string_view to_string(domain::DataRight right) {
  return std::ranges::find(domain::data_rights, right, &std::pair<std::string_view, domain::DataRight>::second)->first;
}

std::string_view to_string(DataOutcome outcome) {
  return std::ranges::find(data_outcomes, outcome, &std::pair<std::string_view, DataOutcome>::second)->first;
}

void file_data_request(Transaction& tx, const Author& author, const DataRequest& request) {
  tx.run(
      "insert into data_requests (school_id, id, person_id, data_right, words_id, received_on, due_on, filed_by,"
      " filed_at, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)",
      author.school, request.id, request.person, to_string(request.right), request.words,
      base::to_text(request.received), base::to_text(request.due), request.filed_by, request.filed_at);
  tell_of_data_request(tx, author, request, "data_request_filed");
}

void put_data_request(Transaction& tx, const Author& author, const DataRequest& request, const char* event) {
  std::optional<std::string> outcome;
  if (request.outcome) outcome = to_string(*request.outcome);
  tx.run(
      "update data_requests set due_on = $3, extension_id = $4, closed_at = $5, outcome = $6, answer_id = $7,"
      " version = $8 where school_id = $1 and id = $2",
      author.school, request.id, base::to_text(request.due), request.extension, request.closed_at, outcome,
      request.answer, request.version);
  tell_of_data_request(tx, author, request, event);
}

std::optional<DataRequest> find_data_request(Transaction& tx, base::SchoolId school, std::int64_t id) {
  auto found = data_requests_where(tx, "id = $2", school, id);
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<DataRequest> open_data_requests(Transaction& tx, base::SchoolId school,
                                            const std::optional<DataRequest>& after, int limit) {
  const auto due = after ? base::to_text(after->due) : "";
  return data_requests_where(tx, "closed_at is null and (due_on, id) > ($2, $3) order by due_on, id limit $4", school,
                             due, after ? after->id : 0, limit);
}

std::vector<DataRequest> closed_data_requests(Transaction& tx, base::SchoolId school, std::int64_t before, int limit) {
  return data_requests_where(tx, "closed_at is not null and id < $2 order by id desc limit $3", school, before, limit);
}

std::vector<DataRequest> data_requests_of(Transaction& tx, base::SchoolId school, base::PersonId person) {
  return data_requests_where(tx, "person_id = $2 order by id desc", school, person);
}

std::int64_t forget_data_requests(Transaction& tx, base::SchoolId school, base::Instant closed_before, int limit) {
  const auto old = data_requests_where(tx, "closed_at is not null and closed_at < $2 order by closed_at limit $3",
                                       school, closed_before, limit);
  for (const auto& request : old) {
    for (const auto text : {request.words, request.extension, request.answer}) remove_text(tx, school, text);
    tx.run("delete from data_requests where school_id = $1 and id = $2", school, request.id);
  }
  return static_cast<std::int64_t>(old.size());
}

std::vector<base::PersonId> people_who_answer(Transaction& tx, base::SchoolId school) {
  std::vector<base::PersonId> people;
  for (const Row row : tx.query("select id from people where school_id = $1 and role in ('admin', 'office')"
                                " and active = 1 and erased_at is null",
                                school))
    people.push_back(row.id<base::PersonId>(0));
  return people;
}

}  // namespace store
