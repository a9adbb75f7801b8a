// What a message holds is read piece by piece, however long its message is.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "fakes/api_stand.hpp"
#include "mail/parse.hpp"

namespace hearback::api {
namespace {

using fakes::Answer;
using fakes::ApiStand;
using fakes::ReadStream;

class Contents : public ::testing::Test {
 protected:
  Contents() {
    stand.found_company();
    session = stand.session_of(stand.max);
    SeededRandom random(5);
    large.resize(3'000'000);
    random.fill({reinterpret_cast<std::uint8_t*>(large.data()), large.size()});
  }

  // Comes in as sync takes a message in. → its path
  std::string arrive(const std::string& raw) {
    const auto parsed = mail::parse(raw);
    rules::Message message;
    message.id = stand.make_id<MessageId>();
    message.envelope = parsed->envelope;
    message.fingerprint = parsed->fingerprint;
    message.date = stand.env.clock;
    message.octets = raw.size();
    for (const auto& part : parsed->attachments)
      message.attachments.push_back({part.index, part.filename, part.type, part.content.size(),
                                     part.content_id, part.is_inline, part.extent});
    message.raw = stand.make_id<BlobId>();
    const rules::Location at{stand.mailbox, stand.folder, 1, ++uid};
    stand.commit({store::PutBlob{message.raw, raw}, store::AddMessage{message, stand.env.clock},
                  store::AddCopy{message.id, at, message.raw},
                  store::PlaceMessage{{stand.thread, stand.carla, message.id,
                                       rules::PlacedBy::address, "carla@home.example"},
                                      stand.env.clock}});
    return "/messages/" + message.id.text();
  }

  std::string letter(const std::string& id) const {
    return "From: carla@home.example\r\nMessage-ID: <" + id +
           "@home.example>\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
           "--x\r\n\r\nThree files\r\n--x\r\nContent-Type: application/pdf; name=\"cv.pdf\"\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\n" +
           mail::encode_base64_lines(large) +
           "--x\r\nContent-Type: text/csv; name=a.csv\r\n\r\none,two\r\n--x\r\n"
           "Content-Type: text/plain; name=b.txt\r\n"
           "Content-Transfer-Encoding: quoted-printable\r\n\r\nna=C3=AFve\r\n--x--\r\n";
  }

  // Its whole body, and in `pieces` how it came.
  std::string download(const std::string& path, fakes::Headers headers = {}) {
    answer = stand.as(session, "GET", path, {}, std::move(headers));
    pieces.clear();
    if (!answer.stream) return answer.text;
    struct Reader final : net::HttpStream {
      std::vector<std::string>& all;
      explicit Reader(std::vector<std::string>& to) : all(to) {}
      Task<bool> write(std::string bytes) override {
        all.push_back(std::move(bytes));
        co_return true;
      }
      bool gone() const override { return false; }
    } reader(pieces);
    fakes::finish(answer.stream(reader));
    std::string text;
    for (const auto& piece : pieces) text += piece;
    EXPECT_EQ(answer.length, text.size());
    return text;
  }

  // Only the first piece comes, as `at_first` happens when it is there.
  void expect_cut_short(const std::string& path, std::function<void()> at_first) {
    auto begun = stand.as(session, "GET", path);
    ASSERT_TRUE(begun.stream) << begun.text;
    struct Reader final : net::HttpStream {
      std::function<void()> at_first;
      std::size_t octets = 0, pieces = 0;
      Task<bool> write(std::string bytes) override {
        if (pieces++ == 0) at_first();
        octets += bytes.size();
        co_return true;
      }
      bool gone() const override { return false; }
    } reader;
    reader.at_first = std::move(at_first);
    fakes::finish(begun.stream(reader));
    EXPECT_EQ(reader.pieces, 1u);
    EXPECT_GT(reader.octets, 0u);
    EXPECT_LT(reader.octets, begun.length);
  }
  // name → contents, as another program takes them out.
  static std::map<std::string, std::string> unzipped(const std::string& archive) {
    std::string folder = (std::filesystem::temp_directory_path() / "hearback-zip-XXXXXX").string();
    EXPECT_TRUE(mkdtemp(folder.data()));
    std::ofstream(folder + "/all.zip", std::ios::binary) << archive;
    const auto command = "cd " + folder + " && LC_ALL=C.UTF-8 unzip -qq all.zip -d out";
    EXPECT_EQ(std::system(command.c_str()), 0);
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder + "/out")) {
      std::ifstream file(entry.path(), std::ios::binary);
      files[entry.path().filename().string()] = {std::istreambuf_iterator<char>(file), {}};
    }
    std::filesystem::remove_all(folder);
    return files;
  }

  void set_team(std::vector<UserId> team) {
    rules::Job job;
    job.id = stand.engineer;
    job.title = "Engineer";
    stand.commit({store::PutJob{job, std::move(team), stand.env.clock}});
  }

  ApiStand stand;
  std::string session, large;
  std::uint32_t uid = 100;
  Answer answer;
  std::vector<std::string> pieces;
};

TEST_F(Contents, AFileComesPieceByPiece) {
  const auto path = arrive(letter("pieces"));
  stand.env.turns.clear();
  EXPECT_TRUE(download(path + "/attachments/0") == large);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Type"), "application/octet-stream");
  EXPECT_TRUE(answer.header("Content-Disposition").starts_with("attachment; filename=\"cv.pdf\""));
  EXPECT_NE(answer.header("Content-Security-Policy").find("sandbox"), std::string::npos);
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  EXPECT_GT(pieces.size(), 20u);
  for (const auto& piece : pieces) EXPECT_LE(piece.size(), stand.limits.download_piece_octets);
  EXPECT_GT(stand.env.turns.size(), pieces.size());  // each in a turn of its own
  for (const auto& turn : stand.env.turns) EXPECT_EQ(turn.lane, net::Lane::read);

  EXPECT_EQ(download(path + "/attachments/1"), "one,two");
  EXPECT_EQ(download(path + "/attachments/2"), "na\xC3\xAFve");
  EXPECT_EQ(pieces.size(), 1u);
  for (const char* none : {"3", "00", "+0", "0x0", "-1", ""})
    EXPECT_EQ(stand.as(session, "GET", path + "/attachments/" + none).status, 404) << none;
  EXPECT_EQ(stand.as(stand.session_of(stand.eve), "GET", path + "/attachments/0").status, 404);
}

TEST_F(Contents, ARangeOfAFileIsSentAlone) {
  const auto path = arrive(letter("range")) + "/attachments/";
  EXPECT_TRUE(download(path + "0") == large);
  const auto tag = answer.header("ETag");
  EXPECT_EQ(answer.header("Accept-Ranges"), "bytes");

  EXPECT_TRUE(download(path + "0", {{"range", "bytes=1000000-1999999"}}) ==
              large.substr(1'000'000, 1'000'000));
  EXPECT_EQ(answer.status, 206);
  EXPECT_EQ(answer.header("Content-Range"), "bytes 1000000-1999999/3000000");
  EXPECT_EQ(answer.header("ETag"), tag);
  EXPECT_TRUE(download(path + "0", {{"range", "bytes=-5"}, {"if-range", tag}}) ==
              large.substr(2'999'995));
  EXPECT_TRUE(download(path + "0", {{"range", "bytes=-5"}, {"if-range", "\"other\""}}) == large);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(download(path + "1", {{"range", "bytes=4-"}}), "two");
  EXPECT_EQ(download(path + "2", {{"range", "bytes=2-3"}}), "\xC3\xAF");

  EXPECT_EQ(download(path + "0", {{"range", "bytes=3000000-"}}), "");
  EXPECT_EQ(answer.status, 416);
  EXPECT_EQ(answer.header("Content-Range"), "bytes */3000000");
}

TEST_F(Contents, TheWordsAreReadWithoutTheFiles) {
  const auto path = arrive(letter("words"));
  auto body = stand.as(session, "GET", path + "/body");
  ASSERT_EQ(body.status, 200) << body.text;
  EXPECT_EQ(body.value.at("text"), "Three files");
}

TEST_F(Contents, AllFilesComeInOneArchivePieceByPiece) {
  const std::string again =
      "--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; "
      "filename=\"../CV.pdf\"\r\n\r\nanother\r\n"
      "--x\r\nContent-Type: image/png\r\nContent-Disposition: attachment\r\n\r\npicture\r\n"
      "--x\r\nContent-Disposition: attachment; filename*=UTF-8''L%C3%A9benslauf.txt\r\n\r\n"
      "\r\n--x--";
  auto raw = letter("zip");
  raw.replace(raw.find("--x--"), 5, again);
  raw.insert(0, "Subject: =?utf-8?q?CV_/_R=C3=A9sum=C3=A9?=\r\n");
  const auto path = arrive(raw) + "/attachments.zip";
  stand.env.turns.clear();
  const auto files = unzipped(download(path));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Type"), "application/zip");
  EXPECT_EQ(answer.header("Content-Disposition"),
            "attachment; filename=\"CV _ R__sum__.zip\"; "
            "filename*=UTF-8''CV%20_%20R%C3%A9sum%C3%A9.zip");
  EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
  EXPECT_NE(answer.header("Content-Security-Policy").find("sandbox"), std::string::npos);
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  EXPECT_GT(pieces.size(), 20u);
  for (const auto& piece : pieces) EXPECT_LE(piece.size(), stand.limits.download_piece_octets);
  for (const auto& turn : stand.env.turns) EXPECT_EQ(turn.lane, net::Lane::read);

  std::vector<std::string> names;
  for (const auto& [name, contents] : files) names.push_back(name);
  ASSERT_EQ(names, (std::vector<std::string>{"CV (2).pdf",
                                             "L\xC3\xA9"
                                             "benslauf.txt",
                                             "a.csv", "attachment.png", "b.txt", "cv.pdf"}));
  EXPECT_EQ(files.at(names[0]), "another");
  EXPECT_EQ(files.at(names[1]), "");
  EXPECT_EQ(files.at(names[2]), "one,two");
  EXPECT_EQ(files.at(names[3]), "picture");
  EXPECT_EQ(files.at(names[4]), "na\xC3\xAFve");
  EXPECT_TRUE(files.at(names[5]) == large);
}

// Taken out of the whole message, once for all of them.
TEST_F(Contents, WhatHasToBeUnpackedIsInTheArchiveAsWell) {
  const auto path = arrive(
      "From: carla@home.example\r\nMessage-ID: <packed-zip@home.example>\r\n\r\n"
      "See this:\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\n"
      "begin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\n");
  EXPECT_EQ(unzipped(download(path + "/attachments.zip")),
            (std::map<std::string, std::string>{{"cat.txt", "Cat"}, {"cat (2).txt", "Cat"}}));
  EXPECT_EQ(answer.header("Content-Type"), "application/zip");
  EXPECT_TRUE(
      answer.header("Content-Disposition").starts_with("attachment; filename=\"attachments.zip\""));
}

TEST_F(Contents, PicturesInTheTextAreInNoArchive) {
  const std::string picture =
      "--x\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <logo>\r\n"
      "Content-Disposition: inline\r\n\r\nlogo\r\n";
  const std::string head =
      "From: carla@home.example\r\nContent-Type: multipart/related; boundary=x\r\nMessage-ID: <";
  const std::string words =
      "@home.example>\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<img src=\"cid:logo\">\r\n";
  const auto only = arrive(head + "logo" + words + picture + "--x--\r\n");
  EXPECT_EQ(stand.as(session, "GET", only + "/attachments.zip").status, 404);
  EXPECT_EQ(stand.as(session, "GET", only + "/attachments/0").status, 200);
  const auto both = arrive(head + "both" + words + picture +
                           "--x\r\nContent-Type: text/csv; name=a.csv\r\n\r\none\r\n--x--\r\n");
  EXPECT_EQ(unzipped(download(both + "/attachments.zip")),
            (std::map<std::string, std::string>{{"a.csv", "one"}}));
}

TEST_F(Contents, P1_WhoMayNotSeeTheMessageIsToldOfNoArchive) {
  const auto path = arrive(letter("no-zip"));
  const auto nothing = "/messages/" + stand.make_id<MessageId>().text() + "/attachments.zip";
  const auto eve = stand.session_of(stand.eve);
  const auto hidden = stand.as(eve, "GET", path + "/attachments.zip");
  EXPECT_EQ(hidden.status, 404);
  EXPECT_EQ(hidden.text, stand.as(eve, "GET", nothing).text);
  EXPECT_EQ(stand.as("", "GET", path + "/attachments.zip").status, 401);
}

// What lies inside another file has no place of its own in the source.
TEST_F(Contents, WhatHasToBeUnpackedIsSentAsWell) {
  const auto path = arrive(
      "From: carla@home.example\r\nMessage-ID: <packed@home.example>\r\n\r\n"
      "See this:\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\n");
  EXPECT_EQ(download(path + "/attachments/0"), "Cat");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.header("Content-Disposition").find("cat.txt") != std::string::npos);
}

TEST_F(Contents, S11_TheSourceComesPieceByPiece) {
  const auto raw = letter("source");
  const auto path = arrive(raw) + "/raw";
  EXPECT_TRUE(download(path) == raw);
  EXPECT_EQ(answer.header("Content-Type"), "message/rfc822");
  EXPECT_GT(pieces.size(), 20u);
  EXPECT_EQ(download(path, {{"range", "bytes=0-3"}}), "From");
  EXPECT_EQ(download(path, {{"range", "bytes=-7"}}), "--x--\r\n");
}

// Deleted while it is being read: the answer is shorter than it said.
TEST_F(Contents, D1_WhatIsDeletedMeanwhileEnds) {
  const auto path = arrive(letter("gone"));
  expect_cut_short(path + "/attachments/0", [&] {
    stand.commit({store::ForgetCandidate{stand.carla, {}, stand.env.clock}});
    for (;;) {
      const auto due = stand.ask(store::ErrandsDue{rules::engine_scope(stand.company),
                                                   stand.env.clock + std::chrono::hours(1)});
      if (due.empty()) break;
      for (const auto& errand : due)
        stand.commit({store::AdvanceErrand{errand.id, stand.env.clock}});
    }
  });
}

TEST_F(Contents, P1_WhoLeavesTheTeamMeanwhileReadsNoFurther) {
  const auto path = arrive(letter("team"));
  for (const std::string what : {"/attachments/0", "/attachments.zip", "/raw"}) {
    expect_cut_short(path + what, [&] { set_team({}); });
    set_team({stand.max.id});
  }
  EXPECT_TRUE(download(path + "/attachments/0") == large);
}

TEST_F(Contents, WhoseSessionEndsMeanwhileReadsNoFurther) {
  const auto path = arrive(letter("session"));
  expect_cut_short(path + "/attachments/0", [&] { stand.env.clock = stand.env.clock + 25h; });
}

}  // namespace
}  // namespace hearback::api
