// Every transcript in tests/transcripts is played whole, one byte at a time, and failing at every
// step of both. Results are equal whole and by bytes; after a fault every verb still ends, with an
// error that a person can read.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "transcripts/player.hpp"
#include "transcripts/verbs.hpp"

namespace hearback::transcripts {
namespace {

std::vector<std::filesystem::path> all_transcripts() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(HEARBACK_SOURCE_DIR "/tests/transcripts"))
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

Script script_at(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return Reader::read(text.str());
}

struct Played {
  std::vector<Lines> results;
  std::vector<Error> errors;
  std::string mismatch;
  std::size_t actions = 0;
};

Played play(const Script& script, bool bytes, std::optional<Fault> fault = std::nullopt) {
  Player player(script, bytes, fault);
  auto verbs = make_verbs(script);
  Played played;
  for (const auto& verb : script.verbs) played.results.push_back(verbs->run(verb, player));
  played.errors = verbs->errors;
  played.mismatch = player.mismatch();
  if (played.mismatch.empty()) played.mismatch = player.unfinished();
  played.actions = player.actions();
  return played;
}

// Nothing of what was typed may turn up in what is shown.
void expect_readable(const Played& played, const Script& script) {
  for (const auto& error : played.errors) {
    EXPECT_TRUE(error.what.ends_with('.')) << error.code;
    EXPECT_TRUE(error.code.find('.') != std::string::npos) << error.code;
    for (const auto& verb : script.verbs)
      if (verb.words[0] == "sign_in")
        for (std::size_t i = 1; i < verb.words.size(); ++i)
          EXPECT_EQ(error.what.find(verb.words[i]), std::string::npos) << error.what;
  }
}

void expect_as_written(const Played& played, const Script& script, const char* how) {
  EXPECT_EQ(played.mismatch, "") << how;
  for (std::size_t i = 0; i < script.verbs.size(); ++i)
    EXPECT_EQ(played.results[i], script.verbs[i].expected)
        << how << ", verb " << i << " " << script.verbs[i].words[0];
}

class Transcript : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Transcript, WholeAndByBytes) {
  auto script = script_at(GetParam());
  auto whole = play(script, false);
  auto bytes = play(script, true);
  expect_as_written(whole, script, "whole");
  expect_as_written(bytes, script, "by bytes");
  expect_readable(whole, script);
}

TEST_P(Transcript, FailingAtEveryStep) {
  auto script = script_at(GetParam());
  for (bool bytes : {false, true}) {
    auto actions = play(script, bytes).actions;
    // Long byte-wise plays are cut at a few hundred places, short ones everywhere.
    std::size_t stride = std::max<std::size_t>(1, actions / 700);
    for (std::size_t at = 0; at < actions; at += stride)
      for (auto kind : {Fault::Kind::cut, Fault::Kind::timeout}) {
        auto played = play(script, bytes, Fault{kind, at});
        expect_readable(played, script);
        ASSERT_EQ(played.results.size(), script.verbs.size());
        if (kind == Fault::Kind::cut)
          ASSERT_LE(played.actions, at + script.verbs.size()) << "goes on after the end";
      }
  }
}

// Whatever the client says in any transcript, it never changes a mailbox but by APPEND, and never
// asks for more of a message than its turn allows.
TEST(Transcripts, S8_MailboxesAreOnlyRead) {
  for (const auto& path : all_transcripts())
    for (const auto& event : script_at(path).events) {
      if (event.kind != Event::Kind::client) continue;
      for (std::string_view word : {"SELECT ", "STORE ", "EXPUNGE", "COPY ", "MOVE ", "DELETE ",
                                    "RENAME ", "BODY[", "RFC822 ", "RFC822.TEXT"})
        EXPECT_EQ(event.bytes.find(word), std::string::npos) << path << ": " << event.bytes;
    }
}

TEST(Transcripts, S2_TheScanAsksForTenFieldsAndNothingElse) {
  std::size_t scans = 0;
  for (const auto& path : all_transcripts())
    for (const auto& event : script_at(path).events) {
      auto at = event.bytes.find("INTERNALDATE RFC822.SIZE");
      if (event.kind != Event::Kind::client || at == std::string::npos) continue;
      ++scans;
      // The flags only where drafts lie among the mail.
      const std::string flags = path.filename() == "imap_header_scan_flags.txt" ? " FLAGS" : "";
      EXPECT_EQ(event.bytes.substr(at),
                "INTERNALDATE RFC822.SIZE" + flags +
                    " BODY.PEEK[HEADER.FIELDS (FROM TO CC BCC REPLY-TO SUBJECT "
                    "DATE MESSAGE-ID IN-REPLY-TO REFERENCES)])\r\n")
          << path;
    }
  EXPECT_GT(scans, 5u);
}

INSTANTIATE_TEST_SUITE_P(All, Transcript, testing::ValuesIn(all_transcripts()),
                         [](const auto& info) {
                           std::string name = info.param.stem().string();
                           for (char& c : name)
                             if (!isalnum(static_cast<unsigned char>(c))) c = '_';
                           return name;
                         });

}  // namespace
}  // namespace hearback::transcripts
