#include "protocols/imap/errors.hpp"

#include <algorithm>
#include <initializer_list>

#include "base/text.hpp"
#include "protocols/imap/lexer.hpp"

namespace hearback::protocols::imap {
namespace {

bool mentions(std::string_view text, std::initializer_list<std::string_view> words) {
  auto lower = ascii_lower(text);
  return std::any_of(words.begin(), words.end(),
                     [&](auto word) { return lower.find(word) != std::string::npos; });
}

bool any_code(const Completion& answer, std::initializer_list<std::string_view> codes) {
  return std::any_of(codes.begin(), codes.end(), [&](auto code) { return answer.has_code(code); });
}

Error throttled() {
  return {Kind::transient, "imap.throttled",
          "The mail server asks for a pause: too much was asked of it, or too many connections are "
          "open.",
          "Nothing needs to be done: it is tried again later, more slowly."};
}

Error unavailable() {
  return {Kind::transient, "imap.unavailable",
          "The mail server says that it can't do this just now.",
          "It is tried again by itself; if it stays so, ask the mail server's administrator."};
}

Error no_such_folder() {
  return {Kind::missing, "imap.no-such-folder", "The mail server doesn't have this folder.",
          "Choose the folder again: it may have been renamed or deleted."};
}

}  // namespace

bool Completion::has_code(std::string_view name) const { return ascii_equal(code, name); }

Error closed() {
  return {Kind::transient, "imap.closed", "The connection to the mail server was lost.",
          "It is tried again by itself; if it stays so, check the network and the mail server."};
}

Error timed_out() {
  return {Kind::transient, "imap.timeout", "The mail server doesn't answer, or far too slowly.",
          "Check host, port and security; if they are right, the server may be overloaded."};
}

Error not_imap() {
  return {Kind::permanent, "imap.not-imap", "What answers at this address is not an IMAP server.",
          "Check host, port and security: IMAP is usually on port 993 (TLS) or 143 (STARTTLS)."};
}

Error bye(const Completion& last_words) {
  if (is_throttled(last_words)) return throttled();
  return {Kind::transient, "imap.bye", "The mail server ended the conversation.",
          "It is tried again by itself; if it stays so, ask the mail server's administrator."};
}

Error malformed() {
  return {Kind::transient, "imap.protocol", "The mail server's answer could not be understood.",
          "If it stays so, tell the mail server's administrator."};
}

Error too_much() {
  return {Kind::transient, "imap.too-much", "The mail server sends far more than was asked for.",
          "It is tried again by itself; if it stays so, tell the mail server's administrator."};
}

Error too_many_folders() {
  return {Kind::permanent, "imap.too-many-folders",
          "The mailbox has more folders than can be looked at.",
          "Delete or merge folders that nobody needs, then try again."};
}

Error no_folder_open() {
  return {Kind::missing, "imap.no-such-folder", "No folder of the mailbox is open.", ""};
}

Error too_large(std::string what, std::string hint) {
  return {Kind::permanent, "imap.too-large", std::move(what), std::move(hint)};
}

Error login_refused() {
  return {Kind::denied, "imap.login-refused", "The mail server refused the user name or password.",
          "Check both; many providers want an app password here."};
}

bool is_throttled(const Completion& answer) {
  return any_code(answer, {"THROTTLED", "OVERQUOTA", "LIMIT"}) ||
         mentions(answer.text,
                  {"throttled", "backoff time", "too many simultaneous", "too many connections",
                   "maximum number of connections", "rate limit", "bandwidth limit"});
}

std::optional<Duration> suggested_backoff(std::string_view text) {
  constexpr std::string_view kWords = "backoff time:";
  auto lower = ascii_lower(text);
  auto at = lower.find(kWords);
  if (at == std::string::npos) return std::nullopt;
  Lexer lexer(text.substr(at + kWords.size()));
  lexer.skip_spaces();
  auto value = lexer.number();
  if (!value) return std::nullopt;
  constexpr std::uint64_t kDay = 86'400'000;
  return Duration(static_cast<std::int64_t>(std::min(*value, kDay)));
}

// RFC 5530; and what Exchange says without a code, in a NO or a BAD, while a store moves or an
// older server behind it is down.
bool is_unavailable(const Completion& answer) {
  return any_code(answer, {"UNAVAILABLE", "SERVERBUG", "INUSE"}) ||
         (answer.code.empty() &&
          mentions(answer.text, {"server unavailable", "authenticated but not connected"}));
}

Error refused(const Completion& answer) {
  if (is_throttled(answer)) return throttled();
  if (is_unavailable(answer)) return unavailable();
  if (answer.status == Status::bad)
    return {Kind::permanent, "imap.bad", "The mail server didn't understand a command.",
            "Tell the mail server's administrator; the server's version may be very old."};
  if (any_code(answer, {"NOPERM"}))
    return {Kind::denied, "imap.refused", "The mail server doesn't allow this for this account.",
            "Ask the mail server's administrator for the permission."};
  Kind kind = any_code(answer, {"CANNOT", "BADCHARSET"}) ? Kind::permanent : Kind::transient;
  return {kind, "imap.refused", "The mail server refused a command.",
          "It is tried again by itself; if it stays so, ask the mail server's administrator."};
}

Error fetch_refused(const Completion& answer) {
  if (!answer.has_code("SERVERBUG")) return refused(answer);
  auto named = answer;
  named.code.clear();
  return refused(named);
}

Error folder_refused(const Completion& answer) {
  bool gone = any_code(answer, {"NONEXISTENT", "TRYCREATE"}) ||
              (answer.code.empty() &&
               mentions(answer.text, {"exist", "not found", "no such", "unknown mailbox",
                                      "unknown folder", "unknown namespace"}));
  bool for_now = is_throttled(answer) || is_unavailable(answer);
  if (answer.status == Status::no && gone && !for_now) return no_such_folder();
  return refused(answer);
}

Error login_error(const Completion& answer) {
  bool credentials = any_code(answer, {"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED"});
  // Servers without response codes: asking a person for a new password would be wrong here.
  bool hiccup = answer.code.empty() &&
                mentions(answer.text, {"temporar", "try again", "later", "unavailable",
                                       "internal error", "internal server", "server error"});
  if (!credentials && (hiccup || is_unavailable(answer)))
    return {Kind::transient, "imap.unavailable",
            "The mail server can't check the sign-in right now.",
            "It is tried again by itself; if it stays so, ask the mail server's administrator."};
  if (is_throttled(answer)) return throttled();
  if (any_code(answer, {"PRIVACYREQUIRED"}) || answer.has_code("ENCRYPTION-NEEDED"))
    return {Kind::permanent, "imap.login-disabled",
            "The mail server allows signing in over an encrypted connection only.",
            "Choose TLS (port 993) or STARTTLS (port 143)."};
  if (answer.status == Status::bad && !credentials) return refused(answer);
  if (any_code(answer, {"EXPIRED"}))
    return {Kind::denied, "imap.login-refused", "The password of this mailbox has expired.",
            "Set a new password at the mail provider, then enter it here."};
  return login_refused();
}

Error append_error(const Completion& answer) {
  if (any_code(answer, {"TOOBIG"}))
    return too_large("The mail server doesn't take a message of this size.",
                     "Send smaller attachments.");
  if (any_code(answer, {"OVERQUOTA"}))
    return {Kind::permanent, "imap.refused", "The mailbox is full.",
            "Delete old mail there, or ask for more space."};
  return folder_refused(answer);
}

}  // namespace hearback::protocols::imap
