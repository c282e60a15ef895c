/// Why each table with people's data is there: the substance of the record of processing (art. 30 GDPR). A test holds
/// it against the list of those tables (store/personal.h), so that none comes in without a purpose.
#pragma once

#include <span>
#include <string_view>

namespace store {

/// For how long, where it does not go with an erasure before.
enum class Period {
  person,     ///< As long as the account; of learners at most `learner_months` after they stayed away.
  words,      ///< `text_months` after it was written,
  papers,     ///< `document_months` after its last day,
  audited,    ///< and `audit_months`.
  law,        ///< What was taught and charged: as long as the law asks, without a name after an erasure.
  by_itself,  ///< See `until`.
};

/// To whom what stands in it is handed on, besides those who work for the school.
enum class HandedTo { nobody, mail, providers, calendars };

struct Processing {
  std::string_view table;
  std::string_view purpose;
  std::string_view people;   ///< Categories of data subjects,
  std::string_view data;     ///< and of data.
  std::string_view basis;    ///< Art. 6(1) GDPR.
  std::string_view seen_by;  ///< Inside the school.
  HandedTo handed_to;
  Period period;
  std::string_view until;       ///< Of `by_itself`; "" otherwise.
  std::string_view protection;  ///< Besides what protects every table.
};
std::span<const Processing> processing_of_tables();
/// What protects all of them (art. 32 GDPR).
std::span<const std::string_view> protection_of_all();

}  // namespace store
