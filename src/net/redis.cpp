#include "net/redis.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <variant>

#include "base/result.h"

namespace net {

namespace {

constexpr std::size_t queue_at_most = 10'000;
/// An idle connection is tried this often, so that nobody who asks is the first to find it dead.
constexpr std::chrono::seconds heartbeat{1};
constexpr std::chrono::milliseconds look_for_answer{10}, look_around{250};

struct WireLost : std::runtime_error {
  using std::runtime_error::runtime_error;
};

RedisReply copied(const redisReply& from) {
  using Kind = RedisReply::Kind;
  switch (from.type) {
    case REDIS_REPLY_INTEGER:
      return {Kind::number, from.integer, {}, {}};
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      return {Kind::text, 0, {from.str, static_cast<std::size_t>(from.len)}, {}};
    case REDIS_REPLY_ERROR:
      return {Kind::refused, 0, {from.str, static_cast<std::size_t>(from.len)}, {}};
    case REDIS_REPLY_ARRAY: {
      RedisReply list{Kind::list, 0, {}, {}};
      for (std::size_t i = 0; i < from.elements; ++i) list.items.push_back(copied(*from.element[i]));
      return list;
    }
    default:
      return {};
  }
}

}  // namespace

/// One connection that nobody waits on. What is sent is answered in its order and in time, or the wire is lost.
class Redis::Wire {
 public:
  explicit Wire(const RedisOptions& options)
      : options_(options),
        context_(redisConnectNonBlock(options.address.host.c_str(), options.address.port), redisFree) {
    check(context_ ? REDIS_OK : REDIS_ERR);
    if (context_->err) throw WireLost(context_->errstr);
    const auto& [user, password, host, port, database] = options.address;
    const auto until = Clock::now() + options.policy.connect_time;
    if (!password.empty())
      send(user.empty() ? RedisCommand{"AUTH", password.reveal()} : RedisCommand{"AUTH", user, password.reveal()},
           Greeting{}, until);
    if (database != 0) send({"SELECT", std::to_string(database)}, Greeting{}, until);
    send(options.channel.empty() ? RedisCommand{"PING"} : RedisCommand{"SUBSCRIBE", options.channel}, Greeting{},
         until);
    greetings_ = waiting_.size();
  }

  pollfd interest() const { return {context_->fd, static_cast<short>(POLLIN | (unsent_ ? POLLOUT : 0)), 0}; }
  /// Connected, let in, and last heard of in time.
  bool open() const { return greetings_ == 0 && proven_; }
  /// It has been so for a while.
  bool steady() const { return open() && steady_; }
  bool waits() const { return !waiting_.empty(); }
  bool idle(Clock::time_point now) const { return greetings_ == 0 && !waits() && now >= sent_ + heartbeat; }

  void send(const Request& request) { send(request.command, request, request.at + options_.answer_within); }
  void ping(Clock::time_point now) { send({"PING"}, Greeting{}, now + options_.answer_within); }

  /// Moves what can be moved; `take` gets each reply with its request.
  void turn(const std::function<void(const Request&, RedisReply)>& take) {
    int done = 0;
    check(redisBufferWrite(context_.get(), &done));
    unsent_ = done == 0;
    check(redisBufferRead(context_.get()));
    for (;;) {
      void* raw = nullptr;
      check(redisGetReplyFromReader(context_.get(), &raw));
      if (!raw) break;
      const std::unique_ptr<void, void (*)(void*)> reply(raw, freeReplyObject);
      receive(copied(*static_cast<const redisReply*>(raw)), take);
    }
    if (!waiting_.empty() && Clock::now() > waiting_.front().until) throw WireLost("no answer in time");
  }
  /// What nobody will answer any more.
  void give_up(const std::function<void(const Request&)>& unanswered) {
    for (const auto& wait : waiting_)
      if (const auto* request = std::get_if<Request>(&wait.what)) unanswered(*request);
  }

 private:
  struct Greeting {};
  struct Wait {
    std::variant<Greeting, Request> what;
    Clock::time_point until;
  };
  void check(int result) {
    if (result != REDIS_OK) throw WireLost(context_ ? context_->errstr : "no memory");
  }
  void send(const RedisCommand& command, std::variant<Greeting, Request> what, Clock::time_point until) {
    std::vector<const char*> words;
    std::vector<std::size_t> lengths;
    for (const auto& word : command) words.push_back(word.data()), lengths.push_back(word.size());
    check(redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), words.data(), lengths.data()));
    waiting_.push_back({std::move(what), until});
    unsent_ = true;
    sent_ = Clock::now();
  }
  void receive(RedisReply reply, const std::function<void(const Request&, RedisReply)>& take) {
    if (reply.kind == RedisReply::Kind::list && reply.items.size() == 3 && reply.items[0].text == "message") {
      options_.heard(reply.items[2].text);
      return;
    }
    if (waiting_.empty()) throw WireLost("an answer that nobody asked for");
    const auto wait = std::move(waiting_.front());
    waiting_.pop_front();
    if (const auto* request = std::get_if<Request>(&wait.what)) return take(*request, std::move(reply));
    if (reply.kind == RedisReply::Kind::refused) throw WireLost(reply.text);
    if (greetings_ == 0) {
      steady_ = proven_;
      proven_ = true;
    } else if (--greetings_ == 0) {
      ping(Clock::now());  // It connected; whether it is fast enough is seen now.
    }
  }

  const RedisOptions& options_;
  const std::unique_ptr<redisContext, void (*)(redisContext*)> context_;
  std::deque<Wait> waiting_;
  std::size_t greetings_ = 0;  ///< Answers that are missing until it may be used.
  bool proven_ = false, steady_ = false, unsent_ = false;
  Clock::time_point sent_{};
};

Redis::Redis(RedisOptions options)
    : options_(std::move(options)),
      bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      breaker_(options_.policy),
      thread_([this](const std::stop_token& stop) { loop(stop); }) {
  CHECK(bell_ >= 0);
}

Redis::~Redis() {
  thread_.request_stop();
  const std::uint64_t one = 1;
  (void)!::write(bell_, &one, sizeof one);
  thread_.join();
  ::close(bell_);
}

bool Redis::enqueue(Request request) {
  {
    const std::lock_guard lock(mutex_);
    if (!present_ || queue_.size() >= queue_at_most) {
      ++figures.unanswered;
      return false;
    }
    queue_.push_back(std::move(request));
  }
  const std::uint64_t one = 1;
  (void)!::write(bell_, &one, sizeof one);  // Full: it rings already.
  return true;
}

std::optional<RedisReply> Redis::ask(RedisCommand command) {
  const auto answer = std::make_shared<Answer>();
  auto reply = answer->get_future();
  if (!enqueue({std::move(command), answer, Clock::now()})) return std::nullopt;
  if (reply.wait_for(options_.answer_within) != std::future_status::ready) return std::nullopt;
  return reply.get();
}

void Redis::tell(RedisCommand command) {
  enqueue({std::move(command), nullptr, Clock::now()});
}

void Redis::finish(const Request& request, std::optional<RedisReply> reply) {
  ++(reply ? figures.answered : figures.unanswered);
  if (reply && reply->kind == RedisReply::Kind::refused) {
    ++figures.refused;
    reply.reset();
  }
  if (request.answer) request.answer->set_value(std::move(reply));
}

void Redis::lost(const std::string& why) {
  const auto unanswered = [this](const Request& request) { finish(request, std::nullopt); };
  breaker_.failed();
  std::deque<Request> requests;
  {
    const std::lock_guard lock(mutex_);
    present_ = false;
    requests.swap(queue_);
  }
  if (wire_) wire_->give_up(unanswered);
  wire_.reset();
  std::ranges::for_each(requests, unanswered);
  if (options_.report && why_.empty()) options_.report("Redis is away: " + why);
  why_ = why;
}

void Redis::send_queued() {
  std::deque<Request> requests;
  {
    const std::lock_guard lock(mutex_);
    present_ = options_.channel.empty();
    requests.swap(queue_);
  }
  for (const auto& request : requests) wire_->send(request);
}

/// Makes the connection that is missing, and lets pass what has come and what may go.
void Redis::tend() {
  try {
    if (!wire_) {
      if (!breaker_.allows()) return;
      wire_ = std::make_unique<Wire>(options_);
    }
    if (wire_->idle(Clock::now())) wire_->ping(Clock::now());
    if (wire_->open()) send_queued();
    wire_->turn([&](const Request& request, RedisReply reply) {
      breaker_.answered();
      finish(request, std::move(reply));
    });
    if (wire_->steady()) breaker_.answered();
    if (!wire_->open() || why_.empty()) return;
    if (options_.report) options_.report("Redis is back");
    why_.clear();
  } catch (const WireLost& failure) {
    lost(failure.what());
  }
}

void Redis::loop(const std::stop_token& stop) {
  sigset_t broken_pipe;  // hiredis writes without MSG_NOSIGNAL.
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  while (!stop.stop_requested()) {
    tend();
    std::vector<pollfd> sockets{{bell_, POLLIN, 0}};
    if (wire_) sockets.push_back(wire_->interest());
    const bool waits = wire_ && wire_->waits();
    ::poll(sockets.data(), sockets.size(), static_cast<int>((waits ? look_for_answer : look_around).count()));
    std::uint64_t rung = 0;
    (void)!::read(bell_, &rung, sizeof rung);
  }
  why_ = "it is not needed any more";
  lost(why_);
}

}  // namespace net
