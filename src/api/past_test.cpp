#include <gtest/gtest.h>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::ApiStand;

const std::string kWanda = "wanda@home.example";

class PastApi : public ::testing::Test {
 protected:
  PastApi() {
    stand.found_company();
    max = stand.session_of(stand.max);
    ada = stand.session_of(stand.ada);
    path = "/mailboxes/" + stand.mailbox.text() + "/past";
  }
  // Ada makes a candidate of somebody with whom mail lies in Max's mailbox, as sync finds.
  std::string ask(json::object more = {}) {
    stand.env.clock = stand.env.clock + std::chrono::hours(1);
    json::object candidate{{"name", "Wanda"}, {"addresses", {kWanda}}};
    for (const auto& [key, value] : more) candidate[key] = value;
    const auto added = stand.as(ada, "POST", "/candidates", candidate);
    EXPECT_EQ(added.status, 201) << added.text;
    stand.commit({store::NotePast{stand.mailbox, kWanda, stand.env.clock}});
    return std::string(added.value.at("id").as_string());
  }
  // About what is shown now.
  json::object word(const char* word) {
    const auto rows = stand.as(max, "GET", path).value.at("rows").as_array();
    return {{"address", kWanda},
            {"word", word},
            {"shown", rows.empty() ? json::value(0) : rows.at(0).at("shown")}};
  }

  ApiStand stand;
  std::string max, ada, path;
};

TEST_F(PastApi, C14_TheOwnerIsAskedAndAnswers) {
  const auto nothing = stand.as(max, "GET", path);
  ASSERT_EQ(nothing.status, 200) << nothing.text;
  EXPECT_EQ(nothing.value.at("past"), "ask");
  ask({{"job", stand.engineer.text()}});
  const auto asked = stand.as(max, "GET", path);
  EXPECT_EQ(asked.value.at("asked"), 1);
  const auto& row = asked.value.at("rows").at(0);
  EXPECT_EQ(row.at("address"), kWanda.c_str());
  EXPECT_EQ(row.at("added_by"), stand.ada.name.c_str());
  EXPECT_EQ(row.at("state"), "asked");
  EXPECT_EQ(row.at("candidates").at(0).at("name"), "Wanda");
  EXPECT_EQ(row.at("candidates").at(0).at("jobs").as_array().size(), 1u);
  EXPECT_TRUE(row.at("brought").is_null());
  const auto declined = stand.as(max, "POST", path, word("decline"));
  EXPECT_EQ(declined.value.at("rows").at(0).at("state"), "declined") << declined.text;
  EXPECT_EQ(declined.value.at("asked"), 0);
  const auto opened = stand.as(max, "POST", path, word("open"));
  EXPECT_EQ(opened.value.at("rows").at(0).at("state"), "opened");
  EXPECT_EQ(opened.value.at("rows").at(0).at("brought"), 0);
  EXPECT_EQ(opened.value.at("rows").at(0).at("searching"), true);
  EXPECT_EQ(stand.as(max, "POST", path, word("decline")).code(), "past.opened");
}

// Whom the owner may not see isn't told of: the address is, and who added it.
TEST_F(PastApi, C14_ACandidateWhomTheOwnerMayNotSeeStaysUntold) {
  ask({{"job", stand.designer.text()}, {"name", "Wanda the hidden"}});
  const auto asked = stand.as(max, "GET", path);
  EXPECT_TRUE(asked.value.at("rows").at(0).at("candidates").as_array().empty()) << asked.text;
  EXPECT_EQ(asked.text.find("hidden"), std::string::npos);
}

TEST_F(PastApi, C14_NobodyElseIsToldOrDecides) {
  ask();
  for (const auto* method : {"GET", "PUT", "POST"}) {
    const auto body =
        std::string_view(method) == "PUT" ? json::object{{"past", "open"}} : word("open");
    EXPECT_EQ(stand.as(ada, method, path, body).status, 404) << method;
  }
  EXPECT_EQ(stand.as(max, "GET", path).value.at("past"), "ask");
}

TEST_F(PastApi, C14_AllThatWaitAreAnsweredInOneGo) {
  const std::string box = "/mailboxes/" + stand.mailbox.text();
  EXPECT_EQ(stand.as(max, "GET", box).value.at("past_asked"), 0);
  const auto candidate = ask();
  EXPECT_EQ(stand.as(max, "GET", box).value.at("past_asked"), 1);
  auto seen = stand.as(max, "GET", path).value;
  EXPECT_EQ(seen.at("own"), true);
  const auto all = [&](const char* word) {
    return stand.as(max, "POST", path, json::object{{"word", word}, {"newest", seen.at("newest")}});
  };
  EXPECT_EQ(stand.as(max, "POST", path, json::object{{"word", "open"}}).status, 422) << "unseen";
  const auto none = all("decline");
  EXPECT_EQ(none.value.at("rows").at(0).at("state"), "declined") << none.text;
  EXPECT_EQ(stand.as(max, "GET", box).value.at("past_asked"), 0);
  const auto again = stand.as(max, "POST", path,
                              json::object{{"word", "ask"}, {"declined", none.value.at("now")}});
  EXPECT_EQ(again.value.at("rows").at(0).at("state"), "asked") << again.text;
  EXPECT_EQ(all("open").code(), "past.more-wait");
  EXPECT_EQ(stand.as(max, "POST", path, json::object{{"word", "ask"}}).status, 422);
  EXPECT_EQ(stand.as(max, "POST", path, word("ask")).status, 422);
  EXPECT_EQ(stand.as(max, "POST", path, json::object{{"address", 1}, {"word", "open"}}).status,
            422);
  EXPECT_EQ(stand.as(ada, "DELETE", "/candidates/" + candidate).status, 204);
  ask();
  seen = stand.as(max, "GET", path).value;
  EXPECT_EQ(all("open").value.at("rows").at(0).at("state"), "opened");
}

// The page may show whom a colleague made a candidate who is deleted, while another made one of
// somebody with that address.
TEST_F(PastApi, C14_NothingOpensForWhoWasntShown) {
  const auto first = ask();
  auto unseen = word("open");
  EXPECT_EQ(stand.as(ada, "DELETE", "/candidates/" + first).status, 204);
  ask();
  EXPECT_EQ(stand.as(max, "POST", path, unseen).code(), "past.asked-anew");
  unseen.erase("shown");
  EXPECT_EQ(stand.as(max, "POST", path, unseen).status, 422);
  EXPECT_EQ(stand.as(max, "GET", path).value.at("asked"), 1);
  EXPECT_EQ(stand.as(max, "POST", path, word("open")).value.at("rows").at(0).at("state"), "opened");
}

TEST_F(PastApi, C14_TheListIsPagedAndWhatIsLookedForCanBeAskedForAlone) {
  ask();
  const auto page = stand.as(max, "GET", path + "?limit=1");
  EXPECT_EQ(page.value.at("rows").as_array().size(), 1u) << page.text;
  EXPECT_TRUE(page.value.at("next").is_null());
  EXPECT_EQ(stand.as(max, "GET", path + "?cursor=x").status, 422);
  EXPECT_TRUE(stand.as(max, "GET", path + "?searching=true").value.at("rows").as_array().empty());
  stand.as(max, "POST", path, word("open"));
  EXPECT_EQ(stand.as(max, "GET", path + "?searching=true").value.at("rows").as_array().size(), 1u);
}

TEST_F(PastApi, C14_TheChoiceIsKept) {
  EXPECT_EQ(stand.as(max, "PUT", path, json::object{{"past", "open"}}).value.at("past"), "open");
  EXPECT_EQ(stand.as(max, "PUT", path, json::object{{"past", "never"}}).status, 422);
  ask();
  const auto told = stand.as(max, "GET", path);
  EXPECT_EQ(told.value.at("past"), "open");
  EXPECT_EQ(told.value.at("asked"), 0);
  EXPECT_EQ(told.value.at("rows").at(0).at("state"), "opened");
}

// Of those who add: mailboxes in numbers, whether or not any mail lies there.
TEST_F(PastApi, C14_WhoAddsIsToldHowManyMailboxesArentOpen) {
  const auto candidate = ask();
  const auto search = [&] {
    return stand.as(ada, "GET", "/candidates/" + candidate + "/old-mail").value.at("search");
  };
  EXPECT_EQ(search().at("closed"), 1);
  EXPECT_EQ(search().at("searching"), 0);
  stand.as(max, "POST", path, word("open"));
  EXPECT_EQ(search().at("closed"), 0);
  EXPECT_EQ(search().at("searching"), 1);
}

}  // namespace
}  // namespace hearback::api
