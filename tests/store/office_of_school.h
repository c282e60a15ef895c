/// The test school with a worker whose mails are kept to look at, and time that is moved by hand.
#pragma once

#include <gtest/gtest.h>

#include "jobs/worker.h"
#include "store/people_of_school.h"

namespace testing_support {

using Lines = std::vector<std::string>;

/// A school whose learner Ada and instructor Carol have addresses, and a letter box for all mail.
class Mailing : public testing::Test {
 protected:
  Mailing() {
    carol = school.add({"Carol Shaw", "carol@example.com", ""}, store::Role::instructor);
    store_hours();
    learner = school.caller(school.ada.value, auth::Role::learner);
    work(std::chrono::seconds{0});
    mails.clear();
  }
  void store_hours() {
    const auto done = school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
      const store::Author author{.school = school.school, .correlation_id = "seed", .now = school.now, .quiet = true};
      store::make_calendar(tx, school.school, store::Kind::instructor, carol.value);
      store::put_hours(tx, author, {{carol.value}, store::hours_from(testing_support::SchoolOptions().hours, "[]"), 1});
      tx.run("update vehicles set drivers = replace(drivers, ']', $1)", fmt::format(",\"{}\"]", base::to_text(carol)));
      store::bump_rules(tx, school.school);
      store::lock_all_instructors(tx, school.school);
      return 0;
    });
    CHECK(done.has_value());
  }

  jobs::Office office() {
    return {.context = school.context(),
            .people = school.people,
            .deliver =
                [this](const net::Mail& mail) {
                  if (answers.empty()) {
                    mails.push_back(mail);
                    return net::SendingResult{net::Sending::sent, ""};
                  }
                  const auto answer = answers.front();
                  answers.erase(answers.begin());
                  return net::SendingResult{answer, answer == net::Sending::sent ? "" : "the relay is moody"};
                },
            .from = {"", "lessons@example.com"},
            .public_url = "https://school.example",
            .report = [this](const std::string& failure) { reports.push_back(failure); }};
  }
  /// Time goes by, and the worker does what is due.
  void work(std::chrono::seconds later) {
    school.now += later;
    learner.now = school.now;
    while (jobs::dispatch(school.context()) > 0) {
    }
    jobs::run_due(office(), school.now);
  }
  actions::BookingView book(const std::string& wall) {
    auto input = school.at(wall);
    input.instructor = {carol.value};
    auto made = school.book(learner, input);
    EXPECT_TRUE(made.has_value()) << made.error().detail;
    return *made;
  }
  actions::BookingView move(const actions::BookingView& seen, const std::string& wall) {
    return actions::move_booking(school.context(), learner, seen.booking.id, seen.booking.version,
                                 {.start = school.time(wall)})
        .value();
  }
  actions::BookingView cancel(const actions::BookingView& seen) {
    return actions::cancel_booking(school.context(), learner, seen.booking.id, seen.booking.version, "").value();
  }
  /// "ada@example.com Booked: …", in order; and the box is empty again.
  std::vector<std::string> told() {
    std::vector<std::string> lines;
    for (const auto& mail : mails) lines.push_back(mail.to.address + " " + mail.subject);
    std::ranges::sort(lines);
    mails.clear();
    return lines;
  }
  std::int64_t waiting(const std::string& kind) {
    return school.number("select count(*) from jobs where dead = 0 and kind = '" + kind + "'");
  }

  StaffedSchool school;
  base::PersonId carol;
  actions::Caller learner;
  std::vector<net::Mail> mails;
  std::vector<std::string> reports;
  std::vector<net::Sending> answers;  ///< Of the next deliveries; then all are sent.
};

}  // namespace testing_support
