// Pictures that lie on somebody's web server (SEC2, U2).
#include <gtest/gtest.h>

#include <map>

#include "fakes/api_stand.hpp"
#include "fakes/web.hpp"
#include "mail/parse.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::Answer;
using fakes::ApiStand;
using fakes::Web;

const std::string kPng = "\x89PNG\r\n\x1a\n";

class Pictures : public ::testing::Test {
 protected:
  Pictures() {
    stand.found_company();
    session = stand.session_of(stand.max);
    stand.env.answers = [this](const net::Endpoint& endpoint) { return web.dial(endpoint); };
  }

  std::string arrive(const std::string& html) {
    const auto raw = "From: carla@home.example\r\nMessage-ID: <" + std::to_string(++uid) +
                     "@home.example>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html +
                     "\r\n";
    const auto parsed = mail::parse(raw);
    rules::Message message;
    message.id = stand.make_id<MessageId>();
    message.envelope = parsed->envelope;
    message.fingerprint = parsed->fingerprint;
    message.date = stand.env.clock;
    message.octets = raw.size();
    message.raw = stand.make_id<BlobId>();
    stand.commit({store::PutBlob{message.raw, raw}, store::AddMessage{message, stand.env.clock},
                  store::AddCopy{message.id, {stand.mailbox, stand.folder, 1, uid}, message.raw},
                  store::PlaceMessage{{stand.thread, stand.carla, message.id,
                                       rules::PlacedBy::address, "carla@home.example"},
                                      stand.env.clock}});
    return "/messages/" + message.id.text() + "/pictures";
  }
  // address → what its bytes are
  std::map<std::string, std::string> shown(const Answer& answer, const std::string& path) {
    std::map<std::string, std::string> found;
    EXPECT_EQ(answer.status, 200);
    for (const auto& row : answer.value.at("rows").as_array()) {
      const auto one = stand.as(session, "GET", path + "/" + std::string(row.at("id").as_string()));
      EXPECT_EQ(one.status, 200);
      EXPECT_EQ(one.header("Content-Type"), "application/octet-stream");
      EXPECT_TRUE(one.header("Content-Disposition").starts_with("attachment"));
      found.emplace(row.at("address").as_string(),
                    std::string(row.at("type").as_string()) + " " + one.text);
    }
    return found;
  }

  ApiStand stand;
  Web web;
  std::string session;
  std::uint32_t uid = 100;
};

using Shown = std::map<std::string, std::string>;

TEST_F(Pictures, SEC2_AreFetchedOnceAndOnlyWhenAsked) {
  web.files["a.example"] = {{"/1.png?x=1&y=2", kPng + "one"}, {"/2.gif", "GIF89a"}};
  const auto path = arrive(
      "<img src='https://a.example/1.png?x=1&amp;y=2'><img src=http://a.example/2.gif>"
      "<img src='https://a.example/pixel' width=1 height=1><img src='https://a.example/gone'>");
  EXPECT_EQ(shown(stand.as(session, "GET", path), path), Shown{});
  EXPECT_TRUE(web.asked.empty());
  const Shown both = {{"https://a.example/1.png?x=1&y=2", "image/png " + kPng + "one"},
                      {"http://a.example/2.gif", "image/gif GIF89a"}};
  EXPECT_EQ(stand.as(session, "GET", path).value.at("left").as_int64(), 3);
  EXPECT_EQ(shown(stand.as(session, "POST", path), path), both);
  EXPECT_EQ(stand.as(session, "GET", path).value.at("left").as_int64(), 1);
  EXPECT_EQ(web.asked, (std::vector<std::string>{"a.example/1.png?x=1&y=2", "a.example/2.gif",
                                                 "a.example/gone"}));
  EXPECT_EQ(web.dialed, 1);
  // From here on nobody there learns of it, whoever opens the message.
  web.asked.clear();
  const auto ada = stand.session_of(stand.ada);
  EXPECT_EQ(shown(stand.as(ada, "GET", path), path), both);
  EXPECT_TRUE(web.asked.empty());
  EXPECT_EQ(shown(stand.as(ada, "POST", path), path), both);
  EXPECT_EQ(web.asked, std::vector<std::string>{"a.example/gone"});
}

TEST_F(Pictures, WhatIsNoPictureIsntOne) {
  web.files["a.example"] = {{"/1", "<svg onload='alert(1)'>"},
                            {"/2", "<!doctype html>"},
                            {"/3", std::string(6u << 20, 'x')},
                            {"/4", kPng}};
  const auto path = arrive(
      "<img src=https://a.example/1><img src=https://a.example/2><img src=https://a.example/3>"
      "<img src=https://a.example/4>");
  EXPECT_EQ(shown(stand.as(session, "POST", path), path),
            (Shown{{"https://a.example/4", "image/png " + kPng}}));
}

TEST_F(Pictures, AServerThatDoesNotAnswerKeepsNoOther) {
  web.files["b.example"] = {{"/", kPng}};
  const auto path = arrive(
      "<img src=https://a.example/1><img src=https://a.example/2><img src=https://b.example/>");
  EXPECT_EQ(shown(stand.as(session, "POST", path), path).size(), 1u);
  EXPECT_EQ(web.dialed, 2);
}

TEST_F(Pictures, AreBounded) {
  std::string html;
  for (int i = 0; i < 80; ++i) {
    web.files["a.example"]["/" + std::to_string(i)] = kPng + std::string(400u << 10, 'x');
    html += "<img src=https://a.example/" + std::to_string(i) + ">";
  }
  const auto path = arrive(html);
  EXPECT_EQ(shown(stand.as(session, "POST", path), path).size(), 25u);  // 10 MiB of them
  EXPECT_LE(web.asked.size(), 50u);
  EXPECT_EQ(shown(stand.as(session, "POST", path), path).size(), 25u);  // nor more by asking again
}

TEST_F(Pictures, P1_AreThoseOfAMessageThatMayBeSeen) {
  web.files["a.example"] = {{"/", kPng}};
  const auto path = arrive("<img src=https://a.example/>");
  const auto rows = stand.as(session, "POST", path).value.at("rows").as_array();
  const auto one = path + "/" + std::string(rows.at(0).at("id").as_string());
  web.asked.clear();
  const auto eve = stand.session_of(stand.eve);
  EXPECT_EQ(stand.as(eve, "GET", path).code(), "message.missing");
  EXPECT_EQ(stand.as(eve, "POST", path).code(), "message.missing");
  EXPECT_EQ(stand.as(eve, "GET", one).code(), "picture.missing");
  EXPECT_TRUE(web.asked.empty());
  // Nor does another message of mine lead there.
  const auto other = arrive("<p>none</p>");
  EXPECT_EQ(stand.as(session, "GET", other + one.substr(path.size())).code(), "picture.missing");
  EXPECT_EQ(stand.as(session, "GET", path + "/no-id").code(), "picture.missing");
}

// A slow server holds room for as long as it is waited for.
TEST_F(Pictures, EachUserLoadsThoseOfOneMessageAtATime) {
  const auto path = arrive("<img src=https://a.example/>");
  const auto request = [&] {
    auto load = ApiStand::request_for("POST", "/api/v1" + path);
    load.headers.emplace_back("cookie", "hearback=" + session);
    load.headers.emplace_back("origin", "http://127.0.0.1:8025");
    load.headers.emplace_back("sec-fetch-site", "same-origin");
    return load;
  };
  stand.env.slow = true;
  auto first = stand.api->handle(request());
  first.start();
  ASSERT_FALSE(first.done());
  EXPECT_EQ(stand.send(request()).code(), "pictures.loading");
  stand.env.let_time_pass();
  ASSERT_TRUE(first.done());
  EXPECT_EQ(first.result().status, 200);
}

}  // namespace
}  // namespace hearback::api
