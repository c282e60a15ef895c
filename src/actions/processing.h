/// The record of processing (art. 30 GDPR) of a school: made of the tables that there are, of how long it keeps what,
/// and of to whom this installation hands data on, so that it says what is.
#pragma once

#include "actions/identity.h"
#include "store/processing.h"
#include "store/retention.h"

namespace actions {

/// Whoever processes for the school (art. 28) or gets data otherwise, as it is configured.
struct Recipient {
  std::string who, what, where;
  store::HandedTo kind = store::HandedTo::nobody;  ///< What of the record is handed to them; nobody: all of it.
};

struct ProcessingRecord {
  std::string school, zone;
  struct Entry {
    const store::Processing* processing;
    std::string recipients, kept;
  };
  std::vector<Entry> entries;
};
/// For admins.
base::Result<ProcessingRecord> processing_record(const Identity& identity, const Caller& caller,
                                                 std::span<const Recipient> recipients);

}  // namespace actions
