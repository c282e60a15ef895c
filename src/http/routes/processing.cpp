// The record of processing, to read and as a table.
#include "actions/processing.h"

#include <array>

#include "base/csv.h"
#include "http/pages.h"
#include "http/routes/routes.h"

namespace http {

namespace {

boost::json::object rendered(const actions::ProcessingRecord::Entry& entry) {
  const auto& processing = *entry.processing;
  return {{"table", processing.table}, {"purpose", processing.purpose},      {"people", processing.people},
          {"data", processing.data},   {"basis", processing.basis},          {"recipients", entry.recipients},
          {"kept", entry.kept},        {"protection", processing.protection}};
}

base::Result<Response> get_record(const App& app, const Call& call) {
  const auto record = TRY(actions::processing_record(app.identity, call.caller, app.recipients));
  boost::json::array items, recipients, protection;
  for (const auto& entry : record.entries) items.push_back(rendered(entry));
  for (const auto& [who, what, where, kind] : app.recipients)
    recipients.push_back({{"who", who}, {"what", what}, {"where", where}});
  for (const auto measure : store::protection_of_all()) protection.emplace_back(measure);
  return json_response(200, {{"school", record.school},
                             {"made_at", base::to_text(call.caller.now)},
                             {"items", std::move(items)},
                             {"recipients", std::move(recipients)},
                             {"protection", std::move(protection)}});
}

base::Result<Response> export_record(const App& app, const Call& call) {
  const auto record = TRY(actions::processing_record(app.identity, call.caller, app.recipients));
  Response response{.content_type = "text/csv; charset=utf-8"};
  response.body = base::csv_line(
      std::array<std::string, 8>{"table", "purpose", "people", "data", "basis", "recipients", "kept", "protection"});
  for (const auto& entry : record.entries) {
    std::array<std::string, 8> cells;
    std::size_t at = 0;
    for (const auto& member : rendered(entry)) cells.at(at++) = std::string(member.value().as_string());
    response.body += base::csv_line(cells);
  }
  response.set("Content-Disposition", "attachment; filename=\"record-of-processing.csv\"");
  return response;
}

}  // namespace

std::vector<Route> processing_routes(const App& app) {
  const ApiRoute table[] = {{"GET", "/api/v1/privacy/record", get_record},
                            {"GET", "/api/v1/privacy/record.csv", export_record}};
  return bound(app, table);
}

}  // namespace http
