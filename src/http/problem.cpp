#include "http/problem.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/clock.h"
#include "base/ids.h"

namespace http {

// A table, one row a line.
// clang-format off
// No default: a new Code without a row here does not compile (-Werror=switch).
ProblemKind kind_of(base::Code code) {  // tidy-ok: one row per code.
  using enum base::Code;
  switch (code) {
    case off_grid: return {422, "The start is not on the grid"};
    case too_soon: return {422, "The lesson starts too soon"};
    case beyond_horizon: return {422, "The lesson is too far ahead"};
    case outside_hours: return {422, "Outside the opening hours"};
    case closure: return {422, "The school is closed"};
    case time_off: return {422, "The instructor is away"};
    case guardian_consent: return {422, "A guardian has to agree"};
    case wrong_transmission: return {422, "The wrong transmission"};
    case who_may_drive: return {422, "The instructor does not drive this vehicle"};
    case slot_taken: return {409, "The time is taken"};
    case learner_busy: return {409, "The learner has another lesson"};
    case vehicle_busy: return {409, "The vehicle is taken"};
    case buffer: return {409, "Too close to another lesson"};
    case learner_daily_maximum: return {409, "Too many lessons on this day"};
    case learner_weekly_maximum: return {409, "Too many lessons in this week"};
    case instructor_daily_minutes: return {409, "The instructor's day is full"};
    case break_needed: return {409, "The instructor needs a break"};
    case open_bookings: return {409, "Too many open bookings"};
    case malformed: return {400, "The request cannot be read"};
    case invalid_input: return {422, "The request is not valid"};
    case unauthenticated: return {401, "Sign in first"};
    case forbidden: return {403, "Not allowed"};
    case second_factor_asked: return {401, "A second factor is asked for"};
    case second_factor_required: return {403, "A second factor must be set up first"};
    case not_found: return {404, "Not found"};
    case method_not_allowed: return {405, "The method is not allowed"};
    case stale_version: return {412, "Someone changed this first"};
    case precondition_required: return {428, "A condition is missing"};
    case idempotency_mismatch: return {422, "The key was used for another request"};
    case hold_expired: return {409, "The hold has expired"};
    case too_many_holds: return {409, "Too many holds"};
    case account_exists: return {409, "There is an account with this address"};
    case wrong_status: return {409, "Not possible in this status"};
    case too_late: return {422, "Too late for this"};
    case in_use: return {409, "Still in use"};
    case too_large: return {413, "The body is too large"};
    case header_too_large: return {431, "The headers are too large"};
    case url_too_long: return {414, "The address is too long"};
    case unsupported_media_type: return {415, "The media type is not supported"};
    case rate_limited: return {429, "Too many requests"};
    case internal: return {500, "Something went wrong on our side"};
    case unavailable: return {503, "Not available at the moment"};
  }
  throw base::Bug("unknown base::Code");
}
// clang-format on

namespace {

boost::json::array rendered(const std::vector<base::Refusal>& refusals) {
  boost::json::array array;
  for (const auto& refusal : refusals)
    array.push_back({{"rule", base::to_string(refusal.rule)}, {"message", refusal.message}});
  return array;
}

boost::json::array rendered(const std::vector<base::FieldError>& fields) {
  boost::json::array array;
  for (const auto& field : fields) array.push_back({{"pointer", field.pointer}, {"message", field.message}});
  return array;
}

boost::json::array rendered(const std::vector<base::LineError>& lines) {
  boost::json::array array;
  for (const auto& line : lines)
    array.push_back({{"line", line.line}, {"field", line.field}, {"message", line.message}});
  return array;
}

boost::json::value id_or_null(std::int64_t id) {
  return id == 0 ? boost::json::value(nullptr) : boost::json::value(base::to_text(id));
}

boost::json::array rendered(const std::vector<base::Alternative>& alternatives) {
  boost::json::array array;
  for (const auto& alternative : alternatives)
    array.push_back({{"start", base::to_text(base::from_seconds(alternative.start))},
                     {"end", base::to_text(base::from_seconds(alternative.end))},
                     {"instructor_id", id_or_null(alternative.instructor)},
                     {"vehicle_id", id_or_null(alternative.vehicle)}});
  return array;
}

}  // namespace

Response problem(const base::Error& error, std::string_view correlation_id) {
  const auto kind = kind_of(error.code);
  boost::json::object body{{"type", fmt::format("/problems/{}", base::to_string(error.code))},
                           {"title", kind.title},
                           {"status", kind.status},
                           {"detail", error.detail},
                           {"instance", fmt::format("/requests/{}", correlation_id)}};
  if (!error.refusals.empty()) {
    body["refusals"] = rendered(error.refusals);
    body["alternatives"] = rendered(error.alternatives);
  }
  if (!error.fields.empty()) body["errors"] = rendered(error.fields);
  if (!error.lines.empty()) body["errors"] = rendered(error.lines);
  if (error.code == base::Code::in_use || !error.lines.empty()) body["count"] = error.count;
  if (error.version > 0) body["version"] = error.version;
  if (!error.challenge.empty()) body["challenge"] = error.challenge;
  Response response{
      .status = kind.status, .content_type = "application/problem+json", .body = boost::json::serialize(body)};
  if (kind.status == 401) response.set("WWW-Authenticate", "Bearer realm=\"roadbook\"");
  if (kind.status == 429 && error.count > 0) response.set("Retry-After", std::to_string(error.count));
  if (kind.status == 503) response.set("Retry-After", "1");
  return response;
}

// Likewise.
// clang-format off
std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "Unknown";  // A phrase is only for people who read wires; clients ignore it (RFC 9112 §4).
  }
}
// clang-format on

}  // namespace http
