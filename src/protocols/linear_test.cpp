// What a server says is read in time that grows with its octets, whatever they are.
#include "fakes/linear.hpp"

#include <gtest/gtest.h>

#include "protocols/imap/response.hpp"

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

}  // namespace
}  // namespace hearback::protocols
