#pragma once
// The half of an SMTP account's Outlet that looks into Sent and files copies there, over IMAP.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailbox/connect.hpp"
#include "mailbox/outlet.hpp"
#include "mailbox/source.hpp"

namespace hearback::mailbox {

// What a verb fails with once the program stops.
Error outlet_stopped();

class SentFolder {
 public:
  // `folder`: as the server spells it; empty: the server is asked which it is.
  SentFolder(net::Env& env, Login login, std::string folder, Limits limits, Deadlines deadlines)
      : env_(env),
        login_(std::move(login)),
        folder_(std::move(folder)),
        limits_(limits),
        deadlines_(deadlines) {}

  // Outlet::look_for. A message that the server names and doesn't show leaves open only those that
  // it could be.
  Task<std::vector<Result<bool>>> look_for(std::vector<Sought> sought);
  Task<Result<>> file(std::string_view bytes, Instant date);
  Task<void> leave();
  void stop() {
    stopped_ = true;
    if (line_) line_->connection->close();
  }

 private:
  class Sightings;

  Task<Result<>> open();
  Task<Result<>> choose();
  Task<Result<>> enter();
  Task<Result<>> enter_again();
  Task<Result<>> look(Sightings& seen);
  Task<Result<>> search(Sightings& seen, bool by_mark);
  Task<Result<>> read(Sightings& seen, std::vector<RemoteId> ids);
  void close() {
    if (line_) line_->connection->close();
    line_.reset();
  }

  net::Env& env_;
  Login login_;
  std::string folder_;
  Limits limits_;
  Deadlines deadlines_;
  std::optional<ImapLine> line_;
  std::uint32_t validity_ = 0;  // of the folder's numbers, when it was entered last
  bool stopped_ = false;
};

}  // namespace hearback::mailbox
