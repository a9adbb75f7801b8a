// What lies in a model account, and what tests do to it.
#include <algorithm>
#include <utility>

#include "sim/model_imap.hpp"

namespace hearback::sim {

bool ImapAccount::has_folder(const std::string& name) const {
  return std::any_of(folders_.begin(), folders_.end(),
                     [&](const auto& f) { return f->name == name; });
}

ImapFolder& ImapAccount::folder(const std::string& name) {
  for (auto& f : folders_)
    if (f->name == name) return *f;
  folders_.push_back(std::make_unique<ImapFolder>());
  folders_.back()->name = name;
  folders_.back()->uid_validity = next_validity_++;
  return *folders_.back();
}

ImapFolder* ImapAccount::sent() {
  for (auto& f : folders_)
    if (f->special_use == "\\Sent") return f.get();
  return has_folder("Sent") ? &folder("Sent") : nullptr;
}

std::uint32_t ImapAccount::deliver(const std::string& name, std::string raw) {
  return deliver(name, std::move(raw), world_.now());
}

std::uint32_t ImapAccount::deliver(const std::string& name, std::string raw,
                                   Instant internal_date) {
  auto& f = folder(name);
  auto uid = f.uid_next++;
  // IMAP's dates have seconds: what tests compare must be what the program can see.
  internal_date.ms -= internal_date.ms % 1000;
  f.messages.push_back({uid, std::move(raw), internal_date, {}});
  world_.trace("deliver", user_ + " " + name + " " + std::to_string(uid));
  changed(name);
  return uid;
}

bool ImapAccount::expunge(const std::string& name, std::uint32_t uid) {
  auto gone = std::erase_if(folder(name).messages, [uid](const auto& m) { return m.uid == uid; });
  world_.trace("expunge", user_ + " " + name + " " + std::to_string(uid));
  if (gone) changed(name);
  return gone > 0;
}

std::uint32_t ImapAccount::move(const std::string& from, std::uint32_t uid, const std::string& to) {
  for (const auto& m : folder(from).messages) {
    if (m.uid != uid) continue;
    auto copy = m;
    expunge(from, uid);
    return deliver(to, std::move(copy.raw), copy.internal_date);
  }
  return 0;
}

void ImapAccount::change_uid_validity(const std::string& name, bool renumber, bool shuffle) {
  auto& f = folder(name);
  f.uid_validity = next_validity_++;
  world_.trace("uidvalidity", user_ + " " + name + " " + std::to_string(f.uid_validity));
  if (renumber) {
    if (shuffle)
      for (std::size_t i = f.messages.size(); i > 1; --i)
        std::swap(f.messages[i - 1], f.messages[world_.below(i)]);
    f.uid_next = 1;
    for (auto& m : f.messages) m.uid = f.uid_next++;
  }
  drop_selected(name);
}

void ImapAccount::remove_folder(const std::string& name) {
  drop_selected(name);
  std::erase_if(folders_, [&](const auto& f) { return f->name == name; });
}

void ImapAccount::rename_folder(const std::string& name, const std::string& to) {
  drop_selected(name);
  folder(name).name = to;
}

std::size_t ImapAccount::count(const std::string& name, std::string_view message_id) const {
  std::size_t n = 0;
  auto wanted = "<" + std::string(message_id) + ">";
  for (const auto& f : folders_)
    if (f->name == name)
      for (const auto& m : f->messages) n += header_value(m.raw, "Message-ID") == wanted;
  return n;
}

}  // namespace hearback::sim
