/// What one client asked and was answered: one line of the journal that the audit holds against the database.
#pragma once

#include <bitset>

#include "prove/plan.h"

namespace prove {

enum class Verb { make, hold, confirm, extend, release, approve, refuse, cancel, move, undo, deliver };
inline constexpr std::array<std::string_view, 11> verb_names{
    "make", "hold", "confirm", "extend", "release", "approve", "refuse", "cancel", "move", "undo", "deliver"};

using Rules = std::bitset<base::code_count>;  ///< A set of base::Code.

struct Attempt {
  Verb verb;
  Seconds now = 0;
  std::int64_t person = 0;
  bool staff = false;
  // The time asked for: make, hold, move.
  std::int64_t kind = 0, instructor = 0, learner = 0, vehicle = 0;  ///< Instructor and vehicle 0: any.
  Seconds start = 0, length = 0;
  Rules overruled;
  // The booking asked about: all others.
  std::int64_t booking = 0, version = 0;

  // The answer. The log stood at `before` when the request was sent, and as Position::after() says when it was there.
  std::int64_t before = 0, after = 0;
  bool accepted = false;
  std::int64_t got = 0, got_version = 0;  ///< The booking and its version, where accepted.
  base::Code code{};                      ///< Why not, else.
  Rules refusals;                         ///< Every rule that refused.
};

/// Outside busy time or time off that came in meanwhile. A note in the log says where: the stream of an event that was
/// written in the same transaction.
struct Block {
  std::int64_t instructor;
  Seconds start, end;
  bool time_off;
  std::string note{};
};

struct Journal {
  std::vector<Attempt> attempts;
  std::vector<Block> blocks;
  std::vector<std::string> faults;  ///< What the clients saw themselves: exceptions, wrong replays.
  std::int64_t replays = 0;

  void append(Journal&& other) {
    attempts.insert(attempts.end(), other.attempts.begin(), other.attempts.end());
    blocks.insert(blocks.end(), other.blocks.begin(), other.blocks.end());
    faults.insert(faults.end(), other.faults.begin(), other.faults.end());
    replays += other.replays;
  }
};

}  // namespace prove
