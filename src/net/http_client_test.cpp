#include "net/http_client.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <mutex>

#include "net/test_peer.hpp"

namespace hearback::net {
namespace {

using namespace testing;

TEST(WebAddress, OfAUrl) {
  struct Case {
    std::string url;
    std::optional<WebAddress> address;
  } cases[] = {
      {"https://a.example/x/y.png?q=1#top", WebAddress{"a.example", 443, "/x/y.png?q=1"}},
      {" HTTPS://A.example ", WebAddress{"a.example", 443, "/"}},
      {"https://a.example?q", WebAddress{"a.example", 443, "/?q"}},
      {"https://a.example:8443/", WebAddress{"a.example", 8443, "/"}},
      {"https://[2001:db8::1]:8444/x", WebAddress{"2001:db8::1", 8444, "/x"}},
      {"https://[2001:db8::1]/x", WebAddress{"2001:db8::1", 443, "/x"}},
      {"https://a.example/a b\"<é>", WebAddress{"a.example", 443, "/a%20b%22%3C%C3%A9%3E"}},
      {"https://a.example\\x\\y", WebAddress{"a.example", 443, "/x/y"}},
      // Never in the clear: the same server by https.
      {"http://a.example/x", WebAddress{"a.example", 443, "/x"}},
      {"http://a.example:80/x", WebAddress{"a.example", 443, "/x"}},
      {"http://a.example:8080/x", std::nullopt},
      {"https://b\u00fccher.example/", WebAddress{"xn--bcher-kva.example", 443, "/"}},
      {"https://a.example:25/", std::nullopt},
      {"https://a.example:993/", std::nullopt},
      {"https://a.example:2525/", std::nullopt},
      {"https://[a.example]/", std::nullopt},
      {"https://ada@a.example/", std::nullopt},
      {"https://ada:pw@a.example/", std::nullopt},
      {"https://a.example@b.example/", std::nullopt},
      {"https://a.example:0/", std::nullopt},
      {"https://a.example:65536/", std::nullopt},
      {"https://a.example:4x/", std::nullopt},
      {"https://[::1/", std::nullopt},
      {"https:///x", std::nullopt},
      {"https://a.ex ample/", std::nullopt},
      {"https://a.example/\r\nHost: b.example", std::nullopt},
      {"https://a.exa\r\nmple/", std::nullopt},
      {"ftp://a.example/", std::nullopt},
      {"file:///etc/passwd", std::nullopt},
      {"//a.example/", std::nullopt},
      {"data:image/png,x", std::nullopt},
      {"", std::nullopt},
      {"https://a.example/" + std::string(4000, 'x'), std::nullopt},
  };
  for (const auto& [url, address] : cases) EXPECT_EQ(web_address(url), address) << url;
}

TEST(WebAddress, OfARedirection) {
  const WebAddress from{"a.example", 8443, "/x/y.png?q=1"};
  struct Case {
    std::string location;
    std::optional<WebAddress> address;
  } cases[] = {
      {"https://b.example/z", WebAddress{"b.example", 443, "/z"}},
      {"//b.example/z", WebAddress{"b.example", 443, "/z"}},
      {"/z?p", WebAddress{"a.example", 8443, "/z?p"}},
      {"z.png", WebAddress{"a.example", 8443, "/x/z.png"}},
      {"?p", WebAddress{"a.example", 8443, "/x/y.png?p"}},
      {"z?to=https://b.example", WebAddress{"a.example", 8443, "/x/z?to=https://b.example"}},
      {"gopher://b.example/", std::nullopt},
      {"http://b.example:8080/", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& [location, address] : cases)
    EXPECT_EQ(redirected(from, location), address) << location;
}

// A web server that answers each request, in order, as it is told.
class Web {
 public:
  explicit Web(std::vector<std::string> answers, std::size_t piece = 0)
      : answers_(std::move(answers)),
        authority_(make_certificate("Test authority", "", nullptr)),
        certified_(make_certificate("pictures.test", "DNS:pictures.test", &authority_)),
        peer_([this, piece](int fd) { serve(fd, piece); }) {
    authority_.save(folder_.file("ca.pem"));
  }
  DialPolicy policy() const {
    auto policy = local_policy();
    policy.ca_file = folder_.file("ca.pem");
    policy.hosts = {{"pictures.test", "127.0.0.1"}};
    return policy;
  }
  WebAddress at(std::string target) const { return {"pictures.test", peer_.port(), target}; }
  std::vector<std::string> requests() {
    std::lock_guard lock(mutex_);
    return requests_;
  }
  int connections() const { return peer_.accepted(); }

 private:
  void serve(int fd, std::size_t piece) {
    TlsPeer tls(fd, certified_);
    if (!tls.ok()) return;
    for (std::string request;;) {
      while (request.find("\r\n\r\n") == request.npos) {
        const auto more = tls.read();
        if (more.empty()) return;
        request += more;
      }
      std::string answer;
      {
        std::lock_guard lock(mutex_);
        requests_.push_back(std::exchange(request, {}));
        if (requests_.size() > answers_.size()) return;
        answer = answers_[requests_.size() - 1];
      }
      const auto each = piece ? piece : answer.size();
      for (std::size_t i = 0; i < answer.size(); i += each)
        if (!tls.write(answer.substr(i, each))) return;
      if (answer.find("Content-Length") == answer.npos && answer.find("chunked") == answer.npos)
        return;
    }
  }

  std::vector<std::string> answers_;
  std::mutex mutex_;
  std::vector<std::string> requests_;  // guarded by mutex_
  TemporaryFolder folder_;
  Certified authority_, certified_;
  Peer peer_;
};

std::shared_ptr<Workers> workers() {
  static auto shared = make_workers(2);
  return shared;
}

// What comes of each: the body, or the error's code.
Task<std::vector<std::string>> get_all(Env& env, std::vector<WebAddress> addresses,
                                       std::size_t at_most, Duration patience) {
  HttpClient client(env, patience);
  std::vector<std::string> got;
  for (auto& address : addresses) {
    auto body = co_await client.get(std::move(address), at_most);
    got.push_back(body ? *body : body.error().code);
  }
  co_return got;
}

std::vector<std::string> get(DialPolicy policy, std::vector<WebAddress> addresses,
                             std::size_t at_most = 1000, Duration patience = 5s) {
  Loop loop(workers(), std::move(policy));
  return run_on(loop, get_all(loop.env(), std::move(addresses), at_most, patience));
}

using Bodies = std::vector<std::string>;

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(HttpClient, OneConnectionServesAllThatIsAskedOfAServer) {
  Web web({ok("one"), ok("two"),
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
           "3\r\nthr\r\n2\r\nee\r\n0\r\n\r\n",
           "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + ok("four")},
          1);
  EXPECT_EQ(get(web.policy(), {web.at("/1"), web.at("/2"), web.at("/3"), web.at("/4")}),
            (Bodies{"one", "two", "three", "four"}));
  EXPECT_EQ(web.connections(), 1);
}

TEST(HttpClient, SEC2_TellsNothingOfWhoAsks) {
  Web web({ok("one")});
  get(web.policy(), {web.at("/1?a=b")});
  const auto host = "pictures.test:" + std::to_string(web.at("").port);
  EXPECT_EQ(web.requests().at(0), "GET /1?a=b HTTP/1.1\r\nHost: " + host +
                                      "\r\nAccept: image/*\r\nAccept-Encoding: identity\r\n"
                                      "User-Agent: Mozilla/5.0\r\n\r\n");
}

TEST(HttpClient, FollowsAFewRedirections) {
  const std::string away = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /there\r\n\r\n";
  const std::string bare = "HTTP/1.1 302 Found\r\nLocation: /there\r\n\r\nelsewhere";
  Web other({bare, ok("there")});
  EXPECT_EQ(get(other.policy(), {other.at("/1")}), Bodies{"there"});
  Web web({away, ok("there"), away, away, away, away});
  EXPECT_EQ(get(web.policy(), {web.at("/1"), web.at("/2")}), (Bodies{"there", "http.answer"}));
  EXPECT_EQ(web.requests().size(), 6u);
}

TEST(HttpClient, SEC3_ARedirectionLeadsNowhereThatIsForbidden) {
  Web inside({ok("secret")});
  const auto port = std::to_string(inside.at("").port);
  for (const std::string& host : {"10.0.0.1", "192.168.0.1", "[fd00::1]", "[::ffff:10.0.0.1]"}) {
    Web web({"HTTP/1.1 301 Gone\r\nContent-Length: 0\r\nLocation: https://" + host + ":" + port +
             "/\r\n\r\n"});
    EXPECT_EQ(get(web.policy(), {web.at("/")}), Bodies{"net.forbidden-address"}) << host;
  }
  auto strict = inside.policy();
  strict.allow_loopback = false;
  EXPECT_EQ(get(strict, {inside.at("/")}), Bodies{"net.host-not-found"});
  EXPECT_EQ(inside.connections(), 0);
}

TEST(HttpClient, WhatIsNoSuccessIsNone) {
  for (const std::string& answer :
       {"HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx", "HTTP/1.1 204 None\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n", "SSH-2.0-OpenSSH\r\n",
        "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "\r\n\r\n\r\n",
        // Whether it is whole, nobody can say.
        "HTTP/1.0 200 OK\r\n\r\nuntil it ends"}) {
    Web web({answer});
    const auto got = get(web.policy(), {web.at("/")}).at(0);
    EXPECT_TRUE(got == "http.answer" || got == "net.closed") << answer << got;
  }
}

TEST(HttpClient, IsBounded) {
  const std::string large(2000, 'x');
  const std::string endless = "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x');
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  Web web({ok(large), "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx",
           chunked + "7d0\r\n" + large + "\r\n0\r\n\r\n", endless,
           chunked + "1;" + std::string(1'000'000, 'x'),
           chunked + "1\r\nx\r\n0\r\nX: " + std::string(1'000'000, 'x')});
  const std::string t = "http.too-large", n = "http.answer";
  EXPECT_EQ(get(web.policy(), {web.at("/1"), web.at("/2"), web.at("/3"), web.at("/4"), web.at("/5"),
                               web.at("/6")}),
            (Bodies{t, t, t, n, n, n}));
}

// Octets on the wire count, not those of the body alone.
TEST(HttpClient, ChunksThatSayMoreThanTheyHoldAreBounded) {
  std::string chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 900; ++i) chunks += "1;x=" + std::string(4000, 'x') + "\r\ny\r\n";
  Web web({chunks + "0\r\n\r\n"});
  EXPECT_EQ(get(web.policy(), {web.at("/")}), (Bodies{"http.too-large"}));
}

TEST(HttpClient, AServerThatNeverEndsIsLeft) {
  Web slow({"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx"});
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(get(slow.policy(), {slow.at("/1"), slow.at("/2")}, 1000, 300ms),
            (Bodies{"net.timeout", "net.timeout"}));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
}

// A server may end a connection that nothing was asked on for a while.
TEST(HttpClient, AsksAgainOnANewConnectionWhereTheOldOneHasEnded) {
  Web web({"HTTP/1.1 200 OK\r\nX-Content-Length: 3\r\nContent-length: 3\r\n\r\none", ok("two")});
  EXPECT_EQ(get(web.policy(), {web.at("/1"), web.at("/2")}), (Bodies{"one", "two"}));
}

}  // namespace
}  // namespace hearback::net
