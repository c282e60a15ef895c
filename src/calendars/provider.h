/// What a provider of calendars does for us, whoever it is: each call with an access token that somebody else keeps
/// fresh (auth/token_manager.h), each answer either what was asked for or why not, so that an error is never "free" and
/// never "deleted".
#pragma once

#include "base/secret.h"
#include "calendars/pull.h"
#include "calendars/push.h"

namespace calendars {

/// Why a call did not do what it was to do.
struct Failure {
  Trouble why;
  std::optional<std::chrono::seconds> retry_after{};  ///< As the provider said.
  std::string detail{};                               ///< For operators: codes and reasons, nothing of anybody.
};
template <class T>
using Answer = tl::expected<T, Failure>;

/// A calendar that the person sees there.
struct Listed {
  std::string id;    ///< Opaque; often somebody's address.
  std::string name;  ///< Theirs.
  std::string zone;  ///< IANA.
  bool primary = false;
  bool writable = false;   ///< Events can be written into it.
  bool only_busy = false;  ///< Its events show no more than when they are.
};

/// Where a provider says that something has changed. `id` and `token` are ours, at most 64 and 256 characters.
struct ChannelRequest {
  std::string id;
  base::Secret token;
  std::string address;  ///< https, with a certificate that they believe.
  std::chrono::seconds lasts;
};
struct Channel {
  std::string id, resource;
  base::Instant expires_at;
};

/// Thread-safe. Every call may take as long as its client's policy says, so none stands in a transaction.
class Provider {
 public:
  virtual ~Provider() = default;

  virtual Answer<std::vector<Listed>> calendars(const base::Secret& token) = 0;
  virtual Answer<Page> events(const base::Secret& token, const std::string& calendar, const Ask& ask) = 0;
  /// Insert, Patch, Get or Remove; anything else is a Bug.
  virtual Answer<Outcome> write(const base::Secret& token, const std::string& calendar, const Step& step) = 0;
  virtual Answer<Channel> watch(const base::Secret& token, const std::string& calendar,
                                const ChannelRequest& request) = 0;
  /// Also where there is no such channel any more.
  virtual Answer<std::monostate> stop(const base::Secret& token, const Channel& channel) = 0;
  /// When somebody is busy in these calendars within the span, sorted; what cannot be told of one of them is a failure.
  virtual Answer<std::vector<domain::Interval>> busy(const base::Secret& token,
                                                     const std::vector<std::string>& calendars,
                                                     const domain::Interval& span) = 0;
};

}  // namespace calendars
