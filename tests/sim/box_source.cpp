#include "sim/box_source.hpp"

#include <algorithm>
#include <utility>

#include "rules/folder_roles.hpp"

namespace hearback::sim {
namespace {

using mailbox::RemoteId;

constexpr RemoteId kHole = 7;  // between two numbers

class BoxSource final : public mailbox::Source {
 public:
  BoxSource(net::Env& env, Box& box) : env_(env), box_(box), signal_(env.make_signal()) {
    ++box_.opened;
    box_.listeners.push_back(signal_.get());
  }
  ~BoxSource() override { std::erase(box_.listeners, signal_.get()); }

  Task<Result<std::vector<rules::Folder>>> folders() override {
    if (stopped_) co_return closed();
    std::vector<rules::ListedFolder> listed;
    for (const auto& [name, folder] : box_.folders) listed.push_back({name, name, 0, {}});
    auto folders = rules::assign_roles(listed);
    for (auto& folder : folders) folder.id = FolderId::make(env_.now(), env_.random());
    co_return std::move(folders);
  }

  Task<Result<mailbox::Changes>> changes(std::string name, mailbox::Cursor cursor) override {
    if (stopped_) co_return closed();
    auto found = box_.folders.find(name);
    if (found == box_.folders.end())
      co_return fail(Kind::missing, "imap.no-such-folder", "There is no such folder.");
    auto& folder = found->second;
    for (const auto& mail : folder.mail)
      if (folder.numbers.emplace(mail.name, folder.next).second) folder.next += kHole;
    mailbox::Changes told{{folder.series, folder.next - 1}, true, {}};
    if (cursor.series != folder.series)
      told.start_over = cursor.series == 0 ? "first-opening" : "cursor-expired";
    co_return told;
  }
  Task<Result<mailbox::Changes>> open(std::string name, mailbox::Cursor cursor) override {
    auto told = co_await changes(name, cursor);
    if (told) {
      front_ = std::move(name);
      known_ = heard();
    }
    co_return told;
  }
  const std::string& front() const override { return front_; }
  std::uint64_t heard() const override {
    auto found = box_.folders.find(front_);
    return found == box_.folders.end() ? 0 : found->second.told;
  }

  Task<Result<std::vector<RemoteId>>> present(Instant since) override {
    if (stopped_) co_return closed();
    std::vector<RemoteId> ids;
    for (const auto& [id, mail] : numbered())
      if (mail->arrived >= since) ids.push_back(id);
    co_return std::move(ids);
  }

  Task<Result<>> headers(const HeaderScan& scan) override {
    for (std::size_t i = 0; i < scan.ranges.size(); ++i) {
      if (!co_await env_.sleep(20ms) || stopped_) co_return closed();
      bool refused = false;
      for (const auto& [id, mail] : numbered()) {
        if (id < scan.ranges[i].first || id > scan.ranges[i].last) continue;
        refused = refused || box_.broken.contains(mail->name);
        const std::string_view raw = mail->raw;
        if (!refused)
          scan.item({id, mail->arrived, raw.size(), raw.substr(0, raw.find("\r\n\r\n") + 4), false,
                     false});
      }
      if (refused)
        scan.refused(i, Error{Kind::permanent, "imap.refused", "This mail can't be read.", ""});
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
    if (!co_await env_.sleep(20ms) || stopped_) co_return closed();
    const auto here = numbered();
    for (const auto& one : wanted) {
      auto mail = here.find(one.id);
      if (mail == here.end()) continue;
      box_.bodies.push_back(mail->second->name);
      item(one, {one.id, mail->second->raw, false});
    }
    co_return Result<>{};
  }

  Task<Result<bool>> wait(Duration most) override {
    // What was told before, but after the last time, ends the wait at once.
    if (!stopped_ && heard() == known_) co_await signal_->wait(most);
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
    return Failure(Error{Kind::transient, "box.closed", "The connection has ended.", ""});
  }
  std::map<RemoteId, const Box::Mail*> numbered() const {
    std::map<RemoteId, const Box::Mail*> result;
    auto found = box_.folders.find(front_);
    if (found == box_.folders.end()) return result;
    for (const auto& mail : found->second.mail) {
      auto number = found->second.numbers.try_emplace(mail.name, found->second.next);
      if (number.second) found->second.next += kHole;
      result.emplace(number.first->second, &mail);
    }
    return result;
  }

  net::Env& env_;
  Box& box_;
  std::unique_ptr<net::Signal> signal_;
  std::string front_;
  std::uint64_t known_ = 0;  // told of the folder in front, and heard
  bool stopped_ = false;
};

}  // namespace

std::string Box::deliver(const std::string& folder, std::string raw, Instant arrived) {
  // Names tell nothing of the order.
  const auto name = "AAMk" + std::to_string((++names_ * 7919) % 10'007) + "=";
  auto& to = folders[folder];
  to.mail.push_back({name, std::move(raw), arrived});
  ++to.told;
  for (auto* listener : listeners) listener->notify();
  return name;
}

void Box::remove(const std::string& folder, const std::string& name) {
  auto& from = folders[folder];
  std::erase_if(from.mail, [&](const Mail& mail) { return mail.name == name; });
  ++from.told;
  for (auto* listener : listeners) listener->notify();
}

void Box::expire() {
  for (auto& [name, folder] : folders) {
    ++folder.series;
    folder.next = 1;
    folder.numbers.clear();
    ++folder.told;
  }
  for (auto* listener : listeners) listener->notify();
}

std::unique_ptr<mailbox::Source> make_box_source(net::Env& env, Box& box) {
  return std::make_unique<BoxSource>(env, box);
}

}  // namespace hearback::sim
