/// One Redis, spoken to by one thread on behalf of everybody, so that nobody waits longer than they said, whatever the
/// network does: no caller looks up a name, connects or writes. While Redis is away, everybody is told so at once.
///
/// What is asked must do without: Redis is a helper that may be away, full, slow or emptied at any time.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/address.h"
#include "net/breaker.h"

namespace net {

using RedisCommand = std::vector<std::string>;

struct RedisReply {
  enum class Kind { nothing, number, text, list, refused };
  Kind kind = Kind::nothing;
  std::int64_t number = 0;
  std::string text;  ///< Or why it was refused.
  std::vector<RedisReply> items;
};

struct RedisOptions {
  base::RedisAddress address;
  /// A connection that lets anything wait longer is given up, and nobody asks until another one proves to be faster.
  std::chrono::milliseconds answer_within{50};
  CallPolicy policy{.connect_time = std::chrono::seconds{1},
                    .breaker_failures = 3,  ///< In a row; until then the next connection is tried at once.
                    .breaker_pause = std::chrono::seconds{5}};
  /// Not empty: it hears what is published there, and is not asked anything.
  std::string channel{};
  std::function<void(const std::string&)> heard{};        ///< On the thread of this object, as
  std::function<void(const std::string& what)> report{};  ///< what is said when Redis goes and when it comes back.
};

struct RedisFigures {
  std::atomic<std::int64_t> answered{0}, unanswered{0};  ///< Of what was asked or told; unanswered: away or late.
  std::atomic<std::int64_t> refused{0};                  ///< Answers that were errors: full, not allowed.
};

class Redis {
 public:
  explicit Redis(RedisOptions options);
  ~Redis();
  Redis(const Redis&) = delete;

  /// Nothing where Redis is away, late, or refuses.
  std::optional<RedisReply> ask(RedisCommand command);
  /// Nobody waits for what comes of it.
  void tell(RedisCommand command);
  bool present() const { return present_; }

  RedisFigures figures;

 private:
  using Clock = std::chrono::steady_clock;
  class Wire;
  using Answer = std::promise<std::optional<RedisReply>>;
  struct Request {
    RedisCommand command;
    std::shared_ptr<Answer> answer;  ///< Null: nobody waits.
    Clock::time_point at;
  };
  bool enqueue(Request request);
  void loop(const std::stop_token& stop);
  void tend();
  void lost(const std::string& why);
  void send_queued();
  void finish(const Request& request, std::optional<RedisReply> reply);

  const RedisOptions options_;
  const int bell_;  ///< An eventfd: something is in the queue.
  std::mutex mutex_;
  std::deque<Request> queue_;
  std::atomic<bool> present_{false};
  Breaker breaker_;  ///< Paces the making of connections.
  std::unique_ptr<Wire> wire_;
  std::string why_;  ///< It is away; told once.
  std::jthread thread_;
};

}  // namespace net
