#include "sim/label_source.hpp"

#include <algorithm>
#include <functional>
#include <ranges>
#include <utility>

#include "base/text.hpp"
#include "rules/folder_roles.hpp"

namespace hearback::sim {

// ---- the provider ------------------------------------------------------------------------

// What happened is read off the account whenever somebody asks: what was moved away and back
// meanwhile never moved.
void LabelBox::look() {
  std::map<std::string, Mail> there;
  for (const auto& folder : account.folders())
    for (const auto& message : folder->messages) {
      const auto nth = known_.try_emplace(message.raw, known_.size()).first->second;
      const auto name = "AAMk" + std::to_string((nth * 7919) % 100'003) + "=";
      auto& mail = there[name];
      if (mail.labels.empty()) mail = {name, message.raw, message.internal_date, nth, {}};
      if (!mail.labels.emplace(folder->name, message.uid).second) continue;
      const auto before = mail_.find(name);
      if (before == mail_.end() || !before->second.labels.contains(folder->name))
        events_.push_back({name, folder->name, true});
    }
  for (const auto& [name, mail] : mail_)
    for (const auto& [label, uid] : mail.labels)
      if (auto now = there.find(name); now == there.end() || !now->second.labels.contains(label))
        events_.push_back({name, label, false});
  mail_ = std::move(there);
}

std::string LabelBox::now() {
  look();
  return "history-" + std::to_string(events_.size());
}

std::optional<LabelBox::History> LabelBox::history(const std::string& token) {
  if (token.empty()) return std::nullopt;
  const auto since = std::stoull(token.substr(token.find('-') + 1));
  if (since < forgotten_) return std::nullopt;
  History told{{}, now()};
  told.events.assign(events_.begin() + static_cast<std::ptrdiff_t>(since), events_.end());
  return told;
}

std::vector<LabelBox::Mail> LabelBox::list() {
  look();
  std::vector<Mail> newest_first;
  for (const auto& [name, mail] : mail_) newest_first.push_back(mail);
  std::ranges::sort(newest_first, std::greater{},
                    [](const Mail& mail) { return std::pair(mail.arrived, mail.nth); });
  return newest_first;
}

const LabelBox::Mail* LabelBox::find(const std::string& name) {
  look();
  const auto found = mail_.find(name);
  return found == mail_.end() ? nullptr : &found->second;
}

void LabelBox::forget_history() {
  look();
  events_.push_back({"", "", true});  // whatever it was, nobody hears of it
  forgotten_ = events_.size();
}

// ---- what a Source keeps -----------------------------------------------------------------

void LabelBox::number(const std::string& label, const std::string& name) {
  auto& numbers = kept.labels[label];
  if (!numbers.of.try_emplace(name, kept.last + 1).second) return;
  numbers.highest = ++kept.last;
  ++numbers.told;
}

void LabelBox::forget(const std::string& label, const std::string& name) {
  auto& numbers = kept.labels[label];
  if (numbers.of.erase(name) > 0) ++numbers.told;
}

void LabelBox::lose_numbers() {
  kept.last = 0;
  kept.token.clear();
  ++kept.series;
  for (auto& [label, numbers] : kept.labels) numbers = {{}, 0, numbers.told + 1};
}

// ---- the Source --------------------------------------------------------------------------

namespace {

using mailbox::RemoteId;

constexpr Duration kPoll = 3s;

class LabelSource final : public mailbox::Source {
 public:
  LabelSource(net::Env& env, LabelBox& box) : env_(env), box_(box), signal_(env.make_signal()) {}

  Task<Result<std::vector<rules::Folder>>> folders() override {
    auto asked = co_await ask("GET labels");
    if (!asked) co_return Failure(asked.error());
    std::vector<rules::ListedFolder> listed;
    for (const auto& folder : box_.account.folders()) {
      listed.push_back({folder->name, folder->name, 0, {}});
      if (!folder->special_use.empty())
        listed.back().attributes.insert(ascii_lower(folder->special_use));
    }
    auto folders = rules::assign_roles(listed);
    for (auto& folder : folders) folder.id = FolderId::make(env_.now(), env_.random());
    co_return std::move(folders);
  }

  Task<Result<mailbox::Changes>> changes(std::string label, mailbox::Cursor cursor) override {
    auto followed = co_await follow();
    if (!followed) co_return Failure(followed.error());
    if (!box_.account.has_folder(label))
      co_return fail(Kind::missing, "imap.no-such-folder", "There is no such label.");
    mailbox::Changes told{{box_.kept.series, box_.kept.labels[label].highest}, true, {}};
    if (cursor.series != box_.kept.series)
      told.start_over = cursor.series == 0 ? "first-opening" : "numbers-lost";
    co_return told;
  }
  Task<Result<mailbox::Changes>> open(std::string label, mailbox::Cursor cursor) override {
    auto told = co_await changes(label, cursor);
    if (told) {
      front_ = std::move(label);
      series_ = told->next.series;
      known_ = heard();
    }
    co_return told;
  }
  const std::string& front() const override { return front_; }
  std::uint64_t heard() const override { return box_.kept.labels[front_].told; }
  Task<Result<bool>> listen_for(std::string) override { co_return false; }
  const std::string& listened() const override { return nothing_; }
  std::uint64_t heard_elsewhere() const override { return 0; }

  Task<Result<std::vector<RemoteId>>> present(Instant since) override {
    auto followed = co_await follow();
    if (!followed) co_return Failure(followed.error());
    if (renumbered()) co_return closed();
    std::vector<RemoteId> ids;
    for (const auto& [id, name] : numbered(mailbox::kAllIds))
      if (const auto* mail = lies_here(name); mail && mail->arrived >= since) ids.push_back(id);
    co_return std::move(ids);
  }

  Task<Result<>> headers(const HeaderScan& scan) override {
    for (std::size_t i = 0; i < scan.ranges.size(); ++i) {
      auto asked = co_await ask("GET headers");
      if (!asked && ends(asked.error())) co_return asked;
      if (renumbered()) co_return closed();
      for (const auto& [id, name] : numbered(scan.ranges[i])) {
        const auto* mail = lies_here(name);
        if (!asked || !mail || forgets(*mail)) continue;
        if (box_.account.quirks.broken.contains(mail->labels.at(front_))) {
          asked = fail(Kind::permanent, "imap.refused", "This mail can't be read.");
          break;
        }
        const std::string_view raw = mail->raw;
        scan.item(
            {id, mail->arrived, raw.size(), raw.substr(0, raw.find("\r\n\r\n") + 4), false, false});
      }
      if (!asked)
        scan.refused(i, asked.error());
      else if (!scan.finished(i))
        break;
    }
    co_return Result<>{};
  }

  Task<Result<std::optional<std::vector<RemoteId>>>> find(std::vector<std::string>, Instant,
                                                          mailbox::IdRange) override {
    if (stopped_) co_return closed();
    co_return std::optional<std::vector<RemoteId>>{};
  }

  Task<Result<>> bodies(
      const std::vector<mailbox::Wanted>& wanted,
      const std::function<void(const mailbox::Wanted&, const mailbox::BodyItem&)>& item) override {
    auto asked = co_await ask("GET bodies");
    if (!asked) co_return asked;
    if (renumbered()) co_return closed();
    for (const auto& one : wanted)
      for (const auto& [id, name] : numbered({one.id, one.id})) {
        const auto* mail = lies_here(name);
        if (!mail || forgets(*mail)) continue;
        box_.account.send_body({front_, box_.account.folder(front_).uid_validity,
                                mail->labels.at(front_), mail->raw.size()});
        item(one, {id, mail->raw, false});
      }
    co_return Result<>{};
  }

  // Nobody calls: it is asked again and again. That one question is refused means no more than that
  // the next one will tell.
  Task<Result<bool>> wait(Duration most) override {
    const Instant until = env_.ticks() + most;
    while (!stopped_ && heard() == known_ && env_.ticks() < until) {
      if (co_await signal_->wait(std::min(kPoll, until - env_.ticks()))) break;
      auto followed = co_await follow();
      if (!followed && ends(followed.error())) co_return Failure(followed.error());
    }
    if (stopped_) co_return closed();
    co_return std::exchange(known_, heard()) != heard();
  }

  Duration asked_pause() const override { return Duration(0); }

  Task<void> leave() override {
    stopped_ = true;
    co_return;
  }
  void wake() override { signal_->notify(); }
  void stop() override {
    stopped_ = true;
    signal_->notify();
  }

 private:
  static Failure closed() {
    return Failure(Error{Kind::transient, "labels.closed", "The connection has ended.", ""});
  }
  static bool ends(const Error& error) {
    return mailbox::trouble_of(error) == mailbox::Trouble::connection;
  }

  // What is in front would be another mail now.
  bool renumbered() {
    stopped_ = stopped_ || series_ != box_.kept.series;
    return stopped_;
  }

  // Before each question to the provider.
  Task<Result<>> ask(std::string question) {
    if (stopped_ || !co_await env_.sleep(box_.call_time) || stopped_) co_return closed();
    box_.world.trace("labels", question);
    box_.account.hear(question);
    if (box_.breaks && box_.breaks()) stopped_ = true;
    if (stopped_) co_return closed();
    const auto why = box_.account.refuses ? box_.account.refuses(question) : "";
    if (why.contains("Unavailable")) co_return fail(Kind::transient, "imap.unavailable", why);
    if (!why.empty()) co_return fail(Kind::permanent, "imap.refused", why);
    co_return Result<>{};
  }

  // Numbers what came. Where the history is forgotten, whatever lies there: the oldest first.
  Task<Result<>> follow() {
    auto asked = co_await ask("GET history");
    if (!asked) co_return asked;
    if (auto told = box_.history(box_.kept.token)) {
      for (const auto& [name, label, came] : told->events)
        came ? box_.number(label, name) : box_.forget(label, name);
      box_.kept.token = std::move(told->token);
      co_return Result<>{};
    }
    asked = co_await ask("GET messages");
    if (!asked) co_return asked;
    const auto token = box_.now();
    const auto listed = box_.list();
    for (const auto& [label, numbers] : box_.kept.labels)
      for (const auto& [name, id] : std::map(numbers.of))
        if (const auto* mail = box_.find(name); !mail || !mail->labels.contains(label))
          box_.forget(label, name);
    for (const auto& mail : std::views::reverse(listed))
      for (const auto& [label, uid] : mail.labels) box_.number(label, mail.name);
    box_.kept.token = token;
    co_return Result<>{};
  }

  std::map<RemoteId, std::string> numbered(mailbox::IdRange range) const {
    std::map<RemoteId, std::string> result;
    for (const auto& [name, id] : box_.kept.labels[front_].of)
      if (range.first <= id && id <= range.last) result.emplace(id, name);
    return result;
  }
  const LabelBox::Mail* lies_here(const std::string& name) {
    const auto* mail = box_.find(name);
    if (mail && mail->labels.contains(front_)) return mail;
    box_.forget(front_, name);
    return nullptr;
  }
  bool forgets(const LabelBox::Mail& mail) const {
    return box_.account.forgets && box_.account.forgets(mail.labels.at(front_));
  }

  net::Env& env_;
  LabelBox& box_;
  std::unique_ptr<net::Signal> signal_;
  std::string front_;
  std::uint32_t series_ = 0;  // in which it was opened
  const std::string nothing_;
  std::uint64_t known_ = 0;  // told of the label in front, and heard
  bool stopped_ = false;
};

Task<Result<std::unique_ptr<mailbox::Source>>> open_labels(net::Env& env, LabelBox& box) {
  ++box.opened;
  if (!co_await env.sleep(box.call_time) || (box.breaks && box.breaks()))
    co_return fail(Kind::transient, "net.refused", "Nobody answers.");
  co_return std::make_unique<LabelSource>(env, box);
}

}  // namespace

std::function<Task<Result<std::unique_ptr<mailbox::Source>>>(net::Env&, mailbox::Login, Limits,
                                                             Deadlines)>
sources_of(LabelBox& box) {
  return [&box](net::Env& env, mailbox::Login, Limits, Deadlines) { return open_labels(env, box); };
}

}  // namespace hearback::sim
