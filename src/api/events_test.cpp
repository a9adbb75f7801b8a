#include "api/events.hpp"

#include <gtest/gtest.h>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::ApiStand;

// One reader's stream, running.
struct Reader {
  Reader(ApiStand& s, const std::string& session, fakes::Headers headers = {},
         const std::string& query = {})
      : stand(s) {
    answer = stand.as(session, "GET", "/events" + query, {}, std::move(headers));
    if (!answer.stream) return;
    task = answer.stream(out);
    task.start();
  }
  std::string hear() {
    while (stand.env.settle()) {
    }
    return out.take();
  }
  ApiStand& stand;
  fakes::Answer answer;
  fakes::ReadStream out;
  Task<void> task;
};

class Events : public ::testing::Test {
 protected:
  Events() { stand.found_company(); }

  void touch_carla(const char* name) {
    stand.commit({store::PutCandidate{stand.carla,
                                      name,
                                      {{.address = "carla@home.example",
                                        .normal = "carla@home.example",
                                        .synced = true,
                                        .why_not = "",
                                        .since = stand.env.clock}},
                                      stand.env.clock}});
  }
  // What a browser would come back with.
  static std::string last_id(const std::string& told) {
    const auto at = told.rfind("id: ");
    if (at == told.npos) return {};
    return told.substr(at + 4, told.find('\n', at) - at - 4);
  }

  ApiStand stand;
};

TEST_F(Events, StartWithHello) {
  Reader ada(stand, stand.session_of(stand.ada));
  EXPECT_EQ(ada.answer.status, 200);
  EXPECT_EQ(ada.answer.header("Content-Type"), "text/event-stream");
  const auto told = ada.hear();
  EXPECT_EQ(told, "id: " + last_id(told) + "\nevent: hello\ndata: {}\n\n");
}

// How far the feed has got says how much others do, whom the reader may know nothing of.
TEST_F(Events, SEE4_APositionSaysNothing) {
  const auto session = stand.session_of(stand.eve);
  const auto hello = [&] { return Reader(stand, session).hear(); };
  const auto before = hello();
  EXPECT_FALSE(to_number(last_id(before))) << before;
  const auto again = hello();
  EXPECT_NE(last_id(before), last_id(again)) << "nothing happened, and it can't be told";
  EXPECT_EQ(last_id(before).size(), last_id(again).size());
  // A position is its reader's own, and can't be made up.
  const auto of_max = last_id(Reader(stand, stand.session_of(stand.max)).hear());
  for (const auto& foreign : {of_max, std::string("1"), std::string("x"), std::string(500, 'A')}) {
    Reader lost(stand, session, {{"last-event-id", foreign}});
    EXPECT_NE(lost.hear().find("event: start_over"), std::string::npos) << foreign;
  }
  Reader back(stand, session, {{"last-event-id", last_id(before)}});
  EXPECT_EQ(back.hear().find("event: start_over"), std::string::npos);
}

TEST_F(Events, SEE4_AJobIsNewsToWhoMaySeeIt) {
  Reader max(stand, stand.session_of(stand.max)), eve(stand, stand.session_of(stand.eve));
  max.hear(), eve.hear();
  const auto job = stand.add_job("Secret", {stand.max.id});
  EXPECT_NE(max.hear().find(job.text()), std::string::npos);
  EXPECT_EQ(eve.hear(), "");
}

// However long the feed and however little of it is theirs, no single look at it is long.
TEST_F(Events, ALongFeedIsReadInStretches) {
  const auto session = stand.session_of(stand.eve);
  const auto before = last_id(Reader(stand, session).hear());
  for (int i = 0; i < 120; ++i) {
    std::vector<store::Change> changes;
    for (int k = 0; k < 100; ++k)
      changes.emplace_back(
          store::PutCandidate{stand.make_id<CandidateId>(), "C", {}, stand.env.clock});
    stand.commit(std::move(changes));
  }
  const auto dora = stand.add_candidate("Dora", "dora@home.example", stand.designer);
  stand.env.turns.clear();
  Reader eve(stand, session, {{"last-event-id", before}});
  const auto told = eve.hear();
  EXPECT_NE(told.find(dora.text()), std::string::npos) << told;
  EXPECT_EQ(told.find("event: start_over"), std::string::npos);
  std::size_t looks = 0;
  for (const auto& turn : stand.env.turns) {
    EXPECT_NE(turn.standing, net::Standing::engine);  // a reader's turn is the reader's
    looks += turn.standing == net::Standing::person;
  }
  EXPECT_GE(looks, 3u);
}

TEST_F(Events, P5_TellOnlyWhatTheReaderMaySee) {
  Reader ada(stand, stand.session_of(stand.ada)), max(stand, stand.session_of(stand.max)),
      eve(stand, stand.session_of(stand.eve));
  ada.hear(), max.hear(), eve.hear();
  touch_carla("Carla C.");
  const auto told = ada.hear();
  EXPECT_NE(told.find("event: candidate\n"), std::string::npos) << told;
  EXPECT_NE(told.find(stand.carla.text()), std::string::npos);
  EXPECT_NE(max.hear().find(stand.carla.text()), std::string::npos);
  EXPECT_EQ(eve.hear(), "") << "a user on another hiring team hears nothing";
}

TEST_F(Events, C6_MailboxesAreTheirOwnersNews) {
  Reader ada(stand, stand.session_of(stand.ada)), max(stand, stand.session_of(stand.max));
  ada.hear(), max.hear();
  stand.commit({store::SetMailboxState{stand.mailbox, rules::MailboxState::off}});
  EXPECT_EQ(ada.hear().find("event: mailbox"), std::string::npos);
  EXPECT_NE(max.hear().find("event: mailbox"), std::string::npos);
}

TEST_F(Events, P3_APrivateThreadIsNewsToThoseWhoWereGivenItAlone) {
  const rules::Thread thread{ThreadId::make(stand.env.clock, stand.random),
                             stand.carla,
                             rules::ThreadKind::conversation,
                             "Offer",
                             stand.env.clock,
                             true};
  Reader ada(stand, stand.session_of(stand.ada)), max(stand, stand.session_of(stand.max));
  ada.hear(), max.hear();
  stand.commit({store::AddThread{thread},
                store::SetThreadAccess{thread.id, true, {{stand.max.id, "given"}}}});
  EXPECT_EQ(ada.hear().find("event: thread"), std::string::npos);
  EXPECT_NE(max.hear().find(thread.id.text()), std::string::npos);
}

// M-2: what I follow on one device shows on the other; what comes there names the views.
TEST_F(Events, M2_FollowingIsToldAndItsViewsAreNamed) {
  const auto session = stand.session_of(stand.max);
  Reader max(stand, session), ada(stand, stand.session_of(stand.ada)),
      eve(stand, stand.session_of(stand.eve));
  max.hear(), ada.hear(), eve.hear();
  const auto carla = "/candidates/" + stand.carla.text(), job = "/jobs/" + stand.engineer.text();
  EXPECT_EQ(stand.as(session, "PUT", carla + "/follow").status, 204);
  auto told = max.hear();
  EXPECT_NE(told.find("event: follow\ndata: {\"id\":\"" + stand.carla.text()), std::string::npos)
      << told;
  told = ada.hear();
  EXPECT_NE(told.find("event: followers\n"), std::string::npos) << told;
  EXPECT_EQ(told.find("event: follow\n"), std::string::npos) << told;
  EXPECT_EQ(eve.hear(), "");
  EXPECT_EQ(stand.as(session, "PUT", job + "/follow").status, 204);
  told = max.hear();
  EXPECT_NE(told.find(stand.engineer.text()), std::string::npos) << told;
  EXPECT_EQ(ada.hear(), "") << "which jobs I follow concerns nobody else";
  stand.commit({store::SetThreadUnread{stand.thread, stand.max.id, true, {}}});
  told = max.hear();
  for (const auto* place : {"\"all\"", "\"followed-candidates\"", "\"followed-jobs\""})
    EXPECT_NE(told.find(place), std::string::npos) << told;
  stand.commit({store::SetThreadUnread{stand.thread, stand.ada.id, true, {}}});
  EXPECT_EQ(ada.hear().find("followed-"), std::string::npos);
}

TEST_F(Events, ReconnectingMissesNothing) {
  const auto session = stand.session_of(stand.ada);
  const auto before = last_id(Reader(stand, session).hear());
  touch_carla("Carla C.");
  touch_carla("Carla D.");
  std::string told;
  {
    Reader again(stand, session, {{"last-event-id", before}});
    told = again.hear();
  }
  EXPECT_NE(told.find("event: hello"), std::string::npos);
  const auto first = told.find("event: candidate");
  ASSERT_NE(first, std::string::npos) << told;
  EXPECT_NE(told.find("event: candidate", first + 1), std::string::npos) << told;
  EXPECT_EQ(told.find("event: start_over"), std::string::npos);
  const auto more = Reader(stand, session, {{"last-event-id", last_id(told)}}).hear();
  EXPECT_EQ(more.find("event: candidate"), std::string::npos);
  // A position of before the server was started: from now on, and all anew.
  stand.open_api();
  Reader lost(stand, session, {{"last-event-id", before}});
  const auto anew = lost.hear();
  EXPECT_NE(anew.find("event: hello"), std::string::npos);
  EXPECT_NE(anew.find("event: start_over"), std::string::npos);
  EXPECT_EQ(anew.find("event: candidate"), std::string::npos);
}

// Between a page's first answers and its stream nothing is lost.
TEST_F(Events, StartWhereTheAnswersBeforeThemEnd) {
  const auto session = stand.session_of(stand.ada);
  const auto me = stand.as(session, "GET", "/me").value;
  const std::string since(me.as_object().at("events_since").as_string());
  EXPECT_FALSE(to_number(since)) << since;
  touch_carla("Carla C.");
  Reader ada(stand, session, {}, "?since=" + since);
  const auto told = ada.hear();
  EXPECT_NE(told.find("event: hello"), std::string::npos);
  EXPECT_NE(told.find("event: candidate"), std::string::npos) << told;
  // A browser that comes back asks as before, and says itself how far it got.
  Reader again(stand, session, {{"last-event-id", last_id(told)}}, "?since=" + since);
  EXPECT_EQ(again.hear().find("event: candidate"), std::string::npos);
  Reader other(stand, stand.session_of(stand.max), {}, "?since=" + since);
  EXPECT_NE(other.hear().find("event: start_over"), std::string::npos);
}

TEST_F(Events, WhoWasAwayForTooLongStartsOver) {
  const auto before = last_id(Reader(stand, stand.session_of(stand.ada)).hear());
  touch_carla("Carla C.");
  stand.commit({store::Prune{stand.env.clock, {}}});
  stand.commit({store::Prune{stand.env.clock + std::chrono::hours(24 * 8), {}}});
  touch_carla("Carla D.");
  const auto session = stand.session_of(stand.ada);  // the old one has expired and gone meanwhile
  Reader again(stand, session, {{"last-event-id", before}});
  const auto told = again.hear();
  EXPECT_NE(told.find("event: start_over"), std::string::npos) << told;
}

TEST_F(Events, SEE2_EndWithTheSession) {
  const auto session = stand.session_of(stand.max);
  Reader max(stand, session);
  max.hear();
  EXPECT_EQ(stand.as(session, "DELETE", "/session").status, 204);
  EXPECT_EQ(max.hear(), "");
  EXPECT_TRUE(max.task.done()) << "at once, not when something else happens";
}

TEST_F(Events, SEE2_EndWhenTheUserIsSwitchedOff) {
  Reader max(stand, stand.session_of(stand.max));
  max.hear();
  auto gone = stand.max;
  gone.active = false;
  stand.commit({store::PutUser{gone, std::nullopt, stand.env.clock}});
  EXPECT_EQ(max.hear(), "");
  EXPECT_TRUE(max.task.done());
}

TEST_F(Events, O5_SEE2_ANarrowerRightHoldsAtOnce) {
  auto eve = stand.eve;
  eve.all_jobs = true;
  stand.commit({store::PutUser{eve, std::nullopt, stand.env.clock}});
  Reader reader(stand, stand.session_of(eve));
  reader.hear();
  touch_carla("Carla B.");
  EXPECT_NE(reader.hear().find(stand.carla.text()), std::string::npos);
  stand.commit({store::ChangeUser{.user = eve.id,
                                  .by = stand.ada.id,
                                  .name = {},
                                  .role = {},
                                  .all_jobs = false,
                                  .active = {},
                                  .at = stand.env.clock}});
  EXPECT_NE(reader.hear().find("event: directory"), std::string::npos) << "its page asks anew";
  touch_carla("Carla C.");
  EXPECT_EQ(reader.hear().find(stand.carla.text()), std::string::npos);
  EXPECT_FALSE(reader.task.done());
}

TEST_F(Events, SEE2_ALostJobIsLostAtOnce) {
  Reader max(stand, stand.session_of(stand.max));
  max.hear();
  rules::Job job;
  job.id = stand.engineer;
  job.title = "Engineer";
  stand.commit({store::PutJob{job, {}, stand.env.clock}});
  max.hear();
  touch_carla("Carla C.");
  EXPECT_EQ(max.hear().find(stand.carla.text()), std::string::npos);
  EXPECT_FALSE(max.task.done());
}

TEST_F(Events, HeartbeatsNoticeReadersWhoLeft) {
  Reader ada(stand, stand.session_of(stand.ada));
  ada.hear();
  stand.env.let_time_pass();
  EXPECT_EQ(ada.out.take(), ": still here\n\n");
  ada.out.left = true;
  stand.env.let_time_pass();
  EXPECT_TRUE(ada.task.done());
}

TEST_F(Events, OneUserHoldsOnlySoMany) {
  const auto session = stand.session_of(stand.ada);
  std::vector<std::unique_ptr<Reader>> readers;
  for (int i = 0; i < 20; ++i) readers.push_back(std::make_unique<Reader>(stand, session));
  Reader last(stand, session);
  EXPECT_EQ(last.answer.status, 429);
  EXPECT_EQ(last.answer.code(), "events.too-many");
  readers.clear();
  Reader again(stand, session);
  EXPECT_EQ(again.answer.status, 200);
}

}  // namespace
}  // namespace hearback::api
