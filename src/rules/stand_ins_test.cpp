#include "rules/stand_ins.hpp"

#include <gtest/gtest.h>

#include "mail/header.hpp"

namespace hearback::rules {
namespace {

mail::Envelope read(std::string header) { return mail::read_envelope(header + "\r\n\r\n"); }

constexpr const char* kSubject =
    "\r\nTo: ada@lindenhof.example"
    "\r\nSubject: Retrieval using the IMAP4 protocol failed for the following\r\n message: 20004";

TEST(StandIns, S12_WhatAServerWritesItselfHasNoSender) {
  struct Row {
    std::string header;
    bool is;
  };
  const std::string by = "From: Microsoft Exchange Server";
  const std::string id = "\r\nMessage-ID: <a@x>", date = "\r\nDate: 2 Nov 2026 10:00:00 +0000";
  const Row table[] = {
      {by + " 2010" + kSubject, true},
      {by + kSubject, true},
      {"From: \"Microsoft Exchange Server\"" + std::string(kSubject), true},
      {"From: \"Microsoft Exchange Server\" <.MISSING-HOST-NAME.>" + std::string(kSubject), true},
      {by + "\r\nTo: ada@lindenhof.example\r\nSubject: Fehler beim Abrufen", true},
      // Of a person, of an administrator, or passed on by somebody.
      {"From: Jane Doe <jane.doe@post.example>" + std::string(kSubject) + id + date, false},
      {"From: Jane Doe <jane.doe@post.example>" + std::string(kSubject), false},
      {by + " <exchange@lindenhof.example>" + kSubject, false},
      {by + kSubject + id, false},
      {by + kSubject + date, false},
      {by + ", Jane Doe <jane.doe@post.example>" + kSubject, false},
      {"From: Jane Doe" + std::string(kSubject), false},
      {"Subject: Microsoft Exchange Server", false},
      {"", false},
  };
  for (const auto& row : table) EXPECT_EQ(is_stand_in(read(row.header)), row.is) << row.header;
}

// Only what came instead of another.
TEST(StandIns, S12_ANoticeStandsInForWhatTheHeaderSaid) {
  const auto notice = read("From: Microsoft Exchange Server 2010" + std::string(kSubject));
  const auto jane = read("From: Jane Doe <jane.doe@post.example>\r\nMessage-ID: <a@x>");
  const auto about = read("From: Jane Doe <jane.doe@post.example>" + std::string(kSubject));
  EXPECT_TRUE(stands_in(jane, notice));
  EXPECT_TRUE(stands_in(about, notice));
  EXPECT_FALSE(stands_in(about, about));
  EXPECT_FALSE(stands_in(notice, notice));
  EXPECT_FALSE(stands_in(notice, jane));
  EXPECT_FALSE(stands_in(jane, about));
}

TEST(StandIns, S12_AnotherMessageIsKnownByItsIdOrItsWriters) {
  struct Row {
    std::string asked, came;
    bool is;
  };
  const std::string jane = "From: Jane Doe <jane.doe@post.example>", mum = "From: mum@home.example",
                    id = "\r\nMessage-ID: <a@x>", other = "\r\nMessage-ID: <b@x>";
  const Row table[] = {
      {jane + id, jane + id, false},
      {jane + id, "From: J. Doe <JANE.DOE@post.example>" + id, false},
      {jane + id, jane + other, true},
      {jane + id, mum + other, true},
      {jane + id, jane, true},
      {jane + id, "", true},
      // Without one the writers are all there is.
      {jane, jane, false},
      {jane, jane + id, false},
      {jane, mum, true},
      {jane, "", true},
      {"Subject: x", "Subject: x", false},
      // A charset that is named elsewhere in the header may make other letters of these.
      {jane + "\r\nMessage-ID: <\xe4@x>", jane + id, false},
      {"From: j\xe4ne@post.example", jane, false},
  };
  for (const auto& row : table)
    EXPECT_EQ(is_another(read(row.asked), read(row.came)), row.is) << row.asked << "/" << row.came;
}

}  // namespace
}  // namespace hearback::rules
