#include "store/people/uploads.hpp"

namespace hearback::store {

UploadsKept::Answer uploads_kept(Db& db, CompanyId company, UserId user) {
  auto row = db.row(
      "select count(*), cast(coalesce(sum(octets), 0) as bigint),"
      " cast(coalesce(sum(case when user_id = $2 then 1 else 0 end), 0) as bigint),"
      " cast(coalesce(sum(case when user_id = $2 then octets else 0 end), 0) as bigint)"
      " from uploads where company = $1",
      company, user);
  UploadsKept::Answer kept;
  for (auto* number : {&kept.all.count, &kept.all.octets, &kept.own.count, &kept.own.octets})
    *number = static_cast<std::uint64_t>(row->number());
  return kept;
}

Error uploads_too_many() {
  return {Kind::transient, "uploads.too-many", "Too many files are waiting to be sent.",
          "Send the messages that they belong to; files are dropped after a while."};
}

}  // namespace hearback::store
