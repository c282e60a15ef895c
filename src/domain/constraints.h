/// The named rules about one lesson, each with its words, in the order in which refusals are reported. docs/rules.md is
/// their list for people.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/availability.h"

namespace domain {

/// Why a rule refuses: for a learner what they can act on and nothing about anybody else, for staff all of it, with
/// times of the school's wall clock.
struct Words {
  std::string learner;
  std::string staff;
};

/// One lesson asked about, with the opening hours of its local day. Time off and closures do not cut them.
struct Ask {
  const Question& question;
  Interval lesson;
  std::vector<OpenRange> open;

  const Zone& zone() const { return question.school->zone; }
  const OpenRange* range_at_start() const;
};

/// Nobody overrules a hard rule; staff may overrule a soft one by name, with a reason.
enum class Strength { soft, hard };

struct Rule {
  base::Code code;
  Strength strength;
  std::optional<Words> (*check)(const Ask&);  ///< Nullopt: the rule has nothing against the lesson.
};

/// Every rule once, in the order of base::Code.
std::span<const Rule> rules();

}  // namespace domain
