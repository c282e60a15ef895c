/// What people ask about their data where a human has to answer (art. 12, 15 to 22 GDPR), and the queue of those who do
/// (docs/decisions/0030).
#pragma once

#include "actions/faults.h"
#include "actions/identity.h"
#include "store/data_requests.h"
#include "store/idempotency.h"

namespace actions {

inline constexpr std::size_t most_open_data_requests = 10;  ///< Of one person.

struct DataRequestView {
  store::DataRequest request;
  std::string name;                      ///< Of whose data it is about; empty once erased.
  std::string words, extension, answer;  ///< Opened.
  bool overdue = false;
};

struct DataRequestInput {
  domain::DataRight right;
  std::string words;
};
/// By the person themselves, received today. wrong_status where there are too many open already. An objection ends the
/// consent to news at once (art. 21(3)).
base::Result<Made<DataRequestView>> file_data_request(const Identity& identity, const Caller& caller,
                                                      const DataRequestInput& input, const store::RequestKey& key);
/// Likewise by the office: what came by letter or telephone on that day.
base::Result<Made<DataRequestView>> record_data_request(const Identity& identity, const Caller& caller,
                                                        base::PersonId person, const DataRequestInput& input,
                                                        domain::Date received, const store::RequestKey& key);
base::Result<std::vector<DataRequestView>> my_data_requests(const Identity& identity, const Caller& caller);
enum class DataRequests { open, closed };
/// Open ones by due date; closed ones, the newest first.
base::Result<Page<DataRequestView>> list_data_requests(const Identity& identity, const Caller& caller,
                                                       DataRequests which, const PageQuery& page);

/// Once, by two months; the person is told why by mail. wrong_status where it was extended or closed before.
base::Result<DataRequestView> extend_data_request(const Identity& identity, const Caller& caller, std::int64_t id,
                                                  std::int64_t version, const std::string& reason);
/// The person is told by mail. What it says is true: an erasure is done by erasing them (wrong_status otherwise), a
/// restriction that is done puts the hold on their data.
base::Result<DataRequestView> close_data_request(const Identity& identity, const Caller& caller, std::int64_t id,
                                                 std::int64_t version, store::DataOutcome outcome,
                                                 const std::string& answer);

/// In the transaction that erases somebody: an erasure that was asked for is done, and nothing else waits any more.
void end_data_requests(store::Transaction& tx, const store::Author& author, base::PersonId person);

}  // namespace actions
