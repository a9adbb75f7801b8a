#include "rules/imported_columns.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "mail/folded.hpp"

namespace hearback::rules {
namespace {

struct Named {
  Column column;
  std::string_view word;
};
// As key_of() leaves them.
constexpr Named kOfCandidates[] = {
    {Column::name, "name"},
    {Column::name, "fullname"},
    {Column::name, "candidate"},
    {Column::name, "candidatename"},
    {Column::name, "nom"},
    {Column::name, "nomcomplet"},
    {Column::name, "nometprenom"},
    {Column::name, "candidat"},
    {Column::name, "vollstandigername"},
    {Column::name, "kandidat"},
    {Column::name, "kandidatin"},
    {Column::name, "bewerber"},
    {Column::name, "bewerberin"},
    {Column::first_name, "firstname"},
    {Column::first_name, "givenname"},
    {Column::first_name, "prenom"},
    {Column::first_name, "vorname"},
    {Column::last_name, "lastname"},
    {Column::last_name, "surname"},
    {Column::last_name, "familyname"},
    {Column::last_name, "nomdefamille"},
    {Column::last_name, "nachname"},
    {Column::last_name, "familienname"},
    {Column::addresses, "email"},
    {Column::addresses, "emails"},
    {Column::addresses, "mail"},
    {Column::addresses, "emailaddress"},
    {Column::addresses, "emailaddresses"},
    {Column::addresses, "mailaddress"},
    {Column::addresses, "courriel"},
    {Column::addresses, "adresseemail"},
    {Column::addresses, "adressemail"},
    {Column::addresses, "adressecourriel"},
    {Column::addresses, "adresseelectronique"},
    {Column::addresses, "emailadresse"},
    {Column::addresses, "emailadressen"},
    {Column::addresses, "mailadresse"},
    {Column::external_id, "candidateid"},
    {Column::external_id, "kandidatenid"},
    {Column::external_id, "bewerberid"},
    {Column::external_id, "idcandidat"},
    {Column::job, "job"},
    {Column::job, "jobtitle"},
    {Column::job, "jobid"},
    {Column::job, "position"},
    {Column::job, "vacancy"},
    {Column::job, "poste"},
    {Column::job, "offre"},
    {Column::job, "stelle"},
    {Column::job, "stellentitel"},
    {Column::job, "stellenid"},
    {Column::phase, "phase"},
    {Column::phase, "stage"},
    {Column::phase, "etape"},
    {Column::status, "status"},
    {Column::status, "statut"},
};
constexpr Named kOfJobs[] = {
    {Column::title, "title"},
    {Column::title, "jobtitle"},
    {Column::title, "job"},
    {Column::title, "position"},
    {Column::title, "name"},
    {Column::title, "titre"},
    {Column::title, "intitule"},
    {Column::title, "poste"},
    {Column::title, "offre"},
    {Column::title, "titel"},
    {Column::title, "stelle"},
    {Column::title, "stellentitel"},
    {Column::title, "bezeichnung"},
    {Column::kind, "kind"},
    {Column::kind, "type"},
    {Column::kind, "art"},
    {Column::kind, "typ"},
    {Column::external_id, "jobid"},
    {Column::external_id, "stellenid"},
    {Column::external_id, "idposte"},
    {Column::phases, "phases"},
    {Column::phases, "stages"},
    {Column::phases, "etapes"},
    {Column::phases, "phasen"},
    {Column::team, "team"},
    {Column::team, "hiringteam"},
    {Column::team, "equipe"},
    {Column::team, "einstellungsteam"},
};
constexpr Named kOfBoth[] = {
    {Column::external_id, "externalid"},  {Column::external_id, "id"},
    {Column::external_id, "extid"},       {Column::external_id, "reference"},
    {Column::external_id, "ref"},         {Column::external_id, "idexterne"},
    {Column::external_id, "identifiant"}, {Column::external_id, "identifiantexterne"},
    {Column::external_id, "externeid"},   {Column::external_id, "externekennung"},
    {Column::external_id, "kennung"},     {Column::external_id, "referenz"},
};

constexpr std::pair<std::string_view, JobKind> kKinds[] = {
    {"offer", JobKind::offer},
    {"joboffer", JobKind::offer},
    {"offre", JobKind::offer},
    {"offredemploi", JobKind::offer},
    {"stelle", JobKind::offer},
    {"stellenangebot", JobKind::offer},
    {"talentpool", JobKind::talent_pool},
    {"vivier", JobKind::talent_pool},
    {"vivierdetalents", JobKind::talent_pool},
    {"callforapplications", JobKind::campaign},
    {"campaign", JobKind::campaign},
    {"appelacandidatures", JobKind::campaign},
    {"campagne", JobKind::campaign},
    {"ausschreibung", JobKind::campaign},
    {"kampagne", JobKind::campaign},
};

// Letters and digits alone, in lower case, without accents: "E-Mail-Adresse 2" → "emailadresse2".
// What stands between letters in print is none either: "offre d’emploi".
std::string key_of(std::string_view text) {
  std::string key;
  const auto folded = mail::folded(text);
  for (std::size_t at = 0; at < folded.size(); ++at) {
    const char c = folded[at];
    const std::string_view rest = std::string_view(folded).substr(at);
    if (rest.starts_with("\xC2")) {  // U+0080 to U+00BF
      at += 1;
    } else if (rest.starts_with("\xE2\x80") || rest.starts_with("\xE2\x81")) {  // U+2000 to U+207F
      at += 2;
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80)) {
      key += c;
    }
  }
  return key;
}

Column column_of(Imported what, std::string_view header) {
  auto key = key_of(header);
  const auto in = [&](std::span<const Named> words) {
    const auto at = std::ranges::find(words, key, &Named::word);
    return at == words.end() ? Column::none : at->column;
  };
  const auto find = [&] {
    const auto own = what == Imported::jobs ? in(kOfJobs) : in(kOfCandidates);
    return own == Column::none ? in(kOfBoth) : own;
  };
  if (const auto found = find(); found != Column::none) return found;
  // "E-mail 2", "E-mail (private)": one more of them.
  while (!key.empty() && key.back() >= '0' && key.back() <= '9') key.pop_back();
  const auto numbered = find();
  return numbered == Column::addresses ? numbered : Column::none;
}

}  // namespace

std::string_view word_of_column(Column column) {
  constexpr std::array<std::string_view, 13> words = {
      "",      "name",   "first_name", "last_name", "addresses", "external_id", "job",
      "phase", "status", "title",      "kind",      "phases",    "team"};
  return words.at(static_cast<std::size_t>(column));
}

std::vector<Column> columns_of(Imported what, std::span<const std::string> header) {
  std::vector<Column> columns;
  for (const auto& cell : header) {
    const auto column = column_of(what, cell);
    const bool twice =
        column != Column::addresses && std::ranges::find(columns, column) != columns.end();
    columns.push_back(twice ? Column::none : column);
  }
  return columns;
}

std::optional<Error> wrong_with_columns(Imported what, std::span<const Column> columns) {
  const auto any = [&](std::initializer_list<Column> wanted) {
    return std::ranges::any_of(
        wanted, [&](Column one) { return std::ranges::find(columns, one) != columns.end(); });
  };
  if (what == Imported::jobs && !any({Column::title, Column::external_id}))
    return Error{Kind::input, "import.no-columns", "No column has the titles of the jobs.",
                 "Name each column in the first line: title, external id, …"};
  if (what == Imported::candidates && !any({Column::addresses, Column::external_id}))
    return Error{Kind::input, "import.no-columns",
                 "No column has the candidates’ addresses or external ids.",
                 "Name each column in the first line: name, e-mail, external id, …"};
  return std::nullopt;
}

std::optional<JobKind> job_kind_named(std::string_view text) {
  const auto key = key_of(text);
  const auto* kind = std::ranges::find(kKinds, key, &std::pair<std::string_view, JobKind>::first);
  if (kind == std::end(kKinds)) return std::nullopt;
  return kind->second;
}

}  // namespace hearback::rules
