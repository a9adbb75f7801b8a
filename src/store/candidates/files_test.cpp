#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

class CandidateFilesTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::evaluator);
    welder = add_job("Welder", {ben.id});
    baker = add_job("Baker", {});
  }
  rules::User anna, ben;
  JobId welder, baker;
};
HEARBACK_ON_EACH_DATABASE(CandidateFilesTest);

// What a colleague passed on is as well where the candidate sent it (T-3, W-9).
TEST_P(CandidateFilesTest, W9_AFileIsToldWhereTheCandidateKnowsIt) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  const auto theirs = thread(wanda);
  auto ours = thread(wanda);
  ours.kind = rules::ThreadKind::internal_forward;
  int sent = 0;
  const auto send = [&](const rules::Thread& where, const std::string& name) {
    auto m = message("m" + std::to_string(++sent), "wanda@home.example", "ben@acme.example");
    m.date = now + std::chrono::minutes(sent);
    m.attachments.push_back({.index = 0, .filename = name, .type = "x/y", .octets = 5});
    place(m, where, PlacedBy::address, "wanda@home.example", sent < 3);
    return m.id;
  };
  const auto cv = send(theirs, "CV.pdf");
  send(ours, "CV.pdf");
  const auto notes = send(ours, "notes.txt");
  const auto rows = ask(CandidateFiles{as(ben), wanda}).rows;
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].message, cv);
  EXPECT_FALSE(rows[0].internal);
  EXPECT_EQ(rows[1].message, notes);
  EXPECT_TRUE(rows[1].internal);
  EXPECT_TRUE(ask(MessageById{as(ben), cv, wanda}));
  EXPECT_FALSE(ask(MessageById{as(ben), notes, wanda}));
  EXPECT_FALSE(ask(MessageById{as(ben), cv, add_candidate("Carl", {"c@home.example"}, {welder})}));
}

// A template that we sent is nobody's CV; and what the candidate sends back is theirs.
TEST_P(CandidateFilesTest, M9_WhatOnlyWeSentIsOurs) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  const auto t = thread(wanda);
  int sent = 0;
  const auto send = [&](rules::Direction direction, const std::string& name) {
    auto m = message("m" + std::to_string(++sent), "wanda@home.example", "ben@acme.example");
    m.direction = direction;
    m.date = now + std::chrono::minutes(sent);
    m.attachments.push_back({.index = 0, .filename = name, .type = "x/y", .octets = 5});
    place(m, t, PlacedBy::address, "wanda@home.example", sent < 2);
    return m.id;
  };
  const auto filled = send(rules::Direction::incoming, "Form.pdf");
  send(rules::Direction::outgoing, "Form.pdf");
  send(rules::Direction::outgoing, "CV template.pdf");
  send(rules::Direction::incoming, "CV.pdf");
  const auto rows = ask(CandidateFiles{as(ben), wanda}).rows;
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_TRUE(rows[0].is_cv && !rows[0].ours && rows[0].file.filename == "CV.pdf");
  EXPECT_TRUE(!rows[1].is_cv && rows[1].ours && rows[1].file.filename == "CV template.pdf");
  EXPECT_TRUE(!rows[2].ours && rows[2].message == filled);
  // Sent back to them it is their CV still.
  send(rules::Direction::outgoing, "CV.pdf");
  EXPECT_TRUE(ask(CandidateFiles{as(ben), wanda}).rows[0].is_cv);
}

TEST_P(CandidateFilesTest, M9_FilesAreThereOnceCvFirst) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  const auto t = thread(wanda);
  int sent = 0;
  const auto send = [&](std::vector<std::pair<std::string, std::uint64_t>> files) {
    auto m = message("m" + std::to_string(++sent), "wanda@home.example", "ben@acme.example");
    m.date = now + std::chrono::minutes(sent);
    int index = 0;
    for (const auto& [name, octets] : files)
      m.attachments.push_back(
          {.index = index++, .filename = name, .type = "x/y", .octets = octets});
    m.attachments.push_back({.index = index,
                             .filename = "logo.png",
                             .type = "image/png",
                             .octets = 9,
                             .content_id = "logo",
                             .is_inline = true});
    m.attachments.push_back(
        {.index = index + 1, .filename = "invite.ics", .type = "text/calendar", .octets = 5});
    place(m, t, PlacedBy::address, "wanda@home.example", sent == 1);
    return m;
  };
  const auto files = [&](const Scope& scope, std::size_t looked = 100, std::size_t most = 100) {
    std::vector<std::string> names;
    auto found = ask(CandidateFiles{scope, wanda, looked, most});
    for (const auto& row : found.rows) names.push_back(row.file.filename);
    if (found.more) names.push_back("more");
    return names;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(files(as(ben)), Names{});
  send({{"CV.pdf", 10}, {"letter.pdf", 20}});
  send({});
  const auto last = send({{"letter.pdf", 20}, {"letter.pdf", 21}, {"work.zip", 7}});
  EXPECT_EQ(files(as(ben)), (Names{"CV.pdf", "letter.pdf", "letter.pdf", "work.zip"}));
  EXPECT_FALSE(ask(CandidateFiles{as(ben), wanda}).more);
  const auto rows = ask(CandidateFiles{as(ben), wanda}).rows;
  EXPECT_EQ(rows.at(1).message, last.id);  // as it came last
  EXPECT_EQ(rows.at(1).thread, t.id);
  EXPECT_TRUE(rows.at(0).is_cv);
  EXPECT_EQ(files(as(ben), 1), (Names{"letter.pdf", "letter.pdf", "work.zip", "more"}));
  EXPECT_EQ(files(as(ben), 100, 2), (Names{"CV.pdf", "letter.pdf", "more"}));
  EXPECT_EQ(files(as(ben), 3), files(as(ben)));
  // However many a stranger writes into one message: what isn't listed is said.
  std::vector<std::pair<std::string, std::uint64_t>> crowd;
  for (int i = 0; i < 300; ++i) crowd.emplace_back(std::to_string(i) + ".txt", 1);
  send(crowd);
  const auto all = ask(CandidateFiles{as(ben), wanda, 100, 1000});
  EXPECT_EQ(all.rows.size(), 4u + 200u);
  EXPECT_TRUE(all.more);
  // A CV stands behind all pictures of a long conversation's signatures.
  const auto carl = add_candidate("Carl", {"carl@home.example"}, {welder});
  auto letter = message("pictures", "carl@home.example", "ben@acme.example");
  for (int i = 0; i < 80; ++i)
    letter.attachments.push_back({.index = i,
                                  .filename = "logo.png",
                                  .type = "image/png",
                                  .octets = 9,
                                  .content_id = "logo",
                                  .is_inline = true});
  letter.attachments.push_back(
      {.index = 80, .filename = "CV Carl.pdf", .type = "x/y", .octets = 3});
  place(letter, thread(carl), PlacedBy::address, "carl@home.example");
  EXPECT_EQ(ask(CandidateFiles{as(ben), carl}).rows.size(), 1u);
  // Where one may not look nothing lies.
  const auto bob = add_candidate("Bob", {"bob@home.example"}, {baker});
  auto hidden = message("hidden", "bob@home.example", "anna@acme.example");
  hidden.attachments.push_back({.filename = "CV Bob.pdf", .type = "x/y", .octets = 3});
  place(hidden, thread(bob), PlacedBy::address, "bob@home.example");
  EXPECT_EQ(ask(CandidateFiles{as(anna), bob}).rows.size(), 1u);
  EXPECT_TRUE(ask(CandidateFiles{as(ben), bob}).rows.empty());
}

}  // namespace
}  // namespace hearback::store
