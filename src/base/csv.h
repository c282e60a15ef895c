/// Tables as text (RFC 4180), as people's programs write them: a byte order mark or none, CRLF or LF, commas or, where
/// Europe's Excel wrote it, semicolons. Knows nothing of what the columns mean.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace base {

struct CsvRecord {
  std::int64_t line;  ///< On which it begins, the first is 1; a quoted field may hold more of them.
  std::vector<std::string> fields;
};

struct Csv {
  std::vector<CsvRecord> records;  ///< The header is the first. Records with nothing in any field are left out.
  std::vector<LineError> faults;   ///< Quotes that do not match; what follows the last one is not read.
};

/// Fields are taken as bytes: whether they are UTF-8 is for whoever knows which text is wanted. Reads at most `records`
/// of them, the header included, and one more, so that too many can be told from enough.
Csv parse_csv(std::string_view text, std::size_t records);

/// A line of a table for spreadsheets, CRLF included. What such a program would take for a formula gets an apostrophe
/// in front of it (https://owasp.org/www-community/attacks/CSV_Injection).
std::string csv_line(std::span<const std::string> fields);

}  // namespace base
