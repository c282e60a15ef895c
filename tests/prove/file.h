/// The database file as anybody with sqlite3 sees it: no store, no domain.
#pragma once

#include <sqlite3.h>

#include <functional>

#include "prove/model.h"

namespace prove {

class File {
 public:
  explicit File(const std::string& path);
  ~File() { sqlite3_close(database_); }
  File(const File&) = delete;

  using Values = std::vector<std::string>;  ///< Every column as text, null as "".
  void each(const std::string& sql, const std::function<void(const Values&)>& visit);
  std::int64_t number(const std::string& sql);
  Values column(const std::string& sql);  ///< The first column of every row.

 private:
  sqlite3* database_ = nullptr;
};

/// The log in its order, and what is wrong with its numbering and its chain.
struct Log {
  std::vector<Happening> happenings;  ///< happenings[0] stands at position 1.
  std::vector<std::string> faults;
};
Log read_log(File& file);

/// The rows of bookings.
std::map<std::int64_t, Row> read_rows(File& file);

std::int64_t number_in(const std::string& text);

}  // namespace prove
