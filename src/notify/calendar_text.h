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

}  // namespace notify
