#include "protocols/imap/response.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "protocols/imap/errors.hpp"

namespace hearback::protocols::imap {
namespace {

TEST(Response, Forms) {
  auto r = read_response("* 12 EXISTS\r\n");
  EXPECT_EQ(r.form, Response::Form::data);
  EXPECT_TRUE(r.numbered);
  EXPECT_EQ(r.number, 12u);
  EXPECT_EQ(r.word, "EXISTS");
  r = read_response("* OK [HIGHESTMODSEQ 9]\r\n");
  EXPECT_EQ(r.status, Status::ok);
  EXPECT_EQ(r.code, "HIGHESTMODSEQ");
  EXPECT_EQ(r.arguments, "9");
  EXPECT_EQ(r.text, "");
  r = read_response("H7 no [BADCHARSET (\"]\")] text with ]\r\n");
  EXPECT_EQ(r.form, Response::Form::tagged);
  EXPECT_EQ(r.tag, "H7");
  EXPECT_EQ(r.status, Status::no);
  EXPECT_EQ(r.arguments, "(\"]\")");
  EXPECT_EQ(r.text, "text with ]");
  EXPECT_EQ(read_response("+\r\n").form, Response::Form::go_ahead);
  EXPECT_EQ(read_response("+ dGV4dA==\r\n").rest, "dGV4dA==");
  r = read_response("* OK [UNCLOSED 5\r\n");
  EXPECT_EQ(r.code, "UNCLOSED");
  EXPECT_EQ(r.arguments, "5");
  EXPECT_EQ(read_response("* 99999999999 EXISTS\r\n").number, UINT32_MAX);
}

TEST(Response, Garbage) {
  for (std::string_view bytes :
       {"\r\n", "*\r\n", "* \r\n", "H1\r\n", "H1 MAYBE\r\n", ")\r\n", " \r\n"})
    EXPECT_EQ(read_response(bytes).form, Response::Form::garbage) << bytes;
}

TEST(Response, DateTimes) {
  EXPECT_EQ(read_date_time("17-Jul-1996 02:44:25 -0700"), (Instant{837596665000}));
  EXPECT_EQ(read_date_time(" 1-Jan-1970 00:00:00 +0000"), (Instant{0}));
  EXPECT_EQ(read_date_time("1-jan-1970 01:00:00 +0100"), (Instant{0}));
  EXPECT_EQ(read_date_time("31-Dec-1969 23:59:59 +0000"), (Instant{-1000}));
  for (std::string_view text : {"", "30-Feb-2026 00:00:00 +0000", "1-Foo-2026 00:00:00 +0000",
                                "01-Jan-2026 25:00:00 +0000", "01-Jan-2026 00:00:00 ~0000", "NIL"})
    EXPECT_EQ(read_date_time(text), std::nullopt) << text;
  EXPECT_EQ(write_date(Instant{1793491200000}), "1-Nov-2026");
  EXPECT_EQ(write_date_time(Instant{-1000}), "31-Dec-1969 23:59:59 +0000");
}

RC_GTEST_PROP(Response, DateTimesThereAndBack, ()) {
  auto seconds = *rc::gen::inRange<std::int64_t>(-62135596800, 253402300800);
  Instant t{seconds * 1000};
  RC_ASSERT(read_date_time(write_date_time(t)) == t);
}

TEST(Response, Fetch) {
  auto data = read_fetch(3, "(UID 7 X (a {2}\r\n)) ) BODY[] NIL)\r\n", 100);
  EXPECT_TRUE(data.whole);
  EXPECT_EQ(data.uid, 7u);
  ASSERT_TRUE(data.body);
  EXPECT_TRUE(data.body->nil);
  data = read_fetch(
      3, "(UID nonsense RFC822.SIZE \"12\" \"junk\" (x) BODY[HEADER] \"A: b\"))) \r\n", 9);
  EXPECT_TRUE(data.whole);
  EXPECT_EQ(data.uid, 0u);
  ASSERT_TRUE(data.header);
  EXPECT_EQ(data.header->bytes, "A: b");
  EXPECT_FALSE(read_fetch(3, "(UID 7", 9).whole);
  EXPECT_FALSE(read_fetch(3, "UID 7)", 9).whole);
  EXPECT_EQ(read_fetch(3, "(UID 4294967296)", 9).uid, 0u);
}

TEST(Response, Folders) {
  auto folder =
      read_list("(\\HasNoChildren) NIL \"&bad\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n", 9, 9);
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder->name, "&bad");
  EXPECT_EQ(folder->delimiter, '\0');
  // One octet of ASCII that can be seen, or there is none.
  for (const std::string delimiter : {"\xE9", "\x01", " ", "\x7f", "//", ""})
    EXPECT_EQ(read_list("() \"" + delimiter + "\" a\r\n", 9, 9)->delimiter, '\0') << delimiter;
  EXPECT_EQ(read_list(std::string_view("() {1}\r\n\0 a\r\n", 13), 9, 9)->delimiter, '\0');
  EXPECT_EQ(read_list("() \".\" a\r\n", 9, 9)->delimiter, '.');
  // What is shown holds no controls, whatever its name on the wire says.
  EXPECT_EQ(read_list("() NIL a&AAAACgBi-\r\n", 9, 9)->name, "a b");
  EXPECT_FALSE(read_list("() \"/\"\r\n", 9, 9));
  EXPECT_FALSE(read_list("(", 9, 9));
  EXPECT_FALSE(read_list("(\\a \"x\"", 9, 9));
  auto status = read_status("two words (MESSAGES 3 X (y) UIDNEXT -1 UIDVALIDITY 9 ) \r\n", 9);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->exists, 3u);
  EXPECT_EQ(status->uid_next, 0u);
  EXPECT_EQ(status->uid_validity, 9u);
  EXPECT_FALSE(read_status("name\r\n", 9));
  EXPECT_FALSE(read_status("name (MESSAGES 3\r\n", 9));
}

TEST(Response, UidSets) {
  std::vector<std::uint32_t> uids;
  EXPECT_TRUE(expand_uids("1:3,7,9:8", 100, uids));
  EXPECT_EQ(uids, (std::vector<std::uint32_t>{1, 2, 3, 7, 8, 9}));
  uids.clear();
  EXPECT_FALSE(expand_uids("1:4294967295", 100, uids));
  EXPECT_LE(uids.size(), 100u);
  EXPECT_FALSE(expand_uids("1:*", 100, uids));
  EXPECT_FALSE(expand_uids("", 100, uids));
  EXPECT_EQ(compress_uids({1, 2, 3, 5, 7, 8}, 100, 100), (std::vector<std::string>{"1:3,5,7:8"}));
  EXPECT_EQ(compress_uids({1, 2, 3, 5}, 100, 2), (std::vector<std::string>{"1:2", "3,5"}));
  EXPECT_TRUE(compress_uids({}, 100, 2).empty());
}

// Exactly the UIDs asked for, whatever the splitting: nothing between them (S-2).
RC_GTEST_PROP(Response, S2_SetsHoldExactlyTheseUids, (std::set<std::uint32_t> wanted)) {
  wanted.erase(0);
  std::vector<std::uint32_t> uids(wanted.begin(), wanted.end());
  auto octets = *rc::gen::inRange<std::size_t>(25, 200);
  auto count = *rc::gen::inRange<std::size_t>(1, 40);
  std::vector<std::uint32_t> back;
  for (const auto& set : compress_uids(uids, octets, count)) {
    RC_ASSERT(set.size() <= octets);
    auto before = back.size();
    RC_ASSERT(expand_uids(set, 1000, back));
    RC_ASSERT(back.size() - before <= count);
  }
  RC_ASSERT(back == uids);
}

TEST(Response, C3_RefusalsAreToldApart) {
  auto no = [](std::string code, std::string text) {
    return Completion{1, Status::no, std::move(code), "", std::move(text)};
  };
  EXPECT_EQ(login_error(no("AUTHENTICATIONFAILED", "")).code, "imap.login-refused");
  EXPECT_EQ(login_error(no("UNAVAILABLE", "")).kind, Kind::transient);
  EXPECT_EQ(login_error(no("", "Too many simultaneous connections. (Failure)")).code,
            "imap.throttled");
  EXPECT_EQ(folder_refused(no("", "Mailbox does not exist")).code, "imap.no-such-folder");
  EXPECT_EQ(folder_refused(no("NOPERM", "")).kind, Kind::denied);
  EXPECT_EQ(folder_refused(no("SERVERBUG", "x")).kind, Kind::transient);
  EXPECT_EQ(suggested_backoff("Request is throttled. Suggested Backoff Time: 92415 milliseconds"),
            Duration(92415));
  EXPECT_EQ(suggested_backoff("Backoff Time: soon"), std::nullopt);
}

}  // namespace
}  // namespace hearback::protocols::imap
