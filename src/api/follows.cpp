// Candidates and jobs that somebody follows: what comes of these stands in a view of theirs (M-2).
#include "api/handlers.hpp"

namespace hearback::api {
namespace {

// Whether the asker may see it, the store says: there as everywhere.
template <class Change, class I>
Reply change_follow(Call& call, std::string_view noun, bool follows) {
  auto id = call.path_id<I>(0, noun);
  if (!id) return Refusal(id.error());
  auto commit = call.commit();
  commit.changes.push_back(Change{call.scope(), *id, follows, call.now});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return empty_response();
}

}  // namespace

Reply follow_candidate(Call& call) {
  return change_follow<store::FollowCandidate, CandidateId>(call, "candidate", true);
}

Reply unfollow_candidate(Call& call) {
  return change_follow<store::FollowCandidate, CandidateId>(call, "candidate", false);
}

Reply follow_job(Call& call) { return change_follow<store::FollowJob, JobId>(call, "job", true); }

Reply unfollow_job(Call& call) {
  return change_follow<store::FollowJob, JobId>(call, "job", false);
}

}  // namespace hearback::api
