#include "notify/calendar_text.h"

#include <fmt/format.h>
#include <libical/ical.h>

namespace notify {

namespace {

struct Free {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Component = std::unique_ptr<icalcomponent, Free>;

icaltimetype utc(base::Instant instant) {
  return icaltime_from_timet_with_zone(base::to_seconds(instant), 0, icaltimezone_get_utc_timezone());
}

std::string text_of(const Component& calendar) {
  char* text = icalcomponent_as_ical_string_r(calendar.get());
  std::string copy(text);
  icalmemory_free_buffer(text);
  return copy;
}

Component calendar_with(icalproperty_method method) {
  return Component(icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
                                       icalproperty_new_prodid("-//Roadbook//EN"), icalproperty_new_method(method),
                                       static_cast<void*>(nullptr)));
}

icalcomponent* event_of(const Lesson& lesson, const std::string& title, base::Instant stamp, const std::string& host) {
  const auto& booking = lesson.booking;
  auto* event = icalcomponent_new_vevent();
  const auto add = [&](icalproperty* property) { icalcomponent_add_property(event, property); };
  add(icalproperty_new_uid(fmt::format("{}@{}", base::to_text(booking.id), host).c_str()));
  add(icalproperty_new_sequence(static_cast<int>(booking.version)));
  add(icalproperty_new_dtstamp(utc(stamp)));
  add(icalproperty_new_dtstart(utc(booking.lesson.start())));
  add(icalproperty_new_dtend(utc(booking.lesson.end())));
  add(icalproperty_new_summary(title.c_str()));
  if (!lesson.pickup.empty()) add(icalproperty_new_location(lesson.pickup.c_str()));
  if (!lesson.vehicle.empty()) add(icalproperty_new_description(("Car: " + lesson.vehicle).c_str()));
  return event;
}

icalproperty_status status_of(const domain::Booking& booking) {
  return booking.status == domain::Status::requested ? ICAL_STATUS_TENTATIVE : ICAL_STATUS_CONFIRMED;
}

/// A property that RFC 5545 leaves to extensions.
icalproperty* extension(const char* name, const char* value) {
  auto* property = icalproperty_new_x(value);
  icalproperty_set_x_name(property, name);
  return property;
}

/// `property` as a calendar address with a name.
icalproperty* named(icalproperty* property, const net::Mailbox& mailbox) {
  if (!mailbox.name.empty()) icalproperty_add_parameter(property, icalparameter_new_cn(mailbox.name.c_str()));
  return property;
}

}  // namespace

std::string host_of(const std::string& public_url) {
  const auto host = public_url.substr(public_url.find("://") + 3);
  return host.substr(0, host.find(':'));
}

const std::string& partner_of(const Lesson& lesson, Side side) {
  return side == Side::learner ? lesson.instructor : lesson.learner;
}

std::string title_for(const Lesson& lesson, Side side) {
  return fmt::format("{} with {}", lesson.type, partner_of(lesson, side));
}

std::string_view to_string(Method method) {
  return method == Method::request ? "REQUEST" : "CANCEL";
}

std::string calendar_for_mail(Method method, const Lesson& lesson, const std::string& title,
                              const Invitation& invitation) {
  auto calendar = calendar_with(method == Method::request ? ICAL_METHOD_REQUEST : ICAL_METHOD_CANCEL);
  auto* event = event_of(lesson, title, invitation.stamp, invitation.host);
  icalcomponent_add_property(
      event, icalproperty_new_status(method == Method::cancel ? ICAL_STATUS_CANCELLED : status_of(lesson.booking)));
  icalcomponent_add_property(
      event,
      named(icalproperty_new_organizer(("mailto:" + invitation.organizer.address).c_str()), invitation.organizer));
  auto* attendee =
      named(icalproperty_new_attendee(("mailto:" + invitation.attendee.address).c_str()), invitation.attendee);
  icalproperty_add_parameter(attendee, icalparameter_new_partstat(ICAL_PARTSTAT_ACCEPTED));
  icalproperty_add_parameter(attendee, icalparameter_new_rsvp(ICAL_RSVP_FALSE));
  icalcomponent_add_property(event, attendee);
  icalcomponent_add_component(calendar.get(), event);
  return text_of(calendar);
}

std::string calendar_for_feed(const std::string& title, Side side, std::span<const FeedEntry> entries,
                              const std::string& host) {
  auto calendar = calendar_with(ICAL_METHOD_PUBLISH);
  // Programs that know neither poll when they like.
  icalcomponent_add_property(calendar.get(), extension("X-WR-CALNAME", title.c_str()));
  icalcomponent_add_property(calendar.get(), extension("X-PUBLISHED-TTL", "PT15M"));
  for (const auto& [lesson, changed_at] : entries) {
    auto* event = event_of(lesson, title_for(lesson, side), changed_at, host);
    icalcomponent_add_property(event, icalproperty_new_status(status_of(lesson.booking)));
    icalcomponent_add_component(calendar.get(), event);
  }
  return text_of(calendar);
}

}  // namespace notify
