#include "actions/data_requests.h"

#include <algorithm>
#include <limits>

#include "actions/retention.h"
#include "store/jobs.h"
#include "store/personal.h"
#include "store/policies.h"

namespace actions {

namespace {

using base::Code;
using base::Result;
using domain::DataRight;
using store::DataOutcome;
using store::DataRequest;
using store::JobKind;
using store::PolicyKind;
using store::Transaction;

domain::Zone zone_of(const Identity& identity, Transaction& tx, base::SchoolId school) {
  return identity.context.cache.rules(tx, school)->school.zone;
}

DataRequestView view_of(const Identity& identity, Transaction& tx, const Caller& caller, const DataRequest& request) {
  const auto school = caller.school();
  const auto person = identity.people.find(tx, school, request.person);
  const auto words = [&](base::TextId id) {
    return store::read_text(tx, identity.context.keys, school, id).value_or("");
  };
  return {request,
          person ? person->details.name : "",
          words(request.words),
          words(request.extension),
          words(request.answer),
          !request.closed_at && request.due < zone_of(identity, tx, school).day_of(caller.now)};
}

store::JobKey about(JobKind kind, const DataRequest& request, base::PersonId person,
                    std::chrono::minutes lead = std::chrono::minutes{0}) {
  return {kind, {request.id}, person, lead};
}

/// Whoever answers is reminded of it before it is due, once it is closed no more.
void plan_reminders(Transaction& tx, const domain::Zone& zone, base::SchoolId school, const DataRequest& request,
                    base::Instant now) {
  for (const auto person : store::people_who_answer(tx, school))
    for (const auto lead : domain::data_request_leads) {
      const domain::Date day{std::chrono::sys_days{request.due} - lead};
      const auto due_at = zone.at(day, domain::data_request_hour);
      const bool wanted = !request.closed_at && due_at > now;
      store::put_job(tx, school, about(JobKind::data_request_due, request, person, lead),
                     wanted ? std::optional(due_at) : std::nullopt, now);
    }
}

void tell_the_person(Transaction& tx, base::SchoolId school, const DataRequest& request, base::Instant now) {
  store::put_job(tx, school, about(JobKind::data_request_news, request, request.person), now, now);
}

/// From now on, whoever is asked for it (art. 21(3)).
void end_news(Transaction& tx, const store::Author& author, base::PersonId person) {
  const auto said = store::last_agreement(tx, author.school, person, PolicyKind::news);
  if (said && said->given)
    store::add_agreement(tx, author, {base::make_id(), person, PolicyKind::news, said->version, false, author.now});
}

base::Done unless_too_many_open(Transaction& tx, base::SchoolId school, base::PersonId person) {
  const auto all = store::data_requests_of(tx, school, person);
  const auto open = std::ranges::count_if(all, [](const DataRequest& request) { return !request.closed_at; });
  if (static_cast<std::size_t>(open) < most_open_data_requests) return base::done();
  return base::refuse(Code::wrong_status, "Ten requests wait for an answer already.");
}

/// `received`: nullopt is today.
Result<Made<DataRequestView>> file(const Identity& identity, const Caller& caller, base::PersonId person,
                                   const DataRequestInput& input, std::optional<domain::Date> received,
                                   const store::RequestKey& key) {
  const auto school = caller.school();
  const auto words = store::seal_text(identity.context.keys, school, person, input.words);
  using Answer = Result<Made<DataRequestView>>;
  return identity.context.database.transact<Made<DataRequestView>>(school, [&](Transaction& tx) -> Answer {
    if (const auto earlier = TRY(store::claim(tx, key, caller.now))) {
      const auto before = store::find_data_request(tx, school, earlier->resource);
      if (!before) return auth::not_found();
      return Made<DataRequestView>{view_of(identity, tx, caller, *before), true};
    }
    if (!store::find_account(tx, school, person) || store::is_erased(tx, school, person)) return auth::not_found();
    TRY(unless_too_many_open(tx, school, person));
    const auto zone = zone_of(identity, tx, school);
    const auto today = zone.day_of(caller.now);
    if (received.value_or(today) > today) TRY(invalid("/received_on", "This day is yet to come."));
    const DataRequest request{.id = base::make_id(),
                              .person = person,
                              .right = input.right,
                              .words = words.id,
                              .received = received.value_or(today),
                              .due = domain::answer_due_on(received.value_or(today), false),
                              .filed_by = caller.actor(),
                              .filed_at = caller.now};
    store::insert_text(tx, school, words, caller.now);
    store::file_data_request(tx, caller.author(), request);
    if (request.right == DataRight::objection) end_news(tx, caller.author(), person);
    for (const auto answers : store::people_who_answer(tx, school))
      store::put_job(tx, school, about(JobKind::data_request, request, answers), caller.now, caller.now);
    plan_reminders(tx, zone, school, request, caller.now);
    store::remember(tx, key, {201, request.id});
    return Made<DataRequestView>{view_of(identity, tx, caller, request)};
  });
}

/// One that waits, at the version that the caller has seen, as its next version.
Result<DataRequest> waiting_request(Transaction& tx, const Caller& caller, std::int64_t id, std::int64_t version) {
  auto request = store::find_data_request(tx, caller.school(), id);
  if (!request) return auth::not_found();
  TRY(expect(version, request->version));
  if (request->closed_at) return base::refuse(Code::wrong_status, "This request is answered already.");
  ++request->version;
  return *request;
}

/// What the person is told is about them, sealed before the transaction.
Result<store::SealedText> seal_answer(const Identity& identity, const Caller& caller, std::int64_t id,
                                      const std::string& words) {
  const auto request = identity.context.database.read(
      caller.school(), [&](Transaction& tx) { return store::find_data_request(tx, caller.school(), id); });
  if (!request) return auth::not_found();
  return store::seal_text(identity.context.keys, caller.school(), request->person, words);
}

/// What a request asks for is there once it is answered with "done", as far as that can be known here. The hold has
/// words of its own, which go with it.
base::Done make_true(Transaction& tx, const Caller& caller, const DataRequest& request,
                     const store::SealedText& reason) {
  if (request.right == DataRight::erasure)
    return base::refuse(Code::wrong_status, "Erase the person: that answers this request, too.");
  if (request.right != DataRight::restriction ||
      store::find_hold(tx, caller.school(), request.person, store::HoldKind::restriction))
    return base::done();
  store::insert_text(tx, caller.school(), reason, caller.now);
  store::place_hold(
      tx, caller.author(),
      {base::make_id(), store::HoldKind::restriction, request.person, reason.id, caller.actor(), caller.now});
  return base::done();
}

}  // namespace

Result<Made<DataRequestView>> file_data_request(const Identity& identity, const Caller& caller,
                                                const DataRequestInput& input, const store::RequestKey& key) {
  return file(identity, caller, caller.principal.person, input, std::nullopt, key);
}

Result<Made<DataRequestView>> record_data_request(const Identity& identity, const Caller& caller, base::PersonId person,
                                                  const DataRequestInput& input, domain::Date received,
                                                  const store::RequestKey& key) {
  TRY(auth::may(caller.principal, auth::Action::answer_data_requests));
  return file(identity, caller, person, input, received, key);
}

Result<std::vector<DataRequestView>> my_data_requests(const Identity& identity, const Caller& caller) {
  return identity.context.database.read(
      caller.school(),
      [&](Transaction& tx) -> Result<std::vector<DataRequestView>> {
        std::vector<DataRequestView> views;
        for (const auto& request : store::data_requests_of(tx, caller.school(), caller.principal.person))
          views.push_back(view_of(identity, tx, caller, request));
        return views;
      },
      caller.freshness);
}

Result<Page<DataRequestView>> list_data_requests(const Identity& identity, const Caller& caller, DataRequests which,
                                                 const PageQuery& page) {
  TRY(auth::may(caller.principal, auth::Action::answer_data_requests));
  const auto school = caller.school();
  return identity.context.database.read(school, [&](Transaction& tx) -> Result<Page<DataRequestView>> {
    const auto last = page.after == 0 ? std::nullopt : store::find_data_request(tx, school, page.after);
    if (page.after != 0 && !last) TRY(invalid("cursor", "This page is gone. Begin with the first one."));
    const auto before = last ? last->id : std::numeric_limits<std::int64_t>::max();
    const auto found = which == DataRequests::open ? store::open_data_requests(tx, school, last, page.limit + 1)
                                                   : store::closed_data_requests(tx, school, before, page.limit + 1);
    Page<DataRequestView> answer;
    for (const auto& request : found) answer.items.push_back(view_of(identity, tx, caller, request));
    if (static_cast<int>(answer.items.size()) > page.limit) {
      answer.items.pop_back();
      answer.next = answer.items.back().request.id;
    }
    return answer;
  });
}

Result<DataRequestView> extend_data_request(const Identity& identity, const Caller& caller, std::int64_t id,
                                            std::int64_t version, const std::string& reason) {
  TRY(auth::may(caller.principal, auth::Action::answer_data_requests));
  const auto school = caller.school();
  const auto text = TRY(seal_answer(identity, caller, id, reason));
  return identity.context.database.transact<DataRequestView>(school, [&](Transaction& tx) -> Result<DataRequestView> {
    auto request = TRY(waiting_request(tx, caller, id, version));
    if (request.due != domain::answer_due_on(request.received, false))
      return base::refuse(Code::wrong_status, "It was extended before, which may be done once.");
    request.due = domain::answer_due_on(request.received, true);
    request.extension = text.id;
    store::insert_text(tx, school, text, caller.now);
    store::put_data_request(tx, caller.author(), request, "data_request_extended");
    plan_reminders(tx, zone_of(identity, tx, school), school, request, caller.now);
    tell_the_person(tx, school, request, caller.now);
    return view_of(identity, tx, caller, request);
  });
}

Result<DataRequestView> close_data_request(const Identity& identity, const Caller& caller, std::int64_t id,
                                           std::int64_t version, DataOutcome outcome, const std::string& answer) {
  TRY(auth::may(caller.principal, auth::Action::answer_data_requests));
  if (outcome == DataOutcome::refused && answer.empty())
    TRY(invalid("/answer", "Whoever is refused is told why (art. 12(4) GDPR)."));
  const auto school = caller.school();
  const auto text = TRY(seal_answer(identity, caller, id, answer));
  const auto reason = TRY(seal_answer(identity, caller, id, answer.empty() ? "As was asked." : answer));
  return identity.context.database.transact<DataRequestView>(school, [&](Transaction& tx) -> Result<DataRequestView> {
    auto request = TRY(waiting_request(tx, caller, id, version));
    store::insert_text(tx, school, text, caller.now);
    if (outcome == DataOutcome::done) TRY(make_true(tx, caller, request, reason));
    request.closed_at = caller.now;
    request.outcome = outcome;
    request.answer = text.id;
    store::put_data_request(tx, caller.author(), request, "data_request_closed");
    plan_reminders(tx, zone_of(identity, tx, school), school, request, caller.now);
    tell_the_person(tx, school, request, caller.now);
    return view_of(identity, tx, caller, request);
  });
}

void end_data_requests(Transaction& tx, const store::Author& author, base::PersonId person) {
  for (auto& request : store::data_requests_of(tx, author.school, person)) {
    if (request.closed_at) continue;
    ++request.version;
    request.closed_at = author.now;
    request.outcome = request.right == DataRight::erasure ? DataOutcome::done : DataOutcome::ended;
    store::put_data_request(tx, author, request, "data_request_closed");
    for (const auto answers : store::people_who_answer(tx, author.school))
      for (const auto lead : domain::data_request_leads)
        store::put_job(tx, author.school, about(JobKind::data_request_due, request, answers, lead), std::nullopt,
                       author.now);
  }
}

}  // namespace actions
