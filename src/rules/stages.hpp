#pragma once
// Which phases and statuses does a new job begin with, and may a job have these? (O-5)
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"
#include "rules/nouns.hpp"

namespace hearback::rules {

struct Stages {
  std::vector<Stage> phases, statuses;  // in their order
  const std::vector<Stage>& of(StageKind kind) const {
    return kind == StageKind::phase ? phases : statuses;
  }
  std::vector<Stage>& of(StageKind kind) { return kind == StageKind::phase ? phases : statuses; }
  bool operator==(const Stages&) const = default;
};

// The ids that a job's first stages have: a migration and a commit make the same ones again when
// they are repeated.
StageId first_stage_id(JobId job, StageKind kind, std::size_t position);

// Of a new job, in its maker's language; English where there is no other.
Stages first_stages(JobId job, std::string_view language);

// Why a job may not have these in place of those that it has; nothing when it may. What has more
// than it may (from before there was a limit) may keep as many.
std::optional<Error> wrong_with_stages(StageKind kind, const std::vector<Stage>& before,
                                       const std::vector<Stage>& wanted, const Limits& limits);

}  // namespace hearback::rules
