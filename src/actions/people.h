/// Instructors, learners, their guardians and the users of the office. Admins manage the last, the office the others.
///
/// Instructors are known to everybody in their school, their e-mail and phone to staff and themselves. Learners are
/// known to the office, to instructors who have or had a lesson with them, and to themselves.
#pragma once

#include "actions/faults.h"
#include "actions/identity.h"
#include "store/idempotency.h"
#include "store/places.h"
#include "store/schedules.h"

namespace actions {

enum class Group { instructors, learners, users, guardians };

struct PersonInput {
  std::optional<std::string> name{}, email{}, phone{};
  std::optional<bool> active{};
  std::optional<std::optional<domain::Date>> birth_date{};  ///< Of learners; nullopt within: it is not known any more.
  std::optional<store::Role> role{};                        ///< Of users: admin or office.
  std::optional<std::vector<std::string>> languages{};      ///< Of instructors: tags, in any case and order.
  std::optional<std::vector<std::string>> areas{};          ///< Of instructors.
};
struct NewPerson {
  store::Person person;
  std::string welcome_url;  ///< Good once; "" for a repeated request whose person has a password by now.
};
base::Result<Made<NewPerson>> create_person(const Identity& identity, const Caller& caller, Group group,
                                            const PersonInput& input, const store::RequestKey& key);
/// Another link for somebody who has no password yet, and a mail with one; those from before stay good. wrong_status
/// for who has a password or is switched off.
base::Result<std::string> invite(const Identity& identity, const Caller& caller, Group group, base::PersonId id);
/// Whoever is switched off or gets another role is signed out everywhere. The last active admin of a school stays one.
base::Result<store::Person> update_person(const Identity& identity, const Caller& caller, Group group,
                                          base::PersonId id, std::int64_t version, const PersonInput& input);
/// in_use with the count of lessons, and for the last active admin. The person's key is destroyed.
base::Done delete_person(const Identity& identity, const Caller& caller, Group group, base::PersonId id);
base::Result<store::Person> get_person(const Identity& identity, const Caller& caller, Group group, base::PersonId id);
/// By name.
base::Result<Page<store::Person>> list_people(const Identity& identity, const Caller& caller, Group group,
                                              const PageQuery& page);
/// One local part, one domain, nothing that ends a header or an address list.
bool is_email(std::string_view text);
/// Name, e-mail, phone as they must be; also for who is made by `setup`.
void check_details(Faults& faults, const store::Details& details);

/// A learner's own places, or those of the learner whom staff name.
base::Result<Made<store::Place>> create_place(const Context& context, const Caller& caller, base::LearnerId learner,
                                              const std::string& text, const std::string& postcode,
                                              const store::RequestKey& key);
base::Result<Page<store::Place>> list_places(const Context& context, const Caller& caller, base::LearnerId learner,
                                             const PageQuery& page);
/// in_use where a lesson starts or ends there.
base::Done delete_place(const Context& context, const Caller& caller, base::PlaceId id);

}  // namespace actions
