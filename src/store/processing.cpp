#include "store/processing.h"

namespace store {

// Each word means something else elsewhere.
namespace records {
namespace {

// Purposes.
constexpr std::string_view lessons = "Planning, giving and charging driving lessons";
constexpr std::string_view accounts = "Accounts: signing in, and keeping others out";
constexpr std::string_view consent = "Showing what was agreed to and told";
constexpr std::string_view rights = "Answering what people ask about their data";
constexpr std::string_view account_for = "Accounting for who saw and did what";
constexpr std::string_view messages = "Telling people about their lessons and accounts";
constexpr std::string_view sound = "Running the system without losing or doubling anything";
// Whose.
constexpr std::string_view everybody = "learners, guardians, instructors, office, admins";
constexpr std::string_view learners = "learners";
constexpr std::string_view both = "learners, instructors";
constexpr std::string_view instructors = "instructors";
constexpr std::string_view families = "learners, guardians";
// Grounds, all of art. 6(1).
constexpr std::string_view contract = "contract (b)";
constexpr std::string_view employment = "contract (b), of work";
constexpr std::string_view obligation = "legal obligation (c)";
constexpr std::string_view interest = "legitimate interest (f): a secure and sound system";
constexpr std::string_view agreed = "consent (a), contract (b)";
// Who sees it.
constexpr std::string_view nobody_sees = "nobody";
constexpr std::string_view only_they = "themselves";
constexpr std::string_view office_and_they = "themselves, office, admins";
constexpr std::string_view teachers = "themselves, the learner's guardians and instructors, office, admins";
constexpr std::string_view admins = "admins";
// How it is kept.
constexpr std::string_view sealed = "encrypted under a key of the person, which an erasure destroys";
constexpr std::string_view hashed = "a hash only";
constexpr std::string_view ids_only = "ids only";
constexpr std::string_view plain = "by roles and schools";

using enum HandedTo;
using enum Period;

constexpr Processing known_purposes[] = {
    {"people", accounts, everybody, "name, e-mail, telephone, date of birth, role, languages and areas of lessons",
     contract, teachers, mail, person, "", sealed},
    {"places", lessons, learners, "addresses where lessons begin and end", contract, teachers, mail, person, "",
     sealed},
    {"texts", lessons, everybody, "notes, reasons, titles, requests in free words", contract, teachers, mail, words, "",
     sealed},
    {"passwords", accounts, everybody, "password", contract, nobody_sees, nobody, person, "", "Argon2id"},
    {"sessions", accounts, everybody, "sign-ins: when, kind of browser", interest, only_they, nobody, by_itself,
     "a day after they end", hashed},
    {"one_time_tokens", accounts, everybody, "links of mails", contract, nobody_sees, nobody, by_itself,
     "when they are used, or after hours to seven days", hashed},
    {"feeds", lessons, both, "address of a calendar feed", contract, only_they, nobody, person, "", hashed},
    {"email_proofs", accounts, everybody, "address that is to be proven", contract, nobody_sees, mail, by_itself,
     "after hours, of an old address 30 days", sealed},
    {"totp", accounts, everybody, "secret of an authenticator app", contract, nobody_sees, nobody, person, "", sealed},
    {"backup_codes", accounts, everybody, "codes for signing in", contract, nobody_sees, nobody, person, "", hashed},
    {"passkeys", accounts, everybody, "public keys and their names", contract, only_they, nobody, person, "", sealed},
    {"identities", accounts, everybody, "accounts elsewhere that sign in", contract, only_they, providers, person, "",
     hashed},
    {"api_keys", accounts, everybody, "keys of programs: name, rights, use", contract, only_they, nobody, person, "",
     hashed},
    {"guest_holds", lessons, learners, "name, e-mail, telephone, network of whoever keeps a time", contract,
     nobody_sees, mail, by_itself, "minutes, until it is booked or given up", sealed},
    {"guest_links", lessons, learners, "key to one lesson", contract, nobody_sees, mail, by_itself,
     "some days after the lesson", hashed},
    {"exports", rights, everybody, "a copy of one's data", obligation, only_they, nobody, by_itself, "24 hours",
     sealed},
    {"documents", lessons, learners, "driving permit, consent form", contract, teachers, nobody, papers, "", sealed},
    {"guardianships", lessons, families, "who acts for which child", contract, office_and_they, nobody, person, "",
     ids_only},
    {"guardian_consents", consent, families, "consent of a guardian: version, when", agreed, office_and_they, nobody,
     person, "", ids_only},
    {"impersonations", account_for, both, "which admin acted in whose name, when", interest, office_and_they, nobody,
     audited, "", ids_only},
    {"agreements", consent, everybody, "terms, notice, consents: version, when", agreed, teachers, nobody, person, "",
     ids_only},
    {"legal_holds", rights, everybody, "claims, restrictions: since when", obligation, admins, nobody, person, "",
     ids_only},
    {"data_requests", rights, everybody, "what was asked, when it was due and answered", obligation, office_and_they,
     mail, audited, "", ids_only},
    {"idempotency", sound, everybody, "names of requests", interest, nobody_sees, nobody, by_itself, "24 hours",
     hashed},
    {"bookings", lessons, both, "lessons: when, with whom, in which car, price, outcome", contract, teachers, mail, law,
     "", ids_only},
    {"busy", lessons, instructors, "when an instructor's other calendar is busy", employment, office_and_they, nobody,
     person, "", ids_only},
    {"connections", lessons, instructors, "accounts of calendars elsewhere: address, what was granted", employment,
     office_and_they, calendars, person, "", sealed},
    {"outside_calendars", lessons, instructors, "which calendars elsewhere take time and show lessons", employment,
     only_they, calendars, person, "", sealed},
    {"shown_lessons", lessons, both, "where lessons stand in calendars elsewhere", employment, nobody_sees, calendars,
     person, "", ids_only},
    {"conflicts", lessons, instructors, "what was done to a lesson in a calendar elsewhere", employment,
     office_and_they, nobody, person, "", ids_only},
    {"hours", lessons, instructors, "working hours", employment, office_and_they, nobody, person, "", plain},
    {"time_off", lessons, instructors, "time off", employment, office_and_they, nobody, person, "", ids_only},
    {"constraints", lessons, instructors, "limits of an instructor's day", employment, office_and_they, nobody, person,
     "", plain},
    {"calendars", sound, both, "a number that counts changes", interest, nobody_sees, nobody, person, "", ids_only},
    {"events", sound, everybody, "what happened to lessons and settings, and who did it", obligation, teachers, nobody,
     law, "", "ids only, chained by hashes"},
    {"audit", account_for, everybody, "who saw and did what, when, from which network", interest, admins, nobody,
     audited, "", "ids only, network shortened, address hashed, chained by hashes"},
    {"notices", messages, both, "up to where somebody was told of a lesson", contract, nobody_sees, nobody, person, "",
     ids_only},
    {"jobs", messages, everybody, "mail that is on its way", contract, "office, admins", mail, by_itself,
     "when it has left", ids_only},
};

constexpr std::string_view common_protection[] = {
    "Encryption in transit: TLS 1.2 or 1.3 to browsers, and to the database, the mail server and providers where they "
    "are "
    "elsewhere",
    "Personal values encrypted at rest (AES-256-GCM) under a key per person, in a key store with backups of its own",
    "Rights by role and by whose it is, each school apart from the others",
    "Passwords as Argon2id, second factors for staff where the school asks for them",
    "Every look at others' data is taken down, in a log that shows a changed byte",
    "Backups that are restored in tests; erasures are done again after a restore",
};

}  // namespace
}  // namespace records

std::span<const Processing> processing_of_tables() {
  return records::known_purposes;
}

std::span<const std::string_view> protection_of_all() {
  return records::common_protection;
}

}  // namespace store
