#include <gtest/gtest.h>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::ApiStand;

class NeverSyncedApi : public ::testing::Test {
 protected:
  NeverSyncedApi() {
    stand.found_company();
    max = stand.session_of(stand.max);
    ada = stand.session_of(stand.ada);
    path = "/mailboxes/" + stand.mailbox.text() + "/never-synced";
  }
  static json::object naming(json::array add, json::array remove = {}) {
    return {{"add", std::move(add)}, {"remove", std::move(remove)}};
  }
  static std::vector<std::string> entries_of(const fakes::Answer& answer) {
    std::vector<std::string> entries;
    for (const auto& row : answer.value.at("rows").as_array())
      entries.emplace_back(row.at("entry").as_string());
    return entries;
  }

  using Names = std::vector<std::string>;
  ApiStand stand;
  std::string max, ada, path;
};

TEST_F(NeverSyncedApi, C14_TheOwnerNamesPeopleAndDomains) {
  EXPECT_EQ(entries_of(stand.as(max, "GET", path)), Names{});
  const auto named = stand.as(max, "PATCH", path, naming({" Law@firm.example", "@clinic.example"}));
  ASSERT_EQ(named.status, 200) << named.text;
  EXPECT_EQ(entries_of(named), (Names{"clinic.example", "Law@firm.example"}));
  const auto fewer = stand.as(max, "PATCH", path, naming({}, {"law@FIRM.example"}));
  EXPECT_EQ(entries_of(fewer), (Names{"clinic.example"}));
  EXPECT_EQ(entries_of(stand.as(max, "GET", path)), (Names{"clinic.example"}));
  EXPECT_EQ(stand.as(max, "PATCH", path, json::object{}).status, 200);
}

TEST_F(NeverSyncedApi, C14_WhatIsWrongIsSaid) {
  for (const auto* member : {"add", "remove"}) {
    const auto refused = stand.as(max, "PATCH", path, json::object{{member, {"Jane Doe"}}});
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(refused.code(), "mailbox.never-synced-entry");
    EXPECT_EQ(refused.field(), member);
  }
  EXPECT_EQ(stand.as(max, "PATCH", path, naming({std::string(321, 'a') + ".example"})).status, 422);
  json::array many;
  for (int i = 0; i < 500; ++i) many.push_back(json::value("n" + std::to_string(i) + ".example"));
  ASSERT_EQ(stand.as(max, "PATCH", path, naming(many)).status, 200);
  const auto full = stand.as(max, "PATCH", path, naming({"more.example"}));
  EXPECT_EQ(full.status, 422);
  EXPECT_EQ(full.code(), "mailbox.never-synced-full");
  many.push_back("more.example");
  EXPECT_EQ(stand.as(max, "PATCH", path, naming(many)).code(), "field.too-many");
}

// C-6: not even that there is a list. Whoever may manage a shared mailbox isn't its owner.
TEST_F(NeverSyncedApi, C14_NobodyElseIsTold) {
  stand.commit({store::ChangeNeverSynced{
      stand.mailbox, {*rules::never_synced_entry("law@firm.example")}, {}}});
  const auto foreign = stand.as(ada, "GET", path);
  const auto nothing =
      stand.as(ada, "GET", "/mailboxes/" + stand.make_id<MailboxId>().text() + "/never-synced");
  EXPECT_EQ(foreign.status, 404);
  EXPECT_EQ(foreign.text, nothing.text);
  EXPECT_EQ(stand.as(ada, "PATCH", path, naming({"x.example"})).status, 404);
  EXPECT_EQ(stand.as(max, "GET", "/mailboxes/" + stand.mailbox.text()).text.find("firm.example"),
            std::string::npos);
}

}  // namespace
}  // namespace hearback::api
