// The simulator's own promises: virtual time, links that break where planned, crashes, replay.
#include "sim/sim_env.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "sim/model_imap.hpp"
#include "sim/model_smtp.hpp"

namespace hearback::sim {
namespace {

using protocols::Outcome;
using protocols::Read;
using protocols::Write;

// Says a line, then everything it hears, twice.
class EchoPeer final : public Peer {
 public:
  explicit EchoPeer(Link& link) : link_(link) {}
  void opened() override { link_.send("hello\r\n"); }
  void received(std::string_view bytes) override { link_.send(std::string(bytes)); }

 private:
  Link& link_;
};
class EchoServer final : public Service {
 public:
  explicit EchoServer(World&) {}
  std::unique_ptr<Peer> accept(Link& link) override { return std::make_unique<EchoPeer>(link); }
};

// Dials, writes `text`, reads until an error or `octets` octets; what it saw is left in *seen.
Task<void> talk(SimEnv& env, std::string text, std::size_t octets, std::string* seen) {
  auto connection = co_await env.dial({"echo", 7}, 10s);
  if (!connection) {
    *seen = connection.error().code;
    co_return;
  }
  auto wrote = co_await (*connection)->perform(Write{std::move(text), 10s});
  if (wrote.error) *seen += "!write";
  while (seen->size() < octets) {
    auto outcome = co_await (*connection)->perform(Read{60s});
    if (outcome.timed_out) {
      *seen += "!timeout";
      co_return;
    }
    if (outcome.error) {
      *seen += "!" + outcome.error->code;
      co_return;
    }
    *seen += outcome.bytes;
  }
}

std::string echo_with(Faults faults, std::uint64_t seed = 1) {
  World world(seed);
  world.serve<EchoServer>("echo", 7);
  world.plan = [&](const net::Endpoint&, std::uint64_t) { return faults; };
  SimEnv env(world);
  std::string seen;
  env.spawn(talk(env, "abcdefghij", 17, &seen));
  world.run_for(5min);
  EXPECT_TRUE(env.idle());
  return seen;
}

TEST(SimEnv, CarriesOctetsInOrder) {
  EXPECT_EQ(echo_with({}), "hello\r\nabcdefghij");
  EXPECT_EQ(echo_with({.piece = 1}), "hello\r\nabcdefghij");
}

TEST(SimEnv, BreaksAfterAnyOctet) {
  for (std::uint64_t n = 0; n < 17; ++n) {
    auto whole = std::string("hello\r\nabcdefghij");
    EXPECT_EQ(echo_with({.cut_down = n}), whole.substr(0, n) + "!net.closed") << n;
  }
  for (std::uint64_t n = 0; n < 10; ++n) {
    auto seen = echo_with({.cut_up = n, .piece = 1});
    EXPECT_TRUE(seen.ends_with("!net.closed")) << seen;
    EXPECT_LE(seen.find('!'), 7 + n);
  }
}

TEST(SimEnv, StallsRefusesAndTimesOut) {
  EXPECT_EQ(echo_with({.stall_down = 9}), "hello\r\nab!timeout");
  EXPECT_EQ(echo_with({.refuse = true}), "net.refused");
  EXPECT_EQ(echo_with({.no_answer = true}), "net.timeout");
}

Task<void> wait_for(net::Signal& signal, Duration at_most, std::vector<bool>* heard, int times) {
  for (int i = 0; i < times; ++i) heard->push_back(co_await signal.wait(at_most));
}

TEST(SimEnv, SignalIsNotLostAndStopWakes) {
  World world(1);
  SimEnv env(world);
  auto signal = env.make_signal();
  std::vector<bool> heard;
  signal->notify();
  env.spawn(wait_for(*signal, 1h, &heard, 3));
  EXPECT_EQ(heard, std::vector<bool>{true});
  world.run_for(2h);
  EXPECT_EQ(heard, (std::vector<bool>{true, false, false}));
  env.spawn(wait_for(*signal, 1h, &heard, 1));
  world.run_for(1min);
  env.stop();
  world.run_for(1s);
  EXPECT_TRUE(env.idle());
  EXPECT_FALSE(heard.back());
}

Task<void> count(SimEnv& env, int* done) {
  while (co_await env.sleep(1s))
    *done = co_await env.work({.who = "me"}, [done] { return *done + 1; });
}

TEST(SimEnv, CrashesAtTheChosenStep) {
  int last = -1;
  for (std::uint64_t step = 0; step < 30; ++step) {
    World world(7);
    SimEnv env(world);
    int done = 0;
    env.crash_at(step);
    env.spawn(count(env, &done));
    EXPECT_FALSE(world.run_for(1min));
    EXPECT_TRUE(env.dead());
    EXPECT_EQ(env.steps(), step);
    EXPECT_GE(done, last);
    last = done;
    env.drop_tasks();
  }
  EXPECT_GT(last, 5);
}

TEST(SimEnv, SameSeedSameRun) {
  auto hash = [](std::uint64_t seed) {
    World world(seed);
    world.serve<EchoServer>("echo", 7);
    world.plan = [&](const net::Endpoint&, std::uint64_t) {
      return Faults{.cut_down = 3 + world.below(20), .latency_most = 500ms, .piece = 3};
    };
    SimEnv env(world);
    std::array<std::string, 5> seen;
    for (auto& s : seen) env.spawn(talk(env, "abcdefghij", 17, &s));
    world.run_for(5min);
    return world.trace_hash();
  };
  EXPECT_EQ(hash(3), hash(3));
  EXPECT_NE(hash(3), hash(4));
}

// ---- model servers, spoken to by hand ----------------------------------------------------

struct Script {
  std::vector<std::string> lines;  // each is sent after `pause`
  Duration pause = 1s;
};
Task<void> play(SimEnv& env, net::Endpoint where, Script script, std::string* heard) {
  auto connection = co_await env.dial(where, 10s);
  EXPECT_TRUE(connection.has_value());
  for (auto& line : script.lines) {
    co_await (*connection)->perform(Write{line, 10s});
    co_await env.sleep(script.pause);
  }
  while (true) {
    auto outcome = co_await (*connection)->perform(Read{5s});
    if (outcome.error || outcome.timed_out) co_return;
    *heard += outcome.bytes;
  }
}

std::string play_imap(World& world, std::vector<std::string> lines) {
  SimEnv env(world);
  std::string heard;
  env.spawn(play(env, {"imap", 993}, {std::move(lines)}, &heard));
  world.run_for(5min);
  EXPECT_TRUE(env.idle());
  return heard;
}
bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(ModelImap, AnswersWhatAClientAsks) {
  World world(1);
  auto& imap = world.serve<ImapServer>("imap", 993);
  auto& account = imap.add_account("ann", "secret");
  account.deliver("INBOX", "From: a@x\r\nSubject: one\r\nMessage-ID: <1@x>\r\n\r\nbody\r\n");
  account.deliver("INBOX", "From: b@x\r\nMessage-ID: <2@x>\r\n\r\nother\r\n");
  auto heard = play_imap(
      world, {"a LOGIN ann secret\r\n", "b LIST \"\" \"*\" RETURN (SPECIAL-USE)\r\n",
              "c EXAMINE INBOX\r\n", "d UID SEARCH RETURN (ALL) SINCE 1-Nov-2026\r\n",
              "e UID SEARCH HEADER Message-ID \"<2@x>\"\r\n",
              "f UID FETCH 1:* (UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (From)])\r\n",
              "g UID FETCH 2 (UID BODY.PEEK[])\r\n", "h APPEND Sent (\\Seen) {5}\r\n", "hello\r\n",
              "i LOGOUT\r\n"});
  EXPECT_TRUE(has(heard, "a OK"));
  EXPECT_TRUE(has(heard, "* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent\""));
  EXPECT_TRUE(has(heard, "* 2 EXISTS"));
  EXPECT_TRUE(has(heard, "* ESEARCH (TAG \"d\") UID ALL 1:2"));
  EXPECT_TRUE(has(heard, "* SEARCH 2\r\n"));
  EXPECT_TRUE(has(heard, "BODY[HEADER.FIELDS (From)] {13}\r\nFrom: a@x\r\n\r\n"));
  EXPECT_TRUE(has(heard, "* 2 FETCH (UID 2 BODY[] {39}\r\n")) << heard;
  EXPECT_TRUE(has(heard, "h OK [APPENDUID"));
  EXPECT_TRUE(has(heard, "* BYE"));
  EXPECT_EQ(account.bodies().size(), 1u);
  EXPECT_EQ(account.writes(), std::vector<std::string>{"APPEND Sent"});
  EXPECT_EQ(account.folder("Sent").messages.at(0).raw, "hello");
}

TEST(ModelImap, PushesDuringIdle) {
  World world(1);
  auto& imap = world.serve<ImapServer>("imap", 993);
  auto& account = imap.add_account("ann", "secret");
  world.after(30s, [&] { account.deliver("INBOX", "Subject: x\r\n\r\n"); });
  world.after(40s, [&] { account.expunge("INBOX", 1); });
  SimEnv env(world);
  std::string heard;
  env.spawn(play(env, {"imap", 993},
                 {{"a LOGIN ann secret\r\n", "b EXAMINE INBOX\r\n", "c IDLE\r\n", "DONE\r\n"}, 15s},
                 &heard));
  world.run_for(5min);
  EXPECT_TRUE(has(heard, "+ idling\r\n* 1 EXISTS\r\n* 1 EXPUNGE\r\nc OK")) << heard;
}

TEST(ModelSmtp, TakesAMessageAndDelivers) {
  World world(1);
  auto& imap = world.serve<ImapServer>("imap", 993);
  auto& smtp = world.serve<SmtpServer>("smtp", 465);
  auto& account = imap.add_account("ann", "secret");
  smtp.add_account("ann", "secret");
  smtp.files_sent("ann", account);
  smtp.route("ann@x", account);
  SimEnv env(world);
  std::string heard;
  env.spawn(
      play(env, {"smtp", 465},
           {{"EHLO me\r\n", "AUTH PLAIN " + to_base64(std::string("\0ann\0secret", 11)) + "\r\n",
             "MAIL FROM:<ann@x>\r\nRCPT TO:<ann@x>\r\nDATA\r\n",
             "Message-ID: <1@x>\r\n\r\n..dot\r\n.\r\n", "QUIT\r\n"}},
           &heard));
  world.run_for(5min);
  EXPECT_TRUE(has(heard, "250 2.0.0 taken")) << heard;
  ASSERT_EQ(smtp.accepted().size(), 1u);
  EXPECT_EQ(smtp.accepted()[0].data, "Message-ID: <1@x>\r\n\r\n.dot\r\n");
  EXPECT_EQ(account.count("INBOX", "1@x"), 1u);
  EXPECT_EQ(account.count("Sent", "1@x"), 1u);
  EXPECT_TRUE(smtp.defects().empty());
}

}  // namespace
}  // namespace hearback::sim
