/// Every operation of the description, as requests that are right.
#pragma once

#include <gtest/gtest.h>

#include "api/school_server.h"
#include "store/guests.h"

namespace api {

/// A school in which there is one of everything that an operation can name.
class EveryOperation : public testing::Test {
 protected:
  explicit EveryOperation(const testing_support::SchoolOptions& options) : world(options, providers()) {}

  /// Whom nobody asks anything in these tests.
  static base::Config providers() {
    base::Config config;
    config.google = {.name = "Google",
                     .issuer = "http://127.0.0.1:1",
                     .client_id = "client",
                     .client_secret = base::Secret("secret"),
                     .auth_url = "http://127.0.0.1:1/auth",
                     .token_url = "http://127.0.0.1:1/token",
                     .jwks_url = "http://127.0.0.1:1/jwks"};
    config.supabase = {.url = "http://127.0.0.1:1", .jwt_secret = base::Secret(std::string(32, 's'))};
    return config;
  }

  std::string id_of(const Answer& made) {
    EXPECT_EQ(made.status, 201) << made.body;
    return std::string(made.json().at("id").as_string());
  }
  Headers keyed(const Headers& more = {}) {
    Headers all = {{"Idempotency-Key", "status-" + std::to_string(++world.keys)}};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::string made(const std::string& path, const boost::json::object& body, const std::string& who = "admin") {
    return id_of(world.send(who, "POST", "/api/v1" + path, body, keyed()));
  }
  /// The path of an operation with ids in it: those that there are, or one that nobody has.
  std::string path_of(const std::string& operation, bool unknown = false) {
    auto path = operation.substr(operation.find(' ') + 1);
    std::string id;
    for (const auto& [prefix, known] : ids)
      if (path.starts_with("/api/v1" + prefix)) id = known;
    const auto replace = [&](const std::string& name, const std::string& value) {
      if (const auto at = path.find(name); at != std::string::npos) path.replace(at, name.size(), value);
    };
    replace("{document_id}", unknown ? nobody : document);
    replace("{guardian_id}", unknown ? nobody : base::to_text(std::int64_t{6001}));
    replace("{time_off_id}", unknown ? nobody : time_off);
    if (path.starts_with("/api/v1/jobs")) unknown = true;
    replace("{id}", unknown && !path.ends_with(nobody) ? nobody : id);
    replace("{provider}", unknown ? "nothing" : "google");
    replace("{kind}", unknown ? "nothing" : "photos");
    replace("{hold}", unknown ? "nothing" : "claim");
    replace("{slug}", unknown ? "nothing" : "test");
    replace("{code}", unknown ? "nothing" : "slot-taken");
    return path;
  }
  /// Who may do it where an admin may not.
  static std::string doer_of(const std::string& operation) {
    return operation.find("/calendar/connections") == std::string::npos ? "admin" : "instructor 1";
  }
  static std::string method_of(const std::string& operation) { return operation.substr(0, operation.find(' ')); }
  /// The operations that list a status.
  std::vector<std::string> listing(const std::string& status) const {
    std::vector<std::string> found;
    for (const auto& listed : contract.listed_statuses())
      if (listed.ends_with(" " + status)) found.push_back(listed.substr(0, listed.size() - status.size() - 1));
    return found;
  }
  std::string body_of(const std::string& operation) const {
    const auto found = bodies.find(operation);
    return found == bodies.end() ? "" : boost::json::serialize(found->second);
  }
  Answer ask(const std::string& operation, const Headers& headers, const std::string& body, bool unknown = false) {
    return world.ask(method_of(operation), path_of(operation, unknown), headers, body);
  }
  Headers with_all(const std::string& who, const std::string& version = "\"1\"") {
    return keyed(SchoolServer::as(who, {{"If-Match", version}}));
  }
  /// Where others sign in, guests show a token.
  static bool is_of_guest(const std::string& operation) {
    return operation.find(" /api/v1/guest/") != std::string::npos;
  }
  Headers known_as(const std::string& who, const std::string& operation) const {
    if (!is_of_guest(operation)) return SchoolServer::as(who);
    return {{"Authorization", "Guest " + (operation.find("/hold") == std::string::npos ? guest_link : guest_hold)}};
  }
  Headers right_for(const std::string& operation, const std::string& who, const std::string& version = "\"1\"") {
    auto headers = keyed(known_as(who, operation));
    headers.emplace_back("If-Match", version);
    return headers;
  }

  SchoolServer world;
  actions::OutsideGoogle google{world.school.context(), *world.providers.open_id("google"), {}, {}};
  const bool acting = (world.add_guardian(), world.publish("photos", "Pictures of lessons."), world.add_data_request(),
                       world.app.outside = google.outside(), true);
  const api::Contract contract;
  const std::string nobody = base::to_text(std::int64_t{987654321});
  const boost::json::object booking_body = world.lesson("2026-03-04T10:00");
  const boost::json::object time_off_body = {{"start", "2026-04-01T09:00:00Z"}, {"end", "2026-04-01T10:00:00Z"}};
  const std::string booking = id_of(world.book("learner 1", booking_body));
  const std::string hold = made("/calendar/holds", world.lesson("2026-03-03T10:00"), "learner 1");
  const std::string time_off = made("/instructors/" + base::to_text(std::int64_t{1001}) + "/time-off", time_off_body);
  /// The least that is a PDF.
  static inline const std::string pdf = "%PDF-1.4\n1 0 obj<<>>endobj\nstartxref\n9\n%%EOF\n";
  static bool is_upload(const std::string& operation) { return operation == "POST /api/v1/learners/{id}/documents"; }
  Answer upload(const std::string& who, const std::string& file, const std::string& type = "application/pdf",
                const std::string& query = "?kind=permit", std::int64_t learner = 2001) {
    return world.ask("POST", "/api/v1/learners/" + base::to_text(learner) + "/documents" + query,
                     keyed(SchoolServer::as(who, {{"Content-Type", type}})), file);
  }
  /// What the school keeps of somebody who was not made with a key.
  std::string document_of_learner() {
    const base::PersonId learner{2001};
    if (!world.school.keys.has_key({world.school.school, learner}))
      world.school.keys.make_keys(world.school.school, std::span(&learner, 1), {});
    return id_of(upload("learner 1", pdf));
  }
  const std::string document = document_of_learner();
  const boost::json::object guest_body = {{"lesson_type_id", base::to_text(world.school.type)},
                                          {"start", base::to_text(world.school.time("2026-03-06T16:00"))}};
  /// A school that takes guests, and the token of one who keeps a time.
  std::string token_of_hold() {
    world.school.execute("update schools set guests = 1");
    const auto held = world.ask("POST", "/api/v1/schools/test/holds", keyed(), boost::json::serialize(guest_body));
    EXPECT_EQ(held.status, 201) << held.body;
    return std::string(held.json().at("token").as_string());
  }
  /// The token of a link to the lesson that there is.
  std::string token_of_link() {
    const auto token = auth::make_link_token(world.school.school);
    const auto done = world.school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
      store::add_guest_link(tx, world.school.school, {*base::id_from_text(booking), {2001}}, token.hash,
                            base::from_seconds(4'000'000'000));
      return 0;
    });
    EXPECT_TRUE(done);
    return token.text;
  }
  const std::string guest_hold = token_of_hold(), guest_link = token_of_link();
  /// Of instructor 1, whose lesson somebody has deleted there. Google is not asked: there is no token.
  std::string connected() {
    world.school.execute(
        "insert into connections (school_id, id, person_id, provider, subject_hash, sealed, scopes, detail, tentative,"
        " state, connected_at, version) values (1, 7501, 1001, 'google', '0', '', '', 'lesson', 1, 'connected', 0, 1)");
    world.school.execute(
        "insert into conflicts (school_id, id, booking_id, calendar_id, person_id, booking_version, rules, created_at)"
        " values (1, 7601, " +
        std::to_string(*base::id_from_text(booking)) + ", 7502, 1001, 1, '', 0)");
    return base::to_text(std::int64_t{7501});
  }
  const std::map<std::string, std::string> ids = {
      {"/calendar/bookings", booking},
      {"/calendar/conflicts", base::to_text(std::int64_t{7601})},
      {"/calendar/connections", connected()},
      {"/calendar/holds", hold},
      {"/closures", made("/closures", {{"name", "Easter"}, {"from", "2026-04-03"}, {"to", "2026-04-07"}})},
      {"/guardians", base::to_text(std::int64_t{6001})},
      {"/impersonations", base::to_text(std::int64_t{7301})},
      {"/instructors", base::to_text(std::int64_t{1001})},
      {"/learners", base::to_text(std::int64_t{2001})},
      {"/lesson-types", base::to_text(world.school.type)},
      {"/me/children", base::to_text(std::int64_t{2001})},
      {"/me/identities", base::to_text(std::int64_t{7101})},
      {"/me/passkeys", base::to_text(std::int64_t{7002})},
      {"/me/sessions", base::to_text(std::int64_t{7001})},
      {"/people", base::to_text(std::int64_t{2001})},
      {"/privacy/requests", base::to_text(std::int64_t{7401})},
      {"/places", made("/places", {{"text", "12 High Street"}}, "learner 1")},
      {"/users", base::to_text(std::int64_t{4002})},
      {"/vehicles", base::to_text(std::int64_t{3001})}};
  /// One that is right, for every operation that takes one.
  const std::map<std::string, boost::json::object> bodies = {
      {"PATCH /api/v1/school", {{"name", "Other"}}},
      {"POST /api/v1/instructors", {{"name", "Grace"}}},
      {"PATCH /api/v1/instructors/{id}", {{"name", "Grace"}}},
      {"POST /api/v1/learners", {{"name", "Alan"}}},
      {"PATCH /api/v1/learners/{id}", {{"name", "Alan"}}},
      {"POST /api/v1/guardians", {{"name", "Mary"}}},
      {"PATCH /api/v1/guardians/{id}", {{"name", "Mary"}}},
      {"POST /api/v1/learners/{id}/guardians", {{"guardian_id", base::to_text(std::int64_t{6001})}}},
      {"PUT /api/v1/me/children/{id}/consent", {{"text_version", 1}}},
      {"PUT /api/v1/privacy/retention", {{"text_months", 24}}},
      {"PUT /api/v1/people/{id}/holds/{hold}", {{"reason", "A claim"}}},
      {"POST /api/v1/me/requests", {{"right", "access"}, {"text", "What do you know?"}}},
      {"POST /api/v1/people/{id}/requests",
       {{"right", "access"}, {"text", "What do you know?"}, {"received_on", "2026-02-20"}}},
      {"POST /api/v1/privacy/requests/{id}/extension", {{"reason", "It is a lot."}}},
      {"POST /api/v1/privacy/requests/{id}/outcome", {{"outcome", "done"}}},
      {"PUT /api/v1/policies/{kind}", {{"text", "Pictures of passed tests."}}},
      {"PUT /api/v1/me/consents/{kind}", {{"version", 1}}},
      {"POST /api/v1/impersonations", {{"person_id", base::to_text(std::int64_t{2002})}, {"reason", "To help"}}},
      {"POST /api/v1/users", {{"name", "Joan"}, {"email", "joan@example.com"}, {"role", "office"}}},
      {"PATCH /api/v1/users/{id}", {{"name", "Joan"}}},
      {"POST /api/v1/vehicles", {{"name", "Mini"}, {"transmission", "manual"}}},
      {"PATCH /api/v1/vehicles/{id}", {{"name", "Mini"}}},
      {"POST /api/v1/lesson-types",
       {{"name", "Night"}, {"length_minutes", 90}, {"price", {{"amount_minor", 4500}, {"currency", "GBP"}}}}},
      {"PATCH /api/v1/lesson-types/{id}", {{"name", "Night"}}},
      {"POST /api/v1/closures", {{"name", "May"}, {"from", "2026-05-01"}, {"to", "2026-05-02"}}},
      {"PATCH /api/v1/closures/{id}", {{"name", "May"}}},
      {"PUT /api/v1/instructors/{id}/hours", {{"items", boost::json::array()}}},
      {"PUT /api/v1/instructors/{id}/overrides", {{"items", boost::json::array()}}},
      {"POST /api/v1/instructors/{id}/hours/previews", {{"hours", {{"items", boost::json::array()}}}}},
      {"POST /api/v1/instructors/{id}/time-off", time_off_body},
      {"PATCH /api/v1/instructors/{id}/time-off/{time_off_id}", {{"end", "2026-04-01T11:00:00Z"}}},
      {"DELETE /api/v1/me", {{"current_password", "not this one"}}},
      {"PUT /api/v1/me/password", {{"current_password", "not this one"}, {"password", "correct horse battery"}}},
      {"POST /api/v1/me/email", {{"current_password", "not this one"}, {"email", "new@example.com"}}},
      {"POST /api/v1/auth/register", {{"email", "new@example.com"}}},
      {"POST /api/v1/auth/supabase", {{"access_token", "none"}}},
      {"POST /api/v1/me/identities", {{"provider", "google"}, {"password", "not this one"}}},
      {"PUT /api/v1/me/identities/supabase", {{"access_token", "none"}, {"password", "not this one"}}},
      {"POST /api/v1/me/totp", {{"current_password", "not this one"}}},
      {"DELETE /api/v1/me/totp", {{"current_password", "not this one"}}},
      {"POST /api/v1/me/totp/confirmation", {{"code", "123456"}}},
      {"POST /api/v1/me/totp/backup-codes", {{"current_password", "not this one"}}},
      {"POST /api/v1/me/passkeys/options", {{"current_password", "not this one"}}},
      {"POST /api/v1/me/passkeys", {{"name", "Key"}, {"client_data", "e30"}, {"authenticator_data", "AA"}}},
      {"PUT /api/v1/me/passkeys/{id}/name", {{"name", "Key"}}},
      {"DELETE /api/v1/me/passkeys/{id}", {{"current_password", "not this one"}}},
      {"POST /api/v1/places", {{"text", "12 High Street"}}},
      {"PUT /api/v1/constraints", {{"items", boost::json::array()}}},
      {"POST /api/v1/constraints/previews", {{"items", boost::json::array()}}},
      {"POST /api/v1/calendar/connections", {{"provider", "google"}}},
      {"PATCH /api/v1/calendar/connections/{id}", {{"detail", "busy"}}},
      {"POST /api/v1/calendar/conflicts/{id}/resolution", {{"how", "put_back"}}},
      {"POST /api/v1/calendar/holds", booking_body},
      {"POST /api/v1/schools/{slug}/holds", guest_body},
      {"POST /api/v1/guest/hold/code", {{"name", "Rob"}, {"email", "rob@example.com"}, {"phone", "1"}}},
      {"POST /api/v1/guest/hold/booking", {{"code", "123456"}}},
      {"PATCH /api/v1/guest/lesson", {{"start", guest_body.at("start")}}},
      {"POST /api/v1/calendar/bookings", booking_body},
      {"PATCH /api/v1/calendar/bookings/{id}", {{"note", "Bring glasses"}}},
      {"POST /api/v1/calendar/bookings/{id}/outcome", {{"outcome", "delivered"}}}};
};

}  // namespace api
