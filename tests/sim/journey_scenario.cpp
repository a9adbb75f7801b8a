// Both engines in one process: what is written here goes out, lies in Sent, is answered, and the
// answer joins its thread, while links break, commits fail and the process is killed.
#include "sim/journey_scenario.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "outbox/engine.hpp"
#include "sim/faulty_store.hpp"
#include "sim/label_source.hpp"
#include "sim/office.hpp"
#include "sync/engine.hpp"

namespace hearback::sim {
namespace {

using rules::OutboxState;

struct Choices {
  int letters = 1, noise = 0, cut_percent = 0, fate_percent = 0, commit_percent = 0, crashes = 0;
  bool provider_files = false, idle = true, esearch = true, labels = false;
  std::size_t piece = 64 * 1024;

  static Choices of(World& world) {
    Choices c;
    auto pick = [&](int most) {
      return static_cast<int>(world.below(static_cast<std::uint64_t>(most) + 1));
    };
    c.letters = 1 + pick(5);
    c.noise = pick(10);
    if (world.chance(60)) c.cut_percent = pick(40);
    if (world.chance(60)) c.fate_percent = pick(50);
    if (world.chance(30)) c.commit_percent = pick(10);
    if (world.chance(60)) c.crashes = pick(6);
    if (world.chance(30)) c.piece = 1 + world.below(60);
    c.provider_files = world.chance(50);
    c.idle = world.chance(80);
    c.esearch = world.chance(80);
    c.labels = world.seed() % 4 == 0;  // it is read as a provider of another shape
    return c;
  }
  std::string text() const {
    std::ostringstream out;
    out << "letters=" << letters << " noise=" << noise << " cut%=" << cut_percent
        << " fate%=" << fate_percent << " commit%=" << commit_percent << " crashes=" << crashes
        << " provider_files=" << provider_files << " idle=" << idle << " esearch=" << esearch
        << " piece=" << piece << " labels=" << labels;
    return out.str();
  }
};

class Journey {
 public:
  explicit Journey(const Run& run);
  Verdict play();

 private:
  void furnish();
  void start();
  void run_for(Duration time);
  void answer(const SmtpAccepted& letter);
  void make_noise();
  void retry_quarantined();
  void judge();
  void judge_threads();
  void broken(const std::string& what) {
    if (verdict_.broken.size() < 20) verdict_.broken.push_back(what);
  }

  World world_;
  Choices choices_;
  ImapServer& imap_;
  SmtpServer& smtp_;
  Office office_;
  FaultyStore store_;
  ImapAccount* max_ = nullptr;
  ImapAccount* jo_ = nullptr;
  std::unique_ptr<LabelBox> labels_;  // where it is read so
  UserId user_;
  CandidateId candidate_;
  MailboxId mailbox_;
  std::vector<rules::OutboxMessage> letters_;
  std::map<std::string, std::string> answers_;  // Message-ID → the letter's
  std::set<std::string> private_ids_;
  bool healed_ = false;
  int crashes_left_ = 0;
  std::unique_ptr<SimEnv> env_;
  std::unique_ptr<outbox::Engine> outbox_;
  std::unique_ptr<sync::Engine> sync_;
  Verdict verdict_;
};

Journey::Journey(const Run& run)
    : world_(run.seed),
      choices_(Choices::of(world_)),
      imap_(world_.serve<ImapServer>("imap.example.org", 993)),
      smtp_(world_.serve<SmtpServer>("smtp.example.org", 465)),
      office_(world_),
      store_(world_, office_.store()) {
  world_.keep_trace = run.trace;
  verdict_.options = choices_.text();
}

void Journey::furnish() {
  imap_.quirks.idle = choices_.idle;
  imap_.quirks.esearch = choices_.esearch;
  max_ = &imap_.add_account("max@example.org", "secret");
  jo_ = &imap_.add_account("jo@candidate.example", "other");
  if (choices_.labels) {
    labels_ = std::make_unique<LabelBox>(world_, *max_);
    labels_->breaks = [this] { return !healed_ && world_.chance(choices_.cut_percent / 8); };
  }
  smtp_.add_account("max@example.org", "secret");
  smtp_.route("jo@candidate.example", *jo_, 3s);
  if (choices_.provider_files) smtp_.files_sent("max@example.org", *max_, 2s);
  smtp_.on_accepted = [this](const SmtpAccepted& letter) { answer(letter); };
  user_ = office_.add_user("Max", "max@example.org");
  candidate_ = office_.add_candidate("Jo", {"jo@candidate.example"});
  mailbox_ = office_.add_mailbox(
      user_, "max@example.org",
      {.saves_sent = choices_.provider_files ? rules::SavesSent::yes : rules::SavesSent::no});
  world_.plan = [this](const net::Endpoint&, std::uint64_t) {
    Faults f;
    f.piece = choices_.piece;
    if (healed_ || !world_.chance(choices_.cut_percent)) return f;
    (world_.chance(50) ? f.cut_up : f.cut_down) = world_.below(5000);
    return f;
  };
  smtp_.plan = [this](std::uint64_t) {
    SmtpFate f;
    if (healed_ || !world_.chance(choices_.fate_percent)) return f;
    using Dot = SmtpFate::Dot;
    constexpr Dot kDots[] = {Dot::take_then_cut, Dot::take_then_silent, Dot::cut, Dot::reply};
    f.dot = kDots[world_.below(4)];
    return f;
  };
}

// Jo reads it, and writes back.
void Journey::answer(const SmtpAccepted& letter) {
  auto id = "answer-" + std::to_string(answers_.size()) + "@candidate.example";
  answers_[id] = letter.message_id;
  world_.after(world_.between(1s, 10min), [this, id, to = letter.message_id] {
    max_->deliver("INBOX", raw_message({.from = "Jo <jo@candidate.example>",
                                        .to = "max@example.org",
                                        .subject = "Re: Interview",
                                        .message_id = id,
                                        .text = "Thank you\r\n",
                                        .in_reply_to = {to},
                                        .date = world_.now()}));
  });
}

void Journey::make_noise() {
  auto id = "private-" + std::to_string(private_ids_.size()) + "@home.example";
  private_ids_.insert(id);
  max_->deliver("INBOX", raw_message({.from = "mum@home.example",
                                      .to = "max@example.org",
                                      .subject = "Sunday",
                                      .message_id = id,
                                      .date = world_.now()}));
}

// A message that was worked on at each of three deaths is set aside, visibly (S-12): a person's
// "try again" brings it.
void Journey::retry_quarantined() {
  for (const auto& row : office_.ask(store::Quarantined{office_.scope(), mailbox_}).rows) {
    verdict_.marks.insert("quarantined");
    if (choices_.crashes + choices_.commit_percent == 0)
      broken("SYNC-6 quarantined without a reason: " + row.reason);
    office_.commit({store::RetryQuarantined{row.at}});
  }
}

void Journey::start() {
  store_.percent_fail = store_.percent_unknown = healed_ ? 0 : choices_.commit_percent;
  env_ = std::make_unique<SimEnv>(world_);
  outbox_ = std::make_unique<outbox::Engine>(*env_, store_);
  sync::Options options;
  if (labels_) options.open_source = sources_of(*labels_);
  sync_ = std::make_unique<sync::Engine>(*env_, store_, options);
  env_->spawn(outbox_->run());
  env_->spawn(sync_->run());
  if (crashes_left_ > 0 && !healed_) {
    --crashes_left_;
    env_->crash_at(world_.below(1500));
  }
}

void Journey::run_for(Duration time) {
  auto end = world_.now() + time;
  while (true) {
    world_.run_until(end);
    if (!env_->dead()) return;
    env_->drop_tasks();
    outbox_.reset();
    sync_.reset();
    env_.reset();
    world_.run_for(world_.between(1s, 2min));
    start();
    if (end <= world_.now()) return;
  }
}

void Journey::judge_threads() {
  std::map<std::string, std::set<std::string>> places;  // Message-ID → its threads
  std::map<std::string, int> times;
  auto threads = office_.ask(store::Threads{office_.scope(), store::Place::all, {}, {"", 200}});
  for (const auto& row : threads.rows) {
    auto thread = office_.ask(store::ThreadById{office_.scope(), row.thread.id}).value();
    for (const auto& m : thread.messages) {
      places[m.message.envelope.message_id].insert(row.thread.id.text());
      ++times[m.message.envelope.message_id];
    }
  }
  for (const auto& [id, n] : times) {
    if (n != 1) broken("S-11 a message lies there more than once: " + id);
    if (private_ids_.contains(id)) broken("SYNC-9 private mail was stored: " + id);
  }
  for (const auto& [id, letter] : answers_) {
    if (!times.contains(id)) broken("SYNC-1 an answer is missing: " + id);
    if (places[id] != places[letter]) broken("T-1 an answer lies in another thread: " + id);
  }
}

void Journey::judge() {
  judge_threads();
  for (const auto& row : office_.ask(store::Quarantined{office_.scope(), mailbox_}).rows)
    broken("SYNC-6 quarantined: " + row.folder + " " + std::to_string(row.at.uid) + " " +
           row.reason + " attempts " + std::to_string(row.attempts));
  for (const auto& letter : letters_) {
    auto row = office_.outbox(letter.id);
    auto accepted = smtp_.accepted_with(letter.message_id);
    auto copies = max_->count("Sent", letter.message_id);
    if (accepted > 1) broken("SEND-5 delivered twice");
    // Jo answers everything, so nothing that went out stays in doubt; nor anything that sync saw.
    auto expected = accepted ? OutboxState::seen_in_sent : OutboxState::uncertain;
    if (row.state != expected)
      broken("W-5 state " + std::to_string(static_cast<int>(row.state)) + " accepted " +
             std::to_string(accepted));
    if (copies != accepted) broken("SEND-13 copies in Sent: " + std::to_string(copies));
    if (!accepted) verdict_.marks.insert("lost at the dot, and in doubt");
  }
  for (const auto& body : max_->bodies()) {
    auto& messages = max_->folder(body.folder).messages;
    for (const auto& m : messages)
      if (m.uid == body.uid && header_value(m.raw, "From") == "mum@home.example")
        broken("SYNC-9 a private body was asked for");
  }
  for (const auto& write : max_->writes())
    if (write != "APPEND Sent") broken("SYNC-5 " + write);
  if (!jo_->writes().empty() || jo_->logins()) broken("C-6 somebody else's mailbox was opened");
}

Verdict Journey::play() {
  furnish();
  crashes_left_ = choices_.crashes;
  start();
  for (int i = 0; i < choices_.letters + choices_.noise; ++i) {
    run_for(world_.between(Duration{0}, 3min));
    if (i >= choices_.letters) {
      make_noise();
      continue;
    }
    letters_.push_back(office_.queue({.author = user_,
                                      .mailbox = mailbox_,
                                      .candidate = candidate_,
                                      .from = "max@example.org",
                                      .to = "jo@candidate.example",
                                      .not_before = world_.now()}));
  }
  run_for(20min);
  healed_ = true;
  store_.percent_fail = store_.percent_unknown = 0;
  run_for(1h);
  retry_quarantined();
  run_for(2h);
  judge();
  env_->stop();
  world_.run_for(15min);
  if (!env_->idle()) broken("the engines don't stop");
  if (!env_->idle()) env_->crash();
  env_->drop_tasks();
  outbox_.reset();
  sync_.reset();
  verdict_.trace_hash = world_.trace_hash();
  verdict_.trace = world_.trace_lines();
  return std::move(verdict_);
}

}  // namespace

Verdict run_journey(const Run& run) { return Journey(run).play(); }

}  // namespace hearback::sim
