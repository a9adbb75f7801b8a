#include "api/http/once.hpp"

#include <gtest/gtest.h>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

struct Repeated : testing::Test {
  fakes::ApiStand stand;
  std::optional<House> house;
  Call call;

  Repeated() {
    stand.found_company();
    house.emplace(stand.env, *stand.store, Options{});
    call = asked("the same");
  }
  Call asked(std::string body) {
    net::HttpRequest request;
    request.method = "POST";
    request.path = "/messages";
    request.headers.emplace_back("idempotency-key", "one-of-mine");
    request.body = std::move(body);
    Call made;
    made.request = std::make_shared<const net::HttpRequest>(std::move(request));
    made.now = stand.env.clock;
    made.asker.company = stand.company;
    made.asker.user = stand.max;
    made.asker.scope = rules::user_scope(stand.company, stand.max);
    made.house = &*house;
    return made;
  }
  static Reply done(const Call& call) {
    return Once::answer(call, [&](const Once& once) {
      return once.commit(call, {.company = call.asker.company, .changes = {}, .expectations = {}},
                         json_response(202, {{"id", "the first one’s"}}));
    });
  }
};

TEST_F(Repeated, O2_WhoIsRefusedForWhatTheSameRequestDidMeanwhileGetsItsAnswer) {
  const auto answer = Once::answer(call, [&](const Once&) -> Reply {
    EXPECT_TRUE(done(call));  // it was faster, and took the files along
    return refuse_field("attachments", "upload.missing", "One of the files is not there.");
  });
  ASSERT_TRUE(answer) << answer.error().error.code;
  EXPECT_EQ(answer->status, 202);
  EXPECT_EQ(answer->body, done(call)->body);
}

TEST_F(Repeated, O2_TwoAtWorkAtOnceCommitOnce) {
  const auto answer = Once::answer(call, [&](const Once& once) {
    EXPECT_TRUE(done(call));
    return once.commit(call, {.company = stand.company, .changes = {}, .expectations = {}},
                       json_response(202, {{"id", "the second one’s"}}));
  });
  ASSERT_TRUE(answer) << answer.error().error.code;
  EXPECT_EQ(answer->body, done(call)->body);
}

TEST_F(Repeated, O2_AnotherRequestWithTheKeyIsRefusedHoweverLateItComes) {
  const auto answer = Once::answer(asked("another"), [&](const Once&) -> Reply {
    EXPECT_TRUE(done(call));
    return refuse(Kind::conflict, "thread.newer-message", "Something came.");
  });
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().error.code, "idempotency.reused");
}

TEST_F(Repeated, O2_WhatIsRefusedIsNotRemembered) {
  const auto refused = [](const Once&) -> Reply {
    return refuse(Kind::conflict, "thread.newer-message", "Something came.");
  };
  EXPECT_FALSE(Once::answer(call, refused));
  const auto answer = done(call);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 202);
}

TEST(Once, O2_W5_WhereTheFirstCantBeLookedForNothingIsSaidToBeRefused) {
  using Look = Read<std::optional<net::HttpResponse>>;
  const auto refused = [](std::string code) -> Reply {
    return refuse(Kind::transient, std::move(code), "x");
  };
  const Look away = refuse(Kind::transient, "store.unreachable", "x");
  const auto code = [](const Reply& reply) { return reply ? "done" : reply.error().error.code; };
  EXPECT_EQ(code(Once::settled(refused("upload.missing"), away)), "http.unfinished");
  EXPECT_EQ(code(Once::settled(refused("store.commit-unknown"), away)), "store.commit-unknown");
  EXPECT_EQ(code(Once::settled(refused("upload.missing"), std::nullopt)), "upload.missing");
  EXPECT_EQ(code(Once::settled(refused("upload.missing"),
                               refuse(Kind::conflict, "idempotency.reused", "x"))),
            "idempotency.reused");
  EXPECT_EQ(code(Once::settled(refused("store.commit-unknown"), net::HttpResponse{})), "done");
}

}  // namespace
}  // namespace hearback::api
