/// Many learners at once, from a file: all of them or nobody (docs/decisions/0010).
#pragma once

#include "actions/people.h"

namespace actions {

inline constexpr std::size_t learners_at_once = 10'000;

/// What was read of a file, with what is wrong with it so far.
struct LearnerFile {
  struct Row {
    std::int64_t line;
    PersonInput input;
  };
  std::vector<Row> rows;
  std::vector<base::LineError> faults;
};

enum class Import { store, invite, dry_run };  ///< `invite`: stored, and everybody gets a link by mail.

/// How many were added, or would be. invalid_input with the lines that are wrong, in their order: details that
/// create_person() refuses, addresses that stand twice in the file or that somebody of the school has. Nobody is told
/// unless they are invited.
base::Result<Made<std::int64_t>> import_learners(const Identity& identity, const Caller& caller, LearnerFile file,
                                                 const store::RequestKey& key, Import mode);

}  // namespace actions
