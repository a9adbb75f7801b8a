#pragma once
// Phases and statuses: of a job, and of an application in it (O-5).
#include <boost/json.hpp>
#include <string_view>
#include <vector>

#include "api/http/call.hpp"
#include "api/http/members.hpp"
#include "store/questions.hpp"

namespace hearback::api {

boost::json::array present(const std::vector<rules::Stage>& stages);
boost::json::array present(const std::vector<rules::Application>& applications,
                           const std::vector<std::string>& titles,
                           const std::vector<store::LastMove>& moved);
boost::json::object present(const store::Move& move);
// That the candidate came into the job, was taken out of it, or was put back.
boost::json::object present_in_job(const store::Move& move);

// How an act of this asker is written down.
std::string_view how_of(const Call& call);

// What a request changes of a job, and where applications go from stages that it removes.
struct JobEdit {
  struct Replacement {
    StageId removed, by;
  };
  store::ChangeJob change;
  std::vector<Replacement> replacements;
};
// Its title and stages.
JobEdit read_job_edit(const Call& call, Members& members, const store::Jobs::Row& job);

// First empties what is to go, as many applications at a time as one commit may move, then commits
// the change with `commit`.
Reply save_job_edit(const Call& call, const JobEdit& edit, const store::Jobs::Row& job,
                    store::Commit commit);

}  // namespace hearback::api
