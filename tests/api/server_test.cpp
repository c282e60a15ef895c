#include "http/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <latch>
#include <thread>

#include "api/client.h"
#include "http/conditions.h"

namespace server_test {

using api::Client;
using std::chrono::milliseconds;

http::Response json(std::string body) {
  return {.body = std::move(body)};
}

/// What a test may hold up: requests for /slow wait until the gate opens.
struct Gate {
  std::latch open{1};
  std::atomic<int> waiting = 0;
};

std::vector<http::Route> routes(Gate& gate) {
  using enum http::Kind;
  const auto slow = [&gate](const auto&) {
    ++gate.waiting;
    gate.open.wait();
    return json("{\"slow\":true}");
  };
  return {
      {"GET", "/api/ping", memory, [](const auto&) { return json("{}"); }, {"a"}},
      {"GET", "/api/big", memory, [](const auto&) { return json(std::string(50'000, 'x')); }},
      {"GET", "/api/tagged", memory,
       [](const auto&) {
         auto answer = json("{\"v\":7}");
         answer.set("ETag", http::etag(7));
         return answer;
       }},
      {"POST", "/api/echo", blocking, [](const auto& request) { return json(request.body); }},
      {"GET", "/api/who", memory, [](const auto& request) { return json(request.client_address); }},
      {"GET", "/api/items/{id}", blocking, [](const auto& request) { return json(request.param("id")); }},
      {"GET", "/api/slow", blocking, slow},
      {"POST", "/api/slow", blocking, slow},
      {"GET", "/api/audit/slow", blocking, slow},
      {"GET", "/api/refused", blocking,
       [](const auto&) -> base::Result<http::Response> { return base::refuse(base::Code::slot_taken, "Taken."); }},
      {"GET", "/api/bug", blocking,
       [](const auto&) -> base::Result<http::Response> {
         CHECK(1 == 2);
         return json("");
       }},
      {"GET", "/api/gone", memory,
       [](const auto&) -> base::Result<http::Response> { throw std::runtime_error("the disk is on fire"); }},
      {"POST", "/api/v1/auth/login", memory, [](const auto&) { return json("{}"); }},
      {"POST", "/api/v1/auth/register", memory, [](const auto&) { return json("{}"); }},
      {"POST", "/api/v1/auth/refresh", memory, [](const auto&) { return json("{}"); }},
  };
}

/// A server with routes of the tests' own, on a port of its own.
struct World {
  explicit World(http::ServerOptions options = {}, http::SiteOptions site_options = no_limits(),
                 http::StaticFiles files = {})
      : log(base::LogLevel::info, [this](std::string_view text) { lines += text; }),
        site(std::move(site_options), routes(gate), std::move(files), identify, log, metrics),
        server(std::move(options), site) {
    server.start();
  }
  ~World() {
    if (!released) gate.open.count_down();
  }
  static http::SiteOptions no_limits() {
    return {.cors_origins = {"https://other.example"}, .rate_limits = {0, milliseconds{1000}, 0, 0}};
  }
  static std::optional<http::Caller> identify(const http::Request& request) {
    const auto token = request.header("authorization");
    if (!token.starts_with("Bearer ")) return std::nullopt;
    return http::Caller{std::string(token.substr(7)), token.ends_with("staff")};
  }
  void release() {
    released = true;
    gate.open.count_down();
  }
  void wait_for_slow(int count) {
    while (gate.waiting < count) std::this_thread::sleep_for(milliseconds{1});
  }
  std::uint16_t port() const { return server.port(); }

  Gate gate;
  bool released = false;
  std::string lines;
  observe::Metrics metrics;
  observe::Log log;
  http::Site site;
  http::Server server;
};

TEST(Server, AnswersOneAfterTheOtherOnOneConnection) {
  World world;
  Client client(world.port());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.get("/api/ping").status, 200);
  EXPECT_EQ(client.request("POST", "/api/echo", {}, "{\"a\":1}").body, "{\"a\":1}");
  EXPECT_EQ(client.get("/api/items/a%20b").body, "a b");
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
  World world;
  Client client(world.port());
  client.send(
      "GET /api/items/1 HTTP/1.1\r\nHost: h\r\n\r\n"
      "POST /api/echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
      "GET /api/items/3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.receive().body, "1");
  EXPECT_EQ(client.receive().body, "{}");
  EXPECT_EQ(client.receive().body, "3");
  EXPECT_TRUE(client.at_end());
}

TEST(Server, ReadsARequestThatComesByteByByteAndChunkedBodies) {
  World world;
  Client client(world.port());
  for (const char c : std::string("GET /api/ping HTTP/1.1\r\nHost: h\r\n\r\n")) client.send({&c, 1});
  EXPECT_EQ(client.receive().status, 200);
  client.send(
      "POST /api/echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (const char c : std::string("3\r\n{\"a\r\n4;x=y\r\n\":1}\r\n0\r\nAuthorization: Bearer x\r\n\r\n"))
    client.send({&c, 1});
  EXPECT_EQ(client.receive().body, "{\"a\":1}");
  EXPECT_EQ(client.get("/api/ping").status, 200);
}

TEST(Server, HeadHasTheLengthAndNoBody) {
  World world;
  Client client(world.port());
  const auto head = client.request("HEAD", "/api/big");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-length"), "50000");
  EXPECT_EQ(client.get("/api/ping").status, 200);
}

TEST(Server, ExpectContinueIsAnsweredBeforeTheBody) {
  World world;
  Client client(world.port());
  client.send(
      "POST /api/echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
      "Content-Length: 2\r\n\r\n");
  auto answer = std::async([&] { return client.receive(); });
  std::this_thread::sleep_for(milliseconds{50});
  client.send("{}");
  EXPECT_EQ(answer.get().body, "{}");
}

struct Refused {
  const char* name;
  std::string request;
  int status;
  std::string type;
};

TEST(Server, RefusesWhatItDoesNotUnderstandAndCloses) {
  World world;
  const std::string start = "GET /api/ping HTTP/1.1\r\nHost: h\r\n";
  std::string fields;
  for (int i = 0; i < 64; ++i) fields += "A: b\r\n";
  const Refused cases[] = {
      {"no http", "hello\r\n\r\n", 400, "/problems/malformed"},
      {"two lengths", start + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n", 400, "/problems/malformed"},
      {"length and coding", start + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
       "/problems/malformed"},
      {"unknown coding", start + "Transfer-Encoding: gzip\r\n\r\n", 400, "/problems/malformed"},
      {"folded header", start + "A: b\r\n c\r\n\r\n", 400, "/problems/malformed"},
      {"bad chunk", start + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "/problems/malformed"},
      {"endless chunk extension", start + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(100'000, 'x'), 400,
       "/problems/malformed"},
      {"65 headers", start + fields + "\r\n", 431, "/problems/header-too-large"},
      {"16 KB of headers", start + "A: " + std::string(17'000, 'a') + "\r\n\r\n", 431, "/problems/header-too-large"},
      {"headers without end", start + "A: " + std::string(70'000, 'a'), 431, "/problems/header-too-large"},
      {"address over 4 KB", "GET /" + std::string(4096, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414,
       "/problems/url-too-long"},
      {"declared body over 1 MB", start + "Content-Length: 1048577\r\n\r\n", 413, "/problems/too-large"},
      {"chunked body over 1 MB", start + "Transfer-Encoding: chunked\r\n\r\n200000\r\n" + std::string(0x200000, 'x'),
       413, "/problems/too-large"},
  };
  for (const auto& [name, request, status, type] : cases) {
    SCOPED_TRACE(name);
    Client client(world.port());
    client.send(request);
    const auto answer = client.receive();
    ASSERT_EQ(answer.status, status);
    EXPECT_EQ(answer.type(), type);
    EXPECT_EQ(answer.header("connection"), "close");
    EXPECT_TRUE(client.at_end());
  }
}

TEST(Server, RefusesWithProblemsAndStaysOnTheConnection) {
  World world;
  Client client(world.port());
  const Refused cases[] = {
      {"unknown path", "/api/nothing", 404, "/problems/not-found"},
      {"unknown parameter", "/api/ping?b=1", 422, "/problems/invalid-input"},
      {"repeated parameter", "/api/ping?a=1&a=2", 422, "/problems/invalid-input"},
      {"broken escape", "/api/ping?a=%", 400, "/problems/malformed"},
      {"traversal", "/../../etc/passwd", 404, "/problems/not-found"},
      {"a rule", "/api/refused", 409, "/problems/slot-taken"},
      {"our mistake", "/api/bug", 500, "/problems/internal"},
      {"the environment", "/api/gone", 503, "/problems/unavailable"},
  };
  for (const auto& [name, target, status, type] : cases) {
    SCOPED_TRACE(name);
    const auto answer = client.get(target, {{"X-Request-Id", "trace-1"}});
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    EXPECT_EQ(answer.type(), type);
    EXPECT_EQ(answer.json().at("instance"), "/requests/trace-1");
    EXPECT_EQ(answer.header("x-request-id"), "trace-1");
  }
  EXPECT_EQ(client.get("/api/gone").header("retry-after"), "1");
  EXPECT_NE(world.metrics.text().find("roadbook_bugs_total 1"), std::string::npos);
  const auto method = client.request("DELETE", "/api/ping");
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.header("allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(client.request("TRACE", "/").status, 405);
  EXPECT_EQ(client.request("POST", "/api/echo", {{"Content-Type", "text/plain"}}, "{}").status, 415);
  EXPECT_EQ(client.request("POST", "/api/echo", {{"Content-Encoding", "gzip"}}, "{}").status, 415);
  EXPECT_EQ(client.request("GET", "/api/echo").status, 405);
}

TEST(Server, EveryAnswerHasItsSecurityHeaders) {
  World world;
  Client client(world.port());
  for (const auto* target : {"/api/ping", "/api/nothing", "/", "/api/bug"}) {
    const auto answer = client.get(target);
    EXPECT_EQ(answer.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'") << target;
    EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
    EXPECT_EQ(answer.header("referrer-policy"), "no-referrer");
    EXPECT_EQ(answer.header("cross-origin-opener-policy"), "same-origin");
    EXPECT_EQ(answer.header("cross-origin-resource-policy"), "same-origin");
    EXPECT_NE(answer.header("permissions-policy"), "");
    EXPECT_EQ(answer.header("cache-control"), "no-store");
    EXPECT_EQ(answer.header("strict-transport-security"), "");
    EXPECT_EQ(answer.header("server"), "");
  }
  auto options = World::no_limits();
  options.secure = true;
  World secure({}, options);
  EXPECT_EQ(Client(secure.port()).get("/api/ping").header("strict-transport-security"),
            "max-age=31536000; includeSubDomains");
}

TEST(Server, OnlyListedOriginsMayReadAnswers) {
  World world;
  Client client(world.port());
  const auto origin = [&](const char* value) {
    return client.get("/api/ping", {{"Origin", value}}).header("access-control-allow-origin");
  };
  EXPECT_EQ(origin("https://other.example"), "https://other.example");
  EXPECT_EQ(origin("https://evil.example"), "");
  EXPECT_EQ(origin("null"), "");
  const auto preflight = client.request(
      "OPTIONS", "/api/echo", {{"Origin", "https://other.example"}, {"Access-Control-Request-Method", "POST"}});
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.header("access-control-allow-methods"), "OPTIONS, POST");
  EXPECT_EQ(client.request("OPTIONS", "*").status, 204);
}

TEST(Server, BigAnswersAreCompressedForThoseWhoTakeIt) {
  World world;
  Client client(world.port());
  const auto plain = client.get("/api/big");
  const auto packed = client.get("/api/big", {{"Accept-Encoding", "br, gzip"}});
  EXPECT_EQ(plain.body.size(), 50'000u);
  EXPECT_EQ(plain.header("content-encoding"), "");
  EXPECT_EQ(packed.header("content-encoding"), "gzip");
  EXPECT_EQ(packed.header("vary"), "Origin");  // The last of two lines; the first names Accept-Encoding.
  EXPECT_NE(packed.head.find("Vary: Accept-Encoding"), std::string::npos);
  EXPECT_LT(packed.body.size(), 1000u);
  EXPECT_EQ(client.get("/api/ping", {{"Accept-Encoding", "gzip"}}).header("content-encoding"), "");
}

TEST(Server, WhatDidNotChangeIsNotSentAgain) {
  World world;
  Client client(world.port());
  EXPECT_EQ(client.get("/api/tagged").header("etag"), "\"7\"");
  const auto same = client.get("/api/tagged", {{"If-None-Match", "\"7\""}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.header("content-length"), "");
  EXPECT_EQ(client.get("/api/tagged", {{"If-None-Match", "\"6\""}}).status, 200);
}

TEST(Server, AFullQueueAnswers503AndMemoryRoutesStillWork) {
  World world({.workers = 1, .max_queued = 4});  // Of which lists may be half.
  auto slow = [&] { return std::async([&] { return Client(world.port()).get("/api/slow").status; }); };
  auto first = slow();
  world.wait_for_slow(1);
  auto second = slow();
  while (world.metrics.text().find("roadbook_worker_queue_depth 2") == std::string::npos)
    std::this_thread::sleep_for(milliseconds{1});
  Client client(world.port());
  const auto refused = client.get("/api/slow");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("retry-after"), "1");
  EXPECT_EQ(client.get("/api/ping").status, 200);
  world.release();
  EXPECT_EQ(first.get(), 200);
  EXPECT_EQ(second.get(), 200);
}

TEST(Server, ReportsAreRefusedBeforeListsAndListsBeforeBookings) {
  World world({.workers = 1, .max_queued = 32});
  std::vector<std::future<int>> taken;
  const auto ask = [&](const char* method, const char* path) {
    return Client(world.port()).request(method, path, {{"Content-Type", "application/json"}}).status;
  };
  // All but the first wait for as long as that one does.
  const auto take = [&](int count, const char* method, const char* path) {
    for (int i = 0; i < count; ++i) {
      taken.push_back(std::async(std::launch::async, ask, method, path));
      const auto depth = fmt::format("roadbook_worker_queue_depth {}\n", taken.size());
      while (world.metrics.text().find(depth) == std::string::npos) std::this_thread::sleep_for(milliseconds{1});
    }
  };
  take(2, "GET", "/api/audit/slow");
  EXPECT_EQ(ask("GET", "/api/audit/slow"), 503);
  take(16, "GET", "/api/slow");
  EXPECT_EQ(ask("GET", "/api/slow"), 503);
  world.wait_for_slow(2);  // A report and a list: they do not wait for each other.
  take(14, "POST", "/api/slow");
  EXPECT_EQ(ask("POST", "/api/slow"), 503);
  world.release();
  for (auto& answer : taken) EXPECT_EQ(answer.get(), 200);
}

TEST(Server, AHandlerThatTakesTooLongIsAnsweredFor) {
  World world({.request_time = milliseconds{200}});
  Client client(world.port());
  EXPECT_EQ(client.get("/api/slow").status, 503);
  EXPECT_EQ(client.get("/api/ping").status, 200);
  world.release();
}

TEST(Server, DribblersAndIdlersAreDropped) {
  World world({.request_time = milliseconds{300}, .idle_time = milliseconds{600}});
  Client idle(world.port(), 5), dribbler(world.port(), 5);
  dribbler.send("GET /api/ping HT");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(dribbler.at_end());
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds{550});
  EXPECT_TRUE(idle.at_end());
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds{550});
}

TEST(Server, ConnectionsAreBounded) {
  World world({.max_connections = 2});
  Client first(world.port()), second(world.port());
  EXPECT_EQ(first.get("/api/ping").status, 200);
  EXPECT_EQ(second.get("/api/ping").status, 200);
  Client third(world.port(), 2);
  EXPECT_EQ(third.get("/api/ping").status, 0);
}

TEST(Server, StoppingFinishesWhatIsInFlightAndClosesWhatIsIdle) {
  World world;
  Client idle(world.port());
  EXPECT_EQ(idle.get("/api/ping").status, 200);
  auto slow = std::async([&] { return Client(world.port()).get("/api/slow"); });
  world.wait_for_slow(1);
  const auto start = std::chrono::steady_clock::now();
  auto stopped = std::async([&] { world.server.stop(); });
  EXPECT_TRUE(idle.at_end());
  EXPECT_THROW(Client(world.port()), std::runtime_error);
  world.release();
  const auto answer = slow.get();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("connection"), "close");
  stopped.get();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{2});
}

TEST(Server, AForwardedAddressIsBelievedOnlyOfOurProxies) {
  const api::Headers forged = {{"X-Forwarded-For", "203.0.113.9, 198.51.100.7"}};
  World world;
  EXPECT_EQ(Client(world.port()).get("/api/who", forged).body, "127.0.0.1");
  auto options = World::no_limits();
  options.trusted_proxies = {{*base::address_from_text("127.0.0.1"), 128}};
  World behind_proxy({}, options);
  EXPECT_EQ(Client(behind_proxy.port()).get("/api/who", forged).body, "198.51.100.7");
}

TEST(Server, LimitsCountAddressesAndPersonsApart) {
  World world({}, {.rate_limits = {3, milliseconds{900'000}, 5, 7}});
  Client client(world.port());
  const auto allowed = [&](const api::Headers& headers) {
    int count = 0;
    while (client.get("/api/ping", headers).status == 200) ++count;
    return count;
  };
  EXPECT_EQ(allowed({}), 3);
  EXPECT_EQ(allowed({{"Authorization", "Bearer anna"}}), 5);
  EXPECT_EQ(allowed({{"Authorization", "Bearer ben"}}), 5);
  EXPECT_EQ(allowed({{"Authorization", "Bearer staff"}}), 7);
  const auto refused = client.get("/api/ping");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.type(), "/problems/rate-limited");
  EXPECT_EQ(refused.header("retry-after"), "300");
  EXPECT_EQ(refused.header("ratelimit-limit"), "3");
  EXPECT_EQ(refused.header("ratelimit-remaining"), "0");
}

TEST(Server, SigningInIsLimitedMoreStrictly) {
  World world({}, {.rate_limits = {1000, milliseconds{1000}, 5, 7}});
  Client client(world.port());
  int count = 0;
  while (client.request("POST", "/api/v1/auth/login", {}, "{}").status == 200) ++count;
  EXPECT_EQ(count, 20);
  EXPECT_EQ(client.request("POST", "/api/v1/auth/register", {}, "{}").status, 429)
      << "together with every other way in";
  EXPECT_EQ(client.request("POST", "/api/v1/auth/refresh", {}, "{}").status, 200) << "which pages do by themselves";
  EXPECT_EQ(client.get("/api/ping").status, 200);
}

TEST(Server, WhatGuestsDoIsLimitedMoreStrictly) {
  World world({}, {.rate_limits = {1000, milliseconds{1000}, 5, 7}});
  Client client(world.port());
  int count = 0;
  while (client.request("POST", "/api/v1/schools/test/holds", {}, "{}").status != 429 && count < 100) ++count;
  EXPECT_EQ(count, 30);
  for (const auto* path :
       {"/api/v1/guest/hold/code", "/api/v1/guest/hold/booking", "/api/v1/guest/lesson/cancellation"})
    EXPECT_EQ(client.request("POST", path, {}, "{}").status, 429) << "together";
  EXPECT_NE(client.get("/api/v1/guest/lesson").status, 429) << "whoever only looks";
  EXPECT_EQ(client.get("/api/ping").status, 200);
}

TEST(Server, EachRequestIsOneLogLineWithoutItsQueryOrPath) {
  World world;
  Client client(world.port());
  client.get("/api/items/planted-path?planted-name=planted-value", {{"X-Request-Id", "trace-9"}});
  client.get("/api/ping?a=planted-value");
  world.server.stop();
  world.log.flush();
  EXPECT_EQ(world.lines.find("planted"), std::string::npos);
  EXPECT_NE(world.lines.find(
                "\"correlation_id\":\"trace-9\",\"method\":\"GET\",\"route\":\"/api/items/{id}\",\"status\":422"),
            std::string::npos)
      << world.lines;
}

TEST(Pages, AreServedFromMemoryPrecompressedAndWithTheirPolicy) {
  const auto folder = std::filesystem::temp_directory_path() / ("roadbook-pages-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder / "assets");
  const auto write = [&](const char* name, const char* text) { std::ofstream(folder / name) << text; };
  write("index.html", "<!doctype html>");
  write("index.html.br", "brotli");
  write("sw.js", "self");
  write("csp.json", R"({"script":["'sha256-abc='"],"style":["'sha256-def='","'sha256-ghi='"]})");
  write("assets/app-1.js", "app");
  write("assets/app-1.js.gz", "zipped");
  World world({}, World::no_limits(), http::StaticFiles(folder));
  Client client(world.port());
  const api::Headers page = {{"Accept", "text/html,*/*"}};

  const auto index = client.get("/", page);
  EXPECT_EQ(index.body, "<!doctype html>");
  EXPECT_EQ(index.header("cache-control"), "no-cache");
  EXPECT_NE(index.header("content-security-policy")
                .find("script-src 'self' 'sha256-abc='; style-src 'self' 'sha256-def=' 'sha256-ghi=';"),
            std::string::npos);
  EXPECT_NE(index.header("content-security-policy").find("trusted-types roadbook"), std::string::npos);
  EXPECT_EQ(client.get("/", {{"If-None-Match", index.header("etag")}}).status, 304);
  EXPECT_EQ(client.get("/lessons/7", page).body, "<!doctype html>");
  const auto brotli = client.get("/", {{"Accept-Encoding", "gzip, br"}});
  EXPECT_EQ(brotli.body, "brotli");
  EXPECT_EQ(brotli.header("content-encoding"), "br");
  EXPECT_NE(brotli.header("etag"), index.header("etag"));
  const auto asset = client.get("/assets/app-1.js", {{"Accept-Encoding", "gzip, br"}});
  EXPECT_EQ(asset.body, "zipped");
  EXPECT_EQ(asset.header("cache-control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(asset.header("content-type"), "text/javascript; charset=utf-8");
  for (const auto* missing : {"/assets/app-0.js", "/api/nothing", "/csp.json.x/..", "/..%2f..%2fetc/passwd"})
    EXPECT_NE(client.get(missing, {{"Accept", "*/*"}}).status, 200) << missing;
  EXPECT_EQ(client.get("/assets/app-0.js", page).status, 404);
  EXPECT_EQ(client.get("/api/nothing", page).status, 404);
  EXPECT_EQ(client.get("/csp.json").status, 404);
  std::filesystem::remove_all(folder);
}

}  // namespace server_test
