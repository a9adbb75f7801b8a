// M-3: writing to somebody who is no candidate, and making one of them.
#include <gtest/gtest.h>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::Answer;
using fakes::ApiStand;

class NonCandidates : public ::testing::Test {
 protected:
  NonCandidates() {
    stand.found_company();
    ada = stand.session_of(stand.ada);
    max = stand.session_of(stand.max);
    eve = stand.session_of(stand.eve);
  }
  json::object draft(json::array to) {
    return {{"mailbox", stand.mailbox.text()},
            {"to", std::move(to)},
            {"subject", "A question"},
            {"text", "Do you know somebody?"}};
  }
  Answer send(json::object body) { return stand.as(max, "POST", "/messages", std::move(body)); }
  std::string refused(json::object body) {
    auto answer = send(std::move(body));
    return std::to_string(answer.status) + " " + answer.code() + " " + answer.field();
  }
  static std::string text_of(const json::value& value) { return std::string(value.as_string()); }
  std::string thread_to(std::string address) {
    auto sent = send(draft({json::value(std::move(address))}));
    EXPECT_EQ(sent.status, 202) << sent.text;
    return text_of(sent.value.at("thread"));
  }
  std::size_t listed(const std::string& session, std::string place) {
    return stand.as(session, "GET", "/threads?place=" + place).value.at("rows").as_array().size();
  }
  Answer make(const std::string& session, std::string thread, json::object more = {}) {
    json::object body{{"name", "Pat Doe"}, {"addresses", {"pat@agency.example"}}};
    body["job"] = stand.engineer.text();
    body["thread"] = std::move(thread);
    for (auto& [name, value] : more) body[name] = value;
    return stand.as(session, "POST", "/candidates", std::move(body));
  }

  ApiStand stand;
  std::string ada, max, eve;
};

TEST_F(NonCandidates, M3_WhoAddsACandidateIsToldOfTheExchangeThatComesAlong) {
  const auto thread = thread_to("pat@agency.example");
  const auto exchange = [&](const std::string& session, const std::string& address) {
    return stand.as(session, "GET", "/address-holders?address=" + address).value.at("exchange");
  };
  EXPECT_EQ(exchange(max, "PAT@agency.example"), json::value(thread));
  // What is Max's own isn't offered to whoever sees all jobs: not yet.
  EXPECT_TRUE(exchange(ada, "pat@agency.example").is_null());
  EXPECT_TRUE(exchange(ada, "at@agency.example").is_null());
  // SEE-4: what another keeps for themselves isn't told of.
  auto mara = stand.session_of(stand.add_user("Mara", rules::Role::manager));
  EXPECT_TRUE(exchange(mara, "pat@agency.example").is_null());
  ASSERT_EQ(make(max, thread).status, 201);
  EXPECT_TRUE(exchange(ada, "pat@agency.example").is_null());
}

TEST_F(NonCandidates, M3_ALetterToAnybodyBeginsAConversationAmongNonCandidates) {
  auto sent = send(draft({"Pat@Agency.example"}));
  ASSERT_EQ(sent.status, 202) << sent.text;
  const auto thread = text_of(sent.value.at("thread"));
  const auto before = listed(max, "all");
  EXPECT_EQ(listed(max, "non-candidates"), 1u);
  EXPECT_EQ(listed(ada, "non-candidates"), 1u);  // sees all jobs
  EXPECT_EQ(listed(eve, "non-candidates"), 0u);
  EXPECT_EQ(stand.as(eve, "GET", "/threads/" + thread).status, 404);
  auto shown = stand.as(max, "GET", "/threads/" + thread);
  EXPECT_EQ(shown.value.at("non_candidate"), true);
  EXPECT_EQ(shown.value.at("candidate_name"), "Pat@Agency.example");
  const auto person = text_of(shown.value.at("candidate"));
  for (const auto* what : {"", "/timeline", "/files", "/holdings"})
    EXPECT_EQ(stand.as(ada, "GET", "/candidates/" + person + what).status, 404) << what;
  EXPECT_EQ(stand.as(ada, "PATCH", "/candidates/" + person, json::object{{"name", "X"}}).status,
            404);
  EXPECT_EQ(stand.as(ada, "DELETE", "/candidates/" + person).status, 404);
  EXPECT_EQ(stand
                .as(ada, "POST", "/candidates/" + person + "/applications",
                    json::object{{"job", stand.engineer.text()}})
                .status,
            404);
  // Neither named by anything in the bytes, nor told apart from the next letter's.
  const auto id = *OutboxId::parse(std::string_view(sent.value.at("id").as_string()));
  auto row = stand.ask(store::OutboxById{rules::engine_scope(stand.company), id});
  auto bytes = stand.ask(store::BlobBytes{stand.company, row->bytes});
  EXPECT_NE(bytes->find("To: Pat@agency.example\r\n"), std::string::npos) << *bytes;
  EXPECT_NE(thread_to("pat@agency.example"), thread);
  auto second = stand.as(max, "GET", "/threads/" + thread_to("pat@agency.example"));
  EXPECT_EQ(text_of(second.value.at("candidate")), person);
  EXPECT_EQ(listed(max, "all"), before);
}

TEST_F(NonCandidates, M3_AnAnswerInItGoesOut) {
  const auto thread = thread_to("pat@agency.example");
  auto body = draft({"pat@agency.example", "sam@agency.example"});
  body["thread"] = thread;
  auto sent = send(body);
  ASSERT_EQ(sent.status, 202) << sent.text;
  EXPECT_EQ(text_of(sent.value.at("thread")), thread);
  EXPECT_EQ(stand.as(eve, "POST", "/messages", body).status, 404);
}

TEST_F(NonCandidates, M3_W3_NeitherToCandidatesNorToColleaguesAlone) {
  EXPECT_EQ(refused(draft({"carla@home.example"})), "422 recipients.a-candidate to");
  EXPECT_EQ(refused(draft({"pat@agency.example", "carla@home.example"})),
            "422 recipients.a-candidate to");
  auto copied = draft({"pat@agency.example"});
  copied["cc"] = json::array{"carla@home.example"};
  EXPECT_EQ(refused(copied), "422 recipients.candidate-in-copy cc");
  EXPECT_EQ(refused(draft({json::value(stand.ada.email)})), "422 recipients.colleagues-only to");
  EXPECT_EQ(refused(draft({"no address"})), "422 address.invalid to");
  EXPECT_EQ(listed(ada, "non-candidates"), 0u);
  // A colleague first: it is with whom it is with.
  auto both = send(draft({json::value(stand.ada.email), "pat@agency.example"}));
  ASSERT_EQ(both.status, 202) << both.text;
  auto shown = stand.as(max, "GET", "/threads/" + text_of(both.value.at("thread")));
  EXPECT_EQ(shown.value.at("candidate_name"), "pat@agency.example");
}

TEST_F(NonCandidates, SEE4_WhoIsACandidateUnseenIsAnsweredLikeAnybody) {
  const rules::CandidateAddress hidden{.address = "hidden@home.example",
                                       .normal = "hidden@home.example"};
  const auto id = stand.make_id<CandidateId>();
  stand.commit(
      {store::PutCandidate{id, "Hidden", {hidden}, stand.env.clock},
       store::PutApplication{
           {stand.make_id<ApplicationId>(), id, stand.designer, {}, {}, stand.env.clock}}});
  auto to_hidden = send(draft({"hidden@home.example"}));
  auto to_nobody = send(draft({"nobody@home.example"}));
  EXPECT_EQ(to_hidden.status, 202) << to_hidden.text;
  EXPECT_EQ(to_nobody.status, 202);
  auto shown = stand.as(max, "GET", "/threads/" + text_of(to_hidden.value.at("thread")));
  EXPECT_EQ(shown.value.at("candidate_name"), "hidden@home.example");
  EXPECT_EQ(shown.value.at("non_candidate"), true);
}

TEST_F(NonCandidates, M3_ACandidateIsMadeAndUnmade) {
  const auto thread = thread_to("pat@agency.example");
  EXPECT_EQ(make(eve, thread).code(), "access.denied");
  auto made = make(max, thread);
  ASSERT_EQ(made.status, 201) << made.text;
  const auto id = text_of(made.value.at("id"));
  EXPECT_EQ(made.value.at("name"), "Pat Doe");
  EXPECT_EQ(made.value.at("addresses").at(0).at("synced"), true);
  EXPECT_EQ(listed(max, "non-candidates"), 0u);
  auto shown = stand.as(max, "GET", "/threads/" + thread);
  EXPECT_EQ(shown.value.at("non_candidate"), false);
  EXPECT_EQ(text_of(shown.value.at("candidate")), id);
  EXPECT_EQ(make(max, thread).code(), "thread.of-candidate");
  const auto undo = "/threads/" + thread + "/candidate";
  EXPECT_EQ(stand.as(eve, "DELETE", undo).status, 403);
  ASSERT_EQ(stand.as(max, "DELETE", undo).status, 204);
  EXPECT_EQ(stand.as(max, "DELETE", undo).status, 204);  // it is so already
  EXPECT_EQ(listed(max, "non-candidates"), 1u);
  EXPECT_EQ(stand.as(max, "GET", "/candidates/" + id).status, 404);
  EXPECT_EQ(stand.as(max, "GET", "/candidates").value.at("rows").as_array().size(), 1u);
}

TEST_F(NonCandidates, M3_WhatCannotBeMadeIsAsked) {
  const auto thread = thread_to("pat@agency.example");
  auto shared = make(max, thread, {{"addresses", {"carla@home.example"}}});
  EXPECT_EQ(shared.code(), "candidate.address-shared");
  EXPECT_EQ(listed(max, "non-candidates"), 1u);
  EXPECT_EQ(make(max, stand.thread.text()).code(), "thread.of-candidate");
  EXPECT_EQ(make(max, stand.make_id<ThreadId>().text()).code(), "thread.of-candidate");
  EXPECT_EQ(stand.as(max, "DELETE", "/threads/" + stand.thread.text() + "/candidate").code(),
            "thread.missing");
  auto confirmed = make(max, thread, {{"addresses", {"carla@home.example"}}, {"confirmed", true}});
  EXPECT_EQ(confirmed.status, 201) << confirmed.text;
}

}  // namespace
}  // namespace hearback::api
