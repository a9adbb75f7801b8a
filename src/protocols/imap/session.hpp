#pragma once
// IMAP4rev1/rev2 (RFC 3501, 9051) as Hearback speaks it. A Session is one connection's state:
// receive buffer, tags, capabilities, the folder open. Its verbs are conversations: run them with
// protocols::run(connection, Dialogue(...)), one at a time.
//
// Mailbox contents are only ever read: EXAMINE and BODY.PEEK (S-8). The one write is append().
// Every untagged response is taken as data whenever it comes; unknown ones are skipped.
// After an error that isn't a plain refusal (imap.refused, imap.bad, imap.no-such-folder,
// imap.throttled, imap.unavailable, imap.too-many-folders, imap.login-*) the session is over: every
// later verb fails with imap.closed.
// Each command has a budget of time, octets and responses (command.hpp, base/limits.hpp): a server
// that stays silent, drips, or never ends costs imap.timeout or imap.too-much.
// The Session, and everything a verb takes by reference or view, must outlive the verb's Dialogue.
// Whether the connection is encrypted can't be seen from here: the caller calls start_tls() where
// STARTTLS was asked for, and a failed one ends the session, so that no password follows it.
// Errors: imap.closed, imap.timeout, imap.refused (NO), imap.bad (BAD), imap.login-refused,
// imap.login-disabled, imap.starttls-missing, imap.starttls-injection, imap.not-imap (greeting),
// imap.bye, imap.protocol, imap.too-large, imap.too-much, imap.too-many-folders, imap.throttled,
// imap.unavailable, imap.no-such-folder.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "protocols/dialogue.hpp"
#include "protocols/sasl.hpp"

namespace hearback::protocols::imap {

struct FolderFacts {  // from EXAMINE or STATUS
  std::uint32_t exists = 0;
  std::uint32_t uid_validity = 0;
  std::uint32_t uid_next = 0;  // 0: the server didn't say (legal)
};

struct ListedFolder {
  std::string name;                  // UTF-8
  std::string wire_name;             // as the server spells it
  char delimiter = 0;                // 0: NIL
  std::set<std::string> attributes;  // lower case, with backslash: "\\sent", "\\noselect"
};

// One message's header facts as they lie in the receive buffer: the views are valid during the
// sink call only.
struct HeaderItem {
  std::uint32_t uid = 0;
  Instant internal_date;     // ms 0: the server didn't say, or not readably
  std::uint64_t octets = 0;  // RFC822.SIZE
  std::string_view header;   // the ten fields of S-2, raw
  bool too_large = false;    // above limits.header_octets: dropped on arrival, `header` is empty
  bool draft = false;        // its flags say so; where they were asked for
};
struct BodyItem {
  std::uint32_t uid = 0;
  std::string_view raw;    // BODY.PEEK[], whole; empty also where the server says NIL
  bool too_large = false;  // above limits.imap_literal_octets: dropped on arrival
};

struct BodyWanted {
  std::uint32_t uid = 0;
  std::optional<std::uint64_t> announced = std::nullopt;  // RFC822.SIZE, where known
};

struct UidRange {  // both ends included; last = UINT32_MAX: to the end
  std::uint32_t first = 0, last = 0;
};

class Session {
 public:
  explicit Session(const Limits& limits = {}, const Deadlines& deadlines = {});
  ~Session();

  // Greeting, then CAPABILITY when the greeting didn't carry it. PREAUTH is refused.
  Task<Result<>> greet(Wire& wire);
  Task<Result<>> start_tls(Wire& wire, std::string server_name);
  // AUTHENTICATE PLAIN (with SASL-IR where offered), else LOGIN. Then CAPABILITY, ID.
  Task<Result<>> sign_in(Wire& wire, sasl::Credentials credentials);
  bool has(std::string_view capability) const;  // upper case
  // How long a throttling server asked to be left alone, where it said so.
  std::optional<Duration> suggested_backoff() const;

  // LIST "" "*" with RETURN (SPECIAL-USE) where offered, else XLIST where offered. Each folder
  // once, INBOX always. What NAMESPACE (RFC 2342) says is other users' or shared is left out
  // (S-15). More than limits.imap_folders: imap.too-many-folders.
  Task<Result<std::vector<ListedFolder>>> list(Wire& wire);
  Task<Result<FolderFacts>> examine(Wire& wire, std::string wire_name);
  Task<Result<FolderFacts>> status(Wire& wire, std::string wire_name);
  const std::string& open_folder() const;  // wire name; empty when none
  // Facts of the open folder as unsolicited responses have changed them since.
  const FolderFacts& facts() const;
  // Another number whenever a message was said to have come into it, or gone.
  std::uint64_t changes() const;

  // UID SEARCH SINCE the day (UTC) of `since`; ESEARCH where offered. Ascending.
  Task<Result<std::vector<std::uint32_t>>> search_since(Wire& wire, Instant since);
  // UID SEARCH ALL: the exact set of what is there.
  Task<Result<std::vector<std::uint32_t>>> search_all(Wire& wire);
  // UID SEARCH HEADER <field> for any of the values, in as many commands as their length asks for.
  // `field` is a token. Substring matches, and some servers search badly: the caller checks
  // exactly.
  Task<Result<std::vector<std::uint32_t>>> search_header(Wire& wire, std::string field,
                                                         std::vector<std::string> values);

  // UID SEARCH for any of the addresses in From, To, Cc, Bcc or Reply-To, arrived since the day of
  // `since` (ms 0: ever), `among` these UIDs alone where given, in as many commands as their length
  // asks for; each may take Deadlines::imap_search_addresses. Substring matches: the caller checks
  // exactly.
  Task<Result<std::vector<std::uint32_t>>> search_addresses(
      Wire& wire, std::vector<std::string> addresses, Instant since,
      std::optional<UidRange> among = std::nullopt);
  // UID FETCH 1:* (UID): what is there, on a server that refuses to search.
  Task<Result<std::vector<std::uint32_t>>> fetch_uids(Wire& wire);

  // Pipelines one UID FETCH per range, at most limits.scan_in_flight on the wire, asks for exactly
  // UID INTERNALDATE RFC822.SIZE and the ten header fields; `item` hears of UIDs in these ranges
  // only, and of those that aren't finished. Items of a range may come before an earlier range is
  // finished, ranges may finish in any order, and a server may repeat itself: the UID alone tells
  // what an item belongs to. `finished(i)` after range i's answer is complete; returning false
  // stops asking for more (what is on the wire is still read). `refused(i, why)`, where given,
  // hears of a NO or BAD to range i, and the scan goes on with the others; without it, and for
  // imap.throttled always, the first refusal ends the scan and is its error. Items of a refused
  // range may have come before. `scan` must outlive the dialogue.
  // `mark`: X-Hearback-Id, too, for messages of our own alone. `flags`: FLAGS, too, where drafts
  // lie among the mail. `between`, where given, is asked again and again for bodies that are wanted
  // meanwhile, as fetch_bodies() fetches them: they come between the headers, of which fewer are on
  // the wire. `done` hears once what came of it.
  struct BodiesWanted {
    std::vector<BodyWanted> wanted;
    std::function<void(const BodyItem&)> item;
    std::function<void(Result<>)> done;
  };
  struct HeaderScan {
    std::vector<UidRange> ranges;
    std::function<void(const HeaderItem&)> item;
    std::function<bool(std::size_t range)> finished;
    std::function<void(std::size_t range, const Error& why)> refused = {};
    bool mark = false;
    bool flags = false;
    std::function<std::optional<BodiesWanted>()> between = {};
  };
  Task<Result<>> fetch_headers(Wire& wire, const HeaderScan& scan);
  // UID FETCH (UID BODY.PEEK[]) of exactly these. Missing ones simply don't come, and neither do
  // those that are far larger than announced (base/announced.hpp): they never take more memory
  // than was agreed to. Without an announcement a message may be as large as
  // limits.imap_literal_octets; above that it is `too_large`. Only mailbox/imap/bodies.hpp calls
  // this: it demands the matcher's proof for each UID (S-2).
  Task<Result<>> fetch_bodies(Wire& wire, std::vector<BodyWanted> wanted,
                              const std::function<void(const BodyItem&)>& item);

  // NOTIFY: be told, whatever is open, when something comes into this folder, too; one of them at a
  // time. false: the server doesn't do that, and tells of the open folder as before. Once it has
  // given up what it agreed to (listened() is empty), it tells of no folder at all.
  Task<Result<bool>> listen_for(Wire& wire, std::string wire_name);
  const std::string& listened() const;  // wire name; empty: none, or the server gave it up
  // Another number whenever more was said to be in it than was known, or the server gave it up.
  std::uint64_t heard_elsewhere() const;

  // IDLE until the open folder changed (facts() tells), or the one that is listened for, `renew`
  // passed or the owner interrupts; DONE is sent and answered before it returns. true: something
  // changed.
  // Without IDLE: waits (renew, at most deadlines.poll), then NOOP. So it does, from then on, on a
  // server that refuses IDLE or ends it at once.
  Task<Result<bool>> idle(Wire& wire, Duration renew);

  // APPEND with \Seen. `message` must outlive the dialogue. Into the folder that is open: that is
  // left first (open_folder() is empty then).
  Task<Result<>> append(Wire& wire, std::string wire_name, std::string_view message, Instant date);
  Task<Result<>> log_out(Wire& wire);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// RFC 3501 section 5.1.3; nullopt when malformed (keep the wire name as it is then).
std::optional<std::string> utf7_to_utf8(std::string_view wire_name);

}  // namespace hearback::protocols::imap
