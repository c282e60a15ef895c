/// Sends mail to a relay by SMTP with libcurl: MIME, STARTTLS or TLS, sign-in, one connection kept.
#pragma once

#include <memory>
#include <string>

#include "net/breaker.h"

namespace net {

struct Mailbox {
  std::string name;  ///< May be empty.
  std::string address;
};

/// What somebody gets to read. Text is UTF-8; line feeds part lines.
struct Mail {
  std::string message_id;  ///< Without the angle brackets.
  Mailbox from, to;
  Mailbox reply_to;  ///< Empty address: none.
  std::string subject;
  std::string text, html;
  std::string calendar;         ///< An iCalendar object (RFC 5545), or empty.
  std::string calendar_method;  ///< Its METHOD (RFC 5546).
};

enum class Sending {
  sent,     ///< The relay said 250.
  refused,  ///< It said 5xx: the same mail will be refused again.
  failed    ///< It did not answer, or said 4xx: later.
};
struct SendingResult {
  Sending sending;
  std::string problem;  ///< For operators: codes and the relay's class of answer, never an address.
};

struct SmtpOptions {
  std::string url;  ///< smtp://[user:password@]host[:port] (STARTTLS, required off this machine) or smtps://…
  std::string authority = {};  ///< A file of certificates to trust besides the system's; for tests.
  CallPolicy policy = {};
};

class Smtp {
 public:
  explicit Smtp(SmtpOptions options);
  ~Smtp();
  Smtp(const Smtp&) = delete;

  /// Blocks up to the policy's total time. Not thread-safe but for the breaker.
  SendingResult send(const Mail& mail);
  Breaker& breaker();
  /// From any thread: gives up the mail that is under way, within a second or two, and every later one at once.
  void interrupt();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// RFC 2047: text that is not plain ASCII as encoded words; no line feed survives. For Subject and names.
std::string header_text(const std::string& text);
/// `"Name" <address>` for a header. The address must have passed is_address().
std::string header_mailbox(const Mailbox& mailbox);
/// What is safe to hand to a relay: something@something, printable ASCII, no space, quote, comma or angle bracket.
bool is_address(const std::string& address);

}  // namespace net
