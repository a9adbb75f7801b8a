#pragma once
// A provider of another shape than IMAP, in memory: mail is named by strings, is numbered by the
// Source as it is first heard of, with holes; its cursors expire; it has no search. What it gives
// is recorded, like the model server's.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "mailbox/source.hpp"
#include "net/env.hpp"

namespace hearback::sim {

class Box {
 public:
  struct Mail {
    std::string name, raw;
    Instant arrived;
  };
  struct Folder {
    std::vector<Mail> mail;
    std::uint64_t told = 0;  // how often something happened here
    // What a Source of such a provider keeps: the number of each name.
    std::uint32_t series = 100;
    mailbox::RemoteId next = 1;
    std::map<std::string, mailbox::RemoteId> numbers;
  };

  // INBOX and Sent.
  std::map<std::string, Folder> folders{{"INBOX", {}}, {"Sent", {}}};
  std::set<std::string> broken;         // names whose headers and bodies are refused
  std::vector<std::string> bodies;      // names whose bodies were asked for
  std::uint64_t opened = 0;             // Sources
  std::vector<net::Signal*> listeners;  // of those that wait

  std::string deliver(const std::string& folder, std::string raw, Instant arrived);
  void remove(const std::string& folder, const std::string& name);
  // The cursors that were given out mean nothing any more.
  void expire();

 private:
  std::uint64_t names_ = 0;
};

std::unique_ptr<mailbox::Source> make_box_source(net::Env& env, Box& box);

}  // namespace hearback::sim
