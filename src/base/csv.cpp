#include "base/csv.h"

#include <algorithm>

namespace base {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// The first of either outside of quotes in the first record; a header of one column has none.
char separator_of(std::string_view text) {
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == ',' || c == ';') return c;
    if (c == '\n') break;
  }
  return ',';
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text), separator_(separator_of(text)) {}

  bool at_end() const { return rest_.empty(); }

  /// False, with `fault`, where quotes do not match.
  bool read(CsvRecord& record, LineError& fault) {
    record = {line_, {}};
    do {
      if (!read_field(record.fields.emplace_back(), fault)) return false;
    } while (take(separator_));
    take('\r');
    if (take('\n')) ++line_;
    return true;
  }

 private:
  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool at_end_of_field() const {
    return rest_.empty() || rest_.front() == separator_ || rest_.front() == '\n' || rest_.starts_with("\r\n");
  }

  bool read_field(std::string& field, LineError& fault) {
    const auto began = line_;
    if (!take('"')) {
      while (!at_end_of_field() && rest_.front() != '"') field += next();
      if (at_end_of_field()) return true;
      fault = {line_, "", "A quote stands within a field. Put the field in quotes, and each of its own twice."};
      return false;
    }
    do {
      while (!rest_.empty() && rest_.front() != '"') {
        if (rest_.front() == '\n') ++line_;
        field += next();
      }
      if (rest_.empty()) {
        fault = {began, "", "A quote is opened and never closed."};
        return false;
      }
      take('"');
      if (rest_.starts_with('"')) field += '"';
    } while (take('"'));
    if (!at_end_of_field()) fault = {line_, "", "Something stands between a closing quote and the next field."};
    return at_end_of_field();
  }

  char next() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::string_view rest_;
  const char separator_;
  std::int64_t line_ = 1;
};

}  // namespace

Csv parse_csv(std::string_view text, std::size_t records) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  Csv csv;
  Reader reader(text);
  while (!reader.at_end() && csv.records.size() <= records) {
    CsvRecord record;
    LineError fault;
    if (!reader.read(record, fault)) {
      csv.faults.push_back(std::move(fault));
      break;
    }
    if (!std::ranges::all_of(record.fields, &std::string::empty)) csv.records.push_back(std::move(record));
  }
  return csv;
}

std::string csv_line(std::span<const std::string> fields) {
  constexpr std::string_view begins_formula = "=+-@\t\r", needs_quotes = ",;\"\r\n";
  std::string line;
  for (const auto& field : fields) {
    if (&field != fields.data()) line += ',';
    const bool formula = !field.empty() && begins_formula.find(field.front()) != std::string_view::npos;
    auto text = formula ? "'" + field : field;
    if (text.find_first_of(needs_quotes) == std::string::npos) {
      line += text;
      continue;
    }
    line += '"';
    for (const char c : text) line += c == '"' ? std::string("\"\"") : std::string(1, c);
    line += '"';
  }
  return line + "\r\n";
}

}  // namespace base
