#include "mail/phrases.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.hpp"

namespace hearback::mail {
namespace {

struct Introduction {
  std::string_view start, verb;
};

// "On … wrote:" and its kin: the first word and the verb.
constexpr Introduction introductions[] = {{"on ", "wrote"},
                                          {"le ", "a écrit"},
                                          {"am ", "schrieb"},
                                          {"el ", "escribió"},
                                          {"il ", "ha scritto"},
                                          {"op ", "schreef"},
                                          {"em ", "escreveu"},
                                          {"den ", "skrev"},
                                          {"w dniu ", "napisał"},
                                          {"dnia ", "napisał"},
                                          {"il giorno ", "ha scritto"},
                                          {"w dniu ", "pisze"},
                                          {"vào ", "đã viết"},
                                          {"no dia ", "escreveu"}};

// "Jane Doe <jane@example.org> wrote:"
constexpr std::string_view verbs[] = {
    "wrote",   "a écrit",    "schrieb",    "escribió", "ha scritto", "schreef",   "escreveu",
    "skrev",   "napisał(a)", "napisał",    "napisała", "pisze",      "kirjoitti", "пишет",
    "написал", "написала",   "написал(а)", "пише",     "đã viết",    "のメール",  "geschrieben"};

constexpr std::string_view separators[] = {
    "original message",        "message d'origine", "message d\xE2\x80\x99origine",
    "ursprüngliche nachricht", "originalnachricht", "original-nachricht",
    "message original",        "message initial",   "original appointment",
    "reply message",           "mensaje original",  "messaggio originale",
    "oorspronkelijk bericht",  "mensagem original", "original email",
    "ursprüngliche e-mail"};
// The same above what is passed on.
constexpr std::string_view forward_separators[] = {"forwarded message", "message transféré",
                                                   "weitergeleitete nachricht", "forwarded by"};

constexpr std::string_view forward_lines[] = {
    "begin forwarded message:", "début du message réexpédié :", "début du message transféré :",
    "anfang der weitergeleiteten nachricht:", "inicio del mensaje reenviado:"};

constexpr std::string_view from_labels[] = {"from", "de",     "von",  "expéditeur", "da",
                                            "van",  "fra",    "från", "od",         "от",
                                            "От",   "差出人", "từ",   "lähettäjä"};

constexpr std::string_view header_labels[] = {
    "sent", "date", "envoyé", "gesendet", "datum", "to", "à", "a", "an", "cc", "subject", "objet",
    "betreff", "bcc", "reply-to", "cci", "sent on", "envoyé le", "pour", "destinataire", "kopie",
    "enviado", "para", "asunto", "inviato", "oggetto", "verzonden", "aan", "onderwerp",
    "importance", "wichtigkeit",
    // Danish, Norwegian, Swedish, Finnish, Polish, Portuguese, Spanish, Italian
    "sendt", "til", "emne", "dato", "skickat", "till", "ämne", "lähetetty", "vastaanottaja", "aihe",
    "päivämäärä", "kopio", "wysłano", "do", "temat", "data", "dw", "enviada", "enviada em",
    "enviado el", "enviado em", "assunto", "fecha",
    // Russian, as written and folded; Japanese, Vietnamese
    "Отправлено", "отправлено", "Кому", "кому", "Тема", "тема", "Дата", "дата", "Копия", "копия",
    "送信日時", "宛先", "件名", "日付", "Đã gửi", "đã gửi", "gửi", "Đến", "đến", "chủ đề", "ngày"};

constexpr std::string_view subject_labels[] = {"subject",   "objet", "betreff", "asunto", "oggetto",
                                               "onderwerp", "emne",  "ämne",    "aihe",   "temat",
                                               "assunto",   "Тема",  "тема",    "件名",   "chủ đề"};

// What an own word can't be taken for: "von meinem iPhone gesendet", not "von meinem Arbeitgeber".
constexpr std::string_view devices[] = {
    "iphone", "ipad",   "android",  "samsung",    "galaxy",  "huawei",     "xiaomi",
    "pixel",  "xperia", "nokia",    "blackberry", "windows", "smartphone", "mobil",
    "handy",  "phone",  "portable", "tablet",     "outlook", "yahoo",      "proton",
    "gmx",    "web.de", "gmail",    "orange",     "app",     "fairmail",   "thunderbird"};

constexpr std::string_view taglines[] = {"sent from my ",
                                         "sent from mail for ",
                                         "sent from outlook",
                                         "sent from yahoo",
                                         "sent from proton",
                                         "sent via ",
                                         "get outlook for ",
                                         "envoyé de mon ",
                                         "envoyé depuis mon ",
                                         "envoyé à partir de ",
                                         "envoyé de ",
                                         "télécharger outlook pour ",
                                         "obtenez outlook pour ",
                                         "obtenir outlook pour ",
                                         "von meinem ",
                                         "gesendet von ",
                                         "gesendet mit der ",
                                         "gesendet mit ",
                                         "diese nachricht wurde von meinem ",
                                         "outlook für ",
                                         "holen sie sich outlook für "};

// What programs call their answers.
constexpr std::string_view automatic_subjects[] = {"automatic reply",
                                                   "auto reply",
                                                   "auto-reply",
                                                   "autoreply",
                                                   "auto response",
                                                   "autoresponse",
                                                   "auto-response",
                                                   "automated reply",
                                                   "vacation reply",
                                                   "réponse automatique",
                                                   "reponse automatique",
                                                   "message d'absence",
                                                   "notification d'absence",
                                                   "automatische antwort",
                                                   "abwesenheitsnotiz",
                                                   "abwesenheitsnachricht",
                                                   "automatische abwesenheitsnotiz"};

// What people could write as well.
constexpr std::string_view absence_subjects[] = {"auto:",
                                                 "out of office",
                                                 "out of the office",
                                                 "away from my mail",
                                                 "away from the office",
                                                 "on vacation",
                                                 "i am out of",
                                                 "absence du bureau",
                                                 "absent du bureau",
                                                 "absence :",
                                                 "absence:",
                                                 "abwesend:",
                                                 "abwesenheit:",
                                                 "außer haus"};

constexpr std::string_view bounce_subjects[] = {
    "undelivered mail returned to sender",
    "undeliverable",
    "undelivered",
    "mail delivery failed",
    "mail delivery failure",
    "mail delivery error",
    "mail system error",
    "delivery status notification (failure)",
    "delivery failure",
    "delivery has failed",
    "delivery notification: delivery has failed",
    "message delivery failure",
    "message undeliverable",
    "failure notice",
    "failed mail",
    "returned mail",
    "returned to sender",
    "non remis",
    "non distribuable",
    "message non distribué",
    "échec de la remise",
    "échec de remise",
    "échec de la distribution",
    "échec de distribution",
    "notification d'état de remise (échec)",
    "courrier non remis",
    "unzustellbar",
    "nicht zustellbar",
    "zustellung fehlgeschlagen",
    "zustellungsfehler",
    "fehler bei der zustellung",
    "mail konnte nicht zugestellt werden",
    "mail could not be delivered",
    "benachrichtigung zum übermittlungsstatus (fehlgeschlagen)",
    "[bounce]",
    "[postmaster] email delivery failure",
    "email bounce notification",
    "email delivery failure",
    "failed delivery",
    "non delivery notification",
    "permanent delivery failure",
    "ignored *not member* article",
    "not member article",
    "loop back warning",
    "reject mail",
    "メールエラー通知",
    "メール送信エラー",
    "メール配信エラー",
    "配信不能"};

// Machines' words in the text of a bounce.
constexpr std::string_view bounce_texts[] = {"did not reach the following recipient",
                                             "did not reach some or all of the intended recipients",
                                             "could not be delivered to",
                                             "could not be delivered for the following",
                                             "i wasn't able to deliver the following message",
                                             "i'm afraid i wasn't able to deliver",
                                             "unable to deliver the following message",
                                             "unable to deliver your message",
                                             "this message was undeliverable",
                                             "permanent fatal errors",
                                             "error: invalid user address",
                                             "delivery to the following recipient failed",
                                             "delivery to the following recipients failed",
                                             "your message was not delivered",
                                             "konnte nicht zugestellt werden",
                                             "n'a pas pu être remis",
                                             "送信できませんでした",
                                             "配信できませんでした"};

constexpr std::string_view absence_texts[] = {
    "out of office",  "out of the office", "not in the office", "away from",
    "on vacation",    "on holiday",        "on leave",          "on annual leave",
    "will be back",   "will return",       "limited access",    "nicht im büro",
    "nicht im buero", "nicht im haus",     "außer haus",        "abwesend",
    "im urlaub",      "nicht erreichbar",  "wieder erreichbar", "wieder für sie da",
    "absent",         "en congé",          "en vacances",       "hors du bureau",
    "pas au bureau",  "de retour",         "mon retour"};

bool starts_with_any(std::string_view line, auto& list) {
  return std::any_of(std::begin(list), std::end(list),
                     [&](std::string_view item) { return line.starts_with(item); });
}

// "label:" or "label :", perhaps in asterisks.
bool has_label(std::string_view line, auto& list) {
  while (line.starts_with('*') || line.starts_with('_')) line.remove_prefix(1);
  auto colon = line.substr(0, 40).find(':');
  if (colon == line.npos) return false;
  auto label = line.substr(0, colon);
  while (!label.empty() && (label.back() == ' ' || label.back() == '*' || label.back() == '_'))
    label.remove_suffix(1);
  return std::find(std::begin(list), std::end(list), label) != std::end(list);
}

bool has_digit(std::string_view line) { return line.find_first_of("0123456789") != line.npos; }

// "<jane@example.org>" or "(jane@example.org)".
bool has_bracketed_address(std::string_view line) {
  auto at = line.find('@');
  return at != line.npos && line.substr(0, at).find_first_of("<([") != line.npos &&
         line.find_first_of(">)]", at) != line.npos;
}

// "10:30" or "10.30".
bool has_time_of_day(std::string_view line) {
  for (std::size_t i = 1; i + 2 < line.size(); ++i)
    if ((line[i] == ':' || line[i] == '.') && has_digit(line.substr(i - 1, 1)) &&
        has_digit(line.substr(i + 1, 1)) && has_digit(line.substr(i + 2, 1)))
      return true;
  return false;
}

bool ends_sentence(std::string_view line) {
  return line.ends_with('.') || line.ends_with('!') || line.ends_with('?');
}

std::string_view without_marks(std::string_view line) {
  while (line.starts_with('*') || line.starts_with('_')) line.remove_prefix(1);
  while (line.ends_with('*') || line.ends_with('_') || line.ends_with(' ')) line.remove_suffix(1);
  return line;
}

bool ends_with_verb(std::string_view line) {
  if (line.ends_with(':')) line.remove_suffix(1);
  while (line.ends_with(' ')) line.remove_suffix(1);
  return std::any_of(std::begin(verbs), std::end(verbs),
                     [&](std::string_view verb) { return line.ends_with(verb); });
}

bool starts_and_says(std::string_view line) {
  return std::any_of(std::begin(introductions), std::end(introductions), [&](auto& introduction) {
    return line.starts_with(introduction.start) &&
           line.find(introduction.verb, introduction.start.size()) != line.npos;
  });
}

bool holds_verb(std::string_view line) {
  return std::any_of(std::begin(verbs), std::end(verbs),
                     [&](std::string_view verb) { return line.find(verb) != line.npos; });
}

// "schrieb Ada", where the name follows the verb; not "schrieb ich" or "schrieb mir Ada", which are
// own words.
bool says_who_wrote(std::string_view line) {
  constexpr std::string_view before_name[] = {"schrieb ", "schreef ", "skrev "};
  constexpr std::string_view own[] = {"ich ", "mir ", "uns ",  "an ",  "ik ",  "mij ", "aan ",
                                      "jag ", "mig ", "till ", "jeg ", "meg ", "til ", "eg "};
  for (auto verb : before_name)
    if (auto at = line.find(verb); at != line.npos)
      return !starts_with_any(line.substr(at + verb.size()), own);
  return false;
}

// What stands between the address and the end: the verb alone, or a date as well, before it ("hat
// am 3.11. um 10:00 geschrieben:") or behind it ("escreveu no dia 3/11 às 10:00:").
bool says_when_written(std::string_view behind) {
  if (behind.ends_with(':')) behind.remove_suffix(1);
  behind = trim(behind);
  if (std::find(std::begin(verbs), std::end(verbs), behind) != std::end(verbs)) return true;
  if (behind.starts_with("hat am ")) return has_time_of_day(behind) && ends_with_verb(behind);
  if (!starts_with_any(behind, verbs)) return false;
  if (behind.ends_with(" uhr")) behind.remove_suffix(4);
  return behind.size() >= 4 && has_time_of_day(behind.substr(behind.size() - 4));
}

bool has_year(std::string_view line) {
  for (std::size_t i = 0; i + 4 <= line.size(); ++i)
    if (line.substr(i).starts_with("20") && has_digit(line.substr(i + 2, 1)) &&
        has_digit(line.substr(i + 3, 1)))
      return true;
  return false;
}

// Some introductions have no verb: "3 нояб. 2026 г. в 10:00, Ada <…>:", "2026年11月3日 10:00 Ada
// <…>:".
bool is_date_and_name(std::string_view line) {
  if (!has_year(line) || !has_time_of_day(line)) return false;
  if (line.find("年") != line.npos) return true;
  if (line.find(" г. ") == line.npos) return false;
  for (std::size_t i = 1; i + 3 < line.size(); ++i)
    if (line[i + 3] == ',' && has_time_of_day(line.substr(i - 1, 4))) return true;
  return false;
}

bool starts_introduction(std::string_view line) {
  return std::any_of(std::begin(introductions), std::end(introductions),
                     [&](auto& introduction) { return line.starts_with(introduction.start); });
}

}  // namespace

bool may_go_on(std::string_view line, std::string_view next) {
  line = without_marks(line);
  // The address alone on the next line: any language's, where the date is whole.
  if (next.starts_with('<') && has_year(line) && has_time_of_day(line)) return true;
  return starts_introduction(line) && has_digit(line) &&
         (next.starts_with('<') || !ends_sentence(line));
}

bool is_introduction(std::string_view line) {
  line = without_marks(line);
  if (line.size() > 500) return false;
  bool address = line.find('@') != line.npos;
  // Android's leave the colon out.
  if (!line.ends_with(':')) return address && has_digit(line) && ends_with_verb(line);
  if (starts_and_says(line) && (address || has_digit(line))) return true;
  if (address && ends_with_verb(line)) return true;
  // "вт, 3 нояб. 2026 г. в 10:00, Jane <jane@example.org>:", whatever the language.
  return has_bracketed_address(line) && has_digit(line) &&
         (has_time_of_day(line) || holds_verb(line));
}

bool is_certain_introduction(std::string_view line) {
  line = without_marks(line);
  if (!is_introduction(line) || !has_digit(line) || !has_bracketed_address(line)) return false;
  bool time = has_time_of_day(line);
  if (!time && !starts_and_says(line)) return false;
  auto behind = trim(line.substr(line.find_first_of(">)]", line.find('@')) + 1));
  if (says_when_written(behind)) return true;
  if (!behind.empty() && behind != ":") return starts_and_says(line) && ends_with_verb(line);
  // The address comes last: "… schrieb Ada <…>:", or a date and a name without a verb.
  if (holds_verb(line) || starts_introduction(line)) return says_who_wrote(line);
  return is_date_and_name(line);
}

std::size_t introduction_within(std::string_view line) {
  if (line.size() > 500 || line.find('O') == line.npos) return line.npos;
  constexpr std::string_view days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  auto at = line.rfind('O');  // one octet is looked for much faster than four
  while (at != line.npos && (at == 0 || !line.substr(at - 1).starts_with(" On ")))
    at = at == 0 ? line.npos : line.rfind('O', at - 1);
  if (at == line.npos || !starts_with_any(line.substr(at + 3), days)) return line.npos;
  return is_certain_introduction(fold_case(one_line(line.substr(at - 1)))) ? at : line.npos;
}

namespace {

// What stands between the dashes of such a line; empty: it is none.
std::string_view between_dashes(std::string_view line) {
  std::size_t dashes = 0;
  while (line.starts_with('-') || line.starts_with('_') || line.starts_with('=')) {
    line.remove_prefix(1);
    ++dashes;
  }
  if (dashes < 2) return {};
  line = trim(line);
  auto end = line.find_last_not_of("-_= ");
  line = end == line.npos ? std::string_view() : line.substr(0, end + 1);
  if (line.ends_with(':')) line.remove_suffix(1);
  return line;
}

bool is_one_of(std::span<const std::string_view> known, std::string_view line) {
  return std::ranges::find(known, line) != known.end();
}

}  // namespace

bool is_forward_separator(std::string_view line) {
  if (is_one_of(forward_lines, line)) return true;
  line = between_dashes(line);
  return is_one_of(forward_separators, line) || line.starts_with("forwarded by ");
}

bool is_original_separator(std::string_view line) {
  if (is_forward_separator(line)) return true;
  line = between_dashes(line);
  return is_one_of(separators, line) ||
         (has_bracketed_address(line) && has_digit(line) && ends_with_verb(line));  // Zoho
}

bool is_from_label(std::string_view line) { return has_label(line, from_labels); }
bool is_header_label(std::string_view line) { return has_label(line, header_labels); }

bool is_subject_label(std::string_view line) { return has_label(line, subject_labels); }

bool is_device_tagline(std::string_view line) {
  if (line.size() > 120 || !starts_with_any(line, taglines)) return false;
  bool device = std::any_of(std::begin(devices), std::end(devices),
                            [&](std::string_view name) { return line.find(name) != line.npos; });
  return device && (!line.starts_with("von meinem ") || line.find("gesendet") != line.npos);
}

bool is_automatic_subject(std::string_view line) {
  return starts_with_any(line, automatic_subjects);
}
bool is_absence_subject(std::string_view line) { return starts_with_any(line, absence_subjects); }

namespace {

bool holds_any(std::string_view text, auto& list) {
  return std::any_of(std::begin(list), std::end(list),
                     [&](std::string_view item) { return text.find(item) != text.npos; });
}

}  // namespace

bool is_absence_text(std::string_view text) { return holds_any(text, absence_texts); }
bool is_bounce_text(std::string_view text) { return holds_any(text, bounce_texts); }

bool is_bounce_subject(std::string_view line) { return starts_with_any(line, bounce_subjects); }

}  // namespace hearback::mail
