// T-5: moving, splitting, merging, and taking it back.
#include <gtest/gtest.h>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::ApiStand;

class Corrections : public ::testing::Test {
 protected:
  Corrections() {
    stand.found_company();
    other = conversation(stand.carla, "Something else");
    max = stand.session_of(stand.max);
  }

  ThreadId conversation(CandidateId candidate, std::string subject) {
    rules::Message message;
    message.id = stand.make_id<MessageId>();
    message.envelope.message_id = message.id.text() + "@home.example";
    message.envelope.subject = subject;
    message.fingerprint = message.id.text();
    message.date = stand.env.clock;
    message.raw = stand.make_id<BlobId>();
    rules::Thread thread{stand.make_id<ThreadId>(), candidate, rules::ThreadKind::conversation,
                         std::move(subject), message.date};
    stand.commit({store::PutBlob{message.raw, "source"},
                  store::AddMessage{message, stand.env.clock}, store::AddThread{thread},
                  store::PlaceMessage{{thread.id, candidate, message.id, rules::PlacedBy::address,
                                       "carla@home.example"},
                                      message.date}});
    return thread.id;
  }
  fakes::Answer correct(const std::string& session, ThreadId from, json::object body) {
    return stand.as(session, "POST", "/threads/" + from.text() + "/corrections", std::move(body));
  }
  json::value shown(ThreadId id) { return stand.as(max, "GET", "/threads/" + id.text()).value; }
  std::string why(ThreadId from, json::object body) {
    auto answer = correct(max, from, std::move(body));
    return std::to_string(answer.status) + " " + answer.code() + " " + answer.field();
  }

  ApiStand stand;
  ThreadId other;
  std::string max;
};

TEST_F(Corrections, T5_AMessageMovesAndSaysWhoMovedIt) {
  const auto before = shown(stand.thread);
  auto moved =
      correct(max, stand.thread,
              {{"part", "message"}, {"message", stand.message.text()}, {"into", other.text()}});
  ASSERT_EQ(moved.status, 201) << moved.text;
  EXPECT_EQ(moved.value.at("thread").as_string(), other.text());
  EXPECT_EQ(shown(stand.thread).at("count"), 1);
  const auto there = shown(other);
  ASSERT_EQ(there.at("count"), 2);
  bool found = false;
  for (const auto& one : there.at("messages").as_array()) {
    if (one.at("id").as_string() != stand.message.text()) continue;
    found = true;
    const auto& corrected = one.at("why").at("corrected");
    EXPECT_EQ(one.at("why").at("by").as_string(), "address");
    EXPECT_EQ(corrected.at("id"), moved.value.at("id"));
    EXPECT_EQ(corrected.at("by").as_string(), stand.max.name);
    EXPECT_EQ(corrected.at("at").as_string(), to_rfc3339(stand.env.clock));
    EXPECT_EQ(corrected.at("from").at("id").as_string(), stand.thread.text());
  }
  EXPECT_TRUE(found);
  const auto undo = "/corrections/" + std::string(moved.value.at("id").as_string());
  EXPECT_EQ(stand.as(stand.session_of(stand.eve), "DELETE", undo).code(), "access.denied");
  ASSERT_EQ(stand.as(max, "DELETE", undo).status, 204);
  EXPECT_EQ(stand.as(max, "DELETE", undo).status, 204);  // it is so already
  EXPECT_EQ(shown(stand.thread).at("messages"), before.at("messages"));
}

TEST_F(Corrections, T5_SplittingAndMerging) {
  auto split = correct(max, stand.thread, {{"part", "message"}, {"message", stand.message.text()}});
  ASSERT_EQ(split.status, 201) << split.text;
  const auto own = *ThreadId::parse(std::string_view(split.value.at("thread").as_string()));
  EXPECT_EQ(shown(own).at("count"), 1);
  auto merged = correct(max, own, {{"part", "whole"}, {"into", other.text()}});
  ASSERT_EQ(merged.status, 201) << merged.text;
  EXPECT_EQ(shown(own).at("id").as_string(), other.text());
  EXPECT_EQ(stand.as(max, "DELETE", "/corrections/" + std::string(split.value.at("id").as_string()))
                .code(),
            "correction.overtaken");
}

TEST_F(Corrections, T5_P1_WhatIsRefused) {
  const auto message = stand.message.text();
  const auto nothing = stand.make_id<ThreadId>().text();
  EXPECT_EQ(why(stand.thread, {}), "422 field.required part");
  EXPECT_EQ(why(stand.thread, {{"part", "half"}}), "422 field.invalid part");
  EXPECT_EQ(why(stand.thread, {{"part", "message"}}), "422 field.required message");
  EXPECT_EQ(why(stand.thread, {{"part", "whole"}}), "422 field.required into");
  EXPECT_EQ(why(stand.thread, {{"part", "message"}, {"message", message}, {"into", nothing}}),
            "404 thread.missing ");
  EXPECT_EQ(
      why(stand.thread, {{"part", "message"}, {"message", stand.make_id<MessageId>().text()}}),
      "404 message.missing ");
  EXPECT_EQ(
      why(stand.thread, {{"part", "message"}, {"message", message}, {"into", stand.thread.text()}}),
      "409 placement.same ");
  EXPECT_EQ(why(stand.thread, {{"part", "onward"}, {"message", message}}),
            "409 placement.nothing-left ");
  // Evaluators read and write mail; where it lies is for those who edit candidates.
  EXPECT_EQ(correct(stand.session_of(stand.eve), stand.thread,
                    {{"part", "message"}, {"message", message}})
                .code(),
            "access.denied");
}

}  // namespace
}  // namespace hearback::api
