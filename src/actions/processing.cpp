#include "actions/processing.h"

#include <fmt/format.h>

#include "auth/roles.h"
#include "store/schedules.h"

namespace actions {

namespace {

using store::Period;
using store::Processing;
using store::Transaction;

std::string months_or(const store::Months& months, std::string_view after) {
  return months ? fmt::format("{} months {}", *months, after) : "until it is removed or the person is erased";
}

std::string kept_for(const Processing& processing, const store::Retention& retention, int audit_months) {
  switch (processing.period) {
    case Period::person:
      return retention.learners ? fmt::format("until the person is erased; learners {} months after they stayed away",
                                              *retention.learners)
                                : "until the person is erased";
    case Period::words:
      return months_or(retention.texts, "after they were written");
    case Period::papers:
      return months_or(retention.documents, "after their last day");
    case Period::audited:
      return fmt::format("{} months", audit_months);
    case Period::law:
      return "as long as the law of books and of training asks; of nobody once the person is erased";
    case Period::by_itself:
      return std::string(processing.until);
  }
  throw base::Bug("unknown store::Period");
}

std::string recipients_of(const Processing& processing, std::span<const Recipient> recipients) {
  std::string names(processing.seen_by);
  for (const auto& recipient : recipients)
    if (recipient.kind == processing.handed_to && recipient.kind != store::HandedTo::nobody)
      names += "; " + recipient.who;
  return names;
}

}  // namespace

base::Result<ProcessingRecord> processing_record(const Identity& identity, const Caller& caller,
                                                 std::span<const Recipient> recipients) {
  TRY(auth::may(caller.principal, auth::Action::change_school));
  return identity.context.database.read(
      caller.school(),
      [&](Transaction& tx) -> base::Result<ProcessingRecord> {
        const auto school = store::find_school(tx, caller.school());
        const auto retention = store::find_retention(tx, caller.school());
        ProcessingRecord record{school.name, school.zone, {}};
        for (const auto& processing : store::processing_of_tables())
          record.entries.push_back({&processing, recipients_of(processing, recipients),
                                    kept_for(processing, retention, school.audit_months)});
        return record;
      },
      caller.freshness);
}

}  // namespace actions
