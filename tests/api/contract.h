/// Answers held against docs/openapi.yaml: the status must be listed for the operation, the body must fit its schema.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <set>
#include <string>

namespace api {

class Contract {
 public:
  Contract();

  /// "GET /api/v1/me" and the like, with the names of the query parameters of each.
  std::map<std::string, std::set<std::string>> operations() const;
  /// Statuses that an operation lists: "GET /api/v1/me 200".
  std::set<std::string> listed_statuses() const;

  /// What is wrong with an answer, "" if nothing is. `operation` is "GET /api/v1/calendar/bookings/{id}".
  std::string fault(const std::string& operation, int status, const std::string& body) const;
  /// The operation of a request, by its path; "" where there is none.
  std::string operation_of(const std::string& method, const std::string& path) const;

 private:
  const boost::json::value& resolved(const boost::json::value& value) const;
  std::string schema_fault(const boost::json::value& schema, const boost::json::value& value,
                           const std::string& at) const;
  std::string object_fault(const boost::json::object& schema, const boost::json::object& value,
                           const std::string& at) const;

  boost::json::value document_;
};

}  // namespace api
