#include "api/route.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "api/contract.hpp"
#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

using fakes::ApiStand;
namespace json = boost::json;

struct Operation {
  std::string method, path, id;
  auto operator<=>(const Operation&) const = default;
};

// The contract's operations, by its layout: paths at two spaces, methods at four, and the first
// operationId after each method.
std::set<Operation> operations_of_contract() {
  std::set<Operation> found;
  std::istringstream lines{std::string(contract())};
  Operation now;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("components:")) break;
    if (line.starts_with("  /")) now.path = line.substr(2, line.rfind(':') - 2);
    for (const char* method : {"get", "post", "put", "patch", "delete"})
      if (line.starts_with(std::string("    ") + method + ":")) {
        now.method = method;
        std::transform(now.method.begin(), now.method.end(), now.method.begin(), ::toupper);
      }
    const std::string word = "operationId: ";
    if (const auto at = line.find(word); at != std::string::npos) {
      const auto begin = at + word.size();
      now.id = line.substr(begin, line.find_first_of(", }", begin) - begin);
      found.insert(now);
    }
  }
  return found;
}

TEST(Routes, O2_EveryOperationIsRoutedAndEveryRouteIsInTheContract) {
  std::set<Operation> table;
  for (const auto& route : routes())
    table.insert(
        {std::string(route.method), std::string(route.path), std::string(route.operation)});
  EXPECT_EQ(table.size(), routes().size());
  EXPECT_EQ(table, operations_of_contract());
  EXPECT_GT(table.size(), 40u);
}

TEST(Routes, EachHasExactlyOneHandler) {
  for (const auto& route : routes())
    EXPECT_NE(route.work == nullptr, route.wait == nullptr) << route.operation;
}

TEST(Routes, PlaceholdersAreTakenFromThePath) {
  auto found = match("POST", "/api/v1/mailboxes/a/quarantine/b/7");
  ASSERT_TRUE(found.route);
  EXPECT_EQ(found.route->operation, "retryQuarantined");
  EXPECT_EQ(found.path, (std::vector<std::string>{"a", "b", "7"}));
  EXPECT_FALSE(match("GET", "/api/v1/mailboxes/").route);
  EXPECT_FALSE(match("GET", "/api/v1/me/").route);
  EXPECT_FALSE(match("GET", "/api/v2/me").route);
  auto other = match("PUT", "/api/v1/me");
  EXPECT_FALSE(other.route);
  EXPECT_EQ(other.allowed, "GET, PATCH");
}

// ---- who may do what: one row for each route, written down apart from the route table ----------

struct Policy {
  Right right;
  bool about_one;  // the path names something that not everybody may know of
};
const std::map<std::string_view, Policy> kPolicies = {
    {"getContract", {Right::anyone, false}},
    {"getHealth", {Right::anyone, false}},
    {"getSetup", {Right::anyone, false}},
    {"setUp", {Right::anyone, false}},
    {"signIn", {Right::anyone, false}},
    {"signOut", {Right::signed_in, false}},
    {"readLink", {Right::anyone, false}},
    {"useLink", {Right::anyone, false}},
    {"listSessions", {Right::in_person, false}},
    {"endOtherSessions", {Right::in_person, false}},
    {"endSession", {Right::in_person, true}},
    {"getMe", {Right::signed_in, false}},
    {"changeMe", {Right::signed_in, false}},
    {"changeCompany", {Right::manage_company, false}},
    {"listTokens", {Right::in_person, false}},
    {"changePassword", {Right::in_person, false}},
    {"makeToken", {Right::in_person, false}},
    {"removeToken", {Right::in_person, true}},
    {"listUsers", {Right::signed_in, false}},
    {"addUser", {Right::manage_people, false}},
    {"changeUser", {Right::manage_people, false}},
    {"makeLink", {Right::manage_people, false}},
    {"inviteToConnect", {Right::manage_company, false}},
    {"listInvitations", {Right::signed_in, false}},
    {"listOfferedServers", {Right::signed_in, false}},
    {"getJobNamed", {Right::signed_in, false}},
    {"putJob", {Right::edit_candidates, false}},
    {"getCandidateNamed", {Right::signed_in, false}},
    {"putCandidate", {Right::edit_candidates, false}},
    {"getApplicationNamed", {Right::signed_in, false}},
    {"putApplication", {Right::edit_candidates, false}},
    {"importCandidates", {Right::edit_candidates, false}},
    {"importJobs", {Right::edit_candidates, false}},
    {"listErrands", {Right::signed_in, false}},
    {"listClaims", {Right::manage_company, false}},
    {"decideClaim", {Right::manage_company, true}},
    {"listJobs", {Right::signed_in, false}},
    {"addJob", {Right::edit_candidates, false}},
    {"getJob", {Right::signed_in, true}},
    {"countStages", {Right::signed_in, true}},
    {"changeJob", {Right::edit_candidates, true}},
    {"listCandidates", {Right::signed_in, false}},
    {"addCandidate", {Right::edit_candidates, false}},
    {"getCandidate", {Right::signed_in, true}},
    {"changeCandidate", {Right::edit_candidates, true}},
    {"forgetCandidate", {Right::edit_candidates, true}},
    {"followCandidate", {Right::signed_in, true}},
    {"unfollowCandidate", {Right::signed_in, true}},
    {"catchUp", {Right::edit_candidates, true}},
    {"previewMerge", {Right::edit_candidates, true}},
    {"mergeCandidates", {Right::edit_candidates, true}},
    {"undoMerge", {Right::edit_candidates, true}},
    {"followJob", {Right::signed_in, true}},
    {"unfollowJob", {Right::signed_in, true}},
    {"addApplication", {Right::edit_candidates, true}},
    {"moveApplication", {Right::move_applications, true}},
    {"removeApplication", {Right::edit_candidates, true}},
    {"putBackApplication", {Right::edit_candidates, true}},
    {"addToCandidate", {Right::edit_candidates, true}},
    {"getHoldings", {Right::signed_in, true}},
    {"getTimeline", {Right::signed_in, true}},
    {"listFiles", {Right::signed_in, true}},
    {"addFile", {Right::edit_candidates, true}},
    {"getFile", {Right::signed_in, true}},
    {"removeFile", {Right::edit_candidates, true}},
    {"getOldMail", {Right::edit_candidates, true}},
    {"listAddressHolders", {Right::edit_candidates, false}},
    {"listThreads", {Right::signed_in, false}},
    {"getThread", {Right::signed_in, true}},
    {"changeThread", {Right::signed_in, true}},
    {"undoTakeOver", {Right::edit_candidates, true}},
    {"correctPlacement", {Right::edit_candidates, true}},
    {"undoCorrection", {Right::edit_candidates, true}},
    {"search", {Right::signed_in, false}},
    {"searchFiles", {Right::signed_in, false}},
    {"listPictures", {Right::signed_in, true}},
    {"loadPictures", {Right::signed_in, true}},
    {"getPicture", {Right::signed_in, true}},
    {"getCounts", {Right::signed_in, false}},
    {"getUnreadCounts", {Right::signed_in, false}},
    {"getMessageBody", {Right::signed_in, true}},
    {"getMessageSource", {Right::signed_in, true}},
    {"getAttachment", {Right::signed_in, true}},
    {"getAttachments", {Right::signed_in, true}},
    {"sendMessage", {Right::write_mail, false}},
    {"upload", {Right::write_mail, false}},
    {"listOutbox", {Right::signed_in, false}},
    {"getOutbox", {Right::signed_in, true}},
    {"decideOutbox", {Right::write_mail, true}},
    {"listMailboxes", {Right::signed_in, false}},
    {"connectMailbox", {Right::signed_in, false}},
    {"getMailbox", {Right::signed_in, true}},
    {"changeMailbox", {Right::signed_in, true}},
    {"disconnectMailbox", {Right::signed_in, true}},
    {"countWindow", {Right::signed_in, true}},
    {"setWindow", {Right::signed_in, true}},
    {"listFolders", {Right::signed_in, true}},
    {"setFolderRole", {Right::signed_in, true}},
    {"getPast", {Right::signed_in, true}},
    {"choosePast", {Right::signed_in, true}},
    {"answerPast", {Right::signed_in, true}},
    {"listNeverSynced", {Right::signed_in, true}},
    {"changeNeverSynced", {Right::signed_in, true}},
    {"listBodies", {Right::signed_in, true}},
    {"listQuarantined", {Right::signed_in, true}},
    {"retryQuarantined", {Right::signed_in, true}},
    {"streamEvents", {Right::signed_in, false}},
};

TEST(Policy, EveryRouteHasARowAndAsksForThatRight) {
  EXPECT_EQ(kPolicies.size(), routes().size());
  for (const auto& route : routes()) {
    ASSERT_TRUE(kPolicies.contains(route.operation)) << route.operation << " has no policy row";
    EXPECT_EQ(route.right, kPolicies.at(route.operation).right) << route.operation;
  }
}

class PolicyMatrix : public ::testing::Test {
 protected:
  PolicyMatrix() { stand.found_company(); }

  // The route's path with real ids of the stand in it (or with ids of nothing).
  std::string path_of(const Route& route, bool real) {
    std::string path(route.path);
    const auto put = [&](std::string_view name, const std::string& value) {
      if (const auto at = path.find(name); at != std::string::npos)
        path.replace(at, name.size(), value);
    };
    const std::string nothing = stand.make_id<MessageId>().text();
    const auto id = [&]() -> std::string {
      if (path.starts_with("/jobs")) return stand.engineer.text();
      if (path.starts_with("/candidates")) return stand.carla.text();
      if (path.starts_with("/threads")) return stand.thread.text();
      if (path.starts_with("/messages")) return stand.message.text();
      if (path.starts_with("/outbox")) return stand.outbox.text();
      if (path.starts_with("/mailboxes") || path.starts_with("/claims"))
        return stand.mailbox.text();
      if (path.starts_with("/users")) return stand.max.id.text();
      return nothing;
    };
    put("{id}", real ? id() : nothing);
    put("{folder}", real ? stand.folder.text() : nothing);
    put("{uid}", "7");
    put("{index}", "0");
    put("{file}", nothing);
    return path;
  }

  ApiStand stand;
};

TEST_F(PolicyMatrix, WithoutASessionEveryRouteIs401) {
  for (const auto& route : routes()) {
    if (route.right == Right::anyone) continue;
    auto answer = stand.as("", std::string(route.method), path_of(route, true), json::object{});
    EXPECT_EQ(answer.status, 401) << route.operation;
    EXPECT_EQ(answer.code(), "session.required") << route.operation;
    auto wrong = stand.as(Bearer::make(stand.company, stand.random).text(),
                          std::string(route.method), path_of(route, true), json::object{});
    EXPECT_EQ(wrong.status, 401) << route.operation;
  }
}

TEST_F(PolicyMatrix, RolesWithoutTheRightAreDenied) {
  const std::map<std::string, rules::User> users = {
      {"admin", stand.ada}, {"manager", stand.max}, {"evaluator", stand.eve}};
  for (const auto& [role, user] : users) {
    const auto session = stand.session_of(user);
    for (const auto& route : routes()) {
      if (allows(kPolicies.at(route.operation).right, user)) continue;
      auto answer =
          stand.as(session, std::string(route.method), path_of(route, true), json::object{});
      EXPECT_EQ(answer.status, 403) << role << " " << route.operation;
      EXPECT_EQ(answer.code(), "access.denied") << role << " " << route.operation;
    }
  }
}

// P-1, C-6: what somebody may not see is answered exactly like what doesn't exist.
TEST_F(PolicyMatrix, P1_C6_ForeignObjectsAreMissingNotDenied) {
  for (const auto& [user, sees_candidate] :
       {std::pair(stand.eve, false), std::pair(stand.ada, true)}) {
    const auto session = stand.session_of(user);
    for (const auto& route : routes()) {
      const auto& policy = kPolicies.at(route.operation);
      const bool about_candidate =
          !route.path.starts_with("/mailboxes") && !route.path.starts_with("/claims") &&
          !route.path.starts_with("/outbox") && route.operation != "getMessageSource";
      if (!policy.about_one || !allows(policy.right, user)) continue;
      if (about_candidate && sees_candidate) continue;
      const char* word = route.operation == "decideClaim" ? "confirm" : "cancel";
      auto foreign = stand.as(session, std::string(route.method), path_of(route, true),
                              json::object{{"word", word}});
      auto nothing = stand.as(session, std::string(route.method), path_of(route, false),
                              json::object{{"word", word}});
      EXPECT_EQ(foreign.status, 404) << user.name << " " << route.operation << foreign.text;
      EXPECT_EQ(nothing.status, 404) << user.name << " " << route.operation << nothing.text;
      if (route.operation != "getMessageSource")
        EXPECT_EQ(foreign.text, nothing.text) << user.name << " " << route.operation;
    }
  }
}

struct Sent {
  const char* name;
  std::optional<std::string> site, origin;
  bool allowed;
};
const std::vector<Sent> kSenders = {
    {"our page", "same-origin", "http://127.0.0.1:8025", true},
    {"typed by the user", "none", "http://127.0.0.1:8025", true},
    {"another site", "cross-site", "http://evil.example", false},
    {"another site that lies about its origin", "cross-site", "http://127.0.0.1:8025", false},
    {"a sibling", "same-site", "http://127.0.0.1:9999", false},
    {"another port", "same-origin", "http://127.0.0.1:9999", false},
    {"another scheme", "same-origin", "https://127.0.0.1:8025", false},
    {"a sandboxed frame", "cross-site", "null", false},
    {"no origin", "same-origin", std::nullopt, false},
    {"no site", std::nullopt, "http://127.0.0.1:8025", false},
    {"an old browser", std::nullopt, std::nullopt, false},
};

TEST_F(PolicyMatrix, CrossSiteRequestsAreRefusedOnEveryUnsafeRoute) {
  const auto session = stand.session_of(stand.ada);
  for (const auto& route : routes()) {
    if (route.method == "GET") continue;
    for (const auto& sender : kSenders) {
      // The body is wrong on purpose: what matters is who gets as far as having it read.
      auto request = ApiStand::request_for(std::string(route.method),
                                           "/api/v1" + path_of(route, false), json::array{});
      request.headers.emplace_back("cookie", "hearback=" + session);
      if (sender.site) request.headers.emplace_back("sec-fetch-site", *sender.site);
      if (sender.origin) request.headers.emplace_back("origin", *sender.origin);
      if (sender.allowed && route.operation == "signOut") continue;  // would end the session
      auto answer = stand.send(std::move(request));
      if (sender.allowed)
        EXPECT_NE(answer.code(), "csrf.cross-site") << route.operation << ": " << sender.name;
      else
        EXPECT_EQ(answer.code(), "csrf.cross-site") << route.operation << ": " << sender.name;
    }
  }
}

TEST_F(PolicyMatrix, SigningInFromAnotherSiteIsRefusedToo) {
  for (const char* path : {"/api/v1/session", "/api/v1/setup"}) {
    auto request = ApiStand::request_for("POST", path, json::object{});
    request.headers.emplace_back("sec-fetch-site", "cross-site");
    request.headers.emplace_back("origin", "http://evil.example");
    EXPECT_EQ(stand.send(request).code(), "csrf.cross-site");
    // A program says nothing of the kind.
    EXPECT_EQ(stand.send(ApiStand::request_for("POST", path, json::object{})).status, 422);
  }
}

}  // namespace
}  // namespace hearback::api
