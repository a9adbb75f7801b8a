#pragma once
// What sync may ask of one account, whatever its provider: which folders there are, what has come
// into one of them since a cursor, header fields, and bodies against proof.
//
// A provider's own words stay behind this seam: how a cursor is compared, and how mail is named. A
// copy is named by a number. Within a folder's series numbers ascend in the order of arrival and
// mean the same message for ever; a new series starts the folder over. IMAP's UIDs are such numbers
// (RFC 9051 section 2.3.1.1); a provider that names its mail otherwise numbers it as it comes
// (docs/decisions/0019-source.md). What has gone isn't told: a copy that was deleted or moved there
// stays with us.
//
// One folder is in front: the one that was opened last. What comes into it is told unasked, and
// most verbs are about it. One verb at a time, with one exception: while headers() is under way,
// bodies() and present() may be asked for. The Source, and what a verb takes by reference, must
// outlive the verb.
//
// Errors: those of the provider. What one concerns is told by trouble_of(); after one that concerns
// the connection every later verb fails.
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/task.hpp"
#include "base/time.hpp"
#include "rules/belonging.hpp"
#include "rules/nouns.hpp"

namespace hearback::mailbox {

using RemoteId = std::uint32_t;
inline constexpr RemoteId kLastId = 0xFFFFFFFFu;

struct IdRange {  // both ends included; last = kLastId: to the end
  RemoteId first = 0, last = 0;
  bool operator==(const IdRange&) const = default;
};

inline constexpr IdRange kAllIds{1, kLastId};

// How far a folder has been looked at.
struct Cursor {
  std::uint32_t series = 0;  // 0: never
  RemoteId highest = 0;      // that was ever judged
  bool operator==(const Cursor&) const = default;
};

struct Changes {
  Cursor next;  // as far as there is anything
  // Nothing can have come since without our being told. Else more may lie above.
  bool fresh = true;
  // Why the numbers that we hold mean nothing any more, by a stable code: everything is to be
  // looked at anew, in the series of `next`. Empty: they hold.
  std::string_view start_over;
};

// One message's header facts. The view is valid during the call only.
struct HeaderItem {
  RemoteId id = 0;
  Instant arrived;           // ms 0: the provider didn't say
  std::uint64_t octets = 0;  // what it says of the size
  std::string_view header;   // the ten fields of S-2, raw
  bool too_large = false;    // dropped on arrival; `header` is empty
  bool draft = false;        // of a folder where drafts lie among the mail
};

struct Wanted {
  RemoteId id = 0;
  rules::Match proof;
  // What the provider said of its size. One that is far larger (base/announced.hpp) doesn't come.
  std::optional<std::uint64_t> announced = std::nullopt;
};

struct BodyItem {
  RemoteId id = 0;
  std::string_view raw;  // the whole message; empty also where the provider has none
  bool too_large = false;
};

// What an error concerns.
enum class Trouble {
  connection,  // this connection, or the account: nothing more can be asked here
  throttled,   // likewise, and the provider wants to be left alone
  sign_in,     // a person may have to help
  folder,      // there is no such folder
  request,     // what was asked for, as such: refused
  for_now,     // what was asked for, for a while
};
Trouble trouble_of(const Error& error);

// Why a message is set aside, where the provider has it but doesn't give it. Stored and shown: IMAP
// was the first to do so, and gave the codes their names.
inline constexpr std::string_view kLeftOut = "imap.left-out";
inline constexpr std::string_view kNoBody = "imap.no-body";
// It ends the connection whenever it is asked for this one; or gives a notice of its own instead.
inline constexpr std::string_view kHangsUp = "imap.hangs-up", kStandIn = "imap.stand-in";
// Or it gives another message's body.
inline constexpr std::string_view kAnother = "imap.another-message";
// All of these: those five, and what it answers when it refuses one message as such.
inline constexpr std::array<std::string_view, 8> kWithheld{
    kLeftOut, kNoBody,        kHangsUp,   kStandIn,
    kAnother, "imap.refused", "imap.bad", "imap.unavailable"};

class Source {
 public:
  virtual ~Source() = default;

  // With the roles that rules give them (S-4). Ids are new each time; the store keeps those of
  // folders that it knows by their wire name, which is how they are named here.
  virtual Task<Result<std::vector<rules::Folder>>> folders() = 0;

  // What has come into the folder since. As cheap as may be: it needn't come to the front.
  virtual Task<Result<Changes>> changes(std::string folder, Cursor cursor) = 0;
  // The same, and the folder is in front now.
  virtual Task<Result<Changes>> open(std::string folder, Cursor cursor) = 0;
  virtual const std::string& front() const = 0;  // empty: none
  // Another value whenever something was told of the folder in front.
  virtual std::uint64_t heard() const = 0;

  // From now on be told of what comes into this folder, too, whatever is in front; of one of them
  // at a time. false: the provider doesn't do that, and all is as before.
  virtual Task<Result<bool>> listen_for(std::string folder) = 0;
  // The folder that is listened for; empty: none. Once the provider has given up what it agreed to,
  // it tells nothing of the folder in front either: make another Source.
  virtual const std::string& listened() const = 0;
  // Another value whenever something was told of that folder, or it was given up.
  virtual std::uint64_t heard_elsewhere() const = 0;

  // ---- about the folder in front ----

  // What lies there (ascending) and arrived since (ms 0: ever); more may be named, none left out.
  virtual Task<Result<std::vector<RemoteId>>> present(Instant since) = 0;

  // Items come for these ranges only, in any order, perhaps repeatedly, also of ranges that are
  // refused later. `finished` after a range's answer is complete; returning false stops asking for
  // more. `refused` hears of ranges that the provider doesn't answer, and the others go on;
  // Trouble::throttled always ends it.
  struct HeaderScan {
    std::vector<IdRange> ranges;
    std::function<void(const HeaderItem&)> item;
    std::function<bool(std::size_t range)> finished;
    std::function<void(std::size_t range, const Error& why)> refused;
    bool drafts = false;  // are to be told from other mail
  };
  virtual Task<Result<>> headers(const HeaderScan& scan) = 0;

  // The provider's own search for mail from or to any of these addresses that arrived since (ms 0:
  // ever), `among` these alone, ascending. It may name too much: the caller checks. nullopt: it
  // can't search. One that takes too long costs the connection.
  virtual Task<Result<std::optional<std::vector<RemoteId>>>> find(
      std::vector<std::string> addresses, Instant since, IdRange among) = 0;

  // The only way to a body (S-2): each comes with the matcher's proof that it is about a candidate.
  // What has gone meanwhile doesn't come; `item` is called for nothing that wasn't asked for.
  virtual Task<Result<>> bodies(
      const std::vector<Wanted>& wanted,
      const std::function<void(const Wanted&, const BodyItem&)>& item) = 0;

  // Until something is told of the folder, or of the one that is listened for, `most` has passed,
  // or wake(). true: something was told.
  virtual Task<Result<bool>> wait(Duration most) = 0;

  // How long the provider asked to be left alone with its last refusal; 0: it didn't.
  virtual Duration asked_pause() const = 0;

  // ---- its end ----

  virtual Task<void> leave() = 0;  // says goodbye
  virtual void wake() = 0;         // ends a wait, from another task
  virtual void stop() = 0;         // every verb under way or to come ends with an error
};

}  // namespace hearback::mailbox
