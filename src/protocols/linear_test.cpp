// What a server says is read in time that grows with its octets, whatever they are.
#include "fakes/linear.hpp"

#include <gtest/gtest.h>

#include "protocols/imap/buffer.hpp"
#include "protocols/imap/response.hpp"
#include "protocols/smtp/session.hpp"

namespace hearback::protocols {
namespace {

using fakes::expect_linear;

TEST(Linear, ImapResponses) {
  expect_linear({"fetch",
                 [](std::string_view octets) { (void)imap::read_fetch(1, octets, 100); },
                 64 << 10,
                 {{"(", "UID 1 "},
                  {"(", "FLAGS (a b) "},
                  {"(FLAGS (", "a "},
                  {"(FLAGS (", "("},
                  {"(", "X (a (b) \"c\") "},
                  {"(X ", "("},
                  {"(X ", "(a "},
                  {"(X ", "()"},
                  {"(X ", "\""},
                  {"(X \"", "a"},
                  {"(X \"", "\\"},
                  {"(X \"", "\\\""},
                  {"(", "X {0}\r\n "},
                  {"(", "{0}\r\n"},
                  {"(BODY[", "("},
                  {"(BODY[", "["},
                  {"(", "BODY["},
                  {"(", "BODY[] NIL "},
                  {"(", "BODY[HEADER] \"\" "},
                  {"(", " "},
                  {"(", ")"},
                  {"", "("},
                  {"(RFC822.SIZE ", "1"},
                  {"(", "{"},
                  {"(X {", "1"}}});
  expect_linear({"response",
                 [](std::string_view octets) { (void)imap::read_response(octets); },
                 64 << 10,
                 {{"* ", "a"},
                  {"* ", " "},
                  {"* OK [", "a "},
                  {"* OK [", "["},
                  {"* OK [a", "]"},
                  {"* OK ", "["},
                  {"", "1"},
                  {"* 1 ", "1 "},
                  {"", "*"},
                  {"+", " "}}});
  expect_linear({"list",
                 [](std::string_view octets) { (void)imap::read_list(octets, 100, 100); },
                 64 << 10,
                 {{"(", "\\A "},
                  {"(", "("},
                  {"() ", "\""},
                  {"() \"/\" \"", "a"},
                  {"() \"/\" \"", "&AOQ-"},
                  {"() \"/\" \"", "&"},
                  {"() \"/\" ", "a"},
                  {"() \"/\" a ", "(\"CHILDINFO\" (\"SUBSCRIBED\")) "}}});
}

// One read with all that `octets` hold, none of whose literals is kept.
void receive_at_once(std::string_view octets) {
  imap::ReceiveBuffer buffer;
  buffer.set_limits(1 << 30, 0);
  buffer.append(octets);
  while (buffer.frame() == imap::ReceiveBuffer::Framed::ready) buffer.consume();
}

TEST(Linear, ImapLiteralsThatAreDropped) {
  expect_linear({"receive",
                 receive_at_once,
                 64 << 10,
                 {{"* X ", "{1}\r\nx"},
                  {"* X ", "{0}\r\n"},
                  {"* X ", "{1}\r\nxa"},
                  {"", "* X {1}\r\nx\r\n"},
                  {"* X {99999999}\r\n", "{1}\r\nx"}}});
}

// A greeting that comes in pieces of four octets.
void greet_in_drips(std::string_view text) {
  Limits limits;
  limits.smtp_reply_octets = 1 << 30;
  smtp::Session session("hub.example", limits);
  Dialogue<Result<>> dialogue([&](Wire& wire) { return session.greet(wire); });
  Outcome outcome;
  while (auto action = dialogue.resume(std::move(outcome))) {
    outcome = {};
    if (!std::holds_alternative<Read>(*action)) continue;
    outcome.bytes = text.substr(0, 4);
    text.remove_prefix(outcome.bytes.size());
  }
}

TEST(Linear, SmtpReplies) {
  expect_linear({"reply", greet_in_drips, 16 << 10, {{"", "220-\r\n"}, {"", "220-a b\r\n"}}});
}

}  // namespace
}  // namespace hearback::protocols
