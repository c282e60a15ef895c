/// A request as handlers see it, and their answer. Nothing here knows about sockets.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

namespace http {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;
  std::string path;  ///< As sent, before any decoding; starts with "/".
  Pairs params;      ///< What the route's pattern captured, decoded.
  Pairs query;       ///< Decoded, each name once, all known to the route.
  Pairs headers;     ///< Names in lower case.
  std::string body;
  std::string correlation_id;
  std::string client_address;  ///< Of the client itself where a trusted proxy forwarded it.
  base::Instant now;

  /// Empty where it is absent. Host, Content-Length and the like are there at most once (head.h sees to it); of other
  /// repeated fields this is the first.
  std::string_view header(std::string_view lower_case_name) const;
  /// A name that the route's pattern has.
  const std::string& param(std::string_view name) const;
  std::optional<std::string_view> query_value(std::string_view name) const;
  std::optional<std::string_view> cookie(std::string_view name) const;
};

enum class Compress { yes, no };

class LiveStream;

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body = {};
  Pairs headers = {};
  std::shared_ptr<LiveStream> stream = {};  ///< Sent after the head for as long as it goes on; there is no other body.
  std::shared_ptr<const std::string> shared_body = {};  ///< In place of `body`: a file that many answers share.
  Compress compress = Compress::yes;       ///< `no` where the body holds a secret beside something chosen by a
                                           ///< stranger (BREACH), or is compressed already.
  std::vector<base::PersonId> shows = {};  ///< Whose personal values are in it, for the audit.

  std::string_view content() const { return shared_body ? std::string_view(*shared_body) : std::string_view(body); }
  std::string_view header(std::string_view name) const;
  void set(std::string name, std::string value);
};

}  // namespace http
