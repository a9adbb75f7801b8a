#include "protocols/smtp/refusals.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.hpp"

namespace hearback::protocols::smtp {
namespace {

constexpr unsigned at_sender = 1, at_recipient = 2, at_end = 4, anywhere = 7;

unsigned bit(Step step) {
  return step == Step::sender ? at_sender : step == Step::recipient ? at_recipient : at_end;
}

// Words of one meaning, lower case, with | between them.
using Words = std::string_view;

constexpr Words kAnyWords = "";
constexpr Words kOverLimit =
    "sending limit|sending quota|sending rate|message quota|submission quota|submissionquota|"
    "outgoing messages|daily limit|hourly limit|per day|per hour|this hour|user-rate limit|"
    "rate limit|too many messages|too many emails|too many mails|limit on the number|"
    "maximum number of messages|number of recipients per|exceeded the max emails|quota for sending";
constexpr Words kSize = "size|too large|too big|length|octets|bytes";
constexpr Words kFull = "mailbox full|mailbox is full|over quota|overquota|quota|storage|full";
constexpr Words kBlocked =
    "bad outbound sender|suspended|account is disabled|account disabled|account is locked|"
    "account locked|account blocked|blocked for sending|sending is disabled|sending disabled|"
    "compromised";
constexpr Words kSignIn = "authentication required|must authenticate|not authenticated|sign in";
constexpr Words kTooMany = "too many recipients|recipient limit";

bool has_one_of(std::string_view text, Words words) {
  if (words.empty()) return true;
  for (auto word : split(words, '|'))
    if (text.find(word) != std::string_view::npos) return true;
  return false;
}

// The first row that fits decides. `code`: 0 any, 4 or 5 the class, else that very code.
// `enhanced`: without the class ("2.2" for 5.2.2 and 4.2.2 alike), "" whatever it is.
struct Row {
  unsigned steps;
  int code;
  std::string_view enhanced;
  Words words;
  std::string_view meaning;
};

constexpr std::array kRows{
    // The account's limits come in every step, and with every code.
    Row{at_sender, 0, "4.5", kAnyWords, "smtp.sending-limit"},
    Row{anywhere, 0, "", kOverLimit, "smtp.sending-limit"},
    Row{at_recipient, 0, "5.3", kAnyWords, "smtp.too-many-recipients"},
    Row{at_recipient, 0, "", kTooMany, "smtp.too-many-recipients"},
    Row{anywhere, 4, "", kAnyWords, "smtp.busy"},
    Row{anywhere, 530, "", kAnyWords, "smtp.login-refused"},
    Row{anywhere, 535, "", kAnyWords, "smtp.login-refused"},
    Row{at_sender | at_recipient, 5, "", kSignIn, "smtp.login-refused"},
    Row{anywhere, 5, "1.8", kBlocked, "smtp.account-blocked"},
    Row{at_sender | at_end, 5, "", kBlocked, "smtp.account-blocked"},
    Row{anywhere, 5, "3.4", kAnyWords, "smtp.too-large"},
    Row{anywhere, 5, "2.3", kAnyWords, "smtp.too-large"},
    Row{at_sender, 5, "2.2", kAnyWords, "smtp.account-full"},
    Row{at_recipient, 5, "2.2", kAnyWords, "smtp.recipient-full"},
    Row{at_end, 5, "2.2", kAnyWords, "smtp.recipient-full"},
    // 552 without a better word is about room (RFC 5321) or size (RFC 1870); with another enhanced
    // code it is about that.
    Row{at_sender | at_end, 552, "none", kSize, "smtp.too-large"},
    Row{at_recipient, 552, "none", kSize, "smtp.too-large"},
    Row{at_sender, 552, "none", kFull, "smtp.account-full"},
    Row{at_recipient | at_end, 552, "none", kFull, "smtp.recipient-full"},
    Row{at_recipient, 552, "none", kAnyWords, "smtp.recipient-full"},
    Row{anywhere, 552, "none", kAnyWords, "smtp.too-large"},
    Row{at_sender, 0, "", kAnyWords, "smtp.sender-refused"},
    Row{at_recipient, 0, "", kAnyWords, "smtp.recipient-refused"},
    Row{at_end, 0, "", kAnyWords, "smtp.data-refused"},
};

// "2.2" of "5.2.2 Mailbox full"; "none" where there is no enhanced code.
std::string enhanced_of(std::string_view text) {
  auto word = text.substr(0, text.find_first_of(" \n:;,"));
  auto parts = split(word, '.');
  bool good = parts.size() == 3 && std::ranges::all_of(parts, [](std::string_view part) {
                return !part.empty() && part.size() <= 3 && to_number(part).has_value();
              });
  if (!good || (parts[0] != "2" && parts[0] != "4" && parts[0] != "5")) return "none";
  return std::string(parts[1]) + "." + std::string(parts[2]);
}

struct Meaning {
  std::string_view code;
  Kind kind;
  const char* what;
  const char* hint;
};

constexpr std::array kMeanings{
    Meaning{"smtp.sending-limit", Kind::transient,
            "The provider lets this account send no more messages for now.",
            "The message waits and is tried again by itself; the provider says how many messages "
            "an account may send."},
    Meaning{"smtp.account-full", Kind::permanent,
            "The mailbox that the message is sent from is full, and its server sends nothing "
            "until there is room.",
            "Make room in the mailbox."},
    Meaning{"smtp.account-blocked", Kind::permanent,
            "The provider doesn't let this account send at the moment.",
            "Ask the provider to open the account for sending."},
    Meaning{"smtp.login-refused", Kind::denied,
            "The outgoing mail server asks for a sign-in before it sends.",
            "Enter the user name and password for sending."},
    Meaning{"smtp.sender-refused", Kind::permanent,
            "The outgoing mail server doesn't let this account send from this address.",
            "Check the mailbox's address and its sign-in for sending."},
    Meaning{"smtp.recipient-refused", Kind::permanent,
            "The outgoing mail server refused a recipient; the message was sent to nobody.",
            "Check the recipients' addresses."},
    Meaning{"smtp.recipient-full", Kind::permanent,
            "A recipient's mailbox is full; the message was sent to nobody.",
            "Send it again later, or reach the person another way."},
    Meaning{"smtp.too-many-recipients", Kind::permanent,
            "The outgoing mail server doesn't take so many recipients at once; the message was "
            "sent to nobody.",
            "Send it to fewer people at a time."},
};

}  // namespace

Error busy() {
  return {Kind::transient, "smtp.busy", "The outgoing mail server can't do this right now.",
          "It is tried again by itself; if it stays so, ask the mail server's administrator."};
}

Error too_large() {
  return {Kind::permanent, "smtp.too-large",
          "The message is larger than the outgoing mail server allows.",
          "Remove or shrink attachments."};
}

Error refusal(Step step, const Reply& reply) {
  const auto text = ascii_lower(std::string_view(reply.text).substr(0, 2000));
  const auto enhanced = enhanced_of(text);
  const auto* row = std::ranges::find_if(kRows, [&](const Row& r) {
    bool code = r.code == 0 || r.code == reply.code || r.code == reply.code / 100;
    return (r.steps & bit(step)) && code && (r.enhanced.empty() || r.enhanced == enhanced) &&
           has_one_of(text, r.words);
  });
  if (row->meaning == "smtp.busy") return busy();
  if (row->meaning == "smtp.too-large") return too_large();
  for (const auto& m : kMeanings)
    if (m.code == row->meaning) return {m.kind, std::string(m.code), m.what, m.hint};
  return {Kind::permanent, "smtp.data-refused", "The outgoing mail server refused the message.",
          "Its own words say why; content or attachments may be against its rules."};
}

}  // namespace hearback::protocols::smtp
