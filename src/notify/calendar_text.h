/// Lessons as iCalendar (RFC 5545), written by libical: one object to a mail (RFC 5546). All times UTC.
#pragma once

#include <span>
#include <string>

#include "domain/booking.h"
#include "net/smtp.h"

namespace notify {

/// A lesson in words, as the people in it know each other.
struct Lesson {
  domain::Booking booking;
  std::string type, learner, instructor, vehicle;  ///< Names; vehicle may be empty.
  std::string pickup, dropoff;                     ///< May be empty.
};

/// Of PUBLIC_URL: completes UID and Message-ID.
std::string host_of(const std::string& public_url);

enum class Side { learner, instructor };
/// Whom the reader on this side has the lesson with.
const std::string& partner_of(const Lesson& lesson, Side side);
/// "Driving lesson with Carol Shaw", as the reader on this side has it in the diary.
std::string title_for(const Lesson& lesson, Side side);

enum class Method { request, cancel };
std::string_view to_string(Method method);

/// Who stands in an invitation. Answers go nowhere: nobody is asked to accept (RSVP=FALSE).
struct Invitation {
  net::Mailbox organizer, attendee;
  base::Instant stamp;
  std::string host;  ///< Completes the UID: "<booking>@<host>", the same for the life of the booking.
};
/// SEQUENCE is the booking's version, so that programs update the entry that they have.
std::string calendar_for_mail(Method method, const Lesson& lesson, const std::string& title,
                              const Invitation& invitation);

/// A lesson of a feed, with when it last changed.
struct FeedEntry {
  Lesson lesson;
  base::Instant changed_at;
};
/// A calendar to subscribe to (METHOD:PUBLISH), with the UIDs that the mails have. `title` is the calendar's name.
std::string calendar_for_feed(const std::string& title, Side side, std::span<const FeedEntry> entries,
                              const std::string& host);

}  // namespace notify
