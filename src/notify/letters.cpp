#include "notify/letters.h"

#include <fmt/format.h>

#include <algorithm>

namespace notify {

namespace {

using domain::News;

/// A letter before it is text or HTML: paragraphs, a table of facts, one link.
struct Draft {
  std::string greeting;
  std::vector<std::string> paragraphs;
  std::vector<std::pair<std::string, std::string>> facts;
  std::string link_text, link, signature, colour;
};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  return out;
}

std::string as_text(const Draft& draft) {
  std::string out = draft.greeting + "\n";
  for (const auto& paragraph : draft.paragraphs) out += "\n" + paragraph + "\n";
  if (!draft.facts.empty()) out += "\n";
  for (const auto& [name, value] : draft.facts) out += fmt::format("{}: {}\n", name, value);
  return out + fmt::format("\n{}: {}\n\n{}\n", draft.link_text, draft.link, draft.signature);
}

std::string as_html(const Draft& draft) {
  std::string out =
      "<!doctype html><html lang=\"en\"><body style=\"margin:0;padding:24px;background:#f3f6f4;color:#14211c;"
      "font:16px/1.5 system-ui,sans-serif\"><div style=\"max-width:34rem;margin:auto;padding:24px;background:#fff;"
      "border-radius:16px\"><p>" +
      escaped(draft.greeting) + "</p>";
  for (const auto& paragraph : draft.paragraphs) out += "<p>" + escaped(paragraph) + "</p>";
  if (!draft.facts.empty()) {
    out += "<table style=\"border-collapse:collapse\">";
    for (const auto& [name, value] : draft.facts)
      out +=
          fmt::format("<tr><th align=\"left\" style=\"padding:2px 16px 2px 0;font-weight:600\">{}</th><td>{}</td></tr>",
                      escaped(name), escaped(value));
    out += "</table>";
  }
  return out + fmt::format(
                   "<p><a href=\"{}\" style=\"color:{};font-weight:600\">{}</a></p><p>{}</p></div></body>"
                   "</html>\n",
                   escaped(draft.link), draft.colour, escaped(draft.link_text), escaped(draft.signature));
}

std::string clock_text(const std::string& wall) {
  return wall.substr(11, 5);
}

}  // namespace

std::string date_text(domain::Date date) {
  constexpr const char* days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
  constexpr const char* months[] = {"January", "February", "March",     "April",   "May",      "June",
                                    "July",    "August",   "September", "October", "November", "December"};
  return fmt::format("{} {} {} {}", days[std::chrono::weekday(date).c_encoding()], unsigned(date.day()),
                     months[unsigned(date.month()) - 1], int(date.year()));
}

std::string right_text(domain::DataRight right) {
  switch (right) {
    case domain::DataRight::access:
      return "what is stored (art. 15 GDPR)";
    case domain::DataRight::rectification:
      return "a correction (art. 16 GDPR)";
    case domain::DataRight::erasure:
      return "an erasure (art. 17 GDPR)";
    case domain::DataRight::restriction:
      return "a restriction (art. 18 GDPR)";
    case domain::DataRight::portability:
      return "a copy to take along (art. 20 GDPR)";
    case domain::DataRight::objection:
      return "an objection (art. 21 GDPR)";
  }
  throw base::Bug("unknown domain::DataRight");
}

namespace {

std::string day_text(const std::string& wall) {
  return date_text(base::date_from_text(wall.substr(0, 10)).value());
}

domain::Zone zone_of(const domain::Booking& booking) {
  auto zone = domain::Zone::load(booking.zone);
  CHECK(zone.has_value());
  return *zone;
}

std::string subject_of(News news, const Lesson& lesson, Side side) {
  const auto wall = zone_of(lesson.booking).wall_time(lesson.booking.lesson.start());
  const auto when =
      day_text(wall).substr(0, 3) + " " + day_text(wall).substr(day_text(wall).find(' ') + 1) + ", " + clock_text(wall);
  switch (news) {
    case News::requested:
      return side == Side::learner ? "We have your request: " + when : "Please answer: " + when;
    case News::confirmed:
      return "Booked: " + when;
    case News::moved:
      return "Moved to " + when;
    case News::cancelled:
      return "Cancelled: " + when;
    case News::refused:
      return "Not possible: " + when;
    case News::lapsed:
      return "Not answered in time: " + when;
  }
  throw base::Bug("unknown domain::News");
}

std::string first_words(const Occasion& occasion, Side side) {
  const auto& lesson = occasion.lesson;
  const bool learner = side == Side::learner;
  switch (occasion.news) {
    case News::requested:
      return learner ? "Your school has your request and will answer it. The time is kept for you until then."
                     : fmt::format("{} asks for a lesson. Please accept or refuse it.", lesson.learner);
    case News::confirmed:
      return learner ? fmt::format("Your lesson with {} is booked.", lesson.instructor)
                     : fmt::format("{} has a lesson with you.", lesson.learner);
    case News::moved:
      return learner ? "Your lesson has changed. This is how it is now:"
                     : fmt::format("The lesson with {} has changed. This is how it is now:", lesson.learner);
    case News::cancelled:
      return learner ? "Your lesson does not take place."
                     : fmt::format("The lesson with {} is cancelled.", lesson.learner);
    case News::refused:
      return learner ? "Your school cannot give you this lesson. Nothing is booked; please choose another time."
                     : fmt::format("The request of {} was refused.", lesson.learner);
    case News::lapsed:
      return learner ? "Nobody answered your request in time. Nothing is booked; please choose another time."
                     : fmt::format("The request of {} was not answered in time.", lesson.learner);
  }
  throw base::Bug("unknown domain::News");
}

std::string money_text(const domain::Money& money) {
  return fmt::format("{}.{:02} {}", money.amount_minor / 100, money.amount_minor % 100, money.currency);
}

void add_facts(Draft& draft, const Lesson& lesson, Side side) {
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) draft.facts.emplace_back(name, value);
  };
  add("Lesson", lesson.type);
  add("When", when_text(lesson.booking));
  add(side == Side::learner ? "Instructor" : "Learner", partner_of(lesson, side));
  add("Car", lesson.vehicle);
  add("Pick-up", lesson.pickup);
  add("Drop-off", lesson.dropoff);
  if (side == Side::learner && lesson.booking.price.amount_minor > 0) add("Price", money_text(lesson.booking.price));
}

bool gone(News news) {
  return news == News::cancelled || news == News::refused || news == News::lapsed;
}

std::string colour_of(const Sender& sender) {
  return sender.colour.empty() ? "#0b5f47" : sender.colour;
}

Draft draft_for(const Sender& sender, const Addressee& to) {
  if (!to.child.empty())
    return {.greeting = fmt::format("Hello {},", to.mailbox.name),
            .paragraphs = {fmt::format("This is what we tell {}:", to.child)},
            .link_text = "Lessons of your children",
            .link = sender.public_url + "/children",
            .signature = sender.school,
            .colour = colour_of(sender)};
  return {.greeting = fmt::format("Hello {},", to.mailbox.name),
          .link_text = to.side == Side::learner ? "Your lessons" : "Your week",
          .link = sender.public_url + (to.side == Side::learner ? "/lessons" : "/"),
          .signature = sender.school,
          .colour = colour_of(sender)};
}

void lead_to(Draft& draft, const Sender& sender, const Lead& lead) {
  if (lead.path.empty()) return;
  draft.link_text = lead.text;
  draft.link = sender.public_url + lead.path;
}

/// `text` has passed unknown_placeholder().
std::string filled(std::string_view text, const Sender& sender, const Lesson& lesson) {
  const std::pair<std::string_view, std::string> values[] = {
      {"learner", lesson.learner}, {"instructor", lesson.instructor},   {"lesson", lesson.type},
      {"vehicle", lesson.vehicle}, {"when", when_text(lesson.booking)}, {"pickup", lesson.pickup},
      {"school", sender.school}};
  std::string out;
  while (!text.empty()) {
    const auto open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = text.find('}', open);
    const auto name = text.substr(open + 1, close - open - 1);
    for (const auto& [known, value] : values)
      if (known == name) out += value;
    text.remove_prefix(close + 1);
  }
  return out;
}

/// What the school adds for learners, if anything.
void add_words(Draft& draft, const Sender& sender, const std::string& occasion, const Lesson& lesson, Side side) {
  const auto found = sender.words.find(occasion);
  if (side == Side::learner && found != sender.words.end())
    draft.paragraphs.push_back(filled(found->second, sender, lesson));
}

net::Mail mail_of(const Sender& sender, const Addressee& to, const Draft& draft, const std::string& message_id,
                  const net::Mailbox& reply_to) {
  return {.message_id = message_id + "@" + host_of(sender.public_url),
          .from = sender.from,
          .to = to.mailbox,
          .reply_to = net::is_address(reply_to.address) ? reply_to : net::Mailbox{},
          .text = as_text(draft),
          .html = as_html(draft)};
}

}  // namespace

std::string when_text(const domain::Booking& booking) {
  const auto zone = zone_of(booking);
  const auto start = zone.wall_time(booking.lesson.start()), end = zone.wall_time(booking.lesson.end());
  auto town = booking.zone.substr(booking.zone.rfind('/') + 1);
  std::ranges::replace(town, '_', ' ');
  return fmt::format("{}, {} to {} ({} time)", day_text(start), clock_text(start), clock_text(end), town);
}

net::Mail news_mail(const Sender& sender, const Addressee& to, const Occasion& occasion, const std::string& message_id,
                    base::Instant now) {
  const auto& lesson = occasion.lesson;
  auto draft = draft_for(sender, to);
  draft.paragraphs.push_back(first_words(occasion, to.side));
  add_words(draft, sender, std::string(domain::to_string(occasion.news)), lesson, to.side);
  add_facts(draft, lesson, to.side);
  if (occasion.before && occasion.before->booking.lesson != lesson.booking.lesson)
    draft.facts.emplace_back("Before", when_text(occasion.before->booking));
  lead_to(draft, sender, occasion.lead);
  if (!occasion.reason.empty()) draft.facts.emplace_back("Reason", occasion.reason);
  auto mail = mail_of(sender, to, draft, message_id, occasion.other);
  mail.subject = subject_of(occasion.news, lesson, to.side);
  const auto method = gone(occasion.news) ? Method::cancel : Method::request;
  mail.calendar = calendar_for_mail(method, lesson, title_for(lesson, to.side),
                                    {sender.from, to.mailbox, now, host_of(sender.public_url)});
  mail.calendar_method = to_string(method);
  return mail;
}

net::Mail reminder_mail(const Sender& sender, const Addressee& to, std::span<const Lesson> lessons,
                        const net::Mailbox& reply_to, const std::string& message_id, const Lead& lead) {
  auto draft = draft_for(sender, to);
  lead_to(draft, sender, lead);
  draft.paragraphs.emplace_back(lessons.size() == 1 ? "This is to remind you of your lesson."
                                                    : "This is to remind you of your next lessons.");
  add_words(draft, sender, "reminder", lessons[0], to.side);
  if (lessons.size() == 1) {
    add_facts(draft, lessons[0], to.side);
  } else {
    for (const auto& lesson : lessons) draft.facts.emplace_back(when_text(lesson.booking), title_for(lesson, to.side));
  }
  auto mail = mail_of(sender, to, draft, message_id, reply_to);
  mail.subject = lessons.size() == 1 ? "Reminder: " + when_text(lessons[0].booking)
                                     : fmt::format("Reminder of {} lessons", lessons.size());
  return mail;
}

namespace {

struct AccountWords {
  std::string subject, paragraph, link_text, fact = "You sign in with";
};

AccountWords words_about_data(AccountNews news, const std::string& school) {
  switch (news) {
    case AccountNews::data_export:
      return {"Your data at " + school,
              "The copy of your data that you, or " + school +
                  " for you, asked for is ready. The link is good once, for 24 hours. If nobody asked for it, there is "
                  "nothing to do: it is deleted by itself.",
              "Download your data"};
    case AccountNews::data_request:
      return {
          "Somebody asks about their data",
          "A request about personal data has come in. It is to be answered in time; whose it is and what they write "
          "stands in the list.",
          "See the request", "You answer as"};
    case AccountNews::data_request_due:
      return {"A request about data is due",
              "A request about personal data still waits for an answer. What is not answered in time can become a "
              "complaint to the data protection authority.",
              "See the request", "You answer as"};
    case AccountNews::data_request_extended:
      return {
          "Your request takes longer",
          "Your school needs more time to answer what you asked about your data. You may complain about that to the "
          "data protection authority.",
          "Your data", "Your address"};
    case AccountNews::data_request_done:
      return {"Your request is answered", "What you asked your school about your data is done.", "Your data",
              "Your address"};
    case AccountNews::data_request_refused:
      return {
          "Your request is answered",
          "Your school does not do what you asked about your data, for the reason below. You may complain about that "
          "to the data protection authority, and you may go to court.",
          "Your data", "Your address"};
    default:
      throw base::Bug("not about somebody's data");
  }
}

AccountWords words_of(AccountNews news, const std::string& school) {
  switch (news) {
    case AccountNews::invitation:
      return {
          "Your account at " + school,
          school + " has made an account for you. Choose a password to begin; the link is good once, for seven days.",
          "Choose a password"};
    case AccountNews::password_reset:
      return {
          "A new password for " + school,
          "Somebody, probably you, asked for a new password. The link is good once, for one hour. If it was not you, "
          "there is nothing to do: your password stays as it is.",
          "Choose a new password"};
    case AccountNews::password_changed:
      return {"Your password was changed",
              "The password of your account was changed just now, and every other device was signed out. If it was not "
              "you, choose a new password at once and tell your school.",
              "Choose a new password"};
    case AccountNews::registration:
      return {"Your account at " + school,
              "Somebody, probably you, wants to make an account with this address. The link is good once, for twelve "
              "hours. If it was not you, there is nothing to do: there will be no account.",
              "Make the account", "Your address"};
    case AccountNews::address_change:
      return {"Your new address at " + school,
              "Somebody, probably you, wants to sign in with this address from now on. The link is good once, for "
              "twelve hours. If it was not you, there is nothing to do: nothing will change.",
              "Use this address", "New address"};
    case AccountNews::address_taken:
      return {"You have an account at " + school,
              "Somebody, probably you, wanted to use this address for an account. It belongs to yours already, so "
              "nothing was changed: sign in with it, and choose a new password if you have forgotten yours.",
              "Sign in"};
    case AccountNews::address_changed:
      return {"Your address was changed",
              "From now on somebody signs in to your account with another address than this one. If it was not you, "
              "tell your school at once.",
              "Look at your account", "Old address"};
    case AccountNews::factors_changed:
      return {"How you sign in was changed",
              "What your account asks for besides a password was changed just now, and every other device was signed "
              "out. This is how it is now. If it was not you, choose a new password at once and tell your school.",
              "Your account"};
    case AccountNews::identities_changed:
      return {
          "Who else may sign you in was changed",
          "An account elsewhere was connected with yours just now, or is connected no longer. This is how it is now. "
          "If it was not you, choose a new password at once and tell your school.",
          "Your account"};
    case AccountNews::data_export:
    case AccountNews::data_request:
    case AccountNews::data_request_due:
    case AccountNews::data_request_extended:
    case AccountNews::data_request_done:
    case AccountNews::data_request_refused:
      return words_about_data(news, school);
    case AccountNews::guest_code:
      return {"Your code for " + school,
              "Somebody, probably you, is booking a lesson with this address. Enter the code on the page where it was "
              "asked for; it is good for as long as the time is kept there, ten minutes at most. If it was not you, "
              "there is nothing to do: nobody books without the code.",
              "The school", "Your address"};
    case AccountNews::calendar_trouble:
      return {"A calendar is not followed at the moment",
              "Roadbook cannot read and write a calendar that lessons depend on. What was known of it last goes on "
              "taking time, and lessons can be booked as before; what is new there is not seen until this is mended.",
              "See what to do"};
  }
  throw base::Bug("unknown notify::AccountNews");
}

}  // namespace

net::Mail account_mail(const Sender& sender, const net::Mailbox& to, AccountNews news, const std::string& path,
                       const std::string& message_id, const Facts& facts) {
  const auto words = words_of(news, sender.school);
  Facts all{{words.fact, to.address}};
  all.insert(all.end(), facts.begin(), facts.end());
  const Draft draft{.greeting = to.name.empty() ? "Hello," : fmt::format("Hello {},", to.name),
                    .paragraphs = {words.paragraph},
                    .facts = std::move(all),
                    .link_text = words.link_text,
                    .link = sender.public_url + path,
                    .signature = sender.school,
                    .colour = colour_of(sender)};
  auto mail = mail_of(sender, {to, Side::learner}, draft, message_id, {});
  mail.subject = words.subject;
  return mail;
}

std::span<const std::string_view> placeholders() {
  static constexpr std::string_view names[] = {"learner", "instructor", "lesson", "when",
                                               "vehicle", "pickup",     "school"};
  return names;
}

std::optional<std::string> unknown_placeholder(std::string_view text) {
  while (true) {
    const auto brace = text.find_first_of("{}");
    if (brace == std::string_view::npos) return std::nullopt;
    const auto close = text[brace] == '}' ? std::string_view::npos : text.find('}', brace);
    if (close == std::string_view::npos) return std::string(text.substr(brace, 20));
    const auto name = text.substr(brace + 1, close - brace - 1);
    if (std::ranges::find(placeholders(), name) == placeholders().end())
      return std::string(text.substr(brace, close - brace + 1));
    text.remove_prefix(close + 1);
  }
}

}  // namespace notify
