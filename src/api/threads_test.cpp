#include <gtest/gtest.h>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::ApiStand;

class Threads : public ::testing::Test {
 protected:
  Threads() { stand.found_company(); }

  std::size_t rows(const std::string& session, std::string path) {
    auto answer = stand.as(session, "GET", std::move(path));
    EXPECT_EQ(answer.status, 200) << answer.text;
    return answer.value.at("rows").as_array().size();
  }

  ApiStand stand;
};

TEST_F(Threads, T5_AThreadShowsItsMessagesAndWhyTheyAreThere) {
  auto thread = stand.as(stand.session_of(stand.max), "GET", "/threads/" + stand.thread.text());
  ASSERT_EQ(thread.status, 200) << thread.text;
  const auto& messages = thread.value.at("messages").as_array();
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].at("from").at(0).at("address"), "carla@home.example");
  EXPECT_EQ(messages[0].at("why").at("by"), "address");
  EXPECT_TRUE(messages[0].at("outbox").is_null());
  EXPECT_EQ(messages[1].at("outbox").at("state"), "uncertain");
  EXPECT_EQ(messages[1].at("outbox").at("answer"), "the server's words");
  // What the server answered is for the author's eyes.
  auto other = stand.as(stand.session_of(stand.ada), "GET", "/threads/" + stand.thread.text());
  EXPECT_EQ(other.value.at("messages").at(1).at("outbox").at("answer"), "");
}

TEST_F(Threads, ABodyIsSplitIntoFreshAndQuotedWords) {
  auto body =
      stand.as(stand.session_of(stand.ada), "GET", "/messages/" + stand.message.text() + "/body");
  ASSERT_EQ(body.status, 200) << body.text;
  EXPECT_NE(std::string(body.value.at("fresh").as_string()).find("Good morning"),
            std::string::npos);
  EXPECT_EQ(std::string(body.value.at("fresh").as_string()).find("older words"), std::string::npos);
  EXPECT_EQ(body.value.at("html"), "");
}

TEST_F(Threads, AttachmentsAreDownloadsThatNoBrowserRuns) {
  const auto path = "/messages/" + stand.message.text() + "/attachments/";
  auto file = stand.as(stand.session_of(stand.max), "GET", path + "0");
  ASSERT_EQ(file.status, 200) << file.text;
  EXPECT_NE(file.text.find("<script>"), std::string::npos);
  EXPECT_EQ(file.header("Content-Type"), "application/octet-stream");
  EXPECT_TRUE(file.header("Content-Disposition").starts_with("attachment; "));
  EXPECT_NE(file.header("Content-Disposition").find("L%C3%A9b_enslauf.html"), std::string::npos);
  EXPECT_NE(file.header("Content-Security-Policy").find("sandbox"), std::string::npos);
  EXPECT_EQ(stand.as(stand.session_of(stand.max), "GET", path + "1").status, 404);
  EXPECT_EQ(stand.as(stand.session_of(stand.max), "GET", path + "x").status, 404);
}

TEST_F(Threads, S11_TheSourceIsForWhoseMailboxItLiesIn) {
  const auto path = "/messages/" + stand.message.text() + "/raw";
  auto own = stand.as(stand.session_of(stand.max), "GET", path);
  ASSERT_EQ(own.status, 200) << own.text;
  EXPECT_EQ(own.text, ApiStand::raw_message());
  EXPECT_EQ(own.header("Content-Type"), "message/rfc822");
  auto admin = stand.as(stand.session_of(stand.ada), "GET", path);
  EXPECT_EQ(admin.status, 404);
  EXPECT_EQ(admin.code(), "message.source-not-yours");
}

}  // namespace
}  // namespace hearback::api
