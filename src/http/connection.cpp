#include "http/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "http/head.h"
#include "http/live.h"

namespace http {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using boost::system::error_code;

/// A request under way. Outlives its connection where a worker still holds it. A class with a constructor, because
/// g++ 12 destroys temporaries of aggregates twice when they are arguments of a coroutine.
struct Exchange {
  Exchange(asio::io_context& io, Request request_) : request(std::move(request_)), finished(io) {}
  Request request;
  Site::Plan plan;
  Response response;
  bool done = false;            ///< Set on the connection's own thread.
  asio::steady_timer finished;  ///< Cancelled when done, else the time that an answer may take.
};

namespace {

constexpr std::size_t slowest_upload = 100'000;  // Bytes a second.
constexpr std::size_t read_bytes = 16 << 10;
/// A chunk's header or a trailer that goes on for longer than this is not meant seriously.
constexpr std::size_t max_unparsed_bytes = 64 << 10;
constexpr std::chrono::seconds linger_time{2};
constexpr std::chrono::seconds write_time{60};
/// A comment after so much silence, so that proxies and clients see that the stream lives.
constexpr std::chrono::seconds stream_silence{15};

bool has_token(std::string_view list, std::string_view wanted) {
  std::string lower(list);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower.find(wanted) != std::string::npos;
}

KeepAlive keep_alive_of(const Request& request, bool http_1_0) {
  const auto connection = request.header("connection");
  const bool close = http_1_0 ? !has_token(connection, "keep-alive") : has_token(connection, "close");
  return close ? KeepAlive::no : KeepAlive::yes;
}

}  // namespace

Connection::Connection(Shared& shared, Loop& loop, Socket socket, std::string address)
    : shared_(shared),
      loop_(loop),
      socket_(std::move(socket)),
      address_(std::move(address)),
      deadline_(Clock::now() + shared.options.idle_time) {
  {
    const std::lock_guard lock(shared_.counts.mutex);
    ++shared_.counts.all;
    ++shared_.counts.by_address[address_];
  }
  shared_.site.metrics().connections.Increment();
}

Connection::~Connection() {
  loop_.connections.erase(this);
  {
    auto& [mutex, all, by_address] = shared_.counts;
    const std::lock_guard lock(mutex);
    --all;
    if (--by_address[address_] == 0) by_address.erase(address_);
  }
  shared_.site.metrics().connections.Decrement();
}

void Connection::close() {
  error_code ignored;  // A socket that is gone already is what we want.
  socket_.close(ignored);
  if (const auto wait = stream_wait_.lock()) wait->cancel();
}

asio::awaitable<void> Connection::run() {
  loop_.connections.insert(this);
  error_code ignored;  // Without it answers are merely slower.
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  while (co_await serve_one()) {
  }
  close();
}

asio::awaitable<bool> Connection::read_some() {
  const auto before = input_.size();
  input_.resize(before + read_bytes);
  error_code error;
  const auto count = co_await socket_.async_read_some(asio::buffer(input_.data() + before, read_bytes),
                                                      asio::redirect_error(asio::use_awaitable, error));
  input_.resize(before + count);
  co_return !error && socket_.is_open();
}

/// The length of the head with its empty line; 0 where the connection ended. Longer than max_head_bytes means that no
/// end came within it.
asio::awaitable<std::size_t> Connection::read_head() {
  deadline_ = Clock::now() + shared_.options.idle_time;
  std::size_t searched = 0;
  idle_ = input_.empty();
  for (;;) {
    while (input_.starts_with("\r\n")) input_.erase(0, 2);  // RFC 9112 §2.2
    if (!input_.empty() && searched == 0) {
      idle_ = false;
      began_ = Clock::now();
      deadline_ = began_ + shared_.options.request_time;
    }
    const auto end = input_.find("\r\n\r\n", searched < 3 ? 0 : searched - 3);
    if (end != std::string::npos) co_return end + 4;
    searched = input_.size();
    if (searched > max_head_bytes) co_return searched;
    if (idle_ && shared_.stopping) co_return 0;
    if (!co_await read_some()) co_return 0;
  }
}

/// Beast's parser frames the body. It gets the whole request; the header fields are those of our own, stricter reading.
asio::awaitable<bool> Connection::read_body(const Head& head, std::size_t head_bytes, Request& request) {
  const bool has_body = std::ranges::any_of(
      head.fields, [](const auto& f) { return f.first == "content-length" || f.first == "transfer-encoding"; });
  if (!has_body) {
    input_.erase(0, head_bytes);
    co_return true;
  }
  beast_http::request_parser<beast_http::string_body> parser;
  parser.eager(true);
  parser.header_limit(2 * max_head_bytes);
  const auto most = std::max(shared_.options.max_body_bytes, shared_.site.max_body_bytes(request));
  parser.body_limit(most);
  bool told_to_continue = request.header("expect") != "100-continue";
  for (;;) {
    error_code error;
    const auto used = parser.put(asio::buffer(input_), error);
    input_.erase(0, used);
    if ((error && error != beast_http::error::need_more) || input_.size() > max_unparsed_bytes) {
      const bool too_large = error == beast_http::error::body_limit;
      base::Error reason{
          too_large ? base::Code::too_large : base::Code::malformed,
          too_large ? fmt::format("The body is larger than {} MB.", most >> 20) : "The body cannot be read."};
      co_return co_await refuse(std::move(reason), std::move(request));
    }
    if (parser.is_done()) break;
    if (!error && used > 0 && !input_.empty()) continue;
    if (!told_to_continue) {
      told_to_continue = true;
      static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(socket_, asio::buffer(go_on), asio::redirect_error(asio::use_awaitable, error));
    }
    if (!co_await read_some()) co_return false;
    // Who sends a file over a slow network gets the time that it takes, who sends nothing gets none.
    if (most > shared_.options.max_body_bytes)
      deadline_ =
          began_ + shared_.options.request_time + std::chrono::seconds(parser.get().body().size() / slowest_upload);
  }
  request.body = std::move(parser.get().body());
  co_return true;
}

/// Reads one request and answers it; false when the connection is to be closed.
asio::awaitable<bool> Connection::serve_one() {
  auto& site = shared_.site;
  const auto head_bytes = co_await read_head();
  if (head_bytes == 0) co_return false;
  auto head = head_bytes > max_head_bytes ? base::refuse(head_without_end(input_))
                                          : parse_head(std::string_view(input_).substr(0, head_bytes));
  if (!head) {
    auto unread = site.receive(Head(), address_);  // Named, both of them: see Exchange.
    auto error = std::move(head).error();
    co_return co_await refuse(std::move(error), std::move(unread));
  }
  const auto raw_query = head->query;
  const bool http_1_0 = head->http_1_0;
  auto request = site.receive(*head, address_);
  const auto method = request.method;
  if (!co_await read_body(*head, head_bytes, request)) co_return false;
  auto keep_alive = keep_alive_of(request, http_1_0);
  const auto exchange = std::make_shared<Exchange>(loop_.io, std::move(request));
  exchange->plan = site.plan(exchange->request, raw_query);
  deadline_ = Clock::time_point::max();  // The exchange's own timer watches over the handler.
  auto response = co_await answer(exchange);
  site.record(exchange->plan, exchange->request, response, Clock::now() - began_);
  if (shared_.stopping || response.stream) keep_alive = KeepAlive::no;
  const auto stream = method == "HEAD" ? nullptr : response.stream;
  const bool open = co_await write(std::move(response), method, keep_alive);
  if (stream) co_await send_stream(stream);
  co_return open;
}

/// Until the client, whoever may listen, or the server ends it.
asio::awaitable<void> Connection::send_stream(std::shared_ptr<LiveStream> stream) {
  // Shared, because a wake-up may still be on its way when this has ended.
  const auto wait = std::make_shared<asio::steady_timer>(loop_.io);
  stream_wait_ = wait;
  stream->on_ready([&io = loop_.io, wait] { asio::post(io, [wait] { wait->cancel(); }); });
  // A client who leaves is noticed at once, and has nothing else to say.
  const auto gone = std::make_shared<bool>(false);
  const auto word = std::make_shared<char>();
  socket_.async_read_some(asio::buffer(word.get(), 1), [gone, wait, word](const error_code&, std::size_t) {
    *gone = true;
    wait->cancel();
  });
  error_code error;
  idle_ = true;
  for (std::string text; !error && !*gone && socket_.is_open() && !shared_.stopping && stream->allowed();) {
    deadline_ = Clock::now() + write_time;
    text = stream->take();
    if (text.empty()) {
      deadline_ = Clock::time_point::max();
      wait->expires_after(stream_silence);
      error_code woken;
      co_await wait->async_wait(asio::redirect_error(asio::use_awaitable, woken));
      if (woken) continue;
      text = ": still here\n\n";
      deadline_ = Clock::now() + write_time;
    }
    co_await asio::async_write(socket_, asio::buffer(text), asio::redirect_error(asio::use_awaitable, error));
  }
  stream->on_ready(nullptr);
}

asio::awaitable<Response> Connection::answer(std::shared_ptr<Exchange> exchange) {
  auto& site = shared_.site;
  if (!exchange->plan.blocking()) co_return site.run(exchange->plan, exchange->request);
  if (auto known = site.from_memory(exchange->plan, exchange->request)) co_return std::move(*known);
  const auto load = exchange->plan.entry->load;
  auto& queued = shared_.queued[static_cast<std::size_t>(load)];
  if (queued >= shared_.most(load) || shared_.queued_in_all() >= shared_.options.max_queued) {
    base::Error full{base::Code::unavailable, "Too much is going on at the moment. Try again in a second."};
    co_return site.refusal(full, exchange->request);
  }
  ++queued;
  site.metrics().worker_queue_depth.Increment();
  exchange->finished.expires_after(shared_.options.request_time);
  // What the database does not answer by then is answered without it, also where this had to wait for a worker.
  // A file of many rows has twice as much.
  const bool large = exchange->plan.entry->route.body.max_bytes > 0;
  const auto database_until = Clock::now() + (large ? 2 : 1) * shared_.options.database_time;
  asio::post(shared_.workers_for(load), [&shared = shared_, &io = loop_.io, &queued, exchange, database_until] {
    const base::RequestDeadline until(database_until);
    exchange->response = shared.site.run(exchange->plan, exchange->request);
    --queued;
    shared.site.metrics().worker_queue_depth.Decrement();
    asio::post(io, [exchange] {
      exchange->done = true;
      exchange->finished.cancel();
    });
  });
  error_code cancelled;
  co_await exchange->finished.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  if (exchange->done) co_return std::move(exchange->response);
  site.log().write(base::LogLevel::error, "request took too long", exchange->request.correlation_id);
  base::Error late{base::Code::unavailable, "This took too long. Try again; with the same key nothing happens twice."};
  co_return site.refusal(late, exchange->request);
}

asio::awaitable<bool> Connection::refuse(base::Error error, Request request) {
  auto response = shared_.site.refusal(error, request);
  const Site::Plan no_plan;
  shared_.site.record(no_plan, request, response, Clock::now() - began_);
  co_await write(std::move(response), request.method, KeepAlive::no);
  co_await linger();
  co_return false;
}

/// False when the connection is at its end, whether by agreement or by a failure.
asio::awaitable<bool> Connection::write(Response response, std::string method, KeepAlive keep_alive) {
  deadline_ = Clock::now() + write_time;
  auto out = serialized_head(response, keep_alive, base::now());
  const auto content = method == "HEAD" ? std::string_view() : response.content();
  error_code error;
  if (content.size() <= read_bytes) {
    out += content;
    co_await asio::async_write(socket_, asio::buffer(out), asio::redirect_error(asio::use_awaitable, error));
  } else {
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(out), asio::buffer(content)};
    co_await asio::async_write(socket_, buffers, asio::redirect_error(asio::use_awaitable, error));
  }
  co_return !error && keep_alive == KeepAlive::yes;
}

/// Closing while bytes are unread makes the kernel send a reset, which can overtake our answer (RFC 9112 §9.6).
asio::awaitable<void> Connection::linger() {
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  deadline_ = Clock::now() + linger_time;
  do {
    input_.clear();
  } while (co_await read_some());
}

}  // namespace http
