// The outbox under every kind of trouble: links that break at any octet, servers that refuse,
// stall or fall silent around the final dot, a database that fails, processes that are killed
// between any two steps. The model submission server's list of what it accepted is the truth.
#include "sim/outbox_scenario.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "outbox/engine.hpp"
#include "sim/faulty_store.hpp"
#include "sim/office.hpp"

namespace hearback::sim {
namespace {

using rules::OutboxMessage;
using rules::OutboxPhase;
using rules::OutboxState;

// All that a seed chooses.
struct Choices {
  int mailboxes = 1, letters = 1;
  int cut_percent = 0, stall_percent = 0, refuse_percent = 0;  // of connections
  int fate_percent = 0;                                        // of SMTP transactions
  int commit_fail_percent = 0, commit_unknown_percent = 0;
  int crashes = 0, decisions = 0, cancels = 0;
  bool sole = false;
  std::size_t piece = 64 * 1024;
  Duration latency{5};
  enum class Sent { by_us, by_provider_known, by_provider_unknown } sent = Sent::by_us;
  bool append_refused = false, uidplus = true, esearch = true, special_use = true;
  bool pipelining = true;
  int drip_percent = 0, sign_in_percent = 0, append_percent = 0;  // of connections

  static Choices of(World& world);
  std::string text() const;
  std::string smtp_host() const { return "smtp.example.org"; }
};

Choices Choices::of(World& world) {
  Choices c;
  auto pick = [&](int most) { return static_cast<int>(world.below(most + 1)); };
  c.mailboxes = 1 + pick(2);
  c.letters = 1 + pick(9);
  if (world.chance(60)) c.cut_percent = pick(60);
  if (world.chance(40)) c.stall_percent = pick(30);
  if (world.chance(40)) c.refuse_percent = pick(40);
  if (world.chance(70)) c.fate_percent = pick(80);
  if (world.chance(30)) c.commit_fail_percent = pick(15);
  if (world.chance(30)) c.commit_unknown_percent = pick(10);
  if (world.chance(60)) c.crashes = pick(8);
  if (world.chance(40)) c.decisions = pick(5);
  if (world.chance(30)) c.cancels = pick(3);
  if (world.chance(40)) c.piece = 1 + world.below(40);
  if (world.chance(30)) c.latency = Duration(world.below(4000));
  c.sent = static_cast<Sent>(world.below(3));
  c.append_refused = world.chance(10);
  c.uidplus = world.chance(70);
  c.sole = world.chance(50);
  c.esearch = world.chance(70);
  c.special_use = world.chance(80);
  c.pipelining = world.chance(70);
  if (world.chance(30)) c.drip_percent = pick(30);
  if (world.chance(30)) c.sign_in_percent = pick(50);
  if (world.chance(30)) c.append_percent = pick(50);
  return c;
}

std::string Choices::text() const {
  std::ostringstream out;
  out << "mailboxes=" << mailboxes << " letters=" << letters << " cut%=" << cut_percent
      << " stall%=" << stall_percent << " refuse%=" << refuse_percent << " fate%=" << fate_percent
      << " commit_fail%=" << commit_fail_percent << " commit_unknown%=" << commit_unknown_percent
      << " sole=" << sole << " crashes=" << crashes << " decisions=" << decisions
      << " cancels=" << cancels << " piece=" << piece << " latency=" << latency.count()
      << " sent=" << static_cast<int>(sent) << " append_refused=" << append_refused
      << " uidplus=" << uidplus << " esearch=" << esearch << " special_use=" << special_use
      << " pipelining=" << pipelining << " drip%=" << drip_percent
      << " sign_in%=" << sign_in_percent << " append%=" << append_percent;
  return out.str();
}

class Scene {
 public:
  explicit Scene(const Run& run);
  Verdict play();

 private:
  struct Sender {
    UserId user;
    MailboxId mailbox;
    std::string address;
    ImapAccount* account;
    int attempts = 0;  // committed
    int data = 0;      // transactions whose message began to arrive
  };
  struct Letter {
    OutboxId id;
    std::string message_id;
    Sender* sender;
    BlobId bytes;
    std::vector<std::string> recipients;
    Instant not_before;
    int resends = 0;         // that a person asked for
    bool held_sent = false;  // a person said that it went out
    bool cancelled = false;
    bool was_uncertain = false;
    std::size_t marked = 0;  // how often it was about to cross
    std::vector<Instant> dots;
    std::optional<Instant> refused_for_good;  // the server's 5yz to the dot
  };

  void furnish();
  void write_letter();
  void start();
  void run_for(Duration time);
  void decide_something();
  void cancel_something();
  Faults faults(const net::Endpoint& where);
  void refuse_now_and_then(const net::Endpoint& where);
  SmtpFate fate();
  void count_attempts(const store::Commit& commit);
  void note(Letter& letter, const store::MoveOutbox& move);
  void at_data(const std::string& user);
  void at_dot(const std::string& user, std::string_view data);
  void judge();
  void judge_letter(const Letter& letter);
  void judge_copy(const Letter& letter, const OutboxMessage& row);
  Letter* letter_of(std::string_view data);
  void broken(const std::string& what) {
    if (verdict_.broken.size() < 20) verdict_.broken.push_back(what);
  }

  Run run_;
  World world_;
  Choices choices_;
  ImapServer& imap_;
  SmtpServer& smtp_;
  Office office_;
  FaultyStore store_;
  std::vector<std::unique_ptr<Sender>> senders_;
  std::vector<std::unique_ptr<Letter>> letters_;
  CandidateId candidate_;
  bool healed_ = false;
  int crashes_left_ = 0;
  std::unique_ptr<SimEnv> env_;
  std::unique_ptr<outbox::Engine> engine_;
  Verdict verdict_;
};

Scene::Scene(const Run& run)
    : run_(run),
      world_(run.seed),
      choices_(Choices::of(world_)),
      imap_(world_.serve<ImapServer>("imap.example.org", 993)),
      smtp_(world_.serve<SmtpServer>(choices_.smtp_host(), 465)),
      office_(world_),
      store_(world_, office_.store()) {
  world_.keep_trace = run.trace;
  verdict_.options = choices_.text();
}

void Scene::furnish() {
  imap_.quirks.append_refused = choices_.append_refused;
  imap_.quirks.uidplus = choices_.uidplus;
  imap_.quirks.esearch = choices_.esearch;
  imap_.quirks.special_use = choices_.special_use;
  smtp_.quirks.pipelining = choices_.pipelining;
  Office::Servers servers;
  servers.smtp_host = choices_.smtp_host();
  if (choices_.sent == Choices::Sent::by_provider_known) servers.saves_sent = rules::SavesSent::yes;
  for (int i = 0; i < choices_.mailboxes; ++i) {
    auto address = "user" + std::to_string(i) + "@example.org";
    auto user = office_.add_user("User", address);
    auto& account = imap_.add_account(address, servers.password);
    smtp_.add_account(address, servers.password);
    auto mailbox = office_.add_mailbox(user, address, servers);
    if (choices_.sent != Choices::Sent::by_us)
      smtp_.files_sent(address, account, world_.between(Duration{0}, 20s));
    senders_.push_back(std::make_unique<Sender>(Sender{user, mailbox, address, &account, 0, 0}));
  }
  candidate_ = office_.add_candidate("Jo", {"jo@candidate.example"});
  world_.plan = [this](const net::Endpoint& where, std::uint64_t) { return faults(where); };
  smtp_.plan = [this](std::uint64_t) { return fate(); };
  store_.made = [this](const store::Commit& commit) { count_attempts(commit); };
  smtp_.on_data = [this](const std::string& user) { at_data(user); };
  smtp_.on_dot = [this](const std::string& user, std::string_view data) { at_dot(user, data); };
}

void Scene::write_letter() {
  auto& sender = *senders_[world_.below(senders_.size())];
  auto not_before =
      world_.chance(20) ? world_.now() + Duration(world_.below(1'800'000)) : world_.now();
  std::string text = "Hello,\r\n.a dot\r\n..two\r\n.\r\nbye\r\n";
  for (auto n = world_.below(60); n > 0; --n) text += "A line of some length, and another.\r\n";
  auto row = office_.queue({.author = sender.user,
                            .mailbox = sender.mailbox,
                            .candidate = candidate_,
                            .from = sender.address,
                            .to = "jo@candidate.example",
                            .text = text,
                            .not_before = not_before});
  letters_.push_back(std::make_unique<Letter>(
      Letter{row.id, row.message_id, &sender, row.bytes, row.recipients, not_before}));
}

// ---- trouble -----------------------------------------------------------------------------

// Single commands that are refused, and taken at another time: to sign in, and to file a copy.
void Scene::refuse_now_and_then(const net::Endpoint& where) {
  auto refused = [&](int percent) { return !healed_ && world_.chance(percent); };
  if (where.port == 993) {
    imap_.quirks.append_refused = choices_.append_refused || refused(choices_.append_percent);
    return;
  }
  smtp_.quirks.refuse_login = refused(choices_.sign_in_percent);
  smtp_.quirks.login_unavailable = refused(choices_.sign_in_percent / 2);
  if (smtp_.quirks.refuse_login) verdict_.marks.insert("a sign-in refused");
}

Faults Scene::faults(const net::Endpoint& where) {
  Faults f;
  f.piece = choices_.piece;
  f.latency_most = std::max<Duration>(choices_.latency, 1ms);
  refuse_now_and_then(where);
  if (healed_) return f;
  if (where.port == 465 && world_.chance(choices_.drip_percent)) {
    f.drip = world_.between(1s, 119s);
    verdict_.marks.insert("a server that drips");
  }
  f.refuse = world_.chance(choices_.refuse_percent / 2);
  f.no_answer = world_.chance(choices_.refuse_percent / 2);
  // Most of a session with the submission server is the message: any octet of it counts.
  std::uint64_t up = where.port == 465 ? 3500 : 1200, down = where.port == 465 ? 700 : 1500;
  if (world_.chance(choices_.cut_percent)) {
    if (world_.chance(50)) {
      f.cut_up = world_.below(up);
    } else {
      f.cut_down = world_.below(down);
    }
  }
  if (world_.chance(choices_.stall_percent)) {
    if (world_.chance(50)) {
      f.stall_up = world_.below(up);
    } else {
      f.stall_down = world_.below(down);
    }
  }
  return f;
}

SmtpFate Scene::fate() {
  SmtpFate f;
  if (healed_ || !world_.chance(choices_.fate_percent)) return f;
  switch (world_.below(13)) {
    case 0: f.sender_reply = world_.chance(50) ? "451 later" : "550 no"; break;
    case 1: f.recipient_reply = world_.chance(70) ? "450 later" : "550 nobody"; break;
    case 2: f.data_reply = world_.chance(70) ? "451 later" : "554 no"; break;
    case 3: f.dot = SmtpFate::Dot::take_then_cut; break;
    case 4: f.dot = SmtpFate::Dot::take_then_silent; break;
    case 5: f.dot = SmtpFate::Dot::cut; break;
    case 6: f.dot = SmtpFate::Dot::reply, f.dot_reply = "554 5.7.1 not this one"; break;
    case 7:
    case 8: f.dot = SmtpFate::Dot::reply; break;
    case 9: f.delay = Duration(world_.below(900'000)); break;
    case 10: f.recipient_reply = "421 4.3.2 going down"; break;
    case 11:
    case 12: {
      const char* said[] = {"451 4.3.0 out of room", "554 5.7.1 not this one", "250 2.0.0 queued"};
      f.early = said[world_.below(3)];
      f.early_at = world_.below(2500);
      verdict_.marks.insert("an answer before the dot");
      break;
    }
  }
  return f;
}

void Scene::start() {
  outbox::Options options;
  if (run_.bug == "resend-after-dot") options.sabotage = outbox::Sabotage::resend_after_dot;
  options.sole_process = choices_.sole;
  store_.percent_fail = healed_ ? 0 : choices_.commit_fail_percent;
  store_.percent_unknown = healed_ ? 0 : choices_.commit_unknown_percent;
  env_ = std::make_unique<SimEnv>(world_);
  engine_ = std::make_unique<outbox::Engine>(*env_, store_, options);
  env_->spawn(engine_->run());
  if (crashes_left_ > 0 && !healed_) {
    --crashes_left_;
    env_->crash_at(world_.below(400));
  }
}

// On, whatever dies meanwhile: another process is started after a while.
void Scene::run_for(Duration time) {
  auto end = world_.now() + time;
  while (true) {
    world_.run_until(end);
    if (!env_->dead()) return;
    verdict_.marks.insert("crashed");
    engine_.reset();
    env_->drop_tasks();
    env_.reset();
    world_.run_for(world_.between(1s, 5min));
    start();
    if (end <= world_.now()) return;
  }
}

void Scene::decide_something() {
  for (auto& letter : letters_) {
    auto row = office_.outbox(letter->id);
    if (row.state != OutboxState::uncertain && row.state != OutboxState::failed) continue;
    using Word = store::DecideOutbox::Word;
    auto word =
        row.state == OutboxState::failed || world_.chance(60) ? Word::resend : Word::consider_sent;
    auto done = office_.store().commit(
        {office_.company(),
         {store::DecideOutbox{letter->id, letter->sender->user, word, world_.now()}},
         {}});
    if (!done) continue;
    if (word == Word::resend) ++letter->resends, verdict_.marks.insert("sent again by a person");
    if (word == Word::consider_sent) letter->held_sent = true;
    if (word == Word::resend) letter->refused_for_good.reset();
    return;
  }
}

void Scene::cancel_something() {
  for (auto& letter : letters_) {
    if (letter->cancelled) continue;
    auto done = office_.store().commit(
        {office_.company(),
         {store::DecideOutbox{letter->id, letter->sender->user, store::DecideOutbox::Word::cancel,
                              world_.now()}},
         {}});
    if (!done) continue;
    letter->cancelled = true;
    verdict_.marks.insert("cancelled in time");
    return;
  }
}

// ---- what the submission server sees -----------------------------------------------------

Scene::Letter* Scene::letter_of(std::string_view data) {
  auto id = header_value(data, "Message-ID");
  for (auto& letter : letters_)
    if (id == "<" + letter->message_id + ">") return letter.get();
  return nullptr;
}

void Scene::count_attempts(const store::Commit& commit) {
  for (const auto& change : commit.changes) {
    auto* move = change.as<store::MoveOutbox>();
    if (!move) continue;
    for (auto& letter : letters_) {
      if (letter->id != move->id) continue;
      if (move->phase == OutboxPhase::attempt) ++letter->sender->attempts;
      if (move->phase == OutboxPhase::dot && move->state == OutboxState::sending) ++letter->marked;
      note(*letter, *move);
    }
  }
}

// Which rare things have happened.
void Scene::note(Letter& letter, const store::MoveOutbox& move) {
  auto& marks = verdict_.marks;
  if (move.why == "outbox.interrupted")
    marks.insert(move.state == OutboxState::uncertain ? "taken over past the dot"
                                                      : "taken over before the dot");
  if (move.state == OutboxState::uncertain) {
    letter.was_uncertain = true;
    if (smtp_.accepted_with(letter.message_id) > 0)
      marks.insert("taken by the server, answer unknown");
  }
  if (move.state == OutboxState::seen_in_sent) {
    if (letter.was_uncertain) marks.insert("uncertain, then found in Sent");
    marks.insert(choices_.sent == Choices::Sent::by_us ? "copy filed" : "provider's copy found");
  }
  if (move.state == OutboxState::queued && move.answer.starts_with("451 4.3.0"))
    marks.insert("refused at the dot for now");
  if (move.state == OutboxState::failed) marks.insert("refused for good");
}

// SEND-3: no message begins without an attempt of its own that was committed before.
void Scene::at_data(const std::string& user) {
  for (auto& sender : senders_) {
    if (sender->address != user) continue;
    if (++sender->data > sender->attempts)
      broken("SEND-3 octets of DATA without a committed attempt");
  }
}

// SEND-4: at the dot its row carries the committed mark; or what followed it, where a 250 that the
// server said early met the dot on its way and was taken for its answer.
void Scene::at_dot(const std::string& user, std::string_view data) {
  auto* letter = letter_of(data);
  if (!letter) return broken("SEND-1 a message that nobody wrote");
  if (letter->sender->address != user) broken("SEND-12 sent from another mailbox");
  auto row = office_.outbox(letter->id);
  const bool answered = row.state == OutboxState::sent && letter->marked > letter->dots.size();
  if (row.phase != OutboxPhase::dot && !answered)
    broken("SEND-4 the final dot came before its mark");
  if (world_.now() < letter->not_before) broken("SEND-9 sent before its time");
  if (letter->cancelled) broken("SEND-8 sent although it was cancelled");
  if (letter->refused_for_good) broken("SEND-6 tried again after a refusal for good");
  if (!letter->dots.empty() && letter->resends == 0 && world_.now() - letter->dots.back() < 20s)
    broken("SEND-6 tried again without waiting");
  letter->dots.push_back(world_.now());
}

// ---- judgment ----------------------------------------------------------------------------

void Scene::judge_letter(const Letter& letter) {
  auto row = office_.outbox(letter.id);
  auto accepted = smtp_.accepted_with(letter.message_id);
  auto name = "letter " + letter.message_id.substr(0, 8) + " state " +
              std::to_string(static_cast<int>(row.state)) + " accepted " + std::to_string(accepted);
  if (accepted > 1u + static_cast<unsigned>(letter.resends))
    broken("SEND-5 delivered more often than asked for: " + name);
  switch (row.state) {
    case OutboxState::sent:
    case OutboxState::seen_in_sent:
      if (accepted == 0 && !letter.held_sent) broken("W-5 shown as sent, but it wasn't: " + name);
      break;
    case OutboxState::failed:
    case OutboxState::cancelled:
      if (accepted > 0 && letter.resends == 0) broken("W-5 shown as not sent, but it was: " + name);
      break;
    case OutboxState::uncertain: verdict_.marks.insert("uncertain in the end"); break;
    default: broken("LIVE-1 still waiting long after all was well again: " + name);
  }
  if (row.state == OutboxState::uncertain && letter.dots.empty() && choices_.crashes == 0 &&
      choices_.cut_percent + choices_.stall_percent + choices_.commit_unknown_percent == 0)
    broken("REL3 uncertain without a reason: " + name);
  if (row.message_id != letter.message_id || row.bytes != letter.bytes ||
      row.recipients != letter.recipients)
    broken("SEND-1 the row's message changed: " + name);
  judge_copy(letter, row);
}

// SEND-13: in Sent once.
void Scene::judge_copy(const Letter& letter, const OutboxMessage& row) {
  auto* folder = letter.sender->account->sent();
  auto copies = letter.sender->account->count(folder->name, letter.message_id);
  auto accepted = smtp_.accepted_with(letter.message_id);
  bool by_us = choices_.sent == Choices::Sent::by_us;
  if (by_us && copies > 1) broken("SEND-13 two copies in Sent");
  if (!by_us && copies != accepted) broken("SEND-13 a copy beside the provider's");
  if (accepted == 0 && copies > 0) broken("SEND-13 a copy of what was never sent");
  if (row.state == OutboxState::seen_in_sent && copies == 0)
    broken("S-1 said to lie in Sent, but doesn't");
  bool should = row.state == OutboxState::sent && !letter.held_sent && letter.resends == 0;
  if (should && !choices_.append_refused) broken("S-1 the copy was never settled");
  // The provider filed it, so it can't stay in doubt.
  if (row.state == OutboxState::uncertain && !by_us && copies > 0)
    broken("REL3 uncertain although its copy lies in Sent");
}

void Scene::judge() {
  for (auto& letter : letters_) judge_letter(*letter);
  for (const auto& taken : smtp_.accepted()) {
    auto* letter = letter_of(taken.data);
    if (!letter) {
      broken("SEND-1 a message that nobody wrote was accepted");
      continue;
    }
    auto bytes = office_.ask(store::BlobBytes{office_.company(), letter->bytes});
    if (!bytes || *bytes != taken.data) broken("SEND-1 other octets than the stored ones");
    if (taken.to != letter->recipients) broken("SEND-1 other recipients than the stored ones");
  }
  for (const auto& defect : smtp_.defects()) broken("SEND-17 " + defect);
  for (auto& sender : senders_) {
    auto mailbox = office_.ask(store::MailboxById{office_.scope(), sender->mailbox});
    if (!mailbox || mailbox->state != rules::MailboxState::active)
      broken("C-12 a refusal to send ended the reading");
  }
  for (auto& sender : senders_)
    for (const auto& write : sender->account->writes())
      if (write != "APPEND Sent") broken("SYNC-5 " + write);
}

Verdict Scene::play() {
  furnish();
  crashes_left_ = choices_.crashes;
  start();
  for (int i = 0; i < choices_.letters; ++i) {
    run_for(Duration(world_.below(120'000)));
    write_letter();
  }
  for (int i = 0; i < choices_.decisions + choices_.cancels; ++i) {
    run_for(Duration(world_.below(300'000)));
    if (i < choices_.decisions) {
      decide_something();
    } else {
      cancel_something();
    }
  }
  run_for(20min);
  healed_ = true;
  store_.percent_fail = store_.percent_unknown = 0;
  run_for(5h);
  judge();
  if (store_.failed) verdict_.marks.insert("commit failed");
  if (store_.unknown) verdict_.marks.insert("commit unknown");
  env_->stop();
  world_.run_for(15min);
  if (!env_->idle()) broken("the engine doesn't stop");
  if (!env_->idle()) env_->crash();
  engine_.reset();
  env_->drop_tasks();
  verdict_.trace_hash = world_.trace_hash();
  verdict_.trace = world_.trace_lines();
  return std::move(verdict_);
}

}  // namespace

Verdict run_outbox(const Run& run) { return Scene(run).play(); }

}  // namespace hearback::sim
