#pragma once
// A provider of another shape than IMAP, with a mailbox of the same account behind it. Mail is
// named by strings, which tell nothing of the order, and is listed once, whatever labels it bears.
// What happened is told as a history since a token, and the provider forgets old ones. It can't
// search.
//
// Beside the provider is kept, as in a store that outlives processes, what a Source of such a
// provider has to know: the number of each mail under each label (docs/decisions/0019-source.md).
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mailbox/source.hpp"
#include "sim/model_imap.hpp"
#include "sync/engine.hpp"

namespace hearback::sim {

class LabelBox {
 public:
  LabelBox(World& world, ImapAccount& account) : world(world), account(account) {}

  // ---- what the provider tells ----

  struct Mail {
    std::string name, raw;
    Instant arrived;
    std::size_t nth = 0;                          // that was ever there
    std::map<std::string, std::uint32_t> labels;  // and the UID that IMAP shows under each
  };
  struct Event {  // a label came to a mail, or went
    std::string name, label;
    bool came = false;
  };
  struct History {
    std::vector<Event> events;  // in their order
    std::string token;          // that leads on from here
  };
  std::optional<History> history(const std::string& token);  // nullopt: forgotten, or empty
  std::string now();                                         // a token
  std::vector<Mail> list();                                  // newest first
  const Mail* find(const std::string& name);                 // until the next question

  // ---- what a Source keeps ----

  struct Numbers {
    std::map<std::string, mailbox::RemoteId> of;  // by the mail's name
    mailbox::RemoteId highest = 0;                // that was ever given
    std::uint64_t told = 0;                       // how often something came or went
  };
  struct Kept {
    std::uint32_t series = 100;
    mailbox::RemoteId last = 0;  // given to anything: so each label's numbers have holes
    std::string token;           // of what was numbered
    std::map<std::string, Numbers> labels;
  };
  Kept kept;
  void number(const std::string& label, const std::string& name);
  // It has gone. Should it come back, it is looked at anew: nobody knows whether it was looked at.
  void forget(const std::string& label, const std::string& name);

  // ---- what goes wrong ----

  Duration call_time{20};        // that each question takes
  std::function<bool()> breaks;  // asked at each question: the connection is gone
  void forget_history();         // tokens that were given out mean nothing any more
  void lose_numbers();           // a new series
  std::uint64_t opened = 0;      // Sources

  World& world;
  // Its hooks and quirks about single messages and commands ("GET history" …) hold here, too.
  ImapAccount& account;

 private:
  void look();

  std::map<std::string, std::size_t> known_;  // by what lies there: which one it is
  std::map<std::string, Mail> mail_;          // by name
  std::vector<Event> events_;
  std::size_t forgotten_ = 0;  // of these
};

// For sync::Options. The box must outlive the Sources.
std::function<Task<Result<std::unique_ptr<mailbox::Source>>>(net::Env&, mailbox::Login, Limits,
                                                             Deadlines)>
sources_of(LabelBox& box);

}  // namespace hearback::sim
