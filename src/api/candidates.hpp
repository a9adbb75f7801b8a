#pragma once
// Whom a request is about.
#include "api/http/call.hpp"

namespace hearback::api {

// As the asker may see them: "candidate.missing". By an id that became part of another one's: that
// one. The second: whom the path names.
Read<store::CandidateById::Found> visible_candidate(const Call& call, CandidateId id);
Read<store::CandidateById::Found> visible_candidate(const Call& call);
// Who is to be changed: "candidate.merged" for who has become part of another one.
Read<store::CandidateById::Found> standing_candidate(const Call& call);

}  // namespace hearback::api
