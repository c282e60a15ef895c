/// Somebody without an account, over HTTP, who reads their mail.
#pragma once

#include "api/school_server.h"
#include "jobs/worker.h"

namespace api {

class Guest {
 public:
  explicit Guest(SchoolServer& server, std::string address = "rob@example.com")
      : email(std::move(address)), world_(server) {
    world_.school.execute("update schools set guests = 1");
  }

  /// Keeps this wall time of London with an instructor; what is shown from then on is its token.
  Answer hold(const std::string& wall, std::int64_t instructor = 1001) {
    auto body = world_.lesson(wall);
    body["instructor_id"] = base::to_text(instructor);
    auto answer = world_.ask("POST", "/api/v1/schools/test/holds", keyed({}), boost::json::serialize(body));
    if (answer.status == 201) token = answer.json().at("token").as_string();
    return answer;
  }
  boost::json::object details() const { return {{"name", "Rob Noyce"}, {"email", email}, {"phone", "07700 900123"}}; }
  Answer ask_for_code() { return send("POST", "/hold/code", details()); }
  Answer book(const std::string& code) { return send("POST", "/hold/booking", {{"code", code}}); }
  Answer send(const std::string& method, const std::string& path, const boost::json::value& body = nullptr,
              const std::string& version = "\"1\"") {
    return world_.ask(method, "/api/v1/guest" + path, keyed(shown(token, {{"If-Match", version}})),
                      body.is_null() ? "" : boost::json::serialize(body));
  }
  static Headers shown(const std::string& token, const Headers& more = {}) {
    Headers headers = {{"Authorization", "Guest " + token}};
    headers.insert(headers.end(), more.begin(), more.end());
    return headers;
  }

  /// What stands behind `before` in the newest mail to them, up to the end of the line.
  std::string in_mail(const std::string& before) {
    work();
    for (auto mail = mails.rbegin(); mail != mails.rend(); ++mail)
      if (const auto at = mail->text.find(before); mail->to.address == email && at != std::string::npos) {
        const auto from = at + before.size();
        return mail->text.substr(from, mail->text.find_first_of(" \n", from) - from);
      }
    ADD_FAILURE() << "no mail with " << before;
    return "";
  }
  /// From a free time to a lesson; `token` is then that of the link in the mail.
  Answer has_lesson(const std::string& wall, std::int64_t instructor = 1001) {
    const auto held = hold(wall, instructor);
    EXPECT_EQ(held.status, 201) << held.body;
    const auto asked = ask_for_code();
    EXPECT_EQ(asked.status, 202) << asked.body;
    auto booked = book(in_mail("Code: "));
    EXPECT_EQ(booked.status, 201) << booked.body;
    hold_token = std::exchange(token, in_mail("/lesson#"));
    return booked;
  }

  const std::string email;
  std::string token, hold_token;
  std::vector<net::Mail> mails;

 private:
  Headers keyed(Headers headers) {
    headers.emplace_back("Idempotency-Key", "guest-" + std::to_string(++world_.keys));
    return headers;
  }
  void work() {
    const auto context = world_.school.context();
    const jobs::Office office{.context = context,
                              .people = world_.people,
                              .deliver =
                                  [this](const net::Mail& mail) {
                                    mails.push_back(mail);
                                    return net::SendingResult{net::Sending::sent, ""};
                                  },
                              .from = {"", "lessons@school.test"},
                              .public_url = "http://school.test",
                              .report = [](const std::string& failure) { ADD_FAILURE() << failure; }};
    while (jobs::dispatch(context) > 0) {
    }
    // All of it: in a school with a history more than a code may be due.
    while (jobs::run_due(office, SchoolServer::clock_now.load() + domain::undo_window, 1000) > 0) {
    }
  }

  SchoolServer& world_;
};

}  // namespace api
