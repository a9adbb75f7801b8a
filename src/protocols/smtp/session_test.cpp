#include "protocols/smtp/session.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <variant>
#include <vector>

namespace hearback::protocols::smtp {
namespace {

// A server that says yes to everything and keeps what it was told.
class Agreeable {
 public:
  template <class T>
  T play(Dialogue<T> dialogue) {
    Outcome outcome;
    while (auto action = dialogue.resume(std::move(outcome))) outcome = perform(*action);
    return dialogue.result();
  }
  std::string told;
  std::size_t longest_write = 0;
  std::string arrived;  // is there without being waited for, once, after so many octets of ours
  std::size_t arrived_after = 0;
  std::string unasked, after;  // said unasked, right after the answer to `after`

 private:
  Outcome perform(const Action& action) {
    Outcome outcome;
    if (auto* write = std::get_if<Write>(&action)) {
      told += write->bytes;
      longest_write = std::max(longest_write, write->bytes.size());
      last_ = write->bytes;
    } else if (std::holds_alternative<ReadArrived>(action)) {
      if (told.size() >= arrived_after) outcome.bytes = std::exchange(arrived, {});
    } else if (std::holds_alternative<Read>(action)) {
      outcome.bytes = last_.empty()         ? "220 hi\r\n"
                      : last_ == "DATA\r\n" ? "354 go\r\n"
                                            : "250 ok\r\n";
      if (last_ == after) outcome.bytes += unasked;
    }
    return outcome;
  }
  std::string last_;
};

std::string data_of(std::string_view message, std::size_t* longest_write = nullptr) {
  Agreeable server;
  Session session("hub.example");
  auto run = [&](auto make) { return server.play(Dialogue<Result<>>(make)).has_value(); };
  bool good = run([&](Wire& w) { return session.greet(w); }) && run([&](Wire& w) {
                return session.begin(w, "a@hub.example", {"b@example.org"}, message.size());
              });
  server.told.clear();
  good = good && run([&](Wire& w) { return session.write_data(w, message); });
  EXPECT_TRUE(good);
  if (longest_write) *longest_write = server.longest_write;
  return server.told;
}

std::string canonical(std::string_view message) {
  std::string out;
  for (std::size_t i = 0; i < message.size(); ++i) {
    char c = message[i];
    if (c != '\r' && c != '\n') {
      out += c;
      continue;
    }
    if (c == '\r' && i + 1 < message.size() && message[i + 1] == '\n') ++i;
    out += "\r\n";
  }
  if (!out.empty() && !out.ends_with("\r\n")) out += "\r\n";
  return out;
}

// What a server makes of it again (RFC 5321 section 4.5.2).
std::string unstuffed(std::string_view data) {
  std::string out;
  while (!data.empty()) {
    auto end = data.find("\r\n") + 2;
    auto line = data.substr(0, end);
    RC_ASSERT(line != ".\r\n");
    if (line.starts_with('.')) line.remove_prefix(1);
    out += line;
    data.remove_prefix(end);
  }
  return out;
}

RC_GTEST_PROP(SmtpData, SEND17_CleanLineEndsAndStuffedDots, ()) {
  auto message =
      *rc::gen::container<std::string>(rc::gen::element('a', '.', '.', '\r', '\n', '\n', '\xe9'));
  auto data = data_of(message);
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data[i] == '\n') RC_ASSERT(i > 0 && data[i - 1] == '\r');
    if (data[i] == '\r') RC_ASSERT(i + 1 < data.size() && data[i + 1] == '\n');
  }
  RC_ASSERT(unstuffed(data) == canonical(message));
}

TEST(SmtpData, LargeMessagesAreWrittenInChunks) {
  std::string message;
  for (int i = 0; i < 40'000; ++i) message += i % 7 ? "some text of a line\n" : ".dot\r\n";
  message += std::string(300'000, 'x');  // one endless line
  std::size_t longest = 0;
  auto data = data_of(message, &longest);
  EXPECT_LE(longest, 150'000u);
  EXPECT_EQ(unstuffed(data), canonical(message));
}

// What comes before the dot can't be its answer: the dot isn't written then.
TEST(SmtpData, SEND4_EarlyAnswersAreNotTheDotsAnswer) {
  for (auto [unasked, code] :
       {std::pair{"250 queued\r\n", "smtp.protocol"}, std::pair{"421 leaving\r\n", "smtp.busy"},
        std::pair{"554 no\r\n", "smtp.data-refused"}, std::pair{"what?\r\n", "smtp.protocol"}}) {
    Agreeable server;
    Session session("hub.example");
    auto run = [&](auto make) { return server.play(Dialogue<Result<>>(make)); };
    ASSERT_TRUE(run([&](Wire& w) { return session.greet(w); }));
    ASSERT_TRUE(run([&](Wire& w) { return session.begin(w, "a@b.example", {"c@d.example"}, 9); }));
    ASSERT_TRUE(run([&](Wire& w) { return session.write_data(w, "Subject: x\r\n"); }));
    server.told.clear();
    server.arrived = unasked;
    auto ended = server.play(Dialogue<Result<Reply>>([&](Wire& w) { return session.end_data(w); }));
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, code);
    EXPECT_FALSE(session.dot_written());
    EXPECT_EQ(server.told, "");
  }
}

TEST(SmtpData, SEND4_AnAnswerInTheMiddleStopsALargeMessage) {
  Agreeable server;
  Session session("hub.example");
  auto run = [&](auto make) { return server.play(Dialogue<Result<>>(make)); };
  ASSERT_TRUE(run([&](Wire& w) { return session.greet(w); }));
  ASSERT_TRUE(run([&](Wire& w) { return session.begin(w, "a@b.example", {"c@d.example"}, 9); }));
  server.told.clear();
  server.arrived_after = 200'000;
  server.arrived = "552 5.3.4 too big\r\n";
  std::string message(2'000'000, 'x');
  auto written = run([&](Wire& w) { return session.write_data(w, message); });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, "smtp.too-large");
  EXPECT_LT(server.told.size(), 300'000u);
}

// Two answers at once to one dot: unless the second is a farewell, nobody knows which is which.
TEST(SmtpData, SEND4_TwoAnswersToOneDotAreADoubt) {
  for (auto [unasked, taken] : {std::pair{"554 no\r\n", false}, std::pair{"250 ok\r\n", false},
                                std::pair{"421 leaving\r\n", true}}) {
    Agreeable server;
    Session session("hub.example");
    auto run = [&](auto make) { return server.play(Dialogue<Result<>>(make)); };
    ASSERT_TRUE(run([&](Wire& w) { return session.greet(w); }));
    ASSERT_TRUE(run([&](Wire& w) { return session.begin(w, "a@b.example", {"c@d.example"}, 9); }));
    ASSERT_TRUE(run([&](Wire& w) { return session.write_data(w, "Subject: x\r\n"); }));
    server.after = ".\r\n";
    server.unasked = unasked;
    auto ended = server.play(Dialogue<Result<Reply>>([&](Wire& w) { return session.end_data(w); }));
    EXPECT_TRUE(session.dot_written());
    EXPECT_EQ(ended.has_value(), taken) << unasked;
    if (!ended) EXPECT_EQ(ended.error().code, "smtp.closed");
  }
}

TEST(SmtpSession, AnUnaskedFarewellIsNotTheNextCommandsAnswer) {
  Agreeable server;
  Session session("hub.example");
  server.after = "EHLO hub.example\r\n";
  server.unasked = "421 idle too long\r\n";
  ASSERT_TRUE(server.play(Dialogue<Result<>>([&](Wire& w) { return session.greet(w); })));
  server.told.clear();
  auto begun = server.play(Dialogue<Result<>>(
      [&](Wire& w) { return session.begin(w, "a@b.example", {"c@d.example"}, 9); }));
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().code, "smtp.busy");
  EXPECT_EQ(server.told, "");
}

TEST(SmtpData, EmptyMessage) { EXPECT_EQ(data_of(""), ""); }

}  // namespace
}  // namespace hearback::protocols::smtp
