// Files that people of the team put on a profile (W-9).
#include <gtest/gtest.h>

#include "fakes/api_stand.hpp"
#include "mail/parse.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::Answer;
using fakes::ApiStand;

class FilesOfCandidates : public ::testing::Test {
 protected:
  FilesOfCandidates() {
    stand.found_company();
    max = stand.session_of(stand.max);
    eve = stand.session_of(stand.eve);
    of_carla = "/candidates/" + stand.carla.text() + "/files";
  }
  std::string upload(const std::string& session, std::string name, std::string bytes) {
    auto request = ApiStand::request_for("POST", "/api/v1/uploads?filename=" + name);
    request.headers.emplace_back("cookie", "hearback=" + session);
    request.headers.emplace_back("origin", "http://127.0.0.1:8025");
    request.headers.emplace_back("sec-fetch-site", "same-origin");
    request.headers.emplace_back("content-type", "application/pdf");
    request.body = std::move(bytes);
    auto answer = stand.send(std::move(request));
    EXPECT_EQ(answer.status, 201) << answer.text;
    return std::string(answer.value.at("id").as_string());
  }
  std::string put(std::string name, std::string bytes) {
    auto id = upload(max, std::move(name), std::move(bytes));
    EXPECT_EQ(stand.as(max, "PUT", of_carla + "/" + id).status, 204);
    return id;
  }
  std::string download(const std::string& path, const std::string& session) {
    auto answer = stand.as(session, "GET", path);
    EXPECT_EQ(answer.status, 200) << answer.text;
    if (!answer.stream) return answer.text;
    fakes::ReadStream reader;
    fakes::finish(answer.stream(reader));
    return reader.text;
  }
  ApiStand stand;
  std::string max, eve, of_carla;
};

TEST_F(FilesOfCandidates, W9_AFileIsPutThereReadAndRemoved) {
  const auto id = put("CV%20Carla.pdf", "%PDF-1.7 of Carla");
  EXPECT_EQ(stand.as(max, "PUT", of_carla + "/" + id).status, 204);  // the answer was lost
  auto rows = stand.as(max, "GET", of_carla).value.at("rows").as_array();
  ASSERT_EQ(rows.size(), 2u);  // and what came with her message
  EXPECT_EQ(rows[0].at("file"), id.c_str());
  EXPECT_EQ(rows[0].at("filename"), "CV Carla.pdf");
  EXPECT_EQ(rows[0].at("added_by"), "Max");
  EXPECT_EQ(rows[0].at("cv"), true);
  EXPECT_TRUE(rows[0].at("message").is_null());
  EXPECT_TRUE(rows[1].at("file").is_null());
  auto file = stand.as(max, "GET", of_carla + "/" + id);
  EXPECT_EQ(download(of_carla + "/" + id, max), "%PDF-1.7 of Carla");
  EXPECT_EQ(file.header("Content-Type"), "application/octet-stream");
  EXPECT_NE(file.header("Content-Disposition").find("attachment"), std::string::npos);
  EXPECT_EQ(stand.as(max, "DELETE", of_carla + "/" + id).status, 204);
  EXPECT_EQ(stand.as(max, "GET", of_carla + "/" + id).code(), "file.missing");
  EXPECT_EQ(stand.as(max, "DELETE", of_carla + "/" + id).status, 204);  // as after a lost answer
}

TEST_F(FilesOfCandidates, W9_ARemovedOneIsPutBackByWhoMayAddFiles) {
  const auto id = put("CV%20Carla.pdf", "%PDF-1.7 of Carla");
  const auto before = stand.as(max, "GET", of_carla).value;
  ASSERT_EQ(stand.as(max, "DELETE", of_carla + "/" + id).status, 204);
  EXPECT_EQ(stand.as(max, "GET", of_carla).value.at("rows").as_array().size(), 1u);
  EXPECT_EQ(stand.as(eve, "PUT", of_carla + "/" + id).status, 403);  // an evaluator
  EXPECT_EQ(stand.as(stand.session_of(stand.ada), "PUT", of_carla + "/" + id).status, 204);
  EXPECT_EQ(stand.as(max, "GET", of_carla).value, before);
  EXPECT_EQ(download(of_carla + "/" + id, max), "%PDF-1.7 of Carla");
}

TEST_F(FilesOfCandidates, W9_ALargeOneComesPieceByPiece) {
  std::string bytes(3'000'000, 'x');
  bytes += "end";
  const auto path = of_carla + "/" + put("large.bin", bytes);
  auto part = stand.as(max, "GET", path, {}, {{"range", "bytes=-3"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.header("Content-Range"), "bytes 3000000-3000002/3000003");
  auto whole = stand.as(max, "GET", path);
  ASSERT_TRUE(whole.stream);
  EXPECT_EQ(whole.length, bytes.size());
}

TEST_F(FilesOfCandidates, W9_P1_WhoDoesNotSeeThemHasNone) {
  const auto id = put("CV.pdf", "of Carla");
  const auto ada = stand.session_of(stand.ada);
  EXPECT_EQ(stand.as(eve, "GET", of_carla + "/" + id).code(), "candidate.missing");
  EXPECT_EQ(download(of_carla + "/" + id, ada), "of Carla");
  // What is Max's own to send isn't Ada's to put anywhere.
  const auto his = upload(max, "a.pdf", "his");
  EXPECT_EQ(stand.as(ada, "PUT", of_carla + "/" + his).code(), "upload.missing");
  // By way of another candidate.
  const auto dora = stand.add_candidate("Dora", "dora@home.example", stand.engineer);
  EXPECT_EQ(stand.as(max, "GET", "/candidates/" + dora.text() + "/files/" + id).code(),
            "file.missing");
}

TEST_F(FilesOfCandidates, W9_GoAlongWithWhatIsWrittenToThem) {
  const auto id = put("Vertrag.pdf", "contract");
  const auto body = [&](std::string file) {
    return json::object{{"mailbox", stand.mailbox.text()},
                        {"thread", stand.thread.text()},
                        {"to", {"carla@home.example"}},
                        {"subject", "Your contract"},
                        {"text", "Here it is"},
                        {"files", json::array{json::object{{"file", file}}}}};
  };
  auto sent = stand.as(max, "POST", "/messages", body(id));
  ASSERT_EQ(sent.status, 202) << sent.text;
  const auto outbox = *OutboxId::parse(std::string_view(sent.value.at("id").as_string()));
  const auto row = stand.ask(store::OutboxById{rules::engine_scope(stand.company), outbox});
  const auto mail = mail::parse(*stand.ask(store::BlobBytes{stand.company, row->bytes}));
  ASSERT_EQ(mail->attachments.size(), 1u);
  EXPECT_EQ(mail->attachments[0].filename, "Vertrag.pdf");
  EXPECT_EQ(mail->attachments[0].content, "contract");
  // It stays on the profile; one that lies on another one's goes along with nothing.
  EXPECT_EQ(download(of_carla + "/" + id, max), "contract");
  const auto dora = stand.add_candidate("Dora", "dora@home.example", stand.engineer);
  const auto hers = upload(max, "hers.pdf", "hers");
  EXPECT_EQ(stand.as(max, "PUT", "/candidates/" + dora.text() + "/files/" + hers).status, 204);
  EXPECT_EQ(stand.as(max, "POST", "/messages", body(hers)).code(), "files.missing");
}

}  // namespace
}  // namespace hearback::api
