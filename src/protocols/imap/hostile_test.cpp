// Servers that never end: whatever they say, and however slowly, each verb ends within its budget
// of time, octets and memory, with an error that a person can read.
#include <gtest/gtest.h>
#include <malloc.h>

#include <functional>

#include "protocols/imap/session.hpp"

namespace hearback::protocols::imap {
namespace {

struct Hostile {
  const char* name;
  std::function<std::string(std::uint64_t nth)> say;
  Duration pause{0};  // before each piece
};

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  while (times-- > 0) out += text;
  return out;
}

// Three thousand words, which follow those of the calls before.
std::string words(std::uint64_t nth) {
  std::string out;
  for (std::uint64_t i = 0; i < 3000; ++i) out += std::to_string(nth * 3000 + i) + " ";
  return out;
}

std::string fetch_flood(std::uint64_t nth) {
  return repeated("* 1 FETCH (UID " + std::to_string(1 + nth % 9) +
                      " RFC822.SIZE 1 BODY[HEADER.FIELDS (FROM)] {10}\r\nFrom: a@b\n)\r\n",
                  100);
}

const std::vector<Hostile>& hostiles() {
  static const std::vector<Hostile> all{
      {"endless continuations", [](auto) { return repeated("+ more\r\n", 500); }},
      {"a continuation now and then", [](auto) { return "+ more\r\n"; }, 50s},
      {"answers to nothing", [](auto) { return repeated("H999 OK done\r\n", 500); }},
      {"endless keep-alives", [](auto) { return repeated("* OK still here\r\n", 500); }},
      {"a keep-alive now and then", [](auto) { return "* OK still here\r\n"; }, 50s},
      {"endless folders",
       [](auto n) {
         std::string out;
         for (int i = 0; i < 100; ++i)
           out += "* LIST () \"/\" f" + std::to_string(n * 100 + i) + "\r\n";
         return out;
       }},
      {"one folder for ever", [](auto) { return repeated("* LIST () \"/\" same\r\n", 500); }},
      {"folders of many attributes",
       [](auto n) { return "* LIST (" + words(0) + ") \"/\" f" + std::to_string(n) + "\r\n"; }},
      {"one folder of ever more attributes",
       [](auto n) { return "* LIST (" + words(n) + ") \"/\" same\r\n"; }},
      {"endless numbers", [](auto) { return repeated("* SEARCH 1 2 3 4 5 6 7 8 9\r\n", 200); }},
      {"one line of numbers",
       [](auto n) { return n == 0 ? "* SEARCH" : repeated(" 4294967295", 300); }},
      {"a range of all numbers",
       [](auto) { return repeated("* ESEARCH UID ALL 1:4294967295\r\n", 100); }},
      {"endless removals", [](auto) { return repeated("* 1 EXPUNGE\r\n", 500); }},
      {"endless arrivals", [](auto n) { return "* " + std::to_string(n) + " EXISTS\r\n"; }},
      {"endless messages", fetch_flood},
      {"endless bodies",
       [](auto n) {
         return "* 1 FETCH (UID " + std::to_string(1 + n % 9) + " BODY[] {4000}\r\n" +
                repeated("x", 4000) + ")\r\n";
       }},
      {"a literal without end",
       [](auto n) {
         return n == 0 ? "* 1 FETCH (UID 1 BODY[] {4294967295}\r\n" : repeated("x", 4000);
       }},
      {"an absurd literal", [](auto) { return "* 1 FETCH (UID 1 BODY[] {99999999999999}\r\n"; }},
      {"many literals in one answer",
       [](auto n) { return std::string(n == 0 ? "* X (" : "") + "{3}\r\nabc "; }},
      {"a line without end", [](auto n) { return n == 0 ? "* OK " : repeated("x", 4000); }},
      {"a status text without end", [](auto n) { return n == 0 ? "* BYE " : repeated("x", 4000); }},
      {"deep nesting", [](auto n) { return n == 0 ? "* 1 FETCH (X " : repeated("(", 4000); }},
      {"nested, ended, again", [](auto) { return "* 1 FETCH " + repeated("(", 3000) + "\r\n"; }},
      {"giant numbers",
       [](auto) { return "* 99999999999999999999 EXISTS\r\n* 1 FETCH (UID 99999999999999)\r\n"; }},
      {"capabilities for ever",
       [](auto n) { return "* CAPABILITY IMAP4rev1 X" + std::to_string(n) + "\r\n"; }},
      {"status of nothing", [](auto) { return repeated("* STATUS x (MESSAGES 1)\r\n", 200); }},
      {"ever more in another folder",
       [](auto n) { return "* STATUS Sent (UIDNEXT " + std::to_string(n + 1) + ")\r\n"; }},
      {"what it agreed to given up, again and again",
       [](auto) { return repeated("* OK [NOTIFICATIONOVERFLOW] x\r\n", 200); }},
      {"silence", [](auto) { return ""; }, 10000s},
      {"an octet a minute", [](auto) { return "x"; }, 59s},
      {"an octet of a literal a minute", [](auto n) { return n == 0 ? "* X {100000}\r\n" : "x"; },
       59s},
      {"empty lines", [](auto) { return repeated("\r\n", 1000); }},
      {"garbage",
       [](auto n) { return repeated(std::string(1, char(n * 7)) + "\xff\x80 ()\"{\n", 200); }},
  };
  return all;
}

// Lets the session in, then is hostile.
class Server {
 public:
  explicit Server(const Hostile* hostile) : hostile_(hostile) {}

  template <class T>
  T play(Dialogue<T> dialogue) {
    Outcome outcome;
    while (auto action = dialogue.resume(std::move(outcome))) {
      if (++actions > 200'000) throw std::runtime_error("the conversation doesn't end");
      outcome = perform(*action);
      elapsed += outcome.elapsed;
      octets += outcome.bytes.size();
      peak = std::max<std::size_t>(peak, mallinfo2().uordblks);
    }
    return dialogue.result();
  }

  void turn() { turned_ = true; }
  void say_next(std::string words) { due_ = std::move(words); }
  std::chrono::nanoseconds elapsed{0};
  std::uint64_t octets = 0, actions = 0;
  std::size_t peak = 0;

 private:
  Outcome perform(const Action& action) {
    Outcome outcome;
    if (auto* write = std::get_if<Write>(&action)) {
      auto tag = write->bytes.substr(0, write->bytes.find(' '));
      if (!turned_) due_ += "* 9 EXISTS\r\n" + tag + " OK done\r\n";
      if (write->bytes.find("IDLE") != std::string::npos) due_ = "+ idling\r\n";
      return outcome;
    }
    if (auto* wait = std::get_if<Wait>(&action)) {
      outcome.elapsed = wait->time;
      return outcome;
    }
    auto deadline = std::holds_alternative<Read>(action)
                        ? std::get<Read>(action).deadline
                        : std::get<ReadOrInterrupt>(action).deadline;
    if (!due_.empty()) {
      outcome.bytes = std::exchange(due_, {});
      return outcome;
    }
    if (hostile_->pause >= deadline) {
      outcome.timed_out = true;
      outcome.elapsed = deadline;
      return outcome;
    }
    outcome.elapsed = hostile_->pause;
    outcome.bytes = hostile_->say(nth_++);
    return outcome;
  }

  const Hostile* hostile_;
  bool turned_ = false;
  std::string due_ = "* OK [CAPABILITY IMAP4rev1 IDLE SPECIAL-USE LIST-EXTENDED] hi\r\n";
  std::uint64_t nth_ = 0;
};

Limits small() {
  Limits limits;
  limits.header_octets = 2000;
  limits.imap_line_octets = 20'000;
  limits.imap_literal_octets = 20'000;
  limits.imap_answer_octets = 400'000;
  limits.imap_answer_responses = 20'000;
  limits.imap_list_octets = 400'000;
  limits.imap_folders = 1000;
  limits.imap_search_octets = 400'000;
  limits.imap_search_results = 50'000;
  limits.imap_scan_octets = 400'000;
  limits.imap_body_slack = 1000;
  return limits;
}

struct Verb {
  const char* name;
  Duration at_most;
  std::function<std::optional<Error>(Session&, Server&)> run;
};

template <class T, class F>
std::optional<Error> ended(Server& server, F conversation) {
  auto result = server.play(Dialogue<Result<T>>(conversation));
  if (result) return std::nullopt;
  return result.error();
}

const std::vector<Verb>& verbs() {
  static const Session::HeaderScan scan{
      {{1, 10}, {11, 20}, {21, 30}, {31, 40}}, [](const HeaderItem&) {}, {}, {}};
  static const std::function<void(const BodyItem&)> body = [](const BodyItem&) {};
  using Uids = std::vector<std::uint32_t>;
  using Folders = std::vector<ListedFolder>;
  static const std::vector<Verb> all{
      {"list", 120s,
       [](Session& s, Server& p) { return ended<Folders>(p, [&](Wire& w) { return s.list(w); }); }},
      {"examine", 120s,
       [](Session& s, Server& p) {
         return ended<FolderFacts>(p, [&](Wire& w) { return s.examine(w, "a"); });
       }},
      {"status", 120s,
       [](Session& s, Server& p) {
         return ended<FolderFacts>(p, [&](Wire& w) { return s.status(w, "a"); });
       }},
      {"search_all", 600s,
       [](Session& s, Server& p) {
         return ended<Uids>(p, [&](Wire& w) { return s.search_all(w); });
       }},
      {"search_addresses", 120s,
       [](Session& s, Server& p) {
         return ended<Uids>(p, [&](Wire& w) { return s.search_addresses(w, {"a@b.example"}, {}); });
       }},
      {"fetch_uids", 600s,
       [](Session& s, Server& p) {
         return ended<Uids>(p, [&](Wire& w) { return s.fetch_uids(w); });
       }},
      {"fetch_headers", 3 * 600s,
       [](Session& s, Server& p) {
         return ended<void>(p, [&](Wire& w) { return s.fetch_headers(w, scan); });
       }},
      {"fetch_bodies", 200s,
       [](Session& s, Server& p) {
         return ended<void>(
             p, [&](Wire& w) { return s.fetch_bodies(w, {{1, 1}, {2, 1}, {3, 1}}, body); });
       }},
      {"listen_for", 120s,
       [](Session& s, Server& p) {
         return ended<bool>(p, [&](Wire& w) { return s.listen_for(w, "Sent"); });
       }},
      {"idle", 540s + 120s + 120s,
       [](Session& s, Server& p) {
         // The server may well send changes for ever: each of these verbs must end, and at the
         // latest the answer to DONE is overdue.
         for (int i = 0; i < 3; ++i)
           if (auto e = ended<bool>(p, [&](Wire& w) { return s.idle(w, 540s); })) return e;
         return std::optional<Error>(Error{Kind::transient, "none", "It goes on.", ""});
       }},
      {"append", 200s,
       [](Session& s, Server& p) {
         return ended<void>(p, [&](Wire& w) { return s.append(w, "Sent", "A: b\r\n\r\n", {}); });
       }},
  };
  return all;
}

TEST(HostileServers, EveryVerbEndsWithinItsBudget) {
  for (const auto& hostile : hostiles())
    for (const auto& verb : verbs()) {
      Server server(&hostile);
      Session session(small());
      auto signed_in = ended<void>(server, [&](Wire& w) { return session.greet(w); });
      ASSERT_FALSE(signed_in);
      ASSERT_FALSE(ended<void>(server, [&](Wire& w) { return session.sign_in(w, {"a", "b"}); }));
      server.say_next("* CAPABILITY IMAP4rev1 IDLE NOTIFY SPECIAL-USE LIST-EXTENDED\r\n");
      ASSERT_FALSE(
          ended<FolderFacts>(server, [&](Wire& w) { return session.examine(w, "INBOX"); }));
      ASSERT_FALSE(ended<bool>(server, [&](Wire& w) { return session.listen_for(w, "Sent"); }));
      ASSERT_TRUE(session.has("IDLE") && session.listened() == "Sent");
      server.turn();
      server.elapsed = {};
      server.octets = 0;
      const auto before = mallinfo2().uordblks;
      server.peak = before;
      auto error = verb.run(session, server);
      auto where = std::string(hostile.name) + ", " + verb.name;
      ASSERT_TRUE(error) << where;
      EXPECT_FALSE(error->what.empty()) << where;
      EXPECT_LE(server.elapsed, std::chrono::nanoseconds(verb.at_most)) << where;
      EXPECT_LE(server.octets, 3u * 1'100'000) << where;
      EXPECT_LE(server.peak - before, 3u * 1024 * 1024) << where;
    }
}

TEST(HostileServers, SigningInEndsWithinItsBudget) {
  for (const auto& hostile : hostiles()) {
    Server server(&hostile);
    Session session(small());
    ASSERT_FALSE(ended<void>(server, [&](Wire& w) { return session.greet(w); }));
    server.turn();
    auto error = ended<void>(server, [&](Wire& w) { return session.sign_in(w, {"a", "b"}); });
    ASSERT_TRUE(error) << hostile.name;
    EXPECT_LE(server.elapsed, std::chrono::nanoseconds(120s)) << hostile.name;
    EXPECT_LE(server.octets, 1'100'000u) << hostile.name;
  }
}

// A line of a megabyte names 150,000 capabilities; a session that keeps them all holds ten times
// that, as long as it lives.
TEST(HostileServers, CapabilitiesWithoutEndAreNotKept) {
  const Hostile talkative{"capabilities", [](auto) { return ""; }, 10000s};
  Server server(&talkative);
  Session session;
  std::string line = "* OK [CAPABILITY IMAP4rev1 IDLE";
  for (int i = 0; i < 150'000; ++i) line += " " + std::to_string(i);
  server.say_next(line + "] hi\r\n");
  const auto before = mallinfo2().uordblks;
  ASSERT_FALSE(ended<void>(server, [&](Wire& w) { return session.greet(w); }));
  EXPECT_TRUE(session.has("IDLE"));
  EXPECT_LE(mallinfo2().uordblks, before + 2'000'000);  // the receive buffer among it
}

// What several verbs take together, as the probe needs it.
TEST(HostileServers, OneBudgetHoldsOverSeveralVerbs) {
  const Hostile slow{"slow", [](auto) { return "* OK wait\r\n"; }, 5s};
  Server server(&slow);
  Session session(small());
  TimeBudget all(12s);
  server.turn();
  auto run = [&](auto conversation) { return server.play(Dialogue<Result<>>(conversation, &all)); };
  ASSERT_TRUE(run([&](Wire& w) { return session.greet(w); }));
  auto error = run([&](Wire& w) { return session.sign_in(w, {"a", "b"}); });
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().code, "imap.timeout");
  EXPECT_EQ(server.elapsed, std::chrono::nanoseconds(12s));
  EXPECT_TRUE(all.spent());
}

}  // namespace
}  // namespace hearback::protocols::imap
