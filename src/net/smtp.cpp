#include "net/smtp.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/result.h"

namespace net {

namespace {

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListDeleter>;
struct MimeDeleter {
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
using Mime = std::unique_ptr<curl_mime, MimeDeleter>;

void add(List& list, const std::string& line) {
  auto* longer = curl_slist_append(list.get(), line.c_str());
  if (!longer) throw std::bad_alloc();
  (void)list.release();  // The same list, with one line more.
  list.reset(longer);
}

void part(curl_mime* mime, const std::string& content, const std::string& type, const char* file = nullptr) {
  auto* each = curl_mime_addpart(mime);
  curl_mime_data(each, content.data(), content.size());
  curl_mime_type(each, type.c_str());
  curl_mime_encoder(each, "base64");
  if (file) curl_mime_filename(each, file);
}

/// alternative(text, html, calendar), and the calendar once more as a file for programs that look for one.
Mime mime_of(CURL* curl, const Mail& mail) {
  Mime mixed(curl_mime_init(curl));
  auto* alternative = curl_mime_init(curl);
  part(alternative, mail.text, "text/plain; charset=utf-8");
  part(alternative, mail.html, "text/html; charset=utf-8");
  if (!mail.calendar.empty())
    part(alternative, mail.calendar, "text/calendar; charset=utf-8; method=" + mail.calendar_method);
  auto* first = curl_mime_addpart(mixed.get());
  curl_mime_subparts(first, alternative);
  curl_mime_type(first, "multipart/alternative");
  if (!mail.calendar.empty()) part(mixed.get(), mail.calendar, "application/ics", "lesson.ics");
  return mixed;
}

/// RFC 5322 §3.3, in UTC.
std::string date_header(base::Instant now) {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(now - day);
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", days[std::chrono::weekday(day).c_encoding()],
                     unsigned(date.day()), months[unsigned(date.month()) - 1], int(date.year()), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

List headers_of(const Mail& mail) {
  List list;
  add(list, "Date: " + date_header(base::now()));
  add(list, "From: " + header_mailbox(mail.from));
  add(list, "To: " + header_mailbox(mail.to));
  if (!mail.reply_to.address.empty()) add(list, "Reply-To: " + header_mailbox(mail.reply_to));
  add(list, "Subject: " + header_text(mail.subject));
  add(list, "Message-ID: <" + mail.message_id + ">");
  add(list, "Auto-Submitted: auto-generated");  // RFC 3834: no holiday replies.
  return list;
}

bool on_this_machine(const std::string& url) {
  auto host = url.substr(url.find("://") + 3);
  if (const auto at = host.rfind('@'); at != std::string::npos) host.erase(0, at + 1);
  return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

}  // namespace

struct Smtp::Impl {
  explicit Impl(SmtpOptions options_) : options(std::move(options_)), breaker(options.policy), curl(curl_easy_init()) {
    if (!curl) throw std::bad_alloc();
  }
  ~Impl() { curl_easy_cleanup(curl); }

  void set_up(const Mail& mail, curl_slist* recipients, curl_slist* headers, curl_mime* mime) {
    curl_easy_reset(curl);  // Keeps the connection.
    curl_easy_setopt(curl, CURLOPT_URL, options.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_USE_SSL, long(on_this_machine(options.url) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    if (!options.authority.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options.authority.c_str());
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, long(options.policy.connect_time.count()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, long(options.policy.total_time.count()));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, this);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + mail.from.address + ">").c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_MIMEPOST, mime);
  }

  static int progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Impl*>(self)->interrupted;
  }

  const SmtpOptions options;
  Breaker breaker;
  std::atomic<bool> interrupted = false;
  CURL* curl;
};

Smtp::Smtp(SmtpOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Smtp::~Smtp() = default;

Breaker& Smtp::breaker() {
  return impl_->breaker;
}

void Smtp::interrupt() {
  impl_->interrupted = true;
}

SendingResult Smtp::send(const Mail& mail) {
  if (!is_address(mail.to.address)) return {Sending::refused, "the address is none that mail can be sent to"};
  if (!impl_->breaker.allows()) return {Sending::failed, "the relay has not answered lately"};
  List recipients;
  add(recipients, "<" + mail.to.address + ">");
  const auto headers = headers_of(mail);
  const auto mime = mime_of(impl_->curl, mail);
  impl_->set_up(mail, recipients.get(), headers.get(), mime.get());
  const auto code = curl_easy_perform(impl_->curl);
  long answer = 0;
  curl_easy_getinfo(impl_->curl, CURLINFO_RESPONSE_CODE, &answer);
  curl_easy_setopt(impl_->curl, CURLOPT_MIMEPOST, nullptr);
  curl_easy_setopt(impl_->curl, CURLOPT_HTTPHEADER, nullptr);
  curl_easy_setopt(impl_->curl, CURLOPT_MAIL_RCPT, nullptr);
  if (code == CURLE_OK) {
    impl_->breaker.answered();
    return {Sending::sent, ""};
  }
  const bool rejected = code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_RECV_ERROR;
  if (rejected && answer >= 500) {
    impl_->breaker.answered();
    return {Sending::refused, fmt::format("the relay refused it with {}", answer)};
  }
  impl_->breaker.failed();
  return {Sending::failed, fmt::format("{}{}", curl_easy_strerror(code), answer ? fmt::format(" ({})", answer) : "")};
}

bool is_address(const std::string& address) {
  const auto at = address.find('@');
  if (at == std::string::npos || at == 0 || at + 1 == address.size() || address.size() > 254) return false;
  if (address.find('@', at + 1) != std::string::npos) return false;
  return std::ranges::all_of(address, [](char c) {
    return c > ' ' && c < '\x7f' && std::string_view("<>()[]\\,;:\"").find(c) == std::string::npos;
  });
}

std::string header_text(const std::string& text) {
  std::string line;
  for (const char c : text) line += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? ' ' : c;
  const bool plain = std::ranges::all_of(line, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (plain && line.find("=?") == std::string::npos) return line;
  constexpr std::size_t most = 45;  // Bytes that become 60 characters: with the frame below the 75 of RFC 2047 §2.
  std::string out;
  for (std::size_t from = 0; from < line.size();) {
    auto to = std::min(from + most, line.size());
    while (to < line.size() && (static_cast<unsigned char>(line[to]) & 0xc0) == 0x80)
      --to;  // No character in two words.
    out += (out.empty() ? "" : " ") + ("=?utf-8?B?" + base::to_base64(base::bytes_of(line.substr(from, to - from)))) +
           "?=";
    from = to;
  }
  return out;
}

std::string header_mailbox(const Mailbox& mailbox) {
  if (mailbox.name.empty()) return "<" + mailbox.address + ">";
  const auto name = header_text(mailbox.name);
  if (name.starts_with("=?")) return name + " <" + mailbox.address + ">";
  std::string quoted;
  for (const char c : name) quoted += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return "\"" + quoted + "\" <" + mailbox.address + ">";
}

}  // namespace net
