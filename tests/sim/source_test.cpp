// What every Source must do, held against each: IMAP at the model server, and a provider of
// another shape. Then the sync engine on the other shape: it may know of IMAP nothing at all.
#include "mailbox/source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mail/header.hpp"
#include "sim/label_source.hpp"
#include "sim/sync_rig.hpp"

namespace hearback::sim {
namespace {

using mailbox::Cursor;
using mailbox::RemoteId;
using mailbox::Source;
using Ids = std::vector<RemoteId>;

// One provider with an empty account, and the Source that looks at it.
struct Shape {
  virtual ~Shape() = default;
  virtual Task<Result<std::unique_ptr<Source>>> open(SimEnv& env) = 0;
  virtual void deliver(std::string raw) = 0;
  virtual void remove_first() = 0;
  virtual void start_over() = 0;
};

struct ImapShape final : Shape {
  explicit ImapShape(World& w)
      : world(w),
        account(w.serve<ImapServer>("imap.example.org", 993).add_account("max", "secret")) {}
  Task<Result<std::unique_ptr<Source>>> open(SimEnv& env) override {
    return mailbox::open_imap_source(env, {{"imap.example.org", 993, "tls", "max"}, "secret"}, {},
                                     {});
  }
  void deliver(std::string raw) override { account.deliver("INBOX", std::move(raw)); }
  void remove_first() override {
    account.expunge("INBOX", account.folder("INBOX").messages.front().uid);
  }
  void start_over() override { account.change_uid_validity("INBOX", true); }
  World& world;
  ImapAccount& account;
};

struct LabelShape final : Shape {
  explicit LabelShape(World& w) : imap(w), box(w, imap.account) {}
  Task<Result<std::unique_ptr<Source>>> open(SimEnv& env) override {
    return sources_of(box)(env, {}, {}, {});
  }
  void deliver(std::string raw) override { imap.deliver(std::move(raw)); }
  void remove_first() override { imap.remove_first(); }
  void start_over() override { box.lose_numbers(); }
  ImapShape imap;
  LabelBox box;
};

std::string note(const std::string& id, const std::string& from = "jo@candidate.example") {
  return raw_message({.from = from, .to = "max@example.org", .subject = "About", .message_id = id});
}

struct Read {
  Ids ids;
  std::vector<std::string> message_ids;
};
Task<Read> read(Source& source, std::vector<mailbox::IdRange> ranges) {
  Read read;
  std::size_t finished = 0;
  Source::HeaderScan scan;
  scan.ranges = ranges;
  scan.item = [&](const mailbox::HeaderItem& item) {
    read.ids.push_back(item.id);
    read.message_ids.push_back(mail::read_envelope(item.header).message_id);
    EXPECT_GT(item.octets, item.header.size());
  };
  scan.finished = [&](std::size_t) { return ++finished > 0; };
  scan.refused = [](std::size_t, const Error& why) { ADD_FAILURE() << why.code; };
  auto done = co_await source.headers(scan);
  EXPECT_TRUE(done.has_value());
  EXPECT_EQ(finished, ranges.size());
  co_return read;
}

Task<void> numbers(Source& source, Shape& shape) {
  shape.deliver(note("a@x"));
  shape.deliver(note("b@x"));
  auto first = co_await source.open("INBOX", {});
  EXPECT_TRUE(first && !first->start_over.empty() && first->next.series != 0) << "never looked";
  if (!first) co_return;
  EXPECT_EQ(source.front(), "INBOX");
  auto there = co_await source.present({});
  EXPECT_TRUE(there && there->size() == 2 && std::ranges::is_sorted(*there));
  if (!there || there->size() != 2) co_return;
  EXPECT_GE(first->next.highest, there->back());
  auto all = co_await read(source, {{1, mailbox::kLastId}});
  EXPECT_EQ(all.ids, *there);
  EXPECT_EQ(all.message_ids, (std::vector<std::string>{"a@x", "b@x"}));

  // What comes has a higher number, what goes takes its own along.
  const Cursor cursor = first->next;
  const auto heard = source.heard();
  shape.deliver(note("c@x"));
  auto waited = co_await source.wait(1min);
  EXPECT_TRUE(waited && *waited);
  EXPECT_NE(source.heard(), heard);
  auto more = co_await source.changes("INBOX", cursor);
  EXPECT_TRUE(more && more->start_over.empty());
  auto above = co_await read(source, {{cursor.highest + 1, mailbox::kLastId}});
  EXPECT_EQ(above.message_ids, std::vector<std::string>{"c@x"});
  if (above.ids.empty()) co_return;
  EXPECT_GT(above.ids.back(), cursor.highest);
  shape.remove_first();
  auto left = co_await source.present({});
  EXPECT_TRUE(left && *left == (Ids{there->back(), above.ids.back()}));
  auto looked = co_await source.changes("Sent", {});
  EXPECT_TRUE(looked && !looked->start_over.empty());
  auto unknown = co_await source.changes("Nowhere", {});
  EXPECT_TRUE(!unknown && mailbox::trouble_of(unknown.error()) != mailbox::Trouble::connection);
}

std::vector<mailbox::Wanted> proven(const Ids& ids) {
  const rules::Directory directory({{"jo@candidate.example", CandidateId{}}}, {});
  const auto proof = rules::match_by_address(directory, mail::read_envelope(note("a@x")));
  std::vector<mailbox::Wanted> wanted;
  for (const auto id : ids) wanted.push_back({id, *proof});
  return wanted;
}

Task<void> bodies(Source& source, Shape& shape) {
  shape.deliver(note("a@x"));
  shape.deliver(note("private@x", "aunt@family.example"));
  shape.deliver(note("b@x"));
  auto opened = co_await source.open("INBOX", {});
  auto there = co_await source.present({});
  if (!opened || !there || there->size() != 3) {
    ADD_FAILURE();
    co_return;
  }
  const auto wanted = proven({(*there)[0], (*there)[2], there->back() + 1});
  std::vector<std::string> came;
  const std::function<void(const mailbox::Wanted&, const mailbox::BodyItem&)> item =
      [&](const mailbox::Wanted& one, const mailbox::BodyItem& body) {
        EXPECT_EQ(one.id, body.id);
        EXPECT_TRUE(body.raw.ends_with("Hello\r\n"));
        came.push_back(mail::read_envelope(body.raw).message_id);
      };
  auto done = co_await source.bodies(wanted, item);
  EXPECT_TRUE(done.has_value());
  std::ranges::sort(came);
  EXPECT_EQ(came, (std::vector<std::string>{"a@x", "b@x"}));
  // A search may be impossible; what it finds may be too much, never too little.
  auto found = co_await source.find({"jo@candidate.example"}, {}, mailbox::kAllIds);
  EXPECT_TRUE(found.has_value());
  if (found && *found) EXPECT_THAT(**found, testing::IsSupersetOf(Ids{(*there)[0], (*there)[2]}));
}

// While headers come, bodies and what is there may be asked for: each gets all of its own.
Task<void> both(Source& source, Shape& shape) {
  for (int i = 0; i < 30; ++i) shape.deliver(note(std::to_string(i) + "@x"));
  auto opened = co_await source.open("INBOX", {});
  auto there = co_await source.present({});
  if (!opened || !there || there->size() != 30) {
    ADD_FAILURE();
    co_return;
  }
  Tasks beside;
  std::vector<mailbox::IdRange> ranges;
  for (const auto id : *there) ranges.push_back({id, id});
  Read headers;
  Ids present, came;
  beside.spawn([](Source& s, std::vector<mailbox::IdRange> r, Read& into) -> Task<void> {
    into = co_await read(s, std::move(r));
  }(source, ranges, headers));
  beside.spawn([](Source& s, Ids& into) -> Task<void> {
    auto found = co_await s.present({});
    EXPECT_TRUE(found.has_value());
    if (found) into = std::move(*found);
  }(source, present));
  const std::function<void(const mailbox::Wanted&, const mailbox::BodyItem&)> item =
      [&](const mailbox::Wanted& one, const mailbox::BodyItem&) { came.push_back(one.id); };
  for (const auto id : *there) {
    const auto wanted = proven({id});
    auto done = co_await source.bodies(wanted, item);
    EXPECT_TRUE(done.has_value());
    if (came.size() == 1) {
      EXPECT_TRUE(headers.ids.empty()) << "before the headers' end";
    }
  }
  for (int i = 0; i < 100 && beside.size() > 0; ++i) {
    auto asked = co_await source.present({});
    EXPECT_TRUE(asked.has_value());
  }
  EXPECT_EQ(headers.ids, *there);
  EXPECT_EQ(present, *there);
  EXPECT_EQ(came, *there);
}

Task<void> ends(Source& source, Shape& shape) {
  auto first = co_await source.open("INBOX", {});
  if (!first) co_return;
  auto nothing = co_await source.wait(5s);
  EXPECT_TRUE(nothing && !*nothing) << "an empty folder tells nothing";
  source.stop();
  auto after = co_await source.present({});
  EXPECT_TRUE(!after && mailbox::trouble_of(after.error()) == mailbox::Trouble::connection);
  (void)shape;
}

using Script = Task<void> (*)(Source&, Shape&);

Task<void> play(SimEnv& env, Shape& shape, Script script, bool* done) {
  auto source = co_await shape.open(env);
  EXPECT_TRUE(source.has_value());
  if (source) co_await script(**source, shape);
  *done = true;
}

template <class T>
class SourceConformance : public testing::Test {
 protected:
  void run(Script script) {
    bool done = false;
    env.spawn(play(env, shape, script, &done));
    world.run_while([&] { return !done; }, 1h);
    EXPECT_TRUE(done);
    env.stop();
    world.run_for(2min);
  }
  // Where the numbers meant something to the last Source, the next one says that they don't.
  void after_starting_over() {
    shape.deliver(note("a@x"));
    run([](Source& source, Shape& s) -> Task<void> {
      auto first = co_await source.open("INBOX", {});
      EXPECT_TRUE(first.has_value());
      if (!first) co_return;
      const Cursor cursor = first->next;
      auto again = co_await source.changes("INBOX", cursor);
      EXPECT_TRUE(again && again->start_over.empty());
      auto elsewhere = co_await source.open("Sent", {});
      EXPECT_TRUE(elsewhere.has_value());
      s.start_over();
      auto over = co_await source.changes("INBOX", cursor);
      EXPECT_TRUE(over && !over->start_over.empty() && over->next.series != cursor.series);
    });
  }
  World world{11};
  T shape{world};
  SimEnv env{world};
};
using Shapes = testing::Types<ImapShape, LabelShape>;
TYPED_TEST_SUITE(SourceConformance, Shapes);

TYPED_TEST(SourceConformance, S10_NumbersAscendAndHold) { this->run(numbers); }
TYPED_TEST(SourceConformance, S2_BodiesAsWantedAndNoOthers) { this->run(bodies); }
TYPED_TEST(SourceConformance, S1_BodiesComeBetweenHeaders) { this->run(both); }
TYPED_TEST(SourceConformance, S10_StartsOverInAnotherSeries) { this->after_starting_over(); }
TYPED_TEST(SourceConformance, S7_WaitsAndEnds) { this->run(ends); }

// A token that the provider has forgotten costs a listing, and no number; what went and comes back
// is looked at anew.
TEST(LabelNumbers, S10_HoldThoughTheHistoryIsForgotten) {
  World world{11};
  LabelShape shape{world};
  SimEnv env{world};
  bool done = false;
  const auto script = [](Source& source, Shape& of) -> Task<void> {
    auto& box = static_cast<LabelShape&>(of).box;
    auto& account = box.account;
    of.deliver(note("a@x"));
    of.deliver(note("b@x"));
    auto first = co_await source.open("INBOX", {});
    auto there = co_await source.present({});
    EXPECT_TRUE(first && there && there->size() == 2);
    if (!first || !there || there->size() != 2) co_return;
    of.deliver(note("c@x"));
    account.move("INBOX", account.folder("INBOX").messages.front().uid, "Archive");
    box.forget_history();
    auto later = co_await source.changes("INBOX", first->next);
    EXPECT_TRUE(later && later->start_over.empty());
    auto left = co_await source.present({});
    EXPECT_TRUE(left && left->size() == 2 && left->front() == there->back());
    account.move("Archive", account.folder("Archive").messages.front().uid, "INBOX");
    auto back = co_await source.present({});
    EXPECT_TRUE(back && left && back->size() == 3 && back->back() > left->back());
  };
  env.spawn(play(env, shape, script, &done));
  world.run_while([&] { return !done; }, 1h);
  EXPECT_TRUE(done);
}

// ---- sync on the other shape ---------------------------------------------------------------

sync::Options on(LabelBox& box) {
  sync::Options options;
  options.limits.scan_batch = 3;
  options.open_source = sources_of(box);
  return options;
}

TEST(SyncOnAnotherShape, S1_S2_S5_S10_SYNC1_SYNC2_SYNC9_AsOnImap) {
  SyncRig rig;
  LabelBox box(rig.world, *rig.account);
  auto deliver = [&](const std::string& id, const std::string& from) {
    return rig.account->deliver("INBOX", note(id, from));
  };
  std::multiset<std::string> expected;
  for (int i = 0; i < 20; ++i) {
    const auto id = std::to_string(i) + "@x";
    if (i % 2) {
      deliver("private-" + id, "aunt@family.example");
    } else {
      deliver(id, "jo@candidate.example");
      expected.insert(id);
    }
  }
  deliver("kim@x", "kim@other.example");
  rig.start(on(box));
  rig.settle();
  EXPECT_EQ(rig.imported(), expected) << "the past";
  deliver("new@x", "jo@candidate.example");
  rig.world.run_for(5s);
  expected.insert("new@x");
  EXPECT_EQ(rig.imported(), expected) << "what is told";
  rig.office.add_candidate("Kim", {"kim@other.example"});
  rig.settle();
  expected.insert("kim@x");
  EXPECT_EQ(rig.imported(), expected) << "an address that was added, without a search";
  const auto bodies = rig.account->bodies().size();
  box.forget_history();
  rig.settle();
  box.lose_numbers();
  rig.settle();
  EXPECT_EQ(rig.imported(), expected) << "nothing twice, nothing lost";
  EXPECT_EQ(rig.account->bodies().size(), bodies) << "what is stored is recognized by its header";
  const auto gone = deliver("late@x", "jo@candidate.example");
  rig.settle();
  expected.insert("late@x");
  rig.crash();
  rig.account->expunge("INBOX", gone);
  deliver("after@x", "jo@candidate.example");
  expected.insert("after@x");
  rig.start(on(box));
  rig.settle();
  EXPECT_EQ(rig.imported(), expected) << "after a crash";
  EXPECT_TRUE(rig.private_bodies().empty()) << "SYNC-9";
  EXPECT_EQ(rig.mailbox_row().last_error, "");
  EXPECT_EQ(rig.account->logins(), 0u);
  EXPECT_TRUE(rig.stop());
}

TEST(SyncOnAnotherShape, S12_OneBrokenMailStopsNobody) {
  SyncRig rig;
  LabelBox box(rig.world, *rig.account);
  std::multiset<std::string> expected;
  for (int i = 0; i < 9; ++i) {
    const auto id = std::to_string(i) + "@x";
    const auto uid = rig.account->deliver("INBOX", note(id));
    if (i == 4)
      rig.account->quirks.broken.insert(uid);
    else
      expected.insert(id);
  }
  rig.start(on(box));
  rig.settle();
  EXPECT_EQ(rig.imported(), expected);
  EXPECT_EQ(rig.quarantined().size(), 1u);
  EXPECT_TRUE(rig.stop());
}

}  // namespace
}  // namespace hearback::sim
