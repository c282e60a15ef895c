#include "actions/export_person.h"

#include <boost/json/serialize.hpp>

#include "actions/erasure.h"
#include "actions/sign_in.h"
#include "actions/wording.h"
#include "base/csv.h"
#include "notify/archive.h"
#include "store/documents.h"
#include "store/exports.h"
#include "store/jobs.h"
#include "store/personal.h"

namespace actions {

namespace {

using notify::Side;
using store::KeyOwner;
using store::Part;
using store::Transaction;

constexpr std::string_view purpose = "export";
constexpr int lessons_at_once = 100;
/// As long as the mail is tried: the copy itself is good for a day once it is made.
constexpr std::chrono::days asked_lifetime{7};

/// Of an instructor's lessons nothing that is the learner's.
notify::Lesson told_to(Side side, notify::Lesson lesson) {
  if (side == Side::learner) return lesson;
  lesson.learner = "a learner";
  lesson.pickup.clear(), lesson.dropoff.clear();
  return lesson;
}

boost::json::object row_of(const notify::Lesson& lesson, const std::string& note, base::PersonId person) {
  const auto& booking = lesson.booking;
  return {{"id", base::to_text(booking.id)},
          {"start", base::to_text(booking.lesson.start())},
          {"end", base::to_text(booking.lesson.end())},
          {"local_start", booking.local_start},
          {"time_zone", booking.zone},
          {"status", domain::to_string(booking.status)},
          {"lesson", lesson.type},
          {"instructor", lesson.instructor},
          {"learner", lesson.learner},
          {"vehicle", lesson.vehicle},
          {"pickup", lesson.pickup},
          {"dropoff", lesson.dropoff},
          {"note", note},
          {"price_minor", booking.price.amount_minor},
          {"currency", booking.price.currency},
          {"cancel_free_until", base::to_text(booking.cancel_free_until)},
          {"booked_at", base::to_text(booking.created_at)},
          {"booked_by", booking.created_by == person ? "you" : "the school"}};
}

void add_history(boost::json::array& rows, Transaction& tx, const KeyOwner& owner, const std::string& stream) {
  for (const auto& event : store::events_of(tx, owner.school, stream))
    rows.push_back({{"at", base::to_text(event.at)},
                    {"what", event.type},
                    {"of", stream},
                    {"by", event.actor == owner.person ? "you"
                           : event.actor               ? "the school"
                                                       : "Roadbook"}});
}

/// What is gathered in one reading after another: no transaction of PostgreSQL lasts as long as years of lessons take.
class Copy {
 public:
  Copy(const Context& context, store::People& people, const KeyOwner& owner, Side side)
      : context_(context), people_(people), owner_(owner), side_(side) {
    read([&](Transaction& tx) {
      parts_ = store::parts_of(tx, context_.keys, owner_);
      history_.rows.clear();
      add_history(history_.rows, tx, owner_, "person/" + base::to_text(owner_.person));
      school_ = Wording(context_, people_, tx, owner_.school).rules().name;
    });
    for (const auto status : {std::optional<domain::Status>(), std::optional(domain::Status::held),
                              std::optional(domain::Status::released), std::optional(domain::Status::expired)})
      add_lessons(status);
  }

  std::string archive(base::Instant now, const std::string& public_url);

 private:
  void read(const std::function<void(Transaction&)>& body) { context_.database.read(owner_.school, body); }

  void add_documents(std::vector<notify::ArchivedFile>& files);

  void add_lessons(std::optional<domain::Status> status) {
    store::BookingFilter filter{.from = {}, .to = {}, .status = status, .limit = lessons_at_once};
    if (side_ == Side::learner) filter.learner = {owner_.person.value};
    if (side_ == Side::instructor) filter.instructor = {owner_.person.value};
    for (bool more = true; more;) {
      boost::json::array rows, history;
      std::vector<notify::FeedEntry> entries;
      read([&](Transaction& tx) {
        rows.clear(), history.clear(), entries.clear();
        Wording words(context_, people_, tx, owner_.school);
        for (const auto& booking : store::list_bookings(tx, owner_.school, filter)) {
          const auto lesson = told_to(side_, words.lesson(booking));
          rows.push_back(row_of(lesson, side_ == Side::learner ? words.text(booking.note) : "", owner_.person));
          add_history(history, tx, owner_, store::stream_of(booking.id));
          entries.push_back({lesson, booking.created_at});
        }
      });
      more = static_cast<int>(rows.size()) == lessons_at_once;
      if (more) {
        filter.after_start = entries.back().lesson.booking.lesson.start();
        filter.after_id = entries.back().lesson.booking.id;
      }
      std::ranges::move(rows, std::back_inserter(lessons_.rows));
      std::ranges::move(history, std::back_inserter(history_.rows));
      std::ranges::move(entries, std::back_inserter(entries_));
    }
  }

  const Context& context_;
  store::People& people_;
  const KeyOwner owner_;
  const Side side_;
  std::string school_;
  std::vector<Part> parts_;
  Part lessons_{"lessons", {}}, history_{"history", {}};
  std::vector<notify::FeedEntry> entries_;
};

std::string cell(const boost::json::value& value) {
  if (value.is_null()) return "";
  return value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
}

std::string table_of(const boost::json::array& rows) {
  std::string text;
  for (const auto& row : rows) {
    std::vector<std::string> names, cells;
    for (const auto& member : row.as_object()) {
      names.emplace_back(member.key());
      cells.push_back(cell(member.value()));
    }
    if (text.empty()) text = base::csv_line(names);
    text += base::csv_line(cells);
  }
  return text;
}

/// Each as it was uploaded, by the id that documents.csv has.
void Copy::add_documents(std::vector<notify::ArchivedFile>& files) {
  std::vector<store::Document> documents;
  read([&](Transaction& tx) { documents = store::documents_of(tx, owner_.school, owner_.person); });
  for (const auto& document : documents) {
    base::Bytes sealed;
    read([&](Transaction& tx) { sealed = store::sealed_document(tx, owner_.school, document.id); });
    if (auto content = store::open_document(context_.keys, owner_.school, document, sealed))
      files.push_back({fmt::format("documents/{}.{}", base::to_text(document.id), domain::extension_of(document.type)),
                       std::move(*content)});
  }
}

std::string Copy::archive(base::Instant now, const std::string& public_url) {
  boost::json::object data{{"made_at", base::to_text(now)}, {"school", school_}};
  std::vector<notify::ArchivedFile> files;
  add_documents(files);
  parts_.push_back(std::move(lessons_));
  parts_.push_back(std::move(history_));
  for (auto& [name, rows] : parts_) {
    if (!rows.empty()) files.push_back({name + ".csv", table_of(rows)});
    data[name] = std::move(rows);
  }
  files.push_back({"data.json", boost::json::serialize(data)});
  files.push_back({"lessons.ics", notify::calendar_for_feed(school_, side_, entries_, notify::host_of(public_url))});
  return notify::archive(files);
}

}  // namespace

namespace {

base::Done ask(const Identity& identity, const Caller& caller, base::PersonId person, const std::string& address) {
  const auto school = caller.school();
  const auto throttled = fmt::format("{}/export/{}", school.value, person.value);
  if (const auto wait = identity.mail_throttle.attempt(throttled, auth::source_of(address), caller.now))
    return base::refuse(too_many(*wait));
  TRY(identity.context.database.transact<std::monostate>(school, [&](Transaction& tx) -> base::Done {
    if (store::is_erased(tx, school, person)) return auth::not_found();
    store::ask_for_export(tx, school, person, caller.principal.person, caller.now, caller.now + asked_lifetime);
    store::put_job(tx, school, {store::JobKind::data_export, {}, person}, caller.now, caller.now);
    return base::done();
  }));
  return base::done();
}

}  // namespace

base::Done ask_for_my_export(const Identity& identity, const Caller& caller, const std::string& address) {
  return ask(identity, caller, caller.principal.person, address);
}

base::Done ask_for_export(const Identity& identity, const Caller& caller, base::PersonId person,
                          const std::string& address) {
  TRY(auth::may(caller.principal, auth::Action::manage_learners));
  const auto account = identity.context.database.read(
      caller.school(), [&](Transaction& tx) { return store::find_account(tx, caller.school(), person); });
  if (!account) return auth::not_found();
  TRY(auth::may(caller.principal, managing(account->role)));
  return ask(identity, caller, person, address);
}

bool make_export(const Context& context, store::People& people, const KeyOwner& owner, const base::Bytes& hash,
                 base::Instant now, const std::string& public_url) {
  const auto account = context.database.read(owner.school, [&](Transaction& tx) {
    return store::export_is_asked(tx, owner.school, owner.person) ? store::find_account(tx, owner.school, owner.person)
                                                                  : std::nullopt;
  });
  if (!account || !context.keys.has_key(owner)) return false;
  Copy copy(context, people, owner, account->role == store::Role::learner ? Side::learner : Side::instructor);
  const auto sealed = context.keys.seal(owner, purpose, copy.archive(now, public_url));
  const auto done = context.database.transact<int>(owner.school, [&](Transaction& tx) -> base::Result<int> {
    store::put_export(tx, owner.school, owner.person, sealed, hash, now + export_lifetime);
    return 0;
  });
  if (!done) throw std::runtime_error(done.error().detail);
  return true;
}

base::Result<FetchedExport> fetch_export(const Identity& identity, std::string_view token, base::Instant now) {
  const auto spent = base::refuse(base::Error{.code = base::Code::invalid_input,
                                              .detail = "This link is spent, or its time is over.",
                                              .fields = {{"/token", "Ask for another copy."}}});
  const auto link = auth::parse_link_token(token);
  if (!link) return spent;
  using Taken = std::optional<store::Export>;
  const auto taken =
      TRY(identity.context.database.transact<Taken>(link->school, [&](Transaction& tx) -> base::Result<Taken> {
        return store::take_export(tx, link->school, link->hash, now);
      }));
  if (!taken) return spent;
  const KeyOwner owner{link->school, taken->person};
  auto archive = identity.context.keys.open(owner, purpose, taken->sealed);
  if (!archive) return spent;
  return FetchedExport{owner, std::move(*archive)};
}

}  // namespace actions
