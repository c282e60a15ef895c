/// Calendars elsewhere: how their providers are asked, and what instructors do with their own.
#pragma once

#include "actions/openid.h"
#include "auth/token_manager.h"
#include "calendars/provider.h"
#include "store/outside.h"

namespace actions {

/// What speaks with the providers of calendars. Without `tokens` there is none here.
struct Outside {
  auth::TokenManager* tokens = nullptr;
  /// Of the connection's account, with a breaker of its own.
  std::function<std::unique_ptr<calendars::Provider>(std::int64_t connection)> provider{};
  base::CalendarSettings settings{};
};

/// Google, as it is configured: one client for all accounts, a breaker for each.
class OutsideGoogle {
 public:
  OutsideGoogle(const Context& context, auth::OpenIdProvider& provider, const base::CalendarSettings& settings,
                net::HttpOptions calls);
  /// Good as long as this is.
  Outside outside();

  /// Whether an instructor is free at a time that is about to be booked, in those calendars that were read too long ago
  /// (SchoolRules::calendar_check): asked within `answers_within` with the tokens that there are, and once in
  /// `asked_every` of one instructor. What takes time is taken down, and the calendars are read as soon as a worker
  /// can. False: nobody could tell.
  bool ask(const Context& context, const Caller& caller, const Elsewhere::Question& question);

  static constexpr std::chrono::milliseconds answers_within{800};
  static constexpr std::chrono::seconds asked_every{30};

 private:
  net::Breaker& breaker_of(std::int64_t connection);
  bool is_turn_of(base::SchoolId school, base::InstructorId instructor, base::Instant now);

  const base::CalendarSettings settings_;
  auth::TokenManager tokens_;
  const net::CallPolicy policy_;
  net::HttpClient http_;
  std::mutex mutex_;
  std::map<std::int64_t, net::Breaker> breakers_;
  std::map<std::pair<base::SchoolId, base::InstructorId>, base::Instant> asked_;  ///< Since `asked_every`.
};

/// Asks with a token that is good; once more with another one where the provider turns it down. Never in a transaction.
template <class Call>
auto asked(const Outside& outside, store::KeyOwner owner, std::int64_t connection, base::Instant now, const Call& call)
    -> decltype(call(std::declval<calendars::Provider&>(), std::declval<const base::Secret&>())) {
  using calendars::Trouble;
  const auto failed = [](const base::Error& error) {
    const bool consent = error.code == base::Code::unauthenticated;
    return tl::unexpected(
        calendars::Failure{.why = consent ? Trouble::consent : Trouble::later, .detail = "tokens: " + error.detail});
  };
  const auto token = outside.tokens->access_token(owner, connection, now);
  if (!token) return failed(token.error());
  const auto provider = outside.provider(connection);
  auto answer = call(*provider, *token);
  if (answer || answer.error().why != Trouble::refused) return answer;
  const auto another = outside.tokens->access_token(owner, connection, now, *token);
  if (!another) return failed(another.error());
  answer = call(*provider, *another);
  if (!answer && answer.error().why == Trouble::refused) answer.error().why = Trouble::consent;
  return answer;
}

/// Where a calendar stands there.
struct Remote {
  std::string id, name;
};
base::Bytes remote_hash(store::KeyStore& keys, base::SchoolId school, const std::string& id);
base::Bytes sealed_remote(store::KeyStore& keys, store::KeyOwner owner, const Remote& remote);
/// Nothing once the person is erased.
std::optional<Remote> opened_remote(store::KeyStore& keys, store::KeyOwner owner, const base::Bytes& sealed);

struct ConnectionView {
  store::CalendarConnection connection;
  std::string account;  ///< The address there; to its owner.
  struct Calendar {
    store::OutsideCalendar calendar;
    Remote remote;  ///< To its owner.
  };
  std::vector<Calendar> calendars;  ///< Those that are used.
};

/// Sends an instructor's browser to the provider. forbidden; not_found where there is no provider here; unavailable.
base::Result<Departure> start_calendar_connection(const Providing& providing, const Outside& outside,
                                                  const Caller& caller);
/// What came back with it. Unmet::denied, or ::scopes where something was not granted.
tl::expected<store::KeyOwner, Failed> finish_calendar_connection(const Providing& providing, const Outside& outside,
                                                                 const Arrival& arrival);

/// Instructors see their own, the office how all of them stand.
base::Result<std::vector<ConnectionView>> list_connections(const Context& context, const Caller& caller);
/// All calendars of the account, those that are not used too. unavailable, or wrong_status where consent is needed.
base::Result<std::vector<calendars::Listed>> calendars_there(const Context& context, const Outside& outside,
                                                             const Caller& caller, std::int64_t connection);
struct CalendarUse {
  std::string id;  ///< There.
  bool blocks, shows;
};
struct ConnectionChange {
  std::optional<store::Detail> detail{};
  std::optional<bool> tentative{};
  std::optional<std::vector<CalendarUse>> calendars{};  ///< All that are used; those that are not named are none.
};
base::Result<ConnectionView> change_connection(const Context& context, const Outside& outside, const Caller& caller,
                                               std::int64_t connection, std::int64_t version,
                                               const ConnectionChange& change);
/// What calendars elsewhere take in the days [from, to), at most 42, of this instructor's time, or (none) of all that
/// the caller may see: when, and nothing else. invalid_input.
struct BusyQuery {
  domain::Date from, to;
  base::InstructorId instructor{};
};
base::Result<std::vector<store::BusyTime>> list_busy(const Context& context, const Caller& caller,
                                                     const BusyQuery& query);
/// Reads its calendars, and writes what is to be written, as soon as a worker can.
base::Done sync_connection(const Context& context, const Caller& caller, std::int64_t connection);
/// Nothing more is asked of the provider, and what its calendars took of the instructor's time is free. What stands in
/// them stays there.
base::Done disconnect_calendars(const Context& context, const Outside& outside, const Caller& caller,
                                std::int64_t connection);

/// What a provider's message says it is about: hurries the calendar; nothing for channels that are none of ours.
void notified(const Context& context, const Outside& outside, std::string_view channel, std::string_view token,
              base::Instant now);

/// Jobs that bring an instructor's lessons to come into the calendars as they are now.
void show_lessons_again(store::Transaction& tx, base::SchoolId school, base::PersonId instructor, base::Instant now);

}  // namespace actions
