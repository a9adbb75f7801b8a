// O-5: merging two candidates, and parting them again.
#include <gtest/gtest.h>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::ApiStand;

class Merges : public ::testing::Test {
 protected:
  Merges() {
    stand.found_company();
    twin = stand.add_candidate("C. Twin", "twin@work.example", stand.engineer);
    max = stand.session_of(stand.max), ada = stand.session_of(stand.ada),
    eve = stand.session_of(stand.eve);
  }
  static std::string path(CandidateId id, std::string_view more = "") {
    return "/candidates/" + id.text() + std::string(more);
  }
  fakes::Answer preview(const std::string& session, CandidateId kept, CandidateId merged) {
    return stand.as(session, "GET", path(kept, "/merge?with=") + merged.text());
  }
  fakes::Answer merge(const std::string& session, CandidateId kept, CandidateId merged,
                      json::object more = {}) {
    auto seen = preview(session, kept, merged);
    json::object body{{"with", merged.text()},
                      {"version", seen.status == 200 ? seen.value.at("version") : "none"}};
    for (auto& [key, value] : more) body[key] = value;
    return stand.as(session, "POST", path(kept, "/merge"), std::move(body));
  }
  fakes::Answer undo(const std::string& session, CandidateId merged) {
    return stand.as(session, "DELETE", "/merges/" + merged.text());
  }

  ApiStand stand;
  CandidateId twin;
  std::string max, ada, eve;
};

TEST_F(Merges, O5_ThePreviewIsWhatHappens) {
  const auto seen = preview(max, stand.carla, twin);
  ASSERT_EQ(seen.status, 200) << seen.text;
  EXPECT_EQ(seen.value.at("merged_name"), "C. Twin");
  EXPECT_EQ(seen.value.at("addresses").as_array().size(), 2u);
  EXPECT_EQ(seen.value.at("addresses").at(1).at("of"), "merged");
  EXPECT_EQ(seen.value.at("applications").at(1).at("left_out"), true);
  EXPECT_EQ(seen.value.at("threads"), 0);
  const auto done = merge(max, stand.carla, twin);
  ASSERT_EQ(done.status, 204) << done.text;
  const auto shown = stand.as(max, "GET", path(stand.carla)).value;
  EXPECT_EQ(shown.at("name"), "Carla");
  EXPECT_EQ(shown.at("addresses").as_array().size(), 2u);
  EXPECT_EQ(shown.at("merges").at(0).at("name"), "C. Twin");
  EXPECT_EQ(shown.at("merges").at(0).at("by"), "Max");
  EXPECT_TRUE(shown.at("merges").at(0).at("undo_until").is_string());
  const auto told = [&](CandidateId whose, std::size_t at) {
    auto timeline = stand.as(max, "GET", path(whose, "/timeline"));
    EXPECT_EQ(timeline.status, 200) << timeline.text;
    return timeline.value.at("merges").at(at).as_object();
  };
  EXPECT_EQ(told(stand.carla, 0).at("name"), "C. Twin");
  EXPECT_EQ(told(stand.carla, 0).at("by"), "Max");
  EXPECT_EQ(told(stand.carla, 0).at("undone"), false);
  ASSERT_EQ(undo(max, twin).status, 204);
  EXPECT_EQ(told(stand.carla, 1).at("undone"), true);
  EXPECT_EQ(told(twin, 1).at("name"), "Carla");
  EXPECT_EQ(stand.as(max, "GET", path(twin)).value.at("name"), "C. Twin");
  EXPECT_TRUE(stand.as(max, "GET", path(stand.carla)).value.at("merges").as_array().empty());
  EXPECT_EQ(undo(max, twin).code(), "merge.missing");
}

TEST_F(Merges, O5_WhoseLinkIsOldIsLedOnAndChangesNothing) {
  ASSERT_EQ(merge(max, twin, stand.carla, {{"name", "merged"}}).status, 204);
  EXPECT_EQ(stand.as(max, "GET", path(twin)).value.at("name"), "Carla");
  const auto led = stand.as(max, "GET", path(stand.carla));
  ASSERT_EQ(led.status, 200);
  EXPECT_EQ(led.value.at("id").as_string(), twin.text());
  for (const auto* part : {"/timeline", "/files", "/holdings", "/old-mail"})
    EXPECT_EQ(stand.as(max, "GET", path(stand.carla, part)).status, 200) << part;
  EXPECT_EQ(stand.as(max, "GET", path(stand.carla, "/holdings")).value.at("threads"), 1);
  EXPECT_EQ(stand.as(max, "GET", "/threads?candidate=" + stand.carla.text())
                .value.at("rows")
                .as_array()
                .size(),
            1u);
  const auto code = [&](std::string method, std::string_view part, json::object body = {}) {
    return stand.as(max, std::move(method), path(stand.carla, part), std::move(body)).code();
  };
  EXPECT_EQ(code("PATCH", "", {{"addresses", json::array{}}}), "candidate.merged");
  EXPECT_EQ(code("DELETE", ""), "candidate.merged");
  EXPECT_EQ(code("POST", "/catch-up"), "candidate.merged");
  EXPECT_EQ(stand.as(max, "GET", path(twin)).value.at("addresses").as_array().size(), 2u);
}

TEST_F(Merges, O5_C14_WhoMayAndWhatTheyAreTold) {
  const auto hidden = stand.add_candidate("Hidden", "hidden@home.example", stand.designer);
  EXPECT_EQ(preview(eve, stand.carla, twin).status, 403);
  EXPECT_EQ(merge(eve, stand.carla, twin).status, 403);
  // Max doesn't see the hidden one: nobody is there.
  const auto nobody = preview(max, stand.carla, stand.make_id<CandidateId>());
  EXPECT_EQ(nobody.status, 404);
  for (const auto& answer :
       {preview(max, stand.carla, hidden), preview(max, hidden, stand.carla)}) {
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.code(), nobody.code());
  }
  EXPECT_EQ(merge(max, stand.carla, hidden).status, 404);
  EXPECT_EQ(merge(max, hidden, stand.carla).status, 404);
  ASSERT_EQ(merge(ada, hidden, twin).status, 204);
  EXPECT_EQ(undo(eve, twin).status, 403);
  EXPECT_EQ(undo(max, hidden).code(), "merge.missing");
  EXPECT_EQ(undo(max, twin).status, 204) << "Max sees them by the job they came with";
}

TEST_F(Merges, O5_AskedForTwiceAndWrongly) {
  EXPECT_EQ(preview(max, twin, twin).code(), "merge.same");
  EXPECT_EQ(merge(max, twin, twin).status, 422);
  EXPECT_EQ(stand.as(max, "GET", path(twin, "/merge")).status, 422);
  EXPECT_EQ(stand
                .as(max, "POST", path(stand.carla, "/merge"),
                    json::object{{"with", twin.text()}, {"version", "another"}})
                .code(),
            "merge.changed");
  EXPECT_EQ(merge(max, stand.carla, twin, {{"name", "neither"}}).status, 422);
  EXPECT_EQ(merge(max, stand.carla, twin).status, 204);
  EXPECT_EQ(merge(max, stand.carla, twin).status, 404);
  EXPECT_EQ(merge(max, twin, stand.carla).status, 404);
}

}  // namespace
}  // namespace hearback::api
