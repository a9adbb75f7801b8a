#include <gtest/gtest.h>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::ApiStand;

class Outbox : public ::testing::Test {
 protected:
  Outbox() { stand.found_company(); }

  std::size_t rows(const std::string& session, std::string path) {
    auto answer = stand.as(session, "GET", std::move(path));
    EXPECT_EQ(answer.status, 200) << answer.text;
    return answer.value.at("rows").as_array().size();
  }

  ApiStand stand;
};

TEST_F(Outbox, W5_TheAuthorDecidesOnWhatIsUncertain) {
  const auto max = stand.session_of(stand.max);
  const auto path = "/outbox/" + stand.outbox.text();
  EXPECT_EQ(rows(max, "/outbox"), 1u);
  EXPECT_EQ(rows(stand.session_of(stand.ada), "/outbox"), 0u);
  EXPECT_EQ(stand
                .as(stand.session_of(stand.ada), "POST", path + "/decision",
                    json::object{{"word", "resend"}})
                .status,
            404);
  EXPECT_EQ(stand.as(max, "POST", path + "/decision", json::object{{"word", "perhaps"}}).field(),
            "word");
  auto sent = stand.as(max, "POST", path + "/decision", json::object{{"word", "consider_sent"}});
  ASSERT_EQ(sent.status, 200) << sent.text;
  EXPECT_EQ(sent.value.at("state"), "sent");
  auto late = stand.as(max, "POST", path + "/decision", json::object{{"word", "resend"}});
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(late.code(), "outbox.too-late");
}

}  // namespace
}  // namespace hearback::api
