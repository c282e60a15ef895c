/// What people get to read about their lessons: subject, text, HTML and calendar entry of each mail. No I/O.
#pragma once

#include <map>

#include "domain/data_request.h"
#include "domain/news.h"
#include "notify/calendar_text.h"

namespace notify {

/// The school as its mails show it.
struct Sender {
  std::string school;
  net::Mailbox from;
  std::string public_url;                      ///< Without a slash at the end.
  std::string colour{};                        ///< "#rrggbb" of links; empty: Roadbook's own.
  std::map<std::string, std::string> words{};  ///< What the school adds for learners, by News or "reminder".
};

struct Addressee {
  net::Mailbox mailbox;
  Side side;
  std::string child{};  ///< Whose lesson it is, where a guardian reads it.
};

/// Where a mail leads instead of the pages of whoever signs in: `path` follows PUBLIC_URL. Empty: there.
struct Lead {
  std::string text{}, path{};
};

struct Occasion {
  domain::News news;
  Lesson lesson;
  std::optional<Lesson> before;  ///< As the reader knew it; of a move.
  std::string reason;            ///< In the school's or the learner's words; may be empty.
  net::Mailbox other{};          ///< The other side: replies go there. Empty address: to nobody.
  Lead lead{};
};
/// `message_id` is unique within the school's server; its name is put behind it.
net::Mail news_mail(const Sender& sender, const Addressee& to, const Occasion& occasion, const std::string& message_id,
                    base::Instant now);

/// One lesson or, after an outage or on a full day, several, by start.
net::Mail reminder_mail(const Sender& sender, const Addressee& to, std::span<const Lesson> lessons,
                        const net::Mailbox& reply_to, const std::string& message_id, const Lead& lead = {});

/// What people are told about their accounts.
enum class AccountNews {
  invitation,
  password_reset,
  password_changed,
  registration,
  address_change,   ///< To the address that is to be theirs,
  address_taken,    ///< where it is somebody's already,
  address_changed,  ///< and to the one from before.
  factors_changed,
  identities_changed,
  data_export,
  guest_code,             ///< In `facts`.
  data_request,           ///< To whoever answers what somebody asks about their data,
  data_request_due,       ///< and before it is due;
  data_request_extended,  ///< to the person who asked: it takes longer,
  data_request_done,
  data_request_refused,
  calendar_trouble,
};
/// `path` follows PUBLIC_URL: the page on which they act, with the secret of the link where that takes one.
/// `facts` are shown as a table, names and values.
using Facts = std::vector<std::pair<std::string, std::string>>;
net::Mail account_mail(const Sender& sender, const net::Mailbox& to, AccountNews news, const std::string& path,
                       const std::string& message_id, const Facts& facts = {});

/// The words in braces that a school may use in what it adds: "learner", "instructor", "lesson", "when", "vehicle",
/// "pickup", "school".
std::span<const std::string_view> placeholders();
/// The first "{…}" in `text` that is none of them, or a brace without its partner; nullopt where all is well.
std::optional<std::string> unknown_placeholder(std::string_view text);

/// "Monday 23 November 2026".
std::string date_text(domain::Date date);
std::string right_text(domain::DataRight right);
/// "Monday 23 November 2026, 12:45 to 13:45", in the zone of the booking.
std::string when_text(const domain::Booking& booking);

}  // namespace notify
