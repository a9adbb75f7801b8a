// Trying an account at a hostile server, by the virtual clock: the probe's time holds in total
// (C-3), whatever the server's shape, and what it finds at an odd server is the whole account.
#include "mailbox/probe.hpp"

#include <gtest/gtest.h>

#include "sim/sim_env.hpp"

namespace hearback::sim {
namespace {

struct Shape {
  const char* name;
  std::string greeting;
  // What is said to the n-th command line; `tag` is its tag.
  std::function<std::string(std::uint64_t n, const std::string& tag, const std::string& line)>
      answer;
  std::string again;  // and then for ever
  Duration every{1000};
};

class Peer1 final : public Peer {
 public:
  Peer1(Link& link, const Shape& shape) : link_(link), shape_(shape) {}
  ~Peer1() override { *alive_ = false; }
  void opened() override {
    if (!shape_.greeting.empty()) link_.send(shape_.greeting);
    if (!shape_.answer) go_on();
  }
  void received(std::string_view bytes) override {
    line_ += bytes;
    for (auto end = line_.find('\n'); end != line_.npos; end = line_.find('\n')) {
      auto line = line_.substr(0, end);
      line_.erase(0, end + 1);
      auto tag = line.substr(0, line.find(' '));
      auto said = shape_.answer ? shape_.answer(++commands_, tag, line) : std::string();
      if (!said.empty()) link_.send(said);
      if (said.find(tag + " ") == said.npos) go_on();
    }
  }

 private:
  void go_on() {
    link_.world().after(shape_.every, [this, alive = alive_] {
      if (!*alive || !link_.open()) return;
      link_.send(shape_.again);
      go_on();
    });
  }

  Link& link_;
  const Shape& shape_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::string line_;
  std::uint64_t commands_ = 0;
};

class OddServer final : public Service {
 public:
  OddServer(World&, const Shape& shape) : shape_(shape) {}
  std::unique_ptr<Peer> accept(Link& link) override {
    return std::make_unique<Peer1>(link, shape_);
  }

 private:
  const Shape& shape_;
};

struct Tried {
  mailbox::ProbeReport report;
  Duration took{0};
  bool done = false;
};

Task<void> try_it(SimEnv& env, Tried* tried) {
  const Instant began = env.now();
  mailbox::Login login{{"odd", 993, "tls", "ada"}, "secret"};
  mailbox::Login nowhere{{"nowhere", 465, "tls", "ada"}, "secret"};
  tried->report = co_await mailbox::probe(env, login, nowhere);
  tried->took = env.now() - began;
  tried->done = true;
}

Tried probe(const Shape& shape) {
  World world(7);
  world.serve<OddServer>("odd", 993, shape);
  SimEnv env(world);
  Tried tried;
  env.spawn(try_it(env, &tried));
  world.run_while([&] { return !tried.done; }, 1h);
  env.stop();
  world.run_for(1min);
  return tried;
}

constexpr const char* kHello = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi\r\n";

auto let_in_then(std::uint64_t quiet_from, std::string first = {}) {
  return [=](std::uint64_t n, const std::string& tag, const std::string&) {
    return n < quiet_from ? tag + " OK [CAPABILITY IMAP4rev1] done\r\n" : first;
  };
}

TEST(Probe, C3_TwelveSecondsHoldInTotalAtEveryHostileServer) {
  const std::vector<Shape> shapes{
      {"silent", "", {}, "", 1h},
      {"a greeting octet by octet", "", {}, "*", 900ms},
      {"a greeting without end", "* OK ", {}, std::string(500, 'x'), 100ms},
      {"more, before sign-in", kHello, let_in_then(1), "+ more\r\n", 500ms},
      {"keeps alive, before sign-in", kHello, let_in_then(1), "* OK wait\r\n", 11s},
      {"more, after sign-in", kHello, let_in_then(2), "+ more\r\n", 1ms},
      {"each answer takes eleven seconds", kHello, let_in_then(1), "H1 OK x\r\n", 11s},
      {"an endless list", kHello, let_in_then(2), "* LIST () \"/\" a\r\n", 1ms},
      {"an endless list, slowly", kHello, let_in_then(2), "* LIST () \"/\" a\r\n", 11s},
      {"a list octet by octet", kHello, let_in_then(2, "* LIST ("), "x", 900ms},
      {"the inbox never opens", kHello, let_in_then(3), "* 1 EXISTS\r\n", 2s},
      {"a literal without end", kHello, let_in_then(2, "* X {4000000000}\r\n"),
       std::string(10'000, 'x'), 100ms},
      {"never lets go", kHello, let_in_then(4), "* OK bye\r\n", 900ms},
  };
  for (const auto& shape : shapes) {
    auto tried = probe(shape);
    ASSERT_TRUE(tried.done) << shape.name;
    EXPECT_LE(tried.took, Deadlines{}.probe + 100ms) << shape.name;
    if (std::string(shape.name) != "never lets go") EXPECT_TRUE(tried.report.imap) << shape.name;
    EXPECT_EQ(tried.report.smtp->code, "net.host-not-found") << shape.name;
  }
}

// The first folder listed is closed by an access list, INBOX isn't listed at all: both are shown,
// and only INBOX is opened.
TEST(Probe, C3_OneClosedFolderClosesNothingElse) {
  std::vector<std::string> opened;
  const Shape shape{
      "closed", kHello,
      [&](std::uint64_t, const std::string& tag, const std::string& line) {
        if (line.find("LIST") != line.npos)
          return "* LIST () \"/\" Closed\r\n* LIST () \"/\" Closed\r\n" + tag + " OK\r\n";
        if (line.find("EXAMINE") == line.npos) return tag + " OK [CAPABILITY IMAP4rev1] done\r\n";
        opened.push_back(line.substr(line.find('"')));
        return tag + (line.find("INBOX") == line.npos ? " NO [NOPERM]\r\n" : " OK\r\n");
      },
      "", 1h};
  auto tried = probe(shape);
  ASSERT_FALSE(tried.report.imap) << tried.report.imap->what;
  ASSERT_EQ(tried.report.folders.size(), 2u);
  EXPECT_EQ(tried.report.folders[0].wire_name, "INBOX");
  EXPECT_EQ(tried.report.folders[1].wire_name, "Closed");
  EXPECT_EQ(opened, std::vector<std::string>{"\"INBOX\"\r"});
}

}  // namespace
}  // namespace hearback::sim
