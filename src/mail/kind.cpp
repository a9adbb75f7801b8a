#include "mail/kind.hpp"

#include <algorithm>
#include <initializer_list>

#include "base/text.hpp"
#include "mail/lines.hpp"
#include "mail/media.hpp"
#include "mail/parse.hpp"
#include "mail/phrases.hpp"

namespace hearback::mail {
namespace {

constexpr std::size_t opening_octets = 4000;
constexpr std::size_t report_octets = 64 << 10;  // of a delivery report: some hundred recipients
constexpr std::string_view other_actions[] = {"delayed", "delivered", "relayed", "expanded"};

class Judge {
 public:
  explicit Judge(const Parsed& message)
      : message_(message), subject_(fold_case(one_line(message.envelope.subject))) {}

  Kind kind() const {
    if (is_bounce()) return Kind::bounce;
    if (is_automatic()) return Kind::automatic;
    if (is_list()) return Kind::list;
    if (says_absent()) return Kind::automatic;
    return Kind::human;
  }

 private:
  const std::string* field(std::string_view name) const {
    for (auto& [key, body] : message_.fields)
      if (key == name) return &body;
    return nullptr;
  }

  // The first word of a field, in lower case: "auto-replied".
  std::string word(std::string_view name) const {
    auto* body = field(name);
    return body ? parse_media(*body).value : "";
  }

  bool is_from_daemon() const {
    constexpr std::string_view daemons[] = {"mailer-daemon", "mailerdaemon", "mail-daemon",
                                            "mdaemon"};
    for (auto& from : message_.envelope.from) {
      std::string spec = ascii_lower(from.spec);
      auto local = std::string_view(spec).substr(0, spec.find('@'));
      if (std::find(std::begin(daemons), std::end(daemons), local) != std::end(daemons))
        return true;
      auto name = fold_case(from.name);
      if (name.find("mail delivery") != name.npos || name.find("mailer-daemon") != name.npos ||
          name.find("mail administrator") != name.npos)
        return true;
    }
    return false;
  }

  bool is_from(std::initializer_list<std::string_view> starts) const {
    for (auto& from : message_.envelope.from)
      for (auto start : starts)
        if (ascii_starts_with(from.spec, start)) return true;
    return false;
  }

  bool has_null_return_path() const {
    auto* path = field("return-path");
    return path && (path->starts_with("<>") || path->empty());
  }

  // What a delivery report says of its recipients (RFC 3464 section 2.3.3).
  struct Report {
    bool failed = false;
    bool other = false;  // delayed, delivered, relayed, expanded
  };
  Report report() const {
    Report found;
    for (auto& part : message_.attachments) {
      if (part.type != "message/delivery-status" && part.type != "message/global-delivery-status")
        continue;
      Lines lines(std::string_view(part.content).substr(0, report_octets));
      for (std::string_view line; !found.failed && lines.next(line);) {
        if (!ascii_starts_with(line, "action:")) continue;
        const auto action = trim(line.substr(7));
        found.failed = ascii_starts_with(action, "failed");
        found.other = found.other || std::ranges::any_of(other_actions, [&](auto other) {
                        return ascii_starts_with(action, other);
                      });
      }
    }
    return found;
  }

  std::string report_type() const {
    auto* type = field("content-type");
    if (!type) return {};
    auto media = parse_media(*type);
    if (media.value != "multipart/report") return {};
    auto named = ascii_lower(media.parameter("report-type"));
    return named.empty() ? "delivery-status" : named;
  }

  bool is_bounce() const {
    const auto says = report();
    if (report_type() == "delivery-status") return says.failed || !says.other;
    // RFC 5965: a recipient's complaint about what was sent; nobody answers with it.
    if (says.failed || report_type() == "feedback-report") return true;
    if (field("x-failed-recipients")) return true;
    bool subject = is_bounce_subject(subject_);
    if (is_from_daemon()) return subject || has_null_return_path() || !is_auto_submitted();
    if (has_null_return_path() || is_from({"postmaster@", "post_master@"}))
      return subject || is_bounce_text(opening());
    if (subject && is_auto_submitted()) return true;
    // What anybody could write, or a parcel service: both together.
    if (is_from({"no-reply@", "noreply@", "no_reply@"}))
      return (subject && is_bounce_text(opening())) || is_notice();
    return subject && field("x-mlserver");
  }

  // Amazon's report as a notification (SNS): JSON as the text.
  bool is_notice() const {
    if (!is_from({"no-reply@sns.amazonaws.com"})) return false;
    const auto text = opening();
    return text.find("\"notificationtype\":\"bounce\"") != text.npos ||
           text.find("\"eventtype\":\"bounce\"") != text.npos;
  }

  // A subject alone proves nothing: people write about being out of office. It must be as
  // programs write it, before a colon, and another field, or the text where no person words a
  // subject so, must say it too.
  bool says_absent() const {
    if (subject_.find(':') == subject_.npos) return false;
    if (is_automatic_subject(subject_) && is_absence_text(opening())) return true;
    return field("x-auto-response-suppress") && has_absence_subject();
  }

  bool has_absence_subject() const {
    return is_automatic_subject(subject_) || is_absence_subject(subject_);
  }

  bool is_auto_submitted() const {
    auto value = word("auto-submitted");
    return !value.empty() && value != "no";
  }

  bool is_automatic() const {
    if (is_auto_submitted() || !report_type().empty()) return true;
    constexpr std::string_view marks[] = {"x-autoreply",      "x-autorespond",
                                          "x-auto-reply",     "x-autoreply-from",
                                          "x-mail-autoreply", "x-autogenerated",
                                          "x-autoresponder",  "x-ms-exchange-generated-message"};
    for (auto mark : marks)
      if (auto* body = field(mark); body && !ascii_equal(trim(*body), "no")) return true;
    auto precedence = word("precedence");
    if (precedence == "auto_reply" || precedence == "auto-reply" || precedence == "junk")
      return true;
    if (word("delivered-to") == "autoresponder") return true;
    if (has_null_return_path() && !is_list()) return true;
    return precedence == "bulk" && has_absence_subject();
  }

  bool is_list() const {
    if (field("list-id") || field("list-unsubscribe") || field("list-post") || field("list-help"))
      return true;
    auto precedence = word("precedence");
    return precedence == "list" || precedence == "bulk";
  }

  // The text as far as what a program says stands in it. Few messages are asked for theirs.
  std::string opening() const {
    return fold_case(one_line(std::string_view(message_.text).substr(0, opening_octets)));
  }

  const Parsed& message_;
  std::string subject_;  // one line of folded text
};

}  // namespace

Kind kind_of(const Parsed& message) { return Judge(message).kind(); }

}  // namespace hearback::mail
