// C-13: an address counts as one's own only when that is proven.
#include <gtest/gtest.h>

#include <algorithm>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::Answer;
using fakes::ApiStand;

class Claims : public ::testing::Test {
 protected:
  Claims() {
    stand.found_company();
    ada = stand.session_of(stand.ada);
    max = stand.session_of(stand.max);
    eve = stand.session_of(stand.eve);
  }

  Answer connect(const std::string& session, const std::string& address) {
    const json::object server{
        {"host", "mail.mine.example"}, {"port", 993}, {"security", "tls"}, {"user", "me"}};
    return stand.as(session, "POST", "/mailboxes",
                    json::object{{"address", address},
                                 {"password", "pass word"},
                                 {"imap", server},
                                 {"smtp", server},
                                 {"consent", {{"text_version", "1"}, {"language", "en"}}}});
  }
  std::string refused(const std::string& session, const std::string& address) {
    auto answer = connect(session, address);
    EXPECT_EQ(answer.status, 409) << answer.text;
    return answer.code() + " " + answer.field();
  }
  bool is_internal(const std::string& address) {
    return !stand.ask(store::PeopleNamed{rules::engine_scope(stand.company), {address}})
                .internal.empty();
  }
  bool is_synced(CandidateId candidate) {
    const auto found =
        stand.ask(store::CandidateById{rules::engine_scope(stand.company), candidate});
    return found->candidate.addresses.at(0).synced;
  }

  ApiStand stand;
  std::string ada, max, eve;
};

// Eve doesn't see Carla: her claim is answered as one of an address that nobody has.
TEST_F(Claims, C13_NothingFollowsFromClaimingACandidatesAddress) {
  auto claimed = connect(eve, "carla@home.example");
  auto other = connect(eve, "nobody@home.example");
  ASSERT_EQ(claimed.status, 201) << claimed.text;
  EXPECT_EQ(other.status, 201);
  EXPECT_FALSE(is_internal("carla@home.example"));
  EXPECT_TRUE(is_synced(stand.carla));
  EXPECT_EQ(stand.as(max, "GET", "/threads/" + stand.thread.text()).status, 200);
  auto sent = stand.as(
      eve, "POST", "/messages",
      json::object{
          {"mailbox", claimed.value.at("id")},
          {"candidate", stand.add_candidate("Dora", "dora@home.example", stand.designer).text()},
          {"to", json::array{"dora@home.example"}},
          {"subject", "From Carla"},
          {"text", "Hello"}});
  EXPECT_EQ(sent.status, 409) << sent.text;
  EXPECT_EQ(sent.code() + " " + sent.field(), "mailbox.unproven mailbox");
}

TEST_F(Claims, C13_WhoSeesThatItIsACandidatesIsTold) {
  EXPECT_EQ(refused(max, "carla@home.example"), "address.of-candidate address");
  EXPECT_EQ(refused(ada, "carla@home.example"), "address.of-candidate address");
  EXPECT_TRUE(stand.tried.empty());
}

TEST_F(Claims, C13_AColleaguesAddressIsTheirs) {
  EXPECT_EQ(refused(max, "Eve@team.example"), "address.of-colleague address");
  EXPECT_EQ(refused(ada, "eve@team.example"), "address.of-colleague address");
  auto own = connect(eve, "eve@team.example");
  ASSERT_EQ(own.status, 201) << own.text;
  EXPECT_EQ(own.value.at("address_proof"), "sign_in");
  EXPECT_TRUE(is_internal("eve@team.example"));
}

TEST_F(Claims, C13_AnAdminsOwnWordIsEnough) {
  auto made = connect(ada, "jobs@team.example");
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.value.at("address_proof"), "admin");
  EXPECT_TRUE(is_internal("jobs@team.example"));
}

TEST_F(Claims, C13_AnAdminConfirms) {
  auto made = connect(eve, "jobs@team.example");
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.value.at("address_proof"), "none");
  EXPECT_EQ(connect(eve, "jobs@team.example").code(), "mailbox.already-connected");
  const auto rows = stand.as(ada, "GET", "/claims").value.at("rows").as_array();
  ASSERT_EQ(rows.size(), 1u);
  const auto wanted = json::object{{"id", made.value.at("id")},
                                   {"user", stand.eve.id.text()},
                                   {"user_name", "Eve"},
                                   {"address", "jobs@team.example"},
                                   {"imap_host", "mail.mine.example"},
                                   {"smtp_host", "mail.mine.example"},
                                   {"since", to_rfc3339(stand.env.clock)}};
  EXPECT_EQ(rows[0], wanted);
  const auto path = "/claims/" + std::string(made.value.at("id").as_string()) + "/decision";
  for (const auto& session : {eve, max}) {
    EXPECT_EQ(stand.as(session, "GET", "/claims").status, 403);
    EXPECT_EQ(stand.as(session, "POST", path, json::object{{"word", "confirm"}}).status, 403);
  }
  EXPECT_EQ(stand.as(ada, "POST", path, json::object{{"word", "perhaps"}}).field(), "word");
  EXPECT_EQ(stand.as(ada, "POST", path, json::object{{"word", "confirm"}}).status, 204);
  EXPECT_EQ(stand.as(ada, "POST", path, json::object{{"word", "confirm"}}).code(), "claim.missing");
  EXPECT_TRUE(stand.as(ada, "GET", "/claims").value.at("rows").as_array().empty());
  const auto mine = "/mailboxes/" + std::string(made.value.at("id").as_string());
  EXPECT_EQ(stand.as(eve, "GET", mine).value.at("address_proof"), "admin");
  EXPECT_EQ(stand.as(ada, "GET", mine).status, 404) << "C-6";
  EXPECT_TRUE(is_internal("jobs@team.example"));
}

TEST_F(Claims, C13_TheAdminSeesWhatTheClaimantMayNot) {
  auto made = connect(eve, "carla@home.example");
  ASSERT_EQ(made.status, 201) << made.text;
  const auto path = "/claims/" + std::string(made.value.at("id").as_string()) + "/decision";
  auto clash = stand.as(ada, "POST", path, json::object{{"word", "confirm"}});
  EXPECT_EQ(clash.status, 409);
  EXPECT_EQ(clash.code(), "address.of-candidate");
  EXPECT_TRUE(is_synced(stand.carla));
  EXPECT_EQ(stand.as(ada, "POST", path, json::object{{"word", "refuse"}}).status, 204);
  // What was refused tells no more than that, and can only be removed.
  const auto mine = "/mailboxes/" + std::string(made.value.at("id").as_string());
  EXPECT_EQ(stand.as(eve, "GET", mine).value.at("address_proof"), "refused");
  EXPECT_EQ(stand.as(eve, "PATCH", mine, json::object{{"state", "active"}}).code(),
            "mailbox.address-refused");
  EXPECT_EQ(stand.as(eve, "DELETE", mine).status, 204);
}

TEST_F(Claims, C13_AnotherBecomesAColleagueOfThatAddressMeanwhile) {
  auto made = connect(eve, "new@team.example");
  ASSERT_EQ(made.status, 201) << made.text;
  stand.add_user("New", rules::Role::manager);
  const auto mine = "/mailboxes/" + std::string(made.value.at("id").as_string());
  EXPECT_EQ(stand.as(eve, "GET", mine).value.at("address_proof"), "refused");
}

TEST_F(Claims, C13_AnAdminSeesTheAddressThatItIs) {
  auto made = connect(eve, "(jobs@team.example, checked by IT)X@Elsewhere.example");
  ASSERT_EQ(made.status, 201) << made.text;
  const auto rows = stand.as(ada, "GET", "/claims").value.at("rows").as_array();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].at("address"), "x@elsewhere.example");
  // What turns its surroundings around, or isn't seen, is kept nowhere.
  for (const std::string typed :
       {"(\xE2\x80\xAE)y@elsewhere.example", "y@else\xC2\xADwhere.example"}) {
    EXPECT_EQ(connect(eve, typed).code(), "address.invalid");
    EXPECT_EQ(stand
                  .as(ada, "POST", "/candidates",
                      json::object{{"name", "Y"}, {"addresses", json::array{json::value(typed)}}})
                  .code(),
              "address.invalid");
    EXPECT_EQ(stand
                  .as(ada, "POST", "/users",
                      json::object{{"name", "Y"}, {"email", typed}, {"role", "manager"}})
                  .code(),
              "address.invalid");
  }
}

TEST_F(Claims, C13_AConfirmationCanBeTakenBackAndStandsInNobodysWay) {
  auto made = connect(eve, "new@team.example");
  ASSERT_EQ(made.status, 201) << made.text;
  const auto path = "/claims/" + std::string(made.value.at("id").as_string()) + "/decision";
  const auto say = [&](const std::string& session, const char* word) {
    return stand.as(session, "POST", path, json::object{{"word", word}});
  };
  EXPECT_EQ(say(ada, "take_back").code(), "claim.missing");
  const auto waits = [&](const char* member) {
    for (const auto& row : stand.as(ada, "GET", "/users").value.at("rows").as_array())
      if (row.at("id").as_string() == stand.eve.id.text()) return row.at(member).as_bool();
    return false;
  };
  EXPECT_TRUE(waits("waiting"));
  EXPECT_FALSE(waits("connected"));
  ASSERT_EQ(say(ada, "confirm").status, 204);
  EXPECT_FALSE(waits("waiting"));
  EXPECT_TRUE(waits("connected"));
  const json::object form{{"name", "New"}, {"email", "new@team.example"}, {"role", "manager"}};
  auto clash = stand.as(ada, "POST", "/users", form);
  EXPECT_EQ(clash.status, 409);
  EXPECT_EQ(clash.code() + " " + clash.field(), "user.address-connected email");
  EXPECT_EQ(clash.value.at("claim").at("user_name"), "Eve");
  EXPECT_EQ(clash.value.at("claim").at("id"), made.value.at("id"));
  auto listed = stand.as(ada, "GET", "/claims?state=confirmed").value.at("rows").as_array();
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0], clash.value.at("claim"));
  EXPECT_EQ(stand.as(ada, "GET", "/claims?state=other").field(), "state");
  EXPECT_EQ(stand.as(eve, "GET", "/claims?state=confirmed").status, 403);
  EXPECT_EQ(say(eve, "take_back").status, 403);
  EXPECT_EQ(say(ada, "take_back").status, 204);
  EXPECT_FALSE(is_internal("new@team.example"));
  EXPECT_EQ(stand.as(ada, "POST", "/users", form).status, 201);
  const auto mine = "/mailboxes/" + std::string(made.value.at("id").as_string());
  EXPECT_EQ(stand.as(eve, "GET", mine).value.at("address_proof"), "refused");
}

// An admin's word says whose the address is: theirs to sign in by, and nobody else's.
TEST_F(Claims, C13_WhoseMailboxItIsMaySignInByItsAddress) {
  auto made = connect(eve, "new@team.example");
  const auto claim = "/claims/" + std::string(made.value.at("id").as_string()) + "/decision";
  ASSERT_EQ(stand.as(ada, "POST", claim, json::object{{"word", "confirm"}}).status, 204);
  const auto moves = [&](const rules::User& user, const char* address) {
    return stand.as(ada, "PATCH", "/users/" + user.id.text(), json::object{{"email", address}});
  };
  EXPECT_EQ(moves(stand.max, "new@team.example").code(), "user.address-connected");
  EXPECT_EQ(moves(stand.eve, "new@team.example").status, 200);
  EXPECT_EQ(moves(stand.eve, "eve@team.example").status, 200) << "and back";
}

// Counting what would match tells who is a candidate.
TEST_F(Claims, C13_NothingIsCountedInAMailboxThatWaits) {
  auto made = connect(eve, "jobs@team.example");
  const auto path = "/mailboxes/" + std::string(made.value.at("id").as_string()) + "/count";
  EXPECT_EQ(stand.as(eve, "POST", path, json::object{{"since", nullptr}}).code(),
            "mailbox.unproven");
}

TEST_F(Claims, C13_ClaimsOfOneUserAreLimited) {
  for (int i = 0; i < 10; ++i)
    ASSERT_EQ(connect(eve, "a" + std::to_string(i) + "@team.example").status, 201) << i;
  EXPECT_EQ(refused(eve, "a10@team.example"), "mailbox.too-many-claims address");
  EXPECT_EQ(connect(eve, "eve@team.example").status, 201);
  EXPECT_EQ(connect(max, "a10@team.example").status, 201);
}

}  // namespace
}  // namespace hearback::api
