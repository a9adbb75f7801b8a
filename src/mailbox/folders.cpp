#include "mailbox/folders.hpp"

#include "base/log.hpp"
#include "rules/folder_roles.hpp"

namespace hearback::mailbox {

Task<Result<std::vector<rules::Folder>>> list_folders(net::Env& env, ImapLine& line) {
  auto listed =
      co_await line.run([](protocols::imap::Session& s, protocols::Wire& w) { return s.list(w); });
  if (!listed) co_return Failure(listed.error());
  const auto left_out = std::erase_if(
      *listed, [](const auto& folder) { return !rules::can_be_recorded(folder.wire_name); });
  if (left_out > 0) log::warn("folders-left-out", {{"count", left_out}});
  std::vector<rules::ListedFolder> plain;
  for (auto& folder : *listed)
    plain.push_back({std::move(folder.name), std::move(folder.wire_name), folder.delimiter,
                     std::move(folder.attributes)});
  auto folders = rules::assign_roles(plain);
  for (auto& folder : folders) folder.id = FolderId::make(env.now(), env.random());
  co_return std::move(folders);
}

}  // namespace hearback::mailbox
