/// What leaves by net::HttpClient, as a server that speaks HTTP/2 over TLS sees it.
#include "net/http_client.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>
#include <thread>

#include "store/redis_server.h"

namespace http_client_test {

using boost::json::object;

/// Says what it was asked and over which connection; /large is ten megabytes, packed into a few kilobytes.
constexpr const char* server_script = R"(
import { createSecureServer } from 'node:http2';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
const [folder] = process.argv.slice(1);
let connections = 0;
const tls = { key: readFileSync(folder + '/x.key'), cert: readFileSync(folder + '/x.crt'), allowHTTP1: true };
const server = createSecureServer(tls, async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  const { method, url, headers, httpVersion: version } = request;
  const seen = { method, url, headers, version, connections, body };
  const said = url === '/large' ? ' '.repeat(10_000_000) : JSON.stringify(seen);
  response.writeHead(url === '/broken' ? 503 : 200, { 'content-encoding': 'gzip', 'retry-after': '7' });
  response.end(gzipSync(said));
});
server.on('secureConnection', () => ++connections);
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
)";

class Server {
 public:
  static Server& running() {
    static Server server;
    return server;
  }
  std::string url(const std::string& path) const { return "https://127.0.0.1:" + port_ + path; }
  std::string authority() const { return folder_.file("x.crt"); }

 private:
  Server()
      : process_(
            {"sh", "-c", "cd \"$0\" && exec node --input-type=module -e \"$1\" \"$0\" >port", keys(), server_script}) {
    for (int tries = 0; !port_.ends_with('\n'); ++tries) {
      if (tries == 600) throw std::runtime_error("node does not start");
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
      std::ostringstream written;
      written << std::ifstream(folder_.file("port")).rdbuf();
      port_ = written.str();
    }
    port_.pop_back();
  }
  std::string keys() const {
    const auto command = fmt::format(
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=x -addext subjectAltName=IP:127.0.0.1"
        " -keyout {0}.key -out {0}.crt 2>/dev/null",
        folder_.file("x"));
    EXPECT_EQ(std::system(command.c_str()), 0);
    return folder_.file("");
  }

  testing_support::TemporaryFolder folder_;
  testing_support::Process process_;
  std::string port_;
};

class HttpClient : public testing::Test {
 protected:
  object said(const net::HttpRequest& request) {
    const auto answer = client.send(request, breaker);
    if (!answer) throw std::runtime_error(answer.error().detail);
    return boost::json::parse(answer->body).as_object();
  }
  static std::string header(const object& said, const char* name) {
    const auto* value = said.at("headers").as_object().if_contains(name);
    return value ? std::string(value->as_string()) : "none";
  }

  Server& server = Server::running();
  net::HttpOptions options{
      .authority = server.authority(),
      .policy = {.connect_time = std::chrono::seconds{30}, .total_time = std::chrono::seconds{60}}};
  net::HttpClient client{options};
  net::Breaker breaker{options.policy};
};

TEST_F(HttpClient, KeepsItsConnectionAndSpeaksHttp2) {
  const auto first = said({.method = "GET", .url = server.url("/a")});
  EXPECT_EQ(first.at("version"), "2.0");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(said({.method = "GET", .url = server.url("/a")}).at("connections"), first.at("connections"));
  EXPECT_EQ(header(first, "accept"), "application/json");
  EXPECT_EQ(header(first, "accept-encoding"), "gzip");
  EXPECT_NE(header(first, "user-agent").find("gzip"), std::string::npos);
}

TEST_F(HttpClient, SendsWhatItIsGivenAndNothingOfTheCallBefore) {
  const auto patch = said({.method = "PATCH",
                           .url = server.url("/a?b=c"),
                           .headers = {{"If-Match", "\"e1\""}},
                           .bearer = base::Secret("token"),
                           .type = "application/json",
                           .body = "{\"a\":\"\\u0000\"}"});
  EXPECT_EQ(patch.at("method"), "PATCH");
  EXPECT_EQ(patch.at("url"), "/a?b=c");
  EXPECT_EQ(patch.at("body"), "{\"a\":\"\\u0000\"}");
  EXPECT_EQ(header(patch, "if-match"), "\"e1\"");
  EXPECT_EQ(header(patch, "authorization"), "Bearer token");
  EXPECT_EQ(header(patch, "content-type"), "application/json");
  const auto remove = said({.method = "DELETE", .url = server.url("/a")});
  EXPECT_EQ(remove.at("method"), "DELETE");
  EXPECT_EQ(remove.at("body"), "");
  for (const auto* name : {"if-match", "authorization", "content-type"})
    EXPECT_EQ(header(remove, name), "none") << name;
  const auto form = client.post_form(server.url("/a"), {{"a b", "c&d"}}, {"user:1", base::Secret("a secret & more")});
  ASSERT_TRUE(form);
  const auto posted = boost::json::parse(form->body).as_object();
  EXPECT_EQ(posted.at("body"), "a%20b=c%26d");
  EXPECT_EQ(header(posted, "content-type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(header(posted, "authorization"), "Basic dXNlciUzQTE6YSUyMHNlY3JldCUyMCUyNiUyMG1vcmU=");
}

TEST_F(HttpClient, WhatIsTooLongUnpackedIsNoAnswer) {
  const auto large = client.send({.method = "GET", .url = server.url("/large")}, breaker);
  EXPECT_FALSE(large);
  EXPECT_TRUE(client.send({.method = "GET", .url = server.url("/a")}, breaker)) << "the next one is";
}

TEST_F(HttpClient, AnyStatusIsAnAnswerForThoseWhoAskForIt) {
  const auto broken = client.send({.method = "GET", .url = server.url("/broken")}, breaker);
  ASSERT_TRUE(broken);
  EXPECT_EQ(broken->status, 503);
  EXPECT_EQ(broken->retry_after, std::chrono::seconds{7});
  EXPECT_FALSE(client.get(server.url("/broken")));
}

TEST_F(HttpClient, ManyAtOnceAreBounded) {
  std::atomic<int> answered = 0, refused = 0;
  std::vector<std::thread> threads;
  threads.reserve(32);
  for (int i = 0; i < 32; ++i)
    threads.emplace_back([&] {
      const auto answer = client.send({.method = "GET", .url = server.url("/a")}, breaker);
      ++(answer ? answered : refused);
      if (!answer) {
        EXPECT_EQ(answer.error().detail, "too many calls are under way");
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_GE(answered.load(), options.at_once);
  EXPECT_FALSE(breaker.open()) << "what was not sent has not failed";
}

TEST_F(HttpClient, ALineFeedMakesNoHeader) {
  EXPECT_THROW(
      (void)client.send({.method = "GET", .url = server.url("/a"), .headers = {{"If-Match", "a\r\nb: c"}}}, breaker),
      base::Bug);
}

}  // namespace http_client_test
