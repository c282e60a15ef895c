/// What people ask about their data (art. 12 GDPR): a queue with due dates. Their words are texts about them; what was
/// asked and how it was answered stays for as long as the audit, to show that it was.
#pragma once

#include "domain/data_request.h"
#include "store/events.h"

namespace store {

enum class DataOutcome {
  done,
  refused,
  ended  ///< The person was erased meanwhile: there is nobody to answer.
};
inline constexpr std::pair<std::string_view, DataOutcome> data_outcomes[] = {
    {"done", DataOutcome::done}, {"refused", DataOutcome::refused}, {"ended", DataOutcome::ended}};
std::string_view to_string(domain::DataRight right);
std::string_view to_string(DataOutcome outcome);

struct DataRequest {
  std::int64_t id;
  base::PersonId person;
  domain::DataRight right;
  base::TextId words;
  domain::Date received, due;
  base::PersonId filed_by;
  base::Instant filed_at;
  base::TextId extension{};  ///< Why it takes longer; none: it does not.
  std::optional<base::Instant> closed_at{};
  std::optional<DataOutcome> outcome{};
  base::TextId answer{};  ///< Why it was refused, or what was done.
  std::int64_t version = 1;
};

/// Row and event `data_request_filed`.
void file_data_request(Transaction& tx, const Author& author, const DataRequest& request);
/// Row and event (`data_request_extended`, `data_request_closed`); the caller has checked the version before this one.
void put_data_request(Transaction& tx, const Author& author, const DataRequest& request, const char* event);
std::optional<DataRequest> find_data_request(Transaction& tx, base::SchoolId school, std::int64_t id);
/// The nearest due date first, at most `limit` behind this one.
std::vector<DataRequest> open_data_requests(Transaction& tx, base::SchoolId school,
                                            const std::optional<DataRequest>& after, int limit);
/// The newest first, at most `limit` with a lower id.
std::vector<DataRequest> closed_data_requests(Transaction& tx, base::SchoolId school, std::int64_t before, int limit);
/// The newest first.
std::vector<DataRequest> data_requests_of(Transaction& tx, base::SchoolId school, base::PersonId person);
/// With their texts.
std::int64_t forget_data_requests(Transaction& tx, base::SchoolId school, base::Instant closed_before, int limit);

/// Whoever answers: the active admins and office of the school.
std::vector<base::PersonId> people_who_answer(Transaction& tx, base::SchoolId school);

}  // namespace store
