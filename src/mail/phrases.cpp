#include "mail/phrases.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace hearback::mail {
namespace {

struct Introduction {
  std::string_view start, verb;
};

// "On … wrote:" and its kin: the first word and the verb.
constexpr Introduction introductions[] = {
    {"on ", "wrote"},       {"le ", "a écrit"},   {"am ", "schrieb"},          {"el ", "escribió"},
    {"il ", "ha scritto"},  {"op ", "schreef"},   {"em ", "escreveu"},         {"den ", "skrev"},
    {"w dniu ", "napisał"}, {"dnia ", "napisał"}, {"il giorno ", "ha scritto"}};

// "Jane Doe <jane@example.org> wrote:"
constexpr std::string_view verbs[] = {"wrote",      "a écrit", "schrieb",  "escribió",
                                      "ha scritto", "schreef", "escreveu", "skrev"};

constexpr std::string_view separators[] = {
    "original message",        "message d'origine",   "message d\xE2\x80\x99origine",
    "ursprüngliche nachricht", "originalnachricht",   "original-nachricht",
    "message original",        "message initial",     "original appointment",
    "forwarded message",       "message transféré",   "weitergeleitete nachricht",
    "reply message",           "mensaje original",    "messaggio originale",
    "oorspronkelijk bericht",  "mensagem original",   "forwarded by",
    "original email",          "ursprüngliche e-mail"};

constexpr std::string_view separator_lines[] = {
    "begin forwarded message:", "début du message réexpédié :", "début du message transféré :",
    "anfang der weitergeleiteten nachricht:", "inicio del mensaje reenviado:"};

constexpr std::string_view from_labels[] = {"from", "de", "von", "expéditeur", "da", "van"};

constexpr std::string_view header_labels[] = {
    "sent",      "date",       "envoyé",     "gesendet",  "datum",   "to",           "à",
    "a",         "an",         "cc",         "subject",   "objet",   "betreff",      "bcc",
    "reply-to",  "cci",        "sent on",    "envoyé le", "pour",    "destinataire", "kopie",
    "enviado",   "para",       "asunto",     "inviato",   "oggetto", "verzonden",    "aan",
    "onderwerp", "importance", "wichtigkeit"};

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

constexpr std::string_view automatic_subjects[] = {"automatic reply",
                                                   "auto reply",
                                                   "auto-reply",
                                                   "autoreply",
                                                   "auto response",
                                                   "autoresponse",
                                                   "auto-response",
                                                   "auto:",
                                                   "automated reply",
                                                   "out of office",
                                                   "out of the office",
                                                   "away from my mail",
                                                   "away from the office",
                                                   "on vacation",
                                                   "vacation reply",
                                                   "i am out of",
                                                   "réponse automatique",
                                                   "reponse automatique",
                                                   "absence du bureau",
                                                   "message d'absence",
                                                   "notification d'absence",
                                                   "absent du bureau",
                                                   "absence :",
                                                   "absence:",
                                                   "automatische antwort",
                                                   "abwesenheitsnotiz",
                                                   "abwesenheitsnachricht",
                                                   "abwesend:",
                                                   "abwesenheit:",
                                                   "automatische abwesenheitsnotiz",
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
    "benachrichtigung zum übermittlungsstatus (fehlgeschlagen)"};

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

bool has_date_or_address(std::string_view line) {
  return line.find_first_of("0123456789@") != line.npos;
}

}  // namespace

bool may_start_introduction(std::string_view line) {
  while (line.starts_with('*') || line.starts_with('_')) line.remove_prefix(1);
  for (auto& introduction : introductions)
    if (line.starts_with(introduction.start)) return true;
  return is_introduction(line);
}

bool is_introduction(std::string_view line) {
  while (line.starts_with('*') || line.starts_with('_')) line.remove_prefix(1);
  while (line.ends_with('*') || line.ends_with('_')) line.remove_suffix(1);
  if (!line.ends_with(':') || line.size() > 500 || !has_date_or_address(line)) return false;
  for (auto& introduction : introductions) {
    if (!line.starts_with(introduction.start)) continue;
    auto verb = line.rfind(introduction.verb);
    if (verb != line.npos) return true;
  }
  line.remove_suffix(1);
  while (line.ends_with(' ')) line.remove_suffix(1);
  bool ends = std::any_of(std::begin(verbs), std::end(verbs),
                          [&](std::string_view verb) { return line.ends_with(verb); });
  return ends && line.find('@') != line.npos;
}

bool is_original_separator(std::string_view line) {
  if (std::find(std::begin(separator_lines), std::end(separator_lines), line) !=
      std::end(separator_lines))
    return true;
  std::size_t dashes = 0;
  while (line.starts_with('-') || line.starts_with('_') || line.starts_with('=')) {
    line.remove_prefix(1);
    ++dashes;
  }
  if (dashes < 2) return false;
  line = trim(line);
  auto end = line.find_last_not_of("-_= ");
  line = end == line.npos ? std::string_view() : line.substr(0, end + 1);
  if (line.ends_with(':')) line.remove_suffix(1);
  return std::find(std::begin(separators), std::end(separators), line) != std::end(separators) ||
         line.starts_with("forwarded by ");
}

bool is_from_label(std::string_view line) { return has_label(line, from_labels); }
bool is_header_label(std::string_view line) { return has_label(line, header_labels); }

bool is_device_tagline(std::string_view line) {
  return line.size() <= 120 && starts_with_any(line, taglines);
}

bool is_automatic_subject(std::string_view line) {
  return starts_with_any(line, automatic_subjects);
}

bool is_bounce_subject(std::string_view line) { return starts_with_any(line, bounce_subjects); }

}  // namespace hearback::mail
