// Sync under every kind of trouble: mail that arrives, moves, goes and is renumbered while links
// break at any octet, the database fails and processes are killed between any two steps. What the
// mailbox holds in the end is the truth: exactly what is about a candidate has been imported, once,
// and no other body was ever asked for.
#include "sim/sync_scenario.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <tuple>

#include "sim/faulty_store.hpp"
#include "sim/label_source.hpp"
#include "sim/sync_rig.hpp"

namespace hearback::sim {
namespace {

struct Choices {
  int letters = 10, cut_percent = 0, refuse_percent = 0, crashes = 0;
  int fail_percent = 0, unknown_percent = 0, renumberings = 0, moves = 0, expunges = 0;
  bool new_candidate = false, uid_next = true, esearch = true, idle = true;
  bool oks_last = false, last_first = false;
  int others = 0, refusals = 0, omissions = 0, toggles = 0;
  bool drip = false, labels = false;
  std::uint32_t unreadable = 0;  // UID that no FETCH may name, wherever it lies
  std::size_t piece = 64 * 1024, scan_batch = 2000, body_batch = 50;

  static Choices of(World& world) {
    Choices c;
    auto pick = [&](int most) { return static_cast<int>(world.below(most + 1)); };
    c.letters = 5 + pick(40);
    if (world.chance(60)) c.cut_percent = pick(50);
    if (world.chance(30)) c.refuse_percent = pick(30);
    if (world.chance(60)) c.crashes = pick(8);
    if (world.chance(30)) c.fail_percent = pick(15);
    if (world.chance(30)) c.unknown_percent = pick(10);
    if (world.chance(40)) c.renumberings = pick(3);
    if (world.chance(50)) c.moves = pick(6);
    if (world.chance(40)) c.expunges = pick(4);
    c.new_candidate = world.chance(60);
    c.uid_next = world.chance(85);
    c.esearch = world.chance(70);
    c.idle = world.chance(80);
    if (world.chance(40)) c.piece = 1 + world.below(60);
    if (world.chance(60)) c.scan_batch = 1 + world.below(8);
    if (world.chance(60)) c.body_batch = 1 + world.below(5);
    c.oks_last = world.chance(50);
    c.last_first = world.chance(20);
    if (world.chance(50)) c.others = pick(40);
    if (world.chance(50)) c.refusals = pick(6);
    if (world.chance(50)) c.omissions = pick(3);
    if (world.chance(30)) c.toggles = pick(8);
    c.drip = world.chance(20);
    // By the seed itself: the other choices of the seeds that are known by name stay what they
    // were.
    c.labels = world.seed() % 4 == 0;  // a provider of another shape
    if (world.seed() % 5 == 0 && !c.labels)
      c.unreadable = 1 + static_cast<std::uint32_t>(world.seed() % 7);
    // Half of the mailboxes have no other trouble: what these cost can be told from the rest.
    if (world.chance(50))
      c.cut_percent = c.refuse_percent = c.crashes = c.fail_percent = c.unknown_percent = 0;
    return c;
  }
  // Nothing breaks the connection, the database or the process.
  bool whole() const {
    return cut_percent + refuse_percent + crashes + fail_percent + unknown_percent == 0;
  }
  std::string text() const {
    std::ostringstream out;
    out << "letters=" << letters << " cut%=" << cut_percent << " refuse%=" << refuse_percent
        << " crashes=" << crashes << " fail%=" << fail_percent << " unknown%=" << unknown_percent
        << " renumberings=" << renumberings << " moves=" << moves << " expunges=" << expunges
        << " new_candidate=" << new_candidate << " uid_next=" << uid_next << " esearch=" << esearch
        << " idle=" << idle << " piece=" << piece << " scan_batch=" << scan_batch
        << " body_batch=" << body_batch << " oks_last=" << oks_last << " last_first=" << last_first
        << " others=" << others << " toggles=" << toggles << " refusals=" << refusals
        << " omissions=" << omissions << " drip=" << drip << " labels=" << labels
        << " unreadable=" << unreadable;
    return out.str();
  }
};

// A deliberate bug: the cursor moves although its messages weren't stored. That their import was
// begun is forgotten, as if they were: else the next life tries them again.
class Careless final : public store::Store {
 public:
  explicit Careless(FaultyStore& inner) : inner_(inner) {}
  Result<std::uint64_t> commit(const store::Commit& commit) override {
    const bool both = has<store::AddMessage>(commit) && has<store::AdvanceCursor>(commit);
    if (!both || done_) return inner_.commit(commit);
    done_ = true;
    store::Commit cursor{commit.company, {}, {}};
    for (const auto& change : commit.changes) {
      if (change.as<store::AdvanceCursor>()) cursor.changes.push_back(change);
      if (const auto* copy = change.as<store::AddCopy>())
        cursor.changes.push_back(store::ForgetAttempt{copy->at});
    }
    return inner_.commit(cursor);
  }
  Result<void> storing() override { return inner_.storing(); }
  Result<void> sweep(int step) override { return inner_.sweep(step); }
  Result<bool> make_findable() override { return inner_.make_findable(); }
  Result<bool> clear_traces() override { return inner_.clear_traces(); }
  int on_commit(std::function<void(CompanyId, std::uint64_t)> heard) override {
    return inner_.on_commit(std::move(heard));
  }
  void forget(int listener) override { inner_.forget(listener); }

 protected:
  Result<void> read(const std::function<void(store::Reading&)>& answer) override {
    struct Door : store::Store {
      static Result<void> pass(store::Store& s, const std::function<void(store::Reading&)>& a) {
        return (s.*&Door::read)(a);
      }
    };
    return Door::pass(inner_, answer);
  }

 private:
  template <class Change>
  static bool has(const store::Commit& commit) {
    return std::ranges::any_of(commit.changes, [](const store::Change& change) {
      return change.as<Change>() != nullptr;
    });
  }
  FaultyStore& inner_;
  bool done_ = false;
};

bool has_message(const store::Commit& commit) {
  return std::ranges::any_of(commit.changes, [](const store::Change& change) {
    return change.as<store::AddMessage>() != nullptr;
  });
}

class Scene {
 public:
  explicit Scene(const Run& run)
      : run_(run),
        rig_(run.seed),
        c_(Choices::of(rig_.world)),
        faulty_(rig_.world, rig_.office.store()),
        careless_(faulty_),
        labels_(rig_.world, *rig_.account) {
    rig_.world.keep_trace = run.trace;
    rig_.office.add_user("Ann", "ann@example.org");
    if (run.bug == "store-often-fails") {  // no bug: a hard day
      c_.fail_percent = 40;
      c_.crashes = 0;
    }
    auto& quirks = rig_.account->quirks;
    quirks.uid_next = c_.uid_next;
    quirks.esearch = c_.esearch;
    quirks.idle = c_.idle;
    quirks.oks_last = c_.oks_last;
    quirks.last_first = c_.last_first;
    if (c_.unreadable > 0) quirks.broken.insert(c_.unreadable);
  }

  Verdict play();

 private:
  struct Letter {
    std::string from, to;
    std::vector<std::string> answers;
  };
  using Place = std::tuple<std::string, std::uint32_t, std::uint32_t>;

  void deliver();
  void move_one();
  void expunge_one();
  void renumber();
  void note_places();
  void start();
  void trouble();
  void interrupt(const store::Commit& commit);
  std::string refuse(std::string_view command);
  void judge_soon(Verdict& verdict);
  bool addressed(const std::string& id) const;
  bool may_be_fetched(const std::string& id) const;
  void judge_body(const BodyRequest& body);
  void judge(Verdict& verdict);
  std::string folder() {
    const auto n = rig_.world.below(10);
    return n < 6 ? "INBOX" : n < 8 ? "Sent" : "Archive";
  }

  const Run& run_;
  SyncRig rig_;
  Choices c_;
  FaultyStore faulty_;
  Careless careless_;
  LabelBox labels_;
  std::map<std::string, Letter> letters_;
  std::map<Place, std::string> places_;  // wherever a message has ever lain
  std::vector<std::string> order_;
  std::set<std::string> too_early_;  // bodies that nothing allowed when they were asked for
  CandidateId kim_id_;
  bool kim_ = false, troubled_ = true;
  int bodies_refused_ = 0;
};

void Scene::note_places() {
  for (const auto& folder : rig_.account->folders())
    for (const auto& message : folder->messages) {
      auto id = header_value(message.raw, "Message-ID");
      places_[{folder->name, folder->uid_validity, message.uid}] = id.substr(1, id.size() - 2);
    }
}

void Scene::deliver() {
  auto& world = rig_.world;
  Letter letter{"max@example.org", "max@example.org", {}};
  switch (world.below(7)) {
    case 0: letter.from = "jo@candidate.example"; break;
    case 1: letter.to = "jo@candidate.example"; break;
    case 2: letter.from = "kim@other.example"; break;
    case 3: letter.to = "ann@example.org"; break;
    case 4: letter.from = "Ann <ann@example.org>"; break;
    default: letter.from = "aunt@family.example";
  }
  // What answers something answers what came before it, wherever that lies.
  if (!order_.empty() && world.chance(60))
    letter.answers.push_back(order_[world.below(order_.size())]);
  const std::string id = "m" + std::to_string(order_.size()) + "@x";
  rig_.deliver(folder(), {.from = letter.from,
                          .to = letter.to,
                          .subject = "About",
                          .message_id = id,
                          .in_reply_to = letter.answers});
  letters_[id] = letter;
  order_.push_back(id);
  note_places();
}

void Scene::move_one() {
  auto& from = rig_.account->folder(folder());
  if (from.messages.empty()) return;
  const auto uid = from.messages[rig_.world.below(from.messages.size())].uid;
  const auto to = folder();
  if (to != from.name) rig_.account->move(from.name, uid, to);
  note_places();
}

void Scene::expunge_one() {
  auto& from = rig_.account->folder(folder());
  if (from.messages.empty()) return;
  rig_.account->expunge(from.name, from.messages[rig_.world.below(from.messages.size())].uid);
}

void Scene::renumber() {
  auto& world = rig_.world;
  if (c_.labels) return world.chance(50) ? labels_.lose_numbers() : labels_.forget_history();
  rig_.account->change_uid_validity(folder(), world.chance(70), world.chance(50));
  note_places();
}

void Scene::start() {
  sync::Options options;
  options.limits.scan_batch = c_.scan_batch;
  options.limits.body_batch = c_.body_batch;
  if (c_.labels) options.open_source = sources_of(labels_);
  rig_.env = std::make_unique<SimEnv>(rig_.world);
  store::Store& store =
      run_.bug == "cursor-without-messages" ? static_cast<store::Store&>(careless_) : faulty_;
  rig_.engine = std::make_unique<sync::Engine>(*rig_.env, store, options);
  rig_.env->spawn(rig_.engine->run());
}

void Scene::trouble() {
  auto& world = rig_.world;
  faulty_.percent_fail = c_.fail_percent;
  faulty_.percent_unknown = c_.unknown_percent;
  faulty_.before = [this](const store::Commit& commit) { interrupt(commit); };
  rig_.account->refuses = [this](std::string_view command) { return refuse(command); };
  rig_.account->shows_body = [this](const BodyRequest& body) { judge_body(body); };
  rig_.account->forgets = [this](std::uint32_t) {
    return troubled_ && c_.omissions > 0 && rig_.world.chance(20) && c_.omissions-- > 0;
  };
  world.plan = [this](const net::Endpoint&, std::uint64_t n) {
    auto& w = rig_.world;
    Faults faults;
    faults.piece = c_.piece;
    if (!troubled_) return faults;
    // An octet now and then, for as long as somebody waits for it.
    if (c_.drip && n == 0) {
      faults.piece = 1;
      faults.latency_least = 5s;
      faults.latency_most = 50s;
    }
    faults.refuse = w.chance(c_.refuse_percent);
    if (w.chance(c_.cut_percent)) faults.cut_down = w.below(12'000);
    if (w.chance(c_.cut_percent / 4)) faults.cut_up = w.below(1'500);
    return faults;
  };
  labels_.breaks = [this] { return troubled_ && rig_.world.chance(c_.cut_percent / 8); };
  if (c_.drip) labels_.call_time = 2s;
  const auto within = [&] { return Duration(static_cast<std::int64_t>(world.below(600'000))); };
  for (int i = 0; i < c_.letters / 2; ++i) deliver();
  for (int i = c_.letters / 2; i < c_.letters; ++i) world.after(within(), [this] { deliver(); });
  for (int i = 0; i < c_.moves; ++i) world.after(within(), [this] { move_one(); });
  for (int i = 0; i < c_.expunges; ++i) world.after(within(), [this] { expunge_one(); });
  for (int i = 0; i < c_.renumberings; ++i) world.after(within(), [this] { renumber(); });
  if (c_.new_candidate)
    world.after(within(), [this] {
      kim_ = true;
      if (kim_id_.empty()) kim_id_ = rig_.office.add_candidate("Kim", {"kim@other.example"});
    });
}

// Others commit between a question of the engine and what it commits upon the answer: candidates
// who have nothing to do with it, and the very address that it may be about.
void Scene::interrupt(const store::Commit& commit) {
  if (!troubled_ || !has_message(commit)) return;
  if (c_.others > 0 && c_.others-- > 0)
    rig_.office.add_candidate("Other", {"other" + std::to_string(c_.others) + "@else.example"});
  if (kim_ && c_.toggles > 0 && c_.toggles-- > 0) {
    rig_.office.put_addresses(kim_id_, "Kim", {});
    rig_.office.put_addresses(kim_id_, "Kim", {"kim@other.example"});
  }
}

// One command is refused: what it named can't be had for now, and nothing else is the matter.
std::string Scene::refuse(std::string_view command) {
  const bool body = command.contains("BODY.PEEK[]") || command == "GET bodies";
  if (!troubled_ || c_.refusals == 0 || !rig_.world.chance(25)) return "";
  // A third attempt at one message would be its last.
  if (body && (c_.crashes > 0 || bodies_refused_ == 2)) return "";
  if (body) ++bodies_refused_;
  for (auto verb : {"EXAMINE", "STATUS", "UID SEARCH", "UID FETCH", "GET history", "GET headers",
                    "GET messages", "GET bodies"})
    if (command.starts_with(verb)) {
      --c_.refusals;
      return rig_.world.chance(50) ? "Server Unavailable. 15" : "not now";
    }
  return "";
}

Verdict Scene::play() {
  Verdict verdict;
  verdict.options = c_.text();                  // what is left of them counts down
  if (run_.bug == "body-before-its-candidate")  // the engine knows what nobody has told it yet
    kim_id_ = rig_.office.add_candidate("Kim", {"kim@other.example"});
  trouble();
  auto& world = rig_.world;
  for (int crash = 0; crash < c_.crashes; ++crash) {
    start();
    rig_.env->crash_at(1 + world.below(250));
    world.run_for(2min);
    rig_.crash();
  }
  start();
  world.run_for(15min);
  troubled_ = false;
  faulty_.percent_fail = faulty_.percent_unknown = 0;
  judge_soon(verdict);
  rig_.account->disconnect_all();
  world.run_for(45min);
  judge(verdict);
  if (!rig_.stop()) verdict.broken.push_back("The engine left tasks behind when it was stopped");
  verdict.trace_hash = world.trace_hash();
  verdict.trace = world.trace_lines();
  return verdict;
}

bool Scene::addressed(const std::string& id) const {
  const auto& letter = letters_.at(id);
  for (const auto& address : {letter.from, letter.to})
    if (address == "jo@candidate.example" || (kim_ && address == "kim@other.example")) return true;
  return false;
}

// By what everybody here knows at this moment: what is about a candidate, and answers to what may
// have been stored. That is more than the engine may do, and nothing of what it says that it did.
bool Scene::may_be_fetched(const std::string& id) const {
  return addressed(id) || std::ranges::any_of(letters_.at(id).answers, [&](const auto& answered) {
           return may_be_fetched(answered);
         });
}

void Scene::judge_body(const BodyRequest& body) {
  const auto place = places_.find({body.folder, body.uid_validity, body.uid});
  if (place != places_.end() && !may_be_fetched(place->second)) too_early_.insert(place->second);
}

// Where nothing broke but single commands, and others only committed, no connection was given up,
// and whatever is in the inbox has come in by the next poll.
void Scene::judge_soon(Verdict& verdict) {
  if (!c_.whole()) return;
  rig_.world.run_for(3min);
  const std::uint64_t renumbered = 2 * static_cast<std::uint64_t>(c_.renumberings);
  if (!c_.drip && rig_.account->logins() + labels_.opened > 2 + renumbered)
    verdict.broken.push_back(
        "S-10: a connection was given up for single refusals, or for what others committed");
  const auto imported = rig_.imported();
  for (const auto& message : rig_.account->folder("INBOX").messages) {
    if (message.uid == c_.unreadable) continue;
    auto id = header_value(message.raw, "Message-ID");
    id = id.substr(1, id.size() - 2);
    if (addressed(id) && !imported.contains(id))
      verdict.broken.push_back("S-9: " + id + " lies in the inbox and hasn't come in");
  }
}

void Scene::judge(Verdict& verdict) {
  auto broken = [&](const std::string& what) { verdict.broken.push_back(what); };
  const auto imported = rig_.imported();
  const std::set<std::string> once(imported.begin(), imported.end());
  if (once.size() != imported.size()) broken("SYNC-2: a message was stored twice");
  auto belongs = [&](const std::string& id) {
    if (addressed(id)) return true;
    return std::ranges::any_of(letters_.at(id).answers,
                               [&](const auto& answered) { return once.contains(answered); });
  };
  std::set<std::string> present;
  for (const auto& folder : rig_.account->folders())
    for (const auto& message : folder->messages)
      if (message.uid != c_.unreadable)
        present.insert(places_.at({folder->name, folder->uid_validity, message.uid}));
  for (const auto& id : once)
    if (!belongs(id)) broken("SYNC-1: " + id + " is nobody's, but was imported");
  for (const auto& id : present)
    if (belongs(id) && !once.contains(id))
      broken(
          "SYNC-1: " + id + " was not imported" +
          (letters_.at(id).answers.empty() ? "" : ", which answers " + letters_.at(id).answers[0]));
  for (const auto& body : rig_.account->bodies()) {
    auto place = places_.find({body.folder, body.uid_validity, body.uid});
    if (place == places_.end())
      broken("SYNC-9: a body of an unknown message was asked for");
    else if (!belongs(place->second))
      broken("SYNC-9: the body of " + place->second + " was asked for");
  }
  for (const auto& id : too_early_)
    broken("SYNC-9: the body of " + id + " was asked for before anything allowed it");
  if (!rig_.account->writes().empty()) broken("SYNC-5: the mailbox was written to");
  for (const auto& row : rig_.quarantined())
    if (row.at.uid != c_.unreadable || row.reason != "imap.refused")
      broken("SYNC-6: good mail was quarantined: " + row.reason);
  if (!rig_.mailbox_row().last_error.empty()) broken("S-13: well again, but still told as failing");
}

}  // namespace

Verdict run_sync(const Run& run) { return Scene(run).play(); }

}  // namespace hearback::sim
