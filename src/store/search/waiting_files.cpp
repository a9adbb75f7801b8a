#include "store/search/waiting_files.hpp"

namespace hearback::store {

void files_rest(Db& db, CompanyId company, const std::vector<MessageId>& messages) {
  in_chunks({value_of(company)}, values_of(messages), [&](InList list, Params params) {
    db.run(
        "update search_documents set files_unread = -files_unread where company = $1"
        " and files_unread > 0 and not exists (select 1 from placements p where p.company = $1"
        "  and p.message = search_documents.message) and message in " +
            list,
        params);
  });
}

void files_wait_again(Db& db, CompanyId company, MessageId message) {
  db.change(
      "update search_documents set files_unread = -files_unread where company = $1"
      " and message = $2 and files_unread < 0",
      company, message);
}

}  // namespace hearback::store
