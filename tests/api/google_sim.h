/// The stand-in for Google (tools/google-sim), started once for all tests that ask for it, and what a person does at
/// its pages.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>
#include <thread>

#include "api/client.h"
#include "auth/openid.h"
#include "calendars/google.h"
#include "store/redis_server.h"

namespace google_sim {

class Sim {
 public:
  static Sim& running() {
    static Sim sim;
    return sim;
  }

  const std::string& url() const { return url_; }
  base::OpenIdSettings settings() const {
    return {.name = "Google",
            .issuer = url_,
            .client_id = "roadbook.apps.googleusercontent.com",
            .client_secret = base::Secret("the-secret-of-the-stand-in"),
            .auth_url = url_ + "/o/oauth2/v2/auth",
            .token_url = url_ + "/token",
            .jwks_url = url_ + "/oauth2/v3/certs",
            .revoke_url = url_ + "/revoke"};
  }

  /// Its control interface; `body` is JSON.
  boost::json::object control(const std::string& method, const std::string& path, const std::string& body = "{}") {
    const auto answer = api::Client(port_).request(method, "/sim" + path, {}, body);
    if (answer.status != 200) throw std::runtime_error(method + " " + path + ": " + answer.body);
    return answer.json();
  }
  /// What a person answers there (a form) to being sent to `url`: where they are sent back to.
  std::string decide(const std::string& url, const std::string& form) {
    const auto answer = api::Client(port_).request("POST", url.substr(url_.size()),
                                                   {{"Content-Type", "application/x-www-form-urlencoded"}}, form);
    if (answer.status != 302) throw std::runtime_error("no way back: " + answer.body);
    return answer.header("location");
  }

 private:
  Sim()
      : process_(
            {"sh", "-c",
             "exec node '" ROADBOOK_SOURCE "/tools/google-sim/main.mjs' --port 0 >'" + folder_.file("address") + "'"}) {
    for (int tries = 0; url_.empty(); ++tries) {
      if (tries == 600) throw std::runtime_error("tools/google-sim does not start: npm ci --prefix tools/google-sim");
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
      std::ostringstream written;
      written << std::ifstream(folder_.file("address")).rdbuf();
      if (written.str().ends_with('\n')) url_ = written.str().substr(0, written.str().size() - 1);
    }
    port_ = static_cast<std::uint16_t>(std::stoi(url_.substr(url_.rfind(':') + 1)));
  }

  testing_support::TemporaryFolder folder_;
  testing_support::Process process_;
  std::string url_;
  std::uint16_t port_ = 0;
};

inline const std::string email = "instructor@gmail.test";
inline const std::string callback = "http://127.0.0.1:1/callback";
inline const auto all_scopes = fmt::format("openid email {} {} {}", calendars::google_events_scope,
                                           calendars::google_list_scope, calendars::google_busy_scope);

inline base::Instant utc(std::string_view text) {
  return base::instant_from_text(text).value();
}
inline domain::Interval span(std::string_view from, std::string_view to) {
  return domain::Interval::between(utc(from), utc(to)).value();
}
inline const auto nine = span("2027-03-01T09:00:00Z", "2027-03-01T10:00:00Z");
inline const auto eleven = span("2027-03-01T11:00:00Z", "2027-03-01T12:00:00Z");

inline std::string trouble(const calendars::Failure& failure) {
  constexpr const char* names[] = {"later", "expired", "consent", "missing", "refused", "fixed"};
  const std::string wait = failure.retry_after ? fmt::format(" in {} s", failure.retry_after->count()) : "";
  return names[static_cast<int>(failure.why)] + wait;
}
template <class T>
std::string trouble(const calendars::Answer<T>& answer) {
  return answer ? "answered" : trouble(answer.error());
}

inline net::HttpOptions calls(std::chrono::milliseconds time = std::chrono::seconds{20}) {
  auto options = calendars::google_calls({.breaker_failures = 1000});
  options.plain_on_this_machine = true;
  options.policy.connect_time = options.policy.total_time = time;
  return options;
}

/// An instructor with an account there, who has agreed to all that is asked.
class GoogleCalendar : public testing::Test {
 protected:
  GoogleCalendar() { sim.control("POST", "/reset"); }

  /// The way of one person to a code. `form`: what they answer.
  std::string code(const std::string& scope = all_scopes, const std::string& form = "decision=allow",
                   const net::HttpFields& extra = auth::offline_access) {
    const auto url = provider.authorization_url({.redirect_uri = callback,
                                                 .scope = scope,
                                                 .state = "state",
                                                 .nonce = "nonce",
                                                 .verifier = verifier,
                                                 .extra = extra});
    auto back = sim.decide(url.value(), "account=" + email + "&" + form);
    EXPECT_NE(back.find("state=state"), std::string::npos) << back;
    const auto at = back.find("code=");
    if (at == std::string::npos) return back;
    auto found = back.substr(at + 5, back.find('&', at) - at - 5);
    for (std::size_t slash; (slash = found.find("%2F")) != std::string::npos;) found.replace(slash, 3, "/");
    return found;
  }
  auth::CodeExchange exchange_of(const std::string& code) const {
    return {.code = code, .redirect_uri = callback, .nonce = "nonce", .verifier = verifier, .scope = all_scopes};
  }
  auth::Grant connect(const std::string& form = "decision=allow") {
    return provider.exchange(exchange_of(code(all_scopes, form)), base::now()).value().grant;
  }
  const base::Secret& token() {
    if (token_.empty()) token_ = connect().access_token;
    return token_;
  }

  void fault(const std::string& json) { sim.control("POST", "/faults", json); }
  boost::json::object human(const std::string& action, const std::string& more) {
    return sim.control("POST", "/human", fmt::format(R"({{"do":"{}","calendar":"{}",{}}})", action, email, more));
  }
  static std::string timed(const domain::Interval& time, const std::string& more = "") {
    return fmt::format(R"("event":{{"summary":"Private","start":{{"dateTime":"{}"}},"end":{{"dateTime":"{}"}}{}}})",
                       base::to_text(time.start()), base::to_text(time.end()), more);
  }
  std::string made(const domain::Interval& time, const std::string& more = "") {
    return std::string(human("create", timed(time, more)).at("id").as_string());
  }
  boost::json::object event(const std::string& id) {
    const auto all = sim.control("GET", "/events?calendar=" + email);
    for (const auto& one : all.at("events").as_array())
      if (one.at("id").as_string() == id) return one.as_object();
    return {};
  }
  /// What was asked of the API, "PATCH /…" each.
  std::vector<std::string> asked() {
    std::vector<std::string> all;
    const auto log = sim.control("GET", "/requests");
    for (const auto& one : log.at("requests").as_array())
      if (one.at("path").as_string().starts_with("/calendar/"))
        all.push_back(fmt::format("{} {}", one.at("method").as_string().c_str(), one.at("path").as_string().c_str()));
    return all;
  }

  Sim& sim = Sim::running();
  std::vector<std::string> reports;
  auth::OpenIdProvider provider{"google", sim.settings(), reporting()};
  net::HttpClient http{reporting()};
  net::Breaker breaker{calls().policy};
  calendars::Google google{http, breaker, sim.url()};
  const std::string verifier = std::string(43, 'v');

 private:
  net::HttpOptions reporting() {
    auto options = calls();
    options.report = [this](const auto& what) { reports.push_back(what); };
    return options;
  }
  base::Secret token_;
};

}  // namespace google_sim
