// Learners from a file: a table as text becomes inputs as of POST /api/v1/learners, with the lines they stand on.
#include <fmt/format.h>

#include "actions/import_people.h"
#include "base/csv.h"
#include "http/pages.h"
#include "http/routes/routes.h"

namespace http {

namespace {

constexpr std::size_t most_bytes = 4 << 20;
constexpr std::string_view columns[] = {"name", "email", "phone", "active"};
constexpr std::size_t columns_needed = 2;

/// "Active " and "ACTIVE" too are "active".
std::string plain(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return "";
  std::string lower(text.substr(first, text.find_last_not_of(' ') - first + 1));
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

/// Which column stands where, in the order of the header; with what is wrong with it.
std::vector<std::string> header_of(const base::CsvRecord& record, std::vector<base::LineError>& faults) {
  std::vector<std::string> header;
  for (const auto& field : record.fields) {
    const auto name = plain(field);
    const auto complain = [&](const char* message) {
      faults.push_back({record.line, base::valid_utf8(field), message});
    };
    if (std::ranges::find(columns, name) == std::end(columns))
      complain("There is no such column: name, email, phone and active are known.");
    else if (std::ranges::find(header, name) != header.end())
      complain("This column stands twice.");
    header.push_back(name);
  }
  for (const auto needed : std::span(columns).first(columns_needed))
    if (std::ranges::find(header, needed) == header.end())
      faults.push_back({record.line, std::string(needed), "This column is missing."});
  return header;
}

std::optional<bool> active_of(std::string_view field, std::int64_t line, std::vector<base::LineError>& faults) {
  const auto word = plain(field);
  if (word.empty()) return std::nullopt;
  if (word != "true" && word != "false") faults.push_back({line, "active", "Must be true or false."});
  return word != "false";
}

/// Nothing for a record that does not fit the header.
std::optional<actions::PersonInput> input_of(const std::vector<std::string>& header, const base::CsvRecord& record,
                                             std::vector<base::LineError>& faults) {
  if (record.fields.size() != header.size()) {
    faults.push_back(
        {record.line, "", fmt::format("Has {} fields; the header has {}.", record.fields.size(), header.size())});
    return std::nullopt;
  }
  actions::PersonInput input;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const auto& field = record.fields[i];
    if (header[i] == "name") input.name = field;
    if (header[i] == "email") input.email = field;
    if (header[i] == "phone") input.phone = field;
    if (header[i] == "active") input.active = active_of(field, record.line, faults);
  }
  return input;
}

actions::LearnerFile file_of(std::string_view text) {
  auto csv = base::parse_csv(text, 1 + actions::learners_at_once);
  actions::LearnerFile file{{}, std::move(csv.faults)};
  if (csv.records.empty()) {
    if (file.faults.empty()) file.faults.push_back({1, "", "A header such as “name,email,phone” is missing."});
    return file;
  }
  const auto header = header_of(csv.records.front(), file.faults);
  if (!file.faults.empty()) return file;
  if (csv.records.size() > 1 + actions::learners_at_once) {
    file.faults.push_back({csv.records.back().line, "", "A file has at most 10,000 learners."});
    return file;
  }
  for (const auto& record : std::span(csv.records).subspan(1))
    if (auto input = input_of(header, record, file.faults)) file.rows.push_back({record.line, std::move(*input)});
  return file;
}

base::Result<Response> import_learners(const App& app, const Call& call) {
  constexpr std::pair<std::string_view, actions::Import> modes[] = {{"true", actions::Import::dry_run},
                                                                    {"false", actions::Import::store}};
  QueryReader reader(call.request);
  constexpr std::pair<std::string_view, bool> flags[] = {{"true", true}, {"false", false}};
  auto mode = reader.fields().optional_choice<actions::Import>("dry_run", modes).value_or(actions::Import::store);
  const bool invite = reader.fields().optional_choice<bool>("invite", flags).value_or(false);
  TRY(reader.finish());
  if (invite && mode == actions::Import::store) mode = actions::Import::invite;
  const auto key = mode != actions::Import::dry_run ? TRY(call.key(app)) : store::RequestKey();
  const auto made = TRY(actions::import_learners(app.identity, call.caller, file_of(call.request.body), key, mode));
  auto response = json_response(200, {{"created", made.value}});
  if (made.replayed) response.set("Idempotency-Replayed", "true");
  return response;
}

}  // namespace

std::vector<Route> import_routes(const App& app) {
  const ApiRoute table[] = {
      {"POST", "/api/v1/learners/imports", import_learners, {"dry_run", "invite"}, {"text/csv", most_bytes}}};
  return bound(app, table);
}

}  // namespace http
