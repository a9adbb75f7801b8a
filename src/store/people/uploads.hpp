#pragma once
// How much waits to be sent: of one user, and of the whole company.
#include "store/engine/db.hpp"
#include "store/people/questions.hpp"

namespace hearback::store {

UploadsKept::Answer uploads_kept(Db& db, CompanyId company, UserId user);

}  // namespace hearback::store
