#include "store/engine/stages_of_old.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "rules/stages.hpp"

namespace hearback::store {

void name_stages(Db& db) {
  std::map<CompanyId, std::string> languages;
  for (auto& row : db.rows("select company, language from users order by company, id desc")) {
    const auto company = row.id<CompanyId>();
    languages[company] = row.text();
  }
  std::map<std::pair<CompanyId, JobId>, std::array<std::vector<std::string>, 2>> words;
  for (auto& row : db.rows("select company, id from jobs")) {
    const auto company = row.id<CompanyId>();
    words[{company, row.id<JobId>()}];
  }
  for (const auto kind : {rules::StageKind::phase, rules::StageKind::status})
    for (auto& row : db.rows("select distinct company, job, " + std::string(rules::word_of(kind)) +
                             " from applications order by 1, 2, 3")) {
      const auto company = row.id<CompanyId>();
      const auto job = row.id<JobId>();
      words[{company, job}][static_cast<std::size_t>(kind)].push_back(row.text());
    }
  Insertion stages("insert into job_stages(company, job, id, kind, position, name)", 6);
  Insertion meanings("insert into stage_words(company, job, kind, word, stage)", 5);
  for (const auto& [at, used] : words) {
    const auto& [company, job] = at;
    auto all = rules::first_stages(job, languages[company]);
    for (const auto kind : {rules::StageKind::phase, rules::StageKind::status}) {
      auto& list = all.of(kind);
      const std::string first = kind == rules::StageKind::phase ? "application" : "new";
      for (const auto& word : used[static_cast<std::size_t>(kind)]) {
        const auto name = std::string(trim(word));
        auto stage = name.empty() || name == first
                         ? list.begin()
                         : std::ranges::find_if(list, [&](const rules::Stage& one) {
                             return ascii_equal(one.name, name);
                           });
        if (stage == list.end())
          stage = list.insert(list.end(), {rules::first_stage_id(job, kind, list.size()), name});
        meanings.row(company, job, kind, word, stage->id);
      }
      for (std::size_t i = 0; i < list.size(); ++i)
        stages.row(company, job, list[i].id, kind, i, list[i].name);
    }
  }
  stages.run(db);
  meanings.run(db);
}

}  // namespace hearback::store
