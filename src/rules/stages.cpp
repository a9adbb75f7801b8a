#include "rules/stages.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <span>

#include "base/text.hpp"

namespace hearback::rules {
namespace {

struct Words {
  std::string_view language;
  std::array<std::string_view, 4> phases;
  std::array<std::string_view, 7> statuses;
};

// All that the server says in three languages of a job's stages.
constexpr Words kFirst[] = {
    {"en",
     {"Application", "Review", "Interview", "Offer"},
     {"New", "In review", "Invited", "Offer sent", "Hired", "Rejected", "Withdrawn"}},
    {"fr",
     {"Candidature", "Étude du dossier", "Entretien", "Offre"},
     {"Nouvelle", "À l’étude", "Entretien proposé", "Offre envoyée", "Retenue", "Refusée",
      "Retirée"}},
    {"de",
     {"Bewerbung", "Sichtung", "Gespräch", "Angebot"},
     {"Neu", "In Sichtung", "Eingeladen", "Angebot verschickt", "Eingestellt", "Abgelehnt",
      "Zurückgezogen"}},
};

std::vector<Stage> named(JobId job, StageKind kind, std::span<const std::string_view> names) {
  std::vector<Stage> stages;
  for (const auto name : names)
    stages.push_back({first_stage_id(job, kind, stages.size()), std::string(name)});
  return stages;
}

}  // namespace

StageId first_stage_id(JobId job, StageKind kind, std::size_t position) {
  StageId id{job.bytes};
  std::uint32_t number = static_cast<std::uint32_t>(position) + 1;
  if (kind == StageKind::status) number |= 0x8000'0000u;
  for (std::size_t i = 0; i < 4; ++i)
    id.bytes[15 - i] ^= static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}

Stages first_stages(JobId job, std::string_view language) {
  const auto* at = std::ranges::find(kFirst, language, &Words::language);
  const auto& words = at == std::end(kFirst) ? kFirst[0] : *at;
  return {named(job, StageKind::phase, words.phases),
          named(job, StageKind::status, words.statuses)};
}

std::optional<Error> wrong_with_stages(StageKind kind, const std::vector<Stage>& before,
                                       const std::vector<Stage>& wanted, const Limits& limits) {
  if (wanted.empty())
    return Error{Kind::input, "job.no-stages", "A job has at least one phase and one status.",
                 "Leave one, and name it anew."};
  const auto most = kind == StageKind::phase ? limits.phases_of_job : limits.statuses_of_job;
  if (wanted.size() > std::max(most, before.size()))
    return Error{Kind::input, "job.too-many-stages",
                 "A job may have " + std::to_string(most) + " of these.",
                 "Remove one, or use one that is there."};
  std::set<std::string> names;
  std::set<StageId> ids;
  for (const auto& stage : wanted) {
    if (!names.insert(ascii_lower(stage.name)).second)
      return Error{Kind::input, "job.stage-named-twice", "Two of them have the same name.",
                   "Give one of them another name."};
    if (!ids.insert(stage.id).second)
      return Error{Kind::input, "job.stage-twice", "One of them is named twice.",
                   "Name each of them once."};
  }
  return std::nullopt;
}

}  // namespace hearback::rules
