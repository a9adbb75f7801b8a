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
  Call asked(std::string body, std::string key = "one-of-mine", std::string instead_of = {}) {
    net::HttpRequest request;
    request.method = "POST";
    request.path = "/messages";
    if (!key.empty()) request.headers.emplace_back("idempotency-key", std::move(key));
    if (!instead_of.empty())
      request.headers.emplace_back("idempotency-instead-of", std::move(instead_of));
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

// What was changed after nobody answered.
TEST_F(Repeated, O2_W5_NothingIsDoneInsteadOfWhatWasDone) {
  ASSERT_TRUE(done(call));
  const auto answer = done(asked("changed", "another-one", "never-came one-of-mine"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().error.code, "idempotency.other-done");
  EXPECT_FALSE(done(asked("changed", "another-one", "one-of-mine"))) << "and isn't later";
  EXPECT_TRUE(done(asked("changed", "another-one"))) << "unless it is meant as one more";
}

TEST_F(Repeated, O2_W5_WhatWasStillAtWorkIsntDoneAfterWhatCameInsteadOfIt) {
  const auto answer = Once::answer(call, [&](const Once& once) {
    EXPECT_TRUE(done(asked("changed", "another-one", "one-of-mine")));
    return once.commit(call, {.company = stand.company, .changes = {}, .expectations = {}},
                       json_response(202, {{"id", "the late one’s"}}));
  });
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().error.code, "idempotency.reused");
}

TEST_F(Repeated, O2_W5_WhatIsRefusedForWhatTheOtherTookAlongIsToldThatThatWasDone) {
  const auto changed = asked("changed", "another-one", "one-of-mine");
  const auto answer = Once::answer(changed, [&](const Once&) -> Reply {
    EXPECT_TRUE(done(call));
    return refuse_field("attachments", "upload.missing", "One of the files is not there.");
  });
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().error.code, "idempotency.other-done");
}

TEST_F(Repeated, O2_W5_OfTwoAtWorkAtOnceWhereOneIsInsteadOfTheOtherOneIsDone) {
  const auto changed = asked("changed", "another-one", "one-of-mine");
  const auto answer = Once::answer(changed, [&](const Once& once) {
    EXPECT_TRUE(done(call));
    return once.commit(changed, {.company = stand.company, .changes = {}, .expectations = {}},
                       json_response(202, {{"id", "the second one’s"}}));
  });
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().error.code, "idempotency.other-done");
}

// It looks for its own key before the first commits, and for the other's after.
TEST_F(Repeated, O2_ATwinOfWhatCameInsteadGetsItsAnswer) {
  const auto changed = asked("changed", "another-one", "one-of-mine");
  const auto answer = done(changed);
  ASSERT_TRUE(answer);
  const auto twin = done(asked("changed", "as-if-not-yet", "one-of-mine"));
  ASSERT_TRUE(twin) << twin.error().error.code;
  EXPECT_EQ(twin->body, answer->body);
}

TEST_F(Repeated, O2_WhatCameInsteadIsAnsweredAgainByItsOwnKey) {
  const auto changed = asked("changed", "another-one", "one-of-mine never-came");
  const auto first = done(changed);
  ASSERT_TRUE(first);
  EXPECT_EQ(done(changed)->body, first->body);
  EXPECT_EQ(done(asked("changed once more", "a-third-one", "another-one")).error().error.code,
            "idempotency.other-done");
}

TEST_F(Repeated, O2_WhatTheHeaderMayName) {
  const auto code = [&](std::string key, std::string instead_of) -> std::string {
    const auto answer = done(asked("x", std::move(key), std::move(instead_of)));
    return answer ? "done" : answer.error().error.code;
  };
  std::string many;
  for (int one = 0; one < 21; ++one) many += "many-of-them-" + std::to_string(one) + " ";
  EXPECT_EQ(code("", "one-of-mine"), "idempotency.malformed") << "it needs a key of its own";
  EXPECT_EQ(code("one-of-mine", "short"), "idempotency.malformed");
  EXPECT_EQ(code("one-of-mine", many), "idempotency.malformed");
  EXPECT_EQ(code("one-of-mine", "twice-named, twice-named one-of-mine"), "done");
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
  EXPECT_EQ(code(Once::settled(refused("upload.missing"),
                               refuse(Kind::conflict, "idempotency.other-done", "x"))),
            "idempotency.other-done");
  EXPECT_EQ(code(Once::settled(refused("store.commit-unknown"), net::HttpResponse{})), "done");
}

}  // namespace
}  // namespace hearback::api
