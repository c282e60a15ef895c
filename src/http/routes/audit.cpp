// Who did and saw what: pages, a table for spreadsheets, and whose data somebody saw.
#include "actions/audit.h"

#include "base/csv.h"
#include "http/pages.h"
#include "http/routes/routes.h"

namespace http {

namespace {

boost::json::object rendered(const actions::Named& person) {
  return {{"id", base::to_text(person.id)}, {"name", person.name}};
}

boost::json::object rendered(const actions::AuditEntry& entry) {
  boost::json::array whose, changes;
  for (const auto& person : entry.whose) whose.push_back(rendered(person));
  for (const auto& [field, before, after] : entry.changes)
    changes.push_back({{"field", field}, {"before", before}, {"after", after}});
  boost::json::value who;
  if (entry.who.id) who = rendered(entry.who);
  return {{"id", base::to_text(entry.id)},
          {"at", base::to_text(entry.at)},
          {"action", entry.action},
          {"who", std::move(who)},
          {"guest", entry.guest},
          {"whose", std::move(whose)},
          {"what", entry.what},
          {"changes", std::move(changes)},
          {"network", entry.network},
          {"address", entry.address_hash},
          {"correlation_id", entry.correlation_id}};
}

/// `from` and `to` as the school's dates.
struct Days {
  std::optional<domain::Date> from, to;
};
void set_window(const App& app, const Call& call, const Days& days, store::AuditFilter& filter) {
  if (!days.from && !days.to) return;
  const auto zone = app.context.database.read(call.caller.school(), [&](store::Transaction& tx) {
    return app.context.cache.rules(tx, call.caller.school())->school.zone;
  });
  if (days.from) filter.from = zone.at(*days.from, domain::Minutes{0});
  if (days.to) filter.to = zone.at(*days.to, domain::Minutes{0});
}

base::Result<store::AuditFilter> audit_filter(const App& app, const Call& call) {
  QueryReader reader(call.request);
  auto& fields = reader.fields();
  store::AuditFilter filter;
  const Days days{fields.optional_date("from"), fields.optional_date("to")};
  filter.who = fields.optional_id<base::PersonKind>("who").value_or(base::PersonId{});
  filter.whose = fields.optional_id<base::PersonKind>("whose").value_or(base::PersonId{});
  filter.action = fields.optional_text("action", {.max = 60}).value_or("");
  const auto page = page_query(reader);
  filter.limit = page.limit;
  if (page.after != 0) filter.before = page.after;
  TRY(reader.finish());
  set_window(app, call, days, filter);
  return filter;
}

/// Whoever looks here is taken down, too.
store::Deed deed_of(const Call& call, std::string action) {
  return {.at = call.caller.now,
          .action = std::move(action),
          .actor = call.caller.principal.person,
          .what = "GET " + call.request.path,
          .correlation_id = call.caller.correlation_id};
}

base::Result<Response> list_audit(const App& app, const Call& call) {
  const auto filter = TRY(audit_filter(app, call));
  const auto page = TRY(actions::list_audit(app.identity, call.caller, filter));
  TRY(app.trail.note(call.caller.school(), deed_of(call, "audit_seen"), call.request.client_address));
  boost::json::array items;
  for (const auto& entry : page.items) items.push_back(rendered(entry));
  boost::json::value next;
  if (page.next != 0) next = base::to_text(page.next);
  return json_response(200, {{"items", std::move(items)}, {"next_cursor", std::move(next)}});
}

std::string joined(const std::vector<actions::Named>& people) {
  std::string text;
  for (const auto& person : people)
    text += fmt::format("{}{} ({})", text.empty() ? "" : "; ", person.name, base::to_text(person.id));
  return text;
}

std::string csv_line_of(const actions::AuditEntry& entry) {
  std::string changes;
  for (const auto& [field, before, after] : entry.changes)
    changes += fmt::format("{}{}: {} > {}", changes.empty() ? "" : "; ", field, boost::json::serialize(before),
                           boost::json::serialize(after));
  return base::csv_line(std::array{base::to_text(entry.at), entry.action, entry.who.name,
                                   entry.who.id ? base::to_text(entry.who.id) : "",
                                   std::string(entry.guest ? "yes" : ""), joined(entry.whose), entry.what, changes,
                                   entry.network, entry.address_hash, entry.correlation_id});
}

base::Result<Response> export_table(const App& app, const Call& call) {
  const auto filter = TRY(audit_filter(app, call));
  const auto entries = TRY(actions::export_audit(app.identity, call.caller, filter));
  TRY(app.trail.keep(call.caller.school(), deed_of(call, "audit_exported"), call.request.client_address));
  Response response{.content_type = "text/csv; charset=utf-8"};
  response.body = base::csv_line(std::array<std::string, 11>{"at", "action", "who", "who_id", "guest", "whose", "what",
                                                             "changes", "network", "address", "correlation_id"});
  for (const auto& entry : entries) response.body += csv_line_of(entry);
  response.set("Content-Disposition", "attachment; filename=\"audit.csv\"");
  return response;
}

base::Result<Response> list_people(const App& app, const Call& call) {
  QueryReader reader(call.request);
  auto& fields = reader.fields();
  const Days days{fields.optional_date("from"), fields.optional_date("to")};
  const auto who = fields.id<base::PersonKind>("who");
  TRY(reader.finish());
  store::AuditFilter window;
  set_window(app, call, days, window);
  const auto people = TRY(actions::people_seen(app.identity, call.caller, who, window.from, window.to));
  TRY(app.trail.note(call.caller.school(), deed_of(call, "audit_seen"), call.request.client_address));
  boost::json::array items;
  for (const auto& [person, seen] : people)
    items.push_back({{"person", rendered(person)},
                     {"first_at", base::to_text(seen.first)},
                     {"last_at", base::to_text(seen.last)},
                     {"times", seen.times}});
  return json_response(200, {{"items", std::move(items)}});
}

}  // namespace

std::vector<Route> audit_routes(const App& app) {
  const ApiRoute table[] = {
      {"GET", "/api/v1/audit", list_audit, {"who", "whose", "action", "from", "to", "limit", "cursor"}},
      {"GET", "/api/v1/audit.csv", export_table, {"who", "whose", "action", "from", "to"}},
      {"GET", "/api/v1/audit/people", list_people, {"who", "from", "to"}}};
  return bound(app, table);
}

}  // namespace http
